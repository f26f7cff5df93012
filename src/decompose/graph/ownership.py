"""Which service answers at which door?

Routes, tasks, commands and schedules follow what a person said of them, else the code that answers.
"""

from collections.abc import Iterator, Mapping

from decompose.graph.analysis import Program
from decompose.graph.dependency import NOBODY, DependencyGraph
from decompose.model.program import NodeKind
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
        yield f"command:{command.name}", command.handler
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
