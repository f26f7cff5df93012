"""Who sets off a mapper's events? Those who create, update or delete rows of the class listened to.

A row whose collection has changed counts as updated, though no column of it has.
"""

from collections.abc import Iterator

from decompose.frameworks.sqlalchemy_access.collector import Collector
from decompose.frameworks.sqlalchemy_access.entities import Entities
from decompose.model.program import AccessMode, Handler, Mediated

_MODES = {
    "insert": AccessMode.CREATE,
    "update": AccessMode.UPDATE,
    "delete": AccessMode.DELETE,
}


def listened(entities: Entities, found: Collector) -> Iterator[Mediated]:
    """Calls from accesses to the listeners of what they do."""
    by_table: dict[tuple[str, AccessMode], list[str]] = {}
    for fact in entities.view.facts(Handler):
        mode = _mode(fact.signal) if isinstance(fact, Handler) and fact.sender else None
        if mode is not None and isinstance(fact, Handler):
            for table in entities.chain(fact.sender):
                by_table.setdefault((table, mode), []).append(fact.handler)
    for key, access in found.accesses.items():
        if key in found.in_bulk:
            continue
        for handler in dict.fromkeys(by_table.get((access.table, access.mode), ())):
            yield Mediated(access.source, handler, access.site, "sqlalchemy")
    for source, table, site in found.refilled:
        for handler in dict.fromkeys(by_table.get((table, AccessMode.UPDATE), ())):
            yield Mediated(source, handler, site, "sqlalchemy")


def _mode(signal: str) -> AccessMode | None:
    """`signal:sqlalchemy.after_insert` -> create."""
    if not signal.startswith("signal:sqlalchemy."):
        return None
    when, _, what = signal.rpartition(".")[2].partition("_")
    return _MODES.get(what) if when in ("after", "before") else None
