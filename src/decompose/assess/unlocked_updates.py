"""Which rows are read, then changed in the same transaction, without a lock (candidates of lost updates, write skew)?

Two requests may read the same state, decide alike, and the second overwrites the first. Isolation
levels and conditions in the UPDATE itself cannot be seen, so each is a candidate, never a verdict.
A split makes it worse: what one lock could order is then in two databases.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decompose.assess.split import MAX_SITES, listed, plural
from decompose.graph.dependency import NOBODY
from decompose.model.partition import Finding, Severity
from decompose.model.program import AccessMode, Confidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split
    from decompose.graph.sequences import Sequence, Step

REMEDY = (
    "Lock the rows when they are read (select_for_update, with_for_update), or let the UPDATE check "
    "what was read (a version column, a condition, F expressions), and retry where it changed none."
)


@dataclass(frozen=True, slots=True)
class _Race:
    """A transaction that reads a table and changes it later."""

    transaction: int
    read: Step
    write: Step

    @property
    def confidence(self) -> Confidence:
        """Only what one function reads and changes is likely to be the same row."""
        most = Confidence.EXACT if self.read.call == self.write.call else Confidence.INFERRED
        return Confidence(min(self.read.confidence, self.write.confidence, most))


def findings(seen: Split) -> Iterator[Finding]:
    """One for each table; those with most transactions first."""
    found: dict[int, list[_Race]] = defaultdict(list)
    for number, sequence in enumerate(seen.flows.transactions):
        for table, race in _races(number, sequence).items():
            found[table].append(race)
    for table, races in sorted(found.items(), key=lambda each: _rank(seen, *each)):
        yield _finding(seen, table, races)


def _races(number: int, sequence: Sequence) -> dict[int, _Race]:
    """Table -> the first read that a change of the same table follows, none of its reads being locked."""
    reads: dict[int, Step] = {}
    locked: set[int] = set()
    found: dict[int, _Race] = {}
    for step in sequence.steps:
        if step.table == NOBODY or step.later:
            continue
        if step.locks:
            locked.add(step.table)
        elif step.mode is AccessMode.READ:
            reads.setdefault(step.table, step)
        elif step.mode is AccessMode.UPDATE and step.table in reads:  # a deletion loses nothing
            race = _Race(number, reads[step.table], step)
            if race.read.site != race.write.site:
                found.setdefault(step.table, race)
    return {table: race for table, race in found.items() if table not in locked}


def _rank(seen: Split, table: int, races: list[_Race]) -> tuple[bool, int, str]:
    surest = max(race.confidence for race in races)
    return surest < Confidence.EXACT, -len(races), seen.name(table)


def _finding(seen: Split, table: int, races: list[_Race]) -> Finding:
    name = seen.name(table).partition(":")[2]
    ordered = sorted(races, key=lambda race: (-race.confidence, race.transaction))
    sources = dict.fromkeys(seen.program.transactions[race.transaction].source for race in ordered)
    sites = [site for race in ordered for site in (race.read.site, race.write.site) if site]
    return Finding(
        question="unlocked_updates",
        severity=Severity.LOW,
        subject=name,
        services=tuple(filter(None, (seen.service(table),))),
        message=(
            f"{name} may lose updates: {plural(len(races), 'transaction')} "
            f"{'reads' if len(races) == 1 else 'read'} it without a lock and "
            f"{'changes' if len(races) == 1 else 'change'} it later: {listed(sources, 3)}."
        ),
        sites=tuple(dict.fromkeys(sites))[:MAX_SITES],
        remedy=REMEDY,
        confidence=max(race.confidence for race in races),
    )
