"""Who may be meant where a receiver's type is not known? Names tell: of the method, and of the variable.

`parcel.weigh()` calls `Parcel.weigh` where one class family of the program alone has a `weigh`, no library's object is
asked for one anywhere in the program, no built-in type has one, and the call fits its parameters. Where the variable
is named like the class as well, that is inferred; by the method's name alone it is a guess, kept apart as NAME_ONLY.
"""

import datetime as dt
import io
import pathlib
import re
import threading
from collections import deque
from collections.abc import Iterator
from logging import Logger

from decompose.link.classes import PROPERTIES
from decompose.link.edges import Edges, Place
from decompose.link.evaluate import Evaluator
from decompose.link.values import CLASS, TAG_BITS, TAG_MASK
from decompose.link.world import World, arguments, last_name
from decompose.model import ops
from decompose.model.facts import (
    NOTHING,
    DefinitionKind,
    ModuleFacts,
    Parameter,
    ParameterKind,
)
from decompose.model.program import Confidence, EdgeKind

BY_NAME = "name"  # mediator of calls that names alone suggest
_MAX_FAMILIES = 4
_BUILT_IN = (
    str,
    bytes,
    bytearray,
    int,
    float,
    list,
    dict,
    set,
    frozenset,
    tuple,
    slice,
    memoryview,
    type,
    BaseException,
    deque,
    dt.datetime,
    dt.timedelta,
    io.TextIOWrapper,
    io.BytesIO,
    pathlib.Path,
    re.Pattern,
    re.Match,
    threading.Thread,
    threading.Event,
    Logger,
)
_COMMON = frozenset(name for kind in _BUILT_IN for name in dir(kind))
"""Names that say nothing, for any value may have them."""
Missed = tuple[int, Place]
"""Row of a call whose receiver is not known, and where it stands."""


class Guesses:
    """Collects calls of unknown receivers; adds edges once all calls of libraries have been seen."""

    def __init__(self, world: World, evaluator: Evaluator, edges: Edges) -> None:
        self._world = world
        self._evaluator = evaluator
        self._edges = edges
        self._missed: list[Missed] = []
        self._of_libraries: set[str] = set()
        self._methods: dict[str, list[int]] = {}
        self._rooted: dict[str, list[int]] = {}
        self._properties: dict[str, list[int]] | None = None
        self._families: dict[int, frozenset[str]] = {}

    def library(self, name: str) -> None:
        """Note that a library's object is asked for a method, by its dotted name."""
        self._of_libraries.add(name.rpartition(".")[2])

    def missed(self, facts: ModuleFacts, row: int, place: Place) -> None:
        """Note a call whose callee is not known."""
        if facts.expressions.op[facts.expressions.a[row]] == ops.ATTRIBUTE:
            self._missed.append((row, place))

    def missed_read(self, facts: ModuleFacts, row: int, place: Place) -> None:
        """`parcel.weight` of an unknown receiver: a property of the one class that the variable is named like."""
        expressions = facts.expressions
        if self._evaluator.evaluate(place.module, place.scope, expressions.a[row]):
            return
        if self._properties is None:
            self._properties = self._find_properties()
        found = self._properties.get(facts.strings[expressions.b[row]], ())
        variable = _spelled(self._variable(facts, row)) if found else ""
        named = [each for each in found if variable and self._is_named(each, variable)]
        if len(named) == 1:
            self._edge(place, named[0], Confidence.INFERRED)

    def _find_properties(self) -> dict[str, list[int]]:
        """Name -> properties of the program's classes, the families' first ones; setters left out."""
        self._methods = self._methods or _methods(self._world)
        return {
            name: self._roots(
                [each for each in symbols if not self._evaluator.marks(each).isdisjoint(PROPERTIES)]
            )
            for name, symbols in self._methods.items()
        }

    def add(self) -> None:
        """Add edges for the calls that names tell of."""
        self._methods = self._methods or _methods(self._world)
        for row, place in self._missed:
            facts = self._world.facts[place.module]
            callee = facts.expressions.a[row]
            name = facts.strings[facts.expressions.b[callee]]
            if name.startswith("__") or name in _COMMON or name not in self._methods:
                continue
            fitting = [
                each
                for each in self._called(name)
                if _fits(facts, row, self._world.definition(each).parameters)
            ]
            variable = _spelled(self._variable(facts, callee))
            named = [each for each in fitting if variable and self._is_named(each, variable)]
            if len(named) == 1:
                self._edge(place, named[0], Confidence.INFERRED)
            elif len(fitting) == 1 and name not in self._of_libraries:
                self._edge(place, fitting[0], Confidence.NAME_ONLY)

    def _edge(self, place: Place, symbol: int, confidence: Confidence) -> None:
        self._edges.to(place, symbol, EdgeKind.CALLS, confidence, BY_NAME)

    def _variable(self, facts: ModuleFacts, callee: int) -> str:
        number = last_name(facts, facts.expressions.a[callee])
        return "" if number == NOTHING else facts.strings[number]

    def _roots(self, symbols: list[int]) -> list[int]:
        """The methods that override none of the others; none where they are too many families."""
        owners = {self._owner(each): each for each in symbols}
        roots = [
            symbol
            for owner, symbol in owners.items()
            if not any(base in owners for base in self._bases(owner))
        ]
        return roots if len(roots) <= _MAX_FAMILIES else []

    def _called(self, name: str) -> list[int]:
        """The methods of a name that override no other."""
        known = self._rooted.get(name)
        if known is None:
            known = self._rooted[name] = self._roots(self._methods[name])
        return known

    def _owner(self, symbol: int) -> int:
        return self._world.owner_class(*self._world.place(symbol))

    def _bases(self, owner: int) -> Iterator[int]:
        for base in self._evaluator.order(owner)[1:]:
            if base & TAG_MASK == CLASS:
                yield base >> TAG_BITS

    def _is_named(self, symbol: int, variable: str) -> bool:
        """Is a variable named like the class of a method, or like one of its subclasses?"""
        owner = self._owner(symbol)
        names = self._families.get(owner)
        if names is None:
            family = (owner, *self._evaluator.subclasses.get(owner, ()))
            spelled = [_spelled(self._world.definition(each).name) for each in family]
            names = self._families[owner] = frozenset(spelled)
        return variable in names


def _spelled(name: str) -> str:
    return name.replace("_", "").lower()


def _methods(world: World) -> dict[str, list[int]]:
    """Name -> methods of the program's classes."""
    found: dict[str, list[int]] = {}
    for module, facts in enumerate(world.facts):
        for scope, definition in enumerate(facts.definitions):
            if definition.kind not in (DefinitionKind.FUNCTION, DefinitionKind.ASYNC_FUNCTION):
                continue
            if world.owner_class(module, scope) != NOTHING:
                found.setdefault(definition.name, []).append(world.symbol(module, scope))
    return found


def _fits(facts: ModuleFacts, row: int, parameters: tuple[Parameter, ...]) -> bool:
    """Can a method with these parameters be called so?"""
    positional, keywords = arguments(facts, row)
    words = {facts.strings[word] for word, _ in keywords if word != NOTHING}
    starred = any(facts.expressions.op[each] == ops.STAR for each in positional)
    spread = starred or any(word == NOTHING for word, _ in keywords)
    taken = parameters[1:]
    kinds = {each.kind for each in taken}
    names = {each.name for each in taken}
    if not words <= names and ParameterKind.KEYWORDS not in kinds:
        return False
    places = [each for each in taken if each.kind is ParameterKind.POSITIONAL]
    if len(positional) > len(places) and ParameterKind.VARIADIC not in kinds:
        return False
    missing = [
        each
        for each in places[len(positional) :]
        if each.default == NOTHING and each.name not in words
    ]
    return spread or not missing
