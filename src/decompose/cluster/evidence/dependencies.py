"""Who uses whom: calls, imports, inheritance, reads and writes, divided by how many use the target.

A helper that everybody calls says nothing about its callers; something that only two parts use ties
them. So a tie is divided by the users of the definition and of the unit that it stands in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.evidence.ties import Matrix, symmetric
from decompose.cluster.evidence.weights import CASCADE, CONFIDENCE, KIND, MEDIATED, NULLABLE
from decompose.graph.columns import Flags, Floats, Ints, as_ints
from decompose.model.program import EdgeKind

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene
    from decompose.graph.analysis import Program


def ties(scene: Scene) -> Matrix:
    """Ties by all dependencies between units."""
    known, atoms, units = scene.known, scene.atoms, scene.units
    source, target = atoms.position[known.source], atoms.position[known.target]
    weight = _weights(scene)
    chosen = (source >= 0) & (target >= 0) & (weight > 0)
    chosen[chosen] &= units.of[source[chosen]] != units.of[target[chosen]]
    chosen[chosen] &= ~_divided_import(scene, chosen)
    source, target, weight = source[chosen], target[chosen], weight[chosen]
    weight = weight * np.log1p(known.sites[chosen])
    user, used = units.of[source], units.of[target]
    of_definition = _users(user, target, len(atoms))
    of_unit = _users(user, used, units.count)
    hub = np.sqrt(of_definition[target] * of_unit[used])
    return symmetric(user, used, weight / hub, units.count)


def _divided_import(scene: Scene, chosen: Flags) -> Flags:
    """Imports by divided modules: the parts that use what is imported say so themselves."""
    known, atoms = scene.known, scene.atoms
    is_import = known.edge_kind[chosen] == EdgeKind.IMPORTS
    found: Flags = is_import & scene.units.is_divided[atoms.position[known.source[chosen]]]
    return found


def _users(user: Ints, used: Ints, size: int) -> Floats:
    """How many different units use each target."""
    if not len(user):
        return np.ones(size)
    pairs = np.unique(used * (int(user.max()) + 1) + user) // (int(user.max()) + 1)
    return np.maximum(np.bincount(pairs, minlength=size), 1).astype(np.float64)


def _weights(scene: Scene) -> Floats:
    known = scene.known
    of_kind = np.array([KIND.get(kind, 0.0) for kind in EdgeKind])
    of_confidence = np.array([CONFIDENCE[each] for each in sorted(CONFIDENCE)])
    found: Floats = of_kind[known.edge_kind] * of_confidence[known.confidence]
    found[as_ints(scene.program.graph.edges.mediator) > 0] *= MEDIATED
    for edge, factor in _foreign_keys(scene.program, scene).items():
        found[edge] *= factor
    return found


def _foreign_keys(program: Program, scene: Scene) -> dict[int, float]:
    """Edge of a foreign key -> how much closer it is than others."""
    known, graph = scene.known, program.graph
    factors: dict[tuple[str, str], float] = {}
    for table in program.tables:
        for column in table.columns:
            if column.references:
                pair = (f"table:{table.name}", f"table:{column.references.rpartition('.')[0]}")
                factors[pair] = max(
                    factors.get(pair, 0.0), _closeness(column.on_delete, nullable=column.nullable)
                )
    edges = np.flatnonzero(known.edge_kind == EdgeKind.REFERENCES)
    names = graph.nodes.names
    return {
        int(edge): factors.get((names[known.source[edge]], names[known.target[edge]]), 1.0)
        for edge in edges
    }


def _closeness(on_delete: str, *, nullable: bool) -> float:
    if nullable:
        return NULLABLE
    return CASCADE if on_delete.upper() == "CASCADE" else 1.0
