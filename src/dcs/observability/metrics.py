"""Metrics in Prometheus text; labels hold closed sets and short names, never ids of people."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

# Powers of two see the fast requests; the tail up to 30 s sees the slow ones.
_SECONDS = [0.001 * 2**step for step in range(10)] + [1, 2, 5, 10, 30]
_BYTES = [1024 * 10**step for step in range(8)]


class Metrics:
    """The counters of one process, in a registry of their own so that tests do not share them."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "dcs_requests_total",
            "HTTP requests answered.",
            ["service", "method", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "dcs_request_duration_seconds",
            "Time from a request's first byte to the end of its answer.",
            ["service", "method", "status"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.dataset_bytes = Histogram(
            "dcs_dataset_size_bytes",
            "Size of received files.",
            ["tenant", "format"],
            buckets=_BYTES,
            registry=self.registry,
        )
        self.uploads = Counter(
            "dcs_uploads_total",
            "Uploads that ended: complete, failed, cancelled or expired.",
            ["tenant", "outcome"],
            registry=self.registry,
        )
        self.receiving = Gauge(
            "dcs_uploads_receiving", "Uploads with a request in flight.", registry=self.registry
        )
        self.processing_seconds = Histogram(
            "dcs_processing_duration_seconds",
            "Time one step of a version's journey took.",
            ["operation", "tenant"],
            buckets=[*_SECONDS, 60, 300],
            registry=self.registry,
        )
        self.validation_errors = Counter(
            "dcs_validation_errors_total",
            "Checks of severity error that failed.",
            ["error_type", "tenant"],
            registry=self.registry,
        )
        self.decisions = Counter(
            "dcs_policy_decisions_total",
            "Policy decisions.",
            ["action", "allowed"],
            registry=self.registry,
        )
        self.events = Counter(
            "dcs_events_total", "Events passed on by the bus.", ["type"], registry=self.registry
        )
        self.pending_files = Gauge(
            "pending_files", "Versions that wait for the machinery.", registry=self.registry
        )
        self.queue_depth = Gauge(
            "dcs_approval_queue_depth",
            "Open approval requests.",
            ["level", "tenant"],
            registry=self.registry,
        )

    def text(self, tenant: str) -> bytes:
        """Return every metric in the Prometheus text format, without those of other tenants."""
        shown = CollectorRegistry()
        shown.register(_OfTenant(self.registry, tenant))
        return generate_latest(shown)


class _OfTenant(Collector):
    """Pass on the samples of one tenant, and those that belong to none."""

    def __init__(self, registry: CollectorRegistry, tenant: str) -> None:
        self._registry = registry
        self._tenant = tenant

    def collect(self) -> Iterator[Metric]:
        for metric in self._registry.collect():
            kept = Metric(metric.name, metric.documentation, metric.type)
            kept.samples = [
                sample
                for sample in metric.samples
                if sample.labels.get("tenant", self._tenant) == self._tenant
            ]
            yield kept
