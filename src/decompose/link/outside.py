"""What is assigned to attributes of instances from outside their class: `order.notify = send`, `Job(run=send)`."""

from collections.abc import Iterator

from decompose.link.hierarchy import receiver_class
from decompose.link.receivers import Receivers
from decompose.link.values import (
    CALLABLE,
    CLASS,
    INSTANCE,
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
Store = tuple[int, int, int]
"""(module, scope, store)."""


class Outside(Receivers):
    """Attributes of instances, whoever assigns them."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self.outside_stores = list(_outside_stores(world))
        self._assigned: dict[tuple[int, str], Values] = {}
        self._fields: dict[int, tuple[tuple[int, str], ...]] = {}
        self._names = {
            world.facts[module].strings[world.facts[module].stores.name[position]]
            for module, _, position in self.outside_stores
        }

    def assign(self, store: Store) -> None:
        """`base.name = value`, where base is no `self`."""
        module, scope, position = store
        facts = self.world.facts[module]
        owners = [
            each >> TAG_BITS
            for each in self.evaluate(module, scope, facts.stores.base[position])
            if each & TAG_MASK == INSTANCE
        ]
        if not owners:
            return
        name = facts.strings[facts.stores.name[position]]
        found = self.evaluate(module, scope, facts.stores.value[position])
        for owner in owners:
            self.assign_to(owner, name, found)

    def assign_to(self, owner: int, name: str, found: Values) -> None:
        """Instances of a class are given something to keep under a name."""
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
        if base & TAG_MASK != CLASS:
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
        if name not in self._names:
            return found
        assigned = [found]
        for base in self.order_of(self.interner.class_of(receiver)):
            if base & TAG_MASK == CLASS:
                key = (base >> TAG_BITS, name)
                self.rounds.read((_OUTSIDE, key))
                assigned.append(self._assigned.get(key, NONE))
        return merge(*assigned)


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
