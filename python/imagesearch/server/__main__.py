"""python -m imagesearch.server: serves indexes, and creates and revokes keys."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from .. import ImageSearchError, LocalIndex
from . import logs
from .app import create_app, dialect_of
from .guard import is_loopback, is_loopback_address
from .keys import KeyFile, Scope
from .listener import Server
from .problems import MOST_MESSAGE, quoted
from .settings import Settings, SettingsError, parse_index


def main(arguments: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return keys(given[1:]) if given[:1] == ["key"] else serve(given)
    except (SettingsError, ImageSearchError) as error:
        print(f"imagesearch-server: {quoted(str(error), MOST_MESSAGE)}", file=sys.stderr)
        return 2


def serve(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="imagesearch-server",
        description="Serves local indexes in TinEye's and MatchEngine's protocols.",
        epilog="imagesearch-server key --help: keys",
    )
    parser.add_argument(
        "--index",
        action="append",
        required=True,
        metavar="[NAME=]DIR",
        help="an index; repeat it for more. The first one answers TinEye's protocol",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; anything but this machine needs --keys")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--keys", type=Path, metavar="FILE", help="file of keys, made by: imagesearch-server key add")
    parser.add_argument(
        "--signatures", type=Path, metavar="FILE", help="private keys of TinEye's signature of 2017-2022, mode 0600"
    )
    parser.add_argument("--writable", action="store_true", help="let keys that may write add and remove images")
    parser.add_argument("--read-only", action="store_true", help="the default; a second server on one index runs so")
    parser.add_argument("--fetch-urls", action="store_true", help="fetch images that are named by a URL, from public addresses")
    parser.add_argument("--max-body", type=int, default=32 << 20, metavar="BYTES")
    parser.add_argument("--max-pixels", type=int, default=100_000_000, metavar="N", help="of an image")
    parser.add_argument("--parallel", type=int, default=0, metavar="N", help="searches at once; 0: one a core")
    parser.add_argument("--queue", type=int, default=64, metavar="N", help="requests that may wait for their turn")
    parser.add_argument("--request-seconds", type=float, default=30.0, metavar="S")
    parser.add_argument("--rate", type=int, default=6000, metavar="N", help="requests a minute and key")
    parser.add_argument("--public-url", metavar="URL", help="the address that clients see, behind a proxy")
    options = parser.parse_args(arguments)
    if options.writable and options.read_only:
        raise SettingsError("--writable and --read-only contradict each other")
    if options.keys is None and not (is_loopback(options.host) or is_loopback_address(options.host)):
        raise SettingsError(f"--host {options.host} is not of this machine alone, so --keys is needed")
    indexes = dict(parse_index(text) for text in options.index)
    if len(indexes) != len(options.index):
        raise SettingsError("two indexes have one name; name them: --index NAME=DIR")
    settings = Settings(
        indexes=indexes,
        keys=options.keys,
        signatures=options.signatures,
        writable=options.writable,
        fetch_urls=options.fetch_urls,
        max_body=options.max_body,
        max_pixels=options.max_pixels,
        max_parallel=options.parallel,
        max_queue=options.queue,
        request_seconds=options.request_seconds,
        requests_per_minute=options.rate,
        public_url=options.public_url,
    )
    logs.set_up()
    for path in indexes.values():
        # Reports an error of an index in one line; the application opens it again when it starts.
        LocalIndex(path, read_only=not options.writable).close()
    app = create_app(settings)

    def reload(*_: object) -> None:
        try:
            app.state.service.reload()
            logs.event("keys read again")
        except SettingsError as error:
            logs.events.error("keys stay as they were: %s", error)

    signal.signal(signal.SIGHUP, reload)
    Server(app, dialect_of, options.host, options.port).run()
    return 0


def keys(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="imagesearch-server key", description="Makes, lists and ends keys. A running server reads them again on SIGHUP."
    )
    parser.add_argument("action", choices=["add", "list", "revoke"])
    parser.add_argument("--file", type=Path, required=True, help="the file of keys")
    parser.add_argument("--name", default="", help="add: whose key it is")
    parser.add_argument("--scope", choices=[scope.value for scope in Scope], default="read", help="add: what it may do")
    parser.add_argument("id", nargs="?", help="revoke: the id of the key")
    options = parser.parse_intermixed_args(arguments)
    if options.action == "add":
        key, token = KeyFile.add(options.file, options.name, Scope(options.scope))
        print(token)
        print(f"key {key.id} may {key.scope.value}; it is shown this once and stored nowhere", file=sys.stderr)
    elif options.action == "list":
        for key in KeyFile(options.file).list():
            print("\t".join(map(quoted, (key.id, key.scope.value, key.created, key.revoked or "-", key.name))))
    elif options.id is None or not KeyFile.revoke(options.file, options.id):
        raise SettingsError(f"there is no such key in {options.file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
