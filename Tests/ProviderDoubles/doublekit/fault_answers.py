"""Faults of codings, headers, redirects, refusals while uploading, and contents."""

from __future__ import annotations

import functools
import gzip
import struct
import time
import zlib

from .fault_registry import MEBIBYTE, Line, chunk, fault, read_away
from .messages import Response


# Codings


@fault(True, "Content-Encoding: gzip, in order")
def good_gzip(line: Line, answer: Response) -> None:
    data = gzip.compress(answer.body)
    line.send(Response(answer.status, data, [*answer.headers, ("Content-Encoding", "gzip")]))


@fault(True, "Content-Encoding: gzip on something else")
def bad_gzip(line: Line, answer: Response) -> None:
    line.send(Response(answer.status, b"\x1f\x8b\x08" + answer.body, [*answer.headers, ("Content-Encoding", "gzip")]))


@fault(True, "gzip, cut in the middle; the length is right")
def cut_gzip(line: Line, answer: Response) -> None:
    data = gzip.compress(answer.body)
    line.send(Response(answer.status, data[: len(data) // 2], [*answer.headers, ("Content-Encoding", "gzip")]))


@functools.lru_cache(maxsize=None)
def _bomb() -> bytes:
    """256 MiB of spaces as gzip: one fully flushed block, repeated, and the correct trailer."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    blanks = b" " * MEBIBYTE
    block = packer.compress(blanks) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 0
    for _ in range(256):
        check = zlib.crc32(blanks, check)
    end = zlib.compressobj(9, zlib.DEFLATED, -15).flush() + struct.pack("<II", check, 256 * MEBIBYTE)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + block * 256 + end


@fault(False, "a quarter of a mebibyte of gzip that unpacks to 256 MiB")
def gzip_bomb(line: Line, answer: Response) -> None:
    line.send(Response(200, _bomb(), [("Content-Type", "application/json"), ("Content-Encoding", "gzip")]))


@fault(True, "an unknown Content-Encoding")
def unknown_encoding(line: Line, answer: Response) -> None:
    line.send(Response(answer.status, answer.body, [*answer.headers, ("Content-Encoding", "rot13")]))


@fault(True, "chunked, in order, in small pieces")
def good_chunks(line: Line, answer: Response) -> None:
    pieces = [answer.body[i : i + 7] for i in range(0, len(answer.body), 7)]
    line.write(line.raw_head(answer, "Transfer-Encoding: chunked") + b"".join(map(chunk, pieces)) + b"0\r\n\r\n")


@fault(True, "chunked, with a size that is no number")
def bad_chunk(line: Line, answer: Response) -> None:
    head = line.raw_head(answer, "Transfer-Encoding: chunked")
    line.write(head + chunk(answer.body[:5]) + b"zz\r\n" + answer.body[5:])
    line.close()


@fault(True, "chunked, closed before the last chunk")
def cut_chunks(line: Line, answer: Response) -> None:
    line.write(line.raw_head(answer, "Transfer-Encoding: chunked") + chunk(answer.body))
    line.close()


# Headers


@fault(True, "one header of 300 000 bytes, then the answer")
def oversized_header(line: Line, answer: Response) -> None:
    line.send(Response(answer.status, answer.body, [*answer.headers, ("X-Filler", "x" * 300_000)]))


@fault(True, "20 000 headers, then the answer")
def many_headers(line: Line, answer: Response) -> None:
    fillers = [("X-Filler-%d" % n, "x" * 40) for n in range(20_000)]
    line.send(Response(answer.status, answer.body, [*answer.headers, *fillers]))


@fault(True, "100, 102 and 103 before the answer (in order)")
def informational(line: Line, answer: Response) -> None:
    first = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
    line.write(first + b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n")
    line.send(answer)


@fault(False, "103 without end")
def endless_informational(line: Line, answer: Response) -> None:
    line.close()
    for _ in range(100_000):
        line.write(b"HTTP/1.1 103 Early Hints\r\n\r\n")
        time.sleep(0.001)


@fault(False, "204 No Content")
def no_content(line: Line, answer: Response) -> None:
    line.send(Response(204))


@fault(False, "200 with no body")
def empty_body(line: Line, answer: Response) -> None:
    line.send(Response(200, b"", [("Content-Type", "application/json")]))


@fault(False, "bytes that are not HTTP")
def garbage(line: Line, answer: Response) -> None:
    line.write(b"\x00\x01\x02SSH-2.0-OpenSSH\r\n" * 3)
    line.close()


# Redirects


def _redirect(line: Line, status: int, location: str) -> None:
    line.send(Response(status, b"", [("Location", location)]))


@fault(False, "302 to itself")
def redirect_loop(line: Line, answer: Response) -> None:
    _redirect(line, 302, line.here + line.target)


@fault(False, "302 to the same server by another host name: a key that follows is seen in the log, and works")
def redirect_other_host(line: Line, answer: Response) -> None:
    _redirect(line, 302, line.other + line.landing)


@fault(False, "307 (same method and body) to the other host name", "body")
def redirect_307_other_host(line: Line, answer: Response) -> None:
    _redirect(line, 307, line.other + line.landing)


@fault(False, "302 to a file: address")
def redirect_file(line: Line, answer: Response) -> None:
    _redirect(line, 302, "file:///etc/passwd")


# Refusals while uploading


@fault(False, "413 before the body is read; reads on for two seconds, then closes", "headers")
def early_413(line: Line, answer: Response) -> None:
    line.close()
    line.send(Response(413, b'{"code": 413}', [("Content-Type", "application/json")]))
    # So that the response is not lost in a reset caused by unread bytes.
    read_away(line.connection, 2)


@fault(False, "413 before the body is read, then resets at once: the answer may be lost", "headers")
def early_413_reset(line: Line, answer: Response) -> None:
    line.close()
    line.send(Response(413, b'{"code": 413}', [("Content-Type", "application/json")]))
    line.reset()


# Contents


@fault(False, "an HTML page with 200")
def html_200(line: Line, answer: Response) -> None:
    page = "<!doctype html><html><head><title>Log in</title></head><body>Wi-Fi: accept the terms</body></html>"
    line.send(Response.text(200, page, "text/html; charset=utf-8"))


@fault(False, "502 with a proxy's HTML page")
def html_502(line: Line, answer: Response) -> None:
    line.send(Response.text(502, "<html><h1>502 Bad Gateway</h1><hr>nginx</html>", "text/html"))


@fault(True, "the answer's text in Latin-1 with a byte that is no UTF-8, and a charset that says so")
def wrong_charset(line: Line, answer: Response) -> None:
    body = answer.body.decode("utf-8", "replace").encode("latin-1", "replace")
    body = body.replace(b'"', b'"\xe9', 1)
    line.send(Response(answer.status, body, [("Content-Type", "application/json; charset=iso-8859-1")]))


@fault(True, "the answer in UTF-16")
def utf16_body(line: Line, answer: Response) -> None:
    body = answer.body.decode("utf-8", "replace").encode("utf-16")
    line.send(Response(answer.status, body, [("Content-Type", "application/json; charset=utf-16")]))


@fault(True, "the answer after a byte order mark")
def bom_body(line: Line, answer: Response) -> None:
    line.send(Response(answer.status, b"\xef\xbb\xbf" + answer.body, answer.headers))


@fault(True, "the first half of the answer with a matching Content-Length")
def cut_json(line: Line, answer: Response) -> None:
    line.send(Response(answer.status, answer.body[: len(answer.body) // 2], answer.headers))


@fault(False, "JSON nested 100 000 deep")
def deep_json(line: Line, answer: Response) -> None:
    body = b"[" * 100_000 + b"]" * 100_000
    line.send(Response(200, body, [("Content-Type", "application/json")]))


@fault(False, "a JSON answer of the wrong types: a list where an object belongs")
def wrong_json(line: Line, answer: Response) -> None:
    line.send(Response(200, b'[{"code": "two hundred", "results": 7}, null]', [("Content-Type", "application/json")]))
