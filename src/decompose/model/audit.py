"""How much of what ran had been read: shares, misses by cause, and what was read but never seen."""

from dataclasses import dataclass
from enum import StrEnum

from decompose.model.source import Site


class Seen(StrEnum):
    """In which way a pair of caller and callee was seen; of several, the first."""

    DIRECT = "direct"  # a call as written, or a decorator applied
    IMPLICIT = "implicit"  # properties, operators, dunders, `with`, iteration
    GENERATOR = "generator"  # a generator begun by who iterates, be it not who made it
    MEDIATED = "mediated"  # frames of a library stood between both
    IMPORT = "import"  # a module's text, run by its first import


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    found: int
    total: int

    @property
    def ratio(self) -> float | None:
        """From 0 to 1, None of nothing."""
        return self.found / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class Miss:
    """A pair that ran and was not read. `site` stands in the caller; `count`: how often it ran."""

    caller: str
    callee: str
    site: Site
    how: str
    count: int


@dataclass(frozen=True, slots=True)
class Cause:
    """Why pairs were missed: how many, and the first of them, most often run first."""

    seen: Seen
    why: str
    count: int
    misses: tuple[Miss, ...]


@dataclass(frozen=True, slots=True)
class Unseen:
    """An edge that was read in code that ran, and never seen."""

    source: str
    target: str
    site: Site
    mediated_by: str


@dataclass(frozen=True, slots=True)
class Bound:
    """Static edges that were seen: a lower bound of precision, for what a test does not run may be true."""

    kind: str  # "written", "implicit", "framework", "override", "name-only"
    of_functions: Share  # of edges whose source ran
    of_lines: Share | None  # of edges one of whose lines ran; None where lines were not watched


@dataclass(frozen=True, slots=True)
class TableMiss:
    """A table of a door that was touched and not read to be (`is_missed`), or the other way round."""

    door: str
    table: str
    is_write: bool
    is_missed: bool
    site: Site | None  # where the door's code was, or where the access was read


@dataclass(frozen=True, slots=True)
class TableShares:
    """Tables of entry points that ran, as pairs (entry point, table); precision over accesses whose line ran."""

    doors: int
    read_recall: Share
    read_precision: Share
    write_recall: Share
    write_precision: Share
    cascades: int  # pairs that are in no share: a deleted row took others with it
    misses: tuple[TableMiss, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """A graph measured against a run. Pairs of functions are counted once, however often they ran."""

    recall: dict[Seen, Share]
    by_how: dict[str, Share]  # of direct and implicit pairs, by how the call is written
    between_modules: (
        Share  # pairs of functions in different modules, library frames or not counted out
    )
    modules: Share  # pairs of modules
    module_bound: Share  # static pairs of modules that were seen, of those whose source ran
    name_only: int  # missed pairs that are linked by name only
    bounds: tuple[Bound, ...]
    causes: tuple[Cause, ...]  # most pairs first
    unseen: tuple[Unseen, ...]
    stale: tuple[str, ...]  # files that changed between run and analysis
    unknown: dict[str, int]  # functions that ran and have no node, by reason
    functions: int  # of the program that ran
    calls: int  # pairs seen at all
    tables: TableShares | None = None  # None: the trace holds no SQL
