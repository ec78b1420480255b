"""What is counted, in the form of Prometheus. A registry for each application, so that tests and several servers stay apart."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

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
            "Searches by index and outcome: found, nothing, failed.",
            ("index", "outcome"),
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
            "Requests refused, by reason: key, rate, queue, host, size, time.",
            ("reason",),
            registry=self.registry,
        )
        self.images = Gauge("imagesearch_images", "Images of an index.", ("index",), registry=self.registry)

    def watch(self, name: str, text: str, value: Callable[[], float]) -> None:
        Gauge(name, text, registry=self.registry).set_function(value)

    def text(self) -> bytes:
        return generate_latest(self.registry)
