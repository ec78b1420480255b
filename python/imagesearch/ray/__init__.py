"""A collection that is too large for one machine: shards on storage that all nodes of a Ray cluster can access, built by tasks,
and searched by deployments of Ray Serve behind the server of imagesearch.server.

    import imagesearch.ray
    from ray import serve

    imagesearch.ray.build("s3://photos/", "s3://collection", shards=16)
    serve.run(imagesearch.ray.application("s3://collection"), name="imagesearch")

Needs the extra `ray`: pip install "libimagesearch[ray]".
"""

from typing import TYPE_CHECKING, Any

from .building import BadImage, BuildProgress, BuildReport, build, remove
from .gather import GatheredPage, ShardedIndex
from .group import ShardGroup
from .manifest import Manifest, Removed, Shard, ShardFile, describe, load
from .merging import MergeReport, clean, merge
from .storage import Storage

if TYPE_CHECKING:
    from .serving import application

__all__ = [
    "BadImage",
    "BuildProgress",
    "BuildReport",
    "GatheredPage",
    "Manifest",
    "MergeReport",
    "Removed",
    "Shard",
    "ShardFile",
    "ShardGroup",
    "ShardedIndex",
    "Storage",
    "application",
    "build",
    "clean",
    "describe",
    "load",
    "merge",
    "remove",
]


def __getattr__(name: str) -> Any:
    # Building needs no server.
    if name == "application":
        from .serving import application

        return application
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
