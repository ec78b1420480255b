#!/usr/bin/env python3
"""Finds where an image comes from.

    find_image.py INDEX add FILE...      adds images to the index, a directory
    find_image.py INDEX search FILE...   searches there and, with TINEYE_API_KEY set, in TinEye
    find_image.py INDEX remaining        prints the number of TinEye searches left

Prints lines of: query, best match, score, confidence, milliseconds.
"""

import os
import sys
import time

import imagesearch
from imagesearch import ImageItem, ImageSearchError, LocalIndex, Match, Outcome, TinEye


def add(index: LocalIndex, files: list[str]) -> None:
    items = [ImageItem(item_id=os.path.splitext(os.path.basename(file))[0], images=[file]) for file in files]
    for entry in index.add_images(items):
        words = entry.error if entry.outcome is Outcome.FAILED else entry.warning or ""
        print(entry.item_id, entry.image_name, entry.outcome.name.lower(), words, sep="\t")


def search(client: imagesearch.Client, file: str) -> None:
    start = time.monotonic()
    page = client.search(file, limit=1)
    milliseconds = (time.monotonic() - start) * 1000
    best = page[0] if page else Match()
    print(file, name_of(best), shown(best.score), shown(best.confidence), "%.1f" % milliseconds, sep="\t")


def name_of(match: Match) -> str:
    if match.item_id is not None:
        return "%s/%s" % (match.item_id, match.image_name)
    return match.page_url or match.image_url or "-"


def shown(number: float | None) -> str:
    return "-" if number is None else "%.3g" % number


def main(folder: str, command: str, files: list[str]) -> None:
    key = os.environ.get("TINEYE_API_KEY")
    tineye = TinEye(api_key=key, base_url=os.environ.get("TINEYE_API_URL")) if key else None
    with LocalIndex(folder) as index:
        if command == "add":
            add(index, files)
        elif command == "search":
            for client in filter(None, (index, tineye)):
                for file in files:
                    search(client, file)
        elif command == "remaining" and tineye:
            print(tineye.remaining_searches().remaining)
        else:
            sys.exit(__doc__)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        main(sys.argv[1], sys.argv[2], sys.argv[3:])
    except ImageSearchError as error:
        sys.exit(str(error))
