"""Each table gets one owner, with the reason: who writes it, else who declares it, else who reads it.

A service that writes a table keeps its invariants. The service that declares the model stays owner
unless another one writes clearly more. A child that dies with its only parent (a foreign key that
cascades) stays with it: both are one aggregate, and one transaction writes both.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.placement import SHARED_LABEL, Placement
from decompose.graph.columns import has_kind
from decompose.model.program import PREFIXES, AccessMode, EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from decompose.cluster.evidence import Scene
    from decompose.model.program import Table

CLEARLY = 2.0
"""Another service takes a table from the one that declares it with so many times its writes."""
CREATION = 2.0
"""Creating rows counts as so many other writes."""

Writes = dict[int, dict[int, float]]


def assign_owners(scene: Scene, found: Placement, by_hand: Mapping[int, str]) -> dict[int, str]:
    """Table atom -> why its owner owns it; sets the tables' labels, and their models' with them.

    `by_hand`: atoms whose place a person decided.
    """
    reasons: dict[int, str] = {}
    models = _models(scene)
    fixed = {*by_hand, *(table for table, model in models.items() if model in by_hand)}
    writes, reads = _writes(scene, found), _reads(scene, found)
    for table in np.flatnonzero(scene.atoms.is_table).tolist():
        home = int(found.label[models.get(table, table)])
        if table in fixed:
            reasons[table] = "a person put it here"
            found.label[table] = found.label[table if table in by_hand else models[table]]
            continue
        decide = _declared if table in models else _bare
        owner, why = decide(home, writes.get(table, {}), reads.get(table, {}))
        reasons[table] = why
        found.label[table] = owner
        if table in models and owner != home:
            found.label[models[table]] = owner
            found.reasons[models[table]] = f"follows its table: {why}"
    _keep_aggregates(scene, found, writes, reasons, fixed)
    return reasons


def _models(scene: Scene) -> dict[int, int]:
    """Table -> the class that declares it."""
    found: dict[int, int] = {}
    for table in scene.program.tables:
        atom = scene.atoms.named(PREFIXES[NodeKind.TABLE] + table.name)
        model = scene.atoms.named(table.model)
        if atom >= 0 and model >= 0:
            found[atom] = model
    return found


def _writes(scene: Scene, found: Placement) -> Writes:
    """Table -> service -> writes, creations counted double. Shared code writes on others' behalf."""
    table_of = scene.atoms.named
    counts: Writes = defaultdict(lambda: defaultdict(float))
    graph = scene.program.graph
    for access in scene.program.accesses:
        if not access.mode.writes or access.source not in graph.index:
            continue
        atom = scene.atoms.position[graph.index[access.source]]
        table = table_of(PREFIXES[NodeKind.TABLE] + access.table)
        if atom >= 0 and table >= 0 and found.label[atom] >= 0:
            weight = CREATION if access.mode is AccessMode.CREATE else 1.0
            counts[table][int(found.label[atom])] += weight
    return counts


def _reads(scene: Scene, found: Placement) -> Writes:
    """Table -> service -> places that read it or point to it."""
    known = scene.known
    counts: Writes = defaultdict(lambda: defaultdict(float))
    chosen = has_kind(known.edge_kind, EdgeKind.READS, EdgeKind.REFERENCES, EdgeKind.JOINS)
    for edge in np.flatnonzero(chosen):
        by = scene.atoms.position[known.source[edge]]
        table = scene.atoms.position[known.target[edge]]
        if by >= 0 and table >= 0 and found.label[by] >= 0:
            counts[int(table)][int(found.label[by])] += float(known.sites[edge])
    return counts


def _declared(home: int, writes: dict[int, float], reads: dict[int, float]) -> tuple[int, str]:
    """(label, why) for a table whose model is in the service `home`."""
    writer = _most(writes)
    if home < 0:
        return _bare(home, writes, reads)
    if writes.get(writer, 0.0) > CLEARLY * (writes.get(home, 0.0) + 1):
        return writer, f"writes it most ({_share(writes, writer)} of the writes)"
    if writer == home:
        return home, f"declares it and writes it most ({_share(writes, writer)} of the writes)"
    return home, "declares it; no other service writes it clearly more"


def _bare(home: int, writes: dict[int, float], reads: dict[int, float]) -> tuple[int, str]:
    """(label, why) for a table that no service declares; `home`: where the clustering has it."""
    if writes:
        return _most(writes), f"writes it most ({_share(writes, _most(writes))} of the writes)"
    if reads:
        return _most(reads), "nobody writes it; reads it most"
    if home >= 0:
        return home, "stands closest to it"
    return SHARED_LABEL, "nothing in the program touches it"


def _most(counts: dict[int, float]) -> int:
    return max(counts, key=lambda each: (counts[each], -each), default=SHARED_LABEL)


def _share(writes: dict[int, float], writer: int) -> str:
    return f"{writes[writer] / sum(writes.values()):.0%}"


def _keep_aggregates(
    scene: Scene, found: Placement, writes: Writes, reasons: dict[int, str], fixed: set[int]
) -> None:
    """Children join their parents' owner unless their own one writes them and the parent's does not."""
    models = _models(scene)
    for child, parent in _aggregates(scene):
        own, other = int(found.label[child]), int(found.label[parent])
        counts = writes.get(child, {})
        if child in fixed or own == other or other < 0 or counts.get(own, 0) > counts.get(other, 0):
            continue
        name = scene.atoms.names[parent].partition(":")[2]
        found.label[child] = other
        reasons[child] = f"part of {name}: its rows are deleted with their parent"
        if child in models:
            found.label[models[child]] = other
            found.reasons[models[child]] = f"follows its table, {reasons[child]}"


def _aggregates(scene: Scene) -> list[tuple[int, int]]:
    """(child, parent) for tables whose one cascading foreign key makes them part of another."""
    found: list[tuple[int, int]] = []
    for table in scene.program.tables:
        parents = _cascading(table)
        if len(parents) == 1:
            child = scene.atoms.named(PREFIXES[NodeKind.TABLE] + table.name)
            parent = scene.atoms.named(PREFIXES[NodeKind.TABLE] + parents.pop())
            if child >= 0 and parent >= 0 and child != parent:
                found.append((child, parent))
    return found


def _cascading(table: Table) -> set[str]:
    return {
        column.references.rpartition(".")[0]
        for column in table.columns
        if column.references and column.on_delete.upper() == "CASCADE" and not column.nullable
    }
