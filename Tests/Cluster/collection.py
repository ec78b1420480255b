"""Images for the tests and benchmarks of the cluster, and a cluster of several nodes in this machine."""

from __future__ import annotations

import contextlib
import io
import os
import random
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "python"))
sys.path.insert(0, str(ROOT / "Benchmarks" / "Index"))

PHOTOGRAPHS = Path("/usr/share/backgrounds")

#: `make cluster-test` takes ten times as many images in twice as many shards.
DRAWN, REAL, TEMPLATES = int(os.environ.get("IMAGESEARCH_CLUSTER_IMAGES", "2000")), 200, 80
SHARDS = 8 if DRAWN > 10_000 else 4


def drawing(seed: int, width: int = 200, height: int = 150) -> Image.Image:
    """Smooth noise of several sizes in a few colours: no place of it looks like another one."""
    chance = numpy.random.default_rng(seed)
    field = numpy.zeros((height, width), numpy.float32)
    for cells, weight in ((4, 5), (8, 4), (16, 3), (32, 3), (64, 2)):
        grid = Image.fromarray(chance.random((cells, cells), numpy.float32), "F")
        field += weight * numpy.asarray(grid.resize((width, height), Image.Resampling.BICUBIC))
    low, high = field.min(), field.max()
    level = (field - low) / max(1e-6, high - low) * 3
    colours = chance.integers(0, 256, (4, 3)).astype(numpy.float32)
    step = numpy.clip(level.astype(int), 0, 2)
    share = (level - step)[..., None]
    return Image.fromarray((colours[step] * (1 - share) + colours[step + 1] * share).astype(numpy.uint8))


def encoded(image: Image.Image, quality: int = 85) -> bytes:
    target = io.BytesIO()
    image.convert("RGB").save(target, "JPEG", quality=quality)
    return target.getvalue()


def real_images(count: int) -> Iterator[Image.Image]:
    """Pieces of the photographs that Debian ships as backgrounds; drawings where there are none."""
    import tiles

    found = 0
    files = sorted(
        path for path in PHOTOGRAPHS.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png") and path.is_file()
    )
    for file in files:
        for _name, piece in tiles.pieces(file):
            if found < count:
                found += 1
                yield piece
    for seed in range(found, count):
        yield drawing(1_000_000 + seed, 500, 375)


def write_images(folder: Path, synthetic: int, real: int, first: int = 0, templates: int = 0) -> dict[str, Path]:
    """Writes images in folders; their names are the ids of their items."""
    written = {}
    for kind, images in (
        ("drawn", (drawing(first + seed) for seed in range(synthetic))),
        ("real", real_images(real) if real else iter(())),
        # From kinds with a page for each shard, or none, to one with dozens.
        ("template", (template(seed % 5 if seed < 20 else seed % 2, seed) for seed in range(templates))),
    ):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for number, image in enumerate(images):
            name = f"{kind}/{first + number:06}.jpg"
            (folder / name).write_bytes(encoded(image))
            written[name] = folder / name
    return written


def altered(image: Image.Image, number: int) -> bytes:
    """A copy of some kind, or the image's part."""
    chance = random.Random(number)
    kind = number % 6
    width, height = image.size
    if kind == 0:
        return encoded(image.resize((int(width * 0.7), int(height * 0.7))), 60)
    if kind == 1:
        left, top = chance.randrange(width // 5), chance.randrange(height // 5)
        return encoded(image.crop((left, top, left + width * 4 // 5, top + height * 4 // 5)))
    if kind == 2:
        return encoded(ImageOps.mirror(image))
    if kind == 3:
        return encoded(image.point(lambda value: min(255, int(value * 0.8 + 20))), 75)
    if kind == 4:
        return encoded(ImageOps.expand(image.rotate(90, expand=True), 12, (250, 250, 250)))
    return encoded(image, 40)


def template(kind: int, seed: int, width: int = 320, height: int = 240) -> Image.Image:
    """A page of a template: two thirds of it are the same in all pages of its kind."""
    page = drawing(2_000_000 + kind, 320, 240)
    page.paste(drawing(3_000_000 + seed, 320, 80), (0, 160))
    return page.resize((width, height)) if (width, height) != page.size else page


def running(title: str) -> list[int]:
    """The processes of this test's own cluster whose titles begin so."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                mine = (entry / "environ").read_bytes()
            except OSError:
                continue
            if line.startswith(title) and f"RAY_TMPDIR={os.environ['RAY_TMPDIR']}".encode() in mine:
                found.append(int(entry.name))
    return found


def kill_one(title: str) -> int | None:
    """Kills one of them, as a machine that fails does."""
    for process in running(title):
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            return process
    return None
