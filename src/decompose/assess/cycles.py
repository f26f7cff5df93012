"""Which services need each other in a circle? None of them can be deployed or understood alone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.assess.split import listed, plural
from decompose.graph.cycles import cyclic_groups, followers, shortest_cycle
from decompose.graph.quotient import quotient
from decompose.model.partition import Finding, Severity
from decompose.model.program import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split

SYNCHRONOUS = (EdgeKind.CALLS, EdgeKind.INSTANTIATES, EdgeKind.INHERITS)
REMEDY = (
    "Turn the weakest direction around: {consumer} publishes an event that {provider} listens to, "
    "instead of calling it ({places}); or merge the two if they always change together."
)


def findings(seen: Split) -> Iterator[Finding]:
    """One for each group of services that call each other in a circle, largest group first."""
    graph = quotient(seen.program.graph, seen.labels, known=seen.known)
    source, target, _ = graph.pairs(SYNCHRONOUS)
    follow = followers(source, target, seen.services)
    edges = _edges(seen)
    for group in cyclic_groups(source, target, seen.services):
        inside = {
            ends: found for ends, found in edges.items() if ends[0] in group and ends[1] in group
        }
        circle = shortest_cycle(follow, group)
        weakest = min(inside, key=lambda ends: (len(inside[ends]), ends))
        consumer, provider = weakest
        yield Finding(
            question="cycles",
            severity=Severity.MEDIUM,
            subject=" → ".join((*circle, circle[0])),
            services=group,
            message=f"{listed(group, 6)} call each other in a circle.",
            sites=seen.sites(inside[weakest]),
            remedy=REMEDY.format(
                consumer=consumer, provider=provider, places=plural(len(inside[weakest]), "call")
            ),
        )


def _edges(seen: Split) -> dict[tuple[str, str], list[int]]:
    """(consumer, provider) -> edges."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for edge in seen.crossing(*SYNCHRONOUS).tolist():
        consumer = seen.service(int(seen.known.source[edge]))
        found[consumer, seen.service(int(seen.known.target[edge]))].append(edge)
    return found
