"""What an expression may stand for, as one integer: a tag in the low bits, a number above it.

Sets of values are sorted tuples without duplicates, cut at `CAP`: more than that is "anything". Functions and classes
do not count towards it, for a decorator's wrapper calls whatever was decorated; up to `MAX_CALLABLES` they are kept.
"""

from typing import TypeVar

from decompose.model.facts import NOTHING

Key = TypeVar("Key")

TAG_BITS = 4
TAG_MASK = 15
CAP = 12
MAX_CALLABLES = 200

MODULE = 0  # a module of the program; number: module
CLASS = 1  # a class of the program as an object; number: symbol
INSTANCE = 2  # an instance of a class of the program; number: symbol
FUNCTION = 3  # a function as an object; number: symbol
BOUND = 4  # a method with its receiver; number: of the interned pair (FUNCTION or EXTERNAL value, receiver value)
EXTERNAL = 5  # a library's name; number: of the interned dotted name
OBJECT = 6  # an instance that holds items, or of a library's class; number: of the pair (class value, item values)
TUPLE = 7  # a tuple; number: of the interned tuple of value sets
RAW = 8  # a decorated function as its decorators are given it; number: symbol
CALLABLE = frozenset([CLASS, FUNCTION, BOUND, RAW])

Values = tuple[int, ...]
NONE: Values = ()
Detail = tuple[str, object, int]
"""What more is known of an object: ("text", the string or number, 0), ("made", module, row of what made it)
or ("partial", "", how many arguments were given in advance).
"""


def value(tag: int, number: int) -> int:
    """The integer for a tag and a number."""
    return number << TAG_BITS | tag


def merge(*sets: Values) -> Values:
    """The union, sorted and cut."""
    filled = [each for each in sets if each]
    if len(filled) <= 1:
        return filled[0] if filled else NONE
    union = sorted(set().union(*filled))
    return tuple(union) if len(union) <= CAP else _cut(union)


def _cut(union: list[int]) -> Values:
    callables = [each for each in union if each & TAG_MASK in CALLABLE]
    others = [each for each in union if each & TAG_MASK not in CALLABLE]
    return tuple(sorted(callables[:MAX_CALLABLES] + others[:CAP]))


class Interner:
    """Numbers for names, receivers, objects and tuples that appear as values."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._name_ids: dict[str, int] = {}
        self.bound: list[tuple[int, int]] = []
        self._bound_ids: dict[tuple[int, int], int] = {}
        self.objects: list[tuple[int, Values, Detail | None]] = []
        self._object_ids: dict[tuple[int, Values, Detail | None], int] = {}
        self.tuples: list[tuple[Values, ...]] = []
        self._tuple_ids: dict[tuple[Values, ...], int] = {}

    def external(self, name: str) -> int:
        """A library's name as a value."""
        number = self._name_ids.get(name)
        if number is None:
            number = self._name_ids[name] = len(self.names)
            self.names.append(name)
        return number << TAG_BITS | EXTERNAL

    def bound_method(self, function: int, receiver: int) -> int:
        """A method (FUNCTION or EXTERNAL value) bound to a receiver, as a value."""
        return value(BOUND, _number((function, receiver), self.bound, self._bound_ids))

    def object(self, name: str, items: Values = NONE, detail: Detail | None = None) -> int:
        """An instance of a library's class, as a value."""
        return self.instance(self.external(name), items, detail)

    def instance(self, kind: int, items: Values = NONE, detail: Detail | None = None) -> int:
        """An instance of a class (CLASS or EXTERNAL value), with what it holds, as a value."""
        if kind & TAG_MASK == CLASS and not items:
            return value(INSTANCE, kind >> TAG_BITS)
        return value(OBJECT, _number((kind, items, detail), self.objects, self._object_ids))

    def detail(self, found: int) -> Detail | None:
        """What more is known of an object."""
        return self.objects[found >> TAG_BITS][2] if found & TAG_MASK == OBJECT else None

    def called(self, found: int) -> Values:
        """The function or class that calling a value comes down to: of a bound method, of a partial."""
        if found & TAG_MASK == BOUND:
            return self.called(self.bound[found >> TAG_BITS][0])
        detail = self.detail(found)
        if detail is not None and detail[0] == "partial":
            return tuple(each for inner in self.items(found) for each in self.called(inner))
        return (found,)

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
