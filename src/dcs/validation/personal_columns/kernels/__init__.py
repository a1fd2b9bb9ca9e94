"""Compiled loops that say of each cell what it could be."""
