#!/usr/bin/env python3
"""Checks every citation in sources, docs and scripts against the cited files (part of scripts/lint.sh).

A citation reads `docs/sources/NAME.md` or `docs/NAME.md`, with `, section N` or `, N.M` for a section. The file must be in the repository, and
the section one of its headings. Documents outside of the repository may not be cited.
"""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
CITATION = re.compile(r"\b(docs/(?:[a-z0-9-]+/)*[A-Za-z0-9-]+\.md)`?(?:,? (?:sections? )?(\d+(?:\.\d+)?)\b)?")
ABSENT = re.compile(r"\bseed 0\d+|(?<![\w/])reference/[a-z0-9-]+\.md|\bDESIGN\.md|(?<!\w)\.\./shared\b")
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")


def tracked(*patterns: str) -> list[str]:
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def sections(path: str) -> set[str]:
    headings = re.findall(r"^#+ (\d+(?:\.\d+)?)\.? ", (ROOT / path).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return set(headings)


def faults(name: str) -> list[str]:
    try:
        text = (ROOT / name).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        where = "%s:%d" % (name, number)
        found += ["%s: cites %s, which is not in the repository" % (where, match[0]) for match in ABSENT.finditer(line)]
        for match in CITATION.finditer(line):
            path, section = match.groups()
            if name.startswith("docs/sources/"):
                continue  # addresses of the providers and of other repositories
            if not (ROOT / path).is_file():
                found.append("%s: cites %s, which is not there" % (where, path))
            elif section is not None and path.startswith("docs/sources/") and section not in sections(path):
                found.append("%s: %s has no section %s" % (where, path, section))
        if name.endswith(".md"):
            for match in LINK.finditer(line):
                if not ((ROOT / name).parent / match[1]).exists():
                    found.append("%s: links to %s, which is not there" % (where, match[1]))
    return found


def main() -> int:
    names = tracked("Sources", "include", "python", "scripts", "Tests", "docs", "examples", "Benchmarks", "Fuzz", "CLI", "*.md", "Makefile")
    skipped = ("Tests/Vectors/", "Fuzz/Corpus/", "scripts/check-citations.py")
    found = [fault for name in names if not name.startswith(skipped) for fault in faults(name)]
    print("\n".join(found) or "citations: all resolve", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
