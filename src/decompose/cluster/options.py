"""What is asked of a clustering, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from decompose.model.history import History
from decompose.model.partition import Partition
from decompose.model.proposal import Constraints


@dataclass(frozen=True, slots=True)
class ClusterOptions:
    """How to cluster. Equal programs and equal options give equal partitions."""

    services: int | None = None
    """Exactly so many services, as far as there are parts to form them; None: as evidence says."""
    seed: int = 0
    constraints: Constraints = field(default_factory=Constraints)
    previous: Mapping[str, str] | None = None
    """Member -> service of an earlier proposal: names stay where most members stayed."""
    steady: frozenset[str] = frozenset()
    """Members about which nothing has changed since: they stay in their earlier service."""
    use_paths: bool = True
    """Whether packages are a hint. Off, capabilities come from code, data and words alone."""
    history: History = field(default_factory=History)
    """Commits, where they are to count: what changes together belongs together."""
    start: Mapping[str, str] | None = None
    """Member or prefix -> service of a person's own partition, to begin with and to improve."""
    resolution: float | None = None
    """Instead of what the evidence chooses: above 1 finer, below 1 coarser."""
    max_lines: int | None = None
    """Services with more lines than this are cut further, as far as their parts allow."""
    left_out: frozenset[str] = frozenset()
    """Signals that count for nothing: what one adds is measured by leaving it out."""
    max_services: int = 30
    """More than this nobody reads: finer partitions become alternatives."""


@dataclass(frozen=True, slots=True)
class Clustering:
    """The partition proposed, and coarser and finer ones beside it, coarser first."""

    partition: Partition
    alternatives: tuple[Partition, ...]
