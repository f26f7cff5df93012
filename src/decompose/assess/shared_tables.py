"""Which tables are written or read by services that do not own them?

A table with two writers has no owner: every rule about its rows lives twice. A foreign reader binds
itself to the columns, and stops the owner from changing them.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.assess.split import listed, plural
from decompose.model.partition import Finding, Severity
from decompose.model.program import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split

WRITE_REMEDY = (
    "Give {owner} the only right to write it: others send it a command (API call or message) or "
    "publish an event that it reacts to. If the other writer keeps columns of its own, split the "
    "table along them first."
)
READ_REMEDY = (
    "Answer the question in {owner}'s API and compose there (API composition); where it is asked "
    "often or in lists, keep a read model in the reader, fed by {owner}'s events."
)


def findings(seen: Split) -> Iterator[Finding]:
    """Tables with foreign writers, then tables with foreign readers; most places first."""
    written = _foreign(seen, EdgeKind.WRITES)
    yield from (_finding(seen, table, edges, is_write=True) for table, edges in _ranked(written))
    read = _foreign(seen, EdgeKind.READS)
    yield from (_finding(seen, table, edges, is_write=False) for table, edges in _ranked(read))


def _foreign(seen: Split, kind: EdgeKind) -> dict[int, list[int]]:
    """Table -> edges of foreign accesses."""
    found: dict[int, list[int]] = defaultdict(list)
    for edge in seen.crossing(kind).tolist():
        found[int(seen.known.target[edge])].append(edge)
    return found


def _ranked(found: dict[int, list[int]]) -> list[tuple[int, list[int]]]:
    return sorted(found.items(), key=lambda each: (-len(each[1]), each[0]))


def _finding(seen: Split, table: int, edges: list[int], *, is_write: bool) -> Finding:
    owner = seen.service(table)
    others = sorted({seen.service(int(seen.known.source[edge])) for edge in edges})
    places = sum(int(seen.known.sites[edge]) for edge in edges)
    name = seen.name(table).partition(":")[2]
    verb, severity = ("written", Severity.HIGH) if is_write else ("read", Severity.MEDIUM)
    return Finding(
        question="shared_tables",
        severity=severity,
        subject=name,
        services=(owner, *others),
        message=f"{name} belongs to {owner} but is {verb} by {listed(others)}, in {plural(places, 'place')}.",
        sites=seen.sites(edges),
        remedy=(WRITE_REMEDY if is_write else READ_REMEDY).format(owner=owner),
    )
