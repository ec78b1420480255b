"""Load over loopback: preformatted requests over sockets, so that the client takes little CPU time from the server."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass
class Result:
    """The outcomes of the requests of a run; `lost` ended without a response, or with a truncated one."""

    seconds: float = 0
    ok: int = 0
    busy: int = 0
    other: int = 0
    lost: int = 0
    latencies: list[float] = field(default_factory=list)
    busy_latencies: list[float] = field(default_factory=list)


def request(image: bytes, path: str) -> bytes:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="image"; filename="q.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        + image
        + b"\r\n--b--\r\n"
    )
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, message: bytes) -> int:
    """Sends a request, and returns the status when the whole response has arrived."""
    writer.write(message)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    await reader.readexactly(length)
    return int(head[9:12])


async def once(port: int, message: bytes, result: Result) -> None:
    begun = time.monotonic()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            _count(result, await exchange(reader, writer, message), time.monotonic() - begun)
        finally:
            writer.close()
    except (OSError, EOFError, asyncio.IncompleteReadError):
        result.lost += 1


def _count(result: Result, status: int, seconds: float) -> None:
    if status == 200:
        result.ok += 1
        result.latencies.append(seconds)
    elif status == 503:
        result.busy += 1
        result.busy_latencies.append(seconds)
    else:
        result.other += 1


async def closed(port: int, messages: list[bytes], clients: int, seconds: float) -> Result:
    """A closed loop: each of `clients` sends its next request after the response to the previous one."""
    result, end = Result(), time.monotonic() + seconds

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        turn = number
        while time.monotonic() < end:
            begun = time.monotonic()
            try:
                _count(result, await exchange(reader, writer, messages[turn % len(messages)]), time.monotonic() - begun)
            except (OSError, EOFError):
                result.lost += 1
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            turn += clients
        writer.close()

    begun = time.monotonic()
    await asyncio.gather(*[client(number) for number in range(clients)])
    result.seconds = time.monotonic() - begun
    return result


async def open_loop(port: int, messages: list[bytes], rate: float, seconds: float) -> Result:
    """An open loop: a fixed number of requests per second, regardless of responses, each over its own connection."""
    result, begun, tasks = Result(), time.monotonic(), []
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0, begun + number / rate - time.monotonic()))
        tasks.append(asyncio.create_task(once(port, messages[number % len(messages)], result)))
    await asyncio.gather(*tasks)
    result.seconds = time.monotonic() - begun
    return result


def main() -> None:
    """load.py PORT QUERIES PATH closed|open CLIENTS|RATE SECONDS: prints the result as JSON."""
    port, queries, path, kind, amount, seconds = sys.argv[1:]
    messages = [request(file.read_bytes(), path) for file in sorted(Path(queries).iterdir())]
    run = (
        closed(int(port), messages, int(amount), float(seconds))
        if kind == "closed"
        else open_loop(int(port), messages, float(amount), float(seconds))
    )
    print(json.dumps(asdict(asyncio.run(run))))


if __name__ == "__main__":
    main()
