"""What the release object exports, needs and is called."""
import re

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
