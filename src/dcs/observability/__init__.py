"""Show: metrics, logs and health, thin but right."""

from dcs.observability.health import Check, CheckResult, HealthReport, run_checks
from dcs.observability.logs import configure_logs
from dcs.observability.metrics import Metrics

__all__ = ["Check", "CheckResult", "HealthReport", "Metrics", "configure_logs", "run_checks"]
