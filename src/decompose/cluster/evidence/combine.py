"""Add up the ties of all signals to one undirected weighted graph over units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from decompose.cluster.scene import Scene


@dataclass(frozen=True)
class Evidence:
    """`ties`: symmetric, over units and then over `hidden` further nodes (packages).

    Hidden nodes pull their members together, but are members of nothing themselves.
    """

    ties: Matrix
    units: int
    signals: dict[str, float]  # total weight that each signal gave


def combine(scene: Scene) -> Evidence:
    """All evidence about the units of a program."""
    signals = {
        "dependencies": dependencies.ties(scene),
        "mentions": mentions.ties(scene),
        "loads": loads.ties(scene),
        "messages": messages.ties(scene),
        "data": data.ties(scene),
        "history": history.ties(scene),
    }
    direct = sum(signals.values())
    signals["vocabulary"] = vocabulary.ties(scene, direct)
    signals["modules"] = paths.module_ties(scene, sum(signals.values()))
    combined = sum(signals.values())
    if scene.use_paths:
        combined = paths.with_packages(scene, combined)
    return Evidence(combined, scene.units.count, {name: total(m) for name, m in signals.items()})
