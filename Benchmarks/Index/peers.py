"""Common tools on the same altered copies: pHash, PDQ in eight orientations, OpenCV's ORB and SIFT with RANSAC.

Each returns {query: [[indexed path, confidence]]}, empty below the tool's own threshold. ORB and SIFT are set up as a careful user would: the
query is also searched mirrored, and FAISS finds the neighbours of all its features in all images at once, so that only the ten
images with most pairs are verified with RANSAC. Comparing image by image would take seconds per query.
"""
import time

import numpy


def hashes(manifest, cut=True):
    """Yields (name, answers): confidence is 1 - distance / bits, with the projects' own thresholds, or none."""
    import imagehash
    import pdqhash
    from PIL import Image

    def bits(path):
        image = Image.open(path).convert("RGB")
        codes, _ = pdqhash.compute_dihedral(numpy.asarray(image))
        return imagehash.phash(image).hash.ravel(), numpy.array(codes, bool)

    indexed = [(path, *bits(path)) for path in manifest["indexed"]]
    plains = numpy.array([plain for _, plain, _ in indexed])
    codes = numpy.array([code[0] for _, _, code in indexed])
    phash, pdq = {}, {}
    for query in manifest["queries"]:
        plain, eight = bits(query["query"])
        for answers, distances, most, length in (
            (phash, (plains != plain).sum(axis=1), 10, 64),
            (pdq, (codes[None] != eight[:, None]).sum(axis=2).min(axis=0), 31, 256),
        ):
            best = int(distances.argmin())
            answers[query["query"]] = [[indexed[best][0], float(1 - distances[best] / length)]] if distances[best] <= most or not cut else []
    yield "pHash 64, cut-off 10", phash
    yield "PDQ, 8 orientations, cut-off 31", pdq


def keypoints(kind, manifest, most=500, candidates=10, least=8):
    """ORB or SIFT: (name, answers). Confidence is inliers / (inliers + 10); `least` inliers are the threshold."""
    import cv2
    import faiss

    cv2.setNumThreads(1)
    faiss.omp_set_num_threads(1)
    detector = cv2.ORB_create(most) if kind == "ORB" else cv2.SIFT_create(most)

    def grey(path):
        image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        scale = 512 / max(image.shape)
        return cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)

    def features(image):
        points, descriptors = detector.detectAndCompute(image, None)
        return numpy.float32([point.pt for point in points[:most]]), None if descriptors is None else descriptors[:most]

    begun, places, rows, owner = time.process_time(), [], [], []
    for number, path in enumerate(manifest["indexed"]):
        points, descriptors = features(grey(path))
        places.append(points)
        if descriptors is not None:
            rows.append(descriptors)
            owner += [(number, k) for k in range(len(descriptors))]
    rows, owner = numpy.concatenate(rows), numpy.array(owner)
    print(f"{kind}: {1000 * (time.process_time() - begun) / len(places):.1f} CPU ms an image, {rows.nbytes / len(places):.0f} bytes of descriptors")
    if kind == "ORB":
        index = faiss.IndexBinaryIVF(faiss.IndexBinaryFlat(256), 256, 256)
    else:
        index = faiss.IndexIVFFlat(faiss.IndexFlatL2(128), 128, 256)
    index.own_fields = False
    index.train(rows), index.add(rows)
    index.nprobe = 24

    def search(image):
        points, descriptors = features(image)
        if descriptors is None or len(descriptors) < 6:
            return 0, None
        distances, found = index.search(descriptors, 6)
        # The ratio test: a neighbour counts when it is clearly nearer than the nearest one in any other image.
        pairs = {}
        for q, (row, near) in enumerate(zip(distances, found)):
            known = [(d, *owner[f]) for d, f in zip(row, near) if f >= 0]
            others = [d for d, number, _ in known if number != known[0][1]]
            ratio = 0.8 if kind == "ORB" else 0.64
            if known and (not others or known[0][0] < ratio * others[0]):
                pairs.setdefault(known[0][1], []).append((q, known[0][2]))
        best = (0, None)
        for number, matched in sorted(pairs.items(), key=lambda item: -len(item[1]))[:candidates]:
            if len(matched) < 4:
                break
            a, b = (numpy.float32([side[k] for k in ks]) for side, ks in zip((points, places[number]), zip(*matched)))
            _, inliers = cv2.estimateAffinePartial2D(a, b, ransacReprojThreshold=5)
            best = max(best, (0 if inliers is None else int(inliers.sum()), int(number)), key=lambda found: found[0])
        return best

    begun, answers = time.process_time(), {}
    for query in manifest["queries"]:
        image = grey(query["query"])
        count, number = max(search(image), search(numpy.ascontiguousarray(image[:, ::-1])), key=lambda found: found[0])
        answers[query["query"]] = [[manifest["indexed"][number], count / (count + 10)]] if count >= least else []
    print(f"{kind}: {1000 * (time.process_time() - begun) / len(answers):.1f} CPU ms a query, mirrored one included")
    return f"OpenCV {kind} 500 + RANSAC, mirrored too", answers
