"""What a partition moves: which atoms take part, how large they are, and where they stand.

Terms
-----
position  an index into the columns of `Atoms`; atoms are sorted as the graph's nodes are.
own lines of a module are those that its top-level definitions leave over.

Only code of the program forms services: tests follow what they test, migrations, generated and
vendored code belong to no service. Tables always take part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from decompose.graph.columns import Columns, Flags, Floats, Ints, as_ints, has_kind
from decompose.graph.dependency import NOBODY
from decompose.model.program import PREFIXES, EdgeKind, NodeKind

if TYPE_CHECKING:
    from decompose.graph.analysis import Program

ANSWERS = (EdgeKind.EXPOSES, EdgeKind.CONSUMES)
"""Edges from what the outside world starts to the code that answers."""


@dataclass(frozen=True)
class Packages:
    """`of[start[module]:start[module + 1]]`: the module itself and the packages around it, innermost first."""

    names: list[str]  # outermost first, then by name
    start: Ints
    of: Ints

    def around(self, modules: Ints) -> tuple[Ints, Ints]:
        """(position in `modules`, package) for each package around each of some modules."""
        count = self.start[modules + 1] - self.start[modules]
        position = np.repeat(np.arange(len(modules)), count)
        step = np.arange(len(position)) - np.repeat(np.cumsum(count) - count, count)
        return position, self.of[self.start[modules][position] + step]


@dataclass(frozen=True)
class Atoms:
    """Columns of atoms."""

    node: Ints
    names: list[str]
    kind: Ints
    lines: Floats  # own lines; 0 for tables
    module: Ints  # position of the module it stands in; a table's is its model's; NOBODY: unknown
    position: Ints  # node -> position of its atom, NOBODY where it takes no part
    answering: dict[int, int]  # entry point's node -> position of the code that answers

    def __len__(self) -> int:
        return len(self.node)

    @cached_property
    def is_table(self) -> Flags:
        """Which atoms are tables."""
        found: Flags = self.kind == NodeKind.TABLE
        return found

    @cached_property
    def is_module(self) -> Flags:
        """Which atoms are modules' own code."""
        found: Flags = self.kind == NodeKind.MODULE
        return found

    @cached_property
    def packages(self) -> Packages:
        """The packages that the modules stand in."""
        return _packages(self)

    def named(self, name: str) -> int:
        """The position of an atom's name, NOBODY if it takes no part."""
        return self._index.get(name, NOBODY)

    @cached_property
    def _index(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.names)}


def gather(program: Program, known: Columns) -> Atoms:
    """The atoms of a program."""
    graph = program.graph
    takes_part = (known.atom >= 0) & known.in_program
    node = np.unique(known.atom[takes_part])
    at = np.full(len(graph) + 1, NOBODY, dtype=np.int64)  # the last one is NOBODY's
    at[node] = np.arange(len(node))
    position = np.where(takes_part, at[known.atom], NOBODY)
    names = [graph.nodes.names[number] for number in node]
    module = _modules(program, known, node, at)
    return Atoms(
        node=node,
        names=names,
        kind=known.kind[node],
        lines=_own_lines(program, known.kind[node], node, module),
        module=module,
        position=position,
        answering=_answering(known, position),
    )


def _modules(program: Program, known: Columns, node: Ints, at: Ints) -> Ints:
    """Code stands in its parent (atoms are top-level), a module in itself, a table as its model."""
    kind, parent = known.kind[node], known.parent[node]
    module = np.where(kind == NodeKind.MODULE, np.arange(len(node)), at[parent])
    module[kind == NodeKind.TABLE] = NOBODY
    index = program.graph.index
    for table in program.tables:
        place = at[index.get(PREFIXES[NodeKind.TABLE] + table.name, NOBODY)]
        model = known.atom[index[table.model]] if table.model in index else NOBODY
        if place >= 0 and at[model] >= 0:
            module[place] = module[at[model]]
    return module


def _own_lines(program: Program, kind: Ints, node: Ints, module: Ints) -> Floats:
    nodes = program.graph.nodes
    line, end = as_ints(nodes.line)[node], as_ints(nodes.end_line)[node]
    lines: Floats = np.maximum(end - line + 1, 1).astype(np.float64)
    lines[kind == NodeKind.TABLE] = 0
    inner = has_kind(kind, NodeKind.CLASS, NodeKind.FUNCTION) & (module >= 0)
    taken = np.bincount(module[inner], lines[inner], minlength=len(node))
    is_module = kind == NodeKind.MODULE
    lines[is_module] = np.maximum(lines[is_module] - taken[is_module], 0)
    return lines


def _answering(known: Columns, position: Ints) -> dict[int, int]:
    """Entry point -> its handler's atom; a schedule that sends a task follows the task."""
    edges = np.flatnonzero(has_kind(known.edge_kind, *ANSWERS, EdgeKind.PUBLISHES))
    kinds = [int(kind) for kind in NodeKind if kind.is_entry_point]
    edges = edges[has_kind(known.kind[known.source[edges]], *kinds)]
    found: dict[int, int] = {}
    later: list[tuple[int, int]] = []
    for source, target in zip(known.source[edges], known.target[edges], strict=True):
        if position[target] >= 0:
            found.setdefault(int(source), int(position[target]))
        else:
            later.append((int(source), int(target)))
    for source, target in later:
        if target in found:
            found.setdefault(source, found[target])
    return found


def _packages(atoms: Atoms) -> Packages:
    holds = np.zeros(len(atoms), dtype=np.bool_)
    holds[atoms.module[atoms.module >= 0]] = True
    around: list[list[str]] = []
    for name, is_module in zip(atoms.names, holds.tolist(), strict=True):
        around.append([])
        head = name if is_module else ""
        while head:
            around[-1].append(head)
            head = head.rpartition(".")[0]
    names = sorted({*chain.from_iterable(around)}, key=lambda each: (each.count("."), each))
    number = {name: position for position, name in enumerate(names)}
    start = np.concatenate([[0], np.cumsum([len(heads) for heads in around])]).astype(np.int64)
    of = np.array([number[head] for heads in around for head in heads], dtype=np.int64)
    return Packages(names, start, of)
