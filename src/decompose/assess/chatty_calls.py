"""Which calls in loops would go over the network?"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.assess.split import MAX_SITES, listed, plural
from decompose.model.partition import Finding, Severity
from decompose.model.program import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split
    from decompose.model.source import Site

REMEDY = (
    "Offer one call for the whole list in {provider} and call it before the loop; or keep what "
    "the loop needs in a read model of {consumer}."
)
NESTED = 2


def findings(seen: Split) -> Iterator[Finding]:
    """One for each function and service that it calls in loops; deepest loops first."""
    found: dict[tuple[int, str], list[tuple[Site, int, str]]] = defaultdict(list)
    graph = seen.program.graph
    kinds = (EdgeKind.CALLS, EdgeKind.INSTANTIATES, EdgeKind.READS, EdgeKind.WRITES)
    for edge in seen.crossing(*kinds).tolist():
        source, target = int(seen.known.source[edge]), int(seen.known.target[edge])
        for site, depth in graph.sites(edge):
            if depth:
                found[source, seen.service(target)].append((site, depth, seen.name(target)))
    rows = [_finding(seen, source, provider, uses) for (source, provider), uses in found.items()]
    yield from (finding for _, finding in sorted(rows, key=lambda row: (row[0], row[1].subject)))


def _finding(
    seen: Split, source: int, provider: str, uses: list[tuple[Site, int, str]]
) -> tuple[tuple[int, int], Finding]:
    deepest = max(depth for _, depth, _ in uses)
    consumer, name = seen.service(source), seen.name(source)
    targets = sorted({target for _, _, target in uses})
    nested = f", nested {deepest} deep" if deepest > 1 else ""
    finding = Finding(
        question="chatty_calls",
        severity=Severity.HIGH if deepest >= NESTED else Severity.MEDIUM,
        subject=name,
        services=(consumer, provider),
        message=(
            f"{name} calls {provider} in {plural(len(uses), 'loop')}{nested}: {listed(targets, 3)}."
        ),
        sites=tuple(sorted({site for site, _, _ in uses})[:MAX_SITES]),
        remedy=REMEDY.format(provider=provider, consumer=consumer),
    )
    return (-deepest, -len(uses)), finding
