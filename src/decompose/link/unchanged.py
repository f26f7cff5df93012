"""Is an expression what its function was given, unchanged? `user` after `user = user or guest` is not."""

from decompose.link.world import World, reaching
from decompose.model import ops
from decompose.model.facts import NOTHING, PARAMETER


def parameter(world: World, module: int, scope: int, row: int) -> str:
    """The parameter of its own function that a row is, not bound anew since; "" where it is none."""
    facts = world.facts[module]
    expressions = facts.expressions
    while expressions.op[row] in ops.NARROWING:
        row = expressions.a[row]
    if expressions.op[row] != ops.NAME:
        return ""
    number, seen = expressions.a[row], expressions.b[row]
    name = facts.strings[number]
    if all(each.name != name for each in facts.definitions[scope].parameters):
        return ""
    if seen == NOTHING:
        return "" if world.local(module, scope, number) else name
    entries = reaching(facts, seen)
    if any(entry > PARAMETER for entry in entries):
        return ""
    narrowed = [PARAMETER - 1 - entry for entry in entries if entry < PARAMETER]
    return name if all(parameter(world, module, scope, each) for each in narrowed) else ""
