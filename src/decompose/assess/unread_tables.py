"""Which tables does nobody read? Perhaps nobody needs them, or somebody outside of this program does.

What templates and generic code read by names that are made up at run time cannot be seen, so each
is a question, not a verdict. Join tables of many-to-many relations go with their ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY
from decompose.model.partition import Finding, Severity
from decompose.model.program import PREFIXES, Confidence, EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split
    from decompose.model.program import Table, TableAccess

REMEDY = (
    "Find out whether reports, other programs or people read it. If nobody does, drop it before the "
    "split; if somebody does, give them an interface or a feed of {owner}."
)


def findings(seen: Split) -> Iterator[Finding]:
    """Tables that are written and never read, then those that nothing touches."""
    by_table: dict[str, list[TableAccess]] = {}
    read: set[str] = {join.left for join in seen.program.joins}
    read.update(join.right for join in seen.program.joins)
    for access in seen.program.accesses:
        source = seen.program.graph.index.get(access.source, NOBODY)
        if source == NOBODY or not seen.known.in_program[source]:
            continue
        if access.mode.writes:
            by_table.setdefault(access.table, []).append(access)
        else:
            read.add(access.table)
    unread = [each for each in seen.program.tables if _is_unread(seen, each, read)]
    for table in sorted(unread, key=lambda each: (each.name not in by_table, each.name)):
        yield _finding(seen, table, by_table.get(table.name, []))


def _is_unread(seen: Split, table: Table, read: set[str]) -> bool:
    """No access, no join, and no class that reads for the framework uses its model."""
    if table.implicit_of or table.name in read:
        return False
    graph = seen.program.graph
    node = graph.index.get(PREFIXES[NodeKind.TABLE] + table.name, NOBODY)
    if node == NOBODY or not seen.known.in_program[graph.index.get(table.model, node)]:
        return False
    kinds = (EdgeKind.READS, EdgeKind.JOINS)
    return not any(graph.edges.kind[edge] in kinds for edge in graph.edges_to(node))


def _finding(seen: Split, table: Table, writes: list[TableAccess]) -> Finding:
    node = seen.program.graph.index[PREFIXES[NodeKind.TABLE] + table.name]
    owner = seen.service(node)
    what = "is written but nothing reads it" if writes else "is touched by nothing"
    return Finding(
        question="unread_tables",
        severity=Severity.LOW,
        subject=table.name,
        services=(owner,) if owner else (),
        message=f"{table.name} {what}, as far as the code can tell.",
        sites=(table.site, *sorted({access.site for access in writes})[:5]),
        remedy=REMEDY.format(owner=owner or "its owner"),
        confidence=Confidence.INFERRED,
    )
