"""Who are a class's bases, in which order are they asked, and which of them defines a name?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property

from decompose.link.hierarchy import (
    Order,
    class_symbols,
    class_value,
    external_bases,
    library_bases,
    linearize,
    self_stores,
    subclasses,
)
from decompose.link.scopes import Scopes
from decompose.link.structure import implementers
from decompose.link.values import (
    CLASS,
    EXTERNAL,
    NONE,
    OBJECT,
    TAG_BITS,
    TAG_MASK,
    Values,
)
from decompose.link.world import World
from decompose.model import ops
from decompose.model.facts import NOTHING
from decompose.model.knowledge import Knowledge

PROPERTIES = frozenset(
    [
        "property",
        "cached_property",
        "hybrid_property",
        "lazy_property",
        "reify",
        "classproperty",
        "memoized_property",
        "lazyproperty",
    ]
)
_MOST_HEIRS = 8
_MOST_BESIDE = 16
Definers = dict[str, set[int]]
"""Name -> classes, as values."""
NO_CLASSES: frozenset[int] = frozenset()


class Classes(Scopes):
    """Method resolution orders, subclasses, methods by name.

    A name is looked up in the set of classes that define it: asking an order of ten classes costs little more than
    asking one, and for most names that are asked for there is no such class.
    """

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self.stores = self_stores(world)
        self.binders = _binders(world)
        """Classes whose body binds a name."""
        self.holders = _holders(self.binders, self.stores)
        """Classes whose body binds a name, or whose methods store it in `self`."""
        self.orders: dict[int, Order] = {}
        self.subclasses: dict[int, list[int]] = {}
        self.protocols: frozenset[int] = frozenset()
        self.super_mark = self.interner.external("builtins.super")
        self._order_names: dict[Order, tuple[str, ...]] = {}
        self._library_orders: dict[int, Order] = {}
        self._marks: dict[int, frozenset[str]] = {}
        self._methods: dict[str, dict[int, int]] = {}
        self._linking: set[int] = set()
        self._answers_beside: dict[tuple[int, str], tuple[int, ...]] = {}

    def order_all(self) -> None:
        """Fix the method resolution order of every class."""
        for symbol in class_symbols(self.world):
            self.order(symbol)
        self.subclasses = subclasses(self.orders)
        protocols = self._protocols()
        self.protocols = frozenset(protocols)
        found_by = implementers(self.world, self.orders, protocols, self._is_property)
        for symbol, found in found_by.items():
            self.subclasses[symbol] = sorted({*self.subclasses.get(symbol, ()), *found})

    def _is_property(self, owner: int, name: str) -> bool:
        method = self.own_method(owner, name)
        return method != NOTHING and not self.marks(method).isdisjoint(PROPERTIES)

    def _protocols(self) -> list[int]:
        """Classes that name `Protocol` as a base."""
        names = ("typing.Protocol", "typing_extensions.Protocol")
        wanted = {self.interner.external(name) for name in names}
        return [
            symbol
            for symbol in self.orders
            if self.world.definition(symbol).bases and not wanted.isdisjoint(self._bases(symbol))
        ]

    def order(self, symbol: int) -> Order:
        """The method resolution order of a class."""
        known = self.orders.get(symbol)
        if known is not None:
            return known
        own = class_value(symbol)
        if symbol in self._linking:
            return (own,)
        self._linking.add(symbol)
        bases = self._bases(symbol)
        parents = {base: self.order_of(base) for base in bases}
        found = self.orders[symbol] = linearize(own, bases, parents)
        self._linking.discard(symbol)
        return found

    def order_names(self, symbol: int) -> tuple[str, ...]:
        """Dotted names of a class and its bases in method resolution order."""
        order = self.order(symbol)
        known = self._order_names.get(order)
        if known is None:
            known = self._order_names[order] = tuple(
                self.interner.external_name(each)
                if each & TAG_MASK == EXTERNAL
                else self.world.dotted(each >> TAG_BITS)
                for each in order
            )
        return known

    def order_of(self, kind: int) -> Order:
        """The method resolution order of a class value, as far as it is known for a library's."""
        if kind & TAG_MASK == CLASS:
            return self.order(kind >> TAG_BITS)
        known = self._library_orders.get(kind)
        if known is None:
            names = library_bases(self.interner.external_name(kind), self.knowledge)
            known = self._library_orders[kind] = tuple(map(self.interner.external, names))
        return known

    def _bases(self, symbol: int) -> list[int]:
        module, scope = self.world.place(symbol)
        definition = self.world.facts[module].definitions[scope]
        found: list[int] = []
        for row in definition.bases:
            for each in self.evaluate(module, definition.parent, row):
                if each & TAG_MASK in (CLASS, EXTERNAL):
                    found.append(each)
                elif each & TAG_MASK == OBJECT:  # a class made by a library's function
                    found.append(self.interner.class_of(each))
        own = class_value(symbol)
        return [each for each in dict.fromkeys(found) if each != own]

    def marks(self, symbol: int) -> frozenset[str]:
        """Last names of a function's decorators."""
        known = self._marks.get(symbol)
        if known is None:
            module, scope = self.world.place(symbol)
            facts = self.world.facts[module]
            rows = facts.definitions[scope].decorators
            known = self._marks[symbol] = frozenset(self.last_text(facts, row) for row in rows)
        return known

    def own_method(self, symbol: int, name: str) -> int:
        """The function that a class itself defines under a name, the last one; else NOTHING."""
        module = self.world.module_of[symbol]
        facts = self.world.facts[module]
        for entry in reversed(self.world.members(symbol).get(name, ())):
            row = facts.bindings.value[entry] if entry >= 0 else NOTHING
            if row != NOTHING and facts.expressions.op[row] == ops.DEFINITION:
                found = self.world.symbol(module, facts.expressions.a[row])
                return NOTHING if self.world.is_class(found) else found
        return NOTHING

    def method_symbol(self, kind: int, name: str) -> int:
        """The program's function that answers to a method's name on a class value; NOTHING if a library or nobody."""
        answers = self._methods.get(name)
        if answers is None:
            if name not in self.binders:
                return NOTHING
            answers = self._methods[name] = {}
        known = answers.get(kind)
        if known is None:
            binders = self.binders[name]
            known = answers[kind] = self._first_method(self.order_of(kind), binders, name)
        return known

    def _first_method(self, order: Order, binders: AbstractSet[int], name: str) -> int:
        for base in order:
            if base in binders:
                return self.own_method(base >> TAG_BITS, name)
        return NOTHING

    def is_inherited_from(self, found: Values) -> bool:
        """Are values instances of library classes, or these, that a few classes of the program inherit from?

        To annotate with one of those leaves open which it is.
        """
        return bool(found) and all(map(self._is_inherited_from, found))

    def _is_inherited_from(self, found: int) -> bool:
        kind = self.interner.class_of(found) if found & TAG_MASK == OBJECT else found
        if kind & TAG_MASK != EXTERNAL or (
            found & TAG_MASK == OBJECT and self.interner.items(found)
        ):
            return False
        return self.interner.external_name(kind) in self.inherited_from

    @cached_property
    def inherited_from(self) -> frozenset[str]:
        """Library classes that a few of the program inherit from."""
        counted = Counter(
            self.interner.external_name(base)
            for order in self.orders.values()
            for base in external_bases(order)
        )
        return frozenset(
            name
            for name, count in counted.items()
            if count <= _MOST_HEIRS and not name.startswith(("builtins.", "typing.", "abc."))
        )

    def is_super(self, receiver: int) -> bool:
        """Is it what `super()` gives?"""
        return receiver & TAG_MASK == OBJECT and self.interner.items(receiver) == (self.super_mark,)

    def answering(self, receiver: int, name: str) -> int:
        """The program's function behind `receiver.name` of an instance (`super()` asks its bases); else NOTHING."""
        binders = self.binders.get(name)
        if binders is None:
            return NOTHING
        kind = self.interner.class_of(receiver)
        if not self.is_super(receiver):
            return self.method_symbol(kind, name)
        return self._first_method(self.order_of(kind)[1:], binders, name)

    def answers_below(self, subclasses: Sequence[int], name: str) -> Iterator[int]:
        """The functions that answer to a method's name on classes, each once, in order; NOTHING where no function."""
        binders, orders = self.binders.get(name, NO_CLASSES), self.orders
        owners: dict[int, None] = {}
        for symbol in subclasses:
            for base in orders[symbol]:
                if base in binders:
                    if base not in owners:
                        owners[base] = None
                        yield self.own_method(base >> TAG_BITS, name)
                    break

    def answers_beside(self, symbol: int, name: str) -> tuple[int, ...]:
        """The functions that `super().name` of a class enters where a subclass has another base that is next.

        `class Page(Titled, Listing)`: what `Titled` asks of `super()`, `Listing` answers, no base of `Titled`.
        """
        key = (symbol, name)
        known = self._answers_beside.get(key)
        if known is None:
            known = self._answers_beside[key] = tuple(self._find_beside(symbol, name))
        return known

    def _find_beside(self, symbol: int, name: str) -> list[int]:
        binders, own = self.binders.get(name, NO_CLASSES), class_value(symbol)
        above = frozenset(self.orders.get(symbol, ()))
        if above.issuperset(binders):
            return []
        found: dict[int, None] = {}
        for subclass in self.subclasses.get(symbol, ()):
            order = self.orders[subclass]
            following = order[order.index(own) + 1 :] if own in order else ()
            answer = next((base for base in following if base in binders), NOTHING)
            method = NOTHING if answer in above else self.own_method(answer >> TAG_BITS, name)
            if NOTHING not in (answer, method):
                found[method] = None
                if len(found) == _MOST_BESIDE:
                    break
        return list(found)

    def class_attribute(self, kind: int, name: str) -> Values:
        """What the first class of the program in an order that binds a name binds it to, as it stands there."""
        binders = self.binders.get(name, NO_CLASSES)
        for base in self.order_of(kind) if binders else ():
            if base in binders:
                owner = base >> TAG_BITS
                module, scope = self.world.place(owner)
                return self.entries(module, scope, self.world.members(owner)[name])
        return NONE

    def fields(self, kind: int) -> list[str]:
        """Names that a class and its bases annotate in their bodies: fields of a dataclass, in order."""
        found: dict[str, None] = {}
        for base in reversed(self.order_of(kind)):
            if base & TAG_MASK == CLASS:
                module = self.world.module_of[base >> TAG_BITS]
                annotation = self.world.facts[module].bindings.annotation
                for name, entries in self.world.members(base >> TAG_BITS).items():
                    if any(each >= 0 and annotation[each] != NOTHING for each in entries):
                        found[name] = None
        return list(found)

    def has_attribute(self, kind: int, name: str) -> bool:
        """Does a class of the program in an order bind a name, or a method of one store it in `self`?"""
        holders = self.holders.get(name)
        return holders is not None and not holders.isdisjoint(self.order_of(kind))


def _binders(world: World) -> Definers:
    found: Definers = {}
    for symbol in class_symbols(world):
        own = class_value(symbol)
        for name in world.members(symbol):
            found.setdefault(name, set()).add(own)
    return found


def _holders(
    binders: Definers, stores: dict[int, dict[str, list[tuple[int, int, int]]]]
) -> Definers:
    found = dict(binders)
    for symbol, names in stores.items():
        own = class_value(symbol)
        for name in names:
            known = found.get(name)
            if known is None:
                found[name] = {own}
            elif known is binders.get(name):
                found[name] = {own, *known}
            else:
                known.add(own)
    return found
