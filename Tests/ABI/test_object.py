"""What the release object exports, needs and is called."""
import re

import pytest

ALLOWED = {"libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
           "libcurl.so.4", "libcrypto.so.3", "libsqlite3.so.0", "libjpeg.so.62", "libjpeg.so.8", "libpng16.so.16",
           "libwebp.so.7", "libwebpdemux.so.2", "libgif.so.7", "libtiff.so.6", "libtiff.so.5", "libz.so.1",
           "libpthread.so.0", "libdl.so.2", "librt.so.1"}


def test_exports_are_the_header_both_ways(header, library, run):
    declared = set(re.findall(r"^IMAGESEARCH_API[^;(]*?\b(imagesearch_\w+)\(", header, re.M))
    exported = set()
    for line in run("nm", "-D", "--defined-only", library).splitlines():
        parts = line.split()
        if len(parts) == 3 and parts[1].isupper() and parts[1] != "A":
            exported.add(parts[2].split("@")[0])
    assert declared - exported == set(), "declared but not exported"
    assert exported - declared == set(), "exported but not declared"


def test_exports_carry_the_version_of_the_abi(library, run):
    names = [n for n in run("nm", "-D", "--defined-only", "--with-symbol-versions", library).split() if n.startswith("imagesearch_")]
    assert names and all(n.endswith("@@IMAGESEARCH_1") for n in names)


def test_needs_only_what_it_may(library, run):
    dynamic = run("readelf", "-d", library)
    needed = set(re.findall(r"NEEDED.*\[(.*)\]", dynamic))
    assert needed <= ALLOWED, needed - ALLOWED
    assert not any("Foundation" in n or "swift" in n.lower() for n in needed)
    assert "libcurl.so.4" in needed and "libcrypto.so.3" in needed
    assert re.search(r"SONAME.*\[libimagesearch\.so\.1\]", dynamic)
    assert "RUNPATH" not in dynamic and "RPATH" not in dynamic


def test_nothing_is_undefined(library, run):
    assert "not found" not in run("ldd", "-r", library)
    assert "undefined symbol" not in run("ldd", "-r", library)


def versions(run, library):
    """The symbol versions of other libraries that the object asks for."""
    return set(re.findall(r"Name: (\w+_[\d.]+)", run("readelf", "-V", "-W", library)))


def test_asks_for_no_newer_glibc_than_2_34(library, run):
    """The floor of manylinux_2_34; the same for libstdc++, by GCC 11."""
    asked = versions(run, library)
    newest = {}
    for one in asked:
        name, _, number = one.partition("_")
        if number[0].isdigit():
            newest[name] = max(newest.get(name, (0,)), tuple(int(part) for part in number.split(".")))
    assert newest["GLIBC"] <= (2, 34), newest
    assert newest.get("GLIBCXX", (0,)) <= (3, 4, 29) and newest.get("CXXABI", (0,)) <= (1, 3, 13), newest
    assert "RELR" not in run("readelf", "-d", "-W", library), "glibc knows DT_RELR since 2.36"


def segments(run, library):
    """Type, start, end and flags of every program header."""
    found = []
    for line in run("readelf", "-l", "-W", library).splitlines():
        match = re.match(r"\s+([A-Z_]+)\s+0x\w+ 0x(\w+) 0x\w+ 0x\w+ 0x(\w+) ([RWE ]+?)\s+(?:0x)?\w+$", line)
        if match:
            start = int(match[2], 16)
            found.append((match[1], start, start + int(match[3], 16), match[4].replace(" ", "")))
    return found


def test_nothing_can_be_written_that_need_not(library, run):
    """Bound at once, with relocations sealed (RELRO), constants in pages without W, nothing writable that is executed."""
    dynamic = run("readelf", "-d", "-W", library)
    assert re.search(r"FLAGS\).*BIND_NOW", dynamic) and re.search(r"FLAGS_1\).*NOW", dynamic)
    assert "TEXTREL" not in dynamic
    headers = segments(run, library)
    assert all(not ("W" in flags and "E" in flags) for _, _, _, flags in headers), headers
    assert any(kind == "GNU_STACK" for kind, _, _, _ in headers)
    sealed = [(start, end) for kind, start, end, _ in headers if kind == "GNU_RELRO"]
    assert sealed
    for line in run("readelf", "-S", "-W", library).splitlines():
        match = re.match(r"\s+\[ *\d+\] (\S+)\s+\w+\s+(\w+) \w+ (\w+) \w+\s+(\w+)", line)
        if not match or "A" not in match[4] or "W" not in match[4] or "T" in match[4]:
            continue
        name, start, end = match[1], int(match[2], 16), int(match[2], 16) + int(match[3], 16)
        inside = any(low <= start and end <= high for low, high in sealed)
        assert start == end or inside or name in (".data", ".bss", "swift5_backtrace"), line
    assert re.search(r"\.rodata\s+PROGBITS.* AM?S?o? ", run("readelf", "-S", "-W", library))


def test_is_not_unloaded(library, run):
    assert re.search(r"FLAGS_1\).*NODELETE", run("readelf", "-d", "-W", library))


def test_branches_and_stacks_are_guarded(library, run):
    """Every function that is exported begins with a landing pad for indirect branches (x86-64: endbr64), and what has arrays on the
    stack checks them."""
    if "X86-64" not in run("readelf", "-h", library):
        pytest.skip("the marks of other processors are other ones")
    code = run("objdump", "-d", "--no-show-raw-insn", library)
    assert "__stack_chk_fail" in run("nm", "-D", "--undefined-only", library)
    named = {int(line.split()[0], 16) for line in run("nm", "-D", "--defined-only", library).splitlines()
             if " T imagesearch_" in line}
    pads = {int(line.split(":")[0], 16) for line in code.splitlines() if line.endswith("\tendbr64")}
    assert named and named <= pads, f"{len(named - pads)} functions without"


def test_says_nothing_of_where_it_was_built(library, root):
    assert str(root).encode() not in library.read_bytes()
