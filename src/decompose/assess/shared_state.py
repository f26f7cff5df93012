"""Which states outside of tables do several services share: cache keys, sessions, files, hosts, process variables?

Such a coupling is in no schema and in no signature: who renames a cache key breaks a service that never imported it.
A variable of the process is worse, for after the split there are several of it.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from decompose.assess.split import MAX_SITES, listed, plural
from decompose.model.partition import Finding, Severity
from decompose.model.program import StateKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from decompose.assess.split import Split
    from decompose.model.program import StateUse

MOST = 25
_WORDS = {
    StateKind.CACHE: "The cache key",
    StateKind.SESSION: "The session's key",
    StateKind.FILE: "The file",
    StateKind.VARIABLE: "The module-level variable",
    StateKind.HOST: "The host",
}
_SEVERITIES = {
    StateKind.VARIABLE: Severity.MEDIUM,
    StateKind.CACHE: Severity.MEDIUM,
    StateKind.FILE: Severity.MEDIUM,
    StateKind.SESSION: Severity.LOW,
    StateKind.HOST: Severity.LOW,
}
_REMEDIES = {
    StateKind.CACHE: (
        "Give the key one owner, and let the others ask it; or give each service a namespace of its own."
    ),
    StateKind.SESSION: (
        "Keep the session at the edge (gateway or front end) and hand on what a service needs with the request."
    ),
    StateKind.FILE: "Give the file one owner behind an API, or hand it over through object storage by an event.",
    StateKind.VARIABLE: (
        "It will be several: give it one owner behind an API, or move it out of the process (a table, a cache server)."
    ),
    StateKind.HOST: "Put one adapter in front of the host, with its credentials, retries and limits in one place.",
}


def findings(seen: Split) -> Iterator[Finding]:
    """States that services share and at least one of them writes; most services first within a kind."""
    by_state: dict[tuple[StateKind, str], dict[str, list[StateUse]]] = defaultdict(
        lambda: defaultdict(list)
    )
    index = seen.program.graph.index
    for use in seen.program.states:
        node = index.get(use.source)
        service = seen.service(node) if node is not None else ""
        if service and use.kind in _WORDS and use.key.strip("*/ "):
            by_state[use.kind, use.key][service].append(use)
    ranked = sorted(by_state.items(), key=lambda each: (-len(each[1]), each[0][0], each[0][1]))
    shared = [
        (state, users)
        for state, users in ranked
        if len(users) > 1 and any(use.writes for uses in users.values() for use in uses)
    ]
    for (kind, key), users in shared[:MOST]:
        yield _finding(kind, key, users)


def _finding(kind: StateKind, key: str, users: dict[str, list[StateUse]]) -> Finding:
    services = sorted(users)
    writers = [name for name in services if any(use.writes for use in users[name])]
    sites = sorted({use.site for uses in users.values() for use in _writes_first(uses)[:3]})
    return Finding(
        question="shared_state",
        severity=_SEVERITIES[kind],
        subject=key,
        services=tuple(services),
        message=(
            f"{_WORDS[kind]} {key} is used by {plural(len(services), 'service')} ({listed(services)})"
            f" and written by {listed(writers)}."
        ),
        sites=tuple(sites[:MAX_SITES]),
        remedy=_REMEDIES[kind],
    )


def _writes_first(uses: Sequence[StateUse]) -> list[StateUse]:
    return sorted(uses, key=lambda use: (not use.writes, use.site))
