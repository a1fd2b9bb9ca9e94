"""
Identifiers that cannot be mixed up, and the one function that makes them.

Every id is a UUIDv7 in text form (RFC 9562, section 5.7): unguessable, unique
without coordination, and in the order of creation, so an index on it stays
compact and a list sorted by id is sorted by time.
"""

import os
import threading
import time
import uuid
from typing import NewType

TenantId = NewType("TenantId", str)
UserId = NewType("UserId", str)
DatasetId = NewType("DatasetId", str)
VersionId = NewType("VersionId", str)
UploadId = NewType("UploadId", str)
ApprovalId = NewType("ApprovalId", str)

_COUNTER_BITS = 12
_lock = threading.Lock()
_last = 0  # milliseconds and counter of the newest id, as one number


def new_id() -> str:
    """
    Make an id that is later than every id this process made before.

    The 12 bits beside the millisecond are a counter (RFC 9562, section 6.2,
    method 1): ids of one millisecond stay in order, and a clock that is set
    back does not make them go backwards.

    Returns:
        36 characters, lower case, with hyphens.
    """
    global _last
    now = (time.time_ns() // 1_000_000) << _COUNTER_BITS
    with _lock:
        _last = max(now, _last + 1)
        stamp = _last
    milliseconds, counter = stamp >> _COUNTER_BITS, stamp & ((1 << _COUNTER_BITS) - 1)
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return str(uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | counter << 64 | 0b10 << 62 | random))


def is_id(text: str) -> bool:
    """Say whether *text* has the form of an id, so that a lookup by name can be told apart."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
