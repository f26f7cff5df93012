"""Where is it left open which class of the program an attribute holds? Generic code then serves many.

class Repository:
    model: type[Row]                        a subclass says it
    def __init__(self, schema):
        self.schema = schema                whoever makes an object says it
"""

from collections.abc import Iterable, Iterator

from decompose.link.evaluate import Evaluator
from decompose.link.values import CLASS, INSTANCE, TAG_BITS, TAG_MASK, value
from decompose.model import ops
from decompose.model.facts import NOTHING

_SEVERAL = 2


def choosing(
    evaluator: Evaluator, classes: Iterable[int]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """(dotted class, attribute, dotted classes), in the order of the classes given."""
    dotted = evaluator.world.dotted
    for owner in classes:
        for name in sorted({*_given(evaluator, owner), *_left_open(evaluator, owner)}):
            found = evaluator.attribute(value(INSTANCE, owner), name)
            chosen = [each >> TAG_BITS for each in found if each & TAG_MASK == CLASS]
            count = len(chosen) + sum(bool(evaluator.subclasses.get(each)) for each in chosen)
            if count >= _SEVERAL:
                yield dotted(owner), name, tuple(map(dotted, chosen))


def _given(evaluator: Evaluator, owner: int) -> Iterator[str]:
    """Attributes in which methods of a class store a parameter."""
    for name, places in evaluator.stores.get(owner, {}).items():
        for module, scope, position in places:
            facts = evaluator.world.facts[module]
            row, expressions = facts.stores.value[position], facts.expressions
            if row != NOTHING and expressions.op[row] == ops.NAME:
                stored = facts.strings[expressions.a[row]]
                if any(each.name == stored for each in facts.definitions[scope].parameters):
                    yield name


def _left_open(evaluator: Evaluator, owner: int) -> Iterator[str]:
    """Attributes that a class that others extend only annotates, or has as None."""
    if not evaluator.subclasses.get(owner):
        return
    facts = evaluator.world.facts[evaluator.world.module_of[owner]]
    bindings, expressions = facts.bindings, facts.expressions
    for name, entries in evaluator.world.members(owner).items():
        rows = [bindings.value[entry] for entry in entries if entry >= 0]
        if rows and all(
            row == NOTHING
            or (
                expressions.op[row] == ops.LITERAL
                and facts.strings[expressions.a[row]] == "NoneType"
            )
            for row in rows
        ):
            yield name
