"""What do Python's own functions give back, and those like them? `super()`, `getattr`, `map`, `partial`, `cast`."""

from abc import abstractmethod

from decompose.link.library import Library
from decompose.link.prefixes import prefixes
from decompose.link.results import Call
from decompose.link.values import (
    CALLABLE,
    CLASS,
    INSTANCE,
    MAX_CALLABLES,
    MODULE,
    NONE,
    OBJECT,
    TAG_BITS,
    TAG_MASK,
    Values,
    merge,
    value,
)
from decompose.link.world import World, arguments
from decompose.model import ops
from decompose.model.facts import NOTHING, TYPE_PARAMETER
from decompose.model.knowledge import Knowledge


class BuiltinCalls(Library):
    """Results of calls of built-in functions."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._unnamed: dict[
            int, list[str]
        ] = {}  # class -> methods that only computed names lead to
        self.builtins |= {
            "builtins.super": self._super,
            "builtins.getattr": self._getattr,
            "builtins.type": self._type,
            "builtins.next": self._next,
            "builtins.enumerate": self._enumerate,
            "builtins.zip": self._zip,
            "builtins.map": self._map,
            "builtins.filter": self._filter,
            "functools.partial": self._partial,
            "functools.partialmethod": self._partial_method,
            "builtins.__import__": self._import_top,
            "builtins.max": self._next,
            "builtins.min": self._next,
            "typing.cast": self._cast,
            "typing.TypeVar": self._type_variable,
            "typing_extensions.TypeVar": self._type_variable,
            f"builtins.{TYPE_PARAMETER}": self._type_variable,
            "typing.NewType": self._cast_second,
            "importlib.import_module": self._import_module,
            "django.utils.module_loading.import_string": self._import_module,
            "werkzeug.utils.import_string": self._import_module,
        }

    @abstractmethod
    def typed_variable(self, module: int, scope: int, row: int) -> Values:
        """What a type variable stands for."""

    def _super(self, call: Call) -> Values:
        module, scope, _ = call
        definitions = self.world.facts[module].definitions
        while scope != NOTHING:
            owner = self.world.owner_class(module, scope)
            if owner != NOTHING:
                return (self.interner.instance(value(CLASS, owner), (self.super_mark,)),)
            scope = definitions[scope].parent
        return NONE

    def _getattr(self, call: Call) -> Values:
        module, scope, row = call
        positional, _ = arguments(self.world.facts[module], row)
        if len(positional) < len(("object", "name")):
            return NONE
        names = self.texts(self.evaluate(module, scope, positional[1]))
        beginnings = prefixes(self.world, module, scope, positional[1])
        found: list[Values] = []
        for receiver in self.argument(call, 0):
            found.extend(self.attribute(receiver, name) for name in names)
            found.extend(self._beginning_with(receiver, prefix) for prefix in beginnings)
            if not (names or beginnings):
                found.append(self._asked_by_computed_names(receiver))
        return merge(*found, self.argument(call, 2))

    def texts(self, found: Values) -> list[str]:
        """The strings that are known among values."""
        details = [self.interner.detail(each) for each in found]
        return [
            each[1] for each in details if each and each[0] == "text" and isinstance(each[1], str)
        ]

    def _beginning_with(self, receiver: int, prefix: str) -> Values:
        """All methods, or functions and classes of a module, whose name begins so; also those of subclasses."""
        tag, number = receiver & TAG_MASK, receiver >> TAG_BITS
        if tag == MODULE:
            asked = [(self.world.first[number], receiver)]
        elif tag in (CLASS, INSTANCE):
            bases = [base >> TAG_BITS for base in self.order(number) if base & TAG_MASK == CLASS]
            asked = [(base, receiver) for base in bases]
            asked += [(below, value(tag, below)) for below in self.subclasses.get(number, ())]
        else:
            return NONE
        named = {
            (name, each)
            for owner, each in asked
            for name in self.world.members(owner)
            if name.startswith(prefix)
        }
        given = [
            self.attribute(each, name)
            for name, each in sorted(named)[:MAX_CALLABLES]
            if each == receiver or (name, receiver) not in named
        ]
        return tuple(each for each in merge(*given) if each & TAG_MASK in CALLABLE)

    def _asked_by_computed_names(self, receiver: int) -> Values:
        """The methods of an instance whose class has only such as no code names: they are there for computed names."""
        if receiver & TAG_MASK != INSTANCE:
            return NONE
        symbol = receiver >> TAG_BITS
        known = self._unnamed.get(symbol)
        if known is None:
            public = [each for each in self.world.members(symbol) if not each.startswith("_")]
            methods = [each for each in public if self.own_method(symbol, each) != NOTHING]
            is_for_names = len(methods) > 1 and not is_read(self.world, methods)
            known = self._unnamed[symbol] = methods if is_for_names else []
        return merge(*[self.attribute(receiver, name) for name in known])

    def _type(self, call: Call) -> Values:
        found = self.argument(call, 0)
        return tuple(
            sorted(
                {
                    self.interner.class_of(each)
                    for each in found
                    if each & TAG_MASK in (INSTANCE, OBJECT)
                }
            )
        )

    def _next(self, call: Call) -> Values:
        return merge(*[self.iterated(each) for each in self.argument(call, 0)])

    def _enumerate(self, call: Call) -> Values:
        number = (self.interner.object("builtins.int"),)
        return (
            self.interner.object(
                "builtins.list", (self.interner.tuple((number, self._next(call))),)
            ),
        )

    def _zip(self, call: Call) -> Values:
        module, scope, row = call
        positional, _ = arguments(self.world.facts[module], row)
        parts = tuple(
            merge(*[self.iterated(found) for found in self.evaluate(module, scope, each)])
            for each in positional[:6]
        )
        return (self.interner.object("builtins.list", (self.interner.tuple(parts),)),)

    def _map(self, call: Call) -> Values:
        """`map(function, items)`: what the function gives."""
        module, scope, row = call
        given = arguments(self.world.facts[module], row)[0]
        functions = [
            each
            for argument in given
            for each in self.evaluate(module, scope, argument)
            if each & TAG_MASK in CALLABLE
        ]
        made = merge(*[self.returned_by(each) for each in functions])
        return (self.interner.object("builtins.list", made),)

    def _filter(self, call: Call) -> Values:
        items = merge(*[self.iterated(found) for found in self.argument(call, 1)])
        return (self.interner.object("builtins.list", items),)

    def _partial(self, call: Call) -> Values:
        module, _, row = call
        given = len(arguments(self.world.facts[module], row)[0]) - 1
        functions = self.argument(call, 0)
        return (self.interner.object("functools.partial", functions, ("partial", "", given)),)

    def _partial_method(self, call: Call) -> Values:
        functions = self.argument(call, 0)
        detail = ("partial", "", 0)
        return (self.interner.object("functools.partialmethod", functions, detail),)

    def _import_top(self, call: Call) -> Values:
        """`__import__("package.module")` gives the package."""
        module, _, row = call
        facts = self.world.facts[module]
        positional, _ = arguments(facts, row)
        if not positional or facts.expressions.op[positional[0]] != ops.STRING:
            return NONE
        name = facts.strings[facts.expressions.a[positional[0]]]
        return self.lookup_dotted(name.partition(".")[0])

    def _cast(self, call: Call) -> Values:
        module, scope, row = call
        positional, _ = arguments(self.world.facts[module], row)
        return self.annotated(module, scope, positional[0]) if positional else NONE

    def _cast_second(self, call: Call) -> Values:
        module, scope, row = call
        positional, _ = arguments(self.world.facts[module], row)
        held = self.annotated(module, scope, positional[1]) if len(positional) > 1 else NONE
        return (self.interner.object("typing.NewType", held),)

    def _type_variable(self, call: Call) -> Values:
        return self.typed_variable(*call)

    def _import_module(self, call: Call) -> Values:
        module, _, row = call
        facts = self.world.facts[module]
        positional, _ = arguments(facts, row)
        if not positional or facts.expressions.op[positional[0]] != ops.STRING:
            return NONE
        return self.lookup_dotted(facts.strings[facts.expressions.a[positional[0]]])


def is_read(world: World, names: list[str]) -> bool:
    """Does any code of the program read an attribute of one of these names?"""
    for module, numbers in world.spelling(names).items():
        expressions = world.facts[module].expressions
        rows = zip(expressions.op, expressions.b, strict=True)
        if any(op == ops.ATTRIBUTE and name in numbers for op, name in rows):
            return True
    return False
