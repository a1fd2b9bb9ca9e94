"""Swappable machinery: one folder per capability, embedded and scale-out side by side."""
