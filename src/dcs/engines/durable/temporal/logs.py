"""What Temporal's client writes, as lines of the product's own log; it would print to stdout."""

import logging
from functools import cache

import structlog
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

log = structlog.get_logger()

LONGEST = 300  # characters of what it says


class _ToTheLog(logging.Handler):
    """Passes records on: what was said, without its details, and the class of an error."""

    def emit(self, record: logging.LogRecord) -> None:
        said = record.getMessage().partition(" ({")[0][:LONGEST]
        error = record.exc_info[1] if record.exc_info else None
        log.log(record.levelno, "temporal", logger=record.name, said=said, exc_info=error)


@cache
def runtime() -> Runtime:
    """Return what all connections of this process run on; it starts threads, so there is one."""
    logger = logging.getLogger("temporalio")
    logger.addHandler(_ToTheLog(logging.WARNING))
    logger.propagate = False
    # A failed attempt is on record already, as `activity_attempt_failed`.
    logging.getLogger("temporalio.activity").setLevel(logging.ERROR)
    forwarding = LogForwardingConfig(logging.getLogger("temporalio.core"))
    core = LoggingConfig(TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding)
    return Runtime(telemetry=TelemetryConfig(logging=core))
