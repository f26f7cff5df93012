"""Where does the outside world start the program, and which service will answer?"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from decompose.model.program import PREFIXES, NodeKind
from decompose.report import limits
from decompose.report.flows import Flows, FlowView
from decompose.report.limits import Cuts
from decompose.report.lookup import Lookup


@dataclass(frozen=True, slots=True)
class EntryView:
    """A route, task, command or schedule."""

    anchor: str
    kind: str
    name: str
    handler: str
    site: str
    framework: str
    service: str
    service_anchor: str
    note: str
    flow: FlowView


@dataclass(frozen=True, slots=True)
class Entries:
    """Those that fit, with counts by kind."""

    shown: tuple[EntryView, ...]
    total: int
    kinds: tuple[tuple[str, int], ...]


def entries(lookup: Lookup, cuts: Cuts) -> Entries:
    """All entry points by service, then kind and name."""
    place = {name: number for number, name in enumerate(lookup.services)}
    rows = sorted(_rows(lookup), key=lambda row: (place.get(row[0], len(place)), row[1:]))
    shown = cuts.head(rows, limits.ENTRY_POINTS, "entry points")
    kinds = Counter(row[1] for row in rows)
    flows = Flows(lookup)
    return Entries(
        tuple(
            EntryView(
                f"entry-{number}",
                *row[1:6],
                lookup.title(row[0]),
                lookup.anchor(row[0]),
                row[6],
                flows.of(row[1], row[2], row[3], row[0]),
            )
            for number, row in enumerate(shown, 1)
        ),
        len(rows),
        tuple(sorted(kinds.items(), key=lambda item: (-item[1], item[0]))),
    )


Row = tuple[str, str, str, str, str, str, str]
"""service, kind, name, handler, site, framework, note"""


def _rows(lookup: Lookup) -> Iterator[Row]:
    program = lookup.analysis.program
    for route in program.routes:
        name = f"{route.method} {route.path}"
        service = _service(lookup, route.node, route.handler)
        yield service, "route", name, route.handler, str(route.site), route.framework, ""
    for task in program.tasks:
        service = _service(lookup, PREFIXES[NodeKind.TASK] + task.name, task.handler)
        yield service, "task", task.name, task.handler, str(task.site), task.framework, ""
    for kind, doors in (("operation", program.operations), ("command", program.commands)):
        for door in doors:
            service = _service(lookup, door.node, door.handler)
            yield service, kind, door.name, door.handler, str(door.site), door.framework, ""
    for plan in program.schedules:
        service = _service(lookup, PREFIXES[NodeKind.SCHEDULE] + plan.name, plan.target)
        yield service, "schedule", plan.name, plan.target, str(plan.site), plan.framework, plan.when


def _service(lookup: Lookup, node: str, handler: str) -> str:
    return lookup.service_of(node) or lookup.service_of(handler)
