"""Which constant is an expression, and does a test hold for it?"""

from typing import NamedTuple

from decompose.model.facts import Op
from decompose.model.view import Expression, Tested

_MAX_HOPS = 6
_MAKERS = frozenset({"frozenset", "set", "tuple", "list"})


class Constant(NamedTuple):
    """A value that is known; what is not known is None instead."""

    value: object


class Test(NamedTuple):
    """What is asked of a value; `against`: the constants that it is compared with."""

    operator: str
    holds: bool
    against: tuple[object, ...] = ()

    def fails(self, found: Constant) -> bool:
        """Is it known that the lines do not run for a value?"""
        value = found.value
        if self.operator == "true":
            return bool(value) is not self.holds
        if self.operator == "begins":
            begins = isinstance(value, str) and value.startswith(texts(self.against))
            return begins is not self.holds
        is_same = any(value == each and type(value) is type(each) for each in self.against)
        return is_same is not self.holds


def test_of(tested: Tested) -> Test | None:
    """The test of some lines, None where it compares with something unknown."""
    if tested.against is None:
        return Test(tested.operator, tested.holds)
    if tested.operator == "equal":
        constant = known(tested.against)
        return None if constant is None else Test("equal", tested.holds, (constant.value,))
    several = _several(tested.against)
    if several is None and tested.operator == "begins":
        constant = known(tested.against)
        several = None if constant is None else (constant.value,)
    return None if several is None else Test(tested.operator, tested.holds, several)


def texts(values: tuple[object, ...]) -> tuple[str, ...]:
    """Those that are texts."""
    return tuple(each for each in values if isinstance(each, str))


def known(expression: Expression, hops: int = _MAX_HOPS) -> Constant | None:
    """The constant that an expression is; names of constants are followed, displays are true or not."""
    if expression.op is Op.STRING:
        return Constant(expression.string())
    if expression.op is Op.LITERAL:
        value = expression.literal()
        is_none = expression.text() in ("None", "NoneType")
        return Constant(value) if value is not None or is_none else None
    if expression.op is Op.DISPLAY:
        parts = expression.elements
        is_open = any(each.op is Op.STAR for each in parts)
        return None if is_open else Constant(tuple(range(len(parts))))
    if hops == 0 or not _may_name(expression):
        return None
    bound = [each for each in expression.bound_once() if each != expression]
    return known(bound[0], hops - 1) if len(bound) == 1 else None


def _may_name(expression: Expression) -> bool:
    """Is it a name, or an attribute of a class or module? Of an object, each may have its own."""
    if expression.op is Op.NAME:
        return True
    base = expression.base if expression.op is Op.ATTRIBUTE else None
    return base is not None and not base.types() and base.name() is not None


def _several(expression: Expression, hops: int = _MAX_HOPS) -> tuple[object, ...] | None:
    """The constants that a list, tuple or set holds, None where one is unknown."""
    if expression.op is Op.DISPLAY:
        found = [known(each) for each in (expression.keys or expression.elements)]
        values = [each.value for each in found if each is not None]
        return tuple(values) if len(values) == len(found) else None
    if hops == 0:
        return None
    if expression.op is Op.CALL:
        is_made = expression.attribute in _MAKERS and len(expression.arguments) == 1
        return _several(expression.arguments[0], hops - 1) if is_made else None
    bound = [each for each in expression.bound_once() if each != expression]
    named = len(bound) == 1 and _may_name(expression)
    return _several(bound[0], hops - 1) if named else None
