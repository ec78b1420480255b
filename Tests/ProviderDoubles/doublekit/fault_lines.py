"""Faults of the connection, of lengths and of speed."""

from __future__ import annotations

import time

from .fault_registry import PLENTY, Line, chunk, fault, read_away
from .messages import Response


# The connection breaks


@fault(False, "accepts, reads the head, says nothing until the client leaves", "headers")
def silence(line: Line, answer: Response) -> None:
    line.close()
    read_away(line.connection, 600)


@fault(False, "closes without an answer")
def close(line: Line, answer: Response) -> None:
    line.close()


@fault(False, "resets without an answer")
def reset(line: Line, answer: Response) -> None:
    line.reset()


@fault(False, "resets before the body of the request is read", "headers")
def reset_while_uploading(line: Line, answer: Response) -> None:
    line.reset()


@fault(True, "half of the head, then closes")
def close_mid_header(line: Line, answer: Response) -> None:
    head = line.head(answer)
    line.write(head[: len(head) // 2])
    line.close()


@fault(True, "half of the head, then resets")
def reset_mid_header(line: Line, answer: Response) -> None:
    head = line.head(answer)
    line.write(head[: len(head) // 2])
    time.sleep(0.05)  # let the bytes arrive: a reset discards unread data
    line.reset()


@fault(True, "half of the body, then closes: Content-Length promised more")
def close_mid_body(line: Line, answer: Response) -> None:
    line.write(line.head(answer) + answer.body[: len(answer.body) // 2])
    line.close()


@fault(True, "half of the body, then resets")
def reset_mid_body(line: Line, answer: Response) -> None:
    line.write(line.head(answer) + answer.body[: len(answer.body) // 2])
    time.sleep(0.05)
    line.reset()


# Wrong lengths


@fault(True, "Content-Length ten bytes short, the rest follows and the connection stays open")
def short_content_length(line: Line, answer: Response) -> None:
    short = max(len(answer.body) - 10, 0)
    line.write(line.raw_head(answer, "Content-Length: %d" % short) + answer.body)


@fault(True, "two different Content-Length headers")
def two_content_lengths(line: Line, answer: Response) -> None:
    length = len(answer.body)
    line.write(line.raw_head(answer, "Content-Length: %d" % length, "Content-Length: %d" % (length + 7)) + answer.body)
    line.close()


@fault(True, "Content-Length: -1")
def negative_content_length(line: Line, answer: Response) -> None:
    line.write(line.raw_head(answer, "Content-Length: -1") + answer.body)
    line.close()


@fault(True, "no length at all, the body ends with the connection (in order)")
def no_content_length(line: Line, answer: Response) -> None:
    line.write(line.raw_head(answer, "Connection: close") + answer.body)
    line.close()


def _without_end(line: Line, piece: bytes) -> None:
    """Writes until the client leaves, which raises an OSError: fast at first, then slowly."""
    sent = 0
    while True:
        line.write(piece)
        sent += len(piece)
        if sent > PLENTY:
            time.sleep(0.1)


@fault(False, "a body without end, in chunks")
def endless_body(line: Line, answer: Response) -> None:
    line.close()
    line.write(line.raw_head(answer, "Transfer-Encoding: chunked"))
    _without_end(line, chunk(b" " * 65536))


@fault(False, "a body without end and without length")
def endless_body_until_close(line: Line, answer: Response) -> None:
    line.close()
    line.write(line.raw_head(answer, "Connection: close"))
    _without_end(line, b" " * 65536)


@fault(False, "Content-Length of four exabytes")
def huge_content_length(line: Line, answer: Response) -> None:
    line.write(line.raw_head(answer, "Content-Length: %d" % (4 << 60)) + b"{")
    line.close()


# Slow responses


@fault(True, "the body one byte at a time, with a pause (`interval`, 1 second) after each")
def one_byte_a_second(line: Line, answer: Response) -> None:
    line.write(line.head(answer))
    for index in range(len(answer.body)):
        line.write(answer.body[index : index + 1])
        time.sleep(line.seconds)


@fault(True, "the head one byte at a time")
def slow_header(line: Line, answer: Response) -> None:
    head = line.head(answer)
    for index in range(len(head)):
        line.write(head[index : index + 1])
        time.sleep(line.seconds)
    line.write(answer.body)
