"""Which service answers at which door, and whose is each table?

Routes, tasks, commands and schedules follow what a person said of them, else the code that answers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from decompose.graph.analysis import Program
from decompose.graph.dependency import NOBODY, DependencyGraph
from decompose.model.partition import Partition
from decompose.model.program import PREFIXES, NodeKind
from decompose.model.proposal import Proposal

_TASK = "task:"


def label_of(graph: DependencyGraph, labels: Mapping[str, str], name: str) -> str:
    """The label of a definition, "" where nobody owns it. `labels`: atom -> label."""
    node = graph.index.get(name)
    if node is None:
        return ""
    atom = graph.atoms[node]
    return "" if atom == NOBODY else labels.get(graph.nodes.names[atom], "")


def entry_labels(program: Program, proposal: Proposal, labels: Mapping[str, str]) -> dict[str, str]:
    """Node name of each route, task, command and schedule -> its label. `labels`: atom -> label."""
    found = {node: label_of(program.graph, labels, handler) for node, handler in _doors(program)}
    for service in proposal.services:
        found.update(dict.fromkeys(found.keys() & set(service.entry_points), service.name))
    return found


def _doors(program: Program) -> Iterator[tuple[str, str]]:
    """(node name, dotted name of what answers); of equal names the last counts."""
    handlers = {task.name: task.handler for task in reversed(program.tasks)}
    for route in reversed(program.routes):
        yield route.node, route.handler
    for name, handler in handlers.items():
        yield f"{_TASK}{name}", handler
    for command in program.commands:
        yield command.node, command.handler
    for operation in program.operations:
        yield operation.node, operation.handler
    for schedule in program.schedules:
        target = schedule.target
        yield f"schedule:{schedule.name}", handlers.get(target.removeprefix(_TASK), target)


def source_of(graph: DependencyGraph, name: str) -> str:
    """`path:line` of a definition, "" where it is not the program's."""
    node = graph.index.get(name)
    if node is None or graph.kind(node) == NodeKind.EXTERNAL:
        return ""
    site = graph.site(node)
    return "" if site is None else str(site)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a table is, and why. `service` may be "shared", or "" where nothing places the table."""

    service: str
    reason: str


def table_owners(program: Program, partition: Partition) -> dict[str, Owner]:
    """Table -> its one owner. A table that a person moved since the analysis says so."""
    labels, reasons = partition.labels(), partition.table_reasons
    found: dict[str, Owner] = {}
    for table in program.tables:
        node = PREFIXES[NodeKind.TABLE] + table.name
        why = reasons.get(node) or reasons.get(table.name) or _unsaid(labels.get(node, ""))
        found[table.name] = Owner(labels.get(node, ""), why)
    return found


def _unsaid(service: str) -> str:
    return "a person put it here" if service else "nothing in the program touches it"
