"""How long is the longest chain of services that wait for each other?"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from decompose.graph.measures import longest_chain
from decompose.model.partition import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split

LONG = 3
"""So many hops over the network in one request are worth a thought."""
REMEDY = (
    "Every hop adds its latency and its failures to the request. Answer with what is known and "
    "let the rest follow by events, or keep a read model of the far end where the chain begins."
)


def findings(seen: Split) -> Iterator[Finding]:
    """The longest chain, if it is long."""
    chain = longest_chain(seen.ground.levels, seen.labels, seen.ground.roots)
    services = [seen.service(node) for node in chain]
    path = [name for name, _ in groupby(service for service in services if service)]
    hops = len(path) - 1
    if hops < LONG:
        return
    sites = (seen.program.graph.site(node) for node in chain)
    yield Finding(
        question="call_depth",
        severity=Severity.MEDIUM if hops <= 2 * LONG else Severity.HIGH,
        subject=seen.name(chain[0]),
        services=tuple(dict.fromkeys(path)),
        message=f"{seen.name(chain[0])} may wait for {hops} hops in a row: {' → '.join(path[:12])}.",
        sites=tuple(site for site in sites if site is not None)[:12],
        remedy=REMEDY,
    )
