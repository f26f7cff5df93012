"""All figures of one decomposition: what `measures` defines, computed on a program.

`Ground` holds what does not depend on the decomposition (who reaches what), so that a proposal and
its rivals are measured on the same ground. Labels are per node: NOBODY for shared and unused code,
which crosses nothing; routes and tasks have the label of the code that answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from decompose.graph import measures
from decompose.graph.columns import Columns, Flags, Floats, Ints, columns, has_kind
from decompose.graph.dependency import NOBODY
from decompose.graph.measures import Coupling
from decompose.graph.quotient import merged
from decompose.graph.reach import Levels, Reach, entry_points, levels, reach
from decompose.model.program import PREFIXES, EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from decompose.graph.analysis import Program

CALLS = (EdgeKind.CALLS, EdgeKind.INSTANTIATES)
COUPLED = (*CALLS, EdgeKind.INHERITS, EdgeKind.USES, EdgeKind.READS, EdgeKind.WRITES)
"""What counts as coupling of two members; imports repeat what these say."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tables of a foreign key or a join, as nodes."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Transactions:
    """What the program's transactions reach; root n is the n-th of the program."""

    reach: Reach  # by the calls inside their lines
    root: Ints  # and what they write themselves: (root, table node) pairs
    table: Ints


@dataclass(frozen=True)
class Ground:
    """A program as the measures see it."""

    known: Columns
    members: Ints  # nodes that are atoms taking part
    coupling: Coupling  # between positions in `members`
    levels: Levels
    roots: Ints  # entry points, as nodes
    reach: Reach
    foreign_keys: tuple[Pair, ...]
    joins: tuple[Pair, ...]
    transactions: Transactions
    handlers: Ints  # node -> the node whose label it has: itself, or what answers an entry point

    @cached_property
    def called(self) -> Ints:
        """Edges that are calls."""
        return np.flatnonzero(has_kind(self.known.edge_kind, *CALLS))


def ground(program: Program, known: Columns | None = None) -> Ground:
    """What all decompositions of a program are measured on."""
    found = known or columns(program.graph)
    takes_part = (found.atom >= 0) & found.in_program
    members = np.unique(found.atom[takes_part])
    order, roots = levels(found), entry_points(found)
    return Ground(
        known=found,
        members=members,
        coupling=_coupling(found, members, takes_part),
        levels=order,
        roots=roots,
        reach=reach(order, roots[:, None]),
        foreign_keys=tuple(_edges(found, EdgeKind.REFERENCES)),
        joins=tuple(_joins(program)),
        transactions=_transactions(program, found, order),
        handlers=_handlers(found),
    )


def _coupling(known: Columns, members: Ints, takes_part: Flags) -> Coupling:
    at = np.full(len(known.kind) + 1, NOBODY, dtype=np.int64)
    at[members] = np.arange(len(members))
    position = np.where(takes_part, at[known.atom], NOBODY)
    source, target = position[known.source], position[known.target]
    chosen = (source >= 0) & (target >= 0) & (source != target)
    chosen &= has_kind(known.edge_kind, *COUPLED)
    sites = known.sites[chosen].astype(np.float64)
    return Coupling(*merged(source[chosen], target[chosen], sites, len(members)))


def _edges(known: Columns, kind: EdgeKind) -> Iterable[Pair]:
    for edge in np.flatnonzero(known.edge_kind == kind):
        yield Pair(int(known.source[edge]), int(known.target[edge]))


def _joins(program: Program) -> Iterable[Pair]:
    """One for each query that joins two tables."""
    index = program.graph.index
    for join in program.joins:
        left = index.get(PREFIXES[NodeKind.TABLE] + join.left, NOBODY)
        right = index.get(PREFIXES[NodeKind.TABLE] + join.right, NOBODY)
        if left >= 0 and right >= 0:
            yield Pair(left, right)


def _transactions(program: Program, known: Columns, order: Levels) -> Transactions:
    graph = program.graph
    later = {(each.source, each.site.line, each.last_line) for each in program.after_commits}
    waiting: dict[str, list[tuple[int, int]]] = {}
    for source, first, last in sorted(later):
        waiting.setdefault(source, []).append((first, last))
    called: list[list[int]] = []
    written: list[tuple[int, int]] = []
    for root, each in enumerate(program.transactions):
        inside: list[int] = []
        node = graph.index.get(each.source, NOBODY)
        for edge in graph.edges_from(node) if node >= 0 else ():
            if not any(
                each.first_line <= site.line <= each.last_line
                and not any(a <= site.line <= b for a, b in waiting.get(each.source, ()))
                for site, _ in graph.sites(edge)
            ):
                continue
            if known.edge_kind[edge] == EdgeKind.WRITES:
                written.append((root, int(known.target[edge])))
            elif known.kind[known.target[edge]] <= NodeKind.METHOD:
                inside.append(int(known.target[edge]))
        called.append(inside)
    pairs = np.array(written, dtype=np.int64).reshape(-1, 2)
    return Transactions(reach(order, called), pairs[:, 0], pairs[:, 1])


def _handlers(known: Columns) -> Ints:
    """Entry points, tasks, signals and queues follow the code that answers them."""
    found = np.arange(len(known.kind), dtype=np.int64)
    answers = np.flatnonzero(
        has_kind(known.edge_kind, EdgeKind.EXPOSES, EdgeKind.CONSUMES)
        & (known.kind[known.source] > NodeKind.TABLE)
    )
    found[known.source[answers[::-1]]] = known.target[answers[::-1]]  # the first one wins
    return found


def node_labels(found: Ground, by_name: Mapping[str, int], names: list[str]) -> Ints:
    """The label of every node, from labels of atoms and tables by name; others NOBODY."""
    of_atom = np.full(len(names) + 1, NOBODY, dtype=np.int64)
    for atom in found.members:
        of_atom[atom] = by_name.get(names[atom], NOBODY)
    return spread(found, of_atom[:-1])


def spread(found: Ground, of_atom: Ints) -> Ints:
    """The label of every node, from labels of atoms (indexed by node)."""
    padded = np.append(of_atom, NOBODY)
    labels: Ints = padded[found.known.atom][found.handlers]
    return labels


def figures(found: Ground, labels: Ints) -> dict[str, float]:
    """All figures but coverage and stability, which only the maker of the labels knows."""
    return figures_of(found, [labels])[0]


def figures_of(found: Ground, labelings: Sequence[Ints]) -> list[dict[str, float]]:
    """The figures of several cuts: together they cost less."""
    paid = bills(found, labelings)
    return [_figures(found, labels, bill) for labels, bill in zip(labelings, paid, strict=True)]


def _figures(found: Ground, labels: Ints, bill: dict[str, float]) -> dict[str, float]:
    of_member = labels[found.members]
    size = int(labels.max(initial=NOBODY)) + 1
    if size == 0:
        return dict.fromkeys(measures.FIGURES, 0.0)
    return {
        **measures.gates(of_member),
        **_structure(found.coupling, of_member),
        **_entries(found, labels, size),
        **bill,
    }


def _structure(coupling: Coupling, labels: Ints) -> dict[str, float]:
    return {
        "modularity": measures.modularity(coupling, labels),
        "sm": measures.structural_modularity(coupling, labels),
        "icp": measures.inter_call_percentage(coupling, labels),
        "ifn": measures.interface_number(coupling, labels),
        "ned": measures.extreme_distribution(labels),
    }


def _entries(found: Ground, labels: Ints, size: int) -> dict[str, float]:
    nodes = np.flatnonzero((labels >= 0) & (found.known.kind <= NodeKind.TABLE))
    reached = found.reach.any_of(nodes, labels[nodes], size)
    shuffled = np.random.default_rng(0).permutation(labels[nodes])
    together = measures.concentration(found.reach, nodes, labels[nodes])
    chance = measures.concentration(found.reach, nodes, shuffled)
    return {
        "bcp": measures.business_context(reached),
        "focus": together - chance,
        "blast_radius": measures.blast_radius(reached),
    }


def bill(found: Ground, labels: Ints) -> dict[str, float]:
    """What the cut costs: the figures on which a proposal has to beat its rivals."""
    return bills(found, [labels])[0]


def bills(found: Ground, labelings: Sequence[Ints]) -> list[dict[str, float]]:
    """What several cuts cost: together they cost less to work out."""
    calls = _remote_calls(found, labelings)
    depths = measures.call_depths(found.levels, labelings, found.roots).tolist()
    return [
        _bill(found, labels, *each) for labels, *each in zip(labelings, calls, depths, strict=True)
    ]


def _bill(found: Ground, labels: Ints, calls: Floats, depth: int) -> dict[str, float]:
    size = int(labels.max(initial=0)) + 1
    writes, reads = EdgeKind.WRITES, EdgeKind.READS
    return {
        "remote_calls": float(calls.mean()) if len(calls) else 0.0,
        "remote_calls_worst": float(calls.max(initial=0.0)),
        "distributed_writes": float(measures.distributed(entry_writes(found, labels, size)).sum()),
        "sagas": float(measures.distributed(transaction_writes(found, labels, size)).sum()),
        "shared_writes": float(len(_outside(found.known, labels, writes))),
        "foreign_reads": float(len(_outside(found.known, labels, reads))),
        "cut_foreign_keys": float(_cut(found.foreign_keys, labels)),
        "cut_joins": float(_cut(found.joins, labels)),
        "call_depth": float(depth),
    }


def _remote_calls(found: Ground, labelings: Sequence[Ints]) -> Floats:
    """(labelling, entry point) -> crossing calls that it can reach."""
    known = found.known
    source, target = known.source[found.called], known.target[found.called]
    component, calls = found.levels.component[source], known.calls[found.called]
    paid = np.zeros((len(labelings), len(found.reach.bits)))
    for row, labels in zip(paid, labelings, strict=True):
        by, of = labels[source], labels[target]
        crossing = (by >= 0) & (of >= 0) & (by != of)
        row[:] = np.bincount(component[crossing], calls[crossing], len(row))
    return measures.remote_calls(found.reach, paid)


def entry_writes(found: Ground, labels: Ints, size: int) -> Flags:
    """(service, entry point) -> does a request write one of the service's tables?"""
    return _written(found, found.reach, labels, size)


def transaction_writes(found: Ground, labels: Ints, size: int) -> Flags:
    """(service, transaction) -> does the transaction write one of the service's tables?"""
    written = _written(found, found.transactions.reach, labels, size)
    owner = labels[found.transactions.table]
    written[owner[owner >= 0], found.transactions.root[owner >= 0]] = True
    return written


def _written(found: Ground, roots: Reach, labels: Ints, size: int) -> Flags:
    known = found.known
    edges = np.flatnonzero(known.edge_kind == EdgeKind.WRITES)
    owner = labels[known.target[edges]]
    return roots.any_of(known.source[edges][owner >= 0], owner[owner >= 0], size)


def _outside(known: Columns, labels: Ints, kind: EdgeKind) -> Ints:
    edges = np.flatnonzero(known.edge_kind == kind)
    by, of = labels[known.source[edges]], labels[known.target[edges]]
    return np.unique(known.target[edges][(by >= 0) & (of >= 0) & (by != of)])


def _cut(pairs: tuple[Pair, ...], labels: Ints) -> int:
    ends = ((labels[pair.left], labels[pair.right]) for pair in pairs)
    return sum(bool(a >= 0 and b >= 0 and a != b) for a, b in ends)
