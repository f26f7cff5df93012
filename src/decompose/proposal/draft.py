"""How is a partition said in the fewest words?"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from decompose.graph import DependencyGraph, Program
from decompose.model.partition import RESERVED, SHARED, UNUSED, Partition
from decompose.model.program import NodeKind
from decompose.model.proposal import Proposal, Service
from decompose.proposal.labels import TABLE, entry_points
from decompose.proposal.literals import legible
from decompose.proposal.prefixes import shortest


def draft(program: Program, partition: Partition) -> Proposal:
    """The proposal that says exactly this partition, with the fewest members. Sorted within each service."""
    graph = program.graph
    found = partition.labels()
    members = _members(graph, found)
    tables = _tables(graph, found)
    doors = _doors(graph, partition, found)
    return Proposal(
        tuple(
            Service(
                each.name,
                each.purpose,
                tuple(members[each.name]),
                tuple(name.removeprefix(TABLE) for name in tables[each.name]),
                tuple(doors[each.name]),
            )
            for each in partition.capabilities
        ),
        shared=(*members[SHARED], *tables[SHARED]),
        unused=(*members[UNUSED], *tables[UNUSED]),
    )


def _members(graph: DependencyGraph, found: Mapping[str, str]) -> Mapping[str, list[str]]:
    wanted = {
        legible(name): found[name]
        for node, name in enumerate(graph.nodes.names)
        if graph.nodes.kind[node] <= NodeKind.METHOD and name in found
    }
    return _by_label(shortest(wanted).items())


def _tables(graph: DependencyGraph, found: Mapping[str, str]) -> Mapping[str, list[str]]:
    return _by_label(
        (legible(name), found[name])
        for node, name in enumerate(graph.nodes.names)
        if graph.nodes.kind[node] == NodeKind.TABLE and name in found
    )


def _doors(
    graph: DependencyGraph, partition: Partition, found: Mapping[str, str]
) -> Mapping[str, list[str]]:
    """An entry point belongs to the service of its handler; where that is shared, to whom the partition gave it."""
    given = {name: each.name for each in partition.capabilities for name in each.entry_points}
    pairs: list[tuple[str, str]] = []
    for name, handlers in entry_points(graph).items():
        services = [found[each] for each in handlers if found.get(each, SHARED) not in RESERVED]
        known = given.get(name)
        label = known if known in services or not services else services[0]
        if label is not None:
            pairs.append((legible(name), label))
    return _by_label(pairs)


def _by_label(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, label in pairs:
        found[label].append(name)
    for names in found.values():
        names.sort()
    return found
