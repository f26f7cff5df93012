"""What do parameters hold? What their annotation says, else what all calls in the program pass.

Arguments flow in rounds: each call is read, and what it passes is added to the parameters of the functions that it
may enter; calls whose answers rested on a parameter are read again until nothing is added, or `MAX_ROUNDS` times
(`ROUNDS_OF_LARGE` times in large programs).
A parameter that is given more than `passed.MAX_TYPES` different objects is taken to hold anything; functions and
classes that are given to it are all kept, for it is what it calls.
"""

from collections.abc import Callable, Iterator
from typing import Any

from decompose.link.cache import Item
from decompose.link.forwarding import POSITION_BITS
from decompose.link.hearing import Hearing
from decompose.link.passed import Arguments, Given
from decompose.link.results import Call, Entered
from decompose.link.structure import is_dispatcher, registrations
from decompose.link.values import (
    BOUND,
    CLASS,
    EXTERNAL,
    FUNCTION,
    INSTANCE,
    NONE,
    OBJECT,
    RAW,
    TAG_BITS,
    TAG_MASK,
    Values,
    merge,
    value,
)
from decompose.link.world import World, argument_row
from decompose.model import ops
from decompose.model.facts import (
    NOTHING,
    PARAMETER,
    ROLE_MASK,
    DefinitionKind,
    Parameter,
    ParameterKind,
    Role,
)
from decompose.model.knowledge import Knowledge

MAX_ROUNDS, ROUNDS_OF_LARGE = 5, 2
LARGE = 100_000
"""Calls from which fewer rounds do: of nova's links 0.1 % hang on the later ones, which cost a sixth of linking."""
_MAX_BELOW = 12  # subclasses that a library may call a method of a base on
_MAX_PARAMETERS = 1 << POSITION_BITS
_PARAMETER, _CALL, _DECORATED, _STORE, _ASSIGNED, _SET = -1, -2, -3, -5, -7, -8
"""What else is read, and reads, than answers in caches (`containers` and `outside` have -4 and -6)."""
_PACKING = (ParameterKind.VARIADIC, ParameterKind.KEYWORDS)
Opened = tuple[tuple[int, Parameter], ...]
_ANYTHING = frozenset(
    [
        "typing.Any",
        "builtins.object",
        "builtins.list",
        "builtins.dict",
        "builtins.set",
        "builtins.tuple",
    ]
)


class Parameters(Hearing):
    """Parameters, and the rounds in which arguments flow to them."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._passed: dict[int, Given] = {}
        self._open: dict[int, Opened] = {}
        self.dispatched: dict[int, list[int]] = {}
        self._handed_on: dict[int, dict[int, int]] = {}
        self._handing: dict[str, list[tuple[int, str]]] = {}
        for base, results in knowledge.handed.items():
            for key, result in results.items():
                row = self._handing.setdefault(key, [])
                row.append((self.interner.external(base), result))
        self._readings: dict[int, Callable[[Any], None]] = {
            _CALL: self._read_call,
            _STORE: self._read_store,
            _ASSIGNED: self.assign,
            _SET: self.set_named,
            _DECORATED: self._read_decorators,
        }

    def flow(self) -> None:
        """Let arguments flow to parameters until nothing is added."""
        rounds = self.rounds
        self._find_dispatched()
        self.find_patched()
        items: list[Item] = [(_DECORATED, symbol) for symbol in _decorated(self.world)]
        stores = list(_item_stores(self.world))
        items += [(_STORE, store) for store in stores if not self.is_keyed(store)]
        items += [(_ASSIGNED, store) for store in self.outside_stores]
        items += [(_CALL, call) for call in _calls(self.world)]
        items += [(_STORE, store) for store in stores if self.is_keyed(store)]  # calls tell keys
        items += [(_SET, call) for call in self.setting]
        for _ in range(MAX_ROUNDS if len(items) < LARGE else ROUNDS_OF_LARGE):
            for item in items:
                rounds.reader = item
                self._readings[item[0]](item[1])
            rounds.reader = None
            items = sorted(rounds.begin())
            if not items:
                break
        rounds.end()

    def _find_dispatched(self) -> None:
        """Functions that are registered with a single-dispatch function: it calls them, by their first argument."""
        for symbol, base, kind in registrations(self.world, self.marks):
            module, scope = self.world.place(symbol)
            parent = self.world.facts[module].definitions[scope].parent
            for found in self.evaluate(module, parent, base):
                function = self.interner.called(found)[0] >> TAG_BITS
                if found & TAG_MASK in (FUNCTION, BOUND) and is_dispatcher(self.marks(function)):
                    self.dispatched.setdefault(function, []).append(symbol)
                    place = 0 if self.own_receiver(module, scope) is None else 1
                    given = self.annotated(module, parent, kind)
                    self._add(symbol << POSITION_BITS | place, given)

    def _read_call(self, call: Call) -> None:
        """Pass the arguments of a call."""
        module, scope, row = call
        facts = self.world.facts[module]
        given: Arguments | None = None
        callees = self.evaluate(module, scope, facts.expressions.a[row])
        for callee in callees:
            if callee & TAG_MASK == BOUND:
                self._read_method_call(callee, call)
            if callee & TAG_MASK == EXTERNAL:
                self._read_library_call(self.interner.external_name(callee), callee, call)
                continue
            fields = self.open_fields(callee >> TAG_BITS) if callee & TAG_MASK == CLASS else ()
            if fields:
                given = given or self.arguments_of(call, callees)
                self._pass_fields(callee >> TAG_BITS, fields, call, given)
            for entered in self.entered_by(callee):
                opened = self._open_parameters(entered.function)
                if opened:
                    given = given or self.arguments_of(call, callees)
                    self._pass_arguments(entered, opened, call, given)
                    if self.keeps(entered.function):
                        self.replay_call(entered, call)

    def _pass_fields(
        self, symbol: int, fields: tuple[tuple[int, str], ...], call: Call, given: Arguments
    ) -> None:
        """A class without an `__init__` of its own keeps what it is given in the fields that its body declares."""
        for position, name in fields:
            found = self.passed_for(given, position, name, call)
            if found:
                self.assign_to(value(INSTANCE, symbol), name, found)

    def _read_library_call(self, name: str, callee: int, call: Call) -> None:
        if name == "functools.partial":
            self._give_in_advance(call)
        elif name.endswith(".connect"):
            self.connect(callee, call)

    def _read_method_call(self, callee: int, call: Call) -> None:
        function = self.interner.bound[callee >> TAG_BITS][0]
        if function & TAG_MASK != EXTERNAL:
            return
        self.call_container(callee, call)
        if self.connects(function):
            self.connect(callee, call)
        for receiver in self.receivers_of(callee):
            for entered in self.entered_by(receiver):
                opened = self._open_parameters(entered.function)
                self._pass_arguments(entered, opened, call, self.arguments_of(call, (receiver,)))

    def pass_to(self, function: int, position: int, found: Values) -> None:
        """A parameter is given something, by no call that is written."""
        if any(each == position for each, _ in self._open_parameters(function)):
            self._add(function << POSITION_BITS | position, found)

    def _read_store(self, key: tuple[int, int, int]) -> None:
        self.store_item(*key)

    def _give_in_advance(self, call: Call) -> None:
        """`partial(function, value)` passes the value."""
        module, scope, _ = call
        given = self.arguments_of(call, NONE)
        first, *given.positional = given.positional or [NOTHING]
        given.first_star -= 1
        for callee in self.evaluate(module, scope, first):
            for entered in self.entered_by(callee):
                opened = self._open_parameters(entered.function)
                self._pass_arguments(entered, opened, call, given)

    def _read_decorators(self, symbol: int) -> None:
        current: Values = (value(CLASS if self.world.is_class(symbol) else RAW, symbol),)
        module, scope = self.world.place(symbol)
        definition = self.world.facts[module].definitions[scope]
        for row in reversed(definition.decorators):
            decorators = self.evaluate(module, definition.parent, row)
            for decorator in decorators:
                for entered in self.entered_by(decorator):
                    self._pass_first(entered, current)
                    if self.keeps(entered.function):
                        self.replay_decorator(entered, symbol, current)
            self.connect_decorated((module, definition.parent, row), current)
            current = self.applied(decorators, current)

    def _pass_arguments(
        self, entered: Entered, opened: "Opened", call: Call, given: "Arguments"
    ) -> None:
        for position, parameter in opened:
            key = entered.function << POSITION_BITS | position
            if position < entered.shift and parameter.kind not in _PACKING:
                is_first = position == 0 and entered.receiver != NOTHING
                self._add(key, (entered.receiver,) if is_first else NONE)
                continue
            if parameter.kind in _PACKING:
                self.pack(key, parameter, entered, (given, call))
                continue
            found = self.passed_for(given, position - entered.shift, parameter.name, call)
            if found is not None:
                self._add(key, found)
            elif parameter.default != NOTHING:
                self._leave_out(key)

    def _pass_first(self, entered: Entered, found: Values) -> None:
        for position, _ in self._open_parameters(entered.function):
            if position == entered.shift:
                self._add(entered.function << POSITION_BITS | position, found)

    def _leave_out(self, key: int) -> None:
        given = self._passed.setdefault(key, Given())
        if not given.is_left_out:
            given.is_left_out = True
            self.rounds.change((_PARAMETER, key))

    def _add(self, key: int, found: Values) -> None:
        given = self._passed.get(key)
        if given is None:
            given = self._passed[key] = Given()
        if found and given.add(tuple(each for each in found if self._is_telling_value(each))):
            self.rounds.change((_PARAMETER, key))

    def _is_telling_value(self, found: int) -> bool:
        """Strings and what libraries made without our knowing tell nothing of what can be called."""
        if found & TAG_MASK != OBJECT:
            return True
        kind = self.interner.class_of(found)
        if kind & TAG_MASK == CLASS or self.interner.items(found) or self.interner.detail(found):
            return True
        name = self.interner.external_name(kind)
        return not name.startswith("builtins.") and not name.endswith("()")

    def _open_parameters(self, symbol: int) -> "Opened":
        """Position and parameter, where callers tell more than the text of the function."""
        known = self._open.get(symbol)
        if known is None:
            module, scope = self.world.place(symbol)
            definition = self.world.facts[module].definitions[scope]
            known = self._open[symbol] = tuple(
                (position, parameter)
                for position, parameter in enumerate(definition.parameters[:_MAX_PARAMETERS])
                if self._says_little(module, definition.parent, parameter)
                and not (position == 0 and self.own_receiver(module, scope) is not None)
            )
        return known

    def _says_little(self, module: int, scope: int, parameter: Parameter) -> bool:
        if parameter.annotation == NOTHING:
            return True
        annotated = self.annotated(module, scope, parameter.annotation)
        if self.is_any_callable(annotated) or all(map(self._is_anything, annotated)):
            return True
        return self.is_inherited_from(annotated)

    def _is_anything(self, found: int) -> bool:
        """Does an annotation that allows an object leave open what it is: `object`, `list`?"""
        if found & TAG_MASK != OBJECT or self.interner.class_of(found) & TAG_MASK != EXTERNAL:
            return False
        name = self.interner.external_name(self.interner.class_of(found))
        return name in _ANYTHING and not self.interner.items(found)

    def parameter(self, module: int, scope: int, name: str) -> Values | None:
        """What a parameter of a function may hold; None where it has none of that name."""
        definition = self.world.facts[module].definitions[scope]
        for position, parameter in enumerate(definition.parameters):
            if parameter.name == name:
                if position == 0 and parameter.annotation == NOTHING:
                    receiver = self.own_receiver(module, scope)
                    if receiver is not None:
                        return receiver
                return self._held_by(module, scope, position, parameter)
        return None

    def _held_by(self, module: int, scope: int, position: int, parameter: Parameter) -> Values:
        symbol = self.world.symbol(module, scope)
        is_open = any(each == position for each, _ in self._open_parameters(symbol))
        if not is_open:
            return self.parameter_values(module, scope, parameter)
        key = symbol << POSITION_BITS | position
        if parameter.kind in _PACKING:
            return (self.packed(key, parameter.kind),)
        self.rounds.read((_PARAMETER, key))
        given = self._passed.get(key)
        passed = NONE if given is None else given.values()
        if given is not None and not given.is_left_out and (passed or given.is_anything):
            return passed
        declared = self.parameter_values(module, scope, parameter)
        if self.is_any_callable(declared):
            parent = self.world.facts[module].definitions[scope].parent
            declared = merge(declared, self.evaluate(module, parent, parameter.default))
        return merge(passed, declared) or self._handed(module, scope, position)

    def _handed(self, module: int, scope: int, position: int) -> Values:
        """What a library that calls a method of the program's hands over, by what it says of its own classes."""
        name = self.world.facts[module].definitions[scope].name
        key = f"{name}:{position - 1}"
        owner = self.world.owner_class(module, scope) if key in self._handing else NOTHING
        if owner == NOTHING:
            return NONE
        symbol = self.world.symbol(module, scope)
        answering = [
            each
            for each in (owner, *self.subclasses.get(owner, ())[:_MAX_BELOW])
            if self.method_symbol(value(CLASS, each), name) == symbol
        ]
        return merge(
            *[
                self.result_of(result, value(INSTANCE, each), NONE)
                for each in answering
                for base, result in self._handing[key]
                if base in self.order(each)
            ]
        )

    def argument_of(self, entered: Entered, position: int, call: Call) -> Values:
        """What a call passes for a parameter; where that is not seen, what the parameter holds."""
        module, scope, row = call
        own, own_scope = self.world.place(entered.function)
        parameter = self.world.facts[own].definitions[own_scope].parameters[position]
        if position < entered.shift:
            return NONE if entered.receiver == NOTHING or position else (entered.receiver,)
        given = argument_row(
            self.world.facts[module], row, position - entered.shift, parameter.name
        )
        found = self.evaluate(module, scope, given)
        return found or self._held_by(own, own_scope, position, parameter)

    def handed_on(self, symbol: int) -> dict[int, int]:
        """Which of a function's results are its parameters as they are: position of the result -> of the parameter."""
        known = self._handed_on.get(symbol)
        if known is None:
            known = self._handed_on[symbol] = self._find_handed_on(symbol)
        return known

    def _find_handed_on(self, symbol: int) -> dict[int, int]:
        module, scope = self.world.place(symbol)
        facts = self.world.facts[module]
        definition = facts.definitions[scope]
        if definition.is_generator or definition.kind < DefinitionKind.FUNCTION:
            return {}
        skipped = 0 if self.own_receiver(module, scope) is None else 1
        names = {
            each.name: position
            for position, each in enumerate(definition.parameters)
            if each.kind in (ParameterKind.POSITIONAL, ParameterKind.KEYWORD)
            and position >= skipped
        }
        found: dict[int, int] = {}
        for result in self.results_of(symbol):
            name = self._given_back(module, scope, facts.results.value[result])
            if name in names:
                found[result] = names[name]
        return found

    def _given_back(self, module: int, scope: int, row: int) -> str:
        """The parameter that a row of its function stands for and nothing else, "" for none."""
        facts = self.world.facts[module]
        if facts.expressions.op[row] != ops.NAME:
            return ""
        number, seen = facts.expressions.a[row], facts.expressions.b[row]
        name = facts.strings[number]
        if all(each.name != name for each in facts.definitions[scope].parameters):
            return ""
        items = facts.expressions.items
        if seen != NOTHING:
            return name if items[seen] == 1 and items[seen + 1] == PARAMETER else ""
        return "" if self.world.local(module, scope, number) else name


def _calls(world: World) -> Iterator[Call]:
    call = int(Role.CALL)
    for module, facts in enumerate(world.facts):
        uses = facts.uses
        for scope, row, flags in zip(uses.scope, uses.expression, uses.flags, strict=True):
            if flags & ROLE_MASK == call:
                yield module, scope, row


def _item_stores(world: World) -> Iterator[tuple[int, int, int]]:
    """(module, scope, store) of `base[key] = value`."""
    for module, facts in enumerate(world.facts):
        stores = facts.stores
        for position, (scope, key) in enumerate(zip(stores.scope, stores.key, strict=True)):
            if key != NOTHING:
                yield module, scope, position


def _decorated(world: World) -> Iterator[int]:
    for module, facts in enumerate(world.facts):
        for scope, definition in enumerate(facts.definitions):
            if definition.decorators:
                yield world.symbol(module, scope)
