"""
Logs: one JSON object a line, one stable event name, nothing secret.

The redaction runs last, over everything the line would carry, whoever wrote
it: keys that name a secret lose their value, and texts lose what looks like a
token, an e-mail address, a card or a social security number.
"""

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

REDACTED = "[redacted]"
_SECRET_KEYS = re.compile(
    r"pass(word|wd)?|secret|token|authorization|cookie|api_?key|private_?key|database_owner",
    re.IGNORECASE,
)
_SECRET_TEXTS = re.compile(
    r"dcs_pat_[A-Za-z0-9_-]+"
    r"|(?i:bearer)\s+\S+"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"
    r"|\b\d{3}-\d{2}-\d{4}\b"
    r"|\b(?:\d[ -]?){13,19}\b"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)


def configure_logs(level: str) -> None:
    """Send this process's log lines to stderr as JSON, from *level* up."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            trace,
            redact,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=lambda *_names: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def trace(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """
    Replace an exception by its class and the places it passed.

    Neither its message nor any variable: both may quote a file's cells.
    """
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, BaseException):
        event["error_class"] = type(error).__name__
        event["trace"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        if error.__cause__ is not None:
            event["caused_by"] = type(error.__cause__).__name__
    return event


def redact(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return the line with everything secret or personal taken out."""
    return {key: _clean(key, value) for key, value in event.items()}


def _clean(key: str, value: Any) -> Any:
    if _SECRET_KEYS.search(key):
        return REDACTED
    if isinstance(value, str):
        return _SECRET_TEXTS.sub(REDACTED, value)
    if isinstance(value, Mapping):
        return {inner: _clean(str(inner), each) for inner, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", each) for each in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _SECRET_TEXTS.sub(REDACTED, str(value))
