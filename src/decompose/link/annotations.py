"""What an annotation promises: `Order`, `list[Order]`, `Order | None`, `type[Order]`, `Self`, type variables."""

import re

from decompose.link.attributes import CALLABLE
from decompose.link.builtin_calls import BuiltinCalls
from decompose.link.values import (
    CLASS,
    EXTERNAL,
    INSTANCE,
    MODULE,
    NONE,
    OBJECT,
    TAG_BITS,
    TAG_MASK,
    Values,
    merge,
    value,
)
from decompose.link.world import World, absolute, arguments, elements
from decompose.model import ops
from decompose.model.facts import NOTHING, Parameter, ParameterKind
from decompose.model.knowledge import Knowledge

_MAX_HOPS = 4  # of an alias from module to module
_UNTOLD = frozenset(
    [
        "builtins.object",
        *(
            f"{module}.{name}"
            for module in ("typing", "typing_extensions")
            for name in ("Any", "Final", "ClassVar", "TypeAlias", "Optional", "Union")
        ),
    ]
)
"""Annotations that say nothing of a value's type."""
_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_TYPING = (
    "typing.",
    "typing_extensions.",
    "collections.abc.",
    "builtins.",
    "collections.",
    "types.",
)
_TRANSPARENT = frozenset(
    [
        "Optional",
        "Union",
        "Annotated",
        "ClassVar",
        "Final",
        "Required",
        "NotRequired",
        "ReadOnly",
        "InitVar",
        "Awaitable",
        "Coroutine",
        "Unpack",
    ]
)
_MAPPINGS = frozenset(
    [
        "dict",
        "Dict",
        "Mapping",
        "MutableMapping",
        "defaultdict",
        "DefaultDict",
        "OrderedDict",
        "ChainMap",
    ]
)
_CONTAINERS = frozenset(
    [
        "list",
        "List",
        "set",
        "Set",
        "frozenset",
        "FrozenSet",
        "tuple",
        "Tuple",
        "Sequence",
        "MutableSequence",
        "Iterable",
        "Iterator",
        "Collection",
        "Container",
        "Generator",
        "AsyncGenerator",
        "AsyncIterable",
        "AsyncIterator",
        "deque",
        "Deque",
        "AbstractSet",
        "MutableSet",
        "KeysView",
        "ValuesView",
        "Reversible",
        "ContextManager",
        "AsyncContextManager",
        "AbstractContextManager",
        "AbstractAsyncContextManager",
    ]
)


class Annotations(BuiltinCalls):
    """Reads annotations as the set of instances that they allow."""

    def __init__(self, world: World, knowledge: Knowledge) -> None:
        super().__init__(world, knowledge)
        self._followed: set[tuple[int, int, int]] = set()
        """Aliases that are being read: one may name itself (`Tree = Tree | None`)."""

    def annotated(self, module: int, scope: int, row: int) -> Values:
        """The values that an annotated name may hold."""
        if row == NOTHING:
            return NONE
        facts = self.world.facts[module]
        op = facts.expressions.op[row]
        if op in (ops.BINARY, ops.UNION):
            left = self.annotated(module, scope, facts.expressions.a[row])
            return merge(left, self.annotated(module, scope, facts.expressions.b[row]))
        if op == ops.SUBSCRIPT:
            return self._generic(module, scope, row)
        if (
            op == ops.STRING
        ):  # a name in quotes where no annotation stands: `TypeVar("T", bound="Order")`
            return self._quoted(module, scope, facts.strings[facts.expressions.a[row]])
        if op in (ops.NAME, ops.ATTRIBUTE):
            return self._named(module, scope, row)
        return NONE

    def _named(self, module: int, scope: int, row: int) -> Values:
        values = self.evaluate(module, scope, row)
        if any(self._may_be_aliased(each, module, row) for each in values):
            aliased = [self._behind(place) for place in self._alias(module, scope, row)]
            if aliased:
                return merge(*aliased)
        return merge(*[self.instances(each, module, scope) for each in values])

    def _behind(self, alias: tuple[int, int, int]) -> Values:
        if alias in self._followed:
            return NONE
        self._followed.add(alias)
        found = self.annotated(*alias)
        self._followed.remove(alias)
        return found

    def _may_be_aliased(self, found: int, module: int, row: int) -> bool:
        """Is it a library's, or a class of the program under another name than its own?"""
        if found & TAG_MASK == CLASS:
            facts = self.world.facts[module]
            return self.last_text(facts, row) != self.world.definition(found >> TAG_BITS).name
        return found & TAG_MASK == EXTERNAL

    def _alias(self, module: int, scope: int, row: int) -> list[tuple[int, int, int]]:
        """Where the program binds a name to a generic (`Nodes = list[Node]`); nothing where it is a library's own."""
        facts = self.world.facts[module]
        if facts.expressions.op[row] == ops.NAME:
            return self._generics_bound(module, facts.strings[facts.expressions.a[row]], _MAX_HOPS)
        name = facts.strings[facts.expressions.b[row]]
        return [
            place
            for each in self.evaluate(module, scope, facts.expressions.a[row])
            if each & TAG_MASK == MODULE
            for place in self._generics_bound(each >> TAG_BITS, name, _MAX_HOPS)
        ]

    def _generics_bound(self, module: int, name: str, hops: int) -> list[tuple[int, int, int]]:
        facts = self.world.facts[module]
        found: list[tuple[int, int, int]] = []
        for entry in self.world.members(self.world.first[module]).get(name, ()):
            if entry >= 0:
                row = facts.bindings.value[entry]
                if row != NOTHING and facts.expressions.op[row] in (ops.SUBSCRIPT, ops.BINARY):
                    found.append((module, 0, row))
                continue
            imported = facts.imports[-1 - entry]
            target = self.world.module_number.get(absolute(facts, imported))
            if imported.name and target is not None and hops:
                found.extend(self._generics_bound(target, imported.name, hops - 1))
        return found

    def _quoted(self, module: int, scope: int, text: str) -> Values:
        name = _NAME.match(text)
        if name is None:
            return NONE
        first, *rest = name[0].split(".")
        found = self.namespace(module, first) or NONE
        for attribute in rest:
            found = merge(*[self.attribute(each, attribute) for each in found])
        return merge(*[self.instances(each, module, scope) for each in found])

    def instances(self, found: int, module: int, scope: int) -> Values:
        """What an annotation that names a value allows."""
        tag = found & TAG_MASK
        if tag == CLASS:
            return (value(INSTANCE, found >> TAG_BITS),)
        if tag == EXTERNAL:
            name = self.interner.external_name(found)
            if name.endswith(".Self") and name.startswith("typing"):
                owner = self.world.owner_class(module, scope)
                return NONE if owner == NOTHING else (value(INSTANCE, owner),)
            return NONE if name in _UNTOLD else (self.interner.object(name),)
        if tag == OBJECT:  # TypeVar("T", bound=…), NewType, an alias of a generic
            return self.interner.items(found)
        return NONE

    def _generic(self, module: int, scope: int, row: int) -> Values:
        expressions = self.world.facts[module].expressions
        bases = self.evaluate(module, scope, expressions.a[row])
        index = expressions.b[row]
        return merge(*[self.parametrized(each, module, scope, index) for each in bases])

    def parametrized(self, base: int, module: int, scope: int, index: int) -> Values:
        """What `base[index]` allows as an annotation."""
        if base & TAG_MASK != EXTERNAL:
            return self.instances(base, module, scope)
        name = self.interner.external_name(base)
        last = name.rpartition(".")[2]
        if name.startswith(_TYPING):
            return self._typing(last, module, scope, index)
        if name in self.knowledge.wrappers:
            return self.annotated(module, scope, self.parts(module, index)[0])
        items = self.annotated(module, scope, self.parts(module, index)[0])
        return (self.interner.object(name, items),)

    def _typing(self, last: str, module: int, scope: int, index: int) -> Values:
        parts = self.parts(module, index)
        if last in ("type", "Type"):
            return self._classes(module, scope, parts[0])
        if last in _TRANSPARENT:
            wanted = {"Annotated": parts[:1], "Coroutine": parts[-1:]}.get(last, parts)
            return merge(*[self.annotated(module, scope, each) for each in wanted])
        if last == "Callable":
            return (self.interner.object(CALLABLE, self.annotated(module, scope, parts[-1])),)
        if last in ("tuple", "Tuple") and not self._open_ended(module, parts):
            members = tuple(self.annotated(module, scope, each) for each in parts)
            return (self.interner.tuple(members),)
        kind = _container(last)
        if not kind:  # one of several literals: whichever stands there if none is given
            return (self.interner.object("builtins.str"),) if last == "Literal" else NONE
        held = self.annotated(module, scope, parts[-1] if kind == "dict" else parts[0])
        return (self.interner.object(f"builtins.{kind}", held),)

    def _classes(self, module: int, scope: int, row: int) -> Values:
        instances = self.annotated(module, scope, row)
        return tuple(
            sorted(
                value(CLASS, each >> TAG_BITS) for each in instances if each & TAG_MASK == INSTANCE
            )
        )

    def parts(self, module: int, index: int) -> list[int]:
        """The rows of what stands between the brackets."""
        facts = self.world.facts[module]
        if facts.expressions.op[index] == ops.DISPLAY:
            return elements(facts, index) or [index]
        return [index]

    def _open_ended(self, module: int, parts: list[int]) -> bool:
        """`tuple[Order, ...]`."""
        facts = self.world.facts[module]
        last = parts[-1]
        return (
            facts.expressions.op[last] == ops.LITERAL
            and facts.strings[facts.expressions.a[last]] == "ellipsis"
        )

    def parameter_values(self, module: int, scope: int, parameter: Parameter) -> Values:
        """What a parameter may hold: by its annotation, else its default."""
        parent = self.world.facts[module].definitions[scope].parent
        found = self.annotated(module, parent, parameter.annotation)
        if not found:  # no annotation, or one that says nothing
            found = self.evaluate(module, parent, parameter.default)
        if parameter.kind is ParameterKind.VARIADIC:
            return (self.interner.object("builtins.tuple", found),)
        if parameter.kind is ParameterKind.KEYWORDS:
            return (self.interner.object("builtins.dict", found),)
        return found

    def typed_variable(self, module: int, scope: int, row: int) -> Values:
        """What `TypeVar("T", bound=Order)` or `TypeVar("T", A, B)` stands for."""
        facts = self.world.facts[module]
        positional, keywords = arguments(facts, row)
        bounds = [
            each for word, each in keywords if word != NOTHING and facts.strings[word] == "bound"
        ]
        allowed = merge(
            *[self.annotated(module, scope, each) for each in [*positional[1:], *bounds]]
        )
        return (self.interner.object("typing.TypeVar", allowed, ("variable", module, row)),)


def _container(last: str) -> str:
    """The built-in container that a generic of `typing` or `collections` behaves like, "" for none."""
    if last in _MAPPINGS:
        return "dict"
    if last not in _CONTAINERS:
        return ""
    if last.endswith(
        ("Generator", "ContextManager")
    ):  # both give their first argument on entering or iterating
        return "generator"
    return last.lower()
