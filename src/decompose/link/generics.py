"""What do type variables stand for? In `Box[Order]`, in a subclass of `Repository[Order]`, that is an Order.

An instance of a generic class knows its type arguments; from there each base class's are found along the text of the
bases. Annotations of methods and attributes are read again under them.
"""

from decompose.link.annotations import Annotations
from decompose.link.values import (
    CLASS,
    EXTERNAL,
    INSTANCE,
    NONE,
    OBJECT,
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

_DECLARING = frozenset(
    ["typing.Generic", "typing.Protocol", "typing_extensions.Generic", "typing_extensions.Protocol"]
)
Types = dict[int, Values]
"""Type variable (a value) -> what it stands for."""
_NO_TYPES: Types = {}


class Generics(Annotations):
    """Type arguments of classes, and annotations under them."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._variables: dict[int, tuple[int, ...]] = {}
        self._types: dict[tuple[int, int], Types] = {}
        self._under: Types = _NO_TYPES

    def instances(self, found: int, module: int, scope: int) -> Values:
        """What an annotation that names a value allows; a type variable, what it stands for here."""
        known = self._under.get(found)
        return super().instances(found, module, scope) if known is None else known

    def parametrized(self, base: int, module: int, scope: int, index: int) -> Values:
        """What `base[index]` allows as an annotation."""
        if base & TAG_MASK != CLASS or not self.variables(base >> TAG_BITS):
            return super().parametrized(base, module, scope, index)
        parts = tuple(self.annotated(module, scope, each) for each in self.parts(module, index))
        items = merge(*parts)
        if not items:
            return (value(INSTANCE, base >> TAG_BITS),)
        number = self.interner.tuple(parts) >> TAG_BITS
        return (self.interner.instance(base, items, ("types", "", number)),)

    def variables(self, symbol: int) -> tuple[int, ...]:
        """The type variables of a class, in the order of its arguments."""
        known = self._variables.get(symbol)
        if known is None:
            self._variables[symbol] = ()
            known = self._variables[symbol] = self._find_variables(symbol)
        return known

    def _find_variables(self, symbol: int) -> tuple[int, ...]:
        module, scope = self.world.place(symbol)
        facts = self.world.facts[module]
        parent = facts.definitions[scope].parent
        declared = facts.definitions[scope].variables
        if declared:
            return tuple(each for row in declared for each in self.evaluate(module, parent, row))
        found: dict[int, None] = {}
        for row in facts.definitions[scope].bases:
            if facts.expressions.op[row] != ops.SUBSCRIPT:
                continue
            named = {
                each: None
                for part in self.parts(module, facts.expressions.b[row])
                for each in self.evaluate(module, parent, part)
                if self.is_variable(each)
            }
            if self._declares(self.evaluate(module, parent, facts.expressions.a[row])):
                return tuple(named)
            found.update(named)
        return tuple(found)

    def is_variable(self, found: int) -> bool:
        """Is it a type variable?"""
        detail = self.interner.detail(found)
        return detail is not None and detail[0] == "variable"

    def _declares(self, found: Values) -> bool:
        return any(
            each & TAG_MASK == EXTERNAL and self.interner.external_name(each) in _DECLARING
            for each in found
        )

    def types_of(self, receiver: int, owner: int) -> Types:
        """What the type variables of a class stand for, seen from an instance of it or of a subclass."""
        key = (receiver, owner)
        known = self._types.get(key)
        if known is None:
            self._types[key] = _NO_TYPES
            known = self._types[key] = self._find_types(receiver, owner)
        return known

    def _find_types(self, receiver: int, owner: int) -> Types:
        if receiver & TAG_MASK not in (CLASS, INSTANCE, OBJECT):
            return _NO_TYPES
        kind = receiver if receiver & TAG_MASK == CLASS else self.interner.class_of(receiver)
        if kind & TAG_MASK != CLASS:
            return _NO_TYPES
        detail = self.interner.detail(receiver)
        own = _NO_TYPES
        if detail is not None and detail[0] == "types":
            variables = self.variables(kind >> TAG_BITS)
            own = dict(zip(variables, self.interner.tuples[detail[2]], strict=False))
        return self._climb(kind >> TAG_BITS, own, owner)

    def _climb(self, symbol: int, types: Types, owner: int) -> Types:
        if symbol == owner:
            return types
        module, scope = self.world.place(symbol)
        facts = self.world.facts[module]
        parent = facts.definitions[scope].parent
        for row in facts.definitions[scope].bases:
            is_generic = facts.expressions.op[row] == ops.SUBSCRIPT
            named = facts.expressions.a[row] if is_generic else row
            for base in self.evaluate(module, parent, named):
                if base & TAG_MASK != CLASS or value(CLASS, owner) not in self.order_of(base):
                    continue
                rows = self.parts(module, facts.expressions.b[row]) if is_generic else []
                given = [self.annotated_under(types, module, parent, each) for each in rows]
                variables = self.variables(base >> TAG_BITS)
                return self._climb(
                    base >> TAG_BITS, dict(zip(variables, given, strict=False)), owner
                )
        return _NO_TYPES

    def annotated_under(self, types: Types, module: int, scope: int, row: int) -> Values:
        """What an annotation allows where type variables stand for what is given."""
        before, self._under = self._under, types
        found = self.annotated(module, scope, row)
        self._under = before
        return found

    def returned(self, symbol: int, receiver: int = NOTHING) -> Values:
        """What a function gives back; of a generic class's method, under the types of its receiver."""
        found = super().returned(symbol, receiver)
        module, scope = self.world.place(symbol)
        owner = self.world.owner_class(module, scope)
        if NOTHING in (receiver, owner) or not self.variables(owner):
            return found
        definition = self.world.facts[module].definitions[scope]
        types = self.types_of(receiver, owner)
        if not types or definition.returns == NOTHING:
            return found
        typed = self.annotated_under(types, module, definition.parent, definition.returns)
        return typed or found

    def own_member(self, owner: int, receiver: int, name: str) -> Values:
        """What a class itself defines under a name; of a generic class, under the types of the receiver."""
        found = super().own_member(owner, receiver, name)
        if found or not self.variables(owner):
            return found
        types = self.types_of(receiver, owner)
        return merge(*self._typed(owner, name, types)) if types else NONE

    def _typed(self, owner: int, name: str, types: Types) -> list[Values]:
        module, scope = self.world.place(owner)
        facts = self.world.facts[module]
        rows = [
            (scope, facts.bindings.annotation[entry])
            for entry in self.world.members(owner).get(name, ())
            if entry >= 0
        ]
        for home, at, position in self.stores.get(owner, {}).get(name, ()):
            if home == module:
                rows.append((at, facts.stores.annotation[position]))
                rows.append(self._annotation_of(module, at, facts.stores.value[position]))
        return [self.annotated_under(types, module, at, row) for at, row in rows]

    def _annotation_of(self, module: int, scope: int, row: int) -> tuple[int, int]:
        """(scope, annotation) of the parameter that a row of its function names."""
        facts = self.world.facts[module]
        definition = facts.definitions[scope]
        if row != NOTHING and facts.expressions.op[row] == ops.NAME:
            name = facts.strings[facts.expressions.a[row]]
            for parameter in definition.parameters:
                if parameter.name == name:
                    return definition.parent, parameter.annotation
        return scope, NOTHING
