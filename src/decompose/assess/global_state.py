"""Which module-level variables are used from several services? After the split there are several.

A constant may be copied. A cache, a registry, a counter or a connection that changes while the
program runs is one thing today, and will be as many as there are services.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from decompose.assess.split import listed, plural
from decompose.graph.columns import has_kind
from decompose.model.partition import Finding, Severity
from decompose.model.program import EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split

MOST = 15
REMEDY = (
    "Constants: copy them with the shared library. State: give it one owner behind an API, or move "
    "it out of the process (a cache server, a table); check what fills it at import time."
)


def findings(seen: Split) -> Iterator[Finding]:
    """Modules whose own variables functions of several services use, most services first."""
    known = seen.known
    uses = has_kind(known.edge_kind, EdgeKind.USES) & (known.kind[known.target] == NodeKind.MODULE)
    uses &= known.kind[known.source] != NodeKind.MODULE
    found: dict[int, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for edge in np.flatnonzero(uses).tolist():
        service = seen.service(int(known.source[edge]))
        if service:
            found[int(known.target[edge])][service].append(edge)
    ranked = sorted(found.items(), key=lambda each: (-len(each[1]), seen.name(each[0])))
    for module, by_service in ranked[:MOST]:
        if len(by_service) > 1:
            yield _finding(seen, module, by_service)


def _finding(seen: Split, module: int, by_service: dict[str, list[int]]) -> Finding:
    name, services = seen.name(module), sorted(by_service)
    edges = [edge for found in by_service.values() for edge in found[:3]]
    return Finding(
        question="global_state",
        severity=Severity.LOW,
        subject=name,
        services=tuple(services),
        message=(
            f"Variables of {name} are used by {plural(len(services), 'service')}: {listed(services)}."
        ),
        sites=seen.sites(edges),
        remedy=REMEDY,
    )
