"""Metrics in Prometheus text; labels hold closed sets and short names, never ids of people."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

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

    def text(self) -> bytes:
        """Return every metric in the Prometheus text format."""
        return generate_latest(self.registry)
