#!/usr/bin/env python3
"""Selects the coefficients of a descriptor with the most stable bits: the table in DescriptorProjection.swift.

    learn_descriptor_bits.py pairs IMAGES OUT      edited copies of photographs as PGM, and how positions map (OUT/pairs.json)
    MatchingBench descriptors OUT/*.pgm
    learn_descriptor_bits.py learn OUT               prints the table, and how well the bits separate pairs

The table was learned from 150 images cut from Debian's mate-backgrounds, gnome-backgrounds, plasma-workspace-wallpapers,
lomiri-wallpapers and ukui-wallpapers, and the sample images of scikit-image and scikit-learn: 93 000 pairs of the same keypoint
before and after an edit. Needs Pillow, numpy and scipy.
"""
import io, json, math, random, sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter


def jpeg(image, quality):
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality)
    return Image.open(data).convert("RGB")


def noisy(image, seed):
    values = np.asarray(image, np.int16) + np.random.default_rng(seed).normal(0, 20, (image.height, image.width, 3))
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def turned(image, rng):
    """The image rotated by any angle, scaled and slightly stretched, with the map from old to new pixels."""
    w, h = image.size
    angle, scale, stretch = rng.uniform(-math.pi, math.pi), rng.uniform(.6, 1.1), rng.uniform(.85, 1.18)
    linear = scale * np.array([[math.cos(angle) * stretch, -math.sin(angle)], [math.sin(angle) * stretch, math.cos(angle)]])
    half = np.abs(linear) @ np.array([w / 2, h / 2])
    there = np.hstack([linear, (half - linear @ np.array([w / 2, h / 2]))[:, None]])
    back = np.linalg.inv(np.vstack([there, [0, 0, 1]]))[:2].flatten()
    soft = image.filter(ImageFilter.GaussianBlur(.3 / scale))
    size = (int(2 * half[0]), int(2 * half[1]))
    return soft.transform(size, Image.AFFINE, back, Image.BICUBIC, fillcolor=(200, 200, 200)), there


def pairs(images, out):
    out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(5)
    paths = sorted(p for p in images.rglob("*") if p.suffix.lower() in {".jpg", ".png", ".webp"})
    rng.shuffle(paths)
    rows, same = [], [[1, 0, 0], [0, 1, 0]]
    for number, path in enumerate(paths[:150]):
        image = Image.open(path).convert("RGB")
        w, h = image.size
        spun, there = turned(image, rng)
        bright = ImageEnhance.Contrast(ImageEnhance.Brightness(image).enhance(1.35)).enhance(1.5)
        edits = {
            "q20": (jpeg(image, 20), same),
            "small": (jpeg(image.resize((w * 2 // 5, h * 2 // 5), Image.LANCZOS), 85), [[.4, 0, 0], [0, .4, 0]]),
            "blur": (jpeg(image.filter(ImageFilter.GaussianBlur(max(w, h) / 250)), 85), same),
            "noise": (jpeg(noisy(image, number), 85), same),
            "bright": (jpeg(bright, 85), same),
            "turned": (jpeg(spun, 70), there.tolist()),
        }
        image.convert("L").save(out / f"{number:03d}.pgm")
        for name, (edited, map_) in edits.items():
            edited.convert("L").save(out / f"{number:03d}_{name}.pgm")
            rows.append([f"{number:03d}", name, map_, [w, h], list(edited.size)])
    (out / "pairs.json").write_text(json.dumps(rows))


def same_keypoints(folder):
    """Descriptors of keypoints with the same position, scale and direction before and after an edit."""
    load = lambda name: np.fromfile(folder / f"{name}.pgm.desc", np.float32).reshape(-1, 132)
    for number, name, map_, old, new in json.loads((folder / "pairs.json").read_text()):
        a, b, map_ = load(number), load(f"{number}_{name}"), np.array(map_, float)
        if len(a) < 5 or len(b) < 5:
            continue
        here, there = max(old) / 512, max(new) / 512
        linear = map_[:, :2]
        place = (a[:, :2] * here @ linear.T + map_[:, 2]) / there
        size = a[:, 3] * math.sqrt(abs(np.linalg.det(linear))) * here / there
        turn = 2 * math.pi * a[:, 2]
        arrow = np.c_[np.cos(turn), np.sin(turn)] @ linear.T
        turn = np.arctan2(arrow[:, 1], arrow[:, 0]) / (2 * math.pi) % 1
        distance = np.hypot(place[:, :1] - b[None, :, 0], place[:, 1:] - b[None, :, 1])
        near = distance < np.minimum(size[:, None], b[None, :, 3]) + .5
        alike = np.abs(np.log2(size[:, None] / b[None, :, 3])) < .35
        along = np.abs((turn[:, None] - b[None, :, 2] + .5) % 1 - .5) < .06
        cost = np.where(near & alike & along, distance, np.inf)
        best = cost.argmin(1)
        found = np.isfinite(cost[np.arange(len(a)), best])
        yield int(number), a[found, 4:], b[best[found], 4:]


def learn(folder):
    from scipy.fft import dct
    triples = list(same_keypoints(folder))
    numbers = np.concatenate([np.full(len(a), n) for n, a, _ in triples])
    before, after = (np.concatenate([t[k] for t in triples]) for k in (1, 2))
    cells, k = dct(np.eye(4), norm="ortho", axis=0), np.arange(8)
    series = [np.ones(8)] + [f(2 * np.pi * n * k / 8) for n in (1, 2, 3) for f in (np.cos, np.sin)] + [np.cos(np.pi * k)]
    series = np.array([s / np.linalg.norm(s) for s in series])
    waves = np.kron(np.kron(cells, cells), series).T
    both = np.r_[before, after] @ waves
    noise = (((before - after) @ waves) ** 2).mean(0) / 2
    order = np.argsort(-both.var(0) / noise)[:64]
    medians, certainty = np.median(both, 0), 1 / np.sqrt(noise)
    rows = [f"({i}, {round(medians[i] * 10000)}, {round(certainty[i])})" for i in order]
    print(",\n".join("    " + ", ".join(rows[i:i + 4]) for i in range(0, 64, 4)))
    bits = lambda x: (x @ waves[:, order]) > medians[order]
    a, b = bits(before), bits(after)
    own = (a != b).sum(1)
    other = np.random.default_rng(0).permutation(len(a))
    chance = (a != b[other]).sum(1)[numbers != numbers[other]]
    limit = np.sort(chance)[len(chance) // 1000]
    print(f"{len(a)} pairs, {own.mean():.2f} bits differ; below {limit}, which one random pair in 1000 is: {(own < limit).mean():.3f}")


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "pairs":
        pairs(Path(sys.argv[2]), Path(sys.argv[3]))
    elif len(sys.argv) == 3 and sys.argv[1] == "learn":
        learn(Path(sys.argv[2]))
    else:
        sys.exit(__doc__)
