"""What a run tells at its end: figures and a few lines of evidence, enough for one screen."""

from dataclasses import dataclass

from decompose.model.changes import ChangeCounts
from decompose.model.hierarchy import Domain
from decompose.model.source import Problem
from decompose.model.teams import Independence, Teamwork


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A service in one line."""

    name: str
    purpose: str
    lines: int
    members: int
    tables: int
    entry_points: int
    confidence: float  # 0–1


@dataclass(frozen=True, slots=True)
class BoundaryRow:
    """A boundary in one line, with one place to look at."""

    consumer: str
    provider: str
    weight: float
    crossings: int
    example: str  # what crosses
    site: str  # "path:line"


@dataclass(frozen=True, slots=True)
class StageTime:
    """What a stage cost, all processes together. Seconds."""

    stage: str
    cpu: float
    wall: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What was read, what is proposed, what it costs, what stayed open."""

    name: str
    files: int
    lines: int
    definitions: int
    nodes: int
    edges: int
    tables: int
    entry_points: dict[str, int]  # "route", "operation", "task", … -> count
    frameworks: tuple[str, ...]
    services: tuple[ServiceRow, ...]
    shared_lines: int
    unused_lines: int
    boundaries: tuple[BoundaryRow, ...]  # the heaviest
    boundary_count: int
    findings: dict[str, int]  # severity -> count
    calls: dict[str, int]  # outcome -> count
    problems: tuple[Problem, ...]
    verdict: str
    worth_it: bool
    changes: ChangeCounts | None = None  # since the analysis before
    domains: tuple[Domain, ...] = ()
    teamwork: Teamwork | None = None
    independence: Independence | None = None
