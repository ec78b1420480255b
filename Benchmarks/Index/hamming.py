"""One pass over a million 256-bit codes: our kernel and FAISS's IndexBinaryFlat, alternating, in one thread, CPU time.

    hamming.py      compiles Sources/CMatchingKernels/hamming.c with cc; needs numpy and faiss-cpu
"""
import ctypes
import pathlib
import statistics
import subprocess
import tempfile
import time

import faiss
import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
COUNT = 1_000_000


def main():
    kernels = ROOT / "Sources/CMatchingKernels"
    with tempfile.TemporaryDirectory() as folder:
        built = pathlib.Path(folder) / "hamming.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", f"-I{kernels}/include", kernels / "hamming.c", "-o", built], check=True)
        ours = ctypes.CDLL(str(built))
    ours.matching_scan_codes.restype = ctypes.c_size_t
    random = numpy.random.default_rng(0)
    codes, queries = (random.integers(0, 256, (n, 32), dtype=numpy.uint8) for n in (COUNT, 8))
    faiss.omp_set_num_threads(1)
    index = faiss.IndexBinaryFlat(256)
    index.add(codes)
    hits = (ctypes.c_uint8 * (8 * 4096))()

    def scan(n):
        ours.matching_scan_codes(codes.ctypes.data_as(ctypes.c_void_p), ctypes.c_size_t(COUNT), queries.ctypes.data_as(ctypes.c_void_p),
                                 ctypes.c_size_t(n), ctypes.c_uint32(60), hits, ctypes.c_size_t(4096))

    for n in (1, 8):
        times = ([], [])
        for _ in range(31):
            for kept, call in zip(times, (lambda: scan(n), lambda: index.search(queries[:n], 1))):
                begun = time.thread_time()
                call()
                kept.append(1000 * (time.thread_time() - begun))
        mine, peer = map(statistics.median, times)
        print(f"{n} queries over {COUNT} codes: ours {mine:.2f} ms, FAISS {peer:.2f} ms, ratio {mine / peer:.2f}")


main()
