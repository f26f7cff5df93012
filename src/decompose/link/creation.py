"""What does making a class call? The `class` statement runs it, where it stands.

    class Row(Base): …           `__init_subclass__` of the nearest base, `__new__` and `__init__` of a metaclass
        size = Field()           `Field.__set_name__`, and what a library's classes call of such values
    class Colour(Enum): …        its own `__new__` and `__init__`, once a member

Libraries whose classes do more say so (`model.knowledge`): methods of bases that bear a decorator, methods of what the
body assigns. Of bases that are no more than patterns (`class Meta: abstract = True`) the values are taken over.
"""

from collections.abc import Iterator

from decompose.graph.packing import site
from decompose.link.edges import CALLBACK, IMPLICIT, Edges, Place
from decompose.link.evaluate import Evaluator
from decompose.link.hierarchy import class_symbols, external_bases
from decompose.link.operations import Operations
from decompose.link.values import CLASS, INSTANCE, OBJECT, TAG_BITS, TAG_MASK, value
from decompose.link.world import World
from decompose.model import ops
from decompose.model.facts import NOTHING
from decompose.model.program import Confidence, EdgeKind

_NAMED = "__set_name__"
_ENUMS = frozenset(f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag"))
_OF_MEMBERS = ("_generate_next_value_", "__new__", "__init__")
_OF_METACLASSES = ("__prepare__", "__new__", "__init__")
_PLAIN = ("abc.", "builtins.", "typing.", "typing_extensions.")
"""Beginnings of the names of bases that make nothing of a class."""
Called = Iterator[tuple[int, str]]
"""(method, mediator)"""


class Creation:
    """Adds the calls that making classes makes."""

    def __init__(self, evaluator: Evaluator, edges: Edges, operations: Operations) -> None:
        self._evaluator = evaluator
        self._world: World = evaluator.world
        self._edges = edges
        self._operations = operations
        self._hooks = frozenset(filter(self._is_method, evaluator.knowledge.value_hooks))
        self._is_named = operations.is_defined(_NAMED)
        self._values: dict[int, list[int]] = {}

    def add(self) -> None:
        """For all classes of the program."""
        for symbol in class_symbols(self._world):
            module, scope = self._world.place(symbol)
            definition = self._world.facts[module].definitions[scope]
            around = self._edges.node_of[self._world.first[module] + definition.parent]
            place = Place(
                module, definition.parent, around, definition.line, site(definition.line, 0)
            )
            for method, mediator in self._called(symbol):
                if method != NOTHING:
                    self._edges.to(place, method, EdgeKind.CALLS, Confidence.INFERRED, mediator)

    def _called(self, symbol: int) -> Called:
        order = self._evaluator.order(symbol)
        yield self._inherited(order, "__init_subclass__"), IMPLICIT
        metaclass = self._operations.metaclass(symbol)
        if metaclass != NOTHING:
            for name in _OF_METACLASSES:
                yield self._evaluator.method_symbol(metaclass, name), IMPLICIT
        libraries = [self._evaluator.interner.external_name(each) for each in external_bases(order)]
        if not _ENUMS.isdisjoint(libraries):
            for name in _OF_MEMBERS:
                yield self._evaluator.method_symbol(value(CLASS, symbol), name), IMPLICIT
        is_mapped = any(not name.startswith(_PLAIN) for name in libraries)
        if is_mapped and self._evaluator.knowledge.creating:
            yield from self._marked(symbol, order)
        if self._is_named or self._hooks:
            yield from self._asked(symbol, order)

    def _inherited(self, order: tuple[int, ...], name: str) -> int:
        """What `super().name` finds from a class."""
        for base in order[1:]:
            if base & TAG_MASK == CLASS and name in self._world.members(base >> TAG_BITS):
                return self._evaluator.own_method(base >> TAG_BITS, name)
        return NOTHING

    def _marked(self, symbol: int, order: tuple[int, ...]) -> Called:
        """Methods of bases with a decorator that a library looks for; a pattern itself is not filled in."""
        if "__abstract__" in self._world.members(symbol):
            return
        names: dict[str, None] = {}
        for base in order[1:]:
            if base & TAG_MASK == CLASS:
                names.update(dict.fromkeys(self._creating_in(base >> TAG_BITS)))
        for name in names:
            yield self._evaluator.method_symbol(value(CLASS, symbol), name), CALLBACK

    def _creating_in(self, symbol: int) -> Iterator[str]:
        for name in self._world.members(symbol):
            method = self._evaluator.own_method(symbol, name)
            if method != NOTHING:
                marks = self._evaluator.marks(method)
                if not marks.isdisjoint(self._evaluator.knowledge.creating):
                    yield name

    def _asked(self, symbol: int, order: tuple[int, ...]) -> Called:
        """Hooks of what the body assigns."""
        own = self._values_of(symbol)
        for each in own if self._is_named else ():
            yield self._evaluator.method_symbol(each, _NAMED), IMPLICIT
        if self._hooks:
            patterns = self._patterns_above(order)
            taken_over = [each for base in patterns for each in self._values_of(base)]
            for name in sorted(self._hooks):
                for each in dict.fromkeys([*own, *taken_over]):
                    yield self._evaluator.method_symbol(each, name), CALLBACK

    def _patterns_above(self, order: tuple[int, ...]) -> list[int]:
        """Bases that are patterns only, up to the first that is not: that one has their values already."""
        bases = [base >> TAG_BITS for base in order[1:] if base & TAG_MASK == CLASS]
        filled = [base for base in bases if not self._is_pattern(base)]
        above = {each for base in filled for each in self._evaluator.order(base)}
        return [base for base in bases if value(CLASS, base) not in above]

    def _is_pattern(self, symbol: int) -> bool:
        module, scope = self._world.place(symbol)
        metas = self._world.members(symbol).get("Meta", ())
        found = self._evaluator.entries(module, scope, list(metas)) if metas else ()
        return any(
            each & TAG_MASK == CLASS and "abstract" in self._world.members(each >> TAG_BITS)
            for each in found
        )

    def _values_of(self, symbol: int) -> list[int]:
        """The classes of the instances that a class's body assigns."""
        known = self._values.get(symbol)
        if known is None:
            module, scope = self._world.place(symbol)
            known = self._values[symbol] = [
                self._evaluator.interner.class_of(each)
                for entries in self._world.members(symbol).values()
                if not self._are_definitions(module, entries)
                for each in self._evaluator.entries(module, scope, entries)
                if each & TAG_MASK in (INSTANCE, OBJECT)
            ]
        return known

    def _are_definitions(self, module: int, entries: list[int]) -> bool:
        """Are they `def` and `class` statements, as most are, which give no instances?"""
        facts = self._world.facts[module]
        op, values = facts.expressions.op, facts.bindings.value
        return all(
            entry >= 0 and values[entry] != NOTHING and op[values[entry]] == ops.DEFINITION
            for entry in entries
        )

    def _is_method(self, name: str) -> bool:
        return any(name in self._world.members(symbol) for symbol in class_symbols(self._world))
