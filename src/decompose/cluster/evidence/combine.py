"""Add up the ties of all signals to one undirected weighted graph over units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scipy.sparse import csr_array

from decompose.cluster.evidence import (
    data,
    dependencies,
    history,
    loads,
    mentions,
    messages,
    paths,
    vocabulary,
)
from decompose.cluster.evidence.ties import Matrix, total
from decompose.cluster.homes import homes
from decompose.cluster.scene import Scene


@dataclass(frozen=True)
class Evidence:
    """`ties`: symmetric, over units and then over `hidden` further nodes (packages).

    Hidden nodes pull their members together, but are members of nothing themselves.
    """

    ties: Matrix
    units: int
    signals: dict[str, float]  # total weight that each signal gave

    @property
    def direct(self) -> Matrix:
        """Ties between units, hidden nodes left out."""
        return self.ties[: self.units, : self.units].tocsr()


SIGNALS: dict[str, Callable[[Scene], Matrix]] = {
    "dependencies": dependencies.ties,
    "mentions": mentions.ties,
    "loads": loads.ties,
    "messages": messages.ties,
    "data": data.ties,
    "history": history.ties,
}
"""The signals that stand for themselves; `vocabulary` and `packages` are measured against them."""


def combine(scene: Scene) -> Evidence:
    """All evidence about the units of a program."""
    empty: Matrix = csr_array((scene.units.count, scene.units.count))
    signals = {
        name: empty if name in scene.left_out else ties(scene) for name, ties in SIGNALS.items()
    }
    direct = sum(signals.values())
    if "vocabulary" not in scene.left_out:
        signals["vocabulary"] = vocabulary.ties(scene, direct)
    signals["modules"] = paths.module_ties(scene, sum(signals.values()))
    combined = sum(signals.values())
    if scene.use_paths:
        combined = paths.with_packages(combined, homes(scene))
    return Evidence(combined, scene.units.count, {name: total(m) for name, m in signals.items()})
