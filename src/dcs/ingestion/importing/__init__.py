"""Fetch files from where they are, when somebody asks."""
