"""Classes: their bases, method resolution order, subclasses, and who answers to an attribute."""

from collections.abc import Iterator

from decompose.link.values import CLASS, EXTERNAL, TAG_BITS, TAG_MASK, Values, value
from decompose.link.world import World
from decompose.model import ops
from decompose.model.facts import NOTHING, DefinitionKind
from decompose.model.knowledge import Knowledge

Order = tuple[int, ...]
"""A method resolution order: CLASS and EXTERNAL values, the class itself first."""


def linearize(own: int, bases: list[int], order_of: dict[int, Order]) -> Order:
    """C3 (Barrett et al. 1996); where the bases contradict each other, depth first without repeats."""
    rows = [list(order_of.get(base, (base,))) for base in bases] + [list(bases)]
    found = [own]
    while rows := [row for row in rows if row]:
        for row in rows:
            head = row[0]
            if not any(head in other[1:] for other in rows):
                break
        else:
            rest = [each for row in rows for each in row]
            return tuple(dict.fromkeys([*found, *rest]))
        found.append(head)
        rows = [row[1:] if row[0] == head else row for row in rows]
    return tuple(dict.fromkeys(found))


def class_symbols(world: World) -> Iterator[int]:
    """All classes, in order."""
    for module, facts in enumerate(world.facts):
        for scope, definition in enumerate(facts.definitions):
            if definition.kind is DefinitionKind.CLASS:
                yield world.symbol(module, scope)


def self_stores(world: World) -> dict[int, dict[str, list[tuple[int, int, int]]]]:
    """Class -> attribute -> (module, scope, store) of `self.attribute = …` in its methods."""
    found: dict[int, dict[str, list[tuple[int, int, int]]]] = {}
    for module, facts in enumerate(world.facts):
        expressions, stores = facts.expressions, facts.stores
        for position, name in enumerate(stores.name):
            base = stores.base[position]
            if name == NOTHING or expressions.op[base] != ops.NAME:
                continue
            scope = stores.scope[position]
            owner = receiver_class(world, module, scope, facts.strings[expressions.a[base]])
            if owner != NOTHING:
                row = (module, scope, position)
                found.setdefault(owner, {}).setdefault(facts.strings[name], []).append(row)
    return found


def receiver_class(world: World, module: int, scope: int, name: str) -> int:
    """The class whose method has `name` as its first parameter, seen from a scope inside it; else NOTHING."""
    definitions = world.facts[module].definitions
    while scope != NOTHING:
        definition = definitions[scope]
        parameters = definition.parameters
        if parameters and parameters[0].name == name:
            return world.owner_class(module, scope)
        if any(parameter.name == name for parameter in parameters):
            return NOTHING
        scope = definition.parent
    return NOTHING


def library_bases(name: str, knowledge: Knowledge) -> Iterator[str]:
    """A library class and its known bases, nearest first."""
    seen = [name]
    for each in seen:
        yield each
        seen.extend(base for base in knowledge.bases.get(each, ()) if base not in seen)


def subclasses(orders: dict[int, Order]) -> dict[int, list[int]]:
    """Class (a symbol) -> all its subclasses in the program, sorted."""
    found: dict[int, list[int]] = {}
    for symbol, order in sorted(orders.items()):
        for base in order[1:]:
            if base & TAG_MASK == CLASS:
                found.setdefault(base >> TAG_BITS, []).append(symbol)
    return found


def external_bases(order: Order) -> Values:
    """The library classes among a class's bases."""
    return tuple(base for base in order if base & TAG_MASK == EXTERNAL)


def class_value(symbol: int) -> int:
    """The class itself, as a value."""
    return value(CLASS, symbol)
