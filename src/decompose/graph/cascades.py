"""What do deletions take along? Rows of other tables, by their foreign keys and by what mappers are told.

A key that says CASCADE deletes the rows that refer to a deleted one, and what refers to those; one that says SET NULL
or the like updates them. No line of the program does it, so it is told apart from what is touched.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from decompose.model.program import PREFIXES, AccessMode, NodeKind
from decompose.model.source import Site

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from decompose.graph.analysis import Program
    from decompose.graph.effects import Touched

_DELETING = frozenset({"CASCADE", "DB_CASCADE"})
_UPDATING = frozenset({"SET", "SET_NULL", "SET_DEFAULT", "DB_SET_NULL", "DB_SET_DEFAULT"})


@dataclass
class Cascades:
    """Table -> what is done to other tables as its rows are deleted, with the places that say so."""

    program: Program
    direct: dict[int, dict[Touched, Site]] = field(init=False)

    def __post_init__(self) -> None:
        self.direct = defaultdict(dict)
        index, prefix = self.program.graph.index, PREFIXES[NodeKind.TABLE]
        for deleted, target, mode, site in self._told():
            nodes = index.get(prefix + deleted), index.get(prefix + target)
            if nodes[0] is not None and nodes[1] is not None:
                self.direct[nodes[0]].setdefault((nodes[1], mode), site)

    def of(self, touched: Iterable[Touched]) -> frozenset[Touched]:
        """What the deletions among some accesses take along, without what is done to the same tables anyway."""
        own = frozenset(touched)
        found: set[Touched] = set()
        waiting = [table for table, mode in own if mode is AccessMode.DELETE]
        for table in waiting:
            for each in self.direct.get(table, ()):
                if each not in found:
                    found.add(each)
                    if each[1] is AccessMode.DELETE:
                        waiting.append(each[0])
        return frozenset(found) - own

    def _told(self) -> Iterator[tuple[str, str, AccessMode, Site]]:
        """(table whose rows are deleted, table that is changed, how, the place)."""
        for table in self.program.tables:
            for column in table.columns:
                mode = _mode(column.on_delete) if column.references else None
                if mode is not None:
                    site = Site(table.site.path, column.line or table.site.line)
                    yield column.references.rpartition(".")[0], table.name, mode, site
        for each in self.program.cascades:
            yield each.table, each.target, each.mode, each.site


def _mode(on_delete: str) -> AccessMode | None:
    word = on_delete.upper().replace(" ", "_")
    if word in _DELETING:
        return AccessMode.DELETE
    return AccessMode.UPDATE if word in _UPDATING else None
