"""Deliver: rows as each reader may see them, through one policy decision."""

from dcs.sharing.errors import ColumnNotFoundError, NothingToReadError
from dcs.sharing.formats import Format
from dcs.sharing.service import Delivered, Delivery, Preview

__all__ = [
    "ColumnNotFoundError",
    "Delivered",
    "Delivery",
    "Format",
    "NothingToReadError",
    "Preview",
]
