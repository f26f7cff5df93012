"""Accesses as they are found: one a function, table, mode and line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from decompose.model.program import AccessMode, Confidence, Join, TableAccess
from decompose.model.source import Site
from decompose.model.view import Expression

_HISTORY = frozenset({"alembic", "migrations"})


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is accessed."""

    source: str
    site: Site
    loop_depth: int = 0


def is_history(name: str) -> bool:
    """Is it a migration's?"""
    return not _HISTORY.isdisjoint(name.split("."))


def place_of(expression: Expression) -> Place:
    """The place of an expression."""
    return Place(expression.owner, expression.site, expression.loop_depth)


Key = tuple[str, str, AccessMode, Site]
"""(function, table, mode, where)."""


@dataclass(slots=True)
class Collector:
    """Accesses and joins, merged."""

    accesses: dict[Key, TableAccess] = field(default_factory=dict)
    joins: dict[Join, None] = field(default_factory=dict)
    in_bulk: set[Key] = field(default_factory=set)
    refilled: dict[tuple[str, str, Site], None] = field(default_factory=dict)
    """(function, table, where): a row of the table is given, or loses, other rows that refer to it."""
    _touching: dict[tuple[str, str], list[Key]] = field(default_factory=dict)
    """(function, table) -> what it does to it."""

    def add(
        self,
        place: Place,
        tables: Iterable[str],
        mode: AccessMode,
        confidence: Confidence = Confidence.EXACT,
        columns: Iterable[str] = (),
    ) -> None:
        """Note that tables are accessed at a place, by some columns if it names any; what migrations do is history."""
        if is_history(place.source):
            return
        for table in dict.fromkeys(tables):
            key = (place.source, table, mode, place.site)
            depth, named = place.loop_depth, tuple(sorted(set(columns)))
            made = TableAccess(place.source, table, mode, place.site, depth, confidence, named)
            known = self.accesses.get(key)
            self.accesses[key] = made if known is None else _merged(known, made)
            if known is None:
                self._touching.setdefault((place.source, table), []).append(key)

    def add_bulk(
        self, place: Place, tables: Sequence[str], mode: AccessMode, columns: Iterable[str] = ()
    ) -> None:
        """Note that a statement writes: no row is made an object, so mappers call nobody."""
        self.add(place, tables, mode, columns=columns)
        self.in_bulk.update((place.source, table, mode, place.site) for table in tables)

    def name(self, source: str, table: str, mode: AccessMode, line: int, *columns: str) -> None:
        """Note columns that a line names, with the access of a function that it belongs to: the last one before."""
        keys = [key for key in self._touching.get((source, table), ()) if key[2] is mode]
        before = [key for key in keys if key[3].line <= line]
        nearest = max(before, default=None, key=lambda key: key[3].line)
        if nearest is None:
            nearest = min(keys, default=None, key=lambda key: key[3].line)
        if nearest is not None:
            known = self.accesses[nearest]
            named = tuple(sorted({*known.columns, *columns}))
            self.accesses[nearest] = replace(known, columns=named)

    def lock(self, source: str, tables: Iterable[str], lines: range) -> None:
        """Note that a function locks the rows that it reads of some tables, in some of its lines."""
        for key in self._reads(source, tables, lines):
            self.accesses[key] = replace(self.accesses[key], locks=True)

    def whole(self, source: str, tables: Iterable[str], lines: range) -> None:
        """Note that a function reads all rows of some tables, in some of its lines."""
        for key in self._reads(source, tables, lines):
            self.accesses[key] = replace(self.accesses[key], whole=True)

    def _reads(self, source: str, tables: Iterable[str], lines: range) -> Iterator[Key]:
        for table in tables:
            for key in self._touching.get((source, table), ()):
                _, _, mode, site = key
                if mode is AccessMode.READ and site.line in lines:
                    yield key

    def join(self, place: Place, tables: Iterable[str]) -> None:
        """Note that tables stand in one query, the first with each of the others."""
        first, *others = dict.fromkeys(tables)
        for other in others:
            self.joins.setdefault(Join(place.source, first, other, place.site))

    def touches(self, source: str, table: str) -> bool:
        """Is any access of a function to a table known?"""
        return (source, table) in self._touching

    def does(self, source: str, table: str, mode: AccessMode) -> bool:
        """Is it known that a function does something to a table?"""
        return any(key[2] is mode for key in self._touching.get((source, table), ()))

    def facts(self) -> Iterator[TableAccess | Join]:
        """All of them."""
        yield from self.accesses.values()
        yield from self.joins


def _merged(known: TableAccess, made: TableAccess) -> TableAccess:
    return replace(
        known,
        locks=known.locks or made.locks,
        whole=known.whole or made.whole,
        loop_depth=max(known.loop_depth, made.loop_depth),
        confidence=max(known.confidence, made.confidence),
        columns=tuple(sorted({*known.columns, *made.columns})),
    )
