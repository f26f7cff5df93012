"""Which module-level variables do functions change, and which functions read those?

A variable changes while the program runs where a function declares it `global` and binds it, assigns an item or an
attribute of it, or calls a method that changes a container (`CACHE.update(…)`). Names are followed through imports, so
that `from shop.state import CACHE` means the same variable everywhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from decompose.link.evaluate import Evaluator
from decompose.link.values import MODULE, TAG_BITS, TAG_MASK
from decompose.link.world import absolute
from decompose.model import ops
from decompose.model.facts import (
    LOOP_SHIFT,
    NOTHING,
    ROLE_MASK,
    DefinitionKind,
    ModuleFacts,
    Op,
    Role,
)
from decompose.model.source import Site
from decompose.model.view import VariableUse

_MUTATORS = frozenset(
    {"add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop"}
    | {"popitem", "popleft", "remove", "setdefault", "update", "subtract", "sort", "reverse"}
)
_CONTAINERS = frozenset(
    {
        "dict",
        "list",
        "set",
        "deque",
        "defaultdict",
        "OrderedDict",
        "Counter",
        "ChainMap",
        "bytearray",
    }
    | {"WeakValueDictionary", "WeakKeyDictionary", "WeakSet", "LRUCache", "TTLCache", "LFUCache"}
)
_OWN_COPY = frozenset({"local", "ContextVar", "Local", "LocalProxy", "LocalStack"})
"""What each thread or request has for itself."""
_MAX_HOPS = 6
_Variable = tuple[int, str]
"""(module, name)."""


def variable_uses(evaluator: Evaluator) -> Iterator[VariableUse]:
    """Writes by functions, in order of module and line, then reads of the same variables by functions."""
    found = _Writes(evaluator)
    written = [use for module in range(len(evaluator.world.facts)) for use in found.writes(module)]
    yield from (found.use(each, is_write=True) for each in written)
    variables = {each.variable for each in written}
    places = {(each.module, each.scope, each.variable) for each in written}
    for module in range(len(evaluator.world.facts)) if variables else ():
        for each in found.reads(module, variables):
            if (each.module, each.scope, each.variable) not in places:
                yield found.use(each, is_write=False)


@dataclass(frozen=True, slots=True)
class _Use:
    """A use of a variable in a function scope."""

    module: int
    scope: int
    variable: _Variable
    line: int
    loop_depth: int = 0


class _Writes:
    """Looks through one module at a time."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._world = evaluator.world
        self._kinds: dict[_Variable, tuple[bool, bool]] = {}

    def use(self, found: _Use, *, is_write: bool) -> VariableUse:
        """The same with names."""
        facts = self._world.facts[found.module]
        scope = found.scope
        while facts.definitions[scope].kind is DefinitionKind.LAMBDA:
            scope = facts.definitions[scope].parent
        owner = self._world.dotted(self._world.symbol(found.module, scope))
        variable = f"{self._world.facts[found.variable[0]].module}.{found.variable[1]}"
        site = Site(facts.path, found.line)
        return VariableUse(owner, variable, site, is_write, found.loop_depth)

    def writes(self, module: int) -> Iterator[_Use]:
        """Writes in the functions of a module."""
        facts = self._world.facts[module]
        yield from self._globals(module, facts)
        yield from self._stores(module, facts)
        yield from self._calls(module, facts)

    def _globals(self, module: int, facts: ModuleFacts) -> Iterator[_Use]:
        declaring = {
            scope
            for scope, definition in enumerate(facts.definitions)
            if definition.globals and definition.kind > DefinitionKind.CLASS
        }
        bindings = facts.bindings if declaring else None
        if bindings is None:
            return
        members = self._world.members(self._world.first[module])
        for scope, name, line in zip(bindings.scope, bindings.name, bindings.line, strict=True):
            text = facts.strings[name]
            is_declared = scope in declaring and text in facts.definitions[scope].globals
            if is_declared and text in members and not self._is_enclosing(module, scope, name):
                yield _Use(module, scope, (module, text), line)

    def _is_enclosing(self, module: int, scope: int, number: int) -> bool:
        """Is it a name of a function around (`nonlocal`)?"""
        parent = self._world.facts[module].definitions[scope].parent
        name = self._world.facts[module].strings[number]
        return parent > 0 and self._is_local(module, parent, number, name)

    def _stores(self, module: int, facts: ModuleFacts) -> Iterator[_Use]:
        stores = facts.stores
        for scope, base, line in zip(stores.scope, stores.base, stores.line, strict=True):
            if facts.definitions[scope].kind > DefinitionKind.CLASS:
                variable = self._variable(module, scope, base)
                if variable is not None and self._is_shared(variable):
                    yield _Use(module, scope, variable, line)

    def _calls(self, module: int, facts: ModuleFacts) -> Iterator[_Use]:
        numbers = {number for number, text in enumerate(facts.strings) if text in _MUTATORS}
        if not numbers:
            return
        uses, op, a, b = facts.uses, facts.expressions.op, facts.expressions.a, facts.expressions.b
        call, attribute = int(Role.CALL), int(Op.ATTRIBUTE)
        for scope, row, line, flags in zip(
            uses.scope, uses.expression, uses.line, uses.flags, strict=True
        ):
            if flags & ROLE_MASK != call:
                continue
            callee = a[row]
            if op[callee] != attribute or b[callee] not in numbers:
                continue
            if facts.definitions[scope].kind > DefinitionKind.CLASS:
                variable = self._variable(module, scope, a[callee])
                if variable is not None and self._is_container(variable):
                    yield _Use(module, scope, variable, line, flags >> LOOP_SHIFT)

    def reads(self, module: int, variables: set[_Variable]) -> Iterator[_Use]:
        """Reads of these variables in the functions of a module."""
        facts = self._world.facts[module]
        names = {name for _, name in variables}
        names |= {each.alias for each in facts.imports if each.name in names and each.alias}
        numbers = {number for number, text in enumerate(facts.strings) if text in names}
        op, a, b, line = (getattr(facts.expressions, column) for column in ("op", "a", "b", "line"))
        for scope in range(len(facts.definitions)) if numbers else ():
            if facts.definitions[scope].kind <= DefinitionKind.CLASS:
                continue
            for row in range(facts.row_start[scope], facts.row_start[scope + 1]):
                named = (
                    a[row] if op[row] == ops.NAME else b[row] if op[row] == ops.ATTRIBUTE else -1
                )
                if named in numbers:
                    variable = self._variable(module, scope, row)
                    if variable in variables:
                        yield _Use(module, scope, variable, line[row])

    def _variable(self, module: int, scope: int, row: int) -> _Variable | None:
        """The module-level variable that an expression names."""
        facts = self._world.facts[module]
        op, a, b = facts.expressions.op[row], facts.expressions.a[row], facts.expressions.b[row]
        if op == ops.NAME:
            name = facts.strings[a]
            if self._is_local(module, scope, a, name):
                return None
            return self._home(module, name)
        if op == ops.ATTRIBUTE and facts.expressions.op[a] in (ops.NAME, ops.ATTRIBUTE):
            for found in self._evaluator.evaluate(module, scope, a):
                if found & TAG_MASK == MODULE:
                    return self._home(found >> TAG_BITS, facts.strings[b])
        return None

    def _is_local(self, module: int, scope: int, number: int, name: str) -> bool:
        definitions = self._world.facts[module].definitions
        while scope > 0:
            definition = definitions[scope]
            if definition.kind > DefinitionKind.CLASS:
                if self._world.local(module, scope, number):
                    return True
                if any(parameter.name == name for parameter in definition.parameters):
                    return True
            scope = definition.parent
        return False

    def _home(self, module: int, name: str) -> _Variable | None:
        """Where a name of a module is bound to a value, imports followed."""
        for _ in range(_MAX_HOPS):
            facts = self._world.facts[module]
            entries = self._world.members(self._world.first[module]).get(name)
            if not entries:
                return None
            if entries[-1] >= 0:
                return (module, name)
            imported = facts.imports[-1 - entries[-1]]
            target = self._world.module_number.get(absolute(facts, imported))
            if target is None or not imported.name:
                return None
            module, name = target, imported.name
        return None

    def _is_shared(self, variable: _Variable) -> bool:
        """Is it a value that the whole process has once: no class, no function, nothing of a thread's own?"""
        return self._kind(variable)[0]

    def _is_container(self, variable: _Variable) -> bool:
        return self._kind(variable)[1]

    def _kind(self, variable: _Variable) -> tuple[bool, bool]:
        known = self._kinds.get(variable)
        if known is None:
            known = self._kinds[variable] = self._looked_at(variable)
        return known

    def _looked_at(self, variable: _Variable) -> tuple[bool, bool]:
        """(is it shared, is it a container)."""
        module, name = variable
        facts = self._world.facts[module]
        rows = [
            facts.bindings.value[entry]
            for entry in self._world.members(self._world.first[module]).get(name, ())
            if entry >= 0 and facts.bindings.value[entry] != NOTHING
        ]
        op = facts.expressions.op
        if any(op[row] == ops.DEFINITION for row in rows):
            return False, False
        made = {
            self._evaluator.last_text(facts, facts.expressions.a[row])
            for row in rows
            if op[row] == ops.CALL
        }
        shared = made.isdisjoint(_OWN_COPY)
        displays = any(op[row] in (ops.DISPLAY, ops.COMPREHENSION) for row in rows)
        return shared, shared and (displays or not made.isdisjoint(_CONTAINERS))
