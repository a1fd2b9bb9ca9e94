"""Who belongs to which group."""
