"""The local index beside the tools that people use, on the same altered copies, in one run.

    bench_index.py DATA [--peers]      run by scripts/bench-index.sh

DATA holds tiles/ (pictures) and altered/ (made by altered_copies.py). Prints, for each engine, recall per edit at no false
positive and at its own cut-off, and for the index also pictures a second, bytes a picture and milliseconds a query.
"""
import json
import pathlib
import resource
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))

import imagesearch  # noqa: E402

DATA = pathlib.Path(sys.argv[1])
MANIFEST = json.loads((DATA / "altered/manifest.json").read_text())


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def score(name, answers):
    path = DATA / f"answers-{name}.json"
    path.write_text(json.dumps(answers))
    print(f"\n== {name}", flush=True)
    subprocess.run([sys.executable, ROOT / "Benchmarks/Index/altered_copies.py", "score", DATA / "altered/manifest.json", path], check=True)


def local_index():
    folder = DATA / "index"
    shutil.rmtree(folder, ignore_errors=True)
    answers, times = {}, []
    with imagesearch.LocalIndex(folder) as index:
        begun, used = time.monotonic(), cpu()
        paths = MANIFEST["indexed"]
        failed = 0
        for start in range(0, len(paths), 64):
            items = [imagesearch.ImageItem(path, [("picture", path)]) for path in paths[start:start + 64]]
            failed += sum(entry.error is not None for entry in index.add_images(items))
        used = cpu() - used
        print(f"{len(paths)} pictures indexed, {failed} refused: {len(paths) / used:.1f} pictures a second and core end to end"
              f" ({time.monotonic() - begun:.1f} s)")
        size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
        print(f"on disk {size / max(1, len(paths)) / 1024:.1f} KiB a picture, thumbnails included")
        for query in MANIFEST["queries"]:
            begun = time.monotonic()
            try:
                page = index.search(query["query"], limit=5)
                answers[query["query"]] = [[match.item_id, match.confidence] for match in page]
            except imagesearch.ImageSearchError as error:
                if error.code != imagesearch.Code.PICTURE_TOO_SIMPLE:
                    raise
                answers[query["query"]] = []
            times.append((time.monotonic() - begun) * 1000)
    times.sort()
    print(f"query: median {times[len(times) // 2]:.1f} ms, 95 % {times[len(times) * 95 // 100]:.1f} ms wall, decoding included")
    score("ImageSearch local index", answers)


def hashes():
    """pHash (64 bits) and PDQ in eight orientations; confidence is 1 - distance / bits, cut-offs the projects' own."""
    import imagehash
    import numpy
    import pdqhash
    from PIL import Image

    def bits(path):
        picture = Image.open(path).convert("RGB")
        plain = imagehash.phash(picture).hash.ravel()
        codes, _ = pdqhash.compute_dihedral(numpy.asarray(picture))
        return plain, numpy.array(codes, bool)

    indexed = [(path, *bits(path)) for path in MANIFEST["indexed"]]
    plains = numpy.array([plain for _, plain, _ in indexed])
    codes = numpy.array([code[0] for _, _, code in indexed])
    phash, pdq = {}, {}
    for query in MANIFEST["queries"]:
        plain, eight = bits(query["query"])
        distances = (plains != plain).sum(axis=1)
        best = int(distances.argmin())
        phash[query["query"]] = [[indexed[best][0], float(1 - distances[best] / 64)]] if distances[best] <= 10 else []
        distances = (codes[None] != eight[:, None]).sum(axis=2).min(axis=0)
        best = int(distances.argmin())
        pdq[query["query"]] = [[indexed[best][0], float(1 - distances[best] / 256)]] if distances[best] <= 31 else []
    score("pHash 64, cut-off 10", phash)
    score("PDQ, 8 orientations, cut-off 31", pdq)


def keypoints(name, detector, norm, most=500):
    """OpenCV features, brute-force matching of every picture, RANSAC; confidence is inliers / (inliers + 10), cut-off 8."""
    import cv2

    def features(path):
        picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        scale = 512 / max(picture.shape)
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        points, descriptors = detector.detectAndCompute(picture, None)
        return [point.pt for point in points[:most]], None if descriptors is None else descriptors[:most]

    matcher = cv2.BFMatcher(norm)
    indexed = [(path, *features(path)) for path in MANIFEST["indexed"]]
    import numpy

    answers = {}
    for query in MANIFEST["queries"]:
        points, descriptors = features(query["query"])
        best = (0, None)
        for path, others, described in indexed:
            if descriptors is None or described is None or len(described) < 2:
                continue
            pairs = [m for m, *n in matcher.knnMatch(descriptors, described, k=2) if n and m.distance < 0.8 * n[0].distance]
            if len(pairs) <= best[0] or len(pairs) < 6:
                continue
            _, inliers = cv2.estimateAffinePartial2D(numpy.float32([points[m.queryIdx] for m in pairs]),
                                                     numpy.float32([others[m.trainIdx] for m in pairs]), ransacReprojThreshold=5)
            count = 0 if inliers is None else int(inliers.sum())
            best = max(best, (count, path))
        answers[query["query"]] = [[best[1], best[0] / (best[0] + 10)]] if best[0] >= 8 else []
    score(name, answers)


def main():
    local_index()
    if "--peers" in sys.argv:
        import cv2

        hashes()
        keypoints("OpenCV ORB 500 + RANSAC", cv2.ORB_create(500), cv2.NORM_HAMMING)
        keypoints("OpenCV SIFT 500 + RANSAC", cv2.SIFT_create(500), cv2.NORM_L2)


main()
