"""What does a test tell of a value? `isinstance(value, Order)`: where it holds, value is an Order.

The same is told by `type(value) is Order`, by `case Order():`, and by functions of the program that return a
`TypeGuard` or `TypeIs`; `issubclass(kind, Order)` tells of a class. What is told may be of a name, or of an attribute
that a name leads to (`self.order`).
"""

import ast
import re
from typing import NamedTuple

from decompose.model.facts import Op

_NARROW, _BELOW, _GUARDED = int(Op.NARROW), int(Op.BELOW), int(Op.GUARDED)
_ASKING = {"isinstance": _NARROW, "issubclass": _BELOW}
_GUARD = re.compile(r"_?(is|has)_?\w+")
_SAME, _OTHER = (ast.Is, ast.Eq), (ast.IsNot, ast.NotEq)


class Narrowing(NamedTuple):
    """A name or attribute of which an expression tells more, and how: an `Op` of those that narrow."""

    value: ast.Name | ast.Attribute
    told: ast.expr
    op: int = _NARROW


def where_true(test: ast.expr) -> list[Narrowing]:
    """What holds where a test does."""
    kind = type(test)
    if kind is ast.Call:
        return _of_call(test)  # type: ignore[arg-type] # by kind
    if kind is ast.Compare:
        return _of_type(test, _SAME)  # type: ignore[arg-type] # by kind
    if kind is ast.BoolOp and type(test.op) is ast.And:  # type: ignore[attr-defined] # by kind
        return [each for part in test.values for each in where_true(part)]  # type: ignore[attr-defined] # by kind
    if kind is ast.UnaryOp and type(test.op) is ast.Not:  # type: ignore[attr-defined] # by kind
        return where_false(test.operand)  # type: ignore[attr-defined] # by kind
    return []


def where_false(test: ast.expr) -> list[Narrowing]:
    """What holds where a test does not."""
    kind = type(test)
    if kind is ast.UnaryOp and type(test.op) is ast.Not:  # type: ignore[attr-defined] # by kind
        return where_true(test.operand)  # type: ignore[attr-defined] # by kind
    if kind is ast.Compare:
        return _of_type(test, _OTHER)  # type: ignore[arg-type] # by kind
    if kind is ast.BoolOp and type(test.op) is ast.Or:  # type: ignore[attr-defined] # by kind
        return [each for part in test.values for each in where_false(part)]  # type: ignore[attr-defined] # by kind
    return []


def paths(told: list[Narrowing]) -> list[Narrowing]:
    """Those that tell of attributes."""
    return [each for each in told if type(each.value) is ast.Attribute]


def _of_call(call: ast.Call) -> list[Narrowing]:
    function, given = call.func, call.args
    if not given or call.keywords:
        return []
    op = _ASKING.get(getattr(function, "id", ""))
    value = _place(given[0])
    if value is None:
        return []
    if op is None:
        is_guard = isinstance(function, ast.Name) and _GUARD.match(function.id)
        return [Narrowing(value, function, _GUARDED)] if is_guard and len(given) == 1 else []
    is_told = len(given) == len(("object", "classes")) and _names(given[1])
    return [Narrowing(value, given[1], op)] if is_told else []


def _of_type(test: ast.Compare, operators: tuple[type[ast.cmpop], ...]) -> list[Narrowing]:
    """`type(value) is Order`."""
    left, right = test.left, test.comparators[0]
    if (
        len(test.ops) > 1
        or not isinstance(test.ops[0], operators)
        or not isinstance(left, ast.Call)
    ):
        return []
    is_asked = getattr(left.func, "id", "") == "type" and len(left.args) == 1
    value = _place(left.args[0]) if is_asked else None
    return [Narrowing(value, right)] if value is not None and _names(right) else []


def _place(value: ast.expr) -> ast.Name | ast.Attribute | None:
    """The name or attribute that a value is read from."""
    if isinstance(value, ast.NamedExpr):
        return value.target
    if isinstance(value, ast.Name):
        return value
    root: ast.expr = value
    while isinstance(root, ast.Attribute):
        root = root.value
    return value if isinstance(value, ast.Attribute) and isinstance(root, ast.Name) else None


def _names(classes: ast.expr) -> bool:
    """Is it written as classes: `Order`, `models.Order`, `(Order, Invoice)`, `Order | Invoice`?"""
    if isinstance(classes, ast.Tuple):
        return all(map(_names, classes.elts))
    if isinstance(classes, ast.BinOp):
        return _names(classes.left) and _names(classes.right)
    while isinstance(classes, ast.Attribute):
        classes = classes.value
    return isinstance(classes, ast.Name)


def of_pattern(subject: ast.expr, pattern: ast.pattern) -> list[Narrowing]:
    """What holds where a `case` fits."""
    classes = _classes(pattern)
    place = _place(subject)
    if place is None or not classes:
        return []
    line = pattern.lineno
    named = classes[0] if len(classes) == 1 else ast.Tuple(classes, ast.Load(), lineno=line)
    return [Narrowing(place, named)]


def _classes(pattern: ast.pattern) -> list[ast.expr]:
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
        return _classes(pattern.pattern)
    if isinstance(pattern, ast.MatchClass):
        return [pattern.cls]
    if isinstance(pattern, ast.MatchOr):
        found = [_classes(each) for each in pattern.patterns]
        return [one for each in found for one in each] if all(found) else []
    return []
