"""Show: metrics, logs and health, thin but right."""

from typing import TYPE_CHECKING

from dcs.core.doors import opens
from dcs.observability.health import Check, CheckResult, HealthReport, run_checks
from dcs.observability.logs import configure_logs

if TYPE_CHECKING:
    from dcs.observability.metrics import Metrics

__all__ = ["Check", "CheckResult", "HealthReport", "Metrics", "configure_logs", "run_checks"]

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, {"Metrics": "metrics"})
