"""Draws images with the statistics of photographs: photographs.py OUT COUNT [--processes N]

Each is a different landscape – sky, ranges of hills, ground, objects on it –, drawn from noise with the power spectrum of
photographs, with light from one side, haze, limited depth of field, a vignette and grain. The number of an image is its
seed: the same file on every machine with the same numpy and Pillow, and no two show the same scene. Existing files are
kept, so an interrupted run continues.
"""

from __future__ import annotations

import argparse
import colorsys
import math
import multiprocessing
import os
import pathlib

import numpy as np
from PIL import Image, ImageFilter

SIZES = ((500, 375), (500, 333), (375, 500), (500, 400), (480, 480))


def noise(chance: np.random.Generator, width: int, height: int, fall: float, stretch: float = 1.0) -> np.ndarray:
    """Noise with the spectrum 1/f^fall, mean 0 and deviation 1; with `stretch` its grain is wider than high."""
    spectrum = np.fft.rfft2(chance.standard_normal((height, width), np.float32))
    fy = np.fft.fftfreq(height).astype(np.float32)[:, None]
    fx = np.fft.rfftfreq(width).astype(np.float32)[None, :] * np.float32(stretch)
    f = fx * fx + fy * fy
    f[0, 0] = 1
    spectrum /= f ** np.float32(fall / 2)
    spectrum[0, 0] = 0
    field = np.fft.irfft2(spectrum, s=(height, width))
    return field / (field.std() + np.float32(1e-9))


def colour(chance: np.random.Generator, saturation: tuple[float, float], value: tuple[float, float], hue: float | None = None) -> np.ndarray:
    h = chance.random() if hue is None else (hue + chance.normal(0, 0.04)) % 1
    return np.array(colorsys.hsv_to_rgb(h, chance.uniform(*saturation), chance.uniform(*value)), np.float32)


def blended(canvas: np.ndarray, layer: np.ndarray, mask: np.ndarray) -> np.ndarray:
    return canvas + (layer - canvas) * mask[..., None]


def surface(chance: np.random.Generator, width: int, height: int, base: np.ndarray, rough: float) -> np.ndarray:
    """Ground of one material: uneven, spotted, lit from one side."""
    relief = noise(chance, width, height, chance.uniform(1.0, 1.9), chance.uniform(0.5, 2.5))
    angle = chance.uniform(0, 2 * np.pi)
    dy, dx = np.gradient(relief)
    light = dx * math.cos(angle) + dy * math.sin(angle)
    light /= light.std() + 1e-9
    other = colour(chance, (0.1, 0.7), (0.2, 0.9))
    # Soft and large: a quarter of the resolution on each axis is enough.
    coarse = noise(chance, width // 4 + 2, height // 4 + 2, 1.6)
    spots = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))
    spots = np.clip(1.2 * (spots - chance.uniform(0.2, 1.2)) + 0.5, 0, 1) * np.float32(0.7)
    layer = base + (other - base) * spots[..., None]
    return layer * (1 + np.float32(rough) * light + np.float32(0.18) * relief)[..., None]


def hills(chance: np.random.Generator, canvas: np.ndarray, horizon: float, haze: np.ndarray) -> None:
    height, width, _ = canvas.shape
    rows = np.arange(height, dtype=np.float32)[:, None]
    count = int(chance.integers(2, 5))
    for number in range(count):
        near = (number + 1) / count
        line = noise(chance, width, 8, chance.uniform(1.1, 1.7))[0]
        top = height * (horizon + (1 - horizon) * 0.75 * number / count) - line * height * chance.uniform(0.03, 0.12)
        first = int(np.clip(top.min() - 1, 0, height - 8))
        layer = surface(chance, width, height - first, colour(chance, (0.15, 0.7), (0.2, 0.75)), chance.uniform(0.08, 0.25))
        layer = haze + (layer - haze) * (0.35 + 0.65 * near)
        canvas[first:] = blended(canvas[first:], layer, np.clip(rows[first:] - top[None, :] + 0.5, 0, 1))


def thing(chance: np.random.Generator, canvas: np.ndarray) -> None:
    """A stone, a trunk, a house or a lamp: an outline with a shaded body, and its shadow."""
    height, width, _ = canvas.shape
    size, long = height * chance.uniform(0.04, 0.28), chance.uniform(0.5, 2.6)
    cx, cy, turn = chance.uniform(0, width), height * chance.uniform(0.35, 1.0), chance.uniform(-0.5, 0.5)
    # The bounding box.
    reach = size * max(2.6, 2 * long)
    left, right = (int(np.clip(edge, 0, width)) for edge in (cx - reach, cx + reach))
    top, bottom = (int(np.clip(edge, 0, height)) for edge in (cy - reach, cy + reach))
    if right - left < 8 or bottom - top < 8:
        return
    view = canvas[top:bottom, left:right]
    y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
    u = ((x - cx) * math.cos(turn) + (y - cy) * math.sin(turn)) / size
    v = (-(x - cx) * math.sin(turn) + (y - cy) * math.cos(turn)) / (size * long)
    if chance.random() < 0.55:
        angle = np.arctan2(v, u)
        outline = 1 + sum(chance.normal(0, 0.22 / k) * np.cos(k * angle + chance.uniform(0, 6.3)) for k in range(2, 9))
        inside = outline - np.hypot(u, v)
    else:
        inside = 1 - np.maximum(np.abs(u), np.abs(v))
    mask = np.clip(inside * size * 0.8, 0, 1)
    shadow = np.clip(1 - np.hypot((x - cx - size * 0.9) / (1.6 * size), (y - cy - size) / (0.5 * size)), 0, 1)
    layer = surface(chance, right - left, bottom - top, colour(chance, (0.2, 0.95), (0.25, 1.0)), chance.uniform(0.04, 0.2))
    layer = layer * (0.95 - 0.35 * np.clip(u, -1, 1))[..., None]
    if chance.random() < 0.5:
        pitch = chance.uniform(0.18, 0.5)
        bars = ((u % pitch) < pitch * chance.uniform(0.2, 0.6)) & ((v % (pitch * 1.3)) < pitch * chance.uniform(0.3, 1.1))
        layer = np.where(bars[..., None], colour(chance, (0.0, 0.5), (0.05, 0.95)), layer)
    view[:] = blended(view * (1 - 0.5 * shadow)[..., None], layer, mask)


def photograph(number: int) -> tuple[Image.Image, int]:
    """Returns the image and its JPEG quality."""
    chance = np.random.default_rng([20261126, number])
    width, height = SIZES[chance.integers(len(SIZES))]
    high, low = colour(chance, (0.2, 0.8), (0.3, 0.95)), colour(chance, (0.05, 0.5), (0.7, 1.0))
    fade = np.linspace(0, 1, height, dtype=np.float32)[:, None, None] ** chance.uniform(0.6, 1.8)
    canvas = np.broadcast_to(high + (low - high) * fade, (height, width, 3)).astype(np.float32)
    clouds = np.clip(noise(chance, width, height, chance.uniform(1.4, 2.0), chance.uniform(1, 3)) - chance.uniform(0, 1.5), 0, 1.5) / 1.5
    canvas = blended(canvas, colour(chance, (0, 0.12), (0.85, 1.0)), clouds)
    hills(chance, canvas, chance.uniform(0.1, 0.6), low)
    for _ in range(int(chance.integers(3, 10))):
        thing(chance, canvas)
    across, down = (np.linspace(-1, 1, side, dtype=np.float32) for side in (width, height))
    across, down = across[None, :], down[:, None]
    canvas = canvas * (1 - chance.uniform(0, 0.25) * (across**2 + down**2) / 2)[..., None]
    canvas = np.clip(canvas * chance.uniform(0.75, 1.2), 0, 1) ** chance.uniform(0.8, 1.25)
    image = Image.fromarray((canvas * 255).astype(np.uint8))
    if chance.random() < 0.5:
        # Sharp in a band, blurred above and below it.
        sharp = np.abs(down - chance.uniform(-0.2, 0.9)) > chance.uniform(0.4, 0.9)
        soft = image.filter(ImageFilter.GaussianBlur(chance.uniform(0.8, 2.5)))
        band = Image.fromarray(np.broadcast_to(sharp * np.uint8(255), (height, width)).copy()).filter(ImageFilter.GaussianBlur(25))
        image = Image.composite(soft, image, band)
    grain = chance.normal(0, chance.uniform(0.5, 5), (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8)), int(chance.integers(82, 96))


def write(job: tuple[pathlib.Path, int]) -> None:
    folder, number = job
    target = folder / f"photograph-{number:06}.jpg"
    if target.exists():
        return
    image, quality = photograph(number)
    unfinished = target.with_suffix(".part")
    image.save(unfinished, "JPEG", quality=quality)
    unfinished.rename(target)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with multiprocessing.Pool(options.processes) as pool:
        for _ in pool.imap_unordered(write, ((options.out, number) for number in range(options.count)), chunksize=16):
            pass
    print(f"{options.count} photographs in {options.out}")


if __name__ == "__main__":
    main()
