"""What an expression may stand for, as one integer: a tag in the low bits, a number above it.

Sets of values are sorted tuples without duplicates, cut at `CAP`: more than that is "anything".
"""

from typing import TypeVar

from decompose.model.facts import NOTHING

Key = TypeVar("Key")

TAG_BITS = 3
TAG_MASK = 7
CAP = 12

MODULE = 0  # a module of the program; number: module
CLASS = 1  # a class of the program as an object; number: symbol
INSTANCE = 2  # an instance of a class of the program; number: symbol
FUNCTION = 3  # a function as an object; number: symbol
BOUND = 4  # a method with its receiver; number: of the interned pair (FUNCTION or EXTERNAL value, receiver value)
EXTERNAL = 5  # a library's name; number: of the interned dotted name
OBJECT = 6  # an instance that holds items, or of a library's class; number: of the pair (class value, item values)
TUPLE = 7  # a tuple; number: of the interned tuple of value sets

Values = tuple[int, ...]
NONE: Values = ()


def value(tag: int, number: int) -> int:
    """The integer for a tag and a number."""
    return number << TAG_BITS | tag


def merge(*sets: Values) -> Values:
    """The union, sorted and cut."""
    filled = [each for each in sets if each]
    if len(filled) <= 1:
        return filled[0] if filled else NONE
    union = sorted(set().union(*filled))
    return tuple(union[:CAP])


class Interner:
    """Numbers for names, receivers, objects and tuples that appear as values."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._name_ids: dict[str, int] = {}
        self.bound: list[tuple[int, int]] = []
        self._bound_ids: dict[tuple[int, int], int] = {}
        self.objects: list[tuple[int, Values]] = []
        self._object_ids: dict[tuple[int, Values], int] = {}
        self.tuples: list[tuple[Values, ...]] = []
        self._tuple_ids: dict[tuple[Values, ...], int] = {}

    def external(self, name: str) -> int:
        """A library's name as a value."""
        return value(EXTERNAL, _number(name, self.names, self._name_ids))

    def bound_method(self, function: int, receiver: int) -> int:
        """A method (FUNCTION or EXTERNAL value) bound to a receiver, as a value."""
        return value(BOUND, _number((function, receiver), self.bound, self._bound_ids))

    def object(self, name: str, items: Values = NONE) -> int:
        """An instance of a library's class, as a value."""
        return self.instance(self.external(name), items)

    def instance(self, kind: int, items: Values = NONE) -> int:
        """An instance of a class (CLASS or EXTERNAL value), with what it holds, as a value."""
        if kind & TAG_MASK == CLASS and not items:
            return value(INSTANCE, kind >> TAG_BITS)
        return value(OBJECT, _number((kind, items), self.objects, self._object_ids))

    def class_of(self, found: int) -> int:
        """The class value of an INSTANCE or OBJECT."""
        if found & TAG_MASK == INSTANCE:
            return value(CLASS, found >> TAG_BITS)
        return self.objects[found >> TAG_BITS][0]

    def tuple(self, parts: tuple[Values, ...]) -> int:
        """A tuple of known parts, as a value."""
        return value(TUPLE, _number(parts, self.tuples, self._tuple_ids))

    def external_name(self, found: int) -> str:
        """The dotted name of an EXTERNAL value."""
        return self.names[found >> TAG_BITS]

    def items(self, found: int) -> Values:
        """What an object or tuple holds."""
        if found & TAG_MASK == OBJECT:
            return self.objects[found >> TAG_BITS][1]
        if found & TAG_MASK == TUPLE:
            return merge(*self.tuples[found >> TAG_BITS])
        return NONE


def _number(key: Key, known: list[Key], ids: dict[Key, int]) -> int:
    number = ids.get(key, NOTHING)
    if number == NOTHING:
        number = ids[key] = len(known)
        known.append(key)
    return number
