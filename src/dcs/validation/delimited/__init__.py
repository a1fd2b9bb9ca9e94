"""Read delimited text: how it is encoded and written, and what its records are."""
