"""Which other tables does a query join, by the names that its methods are given?

`filter(order__customer__email=…)` joins orders and customers; `filter(order__pk=…)` joins nothing, the key is at
hand; `select_related("order")` reads orders.
"""

from collections.abc import Iterator

from decompose.frameworks.django_orm.library import LOADING
from decompose.frameworks.django_orm.relations import Models, Relation
from decompose.model.facts import Op
from decompose.model.view import Expression

_BY_KEYWORD = frozenset(
    {"filter", "exclude", "get", "complex_filter", "Q", "aget", "get_or_create", "When"}
)
_BY_NAME = frozenset(
    {"values", "values_list", "order_by", "F", "only", "defer", "OuterRef", "dates", "datetimes"}
)
_FIELDS = frozenset({"annotate", "aggregate", "alias", "aaggregate"})
_KEYS = frozenset({"pk", "id", "in", "isnull", "exact", "gt", "gte", "lt", "lte", "range"})
_MAX_ARGUMENTS = 40


def joined(models: Models, model: str, call: Expression) -> list[str]:
    """Tables that a method of a query of a model reads beside the model's own, in order."""
    found: dict[str, None] = {}
    for path, is_loaded in paths(call):
        found.update(dict.fromkeys(_tables(models, model, path, is_loaded=is_loaded)))
    return [table for table in found if table]


def paths(call: Expression) -> Iterator[tuple[str, bool]]:
    """(path of a lookup, is what it leads to read itself)."""
    name = call.attribute
    if name in LOADING:
        for argument in call.arguments:
            inner = (
                argument.arguments[0] if argument.op is Op.CALL and argument.arguments else argument
            )
            yield inner.string() or "", True
        return
    if name in _BY_KEYWORD:
        yield from ((keyword, False) for keyword in call.keywords)
    if name in _BY_NAME:
        yield from (((argument.string() or "").lstrip("-"), False) for argument in call.arguments)
    if name in _BY_KEYWORD or name in _BY_NAME or name in _FIELDS:
        for argument in [*call.arguments, *call.keywords.values()][:_MAX_ARGUMENTS]:
            yield from _inner(argument)


def _inner(argument: Expression) -> Iterator[tuple[str, bool]]:
    """Paths in `Q(…)`, `F(…)`, `Count(…)` and what is put together of them."""
    if argument.op in (Op.BINARY, Op.UNION):
        for element in argument.elements:
            yield from _inner(element)
    if argument.op is not Op.CALL or not argument.attribute[:1].isupper():
        return
    if argument.attribute in _BY_KEYWORD or argument.attribute in _BY_NAME:
        yield from paths(argument)
        return
    for each in [
        *argument.arguments,
        *argument.keywords.values(),
    ]:  # an aggregate or database function
        if each.op is Op.STRING:
            yield each.string() or "", False
        else:
            yield from _inner(each)


def _tables(models: Models, model: str, path: str, *, is_loaded: bool) -> Iterator[str]:
    parts = path.split("__")
    for position, part in enumerate(parts):
        relation = models.lookups.get(model, {}).get(part)
        if is_loaded:  # `prefetch_related` goes by the names of attributes
            relation = models.attributes.get(model, {}).get(part, relation)
        if relation is None:
            return
        yield relation.through
        if is_loaded or _is_read(relation, parts[position + 1 :]):
            yield models.tables.get(relation.target, "")
        model = relation.target


def _is_read(relation: Relation, rest: list[str]) -> bool:
    """The row at the other end of a key is only read for columns beyond its own key."""
    if relation.is_own or relation.through:
        return bool(rest) and rest[0] not in _KEYS
    return True
