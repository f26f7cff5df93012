"""Which queries read all rows of a table, without condition or limit? Their cost grows with the years.

Within one database that is slow; as a call to another service it is an answer of any size. Small
tables (countries, settings) need no limit, and the code does not say which are small.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.assess.split import MAX_SITES, listed, plural
from decompose.graph.dependency import NOBODY
from decompose.model.partition import Finding, Severity
from decompose.model.program import PREFIXES, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split
    from decompose.model.program import TableAccess

REMEDY = (
    "Ask for what is needed: a condition, a page, or rows one batch after the other; offer no "
    "operation to other services that gives a whole table."
)


def findings(seen: Split) -> Iterator[Finding]:
    """One for each table; those that most entry points read so first."""
    found: dict[str, list[TableAccess]] = defaultdict(list)
    graph = seen.program.graph
    for access in seen.program.accesses:
        node = graph.index.get(access.source, NOBODY)
        if access.whole and node != NOBODY and seen.known.in_program[node]:
            found[access.table].append(access)
    rows = []
    for table, accesses in found.items():
        runs = sum(seen.flows.runs[graph.index[each.source]] for each in accesses)
        rows.append((-runs, -len(accesses), table))
    for runs, _, table in sorted(rows):
        yield _finding(seen, table, found[table], -runs)


def _finding(seen: Split, table: str, accesses: list[TableAccess], runs: int) -> Finding:
    node = seen.program.graph.index.get(PREFIXES[NodeKind.TABLE] + table, NOBODY)
    owner = seen.service(node) if node != NOBODY else ""
    sources = dict.fromkeys(access.source for access in accesses)
    reached = f"; {plural(runs, 'entry point')} can run it" if runs else ""
    return Finding(
        question="unbounded_queries",
        severity=Severity.LOW,
        subject=table,
        services=(owner,) if owner else (),
        message=f"All rows of {table} are read by {listed(sources, 3)}{reached}.",
        sites=tuple(sorted({access.site for access in accesses})[:MAX_SITES]),
        remedy=REMEDY,
        confidence=max(access.confidence for access in accesses),
    )
