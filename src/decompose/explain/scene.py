"""A finished analysis, with what explanations ask of it again and again."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from decompose.explain.values import Place, Row, Section, Subject, Thing
from decompose.graph import Analysis
from decompose.graph.dependency import NOBODY, DependencyGraph
from decompose.graph.doors import Door, doors
from decompose.graph.ownership import Owner, entry_labels, table_owners
from decompose.graph.sequences import Sequence as Accesses
from decompose.graph.sequences import Sequences, sequences_of
from decompose.model.program import PREFIXES, Confidence, NodeKind
from decompose.model.source import Site

SERVICE = "service"
MOST_PLACES = 2


@dataclass
class Scene:
    """See the module."""

    analysis: Analysis
    excerpt: Callable[[Site], str]
    most: int
    """Rows of a section that are shown."""

    @property
    def graph(self) -> DependencyGraph:
        """The graph."""
        return self.analysis.program.graph

    @cached_property
    def labels(self) -> dict[str, str]:
        """Atom or table -> its service."""
        return self.analysis.partition.labels()

    @cached_property
    def sequences(self) -> Sequences:
        """Who touches tables in which order."""
        return sequences_of(self.analysis.program)

    @cached_property
    def doors(self) -> tuple[Door, ...]:
        """All entry points."""
        return doors(self.analysis.program)

    @cached_property
    def door_services(self) -> dict[str, str]:
        """Node name of an entry point -> its service."""
        return entry_labels(self.analysis.program, self.analysis.proposal, self.labels)

    @cached_property
    def owners(self) -> dict[str, Owner]:
        """Table -> its owner, with the reason."""
        return table_owners(self.analysis.program, self.analysis.partition)

    @cached_property
    def transactions(self) -> tuple[Accesses, ...]:
        """What each transaction of the program does."""
        count = len(self.analysis.program.transactions)
        return tuple(self.sequences.of_transaction(number) for number in range(count))

    def name(self, node: int) -> str:
        """A node's name; tables without their prefix."""
        name = self.graph.nodes.names[node]
        return name.removeprefix(PREFIXES[NodeKind.TABLE])

    def service(self, node: int) -> str:
        """Whose a node is, "" for nobody's."""
        graph = self.graph
        atom = graph.atoms[node]
        name = graph.nodes.names[node]
        if atom == NOBODY:
            return self.door_services.get(name, "")
        return self.labels.get(graph.nodes.names[atom], "")

    def is_ours(self, node: int) -> bool:
        """Is it the program's itself, no test and no library?"""
        return self.graph.role(node).takes_part

    def inside(self, thing: Thing) -> frozenset[int]:
        """The nodes that a thing consists of: a package's modules, a class' methods, a service's members."""
        graph = self.graph
        nodes, atoms = graph.nodes, graph.atoms
        if thing.kind == SERVICE:
            return frozenset(
                node
                for node in range(len(graph))
                if self.service(node) == thing.name and (atoms[node] >= 0 or self.is_ours(node))
            )
        if not graph.kind(thing.node).is_code:
            return frozenset({thing.node})
        below = f"{nodes.names[thing.node]}."
        return frozenset(
            {
                thing.node,
                *(
                    node
                    for node, name in enumerate(nodes.names)
                    if name.startswith(below) and nodes.kind[node] <= NodeKind.METHOD
                ),
            }
        )

    def place(self, site: Site) -> Place:
        """A place with what is written there."""
        return Place(site, self.excerpt(site))

    def places(self, sites: Iterable[Site]) -> tuple[tuple[Place, ...], int]:
        """The first of some places, and how many there are."""
        found = sorted(set(sites))
        return tuple(self.place(site) for site in found[:MOST_PLACES]), len(found)

    def section(self, key: str, title: str, rows: Sequence[Row], *, total: int = 0) -> Section:
        """The first rows of a section, counted; `total`: where rows are only those to be shown."""
        return Section(key, title, tuple(rows[: self.most]), max(total, len(rows)))

    def subject(self, thing: Thing) -> Subject:
        """A thing, with whose it is and why."""
        partition = self.analysis.partition
        if thing.kind == SERVICE:
            purposes = {each.name: each.purpose for each in partition.capabilities}
            return Subject(thing.kind, thing.name, thing.name, purposes.get(thing.name, ""), None)
        site = self.graph.site(thing.node)
        service, why = self.service(thing.node), ""
        if thing.kind == "table":
            owner = self.owners.get(thing.name, Owner("", ""))
            service, why = owner.service, owner.reason
        elif (atom := self.graph.atoms[thing.node]) != NOBODY:
            why = partition.reasons.get(self.graph.nodes.names[atom], "")
        place = self.place(site) if site is not None else None
        return Subject(thing.kind, thing.name, service, why, place)


def sure(confidence: int) -> str:
    """How sure something is, in a word."""
    return Confidence(confidence).name.lower().replace("_", "-")
