"""A program under a partition: which service every node belongs to. What all questions look at."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from decompose.assess.flows import Flows
from decompose.graph.analysis import Program
from decompose.graph.columns import Columns, Flags, Ints, has_kind
from decompose.graph.dependency import NOBODY
from decompose.graph.figures import Ground, ground, node_labels
from decompose.model.partition import RESERVED
from decompose.model.program import EdgeKind, NodeKind
from decompose.model.source import Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MAX_SITES = 12
"""A finding points at so many places at most; its message gives the count."""


@dataclass(frozen=True)
class Split:
    """`labels`: node -> number of its service in `services`, NOBODY for shared and unused code."""

    program: Program
    ground: Ground
    services: list[str]
    labels: Ints
    placed: Mapping[str, str]  # atom or table -> its label, as the partition has it

    @property
    def known(self) -> Columns:
        """The graph's columns."""
        return self.ground.known

    @cached_property
    def flows(self) -> Flows:
        """In which order entry points and transactions touch tables."""
        return Flows(self.program)

    def name(self, node: int) -> str:
        """The name of a node."""
        return self.program.graph.nodes.names[node]

    def service(self, node: int) -> str:
        """The name of a node's service, "" for none."""
        return self._service_of[node]

    @cached_property
    def _service_of(self) -> list[str]:
        names = [*self.services, ""]  # NOBODY is the last
        return [names[label] for label in self.labels.tolist()]

    def crossing(self, *kinds: EdgeKind) -> Ints:
        """Edges of these kinds between two services, in order."""
        source, target = self.labels[self.known.source], self.labels[self.known.target]
        chosen: Flags = (source >= 0) & (target >= 0) & (source != target)
        return np.flatnonzero(chosen & has_kind(self.known.edge_kind, *kinds))

    def sites(self, edges: Iterable[int]) -> tuple[Site, ...]:
        """Where some edges stand, or their sources where they have no place; sorted, cut."""
        graph = self.program.graph
        found: set[Site] = set()
        for edge in edges:
            places = [site for site, _ in graph.sites(edge)]
            own = graph.site(int(self.known.source[edge]))
            found.update(places or ([own] if own is not None else []))
        return tuple(sorted(found)[:MAX_SITES])


def split(program: Program, placed: Mapping[str, str]) -> Split:
    """See a program under labels of atoms and tables."""
    services = sorted(set(placed.values()) - set(RESERVED))
    number = {name: index for index, name in enumerate(services)}
    found = ground(program)
    by_name = {name: number[label] for name, label in placed.items() if label in number}
    labels = node_labels(found, by_name, program.graph.nodes.names)
    labels[has_kind(found.known.kind, NodeKind.SIGNAL, NodeKind.QUEUE)] = NOBODY
    return Split(program, found, services, labels, placed)


def plural(count: int, noun: str, nouns: str = "") -> str:
    """`1 table`, `3 tables`."""
    return f"{count} {noun if count == 1 else nouns or noun + 's'}"


def listed(names: Iterable[str], limit: int = 4) -> str:
    """`a, b and c`, or `a, b, c, d and 5 more`."""
    found = list(names)
    if len(found) > limit:
        return f"{', '.join(found[:limit])} and {len(found) - limit} more"
    return " and ".join(filter(None, (", ".join(found[:-1]), found[-1]))) if found else "nothing"
