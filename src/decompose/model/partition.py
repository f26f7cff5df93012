"""Which parts belong together, what the cut between them costs, and what a person is asked to review.

The atom is the top-level definition (a god `models.py` may be split), plus each module's own code and each table.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from decompose.model.program import Confidence, EdgeKind
from decompose.model.source import Site

SHARED = "shared"
UNUSED = "unused"
RESERVED = (SHARED, UNUSED)
"""Labels of a partition that are not services: the shared library, and code that nothing reaches."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A member that perturbed runs do not agree on. `agreement`: share of runs, 0–1, that leave it where it is."""

    member: str
    agreement: float
    second: str  # the service it goes to otherwise


@dataclass(frozen=True, slots=True)
class Capability:
    """A proposed service. `members`: atoms, sorted; `tables` and `entry_points`: node names, sorted."""

    name: str
    purpose: str
    members: tuple[str, ...]
    tables: tuple[str, ...]
    entry_points: tuple[str, ...]
    vocabulary: tuple[str, ...] = ()  # its telling words, most telling first
    lines: int = 0
    confidence: float = 1.0  # mean agreement of its members, weighted by lines


def libraries(holdings: Mapping[str, int]) -> frozenset[str]:
    """Names of capabilities that own no table and that nothing outside starts: others import them, nobody runs them.

    `holdings`: name -> how many tables and entry points. None where it is 0 for half of them or more:
    then the program is a library as a whole, or most of what starts it was not found.
    """
    found = frozenset(name for name, count in holdings.items() if not count)
    return found if 2 * len(found) < len(holdings) else frozenset()


@dataclass(frozen=True, slots=True)
class Partition:
    """A total map from atoms to services, `shared` and `unused`, with the reasons."""

    capabilities: tuple[Capability, ...]
    shared: tuple[str, ...]
    unused: tuple[str, ...]
    reasons: dict[str, str] = field(
        default_factory=dict
    )  # atom -> why it is shared, unused, or placed oddly
    doubts: tuple[Doubt, ...] = ()  # least agreement first
    table_reasons: dict[str, str] = field(default_factory=dict)  # table -> why its owner owns it
    verdict: str = ""  # whether splitting is worth it, in a sentence or two
    worth_it: bool = True

    def labels(self) -> dict[str, str]:
        """Atom or table -> name of its service, `shared` or `unused`."""
        found = dict.fromkeys(self.shared, SHARED)
        found.update(dict.fromkeys(self.unused, UNUSED))
        for capability in self.capabilities:
            found.update(dict.fromkeys(capability.members, capability.name))
            found.update(dict.fromkeys(capability.tables, capability.name))
        return found


@dataclass(frozen=True, slots=True)
class Crossing:
    """One dependency that runs over a boundary: the evidence. `weight`: sites, loops counted ten-fold."""

    kind: EdgeKind
    source: str
    target: str
    confidence: Confidence
    sites: tuple[Site, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Boundary:
    """Everything of one service (the consumer) that depends on another (the provider); heaviest crossing first."""

    provider: str
    consumer: str
    crossings: tuple[Crossing, ...]
    weight: float


class Severity(StrEnum):
    """How much a finding matters for the cut."""

    HIGH = "high"  # needs a design decision before the split (a saga, an owner)
    MEDIUM = "medium"  # needs work during the split
    LOW = "low"  # good to know


@dataclass(frozen=True, slots=True)
class Finding:
    """The price of a boundary, or a trap in the code, with evidence. `question`: the module of `assess` that asks."""

    question: str
    severity: Severity
    subject: str  # a table, module, service or entry point
    services: tuple[str, ...]
    message: str
    sites: tuple[Site, ...]
    remedy: str
    confidence: Confidence = Confidence.EXACT  # of what it rests on


@dataclass(frozen=True, slots=True)
class Scores:
    """The figures of one decomposition, by short name (see graph.measures); rivals have the same keys."""

    name: str  # "proposal", "one service", "packages", "leiden", "random", "singletons"
    figures: dict[str, float]
