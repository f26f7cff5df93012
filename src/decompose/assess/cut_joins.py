"""Which queries join tables of two services? After the split there is no such query."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.assess.split import MAX_SITES, plural
from decompose.model.partition import Finding, Severity
from decompose.model.program import PREFIXES, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split
    from decompose.model.program import Join

REMEDY = (
    "A list of a few rows: ask both services and join in memory (API composition). Reports, filters "
    "and sorting over both: keep a read model (CQRS) that the events of {left} and {right} feed."
)


def findings(seen: Split) -> Iterator[Finding]:
    """One for each pair of tables, with all queries that join them; most queries first."""
    found: dict[tuple[str, str], list[Join]] = defaultdict(list)
    index, prefix = seen.program.graph.index, PREFIXES[NodeKind.TABLE]
    for join in seen.program.joins:
        left, right = sorted((join.left, join.right))
        ends = (index.get(prefix + left), index.get(prefix + right))
        services = {seen.service(end) for end in ends if end is not None} - {""}
        if len(services) > 1:
            found[left, right].append(join)
    for (left, right), joins in sorted(found.items(), key=lambda each: (-len(each[1]), each[0])):
        yield _finding(seen, left, right, joins)


def _finding(seen: Split, left: str, right: str, joins: list[Join]) -> Finding:
    index, prefix = seen.program.graph.index, PREFIXES[NodeKind.TABLE]
    services = (seen.service(index[prefix + left]), seen.service(index[prefix + right]))
    return Finding(
        question="cut_joins",
        severity=Severity.MEDIUM,
        subject=f"{left} ⋈ {right}",
        services=services,
        message=(
            f"{plural(len(joins), 'query', 'queries')} join {left} ({services[0]}) with {right} "
            f"({services[1]})."
        ),
        sites=tuple(sorted({join.site for join in joins})[:MAX_SITES]),
        remedy=REMEDY.format(left=services[0], right=services[1]),
    )
