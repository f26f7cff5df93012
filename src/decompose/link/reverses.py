"""Attributes that a class gets because another refers to it: `relationship("Order", backref="lines")`."""

from collections.abc import Callable, Iterator

from decompose.link.values import INSTANCE, TAG_BITS, TAG_MASK, Values
from decompose.link.world import World, arguments, last_name
from decompose.model import ops
from decompose.model.facts import NOTHING, DefinitionKind, ModuleFacts
from decompose.model.knowledge import Knowledge

Call = tuple[int, int, int]
"""(module, scope, row) of a call in a class's body."""
Added = dict[tuple[int, str], list[tuple[str, int]]]
"""(class, attribute) -> (result of `model.knowledge`, class whose instances are its items)."""


def added_attributes(
    world: World,
    knowledge: Knowledge,
    names_of: Callable[[Call], list[str]],
    targets_of: Callable[[Call], Values],
) -> Added:
    """All of them. `names_of` tells what a call may call, `targets_of` what its first argument stands for."""
    found: Added = {}
    short = {name.rpartition(".")[2] for name in knowledge.reverses}
    for module, facts in enumerate(world.facts):
        numbers = {number for number, text in enumerate(facts.strings) if text in short}
        for scope, row in _class_level_calls(facts, numbers) if numbers else ():
            for name in names_of((module, scope, row)):
                known = knowledge.reverses.get(name)
                if known is None:
                    continue
                keyword, default, result = known
                attribute = _given(facts, row, keyword)
                own = facts.definitions[scope].name.lower()
                attribute = default.format(own) if attribute is None else attribute
                attribute = "" if attribute.endswith("+") else attribute.replace("%(class)s", own)
                for target in targets_of((module, scope, row)) if attribute else ():
                    if target & TAG_MASK == INSTANCE:
                        rows = found.setdefault((target >> TAG_BITS, attribute), [])
                        rows.append((result, world.symbol(module, scope)))
    return found


def _class_level_calls(facts: ModuleFacts, numbers: set[int]) -> Iterator[tuple[int, int]]:
    bindings, expressions = facts.bindings, facts.expressions
    for scope, row in zip(bindings.scope, bindings.value, strict=True):
        if row == NOTHING or expressions.op[row] != ops.CALL:
            continue
        in_class = facts.definitions[scope].kind is DefinitionKind.CLASS
        if in_class and last_name(facts, expressions.a[row]) in numbers:
            yield scope, row


def _given(facts: ModuleFacts, row: int, keyword: str) -> str | None:
    """The text of a keyword, also inside a call (`backref("lines", lazy=True)`); None where not given."""
    expressions = facts.expressions
    for word, each in arguments(facts, row)[1]:
        if word != NOTHING and facts.strings[word] == keyword:
            inner = arguments(facts, each)[0] if expressions.op[each] == ops.CALL else []
            text = inner[0] if inner else each
            return facts.strings[expressions.a[text]] if expressions.op[text] == ops.STRING else ""
    return None
