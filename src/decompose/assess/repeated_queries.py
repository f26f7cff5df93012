"""Which queries are asked once per turn of a loop, in the loop itself or in what it calls (N+1)?

A relation that a query before the loop has brought along (`select_related`, `prefetch_related`,
`joinedload`) is no query in the loop. In one database such a loop is slow; over a service boundary
it is a remote call per turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from decompose.assess.split import MAX_SITES, listed, plural
from decompose.graph.columns import as_ints
from decompose.graph.dependency import NOBODY
from decompose.graph.events import ACCESS, SEND, Event
from decompose.model.partition import Finding, Severity
from decompose.model.program import AccessMode, Confidence
from decompose.model.source import FileRole, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split

REMEDY = (
    "Fetch what the loop needs before it: one query with IN, or the relation along with its rows "
    "(select_related, prefetch_related, joinedload, selectinload); write many rows by one statement."
)
_FARTHEST = 3
"""Calls between a loop and its query; farther away it is another design, not a slip."""
_WIDEST = 60
"""Functions looked at behind one call."""


@dataclass(frozen=True, slots=True)
class _Query:
    """A query in a loop: where the loop asks, and where the query stands."""

    table: int
    mode: AccessMode
    asked: Site
    stands: Site
    loops: int
    confidence: Confidence
    by: int  # the function that asks on behalf of the loop, NOBODY for the loop's own


def findings(seen: Split) -> Iterator[Finding]:
    """One for each function with such loops; those that most entry points run, and surely, first."""
    nearest = _Nearest(seen)
    rows = []
    for node in _looping(seen):
        found = list(_queries(seen, nearest, node))
        if found:
            rows.append((_rank(seen, node, found), node, found))
    for _, node, found in sorted(rows):
        yield _finding(seen, node, found)


def _looping(seen: Split) -> list[int]:
    """Functions of the program that call, or touch a table, under a loop."""
    graph, known = seen.program.graph, seen.known
    loops, starts = graph.edges.site_loop, as_ints(graph.edges.site_start).tolist()
    events = seen.flows.sequences.events
    found = {
        source
        for edge, source in enumerate(graph.edges.source)
        if any(loops[starts[edge] : starts[edge + 1]])
    }
    return [
        node
        for node in sorted(found)
        if events.matters(node) and known.in_program[node] and graph.role(node) is FileRole.PROGRAM
    ]


def _queries(seen: Split, nearest: _Nearest, node: int) -> Iterator[_Query]:
    events = seen.flows.sequences.events.of(node)
    brought: set[int] = set()
    for event in events:
        if event.what == ACCESS and not event.loop:
            brought.add(event.target)
        if not event.loop or event.what == SEND:
            continue
        if event.what == ACCESS:
            if event.confidence == Confidence.EXACT or event.target not in brought:
                yield _own(seen, event)
            continue
        site = seen.flows.sequences.site(node, event.line)
        for behind, by in nearest.of(event.target):
            certain = behind.confidence == Confidence.EXACT or behind.target not in brought
            if certain and site is not None:
                access = seen.program.accesses[behind.row]
                sure = Confidence(min(event.confidence, behind.confidence, Confidence.INFERRED))
                yield _Query(behind.target, access.mode, site, access.site, event.loop, sure, by)


def _own(seen: Split, event: Event) -> _Query:
    access = seen.program.accesses[event.row]
    return _Query(
        event.target,
        access.mode,
        access.site,
        access.site,
        event.loop,
        Confidence(event.confidence),
        NOBODY,
    )


class _Nearest:
    """The accesses nearest to a call, asked once for each function that is called."""

    def __init__(self, seen: Split) -> None:
        self._events = seen.flows.sequences.events
        self._known: dict[int, tuple[tuple[Event, int], ...]] = {}

    def of(self, node: int) -> tuple[tuple[Event, int], ...]:
        """(access, function that it stands in): those with the fewest calls in between."""
        known = self._known.get(node)
        if known is None:
            known = self._known[node] = tuple(self._search(node))
        return known

    def _search(self, node: int) -> Iterator[tuple[Event, int]]:
        seen, front = {node}, [node]
        for _ in range(_FARTHEST):
            found = [
                (event, each)
                for each in front
                for event in self._events.of(each)
                if event.what == ACCESS and event.row not in self._events.alternatives(each)
            ]
            if found:
                yield from found
                return
            called = [
                event.target
                for each in front
                for event in self._events.of(each)
                if event.what not in (ACCESS, SEND) and not event.order
            ]
            front = [each for each in dict.fromkeys(called) if each not in seen][:_WIDEST]
            seen.update(front)


def _rank(seen: Split, node: int, found: list[_Query]) -> tuple[bool, bool, int, int, str]:
    """Sure reads that many entry points run."""
    surest = max(query.confidence for query in found)
    reads = any(query.mode is AccessMode.READ for query in found)
    deepest = max(query.loops for query in found)
    return surest < Confidence.EXACT, not reads, -seen.flows.runs[node], -deepest, seen.name(node)


def _finding(seen: Split, node: int, found: list[_Query]) -> Finding:
    name = seen.name(node)
    verbs = {True: "reads", False: "writes"}
    parts = []
    for reads, verb in verbs.items():
        chosen = [query for query in found if (query.mode is AccessMode.READ) is reads]
        tables = dict.fromkeys(seen.name(query.table).partition(":")[2] for query in chosen)
        if tables:
            parts.append(f"{verb} {listed(tables, 3)}")
    through = dict.fromkeys(seen.name(query.by) for query in found if query.by != NOBODY)
    runs = seen.flows.runs[node]
    own = seen.service(node)
    others = sorted({seen.service(query.table) for query in found} - {"", own})
    return Finding(
        question="repeated_queries",
        severity=Severity.MEDIUM if others and own else Severity.LOW,
        subject=name,
        services=tuple(filter(None, (own, *others))),
        message=(
            f"{name} {' and '.join(parts)} once per turn of a loop"
            + (f", through {listed(through, 2)}" if through else "")
            + (f"; {plural(runs, 'entry point')} can run it." if runs else ".")
        ),
        sites=tuple(dict.fromkeys(site for query in found for site in (query.asked, query.stands)))[
            :MAX_SITES
        ],
        remedy=REMEDY,
        confidence=max(query.confidence for query in found),
    )
