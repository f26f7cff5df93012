"""What is kept together: tables written in one transaction or touched by the same entry points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, diags_array

from decompose.cluster.evidence.ties import Matrix, nearest, symmetric, unit_rows
from decompose.cluster.evidence.weights import CO_ACCESS, NEIGHBOURS, TRANSACTION
from decompose.graph.columns import Floats, Ints
from decompose.graph.reach import entry_points, levels, reach
from decompose.model.program import PREFIXES, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.cluster.scene import Scene


def ties(scene: Scene) -> Matrix:
    """Ties by common transactions and by common entry points."""
    return _transactions(scene) + _co_access(scene)


def _transactions(scene: Scene) -> Matrix:
    """Tables that one function writes inside a transaction; a pair's weight falls with the pairs."""
    written: dict[tuple[str, int], set[int]] = {}
    spans: dict[str, list[tuple[int, int]]] = {}
    for each in scene.program.transactions:
        spans.setdefault(each.source, []).append((each.first_line, each.last_line))
    for access in scene.program.accesses:
        unit = _unit(scene, access.table)
        if not access.mode.writes or unit < 0:
            continue
        for first, last in spans.get(access.source, ()):
            if first <= access.site.line <= last:
                written.setdefault((access.source, first), set()).add(unit)
    a, b, weight = _cliques(written.values())
    return symmetric(a, b, TRANSACTION * weight, scene.units.count)


def _unit(scene: Scene, table: str) -> int:
    atom = scene.atoms.named(PREFIXES[NodeKind.TABLE] + table)
    return int(scene.units.of[atom]) if atom >= 0 else -1


def _cliques(groups: Iterable[set[int]]) -> tuple[Ints, Ints, Floats]:
    rows: list[tuple[int, int, float]] = []
    for group in groups:
        members = sorted(group)
        rows += (
            (a, b, 1 / (len(members) - 1))
            for number, a in enumerate(members)
            for b in members[number + 1 :]
        )
    found = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return found[:, 0].astype(np.int64), found[:, 1].astype(np.int64), found[:, 2]


def _co_access(scene: Scene) -> Matrix:
    """Tables by the entry points that reach them; one that reaches many tables says little."""
    known, units = scene.known, scene.units
    roots, tables = entry_points(known), np.flatnonzero(known.kind == NodeKind.TABLE)
    tables = tables[scene.atoms.position[tables] >= 0]
    if not len(roots) or not len(tables):
        return csr_array((units.count, units.count))
    reached = csr_array(reach(levels(known), roots[:, None]).of(tables), dtype=np.float64)
    breadth = np.asarray(reached.sum(axis=0)).ravel()
    told = np.log(len(tables) / np.maximum(breadth, 1))
    rows = unit_rows((reached @ diags_array(told)).tocsr())
    a, b, cosine = nearest(rows, NEIGHBOURS)
    unit = units.of[scene.atoms.position[tables]]
    return symmetric(unit[a], unit[b], CO_ACCESS * cosine / 2, units.count)
