"""Which tables are written from many places? Their rules have no home, whoever will own them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.assess.split import MAX_SITES, listed, plural
from decompose.graph.dependency import NOBODY
from decompose.model.partition import Finding, Severity
from decompose.model.program import PREFIXES, Confidence, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split
    from decompose.model.program import TableAccess

MANY_FUNCTIONS = 6
MANY_MODULES = 3
"""Many are so many functions, in so many modules."""
REMEDY = (
    "Gather the writes behind a few functions of one module of {owner} first (a service layer, a "
    "repository); each of them becomes an operation of its interface."
)


def findings(seen: Split) -> Iterator[Finding]:
    """Tables with most writing modules first."""
    found: dict[str, dict[int, list[TableAccess]]] = defaultdict(lambda: defaultdict(list))
    graph = seen.program.graph
    for access in seen.program.accesses:
        node = graph.index.get(access.source, NOBODY)
        if access.mode.writes and node != NOBODY and seen.known.in_program[node]:
            found[access.table][node].append(access)
    rows = []
    for table, writers in found.items():
        modules = {graph.module_of(node) for node in writers}
        if len(writers) >= MANY_FUNCTIONS and len(modules) >= MANY_MODULES:
            rows.append((-len(modules), -len(writers), table))
    for modules_count, _, table in sorted(rows):
        yield _finding(seen, table, found[table], -modules_count)


def _finding(
    seen: Split, table: str, writers: dict[int, list[TableAccess]], modules: int
) -> Finding:
    node = seen.program.graph.index.get(PREFIXES[NodeKind.TABLE] + table, NOBODY)
    owner = seen.service(node) if node != NOBODY else ""
    accesses = [access for each in writers.values() for access in each]
    sure = sum(any(a.confidence == Confidence.EXACT for a in each) for each in writers.values())
    most = sorted(writers, key=lambda each: (-len(writers[each]), seen.name(each)))
    return Finding(
        question="scattered_writes",
        severity=Severity.LOW,
        subject=table,
        services=(owner,) if owner else (),
        message=(
            f"{table} is written by {plural(len(writers), 'function')} in "
            f"{plural(modules, 'module')} ({sure} for sure): "
            f"{listed((seen.name(each) for each in most), 3)}."
        ),
        sites=tuple(sorted({access.site for access in accesses})[:MAX_SITES]),
        remedy=REMEDY.format(owner=owner or "its owner"),
        confidence=max(access.confidence for access in accesses),
    )
