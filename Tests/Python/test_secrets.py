"""No key in anything that can be seen: repr, exceptions, tracebacks that show variables, logs."""

from __future__ import annotations

import logging
import traceback
from typing import Any, Callable, Dict, List

import imagesearch
import pytest
from conftest import MELON_URL
from doublekit.process import DoubleProcess
from imagesearch import TinEye, aio

SECRET = "Zq7!SECRET-key_^=9"
PROXY_PASSWORD = "pr0xyPASSW0RD"


class Everything(logging.Handler):
    def __init__(self) -> None:
        super().__init__(1)
        self.lines: List[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append("%s %s" % (record.getMessage(), record.__dict__))


def shown(error: BaseException) -> str:
    """All that a careless error reporter collects, without the frames of the test itself, which has the keys."""
    own = traceback.TracebackException.from_exception(error, capture_locals=True)
    own.stack = traceback.StackSummary.from_list([frame for frame in own.stack if "/imagesearch/" in frame.filename])
    assert own.stack or not isinstance(error, imagesearch.ImageSearchError)
    return "".join(own.format()) + repr(error) + str(error) + repr(error.__dict__) + repr(error.args)


KEYS: Dict[str, Dict[str, str]] = {
    "header": {"api_key": SECRET},
    "signature": {"public_key": "test-public-key", "private_key": SECRET},
}


@pytest.mark.parametrize("kind", [TinEye, aio.TinEye])
@pytest.mark.parametrize("keys", list(KEYS))
@pytest.mark.parametrize(
    "options",
    [{"base_url": "ftp://x/"}, {"max_attempts": 99}, {"base_uri": 3}, {"timeout": "x"}, {"logger": 3}],
)
def test_failing_to_open(kind: Callable[..., Any], keys: str, options: Dict[str, Any]) -> None:
    proxy = "http://user:%s@127.0.0.1:9" % PROXY_PASSWORD
    with pytest.raises(Exception) as caught:
        kind(**KEYS[keys], proxy=proxy, **options)
    assert SECRET not in shown(caught.value) and PROXY_PASSWORD not in shown(caught.value)


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
    secret_url = "https://user:%s@pictures.example/x.png?token=%s" % (PROXY_PASSWORD, "t0kenVALUE")
    seen: List[str] = []
    with TinEye(**KEYS[keys], base_url=base_url, logger=logger, requests_per_minute=10_000, max_attempts=2) as client:  # type: ignore[arg-type]
        seen.append(repr(client) + str(client) + repr(client.__dict__))
        for name in ("invalid_key", "bad_signature", "too_many_requests", "html_200", "broken_json"):
            double.call("DELETE", "script")
            double.script({"error": name, "count": 0})
            for picture in (MELON_URL, secret_url, double.call("GET", "pictures/melon.png")):
                with pytest.raises(imagesearch.ImageSearchError) as caught:
                    client.search(picture, deadline=3)
                seen.append(shown(caught.value))
        double.call("DELETE", "script")
        double.set(auth="signature" if keys == "signature" else "header", keys={SECRET: "test-public-key"})
        seen.append(repr(client.search(MELON_URL)) + repr(client.remaining_searches()))
    assert len(handler.lines) > 10, "the log is on"
    everything = "\n".join(seen + handler.lines)
    for secret in (SECRET, "t0kenVALUE", PROXY_PASSWORD):
        assert secret not in everything.replace(secret_url, "")
