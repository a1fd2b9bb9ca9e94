"""Both databases for the tests of this folder."""

from tests.both_databases import clock, database

__all__ = ["clock", "database"]
