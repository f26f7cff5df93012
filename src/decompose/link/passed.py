"""What one call passes, and what all calls together have passed for one parameter."""

from decompose.link.values import CALLABLE, MAX_CALLABLES, NONE, TAG_MASK, Values
from decompose.link.world import arguments
from decompose.model import ops
from decompose.model.facts import NOTHING, ModuleFacts

MAX_TYPES = 8


class Given:
    """What calls pass for one parameter.

    More than `MAX_TYPES` different objects are taken to be anything; functions and classes are all kept, for it is
    what the parameter calls.
    """

    __slots__ = ("callables", "is_anything", "is_left_out", "others")

    def __init__(self) -> None:
        self.callables: set[int] = set()
        self.others: set[int] = set()
        self.is_anything = False
        self.is_left_out = False

    def add(self, found: Values) -> bool:
        """Note what a call passes; is any of it new?"""
        before = len(self.callables), len(self.others), self.is_anything
        for each in found:
            if each & TAG_MASK in CALLABLE:
                if len(self.callables) < MAX_CALLABLES:
                    self.callables.add(each)
            elif not self.is_anything:
                self.others.add(each)
        if len(self.others) > MAX_TYPES:
            self.others.clear()
            self.is_anything = True
        return before != (len(self.callables), len(self.others), self.is_anything)

    def values(self) -> Values:
        """All of it."""
        return tuple(sorted(self.callables | self.others))


class Arguments:
    """The rows that a call passes, and what it unpacks: `call(first, *more, word=1, **others)`."""

    __slots__ = ("first_star", "positional", "spread", "spread_rows", "starred", "words")

    def __init__(self, facts: ModuleFacts, row: int) -> None:
        self.positional, keywords = arguments(facts, row)
        op, strings = facts.expressions.op, facts.strings
        stars = (at for at, each in enumerate(self.positional) if op[each] == ops.STAR)
        self.first_star = next(stars, len(self.positional))
        self.words = {strings[word]: each for word, each in keywords if word != NOTHING}
        self.spread_rows = [each for word, each in keywords if word == NOTHING]
        self.starred: Values = NONE
        """Values of the one star, where nothing stands behind it that would have an unknown place."""
        self.spread: Values = NONE
        """Values behind `**`."""

    def row(self, position: int, name: str) -> int:
        """The row for a parameter; NOTHING where it is not seen."""
        known = self.words.get(name)
        if known is not None:
            return known
        return self.positional[position] if 0 <= position < self.first_star else NOTHING
