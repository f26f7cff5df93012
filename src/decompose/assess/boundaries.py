"""Who depends on whom, and by what? Everything that crosses from one service to another.

The consumer depends on the provider. A call, a table access or a foreign key depends on its target;
who sends a task depends on the service that runs it; who listens to a signal or a queue depends on
the service that publishes, which need not know its listeners.

Imports are left out where the names that they bring cross by themselves.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from decompose.model.partition import Boundary, Crossing
from decompose.model.program import Confidence, EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split
    from decompose.graph.columns import Ints

MAX_SITES = 50
"""Places kept of one crossing; its weight counts all."""
DIRECT = (
    EdgeKind.CALLS,
    EdgeKind.INSTANTIATES,
    EdgeKind.INHERITS,
    EdgeKind.USES,
    EdgeKind.READS,
    EdgeKind.WRITES,
    EdgeKind.JOINS,
    EdgeKind.REFERENCES,
    EdgeKind.PUBLISHES,
)

Ends = tuple[str, str]
"""(provider, consumer)."""


def boundaries(seen: Split) -> tuple[Boundary, ...]:
    """All boundaries, heaviest first; within each the heaviest crossing first."""
    found: dict[Ends, list[Crossing]] = defaultdict(list)
    for ends, crossing in (*_dependencies(seen), *_subscriptions(seen)):
        found[ends].append(crossing)
    whole = [
        Boundary(
            provider=provider,
            consumer=consumer,
            crossings=tuple(sorted(crossings, key=_rank)),
            weight=round(sum(each.weight for each in crossings), 6),
        )
        for (provider, consumer), crossings in found.items()
    ]
    return tuple(sorted(whole, key=lambda each: (-each.weight, each.provider, each.consumer)))


def _rank(crossing: Crossing) -> tuple[float, str, str, int]:
    return (-crossing.weight, crossing.source, crossing.target, int(crossing.kind))


def _dependencies(seen: Split) -> Iterator[tuple[Ends, Crossing]]:
    edges = seen.crossing(*DIRECT)
    said = set(zip(_modules(seen, edges), seen.known.target[edges].tolist(), strict=True))
    imports = seen.crossing(EdgeKind.IMPORTS)
    silent = [
        edge
        for edge, module in zip(imports.tolist(), _modules(seen, imports), strict=True)
        if (module, int(seen.known.target[edge])) not in said
    ]
    for edge in [*edges.tolist(), *silent]:
        provider = seen.service(int(seen.known.target[edge]))
        consumer = seen.service(int(seen.known.source[edge]))
        yield (provider, consumer), _crossing(seen, edge)


def _modules(seen: Split, edges: Ints) -> list[int]:
    graph = seen.program.graph
    return [graph.module_of(int(node)) for node in seen.known.source[edges]]


def _crossing(seen: Split, edge: int) -> Crossing:
    known = seen.known
    return Crossing(
        kind=EdgeKind(int(known.edge_kind[edge])),
        source=seen.name(int(known.source[edge])),
        target=seen.name(int(known.target[edge])),
        confidence=Confidence(int(known.confidence[edge])),
        sites=tuple(site for site, _ in islice(seen.program.graph.sites(edge), MAX_SITES)),
        weight=float(known.calls[edge]),
    )


def _subscriptions(seen: Split) -> Iterator[tuple[Ends, Crossing]]:
    """From the receivers of signals and queues to those who publish them."""
    known, graph = seen.known, seen.program.graph
    sends = known.edge_kind == EdgeKind.PUBLISHES
    for edge in np.flatnonzero(known.edge_kind == EdgeKind.CONSUMES).tolist():
        channel, handler = int(known.source[edge]), int(known.target[edge])
        if known.kind[channel] == NodeKind.TASK or seen.labels[handler] < 0:
            continue
        senders = known.source[sends & (known.target == channel)]
        providers = {seen.service(int(sender)) for sender in senders} - {"", seen.service(handler)}
        site = graph.site(handler)
        for provider in sorted(providers):
            yield (
                (provider, seen.service(handler)),
                Crossing(
                    kind=EdgeKind.CONSUMES,
                    source=seen.name(handler),
                    target=seen.name(channel),
                    confidence=Confidence(int(known.confidence[edge])),
                    sites=(site,) if site is not None else (),
                    weight=1.0,
                ),
            )
