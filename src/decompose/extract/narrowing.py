"""What does a test tell of names? `isinstance(value, Order)`: where it holds, value is an Order."""

import ast
from typing import NamedTuple


class Narrowing(NamedTuple):
    """A name that is an instance of what an expression names."""

    name: ast.Name
    classes: ast.expr


def where_true(test: ast.expr) -> list[Narrowing]:
    """What holds where a test does."""
    kind = type(test)
    if kind is ast.Call:
        return _of_call(test)  # type: ignore[arg-type] # by kind
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
    if kind is ast.BoolOp and type(test.op) is ast.Or:  # type: ignore[attr-defined] # by kind
        return [each for part in test.values for each in where_false(part)]  # type: ignore[attr-defined] # by kind
    return []


def _of_call(call: ast.Call) -> list[Narrowing]:
    is_asked = isinstance(call.func, ast.Name) and call.func.id == "isinstance"
    if not is_asked or len(call.args) < len(("object", "classes")):
        return []
    value, classes = call.args[0], call.args[1]
    if isinstance(value, ast.NamedExpr):
        value = value.target
    return [Narrowing(value, classes)] if isinstance(value, ast.Name) and _names(classes) else []


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
    if not isinstance(subject, ast.Name) or not classes:
        return []
    line = pattern.lineno
    named = classes[0] if len(classes) == 1 else ast.Tuple(classes, ast.Load(), lineno=line)
    return [Narrowing(subject, named)]


def _classes(pattern: ast.pattern) -> list[ast.expr]:
    if isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
        return _classes(pattern.pattern)
    if isinstance(pattern, ast.MatchClass):
        return [pattern.cls]
    if isinstance(pattern, ast.MatchOr):
        found = [_classes(each) for each in pattern.patterns]
        return [one for each in found for one in each] if all(found) else []
    return []
