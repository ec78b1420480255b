"""The manual pages of the C interface, generated from the header."""

import re
import subprocess


def test_pages(root, run, tmp_path):
    run(root / "scripts/man-pages.py", tmp_path)
    header = (root / "include/imagesearch.h").read_text()
    functions = {name for name in re.findall(r"^IMAGESEARCH_API[^;(]*?\b(imagesearch_\w+)\(", header, re.M) if not name.endswith("_init")}
    pages = {path.name: path.read_text() for path in tmp_path.glob("*.3")}
    parts = {name for name, text in pages.items() if not text.startswith(".so ")}
    assert "imagesearch.3" in parts and len(parts) > 10
    for name in functions:
        # The page of the name has the prototype and the header's text.
        target = re.fullmatch(r"\.so man3/(\S+)\n", pages[f"{name}.3"])[1]
        assert f".Fo {name}\n" in pages[target] and f".It Fn {name}\n" in pages[target], name
    assert {one.removesuffix(".3") for one in pages.keys() - parts} == functions
    said = subprocess.run(["mandoc", "-T", "lint", "-W", "style", *sorted(parts)], capture_output=True, text=True, cwd=tmp_path)
    assert said.stdout + said.stderr == "", said.stdout
    shown = run("mandoc", "-T", "utf8", tmp_path / "imagesearch.3")
    for heading in ("Errors", "Threads", "Callbacks", "ENVIRONMENT", "SEE ALSO"):
        assert re.search("^ *" + "".join(f"{letter}(?:\b{letter})?" for letter in heading), shown, re.M), heading
