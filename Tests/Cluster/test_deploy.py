"""The files under deploy are read as what they are for; no cluster is made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import imagesearch.ray

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"


def served(config: Any) -> dict[str, Any]:
    (application,) = config["applications"]
    assert application["import_path"] == "imagesearch.ray.deploy:application"
    return dict(application["args"])


def test_what_serves(tmp_path: Path) -> None:
    from ray.serve.schema import ServeDeploySchema

    from imagesearch.ray import deploy

    config = yaml.safe_load((DEPLOY / "serve.yaml").read_text())
    ServeDeploySchema.model_validate(config)
    arguments = {**served(config), "target": str(tmp_path)}
    assert deploy.application(arguments) is not None
    with pytest.raises(TypeError):
        deploy.application({**arguments, "no_such_argument": 1})


def test_kuberay() -> None:
    service = yaml.safe_load((DEPLOY / "kuberay.yaml").read_text())
    assert (service["apiVersion"], service["kind"]) == ("ray.io/v1", "RayService")
    same = served(yaml.safe_load(service["spec"]["serveConfigV2"]))
    assert same == served(yaml.safe_load((DEPLOY / "serve.yaml").read_text()))
    for group in service["spec"]["rayClusterConfig"]["workerGroupSpecs"]:
        assert group["template"]["spec"]["containers"]


def test_ray_up() -> None:
    cluster = yaml.safe_load((DEPLOY / "ray-cluster.yaml").read_text())
    assert (
        cluster["provider"]["type"] == "local" and cluster["head_start_ray_commands"] and cluster["worker_start_ray_commands"]
    )


def test_the_package_says_what_it_has() -> None:
    for name in imagesearch.ray.__all__:
        assert getattr(imagesearch.ray, name) is not None
