"""The OpenAPI document: it has exactly the routes of the server, and schemathesis tests both."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT, Server
from starlette.routing import Route

from imagesearch.server import Settings, create_app

OPENAPI = json.loads((ROOT / "python/imagesearch/server/openapi.json").read_text())
MATCHENGINE = r"^/\{index\}/rest/"


def test_it_has_every_route_and_no_other(server: Server) -> None:
    app = create_app(Settings(indexes={"a": Path("x")}))
    routes: dict[str, set[str]] = {}
    for route in app.routes:
        if isinstance(route, Route):
            path = re.sub(r"\{(\w+):path\}", r"{\1}", route.path)
            routes.setdefault(path, set()).update(method.lower() for method in (route.methods or set()) - {"HEAD"})
    documented = {path: set(methods) - {"parameters"} for path, methods in OPENAPI["paths"].items()}
    routes.pop("/")
    assert routes == documented
    with server.client() as client:
        assert client.get("/openapi.json").json() == OPENAPI


@pytest.mark.parametrize(
    ("which", "unchecked"),
    [
        # Random bytes are valid images for a schema, but not for the server.
        (["--exclude-path-regex", MATCHENGINE], "positive_data_acceptance"),
        # A failure in MatchEngine's protocol is HTTP 200.
        (["--include-path-regex", MATCHENGINE], "positive_data_acceptance,negative_data_rejection"),
    ],
    ids=["tineye-v1", "matchengine"],
)
def test_schemathesis(server: Server, tmp_path: Path, which: list[str], unchecked: str) -> None:
    (tmp_path / "schemathesis.toml").write_text(
        '[parameters]\n"path.index" = "shop"\n"path.item" = ["scene/0", "scene/1", "fuzz/1", "fuzz/2"]\n'
    )
    with server.client("write") as client:
        before = client.get("/rest/image_count/").json()["results"]
        ran = subprocess.run(
            [
                str(Path(sys.executable).parent / "schemathesis"),
                *("run", server.url + "/openapi.json"),
                *("--auth", "user:" + server.keys["write"]),
                *("--seed", "20261126", "--max-examples", "4", "--phases", "coverage,fuzzing"),
                *("--exclude-checks", unchecked, "--generation-database", "none", "--no-color"),
                *which,
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr
        tested = re.search(r"Tested: (\d+)", ran.stdout)
        assert tested and int(tested[1]) >= 16, ran.stdout
        # It may have changed texts of two items, and added only images.
        assert client.get("/rest/image_count/").json()["results"] == before
        for item in ("scene/0", "scene/1"):
            client.patch(
                "/v1/shop/items/" + item, json={"category": "even" if item.endswith("0") else "odd", "custom_content": None}
            )
