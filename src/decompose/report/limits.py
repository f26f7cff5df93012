"""How much of a large program fits on a page that still opens at once? The rest is cut, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

T = TypeVar("T")

MAP_SERVICES = 48  # more cards than this no screen shows legibly
MAP_EDGES = 900
MATRIX_SERVICES = 80
BOUNDARIES = 400
CROSSINGS_SHOWN = 8  # of a boundary, in the page's text
CROSSINGS_SHOWN_IN_ALL = 2500
CROSSINGS_KEPT = 120  # of a boundary, unfolded on demand
CROSSINGS_KEPT_IN_ALL = 6000
BOUNDARY_FINDINGS = 6  # the gravest of a boundary; all stand in their own section
SITES = 4  # of one crossing or access
FINDINGS = 500
FINDING_SITES = 8
TABLES = 300
ACCESSES = 10  # of one service on one table
ENTRY_POINTS = 1500
TOUCHED = 6  # tables of one entry point, before "more"
STEPS = 25  # of one entry point
STEPS_IN_ALL = 9000
PROBLEMS = 300
SAMPLES = 12  # of unresolved uses, a reason
MEMBERS = 12  # of a service's card, before "more"
MEMBERS_MORE = 150
DOUBTS = 12
REASONS = 30  # members listed for one reason why they are shared or unused
SEARCHED_ATOMS = 40_000
EXCERPTS = 3000
EXCERPT_LINES = 4
EXCERPT_WIDTH = 160


@dataclass
class Cuts:
    """What was left out, in the order in which it was noticed."""

    notes: list[str] = field(default_factory=list)

    def head(self, items: Sequence[T], limit: int, what: str) -> Sequence[T]:
        """The first `limit` items; notes what is lost."""
        if len(items) > limit:
            self.notes.append(f"{what}: {limit:,} of {len(items):,} are shown")
        return items[:limit]

    def note(self, kept: int, total: int, what: str) -> None:
        """Note a cut that was made elsewhere."""
        if kept < total:
            self.notes.append(f"{what}: {kept:,} of {total:,} are shown")
