"""Images for the server's benchmark: textures with shapes on them, as JPEG files of a given size."""

from __future__ import annotations

import io
import random

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1024, 768


def texture(seed: int) -> Image.Image:
    """Multi-scale noise, as in photographs, under shapes; another seed leads to an unrelated image."""
    noise = np.random.default_rng(seed)
    light = np.zeros((HEIGHT, WIDTH), np.float32)
    for level in range(2, 9):
        cells = noise.normal(0, 1, (3 << (level - 2), 1 << level)).astype(np.float32)
        light += np.asarray(Image.fromarray(cells).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)) * (120 / level**1.6)
    tint = noise.uniform(0.6, 1.2, 3).astype(np.float32)
    image = Image.fromarray(np.clip(light[:, :, None] * tint + 128, 0, 255).astype(np.uint8))
    draw, chance = ImageDraw.Draw(image), random.Random(seed)
    for _ in range(30):
        x, y = chance.random() * WIDTH, chance.random() * HEIGHT
        across, down = chance.uniform(0.01, 0.1) * WIDTH, chance.uniform(0.01, 0.1) * HEIGHT
        shape = draw.rectangle if chance.random() < 0.5 else draw.ellipse
        shape((x - across, y - down, x + across, y + down), fill=tuple(chance.randrange(256) for _ in range(3)))
    return image


def jpeg(image: Image.Image, size: int) -> bytes:
    """The file at the highest quality that has at most `size` bytes."""
    low, high, best = 5, 99, b""
    while low <= high:
        quality = (low + high) // 2
        file = io.BytesIO()
        image.save(file, "JPEG", quality=quality)
        if file.tell() <= size:
            low, best = quality + 1, file.getvalue()
        else:
            high = quality - 1
    return best
