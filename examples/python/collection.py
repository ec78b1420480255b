#!/usr/bin/env python3
"""Lists a collection of images, and finds its duplicates.

collection.py INDEX add FOLDER [PREFIX]     adds the images of a folder to the index directory, and removes those whose files are gone
collection.py INDEX list                    lists all items with their images
collection.py INDEX groups                  lists all groups of copies, the best image of each first
collection.py INDEX compare A B [OVERLAY]   compares two files; OVERLAY is a PNG file to write
collection.py INDEX show ITEM [THUMBNAIL]   shows an item and its copies, and writes its first thumbnail to a file
collection.py INDEX same FILE               lists the stored images with exactly these bytes
collection.py INDEX label ITEM CATEGORY     sets the category of an item
collection.py INDEX categories              lists the categories with their numbers of images
collection.py INDEX prune [apply]           lists images whose files are gone; apply removes them
"""

import sys
from collections.abc import Callable
from pathlib import Path

import imagesearch
from imagesearch import LocalIndex


def line(*words: object) -> None:
    print(*words, sep="\t")


def add(index: LocalIndex, folder: str, prefix: str = "") -> None:
    report = index.add_folder(folder, prefix=prefix, prune=True)
    for entry in report:
        line(entry.item_id, entry.image_name, entry.outcome.name.lower())
    print(f"{report.skipped_count} skipped, {report.pruned_count} forgotten")


def show_all(index: LocalIndex) -> None:
    for item in index.all_items():
        for image in item.images:
            line(item.item_id, image.image_name, image.format, f"{image.width} x {image.height}")


def show_groups(index: LocalIndex) -> None:
    # A progress bar of tqdm or rich is also accepted: progress=tqdm.tqdm
    for number, group in enumerate(index.groups(keep="largest", progress=lambda step: None), 1):
        for member in group:
            line(number, "best" if member is group[0] else "copy", member.image.item_id, member.relation)
        for member in group.related:
            line(number, "related", member.image.item_id, member.relation)


def compare(index: LocalIndex, first: str, second: str, overlay: str | None = None) -> None:
    comparison = index.compare(first, second)
    print(comparison.relation or "strangers")
    print(comparison.explanation)
    if overlay is not None:
        Path(overlay).write_bytes(index.compare_overlay(first, second))


def show(index: LocalIndex, item_id: str, thumbnail: str | None = None) -> None:
    item = index.item(item_id)
    if item is None:
        sys.exit(f"there is no item {item_id}")
    for image in item.images:
        line(image.image_name, image.sha256, image.source_path)
        for match in index.search_stored(item_id, image.image_name):
            line("copy", match.item_id, match.relation)
    if thumbnail is not None:
        Path(thumbnail).write_bytes(index.thumbnail(item_id, item.images[0].image_name))


def same(index: LocalIndex, file: str) -> None:
    for image in index.same_bytes(file):
        line(image.item_id, image.image_name)


def label(index: LocalIndex, item_id: str, category: str) -> None:
    if not index.contains(item_id):
        sys.exit(f"there is no item {item_id}")
    print(index.update(item_id, category=category))


def categories(index: LocalIndex) -> None:
    for name, count in index.categories().items():
        line(name, count)
    line("all", index.count())


def prune(index: LocalIndex, apply: str = "") -> None:
    report = index.prune(apply=apply == "apply")
    for image in report:
        line("gone", image.item_id, image.source_path)
    for image, reason in report.unknown:
        line("unknown", image.item_id, reason)


COMMANDS: dict[str, Callable[..., None]] = {
    "add": add,
    "list": show_all,
    "groups": show_groups,
    "compare": compare,
    "show": show,
    "same": same,
    "label": label,
    "categories": categories,
    "prune": prune,
}

if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[2] not in COMMANDS:
        sys.exit(__doc__)
    try:
        with LocalIndex(sys.argv[1]) as index:
            COMMANDS[sys.argv[2]](index, *sys.argv[3:])
    except imagesearch.ImageSearchError as error:
        sys.exit(str(error))
