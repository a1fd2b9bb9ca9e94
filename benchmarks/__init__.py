"""Measurements: one script a figure, run by ``make bench``, never by the tests."""
