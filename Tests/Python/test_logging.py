"""The log is written to the client's logger at its level; without a logger, nothing is logged."""

from __future__ import annotations

import gc
import logging
import subprocess
import sys
import threading
from typing import Any

import header
import pytest
from conftest import KEY, MELON_URL
from doublekit.process import DoubleProcess

import imagesearch
from imagesearch import TinEye, _callbacks


class Collector(logging.Handler):
    def __init__(self) -> None:
        super().__init__(1)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def logger(request: pytest.FixtureRequest) -> logging.Logger:
    logger = logging.getLogger("imagesearch.test." + request.node.name)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    return logger


def test_lines_and_levels(base_url: str, double: DoubleProcess, logger: logging.Logger) -> None:
    collector = Collector()
    logger.addHandler(collector)
    with TinEye(api_key=KEY, base_url=base_url, logger=logger, requests_per_minute=1000) as client:
        client.search(MELON_URL, limit=1)
    # All log lines have been delivered when the client is closed.
    levels = {record.levelno for record in collector.records}
    assert collector.records and levels <= {10, 20, 30, 40}
    assert any("search" in record.getMessage() for record in collector.records)
    del client
    gc.collect()
    assert all(value is not logger for value in _callbacks.loggers._entries.values()), (
        "the logger of a client that is gone is kept"
    )


def test_records_say_which_call_and_what_it_cost(base_url: str, double: DoubleProcess, logger: logging.Logger) -> None:
    collector = Collector()
    logger.addHandler(collector)
    with TinEye(api_key=KEY, base_url=base_url, logger=logger, requests_per_minute=1000) as client:
        size = len(client.search(MELON_URL, limit=1).raw)
    attempts = [record for record in collector.records if record.attempt]  # type: ignore[attr-defined]
    assert len(attempts) == 1
    details = {
        name: getattr(attempts[0], name) for name in ("service", "operation", "attempt", "http_status", "received_bytes")
    }
    assert details == {"service": "TinEye", "operation": "search", "attempt": 1, "http_status": 200, "received_bytes": size}
    assert 0 < attempts[0].duration < 30  # type: ignore[attr-defined]
    assert attempts[0].request_id is None  # type: ignore[attr-defined] # TinEye has none


def test_the_level_of_the_logger_is_the_librarys(base_url: str, double: DoubleProcess, logger: logging.Logger) -> None:
    collector = Collector()
    logger.addHandler(collector)
    logger.setLevel(logging.ERROR)
    with TinEye(api_key=KEY, base_url=base_url, logger=logger) as client:
        client.search(MELON_URL, limit=1)
    assert collector.records == []
    logger.setLevel(logging.DEBUG)
    with TinEye(api_key=KEY, base_url=base_url, logger=logger, log_level=logging.ERROR) as client:
        client.search(MELON_URL, limit=1)
    assert collector.records == []


def test_percent_signs_are_no_format(base_url: str, double: DoubleProcess, logger: logging.Logger) -> None:
    collector = Collector()
    logger.addHandler(collector)
    with TinEye(api_key=KEY, base_url=base_url, logger=logger) as client:
        client.search("https://images.example/%73%s.jpg", limit=1)
    assert all(isinstance(record.getMessage(), str) for record in collector.records)


def test_an_exception_in_a_handler_does_not_reach_the_library(
    base_url: str, double: DoubleProcess, logger: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise SystemExit("a handler of the application is broken")

    reported: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: reported.append(args.exc_value))
    logger.addHandler(Broken())
    with TinEye(api_key=KEY, base_url=base_url, logger=logger) as client:
        assert client.search(MELON_URL, limit=1).total == 247
    assert reported and all(isinstance(error, SystemExit) for error in reported)


def test_a_handler_may_use_the_client(base_url: str, double: DoubleProcess, logger: logging.Logger) -> None:
    class Curious(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            services.append(client.service)

    services: list[str] = []
    logger.addHandler(Curious())
    with TinEye(api_key=KEY, base_url=base_url, logger=logger) as client:
        client.search(MELON_URL, limit=1)
    assert set(services) == {"TinEye"}


def run(base_url: str, program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, base_url], capture_output=True, timeout=30, text=True,
        env={"PYTHONPATH": str(header.ROOT / "python")},
    )  # fmt: skip


FAILING = (
    "client = imagesearch.TinEye(api_key='wrong', base_url=sys.argv[1])\n"
    "try: client.search('https://tineye.com/images/meloncat.jpg')\n"
    "except imagesearch.AuthenticationError: pass\n"
)


@pytest.mark.parametrize("setup", ["", "logging.getLogger('imagesearch').addHandler(logging.NullHandler())\n"])
def test_where_logging_is_not_set_up_nothing_is_printed(base_url: str, double: DoubleProcess, setup: str) -> None:
    result = run(base_url, "import imagesearch, logging, sys\n" + setup + FAILING)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_where_logging_is_set_up_the_logger_imagesearch_is_used(base_url: str, double: DoubleProcess) -> None:
    program = "import imagesearch, logging, sys\nlogging.basicConfig(level=logging.DEBUG)\n" + FAILING
    result = run(base_url, program)
    assert result.returncode == 0 and ":imagesearch:" in result.stderr and "search" in result.stderr
    quiet = run(base_url, program.replace("logging.basicConfig(level=logging.DEBUG)", "logging.basicConfig(level=60)"))
    assert (quiet.returncode, quiet.stderr) == (0, "")


def test_two_clients_do_not_mix_their_logs(base_url: str, double: DoubleProcess) -> None:
    collectors = [Collector(), Collector()]
    clients = []
    for number, collector in enumerate(collectors):
        logger = logging.getLogger("imagesearch.test.two.%d" % number)
        logger.setLevel(1)
        logger.propagate = False
        logger.addHandler(collector)
        clients.append(imagesearch.TinEye(api_key=KEY, base_url=base_url, logger=logger))
    clients[0].image_count()
    for client in clients:
        client.close()
    assert collectors[0].records and not collectors[1].records
