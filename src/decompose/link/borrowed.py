"""Is something only lent? `send_mail(user, Message(text))`: nobody keeps the message, if `send_mail` only reads it.

So is `Order(id=1).forget()`, if `forget` only reads the order. Who only reads it may lend it in turn.
"""

from collections.abc import Iterator

from decompose.link.evaluate import Evaluator
from decompose.link.results import Call
from decompose.link.values import EXTERNAL, TAG_MASK
from decompose.link.world import arguments
from decompose.model import ops
from decompose.model.facts import NOTHING, ModuleFacts

_MAX_HOPS = 4
_READERS = frozenset(
    f"builtins.{name}"
    for name in (
        "bool",
        "getattr",
        "hasattr",
        "id",
        "isinstance",
        "len",
        "print",
        "repr",
        "str",
        "type",
    )
)
_RECEIVER = -1
"""Instead of the position of an argument."""
_Place = tuple[int, int]
"""(module, scope) of a function."""
_Lent = tuple[int, int, str]
"""(row of the call that takes it, its position or `_RECEIVER`, its keyword or "")."""


def is_only_read(evaluator: Evaluator, given: Call) -> bool:
    """Is a row given to the program's functions, none of which does more than read it?"""
    module, scope, row = given
    lent = next(_takers(evaluator.world.facts[module], scope, {row}), None)
    return lent is not None and _is_lent(evaluator, (module, scope), lent, _MAX_HOPS)


def _takers(facts: ModuleFacts, scope: int, given: set[int]) -> Iterator[_Lent]:
    """The calls of a function that take one of some rows, as an argument or to ask it something."""
    op, a = facts.expressions.op, facts.expressions.a
    for call in range(facts.row_start[scope], facts.row_start[scope + 1]):
        if op[call] != ops.CALL:
            continue
        if op[a[call]] == ops.ATTRIBUTE and a[a[call]] in given:
            yield call, _RECEIVER, ""
        positional, keywords = arguments(facts, call)
        yield from ((call, at, "") for at, each in enumerate(positional) if each in given)
        yield from (
            (call, NOTHING, facts.strings[name])
            for name, each in keywords
            if each in given and name != NOTHING
        )


def _is_lent(evaluator: Evaluator, place: _Place, lent: _Lent, hops: int) -> bool:
    """Does a call of the program's functions, or of those that only read, do no more with what it takes?"""
    call, position, word = lent
    callees = evaluator.evaluate(*place, evaluator.world.facts[place[0]].expressions.a[call])
    inner = [each for each in callees if not _is_reader(evaluator, each)]
    entered = [each for callee in inner for each in evaluator.entered_by(callee)]
    if not (entered or (callees and not inner)) or any(_is_library(each) for each in inner):
        return False
    return all(
        _only_reads(evaluator, each.function, word or position + each.shift, hops)
        for each in entered
    )


def _is_library(callee: int) -> bool:
    return callee & TAG_MASK == EXTERNAL


def _is_reader(evaluator: Evaluator, callee: int) -> bool:
    return _is_library(callee) and evaluator.interner.external_name(callee) in _READERS


def _only_reads(evaluator: Evaluator, function: int, place: int | str, hops: int) -> bool:
    """Does a function read the attributes of what it is given, and at most lend it to others that do no more?"""
    module, scope = evaluator.world.place(function)
    facts = evaluator.world.facts[module]
    definition = facts.definitions[scope]
    names = [each.name for each in definition.parameters]
    if isinstance(place, int):
        place = names[place] if 0 <= place < len(names) else ""
    if place not in names or definition.is_generator:
        return False
    op, a = facts.expressions.op, facts.expressions.a
    rows = range(facts.row_start[scope], facts.row_start[scope + 1])
    named = {row for row in rows if op[row] == ops.NAME and facts.strings[a[row]] == place}
    left = named.difference(a[row] for row in rows if op[row] == ops.ATTRIBUTE)
    return _lends(evaluator, (module, scope), (named, left), hops - 1) if hops else not left


def _lends(evaluator: Evaluator, place: _Place, rows: tuple[set[int], set[int]], hops: int) -> bool:
    """Do all calls of a function only read what they take of it? `rows`: all of these, and those without a dot."""
    facts = evaluator.world.facts[place[0]]
    named, left = rows
    taken: set[int] = set()
    for lent in _takers(facts, place[1], named):
        call, position, word = lent
        is_open = position == _RECEIVER and not _is_of_program(evaluator, place, call)
        if not is_open and not _is_lent(evaluator, place, lent, hops):
            return False
        positional, keywords = arguments(facts, call)
        taken.update(positional[position : position + 1] if not word else ())
        taken.update(row for name, row in keywords if word and facts.strings[name] == word)
    return left <= taken


def _is_of_program(evaluator: Evaluator, place: _Place, call: int) -> bool:
    """Is it known which function of the program a call enters? A method of what is not known is taken to read."""
    callees = evaluator.evaluate(*place, evaluator.world.facts[place[0]].expressions.a[call])
    return any(True for each in callees for _ in evaluator.entered_by(each))
