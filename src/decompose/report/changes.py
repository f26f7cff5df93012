"""What is different from the analysis before?"""

from dataclasses import dataclass

from decompose.model.changes import ChangeCounts, MoveRow, counted, rows
from decompose.report import limits
from decompose.report.limits import Cuts
from decompose.report.lookup import Lookup


@dataclass(frozen=True, slots=True)
class ChangesView:
    """Counts, moves with their reasons, and where new code went."""

    counts: ChangeCounts
    moves: tuple[MoveRow, ...]
    added: tuple[MoveRow, ...]
    renamed: tuple[tuple[str, str], ...]


def changes(lookup: Lookup, cuts: Cuts) -> ChangesView | None:
    """None where there was no analysis before, or nothing is different."""
    found = lookup.analysis.changes
    if not found:
        return None
    counts, added = counted(found), rows(found.added)
    cuts.note(min(len(counts.moves), limits.MEMBERS), len(counts.moves), "moves")
    return ChangesView(
        counts,
        counts.moves[: limits.MEMBERS],
        added[: limits.MEMBERS],
        found.renamed[: limits.MEMBERS],
    )
