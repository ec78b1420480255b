"""The server of all doubles: bodies in all framings, keep-alive, and each scripted act as observed on a socket."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import subprocess
import time

import pytest
from doublekit.process import DoubleProcess

TARGET = b"GET /rest/image_count/ HTTP/1.1\r\nHost: x\r\nx-api-key: test-key\r\n\r\n"


def raw(double: DoubleProcess, data: bytes, seconds: float = 5.0) -> bytes:
    """The received bytes until the server closes or is silent; a reset appends b'RESET'."""
    received = b""
    with socket.create_connection(("127.0.0.1", double.port), timeout=seconds) as connection:
        connection.sendall(data)
        try:
            while True:
                piece = connection.recv(65536)
                if not piece:
                    return received
                received += piece
        except socket.timeout:
            return received + b"SILENT"
        except ConnectionResetError:
            return received + b"RESET"


def multipart(image: bytes) -> bytes:
    return (b'--b\r\nContent-Disposition: form-data; name="image_upload"; filename="a.png"\r\n'
            b"Content-Type: image/png\r\n\r\n" + image + b"\r\n--b--\r\n")  # fmt: skip


HEAD = b"POST /rest/search/ HTTP/1.1\r\nHost: x\r\nx-api-key: test-key\r\nContent-Type: multipart/form-data; boundary=b\r\n"


def test_chunked_upload_and_keep_alive(tineye: DoubleProcess) -> None:
    body = multipart(tineye.call("GET", "images/melon.png"))
    chunks = b"".join(b"%x;note=1\r\n%s\r\n" % (len(body[i : i + 1000]), body[i : i + 1000]) for i in range(0, len(body), 1000))
    request = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nTrailer: x\r\n\r\n"
    answer = raw(tineye, request + TARGET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert answer.count(b"HTTP/1.1 200 OK") == 2
    first, second = tineye.log()
    assert first["connection"] == second["connection"]
    assert first["verdict"] == "ok" and first["body_length"] == len(body)


def test_expect_continue(tineye: DoubleProcess) -> None:
    body = multipart(tineye.call("GET", "images/boat.bmp"))
    with socket.create_connection(("127.0.0.1", tineye.port), timeout=5) as connection:
        connection.sendall(HEAD + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body))
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert connection.recv(100).startswith(b"HTTP/1.1 200 OK")


def test_bad_framing_is_refused(tineye: DoubleProcess) -> None:
    assert b" 400 " in raw(tineye, HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n")
    assert b" 400 " in raw(tineye, HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n")


def test_broken_multipart_is_named(tineye: DoubleProcess) -> None:
    body = multipart(b"x")[:-6]
    answer = raw(tineye, HEAD + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    assert b" 400 " in answer
    assert "closing boundary" in tineye.last()["verdict"]


@pytest.mark.parametrize("process", [False, True])
def test_cut_answers(tineye: DoubleProcess, process: bool) -> None:
    """A search with a lost response was charged if, and only if, it was processed."""
    search = b"GET /rest/search/?image_url=https://tineye.com/images/meloncat.jpg HTTP/1.1\r\nHost: x\r\nx-api-key: test-key\r\n\r\n"
    tineye.script({"act": "close", "process": process}, {"act": "reset", "process": process})
    assert raw(tineye, search) == b""
    assert raw(tineye, search) == b"RESET"
    assert tineye.paid() == (2 if process else 0)


def test_half_answers(tineye: DoubleProcess) -> None:
    tineye.script({"act": "half_headers"}, {"act": "half_body"}, {"act": "reset_mid_body"}, {"act": "silence", "delay": 1})
    assert b"\r\n\r\n" not in raw(tineye, TARGET)
    for end in (b"", b"RESET"):
        head, _, body = raw(tineye, TARGET).partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        assert len(body.replace(b"RESET", b"")) < length
        assert body.endswith(end)
    assert raw(tineye, TARGET, 0.3) == b"SILENT"
    assert b" 200 " in raw(tineye, TARGET, 0.3)


def test_refusal_before_the_body(tineye: DoubleProcess) -> None:
    tineye.script({"when": "headers", "status": 413, "body": {"code": 413}, "kind": "search_upload"})
    answer = raw(tineye, HEAD + b"Expect: 100-continue\r\nContent-Length: 1000000\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ") and b"100 Continue" not in answer


def test_script_counts_skips_and_delays(tineye: DoubleProcess) -> None:
    tineye.script({"path": "/rest/image_*", "skip": 1, "count": 2, "status": 503, "delay": 0.2})
    connection = http.client.HTTPConnection("127.0.0.1", tineye.port)
    statuses = []
    began = time.monotonic()
    for _ in range(4):
        connection.request("GET", "/rest/image_count/", headers={"x-api-key": "test-key"})
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    assert statuses == [200, 503, 503, 200]
    assert time.monotonic() - began >= 0.4
    with pytest.raises(RuntimeError, match="unknown keys"):
        tineye.script({"stauts": 200})


def test_certificate_is_for_local_names_only(tineye: DoubleProcess) -> None:
    context = ssl.create_default_context(cafile=tineye.ca_file)
    port = tineye.hello["tls_port"]
    for name in ("localhost", "127.0.0.1", "bucket.oss.localhost"):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
            with context.wrap_socket(plain, server_hostname=name):
                pass
    with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
        with pytest.raises(ssl.SSLCertVerificationError):
            context.wrap_socket(plain, server_hostname="api.tineye.com")


def test_the_double_ends_with_its_parent(tineye: DoubleProcess) -> None:
    with DoubleProcess("tineye") as other:
        process = other._process
    assert process.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", other.port), timeout=2)


def test_curl_agrees(tineye: DoubleProcess) -> None:
    """Our client's transport uses libcurl, so the double must accept an upload by curl."""
    image = tineye.call("GET", "images/melon.png")
    done = subprocess.run(
        ["curl", "-sS", "--noproxy", "*", "-H", "x-api-key: test-key", "-F", "image_upload=@-;filename=a.png;type=image/png",
         "-F", "limit=2", tineye.url + "/rest/search/"], input=image, capture_output=True, check=True,
    )  # fmt: skip
    assert len(json.loads(done.stdout)["results"]["matches"]) == 2
