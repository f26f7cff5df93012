"""Edges between the program's definitions, from where a use stands."""

from array import array
from collections.abc import Sequence

from decompose.graph.builder import GraphBuilder
from decompose.graph.dependency import NOBODY
from decompose.graph.packing import NODE_BITS, SORT_MASK
from decompose.link.abstract import Abstract
from decompose.link.classes import NO_CLASSES
from decompose.link.evaluate import Evaluator
from decompose.link.values import CLASS, INSTANCE, OBJECT, TAG_BITS, TAG_MASK
from decompose.link.world import absolute
from decompose.model.facts import NOTHING
from decompose.model.program import Confidence, EdgeKind

IMPLICIT = "python"  # mediator of calls that the language makes: properties, `with`, operators, constructors
CALLBACK = "callback"  # mediator of calls that a library makes of what it is given or of a subclass's hooks
OVERRIDE = "override"  # mediator of calls that a subclass may answer instead
_MAX_OVERRIDES = 64


class Place:
    """Where a use stands; `source` is a provisional node, `site` as `graph.packing` says."""

    __slots__ = ("line", "module", "scope", "site", "source")

    def __init__(self, module: int, scope: int, source: int, line: int, where: int) -> None:
        self.module = module
        self.scope = scope
        self.source = source
        self.line = line
        self.site = where


class Edges:
    """Adds edges to a builder; `node_of` gives the provisional node of each symbol."""

    def __init__(self, evaluator: Evaluator, builder: GraphBuilder, tests: frozenset[int]) -> None:
        self.evaluator = evaluator
        self.builder = builder
        self.node_of = array("i", [NOBODY]) * len(evaluator.world.module_of)
        self._tests = tests
        self._tests_imported: dict[int, frozenset[int]] = {}
        self._reaches: dict[str, int] = {}
        self._abstract = Abstract(evaluator)
        self._below: dict[tuple[int, str, int], list[int]] = {}
        self._left_open: dict[tuple[int, int], bool] = {}

    def to(
        self,
        place: Place,
        symbol: int,
        kind: EdgeKind,
        confidence: Confidence,
        mediated_by: str = "",
    ) -> None:
        """An edge to a definition of the program; none from the program to a test that hands itself over."""
        target = self.evaluator.world.module_of[symbol]
        if target in self._tests and target not in self._known_tests(place.module):
            return
        self.to_node(place, self.node_of[symbol], kind, confidence, mediated_by)

    def _known_tests(self, module: int) -> frozenset[int]:
        """The modules of tests that a module may call: all for a test, else those that it imports."""
        if module in self._tests:
            return self._tests
        known = self._tests_imported.get(module)
        if known is None:
            world = self.evaluator.world
            facts = world.facts[module]
            names = {absolute(facts, each) for each in facts.imports}
            names |= {f"{absolute(facts, each)}.{each.name}" for each in facts.imports}
            found = (world.module_number.get(name, NOTHING) for name in names)
            known = self._tests_imported[module] = self._tests.intersection(found)
        return known

    def to_node(
        self,
        place: Place,
        node: int,
        kind: EdgeKind,
        confidence: Confidence,
        mediated_by: str = "",
    ) -> None:
        """An edge to any node."""
        builder = self.builder
        builder.ends.append(place.source << NODE_BITS | node)
        builder.places.append(place.site | builder.sort(kind, confidence, mediated_by))

    def count(self) -> int:
        """How many edges have been added so far."""
        return len(self.builder.ends)

    def repeat(self, first: int, last: int, where: int) -> None:
        """Add edges once more, from another site of the same function: those between two counts."""
        if first == last:
            return
        ends, places = self.builder.ends, self.builder.places
        for at in range(first, last):
            ends.append(ends[at])
            places.append(where | places[at] & SORT_MASK)

    def implicit(self, place: Place, symbol: int, receiver: int) -> None:
        """A call that Python makes of a method of `receiver`, which a subclass may answer."""
        kind = EdgeKind.USES if self.is_left_open(symbol, receiver) else EdgeKind.CALLS
        self.to(place, symbol, kind, Confidence.INFERRED, IMPLICIT)
        self.overrides(place, symbol, receiver)

    def overrides(self, place: Place, symbol: int, receiver: int) -> None:
        """What is called through a base may be answered by a subclass."""
        for method in self._overriding(symbol, receiver):
            self.to(place, method, EdgeKind.CALLS, Confidence.INFERRED, OVERRIDE)

    def is_left_open(self, symbol: int, receiver: int) -> bool:
        """Does a method say by its text that a subclass is to answer? If one does, or must, it is not what runs."""
        key = (symbol, receiver)
        known = self._left_open.get(key)
        if known is None:
            known = self._left_open[key] = self._is_left_open(symbol, receiver)
        return known

    def _is_left_open(self, symbol: int, receiver: int) -> bool:
        if not self._abstract.holds(symbol):
            return False
        if self._overriding(symbol, receiver):
            return True
        is_instance = receiver & TAG_MASK in (INSTANCE, OBJECT)
        return (
            is_instance
            and not self.evaluator.is_super(receiver)
            and self._abstract.never_runs(symbol)
        )

    def _overriding(self, symbol: int, receiver: int) -> Sequence[int]:
        if receiver & TAG_MASK not in (INSTANCE, OBJECT):
            return ()
        kind = self.evaluator.interner.class_of(receiver)
        if kind & TAG_MASK != CLASS:
            return ()
        name = self.evaluator.world.definition(symbol).name
        if self.evaluator.is_super(receiver):
            beside = self.evaluator.answers_beside(kind >> TAG_BITS, name)
            return () if symbol in beside else beside
        return self._below_class(kind >> TAG_BITS, name, symbol)

    def constructors(self, place: Place, symbol: int) -> None:
        """`cls()`, or calling what is annotated `type[Base]`, may make a subclass."""
        for name in ("__new__", "__init__"):
            own = self.evaluator.method_symbol(symbol << TAG_BITS | CLASS, name)
            for method in self._below_class(symbol, name, own):
                self.to(place, method, EdgeKind.CALLS, Confidence.INFERRED, OVERRIDE)

    def class_overrides(self, place: Place, symbol: int, name: str) -> None:
        """`cls.name()` of a class or static method: a subclass may answer instead."""
        own = self.evaluator.method_symbol(symbol << TAG_BITS | CLASS, name)
        for method in self._below_class(symbol, name, own) if own != NOTHING else ():
            self.to(place, method, EdgeKind.CALLS, Confidence.INFERRED, OVERRIDE)

    def _below_class(self, symbol: int, name: str, own: int) -> Sequence[int]:
        """What subclasses, or what stands beside the class in their order, define under a name."""
        key = (symbol, name, own)
        known = self._below.get(key)
        if known is None:
            known = self._below[key] = self._defined_below(symbol, name, own)
        return known

    def _defined_below(self, symbol: int, name: str, own: int) -> list[int]:
        """The first few methods of a name, other than a class's own, that answer in its subclasses."""
        found: list[int] = []
        below = self._with_own_answer(symbol, name)
        for method in self.evaluator.answers_below(below, name):
            if method not in (NOTHING, own) and not self._abstract.holds(method):
                found.append(method)
                if len(found) == _MAX_OVERRIDES:
                    break
        return found

    def _with_own_answer(self, symbol: int, name: str) -> Sequence[int]:
        """Subclasses that define a name or inherit it from one that does, in order; as a rule few of many."""
        below = self.evaluator.subclasses
        own = below.get(symbol, ())
        binders = self.evaluator.binders.get(name, NO_CLASSES)
        if len(binders) >= len(own) or self._reach(name) >= len(own):
            return own
        symbols = [binder >> TAG_BITS for binder in binders]
        answering = {each for symbol in symbols for each in (symbol, *below.get(symbol, ()))}
        return sorted(answering.intersection(own))

    def _reach(self, name: str) -> int:
        """At most how many classes answer to a name: those that define it, and all below them."""
        known = self._reaches.get(name)
        if known is None:
            below, binders = self.evaluator.subclasses, self.evaluator.binders.get(name, NO_CLASSES)
            known = sum(1 + len(below.get(binder >> TAG_BITS, ())) for binder in binders)
            self._reaches[name] = known
        return known
