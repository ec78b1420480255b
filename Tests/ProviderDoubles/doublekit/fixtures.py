"""pytest fixtures of the doubles, for a conftest.py: `tineye_process, tineye = double_fixtures("tineye")`."""

from __future__ import annotations

from typing import Any, Iterator, Literal, Tuple

import pytest

from .process import DoubleProcess


def double_fixtures(name: str, scope: Literal["session", "module"] = "session", tls: bool = False) -> Tuple[Any, Any]:
    """Two fixtures: NAME_process, a double for all tests of the scope, and NAME, which resets it before each test."""

    @pytest.fixture(scope=scope, name=name + "_process")
    def process() -> Iterator[DoubleProcess]:
        with DoubleProcess(name, tls=tls) as double:
            yield double

    @pytest.fixture(name=name)
    def reset(request: pytest.FixtureRequest) -> DoubleProcess:
        double: DoubleProcess = request.getfixturevalue(name + "_process")
        double.reset()
        return double

    return process, reset
