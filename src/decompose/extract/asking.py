"""Where does code ask by which HTTP method it was called? `if request.method == "POST"`: what stands in it runs then.

What is told is written as a text of method names, or as the expression that names them (`SAFE_METHODS`); actions of
view sets (`self.action == "list"`) as a text that begins with `ACTION`. A receiver of saved rows asks alike whether
the row is new (`if created:`): that is told as `CREATED`.
"""

import ast
from typing import NamedTuple

ACTION = "action:"
CREATED = "created"
_VERBS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
_SENDING = "POST,PUT,PATCH,DELETE"
_BODIES = {"POST": "POST", "FILES": "POST"}
"""Attributes of a Django request that hold something only after such a method."""
_SUBMITTED = frozenset({"validate_on_submit", "is_submitted"})
_CASES = frozenset({"lower", "upper"})
_ASKED = frozenset({"method", "action"})
_REQUESTS = ("request", "req")


class Told(NamedTuple):
    """The method is one of those named, or with `is_not` none of them."""

    names: str
    expression: ast.expr | None = None
    is_not: bool = False


def told(test: ast.expr, *, holds: bool) -> list[Told]:
    """What a test without `and`, `or` and `not` tells where it holds, or with False where it fails."""
    kind = type(test)
    if kind is ast.Name:
        return [Told(CREATED, is_not=not holds)] if test.id == CREATED else []  # type: ignore[attr-defined] # by kind
    if kind is ast.Compare:
        found = _compared(test)  # type: ignore[arg-type] # by kind
        return found if holds else [each._replace(is_not=not each.is_not) for each in found]
    return _sent(test) if holds and (kind is ast.Attribute or kind is ast.Call) else []


def _compared(test: ast.Compare) -> list[Told]:
    """`request.method == "POST"`, `request.method not in SAFE_METHODS`, `self.action in ("list", "retrieve")`."""
    asked = test.left
    while isinstance(asked, ast.Call) and isinstance(asked.func, ast.Attribute):
        if asked.func.attr not in _CASES:
            return []
        asked = asked.func.value
    if not isinstance(asked, ast.Attribute) or len(test.ops) != 1:
        return []
    operator, values = type(test.ops[0]), test.comparators[0]
    if asked.attr not in _ASKED or operator not in (ast.Eq, ast.NotEq, ast.In, ast.NotIn):
        return []
    is_not = operator in (ast.NotEq, ast.NotIn)
    if asked.attr == "method":
        return _of_method(asked, values, is_not=is_not)
    names = _texts(values)
    is_own = isinstance(asked.value, ast.Name) and asked.value.id == "self"
    if asked.attr == "action" and is_own and names:
        return [Told(ACTION + ",".join(names), is_not=is_not)]
    return []


def _of_method(asked: ast.Attribute, values: ast.expr, *, is_not: bool) -> list[Told]:
    names = [each.upper() for each in _texts(values)]
    if names:
        return [Told(",".join(names), is_not=is_not)] if _VERBS.issuperset(names) else []
    if isinstance(values, ast.Name | ast.Attribute) and _is_request(asked.value):
        return [Told("", values, is_not=is_not)]
    return []


def _texts(values: ast.expr) -> list[str]:
    parts = values.elts if isinstance(values, ast.Tuple | ast.List | ast.Set) else [values]
    texts = [each.value for each in parts if isinstance(each, ast.Constant)]
    known = [each for each in texts if isinstance(each, str) and each]
    return known if len(known) == len(parts) else []


def _sent(test: ast.expr) -> list[Told]:
    """`request.POST`, `form.validate_on_submit()`."""
    if isinstance(test, ast.Call):
        asked = test.func
        is_sent = isinstance(asked, ast.Attribute) and asked.attr in _SUBMITTED
        return [Told(_SENDING)] if is_sent else []
    if isinstance(test, ast.Attribute) and test.attr in _BODIES and _is_request(test.value):
        return [Told(_BODIES[test.attr])]
    return []


def _is_request(node: ast.expr) -> bool:
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return str(name).lower().endswith(_REQUESTS)
