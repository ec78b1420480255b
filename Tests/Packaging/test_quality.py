"""docs/quality.md names existing targets and files, past dates, and every target that is too long for `make test`."""

import datetime
import re


def rows(text, first):
    """The rows of the table whose header begins with `head`, as lists of cells."""
    table = re.search(rf"^\| {first} \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.M)[1]
    return [[cell.strip() for cell in line.strip("| \n").split(" | ")] if line.count(" | ") else [line] for line in table.splitlines()]


def targets(root):
    text = (root / "Makefile").read_text() + (root / "packaging/targets.mk").read_text()
    return dict(re.findall(r"^([a-z][a-z-]*):(?!=)(.*)$", text, re.M))


def test_every_long_target_has_a_row(root):
    page = (root / "docs/quality.md").read_text()
    named = re.findall(r"^\| `make ([a-z-]+)`", page, re.M)
    assert len(named) == len(set(named))
    there = targets(root)
    assert set(named) <= there.keys(), set(named) - there.keys()
    long = {name for name in there if name.startswith(("check-", "bench-", "api-", "release-")) or name in ("fuzz", "sanitize", "durability", "docs") or "test-" in name or name.endswith("-test")}
    # The plain build is part of `make test`.
    assert long - {"check-plain"} <= set(named), long - set(named)


def test_what_it_names_is_there(root):
    page = (root / "docs/quality.md").read_text()
    for name in re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[A-Z]+\.md)`", page):
        assert (root / name).exists(), name
    for name in re.findall(r"\]\(([\w./-]+)\)", page):
        assert (root / "docs" / name).exists(), name


def test_the_days_have_been_and_runs_have_results(root):
    page = (root / "docs/quality.md").read_text()
    lines = [line for line in page.splitlines() if line.startswith("| `make ")]
    assert lines
    for line in lines:
        *_, day, result = [cell.strip() for cell in line.strip("|").split("|")]
        if day == "not yet":
            assert result == "", line
        else:
            assert datetime.date.fromisoformat(day) <= datetime.datetime.now(datetime.timezone.utc).date(), line
            assert result, line


def test_ci_calls_make_test_alone(root):
    commands = [line for line in (root / ".ci/run").read_text().splitlines() if line and not line.startswith("#")]
    assert commands[-1] == "exec make test" and len(commands) == 3, commands
