"""What belongs together? Parts of the program become services, under a person's constraints.

atoms         what takes part
units         what moves as one
evidence      what speaks for belonging together, all weights in one place
settlement    packages that are about something, and concepts that layers share (`territory`, `places`)
kernel        what looks like kernel: its ties weakened, its parts drawn together
roles         shared kernel and wiring, set aside
bags          small plug-ins that are one thing together
granularity   how many services
fragments     no dust, no giant
stability     how sure is each member
constraints   what a person asked for
placement     a place for every atom
ownership     one owner for every table
helpers       libraries and commands that only look like services
crumbs        too little to be services
continuity    what the analysis before said, where the evidence is what it was
unused        what nothing reaches
naming        what to call a service (`authored`: as its authors do), `purpose` what it does
hierarchy     domains above services, aggregates in them
verdict       whether splitting is worth it

`preparation` and `capabilities` put them in order, `description` makes the result readable.
"""

from decompose.cluster.capabilities import cluster
from decompose.cluster.hierarchy import hierarchy
from decompose.cluster.options import Clustering, ClusterOptions

__all__ = ["ClusterOptions", "Clustering", "cluster", "hierarchy"]
