"""Cuts large photographs into pieces that do not overlap, of the size of images on web pages.

    tiles.py OUT FILE-OR-FOLDER...      writes OUT/NAME-ROW-COLUMN.jpg, longest side 500 pixels; featureless pieces are left out

Of a folder with one image in several sizes (`contents/images` of a wallpaper) the largest is taken.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy
from PIL import Image, ImageOps

SIDE = 500
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}
Image.MAX_IMAGE_PIXELS = None


def pieces(path: Path) -> Iterator[tuple[str, Image.Image]]:
    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    # Pieces of 700 pixels or more, so that scaling sharpens them; at most twelve of one photograph.
    across, down = (max(1, min(most, side // 700)) for side, most in zip(image.size, (4, 3)))
    width, height = image.width // across, image.height // down
    for row in range(down):
        for column in range(across):
            piece = image.crop((column * width, row * height, (column + 1) * width, (row + 1) * height))
            piece.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
            small = numpy.asarray(piece.convert("L").resize((64, 64), Image.Resampling.BOX), numpy.float32)
            detail = (numpy.abs(numpy.diff(small, axis=0)).mean() + numpy.abs(numpy.diff(small, axis=1)).mean()) / 2
            if detail >= 2:
                yield f"{row}-{column}", piece


def photographs(root: Path) -> list[Path]:
    if root.is_file():
        return [root]
    images = root / "contents" / "images"
    files = [path for path in sorted((images if images.is_dir() else root).iterdir()) if path.suffix.lower() in SUFFIXES]
    return [max(files, key=lambda path: path.stat().st_size)] if images.is_dir() and files else files


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for argument in map(Path, sys.argv[2:]):
        for path in photographs(argument):
            name = argument.name if argument.is_dir() and path.parent != argument else path.stem
            for place, piece in pieces(path):
                piece.save(out / f"{name}-{place}.jpg", "JPEG", quality=93)
                count += 1
    print(f"{count} pieces in {out}")


if __name__ == "__main__":
    main()
