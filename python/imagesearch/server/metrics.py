"""Prometheus metrics. Each application has its own registry, so that tests and several servers do not interfere."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from .problems import Kind, Problem

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "imagesearch_requests_total",
            "Requests by protocol, call and status.",
            ("protocol", "call", "status"),
            registry=self.registry,
        )
        self.searches = Counter(
            "imagesearch_searches_total",
            "Searches by index, outcome (found, nothing, failed) and relation of the best match.",
            ("index", "outcome", "relation"),
            registry=self.registry,
        )
        self.matches = Counter(
            "imagesearch_matches_total", "Matches returned, by relation.", ("index", "relation"), registry=self.registry
        )
        self.stages = Histogram(
            "imagesearch_stage_seconds",
            "Seconds of a stage: read, wait, search.",
            ("stage",),
            buckets=SECONDS,
            registry=self.registry,
        )
        self.refused = Counter(
            "imagesearch_refused_total",
            "Requests refused, by reason: " + ", ".join(kind for kind in Kind if kind) + ".",
            ("reason",),
            registry=self.registry,
        )
        self.images = Gauge("imagesearch_images", "Images of an index.", ("index",), registry=self.registry)
        for kind in Kind:
            if kind:
                self.refused.labels(kind.value)

    def count(self, problem: Problem) -> None:
        """Counts a request that was refused; a failure of the call itself is not a refusal."""
        if problem.kind:
            self.refused.labels(problem.kind.value).inc()

    def watch(self, name: str, text: str, value: Callable[[], float]) -> None:
        Gauge(name, text, registry=self.registry).set_function(value)

    def text(self) -> bytes:
        return generate_latest(self.registry)
