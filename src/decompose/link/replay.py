"""What is stored under which name? `REGISTRY[name] = cls` call by call, `setattr(self, name, value)` key by key.

What all calls pass flows together in a function's parameters; which name and which value belong together, each call
tells only by itself:

    def repository(name):
        def register(cls):
            REPOSITORIES[name] = cls             what is decorated, under the name that its own decorator is given
            return cls
        return register

    for name, cls in REPOSITORIES.items():
        setattr(self, name, cls(self.session))   under each key what is made of that key's own class

So the rows of such a function are evaluated apart for each call, and for each entry of what it loops over.
"""

from abc import abstractmethod
from collections.abc import Iterator, Mapping

from decompose.link.hierarchy import class_value, receiver_class
from decompose.link.results import Call, Entered, Key
from decompose.link.values import (
    CALLABLE,
    FUNCTION,
    INSTANCE,
    NONE,
    RAW,
    TAG_MASK,
    Values,
    value,
)
from decompose.link.world import World, arguments
from decompose.link.wrapping import Wrapping
from decompose.model import ops
from decompose.model.facts import NOTHING, ROLE_MASK, Role
from decompose.model.knowledge import Knowledge

_MAX_REPLAYS = 200  # of one store
_MAX_ENTRIES = 60  # of what is looped over
Store = tuple[int, int, int]
"""(module, scope, position) of `base[key] = value`."""
Parameters = dict[int, dict[str, Values]]
"""Function -> what its parameters hold in one call."""
_NO_ROWS: dict[int, Values] = {}
_NO_PARAMETERS: Parameters = {}


class Replay(Wrapping):
    """Stores of parameters under keys that are parameters, and attributes that are set by name."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._keeping = _keeping(world)
        """Function -> its stores whose value is a parameter, its own or of a function around."""
        self.setting = [call for _, call in named_sets(world)]
        self.set_by_name = frozenset(class_value(owner) for owner, _ in named_sets(world))
        self._replayed: dict[Store, set[int]] = {}
        self._counts: dict[Store, int] = {}

    @abstractmethod
    def apart(
        self,
        place: tuple[int, int],
        asked: tuple[int, ...],
        rows: Mapping[int, Values],
        parameters: Parameters,
    ) -> list[Values]:
        """What rows of a function give where others of it and parameters have these values: nothing is kept."""

    def keeps(self, symbol: int) -> bool:
        """Does a function store what it is given, or what a function around it is?"""
        return symbol in self._keeping

    def is_keyed(self, store: Store) -> bool:
        """Is it a store that is looked at call by call?"""
        return store in self._keeping.get(self.world.symbol(*store[:2]), ())

    def store_item(self, module: int, scope: int, position: int) -> None:
        """`base[key] = value`: of what single calls have stored, the keys are known."""
        told = self._replayed.get((module, scope, position))
        self.store_untold(module, scope, position, frozenset(told or ()))

    def replay_call(self, entered: Entered, call: Call) -> None:
        """A call of a function that stores what it is given."""
        given = self._given_in(entered, call)
        if _holds_callables(given):
            self._replay(entered.function, {entered.function: given})

    def replay_decorator(self, entered: Entered, symbol: int, current: Values) -> None:
        """A decorator of a function or class, which stands for `current`, stores it."""
        module, scope = self.world.place(symbol)
        definition = self.world.facts[module].definitions[scope]
        function, place = entered.function, entered.shift
        first = self.world.definition(function).parameters[place : place + 1]
        given = {function: {each.name: current for each in first}}
        for row in definition.decorators:
            if value(FUNCTION, function) in self.evaluate(module, definition.parent, row):
                around = self._given_around(function, (module, definition.parent, row))
                self._replay(function, given | around)

    def _given_around(self, function: int, decorator: Call) -> Parameters:
        """What the call that makes a decorator passes to the functions around what it gives."""
        module, scope, row = decorator
        expressions = self.world.facts[module].expressions
        if expressions.op[row] != ops.CALL:
            return {}
        around = set(self._around(function))
        return {
            entered.function: self._given_in(entered, decorator)
            for callee in self.evaluate(module, scope, expressions.a[row])
            for entered in self.entered_by(callee)
            if entered.function in around
        }

    def _around(self, function: int) -> Iterator[int]:
        module, scope = self.world.place(function)
        definitions = self.world.facts[module].definitions
        while (scope := definitions[scope].parent) != NOTHING:
            yield self.world.symbol(module, scope)

    def _given_in(self, entered: Entered, call: Call) -> dict[str, Values]:
        given = self.arguments_of(call, NONE)
        parameters = self.world.definition(entered.function).parameters[entered.shift :]
        found = {
            each.name: self.passed_for(given, position, each.name, call)
            for position, each in enumerate(parameters)
        }
        return {name: values for name, values in found.items() if values}

    def _replay(self, function: int, given: Parameters) -> None:
        module, scope = self.world.place(function)
        stores = self.world.facts[module].stores
        for store in self._keeping[function]:
            count = self._counts[store] = self._counts.get(store, 0) + 1
            containers = self.evaluate(module, scope, stores.base[store[2]])
            if count > _MAX_REPLAYS or not containers:
                continue
            asked = (stores.key[store[2]], stores.value[store[2]])
            keys, found = self.apart((module, scope), asked, _NO_ROWS, given)
            known = self.known_keys(keys)
            if None not in known:
                self._replayed.setdefault(store, set()).update(found)
                for each in containers:
                    self.hold(each, known, found)

    def set_named(self, call: Call) -> None:
        """`setattr(owner, name, value)`: for each name that is known, what is set under it."""
        module, scope, row = call
        owner, name, given = arguments(self.world.facts[module], row)[0]
        owners = [
            each for each in self.evaluate(module, scope, owner) if each & TAG_MASK == INSTANCE
        ]
        for rows in self._entries(module, scope, name) if owners else ():
            keys, found = self.apart((module, scope), (name, given), rows, _NO_PARAMETERS)
            for each in self.texts(keys):
                for instance in owners:
                    self.assign_to(instance, each, found)

    def _entries(self, module: int, scope: int, name: int) -> Iterator[dict[int, Values]]:
        """Values of the loop variable that a name comes from, one entry of what is looped over at a time."""
        facts = self.world.facts[module]
        op, a = facts.expressions.op, facts.expressions.a
        loop = self._loop(module, scope, name)
        if loop == NOTHING:
            yield {}
            return
        over = a[loop]
        is_items = op[over] == ops.CALL and self.last_text(facts, over) == "items"
        containers = a[a[over]] if is_items and op[a[over]] == ops.ATTRIBUTE else over
        for container in self.evaluate(module, scope, containers):
            for at, (key, found) in enumerate(self.entries_of(container)):
                if key is not None and at < _MAX_ENTRIES:
                    values = (self.interner.tuple(((self._text(key),), found)),)
                    only = (self._text(key),) if self._is_dict(container) else found
                    yield {loop: values if is_items else only}

    def _is_dict(self, container: int) -> bool:
        return self.interner.class_of(container) == self.interner.external("builtins.dict")

    def _text(self, key: Key) -> int:
        kind = "builtins.str" if isinstance(key, str) else "builtins.int"
        return self.interner.object(kind, NONE, ("text", key, 0))

    def _loop(self, module: int, scope: int, row: int) -> int:
        """The row of the loop's element that a name is, or is a part of; NOTHING where it is no such name."""
        facts = self.world.facts[module]
        op, a = facts.expressions.op, facts.expressions.a
        if op[row] != ops.NAME:
            return NOTHING
        for entry in self.world.local(module, scope, a[row]) or ():
            bound = facts.bindings.value[entry] if entry >= 0 else NOTHING
            while bound != NOTHING and op[bound] == ops.ITEM:
                bound = a[bound]
            if bound != NOTHING and op[bound] == ops.ELEMENT:
                return bound
        return NOTHING


def _holds_callables(given: Mapping[str, Values]) -> bool:
    """Is a class or a function among what is passed?"""
    return any(each & TAG_MASK in (*CALLABLE, RAW) for found in given.values() for each in found)


def _keeping(world: World) -> dict[int, tuple[Store, ...]]:
    found: dict[int, list[Store]] = {}
    for module, facts in enumerate(world.facts):
        stores, expressions = facts.stores, facts.expressions
        for position, (scope, key) in enumerate(zip(stores.scope, stores.key, strict=True)):
            row = stores.value[position]
            if NOTHING in (key, row) or expressions.op[row] != ops.NAME:
                continue
            if _is_parameter(world, module, scope, expressions.a[row]):
                store = (module, scope, position)
                found.setdefault(world.symbol(module, scope), []).append(store)
    return {symbol: tuple(stores) for symbol, stores in found.items()}


def _is_parameter(world: World, module: int, scope: int, name: int) -> bool:
    """Is a name of a function its parameter, or one of a function around it, and nothing else?"""
    facts = world.facts[module]
    text = facts.strings[name]
    while scope != NOTHING:
        if world.local(module, scope, name):
            return False
        definition = facts.definitions[scope]
        if any(each.name == text for each in definition.parameters):
            return True
        scope = definition.parent
    return False


def named_sets(world: World) -> Iterator[tuple[int, Call]]:
    """(class, call) of `setattr(self, name, value)`, where the name is not written there."""
    for module, numbers in world.spelling(["setattr"]).items():
        facts = world.facts[module]
        uses, expressions = facts.uses, facts.expressions
        for scope, row, flags in zip(uses.scope, uses.expression, uses.flags, strict=True):
            callee = expressions.a[row]
            if flags & ROLE_MASK != Role.CALL or expressions.op[callee] != ops.NAME:
                continue
            given = arguments(facts, row)[0] if expressions.a[callee] in numbers else []
            if len(given) == len(("object", "name", "value")):
                owner = _receiver(world, module, scope, given[0])
                if owner != NOTHING:
                    yield owner, (module, scope, row)


def _receiver(world: World, module: int, scope: int, row: int) -> int:
    facts = world.facts[module]
    if facts.expressions.op[row] != ops.NAME:
        return NOTHING
    return receiver_class(world, module, scope, facts.strings[facts.expressions.a[row]])
