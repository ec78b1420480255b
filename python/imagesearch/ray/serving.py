"""The server on a cluster: deployments of Ray Serve for the groups of shards, and in front of them the application of
imagesearch.server."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any

from ray import serve

from ..server import Settings, create_app
from .gather import ShardedIndex
from .group import Described, Findings, ShardGroup
from .manifest import load
from .storage import Storage


def application(
    target: str | os.PathLike[str],
    *,
    name: str = "imagesearch",
    index: str = "index",
    groups: int | None = None,
    replicas: int = 1,
    ingress_replicas: int = 1,
    settings: Settings | None = None,
    cache: str | None = None,
    threads: int | None = None,
    shard_seconds: float = 10.0,
    poll_seconds: float = 5.0,
    shard_options: dict[str, Any] | None = None,
    ingress_options: dict[str, Any] | None = None,
) -> serve.Application:
    """An application for serve.run(…, name=name).

    Args:
        target: the folder of the collection, which all nodes see.
        name: the name under which the application is run.
        index: the name of the collection in URLs, as in `--index NAME=DIR`.
        groups: number of deployments that the shards are distributed over, at most one per shard is useful. Default: one per
            shard, at most 64.
        replicas: number of replicas of each group; `shard_options={"max_replicas_per_node": 1}` puts them on different nodes.
        ingress_replicas: number of replicas of the HTTP application.
        settings: those of imagesearch.server; `indexes` is replaced. Without `keys` it only serves loopback addresses.
        cache: folder of the nodes' copies of shards. Default: one in the folder for temporary files.
        threads: number of cores that search a shard. Default: all.
        shard_seconds: longest time to wait for a group.
        poll_seconds: interval of checks of the manifest.
        shard_options: options of serve.deployment() for the groups, for instance `ray_actor_options` and `autoscaling_config`.
        ingress_options: the same for the HTTP application.
    """
    address = Storage(target).address
    count = groups or max(1, min(64, len(load(Storage(target)).shards)))
    if count < 1:
        raise ValueError(f"groups is {groups}; it must be 1 or more")
    names = [f"shards-{number}" for number in range(count)]
    options: dict[str, Any] = {
        "num_replicas": replicas,
        "max_ongoing_requests": 32,
        "health_check_period_s": 5,
        "health_check_timeout_s": 10,
        "graceful_shutdown_timeout_s": 5,
        **(shard_options or {}),
    }
    if "autoscaling_config" in options:
        del options["num_replicas"]
    parts = [
        serve.deployment(_Replica).options(name=part, **options).bind(address, number, count, cache, threads)
        for number, part in enumerate(names)
    ]
    wanted = settings

    def build() -> Any:
        # Runs in the replica, which is where the index is opened.
        async def open_index() -> ShardedIndex:
            handles = [_ServeHandle(serve.get_deployment_handle(part, app_name=name)) for part in names]
            return await ShardedIndex(address, handles, shard_seconds=shard_seconds, poll_seconds=poll_seconds).open()

        given = wanted if wanted is not None else Settings(indexes={index: open_index})
        return create_app(replace(given, indexes={index: open_index}))

    front = serve.deployment(serve.ingress(build)())
    front = front.options(
        name="server", **{"num_replicas": ingress_replicas, "max_ongoing_requests": 256, **(ingress_options or {})}
    )
    return front.bind(*parts)


class _Replica(ShardGroup):
    """A group that receives requests only once its shards are open."""

    async def __init__(self, *arguments: Any) -> None:  # type: ignore[misc]
        ShardGroup.__init__(self, *arguments)
        await self.prepare((await asyncio.to_thread(load, Storage(arguments[0]))).generation)


class _ServeHandle:
    """A group behind a handle of Ray Serve."""

    def __init__(self, handle: Any) -> None:
        self._handle = handle

    async def prepare(self, generation: int) -> Described:
        described: Described = await self._handle.prepare.remote(generation)
        return described

    def search(self, generation: int, query: bytes, options: dict[str, Any], wait: bool) -> Awaitable[Findings | None]:
        found: Awaitable[Findings | None] = self._handle.search.remote(generation, query, options, wait)
        return found

    def call(self, generation: int, method: str, arguments: tuple[Any, ...], wait: bool) -> Awaitable[dict[str, Any] | None]:
        found: Awaitable[dict[str, Any] | None] = self._handle.call.remote(generation, method, arguments, wait)
        return found
