"""Words everyone shares: ids, tenant, actor, clock, classification, errors, events, settings."""
