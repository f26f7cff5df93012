"""All figures of one decomposition: what `measures` defines, computed on a program.

`Ground` holds what does not depend on the decomposition (who reaches what), so that a proposal and
its rivals are measured on the same ground. Labels are per node: NOBODY for shared and unused code,
which crosses nothing; routes and tasks have the label of the code that answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from decompose.graph import measures
from decompose.graph.columns import Columns, Flags, Floats, Ints, columns, has_kind
from decompose.graph.dependency import NOBODY
from decompose.graph.measures import Coupling
from decompose.graph.quotient import merged
from decompose.graph.reach import Levels, entry_points, levels
from decompose.graph.requests import CALLS, Requests, requests
from decompose.graph.sequences import sequences_of
from decompose.model.program import PREFIXES, EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from decompose.graph.analysis import Program

COUPLED = (*CALLS, EdgeKind.INHERITS, EdgeKind.USES, EdgeKind.READS, EdgeKind.WRITES)
"""What counts as coupling of two members; imports repeat what these say."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tables of a foreign key or a join, as nodes."""

    left: int
    right: int


@dataclass(frozen=True)
class Ground:
    """A program as the measures see it."""

    known: Columns
    members: Ints  # nodes that are atoms taking part
    coupling: Coupling  # between positions in `members`
    levels: Levels
    roots: Ints  # entry points, as nodes
    requests: Requests  # what these run
    foreign_keys: tuple[Pair, ...]
    joins: tuple[Pair, ...]
    transactions: tuple[Ints, Ints]  # (number of a transaction, node of a table that it writes)
    handlers: Ints  # node -> the node whose label it has: itself, or what answers an entry point


_KEPT = "_ground"


def ground(program: Program, known: Columns | None = None) -> Ground:
    """What all decompositions of a program are measured on: kept with it, as clustering and assessment both ask."""
    kept = vars(program)
    if _KEPT not in kept:
        kept[_KEPT] = _ground(program, known or columns(program.graph))
    whole: Ground = kept[_KEPT]
    return whole


def _ground(program: Program, found: Columns) -> Ground:
    takes_part = (found.atom >= 0) & found.in_program
    members = np.unique(found.atom[takes_part])
    order, roots = levels(found), entry_points(found)
    return Ground(
        known=found,
        members=members,
        coupling=_coupling(found, members, takes_part),
        levels=order,
        roots=roots,
        requests=requests(program, found, roots),
        foreign_keys=tuple(_edges(found, EdgeKind.REFERENCES)),
        joins=tuple(_joins(program)),
        transactions=_transactions(program),
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


def _transactions(program: Program) -> tuple[Ints, Ints]:
    sequences = sequences_of(program)
    written = [
        (number, table)
        for number in range(len(program.transactions))
        for table, mode in sorted(sequences.of_transaction(number).touched(later=False))
        if mode.writes
    ]
    pairs = np.array(written, dtype=np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


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
    reached = found.requests.run.any_of(nodes, labels[nodes], size)
    shuffled = np.random.default_rng(0).permutation(labels[nodes])
    together = measures.concentration(found.requests.run, nodes, labels[nodes])
    chance = measures.concentration(found.requests.run, nodes, shuffled)
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
        "remote_calls_typical": float(np.median(calls)) if len(calls) else 0.0,
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
    """(labelling, entry point) -> crossing calls that it makes: hops, and what the run functions call besides."""
    known, made = found.known, found.requests
    source, target, calls = (
        known.source[made.quiet],
        known.target[made.quiet],
        known.calls[made.quiet],
    )
    paid = np.zeros((len(labelings), made.reached.shape[0]))
    for row, labels in zip(paid, labelings, strict=True):
        crossing = _crosses(labels, source, target)
        row[:] = np.bincount(made.quiet_class[crossing], calls[crossing], len(row))
    total: Floats = paid @ made.reached + [_hops(made, labels) for labels in labelings]
    return total


def _hops(made: Requests, labels: Ints) -> Floats:
    crossing = _crosses(labels, made.hop_source, made.hop_target)
    root, calls = made.hop_root[crossing], made.hop_calls[crossing]
    found: Floats = np.bincount(root, calls, minlength=made.run.count).astype(np.float64)
    return found


def _crosses(labels: Ints, source: Ints, target: Ints) -> Flags:
    by, of = labels[source], labels[target]
    found: Flags = (by >= 0) & (of >= 0) & (by != of)
    return found


def entry_writes(found: Ground, labels: Ints, size: int) -> Flags:
    """(service, entry point) -> does a request write one of the service's tables?"""
    made = found.requests
    return _written(made.written_root, labels[made.written_table], (size, made.run.count))


def transaction_writes(found: Ground, labels: Ints, size: int) -> Flags:
    """(service, transaction) -> does the transaction write one of the service's tables?"""
    number, table = found.transactions
    return _written(number, labels[table], (size, int(number.max(initial=-1)) + 1))


def _written(root: Ints, owner: Ints, shape: tuple[int, int]) -> Flags:
    written = np.zeros(shape, dtype=np.bool_)
    written[owner[owner >= 0], root[owner >= 0]] = True
    return written


def _outside(known: Columns, labels: Ints, kind: EdgeKind) -> Ints:
    edges = np.flatnonzero(known.edge_kind == kind)
    crossing = _crosses(labels, known.source[edges], known.target[edges])
    return np.unique(known.target[edges][crossing])


def _cut(pairs: tuple[Pair, ...], labels: Ints) -> int:
    ends = ((labels[pair.left], labels[pair.right]) for pair in pairs)
    return sum(bool(a >= 0 and b >= 0 and a != b) for a, b in ends)
