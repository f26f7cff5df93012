"""Classes and functions of the program as framework readers see them: `model.view`, on top of the evaluator."""

from collections.abc import Iterator, Sequence
from functools import cached_property

from decompose.link.evaluate import Evaluator
from decompose.link.expression import Expr
from decompose.link.values import CLASS, TAG_BITS, TAG_MASK
from decompose.model import ops
from decompose.model.facts import NOTHING, Definition, DefinitionKind
from decompose.model.source import Site
from decompose.model.view import ClassView, Expression, FunctionView


class Scoped:
    """What classes and functions have in common."""

    def __init__(self, evaluator: Evaluator, symbol: int) -> None:
        self._evaluator = evaluator
        self._world = evaluator.world
        self._symbol = symbol
        self._module, self._scope = evaluator.world.place(symbol)

    @property
    def _definition(self) -> Definition:
        return self._world.facts[self._module].definitions[self._scope]

    @property
    def name(self) -> str:
        """Dotted name."""
        return self._world.dotted(self._symbol)

    @property
    def module(self) -> str:
        """The module that it stands in."""
        return self._world.facts[self._module].module

    @property
    def site(self) -> Site:
        """Where it is defined."""
        return Site(self._world.facts[self._module].path, self._definition.line)

    @property
    def last_line(self) -> int:
        """Where it ends."""
        return self._definition.end_line

    @property
    def doc(self) -> str:
        """First paragraph of its docstring."""
        return self._definition.doc

    @property
    def owner(self) -> str:
        """Dotted name of the class or module around it."""
        return self._world.dotted(self._world.symbol(self._module, max(self._definition.parent, 0)))

    @property
    def decorators(self) -> Sequence[Expression]:
        """Decorators as written, outermost first."""
        return [self._outer(row) for row in self._definition.decorators]

    def _outer(self, row: int) -> Expr:
        """An expression that stands in the scope around the definition."""
        return Expr(self._evaluator, self._module, max(self._definition.parent, 0), row)

    def _optional(self, row: int) -> Expr | None:
        return None if row == NOTHING else self._outer(row)

    def _inside(self, row: int) -> Expr | None:
        return None if row == NOTHING else Expr(self._evaluator, self._module, self._scope, row)


class Function(Scoped):
    """A function or method."""

    @cached_property
    def parameters(self) -> Sequence[tuple[str, Expression | None, Expression | None]]:
        """(name, annotation, default) in order."""
        return [
            (each.name, self._optional(each.annotation), self._optional(each.default))
            for each in self._definition.parameters
        ]

    @property
    def returns(self) -> Expression | None:
        """The return annotation."""
        return self._optional(self._definition.returns)

    @property
    def returned(self) -> Sequence[Expression]:
        """What its `return` and `yield` statements give, in order of line."""
        results = self._world.facts[self._module].results
        rows = [results.value[each] for each in self._evaluator.results_of(self._symbol)]
        return [Expr(self._evaluator, self._module, self._scope, row) for row in rows]

    @property
    def is_generator(self) -> bool:
        """Does it yield?"""
        return self._definition.is_generator

    @property
    def is_async(self) -> bool:
        """Is it a coroutine function?"""
        return self._definition.kind is DefinitionKind.ASYNC_FUNCTION


class Class(Scoped):
    """A class."""

    @property
    def mro(self) -> tuple[str, ...]:
        """Dotted names of itself and all bases in method resolution order; libraries' included."""
        return self._evaluator.order_names(self._symbol)

    @property
    def bases(self) -> Sequence[Expression]:
        """Direct bases as written."""
        return [self._outer(row) for row in self._definition.bases]

    @property
    def keywords(self) -> dict[str, Expression]:
        """Keywords of the class statement."""
        return {name: self._outer(row) for name, row in self._definition.keywords}

    def assigned(
        self, *, inherited: bool = False
    ) -> Iterator[tuple[str, Expression | None, Expression | None]]:
        """(name, value, annotation) of class-level bindings in source order; with `inherited`, base classes first."""
        if inherited:
            for base in reversed(self._evaluator.order(self._symbol)[1:]):
                if base & TAG_MASK == CLASS:
                    yield from Class(self._evaluator, base >> TAG_BITS).assigned()
        facts = self._world.facts[self._module]
        bindings = facts.bindings
        found = sorted(
            (entry, name)
            for name, entries in self._world.members(self._symbol).items()
            for entry in entries
            if entry >= 0
        )
        for entry, name in found:
            value = bindings.value[entry]
            if value == NOTHING or facts.expressions.op[value] != ops.DEFINITION:
                yield name, self._inside(value), self._inside(bindings.annotation[entry])

    def attribute(self, name: str) -> Expression | None:
        """The value last bound to a class attribute, searched along the MRO."""
        for base in self._evaluator.order(self._symbol):
            if base & TAG_MASK != CLASS:
                continue
            found = Class(self._evaluator, base >> TAG_BITS).own_attribute(name)
            if found is not None:
                return found
        return None

    def own_attribute(self, name: str) -> Expr | None:
        """The value last bound to an attribute of this very class."""
        for entry in reversed(self._world.members(self._symbol).get(name, ())):
            if entry >= 0:
                return self._inside(self._world.facts[self._module].bindings.value[entry])
        return None

    def inner(self, name: str) -> ClassView | None:
        """A class nested in it (`Meta`), searched along the MRO."""
        found = self.attribute(name)
        symbols = found.class_symbols() if isinstance(found, Expr) else ()
        return Class(self._evaluator, symbols[0]) if symbols else None

    def method(self, name: str) -> str | None:
        """Dotted name of the function that answers to a method's name, along the MRO; None if no program's."""
        found = self._evaluator.method_symbol(self._symbol << TAG_BITS | CLASS, name)
        return None if found == NOTHING else self._world.dotted(found)

    def methods(self) -> dict[str, FunctionView]:
        """Its own methods."""
        found = {
            name: self._evaluator.own_method(self._symbol, name)
            for name in self._world.members(self._symbol)
        }
        return {
            name: Function(self._evaluator, symbol)
            for name, symbol in sorted(found.items())
            if symbol != NOTHING
        }

    def stored(self) -> Iterator[tuple[str, Expression]]:
        """(attribute, value) that its own methods assign to attributes of their object, each as it stands there."""
        facts = self._world.facts
        for name, places in self._evaluator.stores.get(self._symbol, {}).items():
            for module, scope, position in places:
                row = facts[module].stores.value[position]
                if row != NOTHING:
                    yield name, Expr(self._evaluator, module, scope, row)
