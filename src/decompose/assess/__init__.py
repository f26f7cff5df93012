"""What would these boundaries cost? One question a file, each answer with its places.

boundaries         who depends on whom, and by what
shared_tables      which tables are written or read from outside
cut_foreign_keys   which constraints no database will check any more
cut_joins          which queries lose one of their tables
split_transactions which transactions become sagas
chatty_calls       which loops call over the network
cycles             which services cannot be deployed one before the other
blast_radius       what fails with a service
call_depth         how long a request waits
hubs               what everybody needs
shared_state       which cache keys, sessions, files, hosts and variables several services share
schema_drift       where models and migrations disagree
global_state       which module-level variables will no longer be one

Traps that a cut makes worse, the gravest of each:

repeated_queries   which queries are asked once per turn of a loop
unlocked_updates   which rows are read, then changed, while another may do the same
unbounded_queries  which tables are read whole
scattered_writes   which tables are written from many places
unread_tables      which tables nobody reads

`scores` puts the figures of the proposal beside those of its rivals.
"""

from decompose.assess.assessment import Assessment, assess

__all__ = ["Assessment", "assess"]
