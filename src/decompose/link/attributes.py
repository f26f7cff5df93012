"""Who answers to `receiver.name`: along method resolution orders, through properties and descriptors."""

from abc import abstractmethod

from decompose.link.cache import Cache
from decompose.link.classes import NO_CLASSES, PROPERTIES, Classes
from decompose.link.hierarchy import Order, class_value
from decompose.link.reverses import Added
from decompose.link.values import (
    BOUND,
    CLASS,
    EXTERNAL,
    FUNCTION,
    INSTANCE,
    MODULE,
    NONE,
    OBJECT,
    RAW,
    TAG_BITS,
    TAG_MASK,
    Values,
    merge,
    value,
)
from decompose.link.world import World
from decompose.model import ops
from decompose.model.facts import NOTHING
from decompose.model.knowledge import Knowledge

CALLABLE = "typing.Callable"
"""The class of what is annotated `Callable[[…], Order]`: an object that holds what calling it gives."""
_ACCESSORS = frozenset(["setter", "deleter"])  # of a property that another function reads
_MAX_STORES = 8
_MAX_BELOW = 64  # subclasses that are asked
_MAX_ANSWERS = 8  # of them


class Attributes(Classes):
    """Attributes of modules, classes, instances and libraries' objects."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._attributes: Cache[tuple[int, str]] = self.rounds.cache()
        self._callables = {
            self.interner.external(name) for name in (CALLABLE, "collections.abc.Callable")
        }

    @abstractmethod
    def annotated(self, module: int, scope: int, row: int) -> Values:
        """The values that an annotated name may hold."""

    @abstractmethod
    def returned(self, symbol: int, receiver: int = NOTHING) -> Values:
        """What a function gives back."""

    @abstractmethod
    def known_result(self, result: str, receiver: int, module: int, scope: int, row: int) -> Values:
        """What a result of `model.knowledge` stands for."""

    @abstractmethod
    def added(self) -> Added:
        """Attributes that classes get because others refer to them."""

    @abstractmethod
    def dotted_name(self, found: int) -> str | None:
        """The canonical dotted name of what a value is."""

    def attribute(self, receiver: int, name: str) -> Values:
        """What `receiver.name` stands for."""
        key = (receiver, name)
        known = self._attributes.kept.get(key)
        if known is not None:
            return known
        known = self._attributes.get(key)
        if known is None:
            known = self._attributes.find(key, self._attribute_of, receiver, name)
        return known

    def _attribute_of(self, receiver: int, name: str) -> Values:
        tag, number = receiver & TAG_MASK, receiver >> TAG_BITS
        if tag == MODULE:
            return self.module_attribute(number, name)
        if tag == EXTERNAL:
            return self.external_attribute(self.interner.names[number], name)
        if tag == CLASS:
            return self._member(self.order(number), receiver, name)
        if tag in (INSTANCE, OBJECT):
            return self.instance_member(receiver, name)
        return merge(*[self.attribute(each, name) for each in self.held(receiver)])

    def held(self, bound: int) -> Values:
        """What a library's instance holds in an attribute (`db.session`), where that is known; NONE for methods."""
        if bound & TAG_MASK != BOUND:
            return NONE
        function, receiver = self.interner.bound[bound >> TAG_BITS]
        if function & TAG_MASK != EXTERNAL:
            return NONE
        library, _, name = self.interner.external_name(function).rpartition(".")
        result = self.knowledge.instances.get(library, _NO_RESULTS).get(name, "")
        return self.result_of(result, receiver, self.interner.items(receiver))

    def instance_member(self, receiver: int, name: str) -> Values:
        """What an instance has under a name."""
        kind = self.interner.class_of(receiver)
        if self.is_super(receiver):
            found = self._member(self.order_of(kind)[1:], receiver, name)
            return found if self._is_own(found) else merge(found, self._beside(receiver, name))
        if name == "__class__":
            return (kind,)
        return self._member(self.order_of(kind), receiver, name)

    def _is_own(self, found: Values) -> bool:
        """Is it a method of the program?"""
        return any(
            self.interner.bound[each >> TAG_BITS][0] & TAG_MASK in (FUNCTION, RAW)
            for each in found
            if each & TAG_MASK == BOUND
        )

    def _beside(self, receiver: int, name: str) -> Values:
        """What `super().name` may be of a class without such a base: of the bases that its subclasses have besides."""
        symbol = self.interner.class_of(receiver) >> TAG_BITS
        found = [value(FUNCTION, each) for each in self.answers_beside(symbol, name)]
        return merge(*[self._bound(each, receiver) for each in found])

    def _member(self, order: Order, receiver: int, name: str) -> Values:
        library = NOTHING
        holders = self.holders.get(name, NO_CLASSES)
        begins_at_own = bool(order) and order[0] >> TAG_BITS == receiver >> TAG_BITS
        for base in order:
            if base & TAG_MASK == CLASS:
                owner = base >> TAG_BITS
                found = self.own_member(owner, receiver, name) if base in holders else NONE
                if not found and receiver & TAG_MASK != CLASS:
                    found = self._added_member(owner, receiver, name)
            else:
                library = base if library == NOTHING else library
                found = self._known_member(base, receiver, name)
            if found:
                return found
        found = self._answered_below(receiver, name) if begins_at_own else NONE
        if found or library == NOTHING:
            return found
        return self._unknown_member(library, receiver, name)

    def _answered_below(self, receiver: int, name: str) -> Values:
        """What a mixin or an abstract class leaves to its subclasses, or to what stands beside it in their order."""
        tag, symbol = receiver & TAG_MASK, receiver >> TAG_BITS
        if tag not in (CLASS, INSTANCE):
            return NONE
        found: list[Values] = []
        for subclass in self.subclasses.get(symbol, ())[:_MAX_BELOW]:
            is_added = tag == INSTANCE and (subclass, name) in self.added()
            if is_added or self.has_attribute(class_value(subclass), name):
                found.append(self.attribute(value(tag, subclass), name))
                if len(found) == _MAX_ANSWERS:
                    break
        return merge(*found)

    def _unknown_member(self, library: int, receiver: int, name: str) -> Values:
        """An attribute that only a library can answer: named after the first library class of the order.

        One that is an alias of a name elsewhere (`db.Column` of `sqlalchemy.Column`) is that, unbound.
        """
        spelled = f"{self.interner.external_name(library)}.{name}"
        canonical = self.canonical(spelled)
        dotted = self.interner.external(canonical)
        if receiver & TAG_MASK == CLASS or canonical != spelled:
            return (dotted,)
        return (self.interner.bound_method(dotted, receiver),)

    def own_member(self, owner: int, receiver: int, name: str) -> Values:
        """What a class itself defines under a name, seen through a receiver."""
        entries = self.world.members(owner).get(name)
        found = NONE
        if entries:
            module, scope = self.world.place(owner)
            found = self._described(
                self.entries(module, scope, entries), (module, scope, entries[-1]), receiver
            )
        if receiver & TAG_MASK != CLASS:
            for store in self.stores.get(owner, _NO_STORES).get(name, ())[:_MAX_STORES]:
                found = merge(found, self._stored(store))
        return found

    def _added_member(self, owner: int, receiver: int, name: str) -> Values:
        """An attribute that another class's reference gives to instances of this one."""
        rows = self.added().get((owner, name))
        if not rows:
            return NONE
        return merge(
            *[self.result_of(result, receiver, (value(INSTANCE, item),)) for result, item in rows]
        )

    def _stored(self, store: tuple[int, int, int]) -> Values:
        module, scope, position = store
        stores = self.world.facts[module].stores
        annotation = stores.annotation[position]
        found = self.annotated(module, scope, annotation) if annotation != NOTHING else NONE
        if found and not self.is_any_callable(found):
            return found
        return merge(found, self.evaluate(module, scope, stores.value[position]))

    def is_any_callable(self, found: Values) -> bool:
        """Does an annotation only say that something can be called? Then what it is says more."""
        return bool(found) and all(
            each & TAG_MASK == OBJECT and self.interner.class_of(each) in self._callables
            for each in found
        )

    def _described(self, found: Values, entry: tuple[int, int, int], receiver: int) -> Values:
        """Values of a class attribute, seen through `receiver`: methods bound, properties called, columns typed."""
        out: list[Values] = []
        for each in found:
            tag = each & TAG_MASK
            if tag in (FUNCTION, RAW) and self._is_method(each >> TAG_BITS):
                out.append(self._bound(each, receiver))
            elif self.interner.detail(each) is not None and receiver & TAG_MASK != CLASS:
                out.append(self._made_method(each, receiver))
            elif tag in (OBJECT, INSTANCE) and receiver & TAG_MASK == CLASS:
                out.append((self._owned(each, receiver),))
            elif tag in (OBJECT, INSTANCE, EXTERNAL):
                out.append(self._through_descriptor(each, entry, receiver))
            else:
                out.append((each,))
        return merge(*out)

    def _made_method(self, found: int, receiver: int) -> Values:
        if self.interner.class_of(found) != self.interner.external("functools.partialmethod"):
            return (found,)
        bound = self.interner.bound_method
        return tuple(bound(each, receiver) for each in self.interner.items(found))

    def _is_method(self, symbol: int) -> bool:
        return self.world.owner_class(*self.world.place(symbol)) != NOTHING

    def _bound(self, function: int, receiver: int) -> Values:
        marks = self.marks(function >> TAG_BITS)
        on_class = receiver & TAG_MASK == CLASS
        if not on_class and not marks.isdisjoint(_ACCESSORS):
            return NONE
        if not on_class and not marks.isdisjoint(PROPERTIES):
            return self.returned(function >> TAG_BITS, receiver)
        if "staticmethod" in marks or (on_class and "classmethod" not in marks):
            return (function,)
        return (self.interner.bound_method(function, receiver),)

    def _owned(self, found: int, owner: int) -> int:
        """A manager or the like, read from a class, holds instances of that class."""
        kind = self.interner.class_of(found)
        if self.interner.items(found) or not any(
            base & TAG_MASK == EXTERNAL
            and self.interner.external_name(base) in self.knowledge.instances
            for base in self.order_of(kind)
        ):
            return found
        return self.interner.instance(kind, (value(INSTANCE, owner >> TAG_BITS),))

    def _through_descriptor(self, found: int, entry: tuple[int, int, int], receiver: int) -> Values:
        module, scope, position = entry
        if position < 0:
            return (found,)
        bindings = self.world.facts[module].bindings
        row, annotation = bindings.value[position], bindings.annotation[position]
        expressions = self.world.facts[module].expressions
        if row == NOTHING or expressions.op[row] != ops.CALL:
            return (found,)
        for callee in self.evaluate(module, scope, expressions.a[row]):
            result = self._descriptor(callee)
            if result is not None and not (annotation != NOTHING and result.startswith("called")):
                known = self.known_result(result, receiver, module, scope, row)
                is_told = annotation != NOTHING and not self._holds_any(known)
                return (found,) if is_told and self._holds_any((found,)) else known
        return (found,)

    def _holds_any(self, found: Values) -> bool:
        """Is it, or holds it, an instance of a class of the program?"""
        return any(
            inner & TAG_MASK == INSTANCE
            for each in found
            for inner in (each, *self.interner.items(each))
        )

    def _descriptor(self, callee: int) -> str | None:
        """What a descriptor's class says of the attribute, its library bases asked too."""
        if callee & TAG_MASK not in (CLASS, EXTERNAL):
            return None
        for base in self.order_of(callee):
            name = self.interner.external_name(base) if base & TAG_MASK == EXTERNAL else ""
            if name in self.knowledge.descriptors:
                return self.knowledge.descriptors[name]
        return None

    def _known_member(self, library: int, receiver: int, name: str) -> Values:
        base = self.interner.external_name(library)
        if receiver & TAG_MASK == CLASS:
            result = self.knowledge.classes.get(base, _NO_RESULTS).get(name)
            if result is None:
                return NONE
            item = (value(INSTANCE, receiver >> TAG_BITS),)
            return self.result_of(result, receiver, item)
        if name in self.knowledge.instances.get(base, _NO_RESULTS):
            return (self.interner.bound_method(self.interner.external(f"{base}.{name}"), receiver),)
        return NONE

    @abstractmethod
    def result_of(self, result: str, receiver: int, items: Values) -> Values:
        """What a result of `model.knowledge` that needs no arguments stands for."""


_NO_RESULTS: dict[str, str] = {}
_NO_STORES: dict[str, list[tuple[int, int, int]]] = {}
