"""What libraries give back: Python's own functions, containers, and what frameworks are known for."""

from abc import abstractmethod

from decompose.link.loaders import LOADS, Places, wanted
from decompose.link.results import ANY_KEY, Call
from decompose.link.reverses import Added, added_attributes
from decompose.link.told import Told
from decompose.link.values import (
    CLASS,
    EXTERNAL,
    FUNCTION,
    NONE,
    OBJECT,
    TAG_BITS,
    TAG_MASK,
    Values,
    merge,
)
from decompose.link.world import World, arguments
from decompose.model import ops
from decompose.model.facts import NOTHING
from decompose.model.knowledge import Knowledge

_ITERABLE = frozenset(
    [
        "list",
        "sorted",
        "reversed",
        "iter",
        "set",
        "tuple",
        "frozenset",
        "itertools.chain",
        "itertools.islice",
        "collections.deque",
    ]
)
_SAME = frozenset(
    [
        "copy.copy",
        "copy.deepcopy",
        "functools.update_wrapper",
        "functools.cache",
        "functools.lru_cache",
        "functools.singledispatch",
        "asyncio.run",
        "asyncio.shield",
        "asyncio.wait_for",
    ]
)
"""They give back their first argument, or something that behaves like it."""
_KEYED = frozenset(
    f"{kind}.{name}"
    for kind in ("builtins.dict", "typing.TypedDict", "typing_extensions.TypedDict")
    for name in ("get", "pop", "setdefault")
)
_PAIRS = frozenset(["builtins.dict.items"])
_VIEWS = _PAIRS | {"builtins.dict.keys"}
_HANDING_BACK = frozenset(["functools.wraps.__call__", "functools.lru_cache.__call__"])
_MAKING_CLASSES = frozenset(["builtins.type.__new__", "abc.ABCMeta.__new__"])
_CONTAINER_METHODS = {
    "builtins.dict.values": "items",
    "builtins.dict.copy": "same",
    "builtins.list.pop": "item",
    "builtins.list.copy": "same",
    "builtins.set.pop": "item",
    "builtins.set.copy": "same",
    "builtins.set.union": "same",
    "typing.NamedTuple._replace": "same",
}


class Library(Told):
    """Results of calls that leave the program."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._added: Added | None = None
        self._places = Places(world)

    @abstractmethod
    def classes_made_by(self, metaclass: int) -> Values:
        """The classes that a metaclass makes."""

    def library_method(self, function: int, receiver: int, call: Call) -> Values:
        """What calling a method of a library's object gives."""
        name = self.interner.external_name(function)
        library, _, attribute = name.rpartition(".")
        result = self.knowledge.instances.get(library, {}).get(attribute) or _CONTAINER_METHODS.get(
            name
        )
        if name in _MAKING_CLASSES:
            return self.classes_made_by(self.interner.class_of(receiver) >> TAG_BITS)
        if name in _KEYED:
            return self._looked_up(receiver, call)
        if result is not None:
            return self.known_result(result, receiver, *call)
        tool = self.tool_method(name, receiver, call)
        if tool is not None:
            return tool
        if name in _VIEWS:
            held = self._pairs(receiver) if name in _PAIRS else self.keys_of(receiver)
            return (self.interner.object("builtins.list", held),)
        return NONE if "()" in name else self._opaque(name)

    def library_object_call(self, function: int, receiver: int, call: Call) -> Values:
        """What calling a library's object gives."""
        name = self.interner.external_name(function)
        if name in _HANDING_BACK:
            return self.argument(call, 0)
        library, _, attribute = name.rpartition(".")
        result = self.knowledge.instances.get(library, {}).get(attribute)
        return NONE if result is None else self.known_result(result, receiver, *call)

    def _pairs(self, receiver: int) -> Values:
        return (self.interner.tuple((self.keys_of(receiver), self.items_of(receiver))),)

    def _looked_up(self, receiver: int, call: Call) -> Values:
        """`mapping.get(key, default)`."""
        module, scope, row = call
        positional, _ = arguments(self.world.facts[module], row)
        keys = self.keys(module, scope, positional[0]) if positional else ANY_KEY
        found = self.item_fields(receiver, keys) or self.under(receiver, keys)
        return merge(found, self.argument(call, 1))

    def _opaque(self, name: str) -> Values:
        """An object that a library made: nothing is known of it but where it came from."""
        if name.startswith("builtins."):
            return NONE
        return (self.interner.object(f"{name}()"),)

    def library_call(self, name: str, call: Call) -> Values:
        """What calling a library's function or class gives."""
        known = self.builtins.get(name)
        if known is not None:
            return known(call)
        result = self.knowledge.functions.get(name)
        if result is not None:
            return self.known_result(result, NOTHING, *call)
        last = name.rpartition(".")[2]
        if name.startswith("builtins.") or name in _ITERABLE:
            if last in _ITERABLE or name in _ITERABLE:
                items = merge(*[self.iterated(each) for each in self.argument(call, 0)])
                return (self.interner.object(f"builtins.{last}", items),)
            return (self.interner.object(name),)
        if name in _SAME:
            return self.argument(call, 0) or (self.interner.object(name),)
        return (self.interner.object(name),) if last[:1].isupper() else self._opaque(name)

    def by_method_name(self, module: int, scope: int, row: int) -> Values:
        """What `unknown.query(Order)` gives by its name alone: if it is given a class, or something made from one."""
        facts = self.world.facts[module]
        callee = facts.expressions.a[row]
        if facts.expressions.op[callee] != ops.ATTRIBUTE:
            return NONE
        result = self.knowledge.untyped.get(facts.strings[facts.expressions.b[callee]])
        if result is None:
            return NONE
        given = self.argument((module, scope, row), 0)
        if not given or not all(self._is_telling(each) for each in given):
            return NONE
        return self.known_result(result, NOTHING, module, scope, row)

    def loaded(self, callees: Values, module: int, row: int) -> Values:
        """The classes that a loader gives, where a call hands it their place and names; NONE for other calls."""
        facts = self.world.facts[module]
        asked = wanted(facts, row)
        if asked is None or not callees or not LOADS.search(self.last_text(facts, row)):
            return NONE
        place, names, several = asked
        found = [self._loaded_from(place, name, facts.module) for name in names]
        return (self.interner.tuple(tuple(found)),) if several and any(found) else found[0]

    def _loaded_from(self, place: str, name: str, near: str) -> Values:
        for number in self._places.of(place, near):
            values = self.module_attribute(number, name) or self.module_attribute(
                number, self._places.spelled(number, name)
            )
            found = tuple(each for each in values if each & TAG_MASK in (CLASS, FUNCTION))
            if found:
                return found
        return NONE

    def _is_telling(self, found: int) -> bool:
        """A class of the program, or a library's object that is known to hold instances of one."""
        if found & TAG_MASK == CLASS:
            return True
        if found & TAG_MASK != OBJECT or not self.items_of(found):
            return False
        kind = self.interner.class_of(found)
        return (
            kind & TAG_MASK == EXTERNAL
            and self.interner.external_name(kind) in self.knowledge.instances
        )

    def added(self) -> Added:
        """Attributes that classes get because others refer to them; found when first asked for."""
        if self._added is None:
            self._added = {}
            if self.knowledge.reverses:
                self._added = added_attributes(
                    self.world,
                    self.knowledge,
                    self._called_names,
                    lambda call: self.instances_of_argument(call, 0),
                )
        return self._added

    def _called_names(self, call: Call) -> list[str]:
        """Dotted names of the library's functions and classes that a call may call, bases included."""
        module, scope, row = call
        callees = self.evaluate(module, scope, self.world.facts[module].expressions.a[row])
        kinds = [
            base
            for each in callees
            if each & TAG_MASK in (CLASS, EXTERNAL)
            for base in self.order_of(each)
            if base & TAG_MASK == EXTERNAL
        ]
        return [self.interner.external_name(each) for each in dict.fromkeys(kinds)]

    def whole_number(self, module: int, row: int) -> int | None:
        """The value of an `int` literal, else None."""
        facts = self.world.facts[module]
        if (
            facts.expressions.op[row] != ops.LITERAL
            or facts.strings[facts.expressions.a[row]] != "int"
        ):
            return None
        text = facts.expressions.b[row]
        return None if text == NOTHING else int(facts.strings[text])
