"""Is something only lent? `send_mail(user, Message(text))`: nobody keeps the message, if `send_mail` only reads it."""

from decompose.link.evaluate import Evaluator
from decompose.link.results import Call
from decompose.link.values import EXTERNAL, TAG_MASK
from decompose.link.world import arguments
from decompose.model import ops
from decompose.model.facts import NOTHING, ModuleFacts


def is_only_read(evaluator: Evaluator, given: Call) -> bool:
    """Is a row an argument of the program's functions, none of which does more than read its attributes?"""
    module, scope, row = given
    call, position, word = _taker(evaluator.world.facts[module], scope, row)
    if call == NOTHING:
        return False
    callees = evaluator.evaluate(module, scope, evaluator.world.facts[module].expressions.a[call])
    entered = [each for callee in callees for each in evaluator.entered_by(callee)]
    if not entered or any(callee & TAG_MASK == EXTERNAL for callee in callees):
        return False
    return all(
        _only_reads(evaluator, each.function, word or position + each.shift) for each in entered
    )


def _taker(facts: ModuleFacts, scope: int, row: int) -> tuple[int, int, str]:
    """(row of the call that takes a row as an argument or NOTHING, its position, its keyword or "")."""
    op = facts.expressions.op
    for call in range(facts.row_start[scope], facts.row_start[scope + 1]):
        if op[call] == ops.CALL:
            positional, keywords = arguments(facts, call)
            if row in positional:
                return call, positional.index(row), ""
            for name, each in keywords:
                if each == row and name != NOTHING:
                    return call, NOTHING, facts.strings[name]
    return NOTHING, NOTHING, ""


def _only_reads(evaluator: Evaluator, function: int, place: int | str) -> bool:
    module, scope = evaluator.world.place(function)
    facts = evaluator.world.facts[module]
    definition = facts.definitions[scope]
    names = [each.name for each in definition.parameters]
    if isinstance(place, int):
        place = names[place] if place < len(names) else ""
    if place not in names or definition.is_generator:
        return False
    op, a = facts.expressions.op, facts.expressions.a
    rows = range(facts.row_start[scope], facts.row_start[scope + 1])
    read = {a[row] for row in rows if op[row] == ops.ATTRIBUTE}
    is_name = (row for row in rows if op[row] == ops.NAME and facts.strings[a[row]] == place)
    return all(row in read for row in is_name)
