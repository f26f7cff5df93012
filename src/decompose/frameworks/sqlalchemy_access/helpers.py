"""Queries behind helpers: a function that is given the model accesses it for its caller.

`get_or_404(Order, key)` reads orders where it is called, not in `get_or_404`, which knows no
table. So for each entity that is a parameter (or a class attribute of one: `self.model`) the calls
of the function are asked what they pass, and their functions' callers in turn.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from decompose.frameworks.sqlalchemy_access.collector import Collector, place_of
from decompose.frameworks.sqlalchemy_access.entities import Entities
from decompose.model.facts import Op
from decompose.model.program import AccessMode, Confidence
from decompose.model.view import Expression, FunctionView

_MAX_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class _Slot:
    """A parameter of a function, or an attribute of what it is given."""

    function: str
    parameter: str
    attribute: str
    mode: AccessMode


def follow(
    entities: Entities, found: Collector, unknown: list[tuple[Expression, AccessMode]]
) -> None:
    """Add the accesses of those who call helpers."""
    waiting = list(dict.fromkeys(slot for each in unknown for slot in _slots(entities, *each)))
    seen = set(waiting)
    for _ in range(_MAX_ROUNDS):
        nearer: list[_Slot] = []
        for slot in waiting:
            for call in entities.view.calls_of(slot.function):
                nearer.extend(_given(entities, found, slot, call))
        waiting = [slot for slot in dict.fromkeys(nearer) if slot not in seen]
        seen.update(waiting)


def _slots(entities: Entities, expression: Expression, mode: AccessMode) -> Iterator[_Slot]:
    """The parameter that an unknown entity is, or is an attribute of."""
    attribute = ""
    if expression.op is Op.CALL and expression.attribute in ("type", "max", "count", "min", "sum"):
        inner = expression.arguments[:1]
        yield from (slot for each in inner for slot in _slots(entities, each, mode))
        return
    base: Expression | None = expression
    if expression.op is Op.ATTRIBUTE:
        attribute, base = expression.attribute, expression.base
    function = entities.view.function_named(expression.owner)
    if base is None or base.op is not Op.NAME or function is None:
        return
    if any(name == base.text() for name, _, _ in function.parameters):
        yield _Slot(function.name, base.text(), attribute, mode)


def _given(entities: Entities, found: Collector, slot: _Slot, call: Expression) -> Iterator[_Slot]:
    function = entities.view.function_named(slot.function)
    for given in _arguments(function, slot.parameter, call) if function is not None else ():
        tables = list(_tables(entities, given, slot))
        if entities.is_open(given) and not _is_one_row(entities, given, slot):
            tables = []
        if tables:
            untold = [each for each in tables if not found.does(slot.function, each, slot.mode)]
            found.add(place_of(call), untold, slot.mode, Confidence.INFERRED)
        else:
            yield from _handed_on(slot, _slots(entities, given, slot.mode))


def _handed_on(slot: _Slot, given: Iterator[_Slot]) -> Iterator[_Slot]:
    """What a caller was given itself: the parameter as it is, for the attribute that is asked of it."""
    for each in given:
        if not slot.attribute:
            yield each
        elif not each.attribute:
            yield replace(each, attribute=slot.attribute)


def _is_one_row(entities: Entities, given: Expression, slot: _Slot) -> bool:
    """Is it a row of one known class, that its function means to delete?"""
    rows = set(entities.of_instance(given))
    return slot.mode is AccessMode.DELETE and len(rows) == 1


def _tables(entities: Entities, given: Expression, slot: _Slot) -> Iterator[str]:
    classes = [*given.symbols(), *entities.of_instance(given)]
    if slot.attribute:
        classes.extend(_of_receiver(entities, given, slot.attribute))
    for name in classes:
        chain = entities.chain(name)
        yield from chain[:1] if slot.mode is AccessMode.UPDATE else chain
        yield from entities.eager(name) if slot.mode is AccessMode.READ else ()


def _of_receiver(entities: Entities, given: Expression, attribute: str) -> Iterator[str]:
    """The model that a repository is for: its class's attribute, what it is made with, or `Repository[Order]`."""
    for name in [*given.symbols(), *(each.partition("[")[0] for each in given.types())]:
        own = entities.view.class_named(name)
        value = own.attribute(attribute) if own is not None else None
        found = value.symbols() if value is not None else ()
        yield from found
        for base in own.bases if own is not None and not found else ():
            for index in base.keys:
                yield from index.symbols()
    for made in given.bound():
        if made.op is Op.CALL and made != given:
            for argument in [*made.arguments, *made.keywords.values()]:
                yield from argument.symbols()


def _arguments(function: FunctionView, parameter: str, call: Expression) -> Iterator[Expression]:
    """What a call passes for a parameter; for the first one of a method, the receiver."""
    names = [name for name, _, _ in function.parameters]
    position = names.index(parameter) if parameter in names else -1
    bound = names[:1] in (["self"], ["cls"], ["mcs"])
    if parameter in call.keywords:
        yield call.keywords[parameter]
    elif bound and position == 0:
        yield from filter(None, [call.base])
    elif position >= 0:
        place = position - 1 if bound else position
        yield from call.arguments[place : place + 1]
