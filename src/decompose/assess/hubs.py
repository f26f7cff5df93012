"""Which single definitions or tables does nearly everybody need?"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.assess.boundaries import DIRECT
from decompose.assess.split import listed
from decompose.model.partition import Finding, Severity
from decompose.model.program import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split

MIN_SERVICES = 3
MIN_SHARE = 0.5
"""A hub is used from so many other services, and from this share of them."""
MOST = 15
TABLE_REMEDY = (
    "Split what it holds by who needs it: each service keeps the columns it is about, keyed by the "
    "same id; {owner} publishes changes, the others keep a copy of the few fields that they show."
)
CODE_REMEDY = (
    "If it is pure (no data, no state), move it to the shared library. Otherwise publish its "
    "contract in {owner} and let each consumer translate it behind an anti-corruption layer."
)


def findings(seen: Split) -> Iterator[Finding]:
    """Hubs by how many services use them."""
    users: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for edge in seen.crossing(*DIRECT).tolist():
        target = int(seen.known.target[edge])
        atom = int(seen.known.atom[target])
        hub = atom if atom >= 0 else target
        users[hub][seen.service(int(seen.known.source[edge]))].append(edge)
    enough = max(MIN_SERVICES, MIN_SHARE * (len(seen.services) - 1))
    ranked = sorted(users.items(), key=lambda each: (-len(each[1]), seen.name(each[0])))
    for hub, by_service in ranked[:MOST]:
        if len(by_service) >= enough:
            yield _finding(seen, hub, by_service)


def _finding(seen: Split, hub: int, by_service: dict[str, list[int]]) -> Finding:
    owner, name = seen.service(hub), seen.name(hub)
    services = sorted(by_service)
    is_table = seen.known.kind[hub] == NodeKind.TABLE
    edges = [edge for found in by_service.values() for edge in found[:2]]
    remedy = TABLE_REMEDY if is_table else CODE_REMEDY
    return Finding(
        question="hubs",
        severity=Severity.LOW,
        subject=name,
        services=(owner, *services),
        message=f"{name} in {owner} is needed by {len(services)} other services: {listed(services)}.",
        sites=seen.sites(edges),
        remedy=remedy.format(owner=owner),
    )
