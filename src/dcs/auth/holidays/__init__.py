"""The days on which an organisation is closed."""
