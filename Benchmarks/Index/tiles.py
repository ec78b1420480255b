"""Cuts photographs into tiles that do not overlap: hundreds of pictures out of a few dozen large ones.

    tiles.py OUT FOLDER...      writes OUT/NAME-ROW-COLUMN.jpg, 800 x 600 pixels; flat tiles are left out
"""
import pathlib
import sys

import numpy
from PIL import Image, ImageOps

WIDTH, HEIGHT = 800, 600


def tiles(path):
    try:
        picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    except (OSError, ValueError):
        return
    for top in range(0, picture.height - HEIGHT + 1, HEIGHT):
        for left in range(0, picture.width - WIDTH + 1, WIDTH):
            tile = picture.crop((left, top, left + WIDTH, top + HEIGHT))
            gray = numpy.asarray(tile.convert("L"), numpy.float32)
            detail = numpy.abs(numpy.diff(gray, axis=0)).mean() + numpy.abs(numpy.diff(gray, axis=1)).mean()
            if gray.std() > 16 and detail > 4:
                yield f"{path.parent.name}-{path.stem}-{top // HEIGHT}-{left // WIDTH}.jpg", tile


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for folder in sys.argv[2:]:
        for path in sorted(pathlib.Path(folder).rglob("*")):
            # The sizes of one wallpaper are one picture: the largest alone is cut.
            if path.suffix.lower() not in {".jpg", ".jpeg", ".png", ".webp"} or "vertical" in str(path):
                continue
            if "contents/images" in str(path) and path != max(path.parent.iterdir(), key=lambda p: p.stat().st_size):
                continue
            for name, tile in tiles(path):
                tile.save(out / name, "JPEG", quality=92)
                count += 1
    print(f"{count} tiles in {out}")


main()
