"""The header stands alone in every language that includes it, and says the same as the object and the Swift core."""
import re

import pytest

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]


@pytest.mark.parametrize("compiler, flags", [
    ("cc", ["-std=c99", "-Wstrict-prototypes", "-x", "c"]),
    ("cc", ["-std=c11", "-Wstrict-prototypes", "-x", "c"]),
    ("c++", ["-std=c++17", "-x", "c++"]),
])
def test_the_header_compiles_alone(compiler, flags, root, run):
    run(compiler, *flags, *STRICT, "-I", root / "include", "-", input='#include "imagesearch.h"\n')


def test_versions_agree(header, root):
    major, minor, patch = (re.search(rf"#define IMAGESEARCH_VERSION_{n} (\d+)", header)[1] for n in ("MAJOR", "MINOR", "PATCH"))
    assert re.search(r'#define IMAGESEARCH_VERSION "(.*)"', header)[1] == f"{major}.{minor}.{patch}"
    swift = (root / "Sources/ImageSearch/Model/LibraryVersion.swift").read_text()
    assert [re.search(rf"static let {n} = (\d+)", swift)[1] for n in ("major", "minor", "patch")] == [major, minor, patch]


def test_statuses_are_the_codes_of_the_core(header, root):
    swift = (root / "Sources/ImageSearch/Model/ImageSearchError+Code.swift").read_text()
    core = {int(n): name for name, n in re.findall(r"static let (\w+) = Code\(rawValue: (\d+)\)", swift)}
    block = header[header.index("IMAGESEARCH_OK = 0"):header.index("imagesearch_status_name")]
    found = {int(n): name for name, n in re.findall(r"IMAGESEARCH_(\w+) = (\d+)", block) if int(n)}
    assert found.keys() == core.keys()
    for number, name in found.items():
        assert name.replace("_", "").lower() == core[number].lower()


def test_every_function_is_documented_with_threads_and_since(header):
    for match in re.finditer(r"/\*\*((?:(?!\*/).)*)\*/\s*IMAGESEARCH_API[^;]*?(imagesearch_\w+)\(", header, re.S):
        assert "Threads:" in match[1] and "Since:" in match[1], match[2]
    documented = len(re.findall(r"\*/\s*IMAGESEARCH_API", header))
    assert documented == len(re.findall(r"^IMAGESEARCH_API", header, re.M))


def test_every_struct_of_options_has_its_macro_and_its_size_first(header):
    for name in re.findall(r"typedef struct (imagesearch_\w+) \{", header):
        body = re.search(rf"typedef struct {name} \{{(.*?)\}} {name};", header, re.S)[1]
        fields = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
        if "struct_size" in fields:
            assert re.match(r"\s*size_t struct_size;", fields), name
            made_by_the_library = "The size of the struct in the library that calls" in body
            assert made_by_the_library or f"#define {name.upper()}_INIT" in header, name
