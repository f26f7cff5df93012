"""Whom does a call call? What it can be linked to becomes edges, the rest is counted with the reason why not."""

from array import array
from dataclasses import dataclass, field
from typing import NamedTuple

from decompose.link.edges import IMPLICIT, Edges, Place
from decompose.link.evaluate import Evaluator
from decompose.link.externals import Externals
from decompose.link.guesses import Guesses
from decompose.link.implicit import Implicit
from decompose.link.values import (
    BOUND,
    CLASS,
    EXTERNAL,
    FUNCTION,
    INSTANCE,
    MODULE,
    OBJECT,
    RAW,
    TAG_BITS,
    TAG_MASK,
    Values,
)
from decompose.link.world import World
from decompose.model import ops
from decompose.model.facts import NOTHING, ModuleFacts
from decompose.model.program import WRAPPED, Confidence, EdgeKind, Reason

_REASONS = {reason: number for number, reason in enumerate(Reason)}


@dataclass
class Rest:
    """Calls that were not linked, as columns; nodes are provisional."""

    source: "array[int]" = field(default_factory=lambda: array("i"))
    line: "array[int]" = field(default_factory=lambda: array("i"))
    reason: "array[int]" = field(default_factory=lambda: array("i"))
    text: list[str] = field(default_factory=list)
    linked: int = 0

    def add(self, place: Place, reason: Reason, text: str) -> None:
        """One more."""
        self.source.append(place.source)
        self.line.append(place.line)
        self.reason.append(_REASONS[reason])
        self.text.append(text)


class _Outcome(NamedTuple):
    """What a callee gives: edges between two counts, and why nothing of it could be linked."""

    first: int
    last: int
    reason: Reason | None
    text: str
    is_known: bool


class Calls:
    """Adds the edges of calls, of decorators and of what is raised."""

    def __init__(
        self,
        evaluator: Evaluator,
        edges: Edges,
        externals: Externals,
        implicit: Implicit,
        guesses: Guesses,
    ) -> None:
        self.rest = Rest()
        self._known: dict[int, _Outcome] = {}
        self._evaluator = evaluator
        self._world: World = evaluator.world
        self._edges = edges
        self._externals = externals
        self._implicit = implicit
        self._guesses = guesses

    def begin(self) -> None:
        """Forget callees: another module begins."""
        self._known.clear()

    def add(self, facts: ModuleFacts, row: int, place: Place) -> None:
        """Those of a call. Calls in a function share the row of a callee: what it gives is found once."""
        callee = facts.expressions.a[row]
        known = self._known.get(callee)
        if known is None:
            values = self._evaluator.evaluate(place.module, place.scope, callee)
            first = self._edges.count()
            reason = self._linked(facts, row, place, values)
            text = "" if reason is None else short_text(facts, callee)
            known = _Outcome(first, self._edges.count(), reason, text, is_known=bool(values))
            if not self._implicit.asks_arguments(values):
                self._known[callee] = known
        else:
            self._edges.repeat(known.first, known.last, place.site)
        if known.reason is None:
            self.rest.linked += 1
            return
        self.rest.add(place, known.reason, known.text)
        if not known.is_known:
            self._implicit.unknown_call(facts, row, place)
            self._guesses.missed(facts, row, place)

    def _linked(self, facts: ModuleFacts, row: int, place: Place, values: Values) -> Reason | None:
        """Link what a call may call; the reason where nothing of it is the program's."""
        callee = facts.expressions.a[row]
        if not values:
            if facts.expressions.op[callee] == ops.ATTRIBUTE:
                self._implicit.chain(facts, facts.expressions.a[callee], place)
            is_answered = self._implicit.missing(facts, callee, place)
            return None if is_answered else self._reason(facts, callee, place)
        if facts.expressions.op[callee] == ops.ATTRIBUTE:
            self._implicit.chain(facts, callee, place)
            self._class_overrides(facts, callee, place)
        confidence = self._confidence(facts, callee, place, values)
        if len(values) == 1:
            return self._call_value(values[0], row, place, confidence)
        outcomes = {self._call_value(each, row, place, confidence) for each in values}
        if None in outcomes:
            return None
        best = Reason.LIBRARY if Reason.LIBRARY in outcomes else min(outcomes, key=str)
        return best or Reason.DYNAMIC

    def _class_overrides(self, facts: ModuleFacts, callee: int, place: Place) -> None:
        """A method of a class that goes by another name than its own (`cls`, a parameter)."""
        base = facts.expressions.a[callee]
        found = self._evaluator.evaluate(place.module, place.scope, base)
        if len(found) != 1 or found[0] & TAG_MASK != CLASS:
            return  # of several, each is known
        symbol = found[0] >> TAG_BITS
        if self._evaluator.last_text(facts, base) != self._world.definition(symbol).name:
            self._edges.class_overrides(place, symbol, facts.strings[facts.expressions.b[callee]])

    def decorate(self, row: int, place: Place) -> None:
        """`@decorator` calls it, in the scope where the definition stands."""
        for found in self._evaluator.evaluate(place.module, place.scope, row):
            if found & TAG_MASK != EXTERNAL:
                self._call_value(found, NOTHING, place, Confidence.EXACT)

    def raised(self, row: int, place: Place) -> None:
        """`raise Problem` makes one."""
        for found in self._evaluator.evaluate(place.module, place.scope, row):
            if found & TAG_MASK == CLASS:
                self._instantiate(found >> TAG_BITS, place, Confidence.EXACT)

    def _call_value(
        self, found: int, row: int, place: Place, confidence: Confidence
    ) -> Reason | None:
        """Link one possible callee of a call (NOTHING: of a decorator); the reason where it is not the program's."""
        tag, number = found & TAG_MASK, found >> TAG_BITS
        if tag == BOUND:
            return self._call_bound(found, row, place, confidence)
        if tag in (FUNCTION, RAW):
            self._call_function(found, place, confidence)
            return None
        if tag == CLASS:
            self._instantiate(number, place, confidence)
            if row != NOTHING and self._is_class_value(number, row, place.module):
                self._edges.constructors(place, number)
            return None
        if tag in (INSTANCE, OBJECT):
            return self._call_instance(found, place)
        if tag == EXTERNAL:
            name = self._evaluator.interner.names[number]
            if row != NOTHING:
                self._implicit.library_call(name, row, place)
            return self._call_external(name, place)
        return Reason.DYNAMIC

    def _call_bound(
        self, found: int, row: int, place: Place, confidence: Confidence
    ) -> Reason | None:
        function, receiver = self._evaluator.interner.bound[found >> TAG_BITS]
        if function & TAG_MASK not in (FUNCTION, RAW):
            if function & TAG_MASK == EXTERNAL:
                self._implicit.library_method(function, receiver, row, place)
                self._guesses.library(self._evaluator.interner.external_name(function))
            return self._call_value(function, row, place, confidence)
        symbol = function >> TAG_BITS
        if self._edges.is_left_open(symbol, receiver):
            self._edges.to(place, symbol, EdgeKind.USES, confidence)
        else:
            self._call_function(function, place, confidence)
        self._edges.overrides(place, symbol, receiver)
        return None

    def _call_function(self, found: int, place: Place, confidence: Confidence) -> None:
        """A call of a decorated function enters what its decorators made of it, and by way of that the function."""
        symbol = found >> TAG_BITS
        wrapped = self._evaluator.wrapped(symbol) if found & TAG_MASK == FUNCTION else ()
        for each in wrapped:
            if each != found:
                self._call_value(each, NOTHING, place, Confidence.INFERRED)
        for each in self._evaluator.dispatched.get(symbol, ()):
            self._edges.to(place, each, EdgeKind.CALLS, Confidence.INFERRED, IMPLICIT)
        if not wrapped:
            self._edges.to(place, symbol, EdgeKind.CALLS, confidence)
        elif symbol << TAG_BITS | RAW not in wrapped:
            self._edges.to(place, symbol, EdgeKind.USES, confidence, WRAPPED)

    def _instantiate(self, symbol: int, place: Place, confidence: Confidence) -> None:
        self._edges.to(place, symbol, EdgeKind.INSTANTIATES, confidence)
        for name in ("__new__", "__init__", "__post_init__"):
            method = self._evaluator.method_symbol(symbol << TAG_BITS | CLASS, name)
            if method != NOTHING:
                mediator = IMPLICIT if name == "__post_init__" else ""
                self._edges.to(place, method, EdgeKind.CALLS, confidence, mediator)
        self._implicit.made(symbol, place)
        self._implicit.instantiated(symbol, place)

    def _is_class_value(self, symbol: int, row: int, module: int) -> bool:
        """Is a class called by another name than its own, so that it may be a subclass?"""
        facts = self._world.facts[module]
        name = self._evaluator.last_text(facts, facts.expressions.a[row])
        return name != self._world.definition(symbol).name

    def _call_instance(self, found: int, place: Place) -> Reason | None:
        detail = self._evaluator.interner.detail(found)
        if detail is not None and detail[0] == "partial":
            return self._call_partial(found, place)
        kind = self._evaluator.interner.class_of(found)
        method = self._evaluator.method_symbol(kind, "__call__")
        if method == NOTHING:
            return Reason.LIBRARY if kind & TAG_MASK == EXTERNAL else Reason.UNKNOWN_ATTRIBUTE
        is_open = self._edges.is_left_open(method, found)
        kinds = EdgeKind.USES if is_open else EdgeKind.CALLS
        self._edges.to(place, method, kinds, Confidence.INFERRED)
        self._edges.overrides(place, method, found)
        return None

    def _call_partial(self, found: int, place: Place) -> Reason | None:
        outcomes = [
            self._call_value(each, NOTHING, place, Confidence.INFERRED)
            for each in self._evaluator.interner.items(found)
        ]
        return outcomes[0] if outcomes and None not in outcomes else None

    def _call_external(self, name: str, place: Place) -> Reason:
        if name.startswith("builtins."):
            return Reason.BUILTIN
        self._edges.to_node(place, self._externals.node(name), EdgeKind.CALLS, Confidence.EXACT)
        return Reason.LIBRARY

    def _confidence(
        self, facts: ModuleFacts, callee: int, place: Place, values: Values
    ) -> Confidence:
        """Exact where names and imports alone lead there."""
        if len(values) > 1:
            return Confidence.INFERRED
        op = facts.expressions.op[callee]
        if op == ops.NAME:
            return Confidence.EXACT
        if op != ops.ATTRIBUTE:
            return Confidence.INFERRED
        base = facts.expressions.a[callee]
        receivers = self._evaluator.evaluate(place.module, place.scope, base)
        named = facts.expressions.op[base] == ops.NAME
        own = named and facts.strings[facts.expressions.a[base]] in ("self", "cls")
        exact = own or all(each & TAG_MASK in (MODULE, CLASS) for each in receivers)
        return Confidence.EXACT if exact else Confidence.INFERRED

    def _reason(self, facts: ModuleFacts, callee: int, place: Place) -> Reason:
        if facts.expressions.op[callee] != ops.ATTRIBUTE:
            return Reason.DYNAMIC
        base = facts.expressions.a[callee]
        receivers = self._evaluator.evaluate(place.module, place.scope, base)
        return Reason.UNKNOWN_ATTRIBUTE if receivers else Reason.UNKNOWN_RECEIVER


def short_text(facts: ModuleFacts, row: int) -> str:
    """An expression roughly as written: names, dots, and brackets for what stands between."""
    parts: list[str] = []
    expressions = facts.expressions
    for _ in range(8):
        op = expressions.op[row]
        if op == ops.ATTRIBUTE:
            parts.append(f".{facts.strings[expressions.b[row]]}")
        elif op == ops.CALL:
            parts.append("()")
        elif op == ops.SUBSCRIPT:
            parts.append("[]")
        elif op in ops.NARROWING:
            pass
        else:
            parts.append(facts.strings[expressions.a[row]] if op == ops.NAME else "…")
            break
        row = expressions.a[row]
    else:
        parts.append("…")
    return "".join(reversed(parts))
