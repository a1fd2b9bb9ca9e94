"""Fetch files from where they are, when somebody asks."""

from dcs.ingestion.importing.models import Import, ImportState, Source
from dcs.ingestion.importing.service import IMPORT, Imports

__all__ = ["IMPORT", "Import", "ImportState", "Imports", "Source"]
