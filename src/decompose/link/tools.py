"""What do the standard library's tools give back that wrap what they are given? Futures, weak references, getters.

A wrapper is an object that holds what it wraps: a task what its coroutine gives, a weak reference what it refers to.
"""

from abc import abstractmethod
from collections.abc import Callable

from decompose.link.results import Call, Results
from decompose.link.values import NONE, OBJECT, TAG_MASK, Values, merge
from decompose.link.world import World, arguments
from decompose.model import ops
from decompose.model.knowledge import Knowledge

TASK, FUTURE = "asyncio.Task", "concurrent.futures.Future"
REFERENCES = ("weakref.ref", "weakref.WeakMethod")
_GETTERS = ("operator.attrgetter", "operator.itemgetter")
_POOLS = ("concurrent.futures.ThreadPoolExecutor", "concurrent.futures.ProcessPoolExecutor")
_STACKS = ("contextlib.ExitStack", "contextlib.AsyncExitStack")
_MAX_GATHERED = 8
Answer = Callable[[int, Call], Values]
"""What a method of a library's object gives, by its receiver and the call."""


class Tools(Results):
    """Results of functions and methods of the standard library that wrap values."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self.builtins: dict[str, Callable[[Call], Values]] = {
            "asyncio.gather": self._gathered,
            "asyncio.to_thread": lambda call: self._given_by(call, 0),
            "asyncio.create_task": lambda call: self._holding(TASK, self._awaited_of(call, 0)),
            "asyncio.ensure_future": lambda call: self._holding(TASK, self._awaited_of(call, 0)),
            "anyio.to_thread.run_sync": lambda call: self._given_by(call, 0),
            "asgiref.sync.sync_to_async": lambda call: self.argument(call, 0),
            "asgiref.sync.async_to_sync": lambda call: self.argument(call, 0),
            "builtins.globals": self._globals,
            "weakref.proxy": lambda call: self.argument(call, 0),
            **{name: self._keeper(name) for name in REFERENCES},
            **{name: self._getter(name) for name in _GETTERS},
        }
        self._methods_of: dict[str, Answer] = {
            **{f"{pool}.map": self._mapped_over for pool in _POOLS},
            **{f"{stack}.enter_context": self._enter_argument for stack in _STACKS},
            **{f"{stack}.enter_async_context": self._enter_argument for stack in _STACKS},
            f"{TASK}.result": lambda receiver, _: self.items_of(receiver),
            f"{FUTURE}.result": lambda receiver, _: self.items_of(receiver),
        }
        self._methods_named: dict[str, Answer] = {
            "submit": lambda _, call: self._holding(FUTURE, self._given_by(call, 0)),
            "run_in_executor": lambda _, call: self._given_by(call, 1),
            "run_until_complete": lambda _, call: self._awaited_of(call, 0),
            "create_task": lambda _, call: self._holding(TASK, self._awaited_of(call, 0)),
        }
        self._getting = {self.interner.external(name) for name in _GETTERS}
        self._awaitable = {self.interner.external(name) for name in (TASK, FUTURE)}

    @abstractmethod
    def texts(self, found: Values) -> list[str]:
        """The strings that are known among values."""

    def argument(self, call: Call, position: int) -> Values:
        """What a call passes at a position."""
        module, scope, row = call
        positional, _ = arguments(self.world.facts[module], row)
        if position >= len(positional):
            return NONE
        return self.evaluate(module, scope, positional[position])

    def tool_method(self, name: str, receiver: int, call: Call) -> Values | None:
        """What a method of a tool gives, by its dotted name or else its last; None: unknown."""
        known = self._methods_of.get(name) or self._methods_named.get(name.rpartition(".")[2])
        return None if known is None else known(receiver, call)

    def awaited(self, module: int, scope: int, row: int) -> Values:
        """`await value`: a coroutine is what it gives; a task holds it."""
        found = self.evaluate(module, scope, self.world.facts[module].expressions.a[row])
        return self._unwrapped(found)

    def _unwrapped(self, found: Values) -> Values:
        return merge(
            *[
                self.items_of(each)
                if each & TAG_MASK == OBJECT and self.interner.class_of(each) in self._awaitable
                else (each,)
                for each in found
            ]
        )

    def got(self, callee: int, call: Call) -> Values | None:
        """What calling an `attrgetter` or `itemgetter` gives; None for anything else."""
        if callee & TAG_MASK != OBJECT or self.interner.class_of(callee) not in self._getting:
            return None
        detail = self.interner.detail(callee)
        wanted = detail[1] if detail is not None else None
        given = self.argument(call, 0)
        if self.interner.external_name(self.interner.class_of(callee)) == _GETTERS[0]:
            found = [self.attribute(each, str(wanted)) for each in given]
        else:
            key = wanted if isinstance(wanted, str | int) else None
            found = [self.under(each, [key]) for each in given]
        return merge(*found)

    def _holding(self, name: str, found: Values) -> Values:
        return (self.interner.object(name, found),)

    def _keeper(self, name: str) -> Callable[[Call], Values]:
        return lambda call: self._holding(name, self.argument(call, 0))

    def _getter(self, name: str) -> Callable[[Call], Values]:
        def make(call: Call) -> Values:
            details = [self.interner.detail(each) for each in self.argument(call, 0)]
            known = [each for each in details if each is not None and each[0] == "text"]
            detail = ("getting", known[0][1], 0) if known else None
            return (self.interner.object(name, NONE, detail),)

        return make

    def _given_by(self, call: Call, position: int) -> Values:
        """What calling an argument gives."""
        return merge(*[self.returned_by(each) for each in self.argument(call, position)])

    def _awaited_of(self, call: Call, position: int) -> Values:
        return self._unwrapped(self.argument(call, position))

    def _gathered(self, call: Call) -> Values:
        """`gather(first(), second())`: a list of what each gives, in order."""
        module, scope, row = call
        positional, _ = arguments(self.world.facts[module], row)
        op = self.world.facts[module].expressions.op
        given = [self.evaluate(module, scope, each) for each in positional]
        if any(op[each] == ops.STAR for each in positional) or len(given) > _MAX_GATHERED:
            items = [self.iterated(each) for found in given for each in found]
            return (self.interner.object("builtins.list", self._unwrapped(merge(*items))),)
        return (self.interner.tuple(tuple(map(self._unwrapped, given))),)

    def _mapped_over(self, receiver: int, call: Call) -> Values:
        del receiver
        return (self.interner.object("builtins.list", self._given_by(call, 0)),)

    def _enter_argument(self, receiver: int, call: Call) -> Values:
        del receiver
        return merge(*[self.entered(each) for each in self.argument(call, 0)])

    def _globals(self, call: Call) -> Values:
        return (self.interner.object("builtins.dict", NONE, ("namespace", call[0], 0)),)
