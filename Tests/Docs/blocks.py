"""The code blocks of README and docs, with the file and line where each begins."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
#: Languages that a test runs or compiles. A block in any other language would never be tested.
TRIED = {"python", "c", "swift", "sh", "cmake", "json", "ini", "nginx", "yaml", "text"}
FENCE = re.compile(r"^(```+)([a-z]*)(?: ([a-z -]+))?$")


@dataclass(frozen=True)
class Block:
    """A block of code. `words` are those after the language: `no-run` compiles a block without running it."""

    path: str
    line: int
    language: str
    words: frozenset[str]
    code: str

    @property
    def name(self) -> str:
        return "%s:%d" % (self.path, self.line)


def documents() -> list[Path]:
    named = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", ROOT / "python" / "README.md"]
    return [path for path in named if path.exists()] + sorted(
        path for path in (ROOT / "docs").rglob("*.md") if "sources" not in path.parts
    )


def blocks(language: str | None = None) -> list[Block]:
    """All blocks of a language, or all blocks with a language."""
    found: list[Block] = []
    for document in documents():
        fence, start, head = "", 0, ("", "")
        lines: list[str] = []
        for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
            match = FENCE.match(line)
            if not fence and match:
                fence, start, head, lines = match[1], number, (match[2], match[3] or ""), []
            elif fence and line == fence:
                if head[0] and language in (None, head[0]):
                    name = str(document.relative_to(ROOT))
                    found.append(Block(name, start, head[0], frozenset(head[1].split()), "\n".join(lines) + "\n"))
                fence = ""
            elif fence:
                lines.append(line)
        assert not fence, "%s:%d: the block does not end" % (document, start)
    return found
