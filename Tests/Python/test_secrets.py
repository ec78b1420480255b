"""No key in anything visible: repr, exceptions, tracebacks with variables, logs."""

from __future__ import annotations

import logging
import os
import traceback
from collections.abc import Callable
from typing import Any

import pytest
from conftest import MELON_URL
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import TinEye, aio

# Not just a name in the path: the checkout may have the name of the package.
PACKAGE = os.path.dirname(imagesearch.__file__) + os.sep
SECRET = "Zq7!SECRET-key_^=9"
TOKEN = "t0ken/OF+STS=="
PROXY_PASSWORD = "pr0xyPASSW0RD"


class Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(1)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append("%s %s" % (record.getMessage(), record.__dict__))


def shown(error: BaseException) -> str:
    """Everything that a careless error reporter collects, without the frames of the test itself, which have the keys."""
    own = traceback.TracebackException.from_exception(error, capture_locals=True)
    own.stack = traceback.StackSummary.from_list([frame for frame in own.stack if frame.filename.startswith(PACKAGE)])
    assert own.stack or not isinstance(error, imagesearch.ImageSearchError)
    return "".join(own.format()) + repr(error) + str(error) + repr(error.__dict__) + repr(error.args)


KEYS: dict[str, dict[str, str]] = {
    "header": {"api_key": SECRET},
    "signature": {"public_key": "test-public-key", "private_key": SECRET},
}


@pytest.mark.parametrize("kind", [TinEye, aio.AsyncTinEye])
@pytest.mark.parametrize("keys", list(KEYS))
@pytest.mark.parametrize(
    "options",
    [{"base_url": "ftp://x/"}, {"max_attempts": 99}, {"base_uri": 3}, {"timeout": "x"}, {"logger": 3}],
)
def test_failing_to_open(kind: Callable[..., Any], keys: str, options: dict[str, Any]) -> None:
    proxy = "http://user:%s@127.0.0.1:9" % PROXY_PASSWORD
    with pytest.raises(Exception) as caught:
        kind(**KEYS[keys], proxy=proxy, **options)
    assert SECRET not in shown(caught.value) and PROXY_PASSWORD not in shown(caught.value)


SERVICES: dict[str, dict[str, Any]] = {
    "AlibabaCloud": {
        "access_key_id": "testid", "access_key_secret": SECRET, "security_token": TOKEN, "instance": "goodssearch",
        "region": "cn-shanghai",
    },
    "TMAPI": {"api_token": SECRET},
}  # fmt: skip


@pytest.mark.parametrize("module", [imagesearch, aio])
@pytest.mark.parametrize("service", list(SERVICES))
@pytest.mark.parametrize(
    "options",
    [
        {"endpoint": "ftp://x/"},
        {"endpoint": 3},
        {"max_attempts": 99},
        {"base_uri": 3},
        {"timeout": "x"},
        {"base_url": "ftp://x/"},
    ],
)
def test_failing_to_open_the_others(module: Any, service: str, options: dict[str, Any]) -> None:
    proxy = "http://user:%s@127.0.0.1:9" % PROXY_PASSWORD
    with pytest.raises(Exception) as caught:
        getattr(module, service)(**{**SERVICES[service], "proxy": proxy, **options})
    for secret in (SECRET, TOKEN, PROXY_PASSWORD):
        assert secret not in shown(caught.value)


@pytest.mark.parametrize(
    "service, name", [("AlibabaCloud", "access_key_secret"), ("AlibabaCloud", "security_token"), ("TMAPI", "api_token")]
)
@pytest.mark.parametrize("wrong", [SECRET.encode(), SECRET + "\0", [SECRET], SECRET + " ü"])
def test_a_key_of_the_others_that_is_none(service: str, name: str, wrong: Any) -> None:
    with pytest.raises((TypeError, imagesearch.UsageError)) as caught:
        getattr(imagesearch, service)(**{**SERVICES[service], name: wrong, "proxy": "http://user:%s@x/" % PROXY_PASSWORD})
    for secret in ("SECRET", TOKEN, PROXY_PASSWORD):
        assert secret not in shown(caught.value)


def _log_of(service: str) -> tuple[logging.Logger, Everything]:
    handler = Everything()
    logger = logging.getLogger("imagesearch.test.%s" % service)
    logger.setLevel(1)
    logger.propagate = False
    logger.addHandler(handler)
    return logger, handler


@pytest.mark.parametrize("version", ["2018-01-20", "2019-03-25", "2020-12-14"])
def test_every_error_of_alibaba_cloud(alibaba: DoubleProcess, version: str) -> None:
    logger, handler = _log_of("alibaba" + version)
    image = alibaba.call("GET", "images/shoes1.png")
    seen: list[str] = []
    options: Any = {**SERVICES["AlibabaCloud"], "endpoint": alibaba.url, "api_version": version, "logger": logger}
    with imagesearch.AlibabaCloud(**options, max_attempts=1) as client:
        seen.append(repr(client) + repr(client.__dict__))
        # The double does not know the key yet; then its response contains the complete signed text.
        alibaba.set(keys={"testid": {"secret": "another", "token": TOKEN}})
        for step in ({}, {"error": "NoPermission"}, {"error": "html_502"}, {"act": "reset"}):
            alibaba.call("DELETE", "script")
            if step:
                alibaba.script({**step, "count": 0})
            calls = (
                client.search,
                lambda given, **limits: client.add_images([imagesearch.ImageItem("a", [("b", given)], category="4")], **limits),
            )
            for call in calls:
                try:
                    entry = call(image, total_timeout=5).entries[0]  # type: ignore[union-attr]
                    assert entry.error
                    seen.append(repr(entry) + str(entry.error) + repr(entry.error.__dict__))
                except imagesearch.ImageSearchError as error:
                    seen.append(shown(error))
        alibaba.call("DELETE", "script")
        alibaba.set(keys={"testid": {"secret": SECRET, "token": TOKEN}})
        seen.append(repr(client.add_images([imagesearch.ImageItem("a", [("b", image)], category="4")])))
        page = client.search(image)
        seen.append(repr(page) + repr(page.matches))
        assert len(page) == 1
    assert len(handler.lines) > 10, "the log is on"
    for secret in (SECRET, TOKEN):
        assert secret not in "\n".join(seen + handler.lines)


@pytest.mark.parametrize("in_query", [False, True])
def test_every_error_of_tmapi(tmapi: DoubleProcess, in_query: bool) -> None:
    logger, handler = _log_of("tmapi%s" % in_query)
    seen: list[str] = []
    key = "Zq7SECRET-key_9"
    with imagesearch.TMAPI(api_token=key, base_url=tmapi.url, token_in_query=in_query, logger=logger, max_attempts=1) as client:
        seen.append(repr(client) + repr(client.__dict__))
        for step in (
            {},
            {"error": "422"},
            {"error": "html_200"},
            {"act": "reset"},
            {"status": 302, "headers": {"Location": "http://x.invalid/"}},
        ):
            tmapi.call("DELETE", "script")
            if step:
                tmapi.script({**step, "count": 0})
            for image in ("https://cbu01.alicdn.com/one.jpg", "https://images.example/shirt.jpg"):
                with pytest.raises(imagesearch.ImageSearchError) as caught:
                    client.search(image, total_timeout=5)
                seen.append(shown(caught.value))
        tmapi.call("DELETE", "script")
        tmapi.set(keys=[key])
        page = client.search("https://images.example/shirt.jpg")
        seen.append(repr(page) + repr(page.matches))
        assert len(page) == 20
    assert len(handler.lines) > 10, "the log is on"
    assert key not in "\n".join(seen + handler.lines)


@pytest.mark.parametrize("wrong", [SECRET.encode(), SECRET + "\0", SECRET + "\ud800", [SECRET]])
def test_a_key_that_is_no_text(wrong: Any) -> None:
    with pytest.raises((TypeError, imagesearch.UsageError)) as caught:
        TinEye(api_key=wrong)
    assert "SECRET" not in shown(caught.value)
    assert caught.value.__cause__ is None and caught.value.__context__ is None


@pytest.mark.parametrize("keys", list(KEYS))
def test_every_error_and_the_log_of_every_level(double: DoubleProcess, base_url: str, keys: str) -> None:
    handler = Everything()
    logger = logging.getLogger("imagesearch.test.%s" % keys)
    logger.setLevel(1)
    logger.propagate = False
    logger.addHandler(handler)
    secret_url = "https://user:%s@images.example/x.png?token=%s" % (PROXY_PASSWORD, "t0kenVALUE")
    seen: list[str] = []
    with TinEye(**KEYS[keys], base_url=base_url, logger=logger, requests_per_minute=10_000, max_attempts=2) as client:  # type: ignore[arg-type]
        seen.append(repr(client) + str(client) + repr(client.__dict__))
        for name in ("invalid_key", "bad_signature", "too_many_requests", "html_200", "broken_json"):
            double.call("DELETE", "script")
            double.script({"error": name, "count": 0})
            for image in (MELON_URL, secret_url, double.call("GET", "images/melon.png")):
                with pytest.raises(imagesearch.ImageSearchError) as caught:
                    client.search(image, total_timeout=3)
                seen.append(shown(caught.value))
        double.call("DELETE", "script")
        double.set(auth="signature" if keys == "signature" else "header", keys={SECRET: "test-public-key"})
        seen.append(repr(client.search(MELON_URL)) + repr(client.remaining_searches()))
    assert len(handler.lines) > 10, "the log is on"
    everything = "\n".join(seen + handler.lines)
    for secret in (SECRET, "t0kenVALUE", PROXY_PASSWORD):
        assert secret not in everything.replace(secret_url, "")
