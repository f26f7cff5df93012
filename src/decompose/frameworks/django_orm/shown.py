"""Which tables do templates read, as they follow relations of the rows that they are given?

    {{ order.buyer.name }}                            the buyer
    {% for line in order.lines.all %}{{ line.product }}  lines, and products in a loop

The function that renders is the one that reads.
"""

from collections.abc import Iterable, Iterator

from decompose.frameworks.django_orm.library import COUNTING, ONE, QUERY_METHODS, SEVERAL
from decompose.frameworks.django_orm.values import (
    HERE,
    NONE,
    Evaluator,
    Kind,
    Value,
    Values,
    ordered,
    related,
)
from decompose.model.program import AccessMode, Confidence, Shown, TableAccess
from decompose.model.templates import CALLED, ELEMENT, SHOWN

_MAX_RETURNED = 4
_RUNS = COUNTING | ONE | SEVERAL


def shown_accesses(evaluator: Evaluator) -> Iterator[TableAccess]:
    """Reads by all paths that templates follow."""
    found: dict[tuple[str, str, int], TableAccess] = {}
    for fact in evaluator.view.facts(Shown):
        if isinstance(fact, Shown):
            for access in _followed(evaluator, fact):
                found.setdefault((access.source, access.table, access.loop_depth), access)
    yield from found.values()


def _followed(evaluator: Evaluator, shown: Shown) -> Iterator[TableAccess]:
    start = shown.start
    values = evaluator.values(start) if _is_expression(start) else NONE  # type: ignore[arg-type] # just asked
    depth = 0
    for part in shown.path:
        if not values:
            return
        for table in _read(evaluator, values, part):
            yield TableAccess(
                shown.source, table, AccessMode.READ, shown.site, depth, Confidence.INFERRED
            )
        depth += part == ELEMENT
        values = frozenset(each for value in values for each in _step(evaluator, value, part))


def _is_expression(start: object) -> bool:
    return hasattr(start, "bound_once")


def _read(evaluator: Evaluator, values: Values, part: str) -> Iterator[str]:
    """Tables that a step of a path reads."""
    for value in ordered(values):
        relation = evaluator.models.attributes.get(value.model, {}).get(part)
        is_row = value.kind in (Kind.ROW, Kind.NEW)
        if is_row and relation is not None and not relation.is_many and relation.target:
            if part not in value.loaded:
                yield evaluator.models.tables[relation.target]
        elif _runs(value, part):
            yield evaluator.models.tables[value.model]
            if value.via is not None and value.via.through:
                yield value.via.through


def _runs(value: Value, part: str) -> bool:
    """Is it a related manager whose rows have not come along, and which is asked for them?"""
    if value.kind is not Kind.QUERY or value.via is None or HERE in value.loaded:
        return False
    return part in (ELEMENT, SHOWN) or part in QUERY_METHODS | _RUNS


def _step(evaluator: Evaluator, value: Value, part: str) -> Iterable[Value]:
    """What a step leads to."""
    plain = value._replace(via=None)
    if part in (CALLED, SHOWN):
        return (value,)
    if part == ELEMENT:
        is_several = value.kind in (Kind.QUERY, Kind.ROWS)
        return (plain._replace(kind=Kind.ROW),) if is_several else ()
    if value.kind is Kind.QUERY:
        return _of_query(plain, part)
    if value.kind in (Kind.ROW, Kind.NEW):
        return _of_row(evaluator, value, part)
    return ()


def _of_query(plain: Value, part: str) -> Iterable[Value]:
    if part in ONE:
        return (plain._replace(kind=Kind.ROW),)
    return () if part in COUNTING or part not in QUERY_METHODS | SEVERAL else (plain,)


def _of_row(evaluator: Evaluator, value: Value, part: str) -> Iterable[Value]:
    relation = evaluator.models.attributes.get(value.model, {}).get(part)
    if relation is not None and relation.target:
        return (related(value, part, relation),)
    model = evaluator.view.class_named(value.model)
    method = evaluator.view.function_named((model.method(part) if model else None) or "")
    returned = method.returned[:_MAX_RETURNED] if method is not None else ()
    return [
        each._replace(via=None) for expression in returned for each in evaluator.values(expression)
    ]
