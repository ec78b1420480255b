"""The proxy double as curl uses it: forwarding, tunnels, TLS to the proxy, SOCKS5 with and without names, credentials."""

from __future__ import annotations

import json
import subprocess
from typing import Tuple

import pytest
from doublekit.process import DoubleProcess


def curl(*arguments: str, data: bytes = b"") -> Tuple[int, bytes]:
    done = subprocess.run(["curl", "-sS", "--noproxy", "", "-m", "10", *arguments], input=data, capture_output=True)
    return done.returncode, done.stdout


def proxies(proxy: DoubleProcess, credentials: str = "") -> "dict[str, list[str]]":
    address = "//%s127.0.0.1:" % credentials
    return {
        "http": ["-x", "http:%s%d" % (address, proxy.port)],
        "https": ["-x", "https:%s%s" % (address, proxy.hello["tls_port"]), "--proxy-cacert", proxy.ca_file],
        "socks5": ["-x", "socks5:%s%s" % (address, proxy.hello["socks_port"])],
        "socks5h": ["-x", "socks5h:%s%s" % (address, proxy.hello["socks_port"])],
    }


@pytest.mark.parametrize("kind", ["http", "https", "socks5h"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_requests_go_through(proxy: DoubleProcess, tineye: DoubleProcess, kind: str, scheme: str) -> None:
    port = tineye.port if scheme == "http" else tineye.hello["tls_port"]
    proxy.set(routes={"localhost:%s" % port: port, "api.example": tineye.port})
    url = "%s://localhost:%s/rest/image_count/" % (scheme, port)
    code, body = curl(*proxies(proxy)[kind], "--cacert", tineye.ca_file, "-H", "x-api-key: test-key", url)
    assert code == 0 and json.loads(body)["results"] == 48560880094
    (seen,) = proxy.log()
    assert seen["verdict"] == "ok"
    assert seen["kind"] == ("socks5" if kind == "socks5h" else "forward" if scheme == "http" else "connect")
    if seen["kind"] == "connect":
        assert "test-key" not in json.dumps(seen["headers"]), "a tunnel does not show the key"


def test_upload_to_a_host_that_only_the_proxy_knows(proxy: DoubleProcess, tineye: DoubleProcess) -> None:
    proxy.set(routes={"api.example": tineye.port})
    image = tineye.call("GET", "images/melon.png")
    for kind in ("http", "https", "socks5h"):
        code, body = curl(*proxies(proxy)[kind], "-H", "x-api-key: test-key", "-F", "image_upload=@-;filename=a.png",
                          "http://api.example/rest/search/?limit=3", data=image)  # fmt: skip
        assert code == 0 and len(json.loads(body)["results"]["matches"]) == 3
    assert [dict(entry["headers"])["Host"] for entry in tineye.log()] == ["api.example"] * 3


@pytest.mark.parametrize("kind", ["http", "https", "socks5"])
def test_credentials(proxy: DoubleProcess, tineye: DoubleProcess, kind: str) -> None:
    proxy.set(user="me", password="s:cret")
    url = tineye.url + "/rest/image_count/"
    good = curl(*proxies(proxy, "me:s%3Acret@")[kind], "-H", "x-api-key: test-key", url)
    assert good[0] == 0 and b"48560880094" in good[1]
    assert not any("Proxy-Authorization" in dict(entry["headers"]) for entry in tineye.log())
    for credentials in ("", "me:wrong@"):
        code, body = curl(*proxies(proxy, credentials)[kind], "--fail", "-H", "x-api-key: test-key", url)
        assert code in ((97,) if kind == "socks5" else (22,)), code
    assert len(tineye.log()) == 1


def test_nowhere(proxy: DoubleProcess) -> None:
    assert curl(*proxies(proxy)["http"], "--fail", "http://api.tineye.com/")[0] == 22
    assert curl(*proxies(proxy)["http"], "https://api.tineye.com/")[0] == 56
    assert curl(*proxies(proxy)["socks5h"], "http://api.tineye.com/")[0] == 97
