"""Look inside what is packed, within caps, and tell contents by their bytes."""
