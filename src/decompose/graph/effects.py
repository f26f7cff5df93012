"""Which tables does everything that a node does end up touching, and how? One bit for each (table, mode).

Recursion is merged first, then bits flow from what is called to who calls it, level by level: one
pass over the edges for all nodes at once, whatever the number of entry points. Nothing is cut here,
so that a sequence that had to be cut (see `sequences`) can still say what it left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from decompose.graph.reach import Levels
from decompose.model.program import PREFIXES, AccessMode, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.graph.analysis import Program
    from decompose.graph.columns import Ints

Bits = NDArray[np.uint8]
Touched = tuple[int, AccessMode]
"""(table node, what is done to it)."""

MODES = tuple(AccessMode)


@dataclass(frozen=True, slots=True)
class Effects:
    """`bits[component[node]]` holds a bit for each (table, mode), tables as in `tables`."""

    component: Ints
    bits: Bits
    tables: Ints  # table nodes, ascending

    def of(self, nodes: Iterable[int]) -> frozenset[Touched]:
        """What some nodes touch, together."""
        rows = self.bits[self.component[np.asarray(list(nodes), dtype=np.int64)]]
        if not len(rows):
            return frozenset()
        found = np.flatnonzero(np.unpackbits(np.bitwise_or.reduce(rows, axis=0)))
        return frozenset(
            (int(self.tables[bit // len(MODES)]), MODES[bit % len(MODES)]) for bit in found.tolist()
        )

    def touching(self) -> NDArray[np.bool_]:
        """Which nodes touch anything at all."""
        return np.asarray(self.bits.any(axis=1))[self.component]


def effects(program: Program, order: Levels) -> Effects:
    """What every node touches; `order` as `reach.levels` gives it."""
    graph = program.graph
    kinds = np.asarray(graph.nodes.kind, dtype=np.int64)
    tables = np.flatnonzero(kinds == NodeKind.TABLE)
    first = {int(table): number * len(MODES) for number, table in enumerate(tables)}
    mode = {each: number for number, each in enumerate(MODES)}
    count = int(order.component.max(initial=-1)) + 1
    bits = np.zeros((count, (len(tables) * len(MODES) + 7) // 8), dtype=np.uint8)
    prefix = PREFIXES[NodeKind.TABLE]
    for access in program.accesses:
        source = graph.index.get(access.source)
        table = graph.index.get(prefix + access.table)
        if source is not None and table is not None:
            bit = first[table] + mode[access.mode]
            bits[order.component[source], bit >> 3] |= np.uint8(0x80 >> (bit & 7))
    _flow_back(order, bits)
    return Effects(order.component, bits, tables)


def _flow_back(order: Levels, bits: Bits) -> None:
    """From what is called to who calls it, those with the longest way to them first."""
    level = np.zeros(len(bits), dtype=np.int64)
    level[order.target] = np.repeat(
        np.arange(len(order.level_start) - 1), np.diff(order.level_start)
    )
    by_caller = np.lexsort((order.source, -level[order.source]))
    source, target = order.source[by_caller], order.target[by_caller]
    if not len(source):
        return
    starts = np.flatnonzero(np.append(True, np.diff(level[source]) != 0)).tolist()
    for first, last in zip(starts, [*starts[1:], len(source)], strict=True):
        callers = source[first:last]
        heads = np.flatnonzero(np.append(True, np.diff(callers) != 0))
        bits[callers[heads]] |= np.bitwise_or.reduceat(bits[target[first:last]], heads, axis=0)
