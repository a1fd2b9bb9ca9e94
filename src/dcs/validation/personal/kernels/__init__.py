"""Personal data in raw bytes: one kernel over all cells, and the rule of each entity in a file of its own."""
