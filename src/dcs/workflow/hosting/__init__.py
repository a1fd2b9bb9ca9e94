"""
Host approvals on a cluster: the same machine and the same rows, another engine.

The cluster asks `decide`, does the work and keeps the time; the rows hold what
an approval is, so whoever looks at one never needs the cluster.
"""

from dcs.workflow.hosting.bodies import Bodies
from dcs.workflow.hosting.cluster import START, ClusterHost
from dcs.workflow.hosting.process import APPROVAL, PROCESS, ApprovalProcess
from dcs.workflow.hosting.steps import Steps

__all__ = [
    "APPROVAL",
    "PROCESS",
    "START",
    "ApprovalProcess",
    "Bodies",
    "ClusterHost",
    "Steps",
]
