"""What do `argparse` parsers run while they parse? The types, actions and choices that `add_argument` was given.

A parser is filled in one function and run in another, often by way of helpers, so that all that a module gives to
parsers is taken to be run wherever the module parses; where it gives nothing, what all others do.
"""

from collections.abc import Iterator

from decompose.link.evaluate import Evaluator
from decompose.link.values import (
    BOUND,
    CLASS,
    FUNCTION,
    INSTANCE,
    RAW,
    TAG_BITS,
    TAG_MASK,
    value,
)
from decompose.link.world import arguments, last_name
from decompose.model.facts import NOTHING, ROLE_MASK, ModuleFacts, Role

PARSING = frozenset(
    f"argparse.ArgumentParser.{name}"
    for name in ("parse_args", "parse_known_args", "parse_intermixed_args")
)
"""Methods that parse."""
_MADE_BY = {
    "type": ("__new__", "__init__"),
    "action": ("__call__",),
    "formatter_class": ("__init__",),
    "parser_class": (),
    "choices": (),
}
"""Keyword -> what is run of a class that it is given."""
_OF_INSTANCE = {"type": ("__call__",), "choices": ("__contains__", "__iter__")}
"""Keyword -> what is run of an instance that it is given."""
_FILLING = frozenset(["add_argument", "ArgumentParser", "add_parser"])
_MAX_RUN = 40


class Parsers:
    """Collects, when first asked, what parsers are given in a module."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._run: dict[int, tuple[int, ...]] = {}
        self._anywhere: tuple[int, ...] | None = None

    def run(self, module: int) -> tuple[int, ...]:
        """Functions of the program that parsers of a module run; none where they are too many to tell anything."""
        known = self._run.get(module)
        if known is None:
            facts = self._evaluator.world.facts[module]
            found = tuple(dict.fromkeys(self._given_in(module, facts))) or self._given_anywhere()
            known = self._run[module] = found if len(found) <= _MAX_RUN else ()
        return known

    def _given_anywhere(self) -> tuple[int, ...]:
        if self._anywhere is None:
            world = self._evaluator.world
            self._anywhere = tuple(
                dict.fromkeys(
                    symbol
                    for module in world.spelling(_FILLING)
                    for symbol in self._given_in(module, world.facts[module])
                )
            )
        return self._anywhere

    def _given_in(self, module: int, facts: ModuleFacts) -> Iterator[int]:
        numbers = {number for number, text in enumerate(facts.strings) if text in _FILLING}
        uses = facts.uses
        for scope, row, flags in (
            zip(uses.scope, uses.expression, uses.flags, strict=True) if numbers else ()
        ):
            if flags & ROLE_MASK != Role.CALL:
                continue
            if last_name(facts, facts.expressions.a[row]) in numbers:
                for word, each in arguments(facts, row)[1]:
                    if word != NOTHING and facts.strings[word] in _MADE_BY:
                        for found in self._evaluator.evaluate(module, scope, each):
                            yield from self._entered(found, facts.strings[word])

    def _entered(self, found: int, keyword: str) -> Iterator[int]:
        tag, number = found & TAG_MASK, found >> TAG_BITS
        if tag == BOUND:
            tag, number = (
                self._evaluator.interner.bound[number][0] & TAG_MASK,
                self._evaluator.interner.bound[number][0] >> TAG_BITS,
            )
        if tag in (FUNCTION, RAW):
            yield number
        elif tag in (CLASS, INSTANCE):
            names = (_MADE_BY if tag == CLASS else _OF_INSTANCE).get(keyword, ())
            for name in names:
                symbol = self._evaluator.method_symbol(value(CLASS, number), name)
                if symbol != NOTHING:
                    yield symbol
