"""HTML pages over the same services: readable without scripts, calm, and quick to show."""

from dcs.web.access import anybody, signed_in
from dcs.web.app import add_pages

__all__ = ["add_pages", "anybody", "signed_in"]
