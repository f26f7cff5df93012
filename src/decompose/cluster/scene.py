"""What every signal looks at."""

from __future__ import annotations

from dataclasses import dataclass, field

from decompose.cluster.atoms import Atoms
from decompose.cluster.lexicon import Lexicon
from decompose.cluster.units import Units
from decompose.graph.analysis import Program
from decompose.graph.columns import Columns
from decompose.model.history import History


@dataclass(frozen=True)
class Scene:
    """A program, its columns, and the units that its atoms form."""

    program: Program
    known: Columns
    atoms: Atoms
    units: Units
    lexicon: Lexicon
    use_paths: bool = True
    history: History = field(default_factory=History)
    on_trial: bool = False  # all large modules are taken apart, to see which hold together
    left_out: frozenset[str] = (
        frozenset()
    )  # signals that count for nothing, to measure what they add
