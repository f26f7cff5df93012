"""A graph that another tool made, of a program in any language: what `analyze --graph` reads.

The documented exchange format `decompose-graph/1`; `decompose schema graph` prints its JSON Schema.
"""

from dataclasses import dataclass
from typing import Literal

GIVEN_SCHEMA = "decompose-graph/1"

NodeWord = Literal["module", "class", "function", "entity", "table"]
EdgeWord = Literal["calls", "imports", "inherits", "uses", "reads", "writes", "references"]
ModeWord = Literal["run", "read", "write"]


@dataclass(frozen=True, slots=True)
class GivenNode:
    """What a partition moves. `entity`: a persistent class; `table`: a table (`table:ID` in outputs).

    `words`: identifiers and text that say what it is about; those of the id are known anyway.
    """

    id: str
    kind: NodeWord = "class"
    lines: int = 1
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenEdge:
    """One node depends on another. `weight`: how often, for instance calls seen in traces."""

    source: str
    target: str
    kind: EdgeWord = "calls"
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Visit:
    """One step of an entry point: which node it runs through, or reads or writes."""

    node: str
    mode: ModeWord = "run"


@dataclass(frozen=True, slots=True)
class GivenEntry:
    """What the outside world starts (a route, a use case, a job), with what it runs through, in order."""

    name: str
    visits: tuple[str | Visit, ...] = ()

    def steps(self) -> list[Visit]:
        """The visits, those given as a bare id too."""
        return [Visit(each) if isinstance(each, str) else each for each in self.visits]


@dataclass(frozen=True, slots=True)
class GivenGraph:
    """The whole file. Ids are unique; edges and visits name nodes of the file."""

    schema: Literal["decompose-graph/1"]
    nodes: tuple[GivenNode, ...]
    edges: tuple[GivenEdge, ...] = ()
    entry_points: tuple[GivenEntry, ...] = ()
    name: str = ""
