"""Build the table of telephone numbers from the metadata of the numbering plans."""
