"""Classes and functions that answer without being named: implementers of protocols, single dispatch."""

from collections.abc import Callable, Iterator

from decompose.link.hierarchy import Order, class_symbols
from decompose.link.values import CLASS, TAG_BITS, TAG_MASK
from decompose.link.world import World
from decompose.model import ops
from decompose.model.facts import NOTHING, DefinitionKind

MAX_IMPLEMENTERS = 8
"""A protocol that more classes fit by chance is taken to tell nothing."""
_DISPATCHERS = frozenset(["singledispatch", "singledispatchmethod"])


def implementers(
    world: World,
    orders: dict[int, Order],
    protocols: list[int],
    is_property: Callable[[int, str], bool],
) -> dict[int, list[int]]:
    """Protocol -> classes that define or inherit each of its methods, without naming it."""
    wanted = {symbol: _methods(world, symbol) for symbol in protocols}
    names = frozenset().union(*wanted.values())
    defining: dict[str, set[int]] = {name: set() for name in names}
    for symbol in class_symbols(world) if names else ():
        for base in orders[symbol]:
            if base & TAG_MASK == CLASS:
                for name in names & world.members(base >> TAG_BITS).keys():
                    if not is_property(base >> TAG_BITS, name):
                        defining[name].add(symbol)
    found: dict[int, list[int]] = {}
    for protocol, methods in wanted.items():
        fitting = set.intersection(*[defining[name] for name in methods]) if methods else set()
        named = {each for each in fitting if protocol << TAG_BITS | CLASS in orders[each]}
        others = fitting - named - wanted.keys()
        if 0 < len(others) <= MAX_IMPLEMENTERS:
            found[protocol] = sorted(others)
    return found


def _methods(world: World, symbol: int) -> frozenset[str]:
    """Names of the methods that a class itself defines, those of Python's own protocols left out."""
    module = world.module_of[symbol]
    facts = world.facts[module]
    return frozenset(
        name
        for name, entries in world.members(symbol).items()
        if not name.startswith("__")
        and any(
            entry >= 0
            and facts.bindings.value[entry] != NOTHING
            and facts.expressions.op[facts.bindings.value[entry]] == ops.DEFINITION
            for entry in entries
        )
    )


def registrations(
    world: World, marks: Callable[[int], frozenset[str]]
) -> Iterator[tuple[int, int, int]]:
    """(function, row of what its decorator registers with, row of the class that it is for or NOTHING).

    `@show.register`, `@show.register(Order)`.
    """
    dispatching = any(
        definition.decorators and not _DISPATCHERS.isdisjoint(marks(world.symbol(module, scope)))
        for module, facts in enumerate(world.facts)
        for scope, definition in enumerate(facts.definitions)
        if definition.kind is not DefinitionKind.CLASS
    )
    for module, facts in enumerate(world.facts) if dispatching else ():
        for scope, definition in enumerate(facts.definitions):
            for row in definition.decorators:
                found = _registers(world, module, row)
                if found is not None:
                    yield world.symbol(module, scope), *found


def _registers(world: World, module: int, row: int) -> tuple[int, int] | None:
    facts = world.facts[module]
    op, a, b = facts.expressions.op, facts.expressions.a, facts.expressions.b
    kind = NOTHING
    if op[row] == ops.CALL:
        offset = b[row]
        kind = facts.expressions.items[offset + 1] if facts.expressions.items[offset] else NOTHING
        row = a[row]
    if op[row] != ops.ATTRIBUTE or facts.strings[b[row]] != "register":
        return None
    return a[row], kind


def is_dispatcher(marks: frozenset[str]) -> bool:
    """Does a function with these decorators dispatch by the class of its argument?"""
    return not _DISPATCHERS.isdisjoint(marks)
