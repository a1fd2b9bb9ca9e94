"""Suspect names of persons and places in free text: tier C, for people to look at, never blocking alone."""

from dcs.validation.personal_names.scan import NameScan

__all__ = ["NameScan"]
