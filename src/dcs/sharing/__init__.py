"""Deliver: rows as each reader may see them, through one policy decision."""

from typing import TYPE_CHECKING

from dcs.core.doors import opens
from dcs.sharing.errors import ColumnNotFoundError, NothingToReadError

if TYPE_CHECKING:
    from dcs.sharing.failing import FailedRows, FailingDelivery
    from dcs.sharing.formats import Format
    from dcs.sharing.service import Delivered, Delivery, Preview

__all__ = [
    "ColumnNotFoundError",
    "Delivered",
    "Delivery",
    "FailedRows",
    "FailingDelivery",
    "Format",
    "NothingToReadError",
    "Preview",
]

_LATER = {
    "Delivered": "service",
    "Delivery": "service",
    "FailedRows": "failing",
    "FailingDelivery": "failing",
    "Format": "formats",
    "Preview": "service",
}

if not TYPE_CHECKING:
    __getattr__ = opens(__name__, _LATER)
