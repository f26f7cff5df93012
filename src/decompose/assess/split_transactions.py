"""Which transactions write tables of several services? No commit will span them.

And which requests do so without one? Their writes are ordered by the code alone, and by the network
after the split. The saga cost (`graph.sagas.saga_costs`) says how many other requests may see
what one of them has half done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from decompose.assess.split import MAX_SITES, listed, plural
from decompose.graph.dependency import NOBODY
from decompose.graph.sagas import saga_costs
from decompose.model.partition import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.assess.split import Split
    from decompose.graph.doors import Door
    from decompose.graph.sequences import Sequence
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
    split = {
        number: services
        for number, sequence in enumerate(seen.flows.transactions)
        if len(services := _written(seen, sequence)) > 1
    }
    found = [_saga(seen, number, services) for number, services in split.items()]
    yield from sorted(found, key=lambda each: (-len(each.services), each.subject, each.sites))
    loose = _loose(seen, set(split))
    requests = [_sequence(seen, *each) for each in loose]
    yield from sorted(requests, key=lambda each: (-len(each.services), each.subject))


def _written(seen: Split, sequence: Sequence) -> list[str]:
    """The services whose tables are written before it ends."""
    touched = sequence.touched(later=False, before=False)
    tables = {table for table, mode in touched if mode.writes}
    return sorted({seen.service(table) for table in tables} - {""})


def _saga(seen: Split, number: int, services: list[str]) -> Finding:
    each = seen.program.transactions[number]
    sites = _write_sites(seen, seen.flows.transactions[number])
    return Finding(
        question="split_transactions",
        severity=Severity.HIGH,
        subject=each.source,
        services=tuple(services),
        message=(
            f"{each.source} writes tables of {listed(services)} in one transaction ({each.kind}), "
            f"lines {each.first_line} to {each.last_line}."
        ),
        sites=(each.site, *[site for site in sites if site != each.site])[:MAX_SITES],
        remedy=SAGA,
    )


def _write_sites(seen: Split, sequence: Sequence) -> list[Site]:
    """Where tables that have an owner are written, the first place of each table first."""
    places = [
        (step.table, step.site)
        for step in sequence.steps
        if step.table != NOBODY and step.mode.writes and not step.later
        if step.site is not None and seen.service(step.table)
    ]
    first = dict(reversed(places))
    return list(dict.fromkeys([*sorted(first.values()), *(site for _, site in places)]))


def _loose(seen: Split, split: set[int]) -> Iterator[tuple[Door, list[str], int]]:
    """(door, services, saga cost) of doors that write tables of several, and enter no such transaction."""
    sequences = {door: seen.flows.of(door) for door in seen.flows.doors}
    accesses = {id(each.steps): _accesses(seen, each) for each in sequences.values()}
    of_door = {_key(door): accesses[id(each.steps)] for door, each in sequences.items()}
    owned = {table for rows in accesses.values() for table, _ in rows}
    costs = saga_costs(of_door, {table: seen.service(table) for table in owned})
    for door, sequence in sequences.items():
        services = _written(seen, sequence)
        told = any(inner in split for inner, _ in sequence.around)
        if len(services) > 1 and not told and door.kind not in ("signal", "consumer"):
            yield door, services, costs.get(_key(door), 0)


def _key(door: Door) -> str:
    return f"{door.kind} {door.name} {door.handlers}"


def _accesses(seen: Split, sequence: Sequence) -> list[tuple[int, bool]]:
    """(table, is it written?) in order, of tables that have an owner."""
    return [(table, mode.writes) for table, mode in sequence.steps.awaited if seen.service(table)]


def _sequence(seen: Split, door: Door, services: list[str], cost: int) -> Finding:
    name = seen.name(door.node) if door.node != NOBODY else door.name
    site = seen.program.graph.site(door.handlers[0])
    written = _write_sites(seen, seen.flows.of(door))
    return Finding(
        question="split_transactions",
        severity=Severity.MEDIUM,
        subject=name,
        services=tuple(services),
        message=(
            f"{name} writes tables of {plural(len(services), 'service')}: {listed(services)}; "
            f"saga cost {cost}."
        ),
        sites=(*([site] if site is not None else []), *written)[:MAX_SITES],
        remedy=SEQUENCE.format(first=_first(seen, door) or services[0]),
    )


def _first(seen: Split, door: Door) -> str:
    return seen.service(door.node) if door.node != NOBODY else seen.service(door.handlers[0])
