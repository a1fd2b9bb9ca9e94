"""HTML pages over the same services."""

from fastapi import FastAPI

from dcs.studio import Studio


def add_pages(app: FastAPI, studio: Studio) -> None:
    """Add the studio's pages to the application."""
