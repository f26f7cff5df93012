"""Which calls pass constants for which tests of whom they call fail? `send(order, notify=False)` skips `if notify:`.

A parameter that is left out has its default. One that is handed on unchanged (`send(order, notify=notify)`) makes the
test one of the caller's own parameter, as far as `_MAX_HOPS` calls.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from decompose.frameworks.conditions.constants import Constant, Test, known
from decompose.frameworks.conditions.numbers import Conditions, Key
from decompose.model.facts import Op
from decompose.model.source import Site
from decompose.model.view import Expression, FunctionView, ProgramView

_MAX_HOPS = 3
_MAX_CALLERS = 2000
_NEUTRAL = frozenset(
    {
        "abstractmethod",
        "asynccontextmanager",
        "atomic",
        "cache",
        "cached",
        "classmethod",
        "contextmanager",
        "lru_cache",
        "overload",
        "override",
        "property",
        "receiver",
        "shared_task",
        "staticmethod",
        "task",
    }
)
"""Decorators that hand on what a function is given as it is."""
_TELLING = frozenset({Op.STRING, Op.LITERAL, Op.DISPLAY, Op.NAME, Op.ATTRIBUTE})
"""Of these expressions the value may be known."""


class Passed(NamedTuple):
    """What a call passes: a constant, or a parameter of the caller's own; neither where it may be anything."""

    constant: Constant | None = None
    given: str = ""


_OPEN = Passed()


@dataclass(frozen=True, slots=True)
class _Callee:
    """How a function takes its arguments."""

    names: Sequence[str]
    defaults: dict[str, Expression]
    is_method: bool
    is_plain: bool  # no decorator may pass it anything


def follow_calls(conditions: Conditions, view: ProgramView) -> None:
    """Find what the callers of functions with tests rule out, and their callers."""
    wanted = {
        (function, key)
        for function, keys in conditions.lines.items()
        for key in keys
        if key[0] and view.function_named(function) is not None
    }
    done: set[tuple[str, Key]] = set()
    for _ in range(_MAX_HOPS):
        fresh = sorted(wanted - done, key=repr)
        done |= wanted
        wanted = set()
        for function, found in groupby(fresh, key=lambda each: each[0]):
            wanted.update(_of_callers(conditions, view, function, [key for _, key in found]))


def _of_callers(
    conditions: Conditions, view: ProgramView, function: str, keys: list[Key]
) -> Iterator[tuple[str, Key]]:
    """What the callers of a function rule out; the tests that are theirs, too, are given back."""
    definition = view.function_named(function)
    if definition is None:
        return
    callee = _callee(definition, view)
    names = list(dict.fromkeys(name for name, _ in keys))
    calls: dict[tuple[str, Site], list[Expression]] = defaultdict(list)
    for count, call in enumerate(view.calls_of(function)):
        if count == _MAX_CALLERS:
            return
        calls[call.owner, call.site].append(call)
    for (caller, site), at_once in calls.items():
        if caller == function:
            continue
        told = [_passed(call, names, callee) for call in at_once]
        for name, test in keys:
            own = _ruling([each[name] for each in told], test)
            if own is None:
                continue
            if own == "":
                conditions.rule_out(caller, site, (function, (name, test)))
                continue
            key = (own, test)
            number = conditions.number(caller, key)
            conditions.rule_out(caller, site, (function, (name, test)), number)
            yield caller, key


def _ruling(passed: Iterable[Passed], test: Test) -> str | None:
    """By which parameter of the caller is a test ruled out, "" if in any case; None if it is not."""
    given: set[str] = set()
    for each in passed:
        if each.constant is not None:
            if not test.fails(each.constant):
                return None
        elif each.given:
            given.add(each.given)
        else:
            return None
    return (given or {""}).pop() if len(given) <= 1 else None


def _callee(function: FunctionView, view: ProgramView) -> _Callee:
    names = [name for name, _, _ in function.parameters]
    return _Callee(
        names,
        {name: default for name, _, default in function.parameters if default is not None},
        bool(names) and view.class_named(function.owner) is not None and not _is_static(function),
        all(each.attribute in _NEUTRAL for each in function.decorators),
    )


def _is_static(function: FunctionView) -> bool:
    return any(each.attribute == "staticmethod" for each in function.decorators)


def _passed(call: Expression, names: Sequence[str], callee: _Callee) -> dict[str, Passed]:
    """What a call passes for parameters."""
    keywords, unpacked = call.keywords, call.unpacked
    is_plain = callee.is_plain and not unpacked and not _is_unbound(call, callee)
    arguments = call.arguments if is_plain else ()
    found: dict[str, Passed] = {}
    for name in names:
        value = keywords.get(name)
        if value is None and unpacked:
            value = _among(unpacked, name)
        elif value is None and is_plain and name in callee.names:
            position = callee.names.index(name) - callee.is_method
            is_written = 0 <= position < len(arguments)
            value = arguments[position] if is_written else callee.defaults.get(name)
        found[name] = _OPEN if value is None else value_of(value)
    return found


def value_of(value: Expression) -> Passed:
    """What is known of a value that is passed."""
    if value.op not in _TELLING:
        return _OPEN
    constant = known(value)
    return Passed(constant) if constant is not None else Passed(given=value.parameter)


def _is_unbound(call: Expression, callee: _Callee) -> bool:
    """`Order.save(order)`: is a method called on its class, so that its object is an argument?"""
    base = call.base
    return callee.is_method and base is not None and bool(base.symbols()) and not base.types()


def _among(unpacked: Sequence[Expression], name: str) -> Expression | None:
    """A value of `**payload`, where that is a display that is seen."""
    found = []
    for each in unpacked:
        for display in each.bound_once():
            if display.op is not Op.DISPLAY:
                return None
            for key, value in zip(display.keys, display.elements, strict=False):
                if key.string() == name:
                    found.append(value)
    return found[-1] if len(found) == 1 else None
