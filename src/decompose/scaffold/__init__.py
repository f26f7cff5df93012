"""What does a service begin as? A skeleton in the monolith's own framework, that starts, and waits for its code.

services   what each service of an accepted proposal holds, as values
plan       which files, and why: pure
write      onto the disk, never over a person's edit
stale      which sources changed since the analysis
"""

from decompose.scaffold.plan import plan
from decompose.scaffold.stale import stale
from decompose.scaffold.write import Written, write

__all__ = ["Written", "plan", "stale", "write"]
