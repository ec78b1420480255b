#!/usr/bin/env python3
"""Writes a man page for the command and each of its subcommands, from the executable's own help.

    scripts/command-man-pages.py build/bin/imagesearch build/man/man1
"""

from __future__ import annotations

import datetime
import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXIT = """\
.Bl -tag -width 4n
.It 0
Something was found, or what was asked for is done.
.It 1
Nothing was found.
.It 2
What was named cannot be used.
.It 3
Some of it failed.
.It 4
A key is missing or wrong, or nothing is left of a quota.
.It 5
The index cannot be opened, or is damaged.
.It 6
A service cannot be reached, or its answer is an error.
.It 7
The system: memory, disk space, an output that cannot be written.
.It 64
Wrong arguments.
.It 130
Ctrl-C.
.El
"""
ENVIRONMENT = {
    "IMAGESEARCH_INDEX": "The index.",
    "IMAGESEARCH_CONFIG": "The configuration file.",
    "IMAGESEARCH_PROGRESS_SECONDS": "Seconds between two lines of progress where there is no terminal; 10 without it.",
    "TINEYE_API_KEY": "The key of tineye.",
    "TMAPI_API_TOKEN": "The token of tmapi.",
    "ALIBABA_CLOUD_ACCESS_KEY_ID , ALIBABA_CLOUD_ACCESS_KEY_SECRET": "The access key of alibaba.",
    "IMAGESEARCH_ALIBABA_INSTANCE": "The instance of alibaba.",
    "NO_COLOR": "No colours.",
}


def date() -> str:
    """The date of the last change, so that two builds of one version are identical."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH")
    if not seconds:
        done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True)
        seconds = done.stdout.strip() if done.returncode == 0 else None
    day = datetime.datetime.fromtimestamp(int(seconds), datetime.timezone.utc) if seconds else datetime.datetime.now()
    return f"{day:%B} {day.day}, {day.year}"


def text(words: str) -> str:
    """A paragraph in mdoc: each sentence on its own line, with macro characters escaped."""
    words = words.replace("\\", "\\e").replace("…", "...").replace("–", "-")
    words = re.sub(r"(?<=[.!?:;]) +(?=[A-Z])", "\n", " ".join(words.split()))
    lines = []
    for line in words.split("\n"):
        for piece in textwrap.wrap(line, 76, break_long_words=False, break_on_hyphens=False):
            lines.append("\\&" + piece if piece[:1] in (".", "'") else piece)
    return "\n".join(line.replace("--", "\\-\\-") for line in lines) + "\n"


def parts(discussion: str) -> tuple[list[str], list[str]]:
    """Paragraphs and examples; examples are lines with commands."""
    paragraphs, examples, current = [], [], []
    for line in [*discussion.split("\n"), ""]:
        if re.match(r"(imagesearch|find) ", line):
            examples.append(line)
        elif line.strip():
            current.append(line)
            continue
        if current:
            paragraphs.append(" ".join(current))
            current = []
    return paragraphs, examples


def item(argument: dict) -> str:
    names = [("-" if n["kind"] == "short" else "--") + n["name"] for n in argument.get("names", [])]
    value = argument.get("valueName", "")
    if argument["kind"] == "positional":
        head = f".It Ar {value}"
    else:
        words = " , ".join("Fl " + name[1:].replace("-", "\\-") for name in names)
        head = f".It {words}" + (f" Ar {value}" if argument["kind"] == "option" else "")
    return head + "\n" + text(argument.get("abstract") or argument.get("discussion") or "")


def examples(lines: list[str]) -> str:
    """The commands without the explanations after some of them, which are given above."""
    commands = [re.split(r" {2,}", line)[0].replace("\\", "\\e").replace("-", "\\-") for line in lines]
    return ".Bd -literal -offset indent\n" + "\n".join(commands) + "\n.Ed\n"


def page(command: dict, parents: list[str], siblings: list[str]) -> str:
    path = [*parents, command["commandName"]]
    name = "-".join(path)
    paragraphs, shown = parts(command.get("discussion", ""))
    arguments = [a for a in command.get("arguments", []) if a.get("shouldDisplay", True)]
    children = [c for c in command.get("subcommands", []) if c["commandName"] != "help"]
    out = f".Dd {DATE}\n.Dt {name.upper()} 1\n.Os\n.Sh NAME\n.Nm {name}\n.Nd {command['abstract'].rstrip('.').lower()}\n.Sh SYNOPSIS\n.Nm {path[0]}\n"
    for word in path[1:]:
        out += f".Cm {word}\n"
    if children:
        out += ".Ar subcommand\n"
    if any(a["kind"] != "positional" for a in arguments):
        out += ".Op Ar options\n"
    for argument in arguments:
        if argument["kind"] == "positional":
            dots = " ..." if argument.get("isRepeating") else ""
            optional = argument.get("isOptional") and name in ("imagesearch-index-list", "imagesearch-duplicates")
            out += (".Op Ar " if optional else ".Ar ") + argument["valueName"] + dots + "\n"
    out += ".Sh DESCRIPTION\n" + text(command["abstract"])
    for paragraph in paragraphs:
        if paragraph.startswith("Ends with"):
            continue
        out += ".Pp\n" + text(paragraph)
    if arguments:
        out += ".Pp\nThe arguments are:\n.Bl -tag -width Ds\n" + "".join(map(item, arguments)) + ".El\n"
    if children:
        out += ".Pp\nThe subcommands, each with a page of its own:\n.Bl -tag -width Ds\n"
        out += "".join(f".It Cm {c['commandName']}\n{text(c['abstract'])}" for c in children) + ".El\n"
    if not parents:
        out += ".Sh ENVIRONMENT\n.Bl -tag -width Ds\n"
        out += "".join(f".It Ev {variable}\n{text(meaning)}" for variable, meaning in ENVIRONMENT.items()) + ".El\n"
        out += ".Sh FILES\n.Bl -tag -width Ds\n"
        for file, meaning in [
            ("~/.config/imagesearch/config.json", "The configuration."),
            ("~/.local/share/imagesearch/index", "The index where no other is named."),
            ("~/.local/state/imagesearch/searches", "Journals of batches."),
            ("~/.local/state/imagesearch/actions", "Journals for undo."),
            ("~/.cache/imagesearch", "Indexes of folders that duplicates has looked into."),
        ]:
            out += f".It Pa {file}\n{text(meaning)}"
        out += ".El\n"
    out += ".Sh EXIT STATUS\n" + EXIT
    if shown:
        out += ".Sh EXAMPLES\n" + examples(shown)
    others = ["imagesearch"] if parents else []
    others += [f"{name}-{c['commandName']}" for c in children] or [s for s in siblings if s != name]
    out += ".Sh SEE ALSO\n" + ",\n".join(f"{other}(1)" for other in others) + "\n"
    return out


def write(command: dict, parents: list[str], siblings: list[str]) -> int:
    path = [*parents, command["commandName"]]
    (TARGET / ("-".join(path) + ".1")).write_text(page(command, parents, siblings))
    children = [c for c in command.get("subcommands", []) if c["commandName"] != "help"]
    names = ["-".join([*path, c["commandName"]]) for c in children]
    return 1 + sum(write(child, path, names) for child in children)


DATE = date()
TARGET = Path(sys.argv[2])
TARGET.mkdir(parents=True, exist_ok=True)
for old in TARGET.glob("*.1"):
    old.unlink()
dump = subprocess.run([sys.argv[1], "--experimental-dump-help"], check=True, capture_output=True, text=True).stdout
print(f"{TARGET}: {write(json.loads(dump)['command'], [], [])} man pages")
