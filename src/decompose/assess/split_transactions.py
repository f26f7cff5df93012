"""Which transactions write tables of several services? No commit will span them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.assess.split import listed, plural
from decompose.graph.figures import entry_writes, transaction_writes
from decompose.graph.measures import distributed
from decompose.model.partition import Finding, Severity
from decompose.model.program import EdgeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split
    from decompose.graph.columns import Flags, Ints
    from decompose.model.source import Site

SAGA = (
    "Make it a saga: each service commits its own step and publishes the next through an "
    "outbox; design a compensation for every step that can be followed by a failure. Or "
    "move what must be atomic into one service."
)
SEQUENCE = (
    "The writes are not atomic today either. Let {first} commit first and publish an event "
    "through an outbox; the others follow, idempotently."
)


def findings(seen: Split) -> Iterator[Finding]:
    """Transactions over several services, then requests that write several without one."""
    size = len(seen.services)
    in_transaction = transaction_writes(seen.ground, seen.labels, size)
    split = np.flatnonzero(distributed(in_transaction))
    found = [_saga(seen, int(root), in_transaction[:, root]) for root in split]
    yield from sorted(found, key=lambda each: (-len(each.services), each.subject, each.sites))
    covered = _atomic_roots(seen, split)
    written = entry_writes(seen.ground, seen.labels, size)
    loose = [root for root in np.flatnonzero(distributed(written)) if root not in covered]
    requests = [_sequence(seen, int(root), written[:, root]) for root in loose]
    yield from sorted(requests, key=lambda each: (-len(each.services), each.subject))


def _saga(seen: Split, root: int, services: Flags) -> Finding:
    each = seen.program.transactions[root]
    names = [seen.services[service] for service in np.flatnonzero(services)]
    sites = _write_sites(seen, root)
    return Finding(
        question="split_transactions",
        severity=Severity.HIGH,
        subject=each.source,
        services=tuple(names),
        message=(
            f"{each.source} writes tables of {listed(names)} in one transaction ({each.kind}), "
            f"lines {each.first_line} to {each.last_line}."
        ),
        sites=(each.site, *[site for site in sites if site != each.site]),
        remedy=SAGA,
    )


def _write_sites(seen: Split, root: int) -> tuple[Site, ...]:
    """Where the transaction, or what it calls, writes tables."""
    edges = np.flatnonzero(seen.known.edge_kind == EdgeKind.WRITES)
    reached = seen.ground.transactions.reach.of(seen.known.source[edges])[:, root]
    own = seen.program.graph.index.get(seen.program.transactions[root].source, -1)
    chosen = edges[(reached > 0) | (seen.known.source[edges] == own)]
    return seen.sites(int(edge) for edge in chosen if seen.labels[seen.known.target[edge]] >= 0)


def _atomic_roots(seen: Split, split: Ints) -> set[int]:
    """Entry points that reach one of the split transactions: told there already."""
    graph = seen.program.graph
    nodes = [graph.index.get(seen.program.transactions[root].source, -1) for root in split]
    found = np.array([node for node in nodes if node >= 0], dtype=np.int64)
    if not len(found):
        return set()
    return {int(root) for root in np.flatnonzero(seen.ground.reach.of(found).any(axis=0))}


def _sequence(seen: Split, root: int, services: Flags) -> Finding:
    node = int(seen.ground.roots[root])
    names = [seen.services[service] for service in np.flatnonzero(services)]
    answer = int(seen.ground.handlers[node])
    site = seen.program.graph.site(answer)
    return Finding(
        question="split_transactions",
        severity=Severity.MEDIUM,
        subject=seen.name(node),
        services=tuple(names),
        message=f"{seen.name(node)} writes tables of {plural(len(names), 'service')}: {listed(names)}.",
        sites=(site,) if site is not None else (),
        remedy=SEQUENCE.format(first=seen.service(node) or names[0]),
    )
