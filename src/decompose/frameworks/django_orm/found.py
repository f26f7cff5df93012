"""Accesses as they are found, one a function, table, mode and place."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from decompose.frameworks.django_orm.values import Value
from decompose.model.program import AccessMode, Confidence, Fact, TableAccess
from decompose.model.source import Site
from decompose.model.view import Expression


def access(
    call: Expression,
    table: str,
    mode: AccessMode,
    site: Site,
    value: Value,
    columns: tuple[str, ...] = (),
) -> TableAccess:
    """An access by a call; as sure as the value that it is made to."""
    confidence = Confidence.EXACT if value.is_sure else Confidence.INFERRED
    return TableAccess(call.owner, table, mode, site, call.loop_depth, confidence, columns)


def gathered(facts: Iterable[Fact]) -> Iterator[Fact]:
    """The same facts, accesses at one place as one: its columns are those of all."""
    known: dict[tuple[str, str, AccessMode, Site], TableAccess] = {}
    for fact in facts:
        if isinstance(fact, TableAccess):
            key = (fact.source, fact.table, fact.mode, fact.site)
            before = known.get(key)
            known[key] = fact if before is None else _merged(before, fact)
        else:
            yield fact
    yield from known.values()


def _merged(known: TableAccess, made: TableAccess) -> TableAccess:
    columns = known.columns
    if made.columns != columns:
        columns = tuple(sorted({*columns, *made.columns}))
    return replace(
        known,
        loop_depth=max(known.loop_depth, made.loop_depth),
        confidence=max(known.confidence, made.confidence),
        columns=columns,
        locks=known.locks or made.locks,
        whole=known.whole or made.whole,
    )
