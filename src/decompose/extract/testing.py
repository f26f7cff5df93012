"""Where does code test something that may be known on the way there? `if notify:`, `if request.path in SILENT:`.

What a function is given, and attributes of that, are of interest: who calls may have written a constant, the route has
its path, and the class of an object may say what an attribute holds. The lines that run where a test holds, or where
it fails, become a region; what is tested, and against what, are expressions.
"""

import ast
from collections.abc import Collection, Iterator
from typing import NamedTuple

from decompose.model.facts import RegionKind


class Tested(NamedTuple):
    """A value is tested; `kind` as of the region where that holds."""

    kind: int
    subject: ast.expr
    against: ast.expr | None = None


_TRUE, _EQUAL, _AMONG, _BEGINS, _ASYNC = (
    int(kind)
    for kind in (
        RegionKind.TRUE,
        RegionKind.EQUAL,
        RegionKind.AMONG,
        RegionKind.BEGINS,
        RegionKind.ASYNC,
    )
)
"""Kinds of regions where a test holds; where it fails, the next number."""
_OPERATORS: dict[type[ast.cmpop], tuple[int, bool]] = {
    ast.Eq: (_EQUAL, True),
    ast.Is: (_EQUAL, True),
    ast.In: (_AMONG, True),
    ast.NotEq: (_EQUAL, False),
    ast.IsNot: (_EQUAL, False),
    ast.NotIn: (_AMONG, False),
}
"""The kind of test, and whether it is written the way it is meant."""
_FIXED = (ast.Constant, ast.Name, ast.Attribute)
_LISTS = (ast.Tuple, ast.List, ast.Set)
_PATHS = frozenset({"path", "path_info", "endpoint"})
_WHETHER_ASYNC = frozenset({"iscoroutinefunction", "is_coroutine_function"})
_LOOKING = frozenset(
    {"startswith", "endswith", "getattr", "hasattr", "isinstance", "len", "lower", "upper"}
    | _WHETHER_ASYNC
)
_LOOKED_UP = 2  # arguments of `getattr`, a default apart


def parts(test: ast.expr, *, holds: bool) -> Iterator[tuple[ast.expr, bool]]:
    """What must hold, or with False must not, for a test to hold, or not to: `not a and b` is (a, False), (b, True)."""
    kind = type(test)
    if kind is ast.UnaryOp and type(test.op) is ast.Not:  # type: ignore[attr-defined] # by kind
        yield from parts(test.operand, holds=not holds)  # type: ignore[attr-defined] # by kind
    elif kind is not ast.BoolOp:
        yield test, holds
    elif (type(test.op) is ast.And) is holds:  # type: ignore[attr-defined] # by kind
        for part in test.values:  # type: ignore[attr-defined] # by kind
            yield from parts(part, holds=holds)


def tested(test: ast.expr, given: Collection[str], *, holds: bool) -> Tested | None:
    """What a test without `and`, `or` and `not` tells where it holds, or fails; `given`: the function's parameters."""
    kind = type(test)
    found = None
    if kind is ast.Name or kind is ast.Attribute:
        found = Tested(_TRUE, test) if _is_known(test, given) else None
    elif kind is ast.Compare:
        found = _compared(test, given)  # type: ignore[arg-type] # by kind
    elif kind is ast.Call:
        found = _called(test, given)  # type: ignore[arg-type] # by kind
    return found if found is None or holds else found._replace(kind=opposite(found.kind))


def opposite(kind: int) -> int:
    """The kind of region where a test fails that holds in another, and the other way round."""
    return kind + 1 if (kind - _TRUE) % 2 == 0 else kind - 1


def is_quiet(test: ast.expr) -> bool:
    """Does a test call nothing but what looks at a text, a kind or an attribute?"""
    return all(
        isinstance(node.func, ast.Name | ast.Attribute)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in _LOOKING
        for node in ast.walk(test)
        if isinstance(node, ast.Call)
    )


def _is_known(value: ast.expr, given: Collection[str]) -> bool:
    """Is it what the function is given, or an attribute of that?"""
    if isinstance(value, ast.Attribute):
        value = value.value
    return isinstance(value, ast.Name) and value.id in given


def _compared(test: ast.Compare, given: Collection[str]) -> Tested | None:
    operator = _OPERATORS.get(type(test.ops[0])) if len(test.ops) == 1 else None
    if operator is None:
        return None
    left, right = test.left, test.comparators[0]
    kind, is_meant = operator
    if kind == _EQUAL and isinstance(left, ast.Constant):
        left, right = right, left
    subject = _subject(left, given)
    if subject is None and kind == _EQUAL:
        subject, right = _subject(right, given), left
    if subject is None or not _is_fixed(right):
        return None
    return Tested(kind if is_meant else opposite(kind), subject, right)


def _is_fixed(value: ast.expr) -> bool:
    """May it be a constant, or several?"""
    parts = value.elts if isinstance(value, _LISTS) else [value]
    return all(isinstance(each, _FIXED) for each in parts)


def _subject(value: ast.expr, given: Collection[str]) -> ast.expr | None:
    if isinstance(value, ast.Call):
        return _looked_up(value, given)
    is_path = isinstance(value, ast.Attribute) and value.attr in _PATHS
    return value if is_path or _is_known(value, given) else None


def _called(test: ast.Call, given: Collection[str]) -> Tested | None:
    """`request.path.startswith("/api/")`, `iscoroutinefunction(handler)`, `getattr(order, "_paid", False)`."""
    function = test.func
    name = getattr(function, "attr", None) or getattr(function, "id", "")
    if name == "startswith" and isinstance(function, ast.Attribute) and test.args:
        subject = _subject(function.value, given)
        if subject is None or not _is_fixed(test.args[0]):
            return None
        return Tested(_BEGINS, subject, test.args[0])
    if name in _WHETHER_ASYNC and test.args and isinstance(test.args[0], ast.Name):
        return Tested(_ASYNC, test.args[0])
    attribute = _looked_up(test, given)
    return None if attribute is None else Tested(_TRUE, attribute)


def _looked_up(test: ast.Call, given: Collection[str]) -> ast.Attribute | None:
    """`getattr(order, "_paid", False)` as `order._paid`."""
    is_getattr = isinstance(test.func, ast.Name) and test.func.id == "getattr"
    if not is_getattr or len(test.args) < _LOOKED_UP or not _is_known(test.args[0], given):
        return None
    name, default = test.args[1], test.args[2:]
    is_text = isinstance(name, ast.Constant) and isinstance(name.value, str)
    is_nothing = not default or (isinstance(default[0], ast.Constant) and not default[0].value)
    if not is_text or not is_nothing or not isinstance(test.args[0], ast.Name):
        return None
    return ast.copy_location(ast.Attribute(test.args[0], name.value), test)  # type: ignore[attr-defined] # a constant
