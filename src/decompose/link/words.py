"""Which identifiers and short strings each top-level definition uses: the vocabulary."""

from collections.abc import Mapping

import numpy as np

from decompose.link.world import World
from decompose.model import ops
from decompose.model.facts import ModuleFacts

_LONGEST = 80


def vocabulary(world: World) -> dict[str, Mapping[str, int]]:
    """Dotted name of a top-level definition (or module) -> word -> in how many expressions of its scopes."""
    found: dict[str, Mapping[str, int]] = {}
    for module, facts in enumerate(world.facts):
        for scope, words in _by_owner(facts).items():
            found[world.dotted(world.symbol(module, scope))] = words
    return found


def _by_owner(facts: ModuleFacts) -> dict[int, dict[str, int]]:
    op = np.frombuffer(facts.expressions.op, dtype=np.int32)
    if not len(op):
        return {}
    a = np.frombuffer(facts.expressions.a, dtype=np.int32)
    b = np.frombuffer(facts.expressions.b, dtype=np.int32)
    text = np.where(op == ops.ATTRIBUTE, b, a)
    named = (op == ops.NAME) | (op == ops.ATTRIBUTE) | (op == ops.STRING)
    long = [number for number, each in enumerate(facts.strings) if len(each) > _LONGEST]
    if long:
        named &= ~np.isin(text, long)
    starts = np.frombuffer(facts.row_start, dtype=np.int32)
    rows = starts[1:] - starts[:-1]
    owner = np.repeat(np.array(_owners(facts), dtype=np.int64), rows)
    if not named.any():
        return {}
    keys, counts = np.unique(owner[named] * len(facts.strings) + text[named], return_counts=True)
    scopes, numbers = np.divmod(keys, len(facts.strings))
    words, times = [facts.strings[number] for number in numbers.tolist()], counts.tolist()
    begins = np.flatnonzero(np.diff(scopes, prepend=-1)).tolist()
    return {
        scope: dict(zip(words[first:last], times[first:last], strict=True))
        for scope, first, last in zip(
            scopes[begins].tolist(), begins, [*begins[1:], len(words)], strict=True
        )
    }


def _owners(facts: ModuleFacts) -> list[int]:
    """Scope -> the top-level definition that it belongs to, 0 for module level."""
    owners: list[int] = []
    for scope, definition in enumerate(facts.definitions):
        top = definition.parent <= 0
        is_lambda = definition.name == "<lambda>"
        owners.append((0 if is_lambda else scope) if top else owners[definition.parent])
    return owners
