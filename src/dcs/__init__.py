"""Data Collaboration Studio: the checkpoint between having data and being allowed to use it."""

__version__ = "0.2.0"
