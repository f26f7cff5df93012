"""What is assigned to attributes from outside: `order.notify = send`, `Job(run=send)`, `module.send = other`.

Of instances and of what constructors that nobody wrote keep, all that arguments bring is followed; of classes and
modules (monkey patches), what is assigned where a name leads to them. On a library's object that is there for it
(`g.user = user`), everybody finds what anybody has left.
"""

from collections.abc import Iterator

from decompose.link.classes import NO_CLASSES
from decompose.link.hierarchy import receiver_class
from decompose.link.receivers import Receivers
from decompose.link.values import (
    BOUND,
    CALLABLE,
    CLASS,
    EXTERNAL,
    FUNCTION,
    INSTANCE,
    MODULE,
    NONE,
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

_OUTSIDE = -6  # an attribute that is assigned from outside, as something that answers rest on
_MAX_FOUND = 12
_OWNING = frozenset([INSTANCE, CLASS, MODULE])
Store = tuple[int, int, int]
"""(module, scope, store)."""


class Outside(Receivers):
    """Attributes of instances, whoever assigns them."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self.outside_stores = list(_outside_stores(world))
        self._assigned: dict[tuple[int, str], Values] = {}
        """(an INSTANCE, CLASS or MODULE value, attribute) -> what is assigned to it."""
        self._patched: frozenset[tuple[int, str]] = frozenset()
        self._patched_names: frozenset[str] = frozenset()
        self._fields: dict[int, tuple[tuple[int, str], ...]] = {}
        self.set_by_name: frozenset[int] = frozenset()
        """Classes (as values) whose own methods give their instances attributes of computed names."""
        self._names = {
            world.facts[module].strings[world.facts[module].stores.name[position]]
            for module, _, position in self.outside_stores
        }

    def assign(self, store: Store) -> None:
        """`base.name = value`, where base is no `self`."""
        module, scope, position = store
        facts = self.world.facts[module]
        bases = self.evaluate(module, scope, facts.stores.base[position])
        owners = [each for each in bases if each & TAG_MASK in _OWNING]
        shared = [each for each in map(self._shared, bases) if each != NOTHING]
        if not owners and not shared:
            return
        name = facts.strings[facts.stores.name[position]]
        found = self.evaluate(module, scope, facts.stores.value[position])
        for owner in owners:
            if owner & TAG_MASK == INSTANCE or (owner, name) in self._patched:
                self.assign_to(owner, name, found)
        for owner in shared:
            self._add_assigned((owner, name), found)

    def _shared(self, found: int) -> int:
        """The object (as a value) on which programs leave things for others, NOTHING for any other value."""
        if found & TAG_MASK == BOUND:
            found = self.interner.bound[found >> TAG_BITS][0]
        if found & TAG_MASK != EXTERNAL:
            return NOTHING
        name = self.knowledge.shared.get(self.interner.external_name(found))
        return NOTHING if name is None else self.interner.external(name)

    def external_attribute(self, base: str, name: str) -> Values:
        """What `base.name` stands for, where base is a library's name or a namespace package of the program."""
        left = self._left(self.interner.external(base), name)
        return left or super().external_attribute(base, name)

    def _attribute_of(self, receiver: int, name: str) -> Values:
        left = self._left(receiver, name) if receiver & TAG_MASK == BOUND else NONE
        return left or super()._attribute_of(receiver, name)

    def _left(self, found: int, name: str) -> Values:
        """What anybody has left under a name on an object that is there for it."""
        owner = self._shared(found) if name in self._names else NOTHING
        return NONE if owner == NOTHING else self.read_assigned((owner, name))

    def find_patched(self) -> None:
        """Find the attributes of classes and modules that are assigned from outside."""
        self._patched = frozenset(
            (
                owner,
                self.world.facts[module].strings[self.world.facts[module].stores.name[position]],
            )
            for module, scope, position in self.outside_stores
            for owner in self._named_owners(module, scope, position)
        )
        self._patched_names = frozenset(name for _, name in self._patched)
        for owner, name in sorted(self._patched):
            if owner & TAG_MASK == CLASS:
                self.holders[name] = {owner, *self.holders.get(name, ())}

    def _named_owners(self, module: int, scope: int, position: int) -> Values:
        facts = self.world.facts[module]
        base = facts.stores.base[position]
        name = facts.expressions.a[base]
        if facts.expressions.op[base] != ops.NAME or self.world.local(module, scope, name):
            return NONE
        found = self.evaluate(module, scope, base)
        return tuple(each for each in found if each & TAG_MASK in (CLASS, MODULE))

    def assign_to(self, owner: int, name: str, found: Values) -> None:
        """Instances of a class, a class or a module are given something to keep under a name."""
        telling = (INSTANCE, *CALLABLE)
        self._names.add(name)
        self._add_assigned(
            (owner, name), tuple(each for each in found if each & TAG_MASK in telling)
        )

    def open_fields(self, symbol: int) -> tuple[tuple[int, str], ...]:
        """(position, name) of the fields that a constructor which nobody wrote fills, where their types say little."""
        known = self._fields.get(symbol)
        if known is None:
            known = self._fields[symbol] = tuple(self._find_open_fields(symbol))
            self._names.update(name for _, name in known)
        return known

    def _find_open_fields(self, symbol: int) -> Iterator[tuple[int, str]]:
        kind = value(CLASS, symbol)
        if self.method_symbol(kind, "__init__") != NOTHING:
            return
        for position, name in enumerate(self.fields(kind)):
            declared = merge(*[self._declared(base, name) for base in self.order_of(kind)])
            if self.is_any_callable(declared) or not declared:
                yield position, name

    def _declared(self, base: int, name: str) -> Values:
        """What the annotation of a field says."""
        if base not in self.binders.get(name, NO_CLASSES):
            return NONE
        module, scope = self.world.place(base >> TAG_BITS)
        annotation = self.world.facts[module].bindings.annotation
        entries = self.world.members(base >> TAG_BITS).get(name, ())
        rows = [annotation[each] for each in entries if each >= 0]
        return merge(*[self.annotated(module, scope, row) for row in rows])

    def _add_assigned(self, key: tuple[int, str], found: Values) -> None:
        before = self._assigned.get(key, NONE)
        after = merge(before, found)
        if after != before and len(after) <= _MAX_FOUND:
            self._assigned[key] = after
            self.rounds.change((_OUTSIDE, key))

    def instance_member(self, receiver: int, name: str) -> Values:
        """What an instance has under a name, by its classes and by who assigned it."""
        found = super().instance_member(receiver, name)
        if name not in self._names and (found or not self.set_by_name):
            return found
        assigned = [found]
        assigned.extend(
            self.read_assigned((value(INSTANCE, base >> TAG_BITS), name))
            for base in self.order_of(self.interner.class_of(receiver))
            if base & TAG_MASK == CLASS and (name in self._names or base in self.set_by_name)
        )
        return merge(*assigned)

    def read_assigned(self, key: tuple[int, str]) -> Values:
        """What has been assigned to (owner, name) so far."""
        self.rounds.read((_OUTSIDE, key))
        return self._assigned.get(key, NONE)

    def own_member(self, owner: int, receiver: int, name: str) -> Values:
        """What a class itself defines under a name, and what it has been patched with."""
        found = super().own_member(owner, receiver, name)
        if name not in self._patched_names:
            return found
        key = (value(CLASS, owner), name)
        if key not in self._patched:
            return found
        patches = self.read_assigned(key)
        if receiver & TAG_MASK != CLASS:
            patches = tuple(
                self.interner.bound_method(each, receiver) if each & TAG_MASK == FUNCTION else each
                for each in patches
            )
        return merge(found, patches)

    def namespace(self, module: int, name: str) -> Values | None:
        """What a module-level name stands for, patches included; None where the module does not bind it."""
        found = super().namespace(module, name)
        if name not in self._patched_names:
            return found
        key = (value(MODULE, module), name)
        return found if key not in self._patched else merge(found or NONE, self.read_assigned(key))


def _outside_stores(world: World) -> Iterator[Store]:
    for module, facts in enumerate(world.facts):
        expressions, stores = facts.expressions, facts.stores
        for position, (scope, name) in enumerate(zip(stores.scope, stores.name, strict=True)):
            if name == NOTHING:
                continue
            base = stores.base[position]
            named = expressions.op[base] == ops.NAME
            text = facts.strings[expressions.a[base]] if named else ""
            if not named or receiver_class(world, module, scope, text) == NOTHING:
                yield module, scope, position
