"""Fixtures of the command's tests. They run the executable that `make cli` builds, or the one in IMAGESEARCH_COMMAND."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "Tests" / "ProviderDoubles"), str(ROOT / "Tests" / "Python"), str(ROOT / "Tests" / "CLI")]

from command import Command  # noqa: E402
from doublekit.fixtures import double_fixtures  # noqa: E402
from doublekit.process import DoubleProcess  # noqa: E402
from scenes import scene  # noqa: E402

EXECUTABLE = Path(os.environ.get("IMAGESEARCH_COMMAND", ROOT / "build" / "bin" / "imagesearch"))
os.environ.pop("IMAGESEARCH_INDEX", None)


@pytest.fixture(scope="session", autouse=True)
def executable() -> Path:
    assert EXECUTABLE.exists(), f"{EXECUTABLE} is not there; run make cli"
    return EXECUTABLE


@pytest.fixture
def command(executable: Path, tmp_path: Path) -> Command:
    """The command in a separate home."""
    return Command(executable, tmp_path)


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six images and, in the folder `copies`, copies of the first two: the same bytes, a smaller one, a mirrored one."""
    folder = tmp_path_factory.mktemp("scenes")
    for number in range(6):
        (folder / f"scene-{number}.png").write_bytes(scene(number))
    copies = folder / "copies"
    copies.mkdir()
    (copies / "same-0.png").write_bytes((folder / "scene-0.png").read_bytes())
    (copies / "small-0.png").write_bytes(scene(0, 200, 150))
    (copies / "mirrored-1.png").write_bytes(scene(1, mirrored=True))
    return folder


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.png").write_bytes(scene(0, 640, 480))
    (folder / "b.png").write_bytes(scene(0, 640, 480))
    (folder / "sub" / "a.png").write_bytes(scene(0, 640, 480))
    (folder / "small.png").write_bytes(scene(0))
    (folder / "other.png").write_bytes(scene(5))
    return folder


tineye_process, _ = double_fixtures("tineye")
tmapi_process, _ = double_fixtures("tmapi")
alibaba_process, _ = double_fixtures("alibaba")


@pytest.fixture
def tineye(tineye_process: DoubleProcess, command: Command) -> DoubleProcess:
    """The TinEye double in its initial state, and the command configured for it, without rate limits."""
    tineye_process.reset()
    command.use_tineye(tineye_process.url)
    return tineye_process


@pytest.fixture
def tmapi(tmapi_process: DoubleProcess, command: Command) -> DoubleProcess:
    tmapi_process.reset()
    command.environment.update(TMAPI_API_TOKEN="test-token", IMAGESEARCH_TMAPI_URL=tmapi_process.url)
    return tmapi_process
