"""What may an expression stand for? Demand-driven: each row is evaluated once, when asked.

While arguments flow, it is evaluated anew whenever what it rests on has grown (`cache`). A name is the union of
the bindings that reach the place where it stands, an attribute the union over its receivers, a call what its
callee gives back (annotated, else what its `return` statements evaluate to). A row that asks for itself while it
is being evaluated gets what was found in the round before, and one nested deeper than `MAX_DEPTH` nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from decompose.link.cache import Cache
from decompose.link.hooks import PROXIES
from decompose.link.replay import Parameters
from decompose.link.scopes import BUILTINS
from decompose.link.singled import Singled
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
    TUPLE,
    Values,
    merge,
    value,
)
from decompose.link.world import World, reaching
from decompose.model import ops
from decompose.model.facts import NOTHING, PARAMETER, DefinitionKind, Op
from decompose.model.knowledge import Knowledge

MAX_DEPTH = 120
_CLASS_KIND = DefinitionKind.CLASS
_MAX_ENTRIES = 12
_MAX_DISPLAY = 40
_MAX_TUPLE = 8
_Rows = list[Values | None]
_ROW_MASK = (1 << 32) - 1
_METACLASSES = ("Meta", "MetaClass", "Metaclass", "builtins.type")
"""Ends of the names of libraries' classes whose objects are classes."""
_RESTING_ON_NOTHING = frozenset(
    [ops.STRING, ops.LITERAL, ops.FORMAT, ops.LAMBDA, ops.DEFINITION]
)  # on no other row, that is


class Evaluator(Singled):
    """Evaluates rows of the expression tables of a world, under what frameworks' classes are known to give."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._memo: list[_Rows | None] = [None] * len(world.facts)
        self._open_rows: Cache[int] = self.rounds.cache()
        self._shared_names: dict[int, Values] = {}
        """Module << 32 | string -> what that name stands for in all scopes of the module, once that is settled."""
        self._depth = 0
        by_op = {
            Op.NAME: self._name,
            Op.ATTRIBUTE: self._attribute,
            Op.CALL: self._called,
            Op.SUBSCRIPT: self.subscript,
            Op.STRING: self.string,
            Op.FORMAT: self.string,
            Op.LITERAL: self.literal,
            Op.DISPLAY: self.display,
            Op.UNION: self._union,
            Op.BINARY: self._union,
            Op.ELEMENT: self.element,
            Op.ITEM: self.part,
            Op.ENTER: self._entered,
            Op.AWAIT: self.awaited,
            Op.STAR: self._inner,
            Op.LAMBDA: self._lambda,
            Op.COMPREHENSION: self._comprehension,
            Op.DEFINITION: self._definition,
            Op.NARROW: self.narrowed,
            Op.BELOW: self.narrowed_class,
            Op.GUARDED: self.guarded,
            Op.MATCHED: self.matched,
        }
        self._ops = [by_op.get(op) for op in Op]

    def flow(self) -> None:
        """Let arguments flow to parameters until nothing is added."""
        super().flow()
        for key, found in self._open_rows.kept.items():
            self._rows(key >> 32)[key & _ROW_MASK] = found
        self._open_rows.kept.clear()

    def evaluate(self, module: int, scope: int, row: int) -> Values:
        """The values of a row."""
        if row == NOTHING:
            return NONE
        memo = self._memo[module]
        if memo is None:
            memo = self._rows(module)
        found = memo[row]
        if found is not None:
            return found
        key = module << 32 | row
        found = self._open_rows.open.get(key)
        if found is not None:
            self.rounds.read((self._open_rows.number, key))
            return found
        return self._evaluate_anew(module, scope, row, memo)

    def _evaluate_anew(self, module: int, scope: int, row: int, memo: _Rows) -> Values:
        expressions = self.world.facts[module].expressions
        op = expressions.op[row]
        if op == ops.NAME and expressions.b[row] == NOTHING:
            known = self._shared_names.get(module << 32 | expressions.a[row])
            if known is not None:
                memo[row] = known
                return known
        operation = self._ops[op]
        if operation is None:
            return NONE
        if op in _RESTING_ON_NOTHING:
            memo[row] = found = operation(module, scope, row)
            return found
        if self._depth > MAX_DEPTH:
            self.rounds.is_open = not self.rounds.are_over
            return NONE
        if self.rounds.are_over:
            return self._evaluate_for_good(module, scope, row, memo, operation)
        return self._evaluate_openly(module, scope, row, memo, operation)

    def _evaluate_openly(
        self, module: int, scope: int, row: int, memo: _Rows, operation: Callable[..., Values]
    ) -> Values:
        """What is found stays, unless it rests on what may grow."""
        rounds, rows, key = self.rounds, self._open_rows, module << 32 | row
        item = (rows.number, key)
        was_open, rounds.is_open = rounds.is_open, False
        reader, rounds.reader = rounds.reader, item
        before = rows.open[key] = rows.before.get(key, NONE)
        rounds.running.add(item)
        self._depth += 1
        found = operation(module, scope, row)
        self._depth -= 1
        rounds.reader = reader
        if rounds.is_open:
            rows.open[key] = found
            rounds.finish(item, reader, is_new=found != before)
        else:
            rounds.running.discard(item)
            del rows.open[key]
            memo[row] = found
            rounds.is_open = was_open
        return found

    def _evaluate_for_good(
        self, module: int, scope: int, row: int, memo: _Rows, operation: Callable[..., Values]
    ) -> Values:
        """Nothing grows any more: what is found stays."""
        memo[row] = NONE
        self._depth += 1
        found = memo[row] = operation(module, scope, row)
        self._depth -= 1
        return found

    def _name(self, module: int, scope: int, row: int) -> Values:
        facts = self.world.facts[module]
        number = facts.expressions.a[row]
        seen = facts.expressions.b[row]
        name = facts.strings[number]
        if seen != NOTHING:
            found = self._bound_here(module, scope, seen, number)
            if found is not None:
                return found
        elif name not in self.world.inner_names(module):
            return self._shared_name(module, number, name)
        return self.lookup(module, scope, number, name)

    def _shared_name(self, module: int, number: int, name: str) -> Values:
        """What a name stands for that no scope inside its module binds."""
        found = self._outside(module, name)
        if found and not self.rounds.is_open:  # what is asked for itself is NONE meanwhile
            self._shared_names[module << 32 | number] = found
        return found

    def _bound_here(self, module: int, scope: int, seen: int, number: int) -> Values | None:
        """What the bindings that reach a place give; None where they tell nothing, for others may."""
        facts = self.world.facts[module]
        entries, name = reaching(facts, seen), facts.strings[number]
        if not entries:  # only a comprehension binds the name in this scope
            around = facts.definitions[scope].parent
            return self.lookup(module, around, number, name, is_own=False)
        found: list[Values] = []
        while entries and entries[0] <= PARAMETER:
            entry = entries.pop(0)
            if entry == PARAMETER:
                found.append(self.parameter(module, scope, name) or NONE)
            else:
                found.append(self.evaluate(module, scope, PARAMETER - 1 - entry))
        return merge(*found, self.entries(module, scope, entries)) or None

    def lookup(
        self, module: int, scope: int, number: int, name: str, *, is_own: bool = True
    ) -> Values:
        """What a name stands for, seen from a scope, or (not `is_own`) from a scope inside it."""
        world = self.world
        definitions = world.facts[module].definitions
        at, first = scope, is_own
        while at != NOTHING:
            definition = definitions[at]
            if definition.kind > _CLASS_KIND:
                found = self._local(module, at, number, name)
                if found is not None:
                    return found
            elif definition.kind is _CLASS_KIND:
                entries = world.members(world.symbol(module, at)).get(name) if first else None
                if entries:
                    return self.entries(module, at, entries)
            at, first = definition.parent, False
        return self._outside(module, name)

    def _outside(self, module: int, name: str) -> Values:
        """What a name stands for at the level of its module: there, in a library that is starred, or built in."""
        found = self.namespace(module, name)
        if found is not None:
            return found
        starred = "" if name in BUILTINS else self.starred(module)
        if starred:
            return (self.interner.external(self.canonical(f"{starred}.{name}")),)
        return (self.interner.external(f"builtins.{name}"),)

    def _local(self, module: int, scope: int, number: int, name: str) -> Values | None:
        entries = self.world.local(module, scope, number)
        parameter = self.parameter(module, scope, name)
        if entries is None:
            return parameter
        found = self.entries(module, scope, entries)
        return found if parameter is None else merge(parameter, found)

    def apart(
        self,
        place: tuple[int, int],
        asked: tuple[int, ...],
        rows: Mapping[int, Values],
        parameters: Parameters,
    ) -> list[Values]:
        """What rows of a function give where others of it and parameters have these values: nothing is kept."""
        module, scope = place
        with self.rows_apart(module, scope):
            memo = self._rows(module)
            for row, values in rows.items():
                memo[row] = values
            before = {symbol: self._given.get(symbol) for symbol in parameters}
            self._given.update(parameters)
            found = [self.evaluate(module, scope, row) for row in asked]
            for symbol, given in before.items():
                if given is None:
                    del self._given[symbol]
                else:
                    self._given[symbol] = given
        return found

    @contextmanager
    def rows_apart(self, module: int, scope: int) -> Iterator[None]:
        """Within, nothing is known of the rows of a function; afterwards what was known before."""
        facts = self.world.facts[module]
        start, end = facts.row_start[scope], facts.row_start[scope + 1]
        memo, rows = self._rows(module), self._open_rows
        keys = range(module << 32 | start, module << 32 | end)
        kept, memo[start:end] = memo[start:end], [None] * (end - start)
        opened = {key: rows.open.pop(key) for key in keys if key in rows.open}
        yield
        memo[start:end] = kept
        for key in keys:
            rows.open.pop(key, None)
            rows.before.pop(key, None)
        rows.open.update(opened)

    def _rows(self, module: int) -> _Rows:
        memo = self._memo[module]
        if memo is None:
            memo = self._memo[module] = [None] * len(self.world.facts[module].expressions.op)
        return memo

    def entries(self, module: int, scope: int, entries: list[int]) -> Values:
        """The union of what a name's bindings and imports give."""
        if len(entries) == 1:
            return self._entry(module, scope, entries[0])
        return merge(*[self._entry(module, scope, each) for each in entries[-_MAX_ENTRIES:]])

    def _entry(self, module: int, scope: int, entry: int) -> Values:
        if entry < 0:
            return self.imported(module, -1 - entry)
        bindings = self.world.facts[module].bindings
        annotation = bindings.annotation[entry]
        if annotation != NOTHING:
            found = self.annotated(module, scope, annotation)
            if found and not self.is_any_callable(found) and not self._is_of_metaclass(found):
                return merge(found, self.made_here(module, scope, bindings.value[entry]))
        return self.evaluate(module, bindings.scope[entry], bindings.value[entry])

    def _is_of_metaclass(self, found: Values) -> bool:
        """Does an annotation only say that something is a class? Then what it is says more: `Base: DeclarativeMeta`."""
        return all(
            each & TAG_MASK == OBJECT
            and (kind := self.interner.class_of(each)) & TAG_MASK == EXTERNAL
            and self.interner.external_name(kind).endswith(_METACLASSES)
            for each in found
        )

    def _attribute(self, module: int, scope: int, row: int) -> Values:
        expressions = self.world.facts[module].expressions
        name = self.world.facts[module].strings[expressions.b[row]]
        receivers = self.evaluate(module, scope, expressions.a[row])
        if len(receivers) == 1:
            found = self.attribute(receivers[0], name)
        else:
            found = merge(*[self.attribute(each, name) for each in receivers])
        if name in self.carried_names:
            return self.carried(module, expressions.a[row], name, found)
        return found

    def _called(self, module: int, scope: int, row: int) -> Values:
        callees = self.evaluate(module, scope, self.world.facts[module].expressions.a[row])
        found = self.loaded(callees, module, row) or merge(
            *[self.result(each, module, scope, row) for each in callees]
        )
        return found or self.by_method_name(module, scope, row)

    def _union(self, module: int, scope: int, row: int) -> Values:
        expressions = self.world.facts[module].expressions
        left = self.evaluate(module, scope, expressions.a[row])
        return merge(left, self.evaluate(module, scope, expressions.b[row]))

    def _entered(self, module: int, scope: int, row: int) -> Values:
        return merge(*[self.entered(each) for each in self._inner(module, scope, row)])

    def _lambda(self, module: int, scope: int, row: int) -> Values:
        del scope
        return (
            value(FUNCTION, self.world.symbol(module, self.world.facts[module].expressions.a[row])),
        )

    def _comprehension(self, module: int, scope: int, row: int) -> Values:
        facts = self.world.facts[module]
        kind = facts.strings[facts.expressions.a[row]]
        items = self.evaluate(module, scope, facts.expressions.b[row])
        return (self.interner.object(f"builtins.{kind}", items),)

    def _definition(self, module: int, scope: int, row: int) -> Values:
        del scope
        symbol = self.world.symbol(module, self.world.facts[module].expressions.a[row])
        if self.world.is_class(symbol):
            return (value(CLASS, symbol),)
        return self.returned(symbol) if self.is_proxy(symbol) else (value(FUNCTION, symbol),)

    def is_proxy(self, symbol: int) -> bool:
        """Does a decorator make a function an object that stands for what it gives?"""
        module, scope = self.world.place(symbol)
        definition = self.world.facts[module].definitions[scope]
        return bool(definition.decorators) and any(
            each & TAG_MASK == EXTERNAL and self.interner.external_name(each) in PROXIES
            for row in definition.decorators
            for each in self.evaluate(module, definition.parent, row)
        )

    def dotted_name(self, found: int) -> str | None:
        """The canonical dotted name of what a value is (not of what it is an instance of)."""
        tag, number = found & TAG_MASK, found >> TAG_BITS
        if tag == EXTERNAL:
            return self.interner.names[number]
        if tag in (CLASS, FUNCTION, RAW):
            return self.world.dotted(number)
        if tag in (INSTANCE, OBJECT, TUPLE):
            return None
        if tag == BOUND:
            return self.dotted_name(self.interner.bound[number][0])
        return self.world.facts[number].module
