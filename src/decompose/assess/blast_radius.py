"""What fails when a service is down?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.model.partition import Finding, Severity
from decompose.model.program import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split

WIDE, VERY_WIDE = 0.4, 0.7
"""Shares of other services' entry points that need a service: worth a finding, worth a high one."""
FEW = 10
"""With fewer entry points a share says nothing."""
REMEDY = (
    "Let its consumers live without it for a while: cache or copy its reference data, put a circuit "
    "breaker and a sensible answer around the calls, send what can wait as a message."
)


def findings(seen: Split) -> Iterator[Finding]:
    """Services that many entry points of other services need, widest first."""
    nodes = np.flatnonzero((seen.labels >= 0) & (seen.known.kind <= NodeKind.TABLE))
    size = len(seen.services)
    reached = seen.ground.requests.run.any_of(nodes, seen.labels[nodes], size)
    home = seen.labels[seen.ground.roots]
    rows = []
    for service, name in enumerate(seen.services):
        others = (home >= 0) & (home != service)
        if others.sum() >= FEW:
            rows.append((float(reached[service, others].mean()), name, int(others.sum())))
    for share, name, count in sorted(rows, key=lambda row: (-row[0], row[1])):
        if share >= WIDE:
            yield Finding(
                question="blast_radius",
                severity=Severity.HIGH if share >= VERY_WIDE else Severity.MEDIUM,
                subject=name,
                services=(name,),
                message=(
                    f"{share:.0%} of the {count} entry points of other services fail when {name} "
                    "does not answer."
                ),
                sites=(),
                remedy=REMEDY,
            )
