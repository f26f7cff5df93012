"""Who sends to whom: from the sender of a task, signal or queue to what receives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

from decompose.cluster.evidence.ties import Matrix, without_self
from decompose.cluster.evidence.weights import MESSAGE
from decompose.graph.columns import Flags, Ints, has_kind
from decompose.model.program import EdgeKind, NodeKind

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene

CHANNELS = (NodeKind.TASK, NodeKind.SIGNAL, NodeKind.QUEUE)


def ties(scene: Scene) -> Matrix:
    """Each message's weight is shared among all pairs of its senders and receivers."""
    known = scene.known
    is_channel = has_kind(known.kind, *CHANNELS)
    sends = (known.edge_kind == EdgeKind.PUBLISHES) & is_channel[known.target]
    receives = (known.edge_kind == EdgeKind.CONSUMES) & is_channel[known.source]
    senders = _incidence(scene, known.source, known.target, sends)
    receivers = _incidence(scene, known.target, known.source, receives)
    pairs = senders.sum(axis=0) * receivers.sum(axis=0)
    share = MESSAGE / np.sqrt(np.maximum(np.asarray(pairs).ravel(), 1))
    crossing = (senders * share) @ receivers.T
    return without_self((crossing + crossing.T).tocsr())


def _incidence(scene: Scene, code: Ints, channel: Ints, chosen: Flags) -> Matrix:
    """(unit, channel) -> 1."""
    atom = scene.atoms.position[code[chosen]]
    inside = atom >= 0
    unit, to = scene.units.of[atom[inside]], channel[chosen][inside]
    found = coo_array(
        (np.ones(len(unit)), (unit, to)), shape=(scene.units.count, len(scene.known.kind))
    ).tocsr()
    found.data[:] = 1
    return found
