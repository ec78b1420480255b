"""The header stands alone in every language that includes it, and says the same as the object and the Swift core."""
import re
import shutil

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
    cases = " ".join(re.findall(r"^ +(?:case )?((?:\w+ = \d+,? ?)+)$", swift, re.M))
    core = {int(n): name for name, n in re.findall(r"(\w+) = (\d+)", cases)}
    block = header[header.index("IMAGESEARCH_OK = 0"):header.index("imagesearch_status_name")]
    found = {int(n): name for name, n in re.findall(r"IMAGESEARCH_(\w+) = (\d+)", block) if int(n)}
    assert found.keys() == core.keys()
    for number, name in found.items():
        assert name.replace("_", "").lower() == core[number].lower()


def documented(header):
    """Name -> comment of every function."""
    found = re.findall(r"/\*\*((?:(?!\*/).)*)\*/\s*IMAGESEARCH_API[^;]*?(imagesearch_\w+)\(", header, re.S)
    return {name: comment for comment, name in found}


def test_every_function_is_documented(header):
    assert len(documented(header)) == len(re.findall(r"^IMAGESEARCH_API", header, re.M)) > 90


def test_functions_say_whether_they_block(header):
    """Each call that asks a service or an index does, its _start form does not: Python releases its lock by this word."""
    comments = documented(header)
    starts = [name[: -len("_start")] for name in comments if name.endswith("_start")]
    assert len(starts) > 12
    for name in starts:
        assert "Blocks" in comments[name], name
        assert "Blocks" not in comments[name + "_start"], name
        assert f"Starts {name}()" in comments[name + "_start"], name


def test_every_struct_has_its_size_first_a_macro_and_a_function_or_never_grows(header):
    names = re.findall(r"typedef struct (imagesearch_\w+) \{", header)
    assert len(names) > 20
    for name in names:
        comment, body = re.search(rf"/\*\*((?:(?!\*/).)*)\*/\s*typedef struct {name} \{{(.*?)\}} {name};", header, re.S).groups()
        fields = re.sub(r"/\*.*?\*/", "", body, flags=re.S)
        if "struct_size" not in fields:
            assert "This struct never grows." in comment, name
            continue
        assert re.match(r"\s*size_t struct_size;", fields), name
        if "Size of the struct in the library that is loaded." not in body:
            assert f"#define {name.upper()}_INIT IMAGESEARCH_INIT({name})" in header, name
            assert f"void {name}_init({name} *value, size_t size)" in header, name


def test_every_set_of_numbers_has_a_type_of_its_own(header):
    """No number of a signature or a field is a bare enum, and no two names of one set have the same number."""
    for body in re.findall(r"\benum \{(.*?)\};", re.sub(r"/\*.*?\*/", " ", header, flags=re.S), re.S):
        numbers = re.findall(r"(IMAGESEARCH_\w+) = (\d+)", body)
        assert len({number for _, number in numbers}) == len(numbers)
    named = re.findall(r"/\*\* The (?:values|bits) of (imagesearch_\w+)", header)
    assert len(named) == len(re.findall(r"^enum \{", header, re.M))
    for name in named:
        assert re.search(rf"typedef u?int32_t {name};", header), name


def test_doxygen_makes_pages_without_a_warning(root, run, tmp_path):
    if shutil.which("doxygen"):
        settings = (root / "docs/Doxyfile").read_text() + f"OUTPUT_DIRECTORY = {tmp_path}\n"
        run("doxygen", "-", input=settings, cwd=root)
        assert (tmp_path / "html/imagesearch_8h.html").exists()


def test_the_header_can_be_used_from_cxx(root, run):
    run("c++", "-std=c++11", "-x", "c++", *STRICT, "-I", root / "include", "-",
        input='#include "imagesearch.h"\nstatic imagesearch_image image = IMAGESEARCH_IMAGE_INIT;\n'
        "int main() { imagesearch_call_options call = IMAGESEARCH_CALL_OPTIONS_INIT; return image.url || call.progress; }\n")
