"""
Temporal as the engine of processes: the same pure process, hosted in a workflow on a cluster.

Signals, results of activities and timers become events; each event is decided
in the workflow, kept in the application's database by one activity, and only
then acted upon. The cluster remembers how far a process has come, the
database what it is: whoever looks there never needs the cluster.

Nothing is re-exported here, because Temporal's sandbox loads this file for
every workflow: ask ``engine`` for the client and the worker, ``options`` for
how a cluster is reached.
"""
