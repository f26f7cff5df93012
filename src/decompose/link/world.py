"""All modules at once, numbered: which definition is which symbol, and where names are bound.

A *symbol* is a global number for a scope: `first[module] + scope`. Modules are in order of their names, so equal
programs have equal numbers.
"""

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from decompose.model import ops
from decompose.model.facts import (
    NOTHING,
    Definition,
    DefinitionKind,
    Import,
    ModuleFacts,
)

_CLASS_KIND = DefinitionKind.CLASS
_NUMBER_BITS = 32
_NUMBER_MASK = (1 << _NUMBER_BITS) - 1
_FUNCTIONS = (DefinitionKind.FUNCTION, DefinitionKind.ASYNC_FUNCTION, DefinitionKind.LAMBDA)


class World:
    """Facts of all modules with global numbers for their scopes."""

    def __init__(self, facts: Sequence[ModuleFacts]) -> None:
        self.facts = sorted(facts, key=lambda each: (each.module, each.path))
        self.module_number = {
            each.module: number for number, each in reversed([*enumerate(self.facts)])
        }
        self.packages = _packages(self.module_number)
        self.first = array("i")
        self.module_of = array("i")
        for number, each in enumerate(self.facts):
            self.first.append(len(self.module_of))
            self.module_of.extend([number] * len(each.definitions))
        self._slots: dict[int, dict[int, int]] = {}
        self._dotted: dict[int, str] = {}
        self._inner_names: list[set[str] | None] = [None] * len(self.facts)
        self._members: dict[int, dict[str, list[int]]] = {}
        self._locals: list[dict[int, list[int]]] = [{} for _ in self.facts]
        for module in range(len(self.facts)):
            self._index(module)

    def symbol(self, module: int, scope: int) -> int:
        """The global number of a scope."""
        return self.first[module] + scope

    def scope_of(self, module: int, row: int) -> int:
        """The scope that a row belongs to."""
        return bisect_right(self.facts[module].row_start, row) - 1

    def stored_before(self, module: int, row: int) -> int:
        """The row of what was stored under a subscript's key just before; NOTHING where that is not known."""
        pairs = self.facts[module].slots
        if not pairs:
            return NOTHING
        known = self._slots.get(module)
        if known is None:
            known = self._slots[module] = dict(zip(pairs[::2], pairs[1::2], strict=True))
        return known.get(row, NOTHING)

    def place(self, symbol: int) -> tuple[int, int]:
        """(module, scope) of a symbol."""
        module = self.module_of[symbol]
        return module, symbol - self.first[module]

    def definition(self, symbol: int) -> Definition:
        """What a symbol is."""
        module = self.module_of[symbol]
        return self.facts[module].definitions[symbol - self.first[module]]

    def dotted(self, symbol: int) -> str:
        """The dotted name of a symbol."""
        known = self._dotted.get(symbol)
        if known is None:
            known = self._dotted[symbol] = self._named(symbol)
        return known

    def _named(self, symbol: int) -> str:
        module = self.facts[self.module_of[symbol]].module
        qualname = self.definition(symbol).qualname
        if not qualname:
            return module
        # A package may define a function named like one of its modules; names of nodes are unique.
        dotted = f"{module}.{qualname}"
        return dotted if dotted not in self.module_number else f"{module}.__init__.{qualname}"

    def is_class(self, symbol: int) -> bool:
        """Is it a class?"""
        return self.definition(symbol).kind is _CLASS_KIND

    def owner_class(self, module: int, scope: int) -> int:
        """The symbol of the class whose method a function scope is, else NOTHING."""
        definitions = self.facts[module].definitions
        parent = definitions[scope].parent
        if parent == NOTHING or definitions[parent].kind is not _CLASS_KIND:
            return NOTHING
        return self.first[module] + parent

    def members(self, symbol: int) -> dict[str, list[int]]:
        """Name -> entries of a module or class scope; an entry is a binding, or -1 - import."""
        return self._members.get(symbol, _EMPTY)

    def local(self, module: int, scope: int, name: int) -> list[int] | None:
        """Entries of a function's own name (a string number of its module)."""
        return self._locals[module].get(scope << 32 | name)

    def inner_names(self, module: int) -> set[str]:
        """Names that a function or class of a module binds, parameters among them: all others are the module's."""
        known = self._inner_names[module]
        if known is None:
            facts, first = self.facts[module], self.first[module]
            known = {facts.strings[key & _NUMBER_MASK] for key in self._locals[module]}
            for scope, definition in enumerate(facts.definitions):
                known.update([parameter.name for parameter in definition.parameters])
                if definition.kind is _CLASS_KIND:
                    known.update(self._members.get(first + scope, ()))
            self._inner_names[module] = known
        return known

    @cached_property
    def _spelled(self) -> dict[str, list[int]]:
        """Text -> module << 32 | number of the string there, in order of module."""
        found: dict[str, list[int]] = {}
        for module, facts in enumerate(self.facts):
            for number, text in enumerate(facts.strings, module << _NUMBER_BITS):
                found.setdefault(text, []).append(number)
        return found

    def spelling(self, texts: Iterable[str]) -> dict[int, set[int]]:
        """Modules that hold one of several texts, in order, with the numbers of those strings."""
        spelled = self._spelled
        found: dict[int, set[int]] = {}
        for each in sorted(each for text in set(texts) for each in spelled.get(text, ())):
            found.setdefault(each >> _NUMBER_BITS, set()).add(each & _NUMBER_MASK)
        return found

    def texts(self, wanted: Callable[[str], bool]) -> list[str]:
        """The strings of all modules that are wanted."""
        return [text for text in self._spelled if wanted(text)]

    @cached_property
    def renamed(self) -> dict[str, list[tuple[int, str]]]:
        """Name -> (module, alias) of every import that gives it another."""
        found: dict[str, list[tuple[int, str]]] = {}
        for module, facts in enumerate(self.facts):
            for each in facts.imports:
                if each.name and each.alias != each.name:
                    found.setdefault(each.name, []).append((module, each.alias))
        return found

    def _index(self, module: int) -> None:
        facts, first = self.facts[module], self.first[module]
        local = self._locals[module]
        kinds = [definition.kind in _FUNCTIONS for definition in facts.definitions]
        bindings, strings = facts.bindings, facts.strings
        killed = frozenset(facts.killed)
        binding = _Binding(facts)
        for entry, (scope, name) in enumerate(zip(bindings.scope, bindings.name, strict=True)):
            if entry in killed:
                continue
            home = binding.home(scope, strings[name]) if kinds[scope] else scope
            if kinds[home]:
                local.setdefault(home << 32 | name, []).append(entry)
            else:
                self._members.setdefault(first + home, {}).setdefault(strings[name], []).append(
                    entry
                )
        if facts.imports:
            self._index_imports(module, kinds, killed)

    def _index_imports(self, module: int, kinds: list[bool], killed: frozenset[int]) -> None:
        facts, first = self.facts[module], self.first[module]
        numbers: dict[str, int] = {}
        if any(kinds[each.scope] for each in facts.imports):
            numbers = {text: number for number, text in enumerate(facts.strings)}
        for position, each in enumerate(facts.imports):
            if each.name == "*" or -1 - position in killed:
                continue
            name = bound_name(each)
            if not kinds[each.scope]:
                self._members.setdefault(first + each.scope, {}).setdefault(name, []).append(
                    -1 - position
                )
            elif name in numbers:
                self._locals[module].setdefault(each.scope << 32 | numbers[name], []).append(
                    -1 - position
                )


_EMPTY: dict[str, list[int]] = {}


def bound_name(imported: Import) -> str:
    """The name that an import binds."""
    return imported.alias or imported.name or imported.module.partition(".")[0]


def absolute(facts: ModuleFacts, imported: Import) -> str:
    """The absolute dotted name of the module that an import names; "" where it climbs out of the tree."""
    if not imported.level:
        return imported.module
    parts = facts.module.split(".")
    climb = imported.level - 1 if facts.is_package else imported.level
    if climb > len(parts):
        return ""
    kept = parts[: len(parts) - climb]
    return ".".join([*kept, imported.module] if imported.module else kept)


class _Binding:
    """Whose are names that are declared `global` or `nonlocal`?"""

    def __init__(self, facts: ModuleFacts) -> None:
        self._facts = facts
        self._bound: set[tuple[int, str]] | None = None

    def home(self, scope: int, name: str) -> int:
        """The scope that a name bound in a function belongs to: of the nearest function around that binds it."""
        definitions = self._facts.definitions
        if name not in definitions[scope].globals:
            return scope
        at = definitions[scope].parent
        while at > 0:
            definition = definitions[at]
            if definition.kind in _FUNCTIONS and name not in definition.globals:
                given = any(parameter.name == name for parameter in definition.parameters)
                if given or (at, name) in self._own():
                    return at
            at = definition.parent
        return 0

    def _own(self) -> set[tuple[int, str]]:
        if self._bound is None:
            strings, bindings = self._facts.strings, self._facts.bindings
            rows = zip(bindings.scope, bindings.name, strict=True)
            self._bound = {(scope, strings[name]) for scope, name in rows}
        return self._bound


def _packages(modules: dict[str, int]) -> frozenset[str]:
    """All prefixes of module names: packages, with or without an `__init__`."""
    found: set[str] = set()
    for name in modules:
        package = name.rpartition(".")[0]
        while package and package not in found:
            found.add(package)
            package = package.rpartition(".")[0]
    return frozenset(found)


def arguments(facts: ModuleFacts, row: int) -> tuple[list[int], list[tuple[int, int]]]:
    """Rows of the positional arguments of a call, and (name or NOTHING, row) of its keywords."""
    items, offset = facts.expressions.items, facts.expressions.b[row]
    count = items[offset]
    start = offset + 1 + count
    words = [(items[at], items[at + 1]) for at in range(start + 1, start + 1 + 2 * items[start], 2)]
    return list(items[offset + 1 : start]), words


def argument_row(facts: ModuleFacts, row: int, position: int, name: str) -> int:
    """The row of what a call passes for a parameter; NOTHING where it passes nothing that is seen."""
    positional, keywords = arguments(facts, row)
    for word, each in keywords:
        if word != NOTHING and facts.strings[word] == name:
            return each
    before = positional[: position + 1]
    if position >= len(positional) or any(
        facts.expressions.op[each] == ops.STAR for each in before
    ):
        return NOTHING
    return positional[position]


def elements(facts: ModuleFacts, row: int) -> list[int]:
    """Rows in a display or an f-string (dict: key, value, …)."""
    items, offset = facts.expressions.items, facts.expressions.b[row]
    return list(items[offset + 1 : offset + 1 + items[offset]])


def reaching(facts: ModuleFacts, offset: int) -> list[int]:
    """Entries that a name may be bound to where it stands, in order; `PARAMETER` comes first."""
    items = facts.expressions.items
    return list(items[offset + 1 : offset + 1 + items[offset]])


_NAMED_BY_BASE = frozenset([ops.CALL, ops.SUBSCRIPT, *ops.NARROWING])


def last_name(facts: ModuleFacts, row: int) -> int:
    """The string number of the last name of a name, attribute, or of a call's callee; NOTHING for the rest."""
    expressions = facts.expressions
    op = expressions.op[row]
    while op in _NAMED_BY_BASE:
        row = expressions.a[row]
        op = expressions.op[row]
    if op == ops.NAME:
        return expressions.a[row]
    return expressions.b[row] if op == ops.ATTRIBUTE else NOTHING
