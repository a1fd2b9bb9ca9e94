"""Host approvals on a cluster: the same machine, the same rows, another engine."""
