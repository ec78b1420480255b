"""Structs and numbers of ABI 1 never change: a field may only be added behind the last one. Sizes for 64-bit systems."""
import os
import re
import shlex

import pytest


def program(header):
    """A program that prints the size of every struct, the place of every field and every number."""
    text = re.sub(r"/\*.*?\*/", " ", header, flags=re.S)
    lines = ["#include <imagesearch.h>", "#include <stdio.h>", "int main(void) {"]
    for name, body in re.findall(r"typedef struct (\w+) \{(.*?)\} \w+;", text, flags=re.S):
        lines.append(f'printf("{name} %zu\\n", sizeof({name}));')
        for field in re.findall(r"(\w+)(?:\[\d+\])?;", body):
            lines.append(f'printf("{name}.{field} %zu\\n", offsetof({name}, {field}));')
    for body in re.findall(r"\benum \{(.*?)\};", text, flags=re.S):
        for name in re.findall(r"(IMAGESEARCH_\w+) =", body):
            lines.append(f'printf("{name} %d\\n", (int){name});')
    return "\n".join([*lines, "return 0; }", ""])


@pytest.fixture(scope="module")
def layout(header, root, run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("layout")
    (folder / "layout.c").write_text(program(header))
    run(*shlex.split(os.environ.get("CC", "cc")), "-std=c99", "-Wall", "-Werror", "-I", root / "include", folder / "layout.c", "-o",
        folder / "layout")
    return run(folder / "layout")


def test_the_layout_is_as_promised(layout, root):
    # To add to the promise: IMAGESEARCH_EXTEND_LAYOUT=1. What is there already stays as it is, once version 1.0 is published.
    promise = root / "Tests/ABI/layout.txt"
    if os.environ.get("IMAGESEARCH_EXTEND_LAYOUT"):
        promise.write_text(layout)
    assert layout == promise.read_text()
