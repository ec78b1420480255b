"""The entry point for a configuration file of Ray Serve: `import_path: imagesearch.ray.deploy:application`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from ray import serve

from ..server import Settings
from . import serving

_SETTINGS = frozenset(field.name for field in fields(Settings)) - {"indexes"}


def application(args: Mapping[str, Any]) -> serve.Application:
    """The application of a configuration file: `args` has the arguments of imagesearch.ray.application() and fields of
    imagesearch.server.Settings, with paths as text."""
    given = dict(args)
    chosen = {name: given.pop(name) for name in sorted(_SETTINGS & given.keys())}
    for name in ("keys", "signatures"):
        if chosen.get(name) is not None:
            chosen[name] = Path(chosen[name])
    index = given.get("index", "index")
    settings = Settings(indexes={index: Path(".")}, **chosen)
    return serving.application(given.pop("target"), settings=settings, **given)
