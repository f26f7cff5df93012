"""What do lists, dicts and tuples hold, and what is read from them?

A display (`[]`, `{…}`) or an empty constructor is an object of its own, known by the row that made it; wherever that
object goes, what is stored in it or appended to it is noted with it, by key where the key is a string or a number
known from the text. Reading under a known key gives what is held there, reading under any other gives everything.
"""

from collections.abc import Callable, Iterable, Iterator

from decompose.link.generics import Generics
from decompose.link.results import ANY_KEY, Call, Key
from decompose.link.values import (
    CLASS,
    EXTERNAL,
    INSTANCE,
    NONE,
    OBJECT,
    TAG_BITS,
    TAG_MASK,
    TUPLE,
    Values,
    merge,
)
from decompose.link.world import World, arguments, elements
from decompose.model import ops
from decompose.model.facts import NOTHING
from decompose.model.knowledge import Knowledge

_MAX_DISPLAY = 400
_MAKING = (ops.DISPLAY, ops.CALL)
_FILLED = frozenset(["made", "packed"])  # details of containers that are known apart from others
_MAX_TUPLE = 8
_MAX_TEXT = 60
_MAX_HELD = 100
_HELD = -4  # what a container holds, as something that answers rest on
_ADDING = {
    "append": 0,
    "add": 0,
    "appendleft": 0,
    "insert": 1,
    "setdefault": 1,
    "put": 0,
    "push": 0,
}
_JOINING = frozenset(["extend", "update", "extendleft"])
_MAPPINGS = frozenset(
    [
        "builtins.dict",
        "collections.OrderedDict",
        "collections.defaultdict",
        "weakref.WeakKeyDictionary",
        "weakref.WeakValueDictionary",
    ]
)
_LISTS = {
    "builtins.list": "builtins.list",
    "builtins.set": "builtins.set",
    "collections.deque": "builtins.list",
    "weakref.WeakSet": "builtins.set",
}


class Held:
    """What has been stored in a container, by key; under None where the key is not known."""

    __slots__ = ("by_key",)

    def __init__(self) -> None:
        self.by_key: dict[Key | None, Values] = {}

    def add(self, key: Key | None, found: Values) -> bool:
        """Store; is any of it new?"""
        before = self.by_key.get(key, NONE)
        if key not in self.by_key and len(self.by_key) >= _MAX_HELD:
            key, before = None, self.by_key.get(None, NONE)
        after = self.by_key[key] = merge(before, found)
        return after != before


class Containers(Generics):
    """Displays, subscripts, iteration, and what is stored."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._held: dict[int, Held] = {}
        self._texts: dict[str, Values] = {}
        for name in _MAPPINGS | _LISTS.keys():
            self.builtins[name] = self._constructor(name)

    def string(self, module: int, scope: int, row: int) -> Values:
        """A string; short ones are known by their text."""
        del scope
        facts = self.world.facts[module]
        if facts.expressions.op[row] != ops.STRING:
            return (self.interner.object("builtins.str"),)
        text = facts.strings[facts.expressions.a[row]]
        known = self._texts.get(text)
        if known is None:
            detail = ("text", text, 0) if len(text) <= _MAX_TEXT else None
            known = self._texts[text] = (self.interner.object("builtins.str", NONE, detail),)
        return known

    def literal(self, module: int, scope: int, row: int) -> Values:
        """A number or the like."""
        del scope
        facts = self.world.facts[module]
        kind = facts.strings[facts.expressions.a[row]]
        if kind in ("NoneType", "ellipsis"):
            return NONE
        number = self.whole_number(module, row)
        detail = None if number is None else ("text", number, 0)
        return (self.interner.object(f"builtins.{kind}", NONE, detail),)

    def display(self, module: int, scope: int, row: int) -> Values:
        """`[a, b]`, `{key: value}`, `(a, b)`."""
        facts = self.world.facts[module]
        kind = facts.strings[facts.expressions.a[row]]
        rows = elements(facts, row)[:_MAX_DISPLAY]
        op = facts.expressions.op
        if (
            kind == "tuple"
            and len(rows) <= _MAX_TUPLE
            and all(op[each] != ops.STAR for each in rows)
        ):
            parts = tuple(self.evaluate(module, scope, each) for each in rows)
            return (self.interner.tuple(parts),)
        if kind == "dict":
            pairs = zip(rows[::2], rows[1::2], strict=False)
            found = [self._mapped(module, scope, key, each) for key, each in pairs]
        else:
            found = [self._element_of(module, scope, each) for each in rows]
        items = merge(*found)
        detail = ("made", module, row) if kind != "tuple" and self._is_worth(items) else None
        return (self.interner.object(f"builtins.{kind}", items, detail),)

    def _mapped(self, module: int, scope: int, key: int, row: int) -> Values:
        found = self.evaluate(module, scope, row)
        if self.world.facts[module].expressions.op[key] != ops.UNKNOWN:
            return found
        return merge(*[self.items_of(each) for each in found])  # `**other`

    def _element_of(self, module: int, scope: int, row: int) -> Values:
        found = self.evaluate(module, scope, row)
        if self.world.facts[module].expressions.op[row] != ops.STAR:
            return found
        return merge(*[self.iterated(each) for each in found])

    def _is_worth(self, items: Values) -> bool:
        """Is it empty, to be filled, or does it hold what can be called or has attributes of the program?"""
        return not items or any(
            each & TAG_MASK != OBJECT or self.interner.items(each) or self._is_made(each)
            for each in items
        )

    def _is_made(self, found: int) -> bool:
        detail = self.interner.detail(found)
        return detail is not None and detail[0] in _FILLED

    def made_here(self, module: int, scope: int, row: int) -> Values:
        """Containers that a row makes: what is in them, no annotation tells as well."""
        if row == NOTHING or self.world.facts[module].expressions.op[row] not in _MAKING:
            return NONE
        return tuple(each for each in self.evaluate(module, scope, row) if self._is_made(each))

    def _constructor(self, name: str) -> Callable[[Call], Values]:
        kind = _LISTS.get(name, "builtins.dict")

        def construct(call: Call) -> Values:
            module, scope, row = call
            positional, keywords = arguments(self.world.facts[module], row)
            detail = ("made", module, row)
            first = self.evaluate(module, scope, positional[0]) if positional else NONE
            if name == "collections.defaultdict":
                found = [self.returned_by(each) or self._fresh(each, call) for each in first]
            else:
                found = [self._copied(each, kind) for each in first]
            found.extend(self.evaluate(module, scope, each) for _, each in keywords)
            return (self.interner.object(kind, merge(*found), detail),)

        return construct

    def _copied(self, found: int, kind: str) -> Values:
        return self.items_of(found) if kind == "builtins.dict" else self.iterated(found)

    def _fresh(self, factory: int, call: Call) -> Values:
        """What `defaultdict(factory)` makes: one container for all keys."""
        if factory & TAG_MASK != EXTERNAL:
            return NONE
        name = self.interner.external_name(factory)
        kind = _LISTS.get(name, "builtins.dict" if name in _MAPPINGS else "")
        detail = ("made", call[0], call[2])
        return (self.interner.object(kind, NONE, detail),) if kind else NONE

    def items_of(self, found: int) -> Values:
        """Everything that an object or tuple holds, also what has been stored in it."""
        items = self.interner.items(found)
        if not self._is_made(found):
            return items
        return merge(items, *self._stored_in(found).by_key.values())

    def _stored_in(self, found: int) -> Held:
        self.rounds.read((_HELD, found))
        return self._held.get(found, _EMPTY)

    def hold(self, container: int, keys: Iterable[Key | None], found: Values) -> None:
        """Something is stored in a container."""
        if not found or not self._is_made(container):
            return
        held = self._held.get(container)
        if held is None:
            held = self._held[container] = Held()
        own = tuple(each for each in found if each != container)
        grown = [held.add(key, own) for key in keys]
        if any(grown):
            self.rounds.change((_HELD, container))

    def store_item(self, module: int, scope: int, position: int) -> None:
        """`base[key] = value`."""
        self.store_untold(module, scope, position, frozenset())

    def store_untold(self, module: int, scope: int, position: int, told: frozenset[int]) -> None:
        """`base[key] = value`, but for values of which more is known."""
        stores = self.world.facts[module].stores
        bases = self.evaluate(module, scope, stores.base[position])
        containers = [each for each in bases if self._is_made(each)]
        if containers:
            keys = self.keys(module, scope, stores.key[position])
            found = self.evaluate(module, scope, stores.value[position])
            untold = tuple(each for each in found if each not in told)
            for each in containers:
                self.hold(each, keys, untold)

    def keys(self, module: int, scope: int, row: int) -> list[Key | None]:
        """The strings and numbers that a row may stand for; None among them where it may be anything else."""
        return self.known_keys(self.evaluate(module, scope, row))

    def known_keys(self, found: Values) -> list[Key | None]:
        """The strings and numbers among values; None among them where there is anything else, or nothing."""
        return list(dict.fromkeys(self._key(each) for each in found)) or ANY_KEY

    def _key(self, found: int) -> Key | None:
        detail = self.interner.detail(found)
        if detail is None or detail[0] != "text":
            return None
        return detail[1] if isinstance(detail[1], str | int) else None

    def call_container(self, callee: int, call: Call) -> None:
        """`things.append(value)` and the like store."""
        function, receiver = self.interner.bound[callee >> TAG_BITS]
        if not self._is_made(receiver):
            return
        name = self.interner.external_name(function).rpartition(".")[2]
        module, scope, row = call
        positional, keywords = arguments(self.world.facts[module], row)
        place = _ADDING.get(name)
        if place is not None and len(positional) > place:
            found = self.evaluate(module, scope, positional[place])
            known = self.keys(module, scope, positional[0]) if name == "setdefault" else ANY_KEY
            self.hold(receiver, known, found)
        elif name in _JOINING:
            for each in positional[:1]:
                for found_one in self.evaluate(module, scope, each):
                    self._join(receiver, found_one)
            strings = self.world.facts[module].strings
            for word, each in keywords:
                key = None if word == NOTHING else strings[word]
                self.hold(receiver, [key], self.evaluate(module, scope, each))

    def _join(self, receiver: int, other: int) -> None:
        if self.interner.class_of(receiver) != self.interner.external("builtins.dict"):
            self.hold(receiver, [None], self.iterated(other))
            return
        for key, found in self.entries_of(other):
            self.hold(receiver, [key], found)

    def entries_of(self, found: int) -> Iterator[tuple[Key | None, Values]]:
        """(key, values) of a mapping."""
        if not self._is_made(found):
            yield None, self.interner.items(found)
            return
        yield from self._written(found)
        yield from self._stored_in(found).by_key.items()

    def _written(self, found: int) -> Iterator[tuple[Key | None, Values]]:
        """(key, values) as they stand in the text that made a container; a list's keys are positions."""
        detail = self.interner.detail(found)
        module, row = (detail[1], detail[2]) if detail is not None else (NOTHING, NOTHING)
        if not isinstance(module, int) or module == NOTHING:
            return
        facts = self.world.facts[module]
        scope = self.world.scope_of(module, row)
        if facts.expressions.op[row] != ops.DISPLAY:
            yield None, self.interner.items(found)
            return
        rows = elements(facts, row)[:_MAX_DISPLAY]
        if facts.strings[facts.expressions.a[row]] == "dict":
            for key, each in zip(rows[::2], rows[1::2], strict=False):
                values = self._mapped(module, scope, key, each)
                for known in self.keys(module, scope, key):
                    yield known, values
            return
        starred = False
        for position, each in enumerate(rows):
            starred = starred or facts.expressions.op[each] == ops.STAR
            yield (None if starred else position), self._element_of(module, scope, each)

    def under(self, container: int, keys: list[Key | None]) -> Values:
        """What is held under keys; everything, where they are not known."""
        detail = self.interner.detail(container)
        if detail is not None and detail[0] == "namespace":  # `globals()`
            names = [key for key in keys if isinstance(key, str)]
            return merge(*[self.module_attribute(int(str(detail[1])), name) for name in names])
        if None in keys or not self._is_made(container):
            return self.items_of(container)
        entries = list(self.entries_of(container))
        if self.interner.class_of(container) == self.interner.external("builtins.list"):
            length = len(entries)
            keys = [key + length if isinstance(key, int) and key < 0 else key for key in keys]
        return merge(*[found for key, found in entries if key is None or key in keys])

    def subscript(self, module: int, scope: int, row: int) -> Values:
        """`base[index]`."""
        expressions = self.world.facts[module].expressions
        index = expressions.b[row]
        bases = self.evaluate(module, scope, expressions.a[row])
        stored = self.world.stored_before(module, row)
        if stored != NOTHING and all(each & TAG_MASK != INSTANCE for each in bases):
            return self.evaluate(module, scope, stored)
        return merge(*[self._item_of(each, module, scope, index) for each in bases])

    def _item_of(self, base: int, module: int, scope: int, index: int) -> Values:
        tag = base & TAG_MASK
        if tag in (CLASS, EXTERNAL):
            return (base,)
        if tag == INSTANCE:
            found = self.method_result(base, "__getitem__")
            return found or self.item_fields(base, self.keys(module, scope, index))
        operation = self.world.facts[module].expressions.op[index]
        if operation == ops.SLICE:
            return self._slice_of(base, module, index)
        if operation == ops.UNKNOWN:  # may be a slice as well
            return merge(self.items_of(base), (base,))
        is_known = tag == TUPLE or self.interner.detail(base) is not None
        keys = self.keys(module, scope, index) if is_known else ANY_KEY
        if tag == TUPLE:
            return self._parts_at(base, keys)
        return self.under(base, keys)

    def _parts_at(self, base: int, keys: list[Key | None]) -> Values:
        parts = self.interner.tuples[base >> TAG_BITS]
        places = [key for key in keys if isinstance(key, int) and -len(parts) <= key < len(parts)]
        if len(places) < len(keys):
            return merge(*parts)
        return merge(*[parts[place] for place in places])

    def _slice_of(self, base: int, module: int, index: int) -> Values:
        """`base[first:last]`: where the parts are known, those; else as much as all of it."""
        expressions = self.world.facts[module].expressions
        rows = (expressions.a[index], expressions.b[index])
        bounds = [None if row == NOTHING else self.whole_number(module, row) for row in rows]
        unknown = any(
            row != NOTHING and bound is None for row, bound in zip(rows, bounds, strict=True)
        )
        parts = None if unknown else self.known_parts(base)
        return (base,) if parts is None else (self.interner.tuple(parts[bounds[0] : bounds[1]]),)

    def known_parts(self, base: int) -> tuple[Values, ...] | None:
        """The parts of a tuple, of packed arguments, or of a short list to which nothing was added."""
        if base & TAG_MASK == TUPLE:
            return self.interner.tuples[base >> TAG_BITS]
        if not self._is_made(base):
            return None
        held = self._stored_in(base).by_key
        if self.interner.class_of(base) == self.interner.external("builtins.tuple"):
            return _in_order(held)
        if held:
            return None
        if self.interner.class_of(base) != self.interner.external("builtins.list"):
            return None
        entries = list(self._written(base))
        known = len(entries) <= _MAX_TUPLE and all(key is not None for key, _ in entries)
        return tuple(found for _, found in entries) if known else None

    def element(self, module: int, scope: int, row: int) -> Values:
        """What iterating gives."""
        return merge(*[self.iterated(each) for each in self._inner(module, scope, row)])

    def part(self, module: int, scope: int, row: int) -> Values:
        """One part of what is unpacked."""
        position = self.world.facts[module].expressions.b[row]
        found = []
        for each in self._inner(module, scope, row):
            if each & TAG_MASK == TUPLE:
                parts = self.interner.tuples[each >> TAG_BITS]
                found.append(parts[position] if -len(parts) <= position < len(parts) else NONE)
            elif self._is_made(each) and self.known_parts(each) is not None:
                found.append(self.under(each, [position]))
            elif each & TAG_MASK == INSTANCE:
                found.append(self.item_fields(each, [position]) or self.iterated(each))
            else:
                found.append(self.iterated(each))
        return merge(*found)

    def _inner(self, module: int, scope: int, row: int) -> Values:
        return self.evaluate(module, scope, self.world.facts[module].expressions.a[row])

    def keys_of(self, found: int) -> Values:
        """What iterating over a dict gives."""
        if not self._is_made(found):
            return NONE
        keys = [key for key, _ in self.entries_of(found) if key is not None]
        texts = [self.interner.object("builtins.str", NONE, ("text", key, 0)) for key in keys]
        return merge(tuple(sorted(set(texts))))


def _in_order(held: dict[Key | None, Values]) -> tuple[Values, ...] | None:
    """What is held at the positions of a short tuple; None where not all are known."""
    places = [key for key in held if isinstance(key, int)]
    if len(places) < len(held) or max(places, default=0) >= _MAX_TUPLE:
        return None
    return tuple(held.get(place, NONE) for place in range(max(places, default=-1) + 1))


_EMPTY = Held()
