"""Each fault as the curl command sees it: its exit code is an independent classification of the fault."""

from __future__ import annotations

import json
import subprocess
from typing import Dict, List, Set

import pytest
from doublekit.process import DoubleProcess

#: Exit codes of curl (curl.1): 0 success, 1 not HTTP, 7 refused, 8 weird reply, 18 truncated, 28 timeout, 47 redirects,
#: 52 empty reply,
#: 56 receiving failed, 60 certificate, 61 encoding, 63 too large, 100 header too large.
#: Note the zeros: curl treats a truncated header and a truncated gzip body as success.
EXPECTED: Dict[str, Set[int]] = {
    "silence": {28}, "close": {52}, "reset": {56}, "reset_while_uploading": {55, 56},
    "close_mid_header": {0}, "reset_mid_header": {56}, "close_mid_body": {18}, "reset_mid_body": {56},
    "short_content_length": {0}, "two_content_lengths": {8, 18}, "negative_content_length": {8},
    "no_content_length": {0}, "endless_body": {28}, "endless_body_until_close": {28}, "huge_content_length": {18},
    "one_byte_a_second": {28}, "slow_header": {28}, "good_gzip": {0}, "bad_gzip": {61}, "cut_gzip": {0},
    "gzip_bomb": {0}, "unknown_encoding": {61}, "good_chunks": {0}, "bad_chunk": {56}, "cut_chunks": {18},
    "oversized_header": {27, 56, 100}, "many_headers": {27, 56, 100}, "informational": {0}, "endless_informational": {28},
    "no_content": {0}, "empty_body": {0}, "garbage": {1}, "redirect_loop": {47}, "redirect_other_host": {0},
    "redirect_307_other_host": {0}, "redirect_file": {1}, "early_413": {22}, "early_413_reset": {22, 56, 55}, "html_200": {0},
    "html_502": {22}, "wrong_charset": {0}, "utf16_body": {0}, "bom_body": {0}, "cut_json": {0}, "deep_json": {0}, "wrong_json": {0},
}  # fmt: skip


def curl(url: str, *options: str, data: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    command = ["curl", "-sS", "--noproxy", "*", "--fail", "--compressed", "-L", "--max-redirs", "5", "-m", "1.5"]
    return subprocess.run([*command, *options, url], input=data, capture_output=True)


def every_fault() -> List[str]:
    from doublekit.faults import FAULTS

    return list(FAULTS)


@pytest.mark.parametrize("name", every_fault())
def test_fault(faults: DoubleProcess, name: str) -> None:
    assert name in EXPECTED, "a new fault needs its line here"
    options = ["-m", "0.8"] if 28 in EXPECTED[name] else ["-m", "20"]
    if name.startswith("endless_body") or name == "gzip_bomb":
        options += ["-o", "/dev/null", "-w", "%{size_download}"]
    upload = name in ("early_413", "early_413_reset", "reset_while_uploading")
    if upload:
        options += ["--data-binary", "@-", "-H", "Content-Type: application/octet-stream"]
    done = curl(faults.url + "/" + name + "/x", *options, data=b"x" * 3_000_000 if upload else b"")
    assert done.returncode in EXPECTED[name], (done.returncode, done.stderr[-300:])
    if name in ("good_gzip", "good_chunks", "informational", "no_content_length"):
        assert json.loads(done.stdout)["text"] == "grüß dich, 红"


def test_no_fault(faults: DoubleProcess) -> None:
    assert json.loads(curl(faults.url + "/anything").stdout)["path"] == "/anything"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_key_behind_a_redirect_is_visible(faults: DoubleProcess, scheme: str) -> None:
    """The log shows the requests to the other host name; curl -L with a plain -H also sends the header there."""
    url = faults.url if scheme == "http" else faults.tls_url
    curl(url + "/redirect_other_host/x?k=1", "--cacert", faults.ca_file, "-H", "x-api-key: secret", "--max-redirs", "1")
    hosts = [dict(entry["headers"])["Host"].split(":")[0] for entry in faults.log()]
    assert sorted(hosts) == ["127.0.0.1", "localhost"]


@pytest.mark.parametrize(
    "port, code",
    [("refused_port", {7}), ("silent_port", {28}), ("unreachable_port", {28})],
)
def test_ports(faults: DoubleProcess, port: str, code: Set[int]) -> None:
    assert curl("http://127.0.0.1:%d/" % faults.hello[port], "-m", "0.5").returncode in code


@pytest.mark.parametrize(
    "port, words",
    [
        ("tls_port", None), ("wrong_name_port", b"subject name"), ("expired_port", b"expired"),
        ("not_yet_valid_port", b"not yet valid"), ("unknown_ca_port", b"issuer certificate"),
    ],
)  # fmt: skip
def test_certificates(faults: DoubleProcess, port: str, words: bytes) -> None:
    done = curl("https://localhost:%d/x" % faults.hello[port], "--cacert", faults.ca_file)
    if words is None:
        assert done.returncode == 0
        return
    assert done.returncode == 60 and words in done.stderr, done.stderr
    assert faults.log() == [], "nothing of a request may arrive before the certificate is checked"


def test_faults_in_a_service(tineye: DoubleProcess) -> None:
    """After a fault in the response the search ran and was charged; after a fault before the response it was not."""
    url = tineye.url + "/rest/search/?image_url=https://tineye.com/images/meloncat.jpg"
    for name, paid in (("bad_gzip", 1), ("reset_mid_body", 2), ("silence", 2), ("html_200", 2), ("slow_header", 3)):
        tineye.script({"fault": name, "interval": 0.001, "kind": "search_url"})
        curl(url, "-H", "x-api-key: test-key", "-m", "0.8")
        assert tineye.paid() == paid, name
    tineye.script({"fault": "reset", "process": True}, {"fault": "reset_mid_body", "process": False})
    curl(url, "-H", "x-api-key: test-key")
    assert tineye.paid() == 4
    curl(url, "-H", "x-api-key: test-key")
    assert tineye.paid() == 4
    with pytest.raises(RuntimeError, match="no fault is named"):
        tineye.script({"fault": "earthquake"})


def test_faults_over_tls(faults: DoubleProcess) -> None:
    for name, codes in (("reset_mid_body", {56, 18}), ("close_mid_body", {18, 56}), ("good_gzip", {0}), ("early_413", {22})):
        done = curl(faults.tls_url + "/" + name + "/x", "--cacert", faults.ca_file, "-m", "5")
        assert done.returncode in codes, (name, done.returncode, done.stderr)
