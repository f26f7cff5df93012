"""What does a computed name begin with? `f"visit_{kind}"`, `"visit_" + kind`, `"visit_%s" % kind`.

So that `getattr(self, f"visit_{kind}")` may be any of the methods whose names begin with "visit_".
"""

from collections.abc import Iterator

from decompose.link.world import World, elements
from decompose.model import ops
from decompose.model.facts import NOTHING, DefinitionKind

SHORTEST = 3
"""Fewer letters than this name nothing in common."""
_MAX_HOPS = 4


def prefixes(world: World, module: int, scope: int, row: int) -> list[str]:
    """The beginnings that are known of what a row may stand for, variables of its function followed."""
    found = dict.fromkeys(_beginnings(world, module, scope, row, _MAX_HOPS))
    return [each for each in found if len(each) >= SHORTEST]


def _beginnings(world: World, module: int, scope: int, row: int, hops: int) -> Iterator[str]:
    facts = world.facts[module]
    expressions = facts.expressions
    op, a = expressions.op[row], expressions.a[row]
    if op == ops.STRING:
        yield facts.strings[a].partition("%")[0].partition("{")[0]
    elif op == ops.FORMAT:
        parts = elements(facts, row)
        if parts and expressions.op[parts[0]] == ops.STRING:
            yield facts.strings[expressions.a[parts[0]]]
    elif op == ops.BINARY:
        yield from _beginnings(world, module, scope, a, hops)
    elif op == ops.CALL and expressions.op[a] == ops.ATTRIBUTE:
        if facts.strings[expressions.b[a]] == "format":
            yield from _beginnings(world, module, scope, expressions.a[a], hops)
    elif op == ops.NAME and hops:
        for value in _bound_to(world, module, scope, a):
            yield from _beginnings(world, module, scope, value, hops - 1)


def _bound_to(world: World, module: int, scope: int, name: int) -> Iterator[int]:
    """Rows that a variable of a function is bound to."""
    facts = world.facts[module]
    if facts.definitions[scope].kind <= DefinitionKind.CLASS:
        return
    for entry in world.local(module, scope, name) or ():
        if entry >= 0 and facts.bindings.value[entry] != NOTHING:
            yield facts.bindings.value[entry]
