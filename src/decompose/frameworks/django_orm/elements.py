"""What are parts of values? One row of a query, what a loop gives, what is unpacked."""

from decompose.frameworks.django_orm.cleaned import cleaned
from decompose.frameworks.django_orm.parameters import keyword_values
from decompose.frameworks.django_orm.values import (
    NONE,
    Evaluator,
    Kind,
    Value,
    Values,
    as_kind,
    union,
)
from decompose.model.facts import Op
from decompose.model.view import Expression


def subscript(evaluator: Evaluator, expression: Expression) -> Values:
    """`rows[0]`, `by_id[key]`: a row; a slice: the same again."""
    index = expression.keys[0] if expression.keys else None
    is_slice = index is None or index.op is Op.UNKNOWN
    found: set[Value] = set()
    for each in evaluator.values(expression.base):
        if each.kind in (Kind.QUERY, Kind.ROWS):
            found.add(each if is_slice else each._replace(kind=Kind.ROW, via=None))
        elif each.kind is Kind.PAIR:
            found.add(each._replace(kind=Kind.ROW))
    if not found and index is not None and expression.base is not None:
        return held(evaluator, expression.base, index.string())
    return frozenset(found)


def held(evaluator: Evaluator, mapping: Expression, key: str | None) -> Values:
    """What a mapping of a signal's keywords, or of checked input, holds under a key."""
    return keyword_values(evaluator, mapping, key) or cleaned(evaluator, mapping, key)


def element(evaluator: Evaluator, iterable: Expression | None) -> Values:
    """What iterating gives."""
    if iterable is None:
        return NONE
    displays = [each for each in iterable.bound() if each.op is Op.DISPLAY]
    if displays:
        return union(evaluator, [element for each in displays for element in each.elements])
    found = (each for each in evaluator.values(iterable) if each.kind in (Kind.QUERY, Kind.ROWS))
    return as_kind(Kind.ROW, found)


def item(evaluator: Evaluator, expression: Expression) -> Values:
    """One part of what is unpacked: of a pair, of an element of `enumerate`, `zip` or `items`, of several rows."""
    whole, position = expression.base, expression.position
    if whole is None:
        return NONE
    source = whole.base if whole.op is Op.ELEMENT else None
    if (
        source is not None
        and source.op is Op.CALL
        and source.attribute in ("enumerate", "zip", "items")
    ):
        return _item_of_call(evaluator, source, position)
    if whole.op is Op.DISPLAY:
        return (
            evaluator.values(whole.elements[position])
            if 0 <= position < len(whole.elements)
            else NONE
        )
    found = evaluator.values(whole)
    pairs = [each for each in found if each.kind is Kind.PAIR]
    if pairs:
        return as_kind(Kind.ROW, pairs) if position == 0 else NONE
    return as_kind(Kind.ROW, (each for each in found if each.kind in (Kind.QUERY, Kind.ROWS)))


def _item_of_call(evaluator: Evaluator, source: Expression, position: int) -> Values:
    arguments = source.arguments
    if source.attribute == "items":
        values = (each for each in evaluator.values(source.base) if each.kind is Kind.ROWS)
        return as_kind(Kind.ROW, values) if position == 1 else NONE
    if source.attribute == "enumerate":
        return element(evaluator, arguments[0]) if position == 1 and arguments else NONE
    return element(evaluator, arguments[position]) if 0 <= position < len(arguments) else NONE
