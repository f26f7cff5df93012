"""The program as framework readers see it: `model.view`, on top of the evaluator."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from decompose.link.evaluate import Evaluator
from decompose.link.expression import Expr
from decompose.link.hierarchy import class_symbols
from decompose.link.lookups import Lookups
from decompose.link.values import (
    BOUND,
    CLASS,
    FUNCTION,
    INSTANCE,
    MODULE,
    NONE,
    TAG_BITS,
    TAG_MASK,
    Values,
    value,
)
from decompose.link.world import World, absolute, last_name
from decompose.link.writes import variable_uses
from decompose.model import ops
from decompose.model.facts import (
    LOOP_SHIFT,
    NOTHING,
    ROLE_MASK,
    Definition,
    DefinitionKind,
    Expressions,
    Op,
    ParameterKind,
    RegionKind,
    Role,
)
from decompose.model.program import Fact
from decompose.model.source import Site
from decompose.model.templates import Lookup, Template
from decompose.model.view import (
    AttributeUse,
    ClassView,
    Expression,
    FunctionView,
    ProgramView,
    VariableUse,
)

_GIVEN = (ParameterKind.POSITIONAL, ParameterKind.KEYWORD)


_ATTRIBUTE, _CALL, _READ = int(Op.ATTRIBUTE), int(Role.CALL), int(Role.READ)


class Scoped:
    """What classes and functions have in common."""

    def __init__(self, evaluator: Evaluator, symbol: int) -> None:
        self._evaluator = evaluator
        self._world = evaluator.world
        self._symbol = symbol
        self._module, self._scope = evaluator.world.place(symbol)

    @property
    def _definition(self) -> Definition:
        return self._world.facts[self._module].definitions[self._scope]

    @property
    def name(self) -> str:
        """Dotted name."""
        return self._world.dotted(self._symbol)

    @property
    def module(self) -> str:
        """The module that it stands in."""
        return self._world.facts[self._module].module

    @property
    def site(self) -> Site:
        """Where it is defined."""
        return Site(self._world.facts[self._module].path, self._definition.line)

    @property
    def last_line(self) -> int:
        """Where it ends."""
        return self._definition.end_line

    @property
    def doc(self) -> str:
        """First paragraph of its docstring."""
        return self._definition.doc

    @property
    def owner(self) -> str:
        """Dotted name of the class or module around it."""
        return self._world.dotted(self._world.symbol(self._module, max(self._definition.parent, 0)))

    @property
    def decorators(self) -> Sequence[Expression]:
        """Decorators as written, outermost first."""
        return [self._outer(row) for row in self._definition.decorators]

    def _outer(self, row: int) -> Expr:
        """An expression that stands in the scope around the definition."""
        return Expr(self._evaluator, self._module, max(self._definition.parent, 0), row)

    def _optional(self, row: int) -> Expr | None:
        return None if row == NOTHING else self._outer(row)

    def _inside(self, row: int) -> Expr | None:
        return None if row == NOTHING else Expr(self._evaluator, self._module, self._scope, row)


class Function(Scoped):
    """A function or method."""

    @property
    def parameters(self) -> Sequence[tuple[str, Expression | None, Expression | None]]:
        """(name, annotation, default) in order."""
        return [
            (each.name, self._optional(each.annotation), self._optional(each.default))
            for each in self._definition.parameters
        ]

    @property
    def returns(self) -> Expression | None:
        """The return annotation."""
        return self._optional(self._definition.returns)

    @property
    def returned(self) -> Sequence[Expression]:
        """What its `return` and `yield` statements give, in order of line."""
        results = self._world.facts[self._module].results
        rows = [results.value[each] for each in self._evaluator.results_of(self._symbol)]
        return [Expr(self._evaluator, self._module, self._scope, row) for row in rows]

    @property
    def is_generator(self) -> bool:
        """Does it yield?"""
        return self._definition.is_generator

    @property
    def is_async(self) -> bool:
        """Is it a coroutine function?"""
        return self._definition.kind is DefinitionKind.ASYNC_FUNCTION


class Class(Scoped):
    """A class."""

    @property
    def mro(self) -> tuple[str, ...]:
        """Dotted names of itself and all bases in method resolution order; libraries' included."""
        return self._evaluator.order_names(self._symbol)

    @property
    def bases(self) -> Sequence[Expression]:
        """Direct bases as written."""
        return [self._outer(row) for row in self._definition.bases]

    @property
    def keywords(self) -> dict[str, Expression]:
        """Keywords of the class statement."""
        return {name: self._outer(row) for name, row in self._definition.keywords}

    def assigned(
        self, *, inherited: bool = False
    ) -> Iterator[tuple[str, Expression | None, Expression | None]]:
        """(name, value, annotation) of class-level bindings in source order; with `inherited`, base classes first."""
        if inherited:
            for base in reversed(self._evaluator.order(self._symbol)[1:]):
                if base & TAG_MASK == CLASS:
                    yield from Class(self._evaluator, base >> TAG_BITS).assigned()
        facts = self._world.facts[self._module]
        bindings = facts.bindings
        found = sorted(
            (entry, name)
            for name, entries in self._world.members(self._symbol).items()
            for entry in entries
            if entry >= 0
        )
        for entry, name in found:
            value = bindings.value[entry]
            if value == NOTHING or facts.expressions.op[value] != ops.DEFINITION:
                yield name, self._inside(value), self._inside(bindings.annotation[entry])

    def attribute(self, name: str) -> Expression | None:
        """The value last bound to a class attribute, searched along the MRO."""
        for base in self._evaluator.order(self._symbol):
            if base & TAG_MASK != CLASS:
                continue
            found = Class(self._evaluator, base >> TAG_BITS).own_attribute(name)
            if found is not None:
                return found
        return None

    def own_attribute(self, name: str) -> Expr | None:
        """The value last bound to an attribute of this very class."""
        for entry in reversed(self._world.members(self._symbol).get(name, ())):
            if entry >= 0:
                return self._inside(self._world.facts[self._module].bindings.value[entry])
        return None

    def inner(self, name: str) -> ClassView | None:
        """A class nested in it (`Meta`), searched along the MRO."""
        found = self.attribute(name)
        symbols = found.class_symbols() if isinstance(found, Expr) else ()
        return Class(self._evaluator, symbols[0]) if symbols else None

    def method(self, name: str) -> str | None:
        """Dotted name of the function that answers to a method's name, along the MRO; None if no program's."""
        found = self._evaluator.method_symbol(self._symbol << TAG_BITS | CLASS, name)
        return None if found == NOTHING else self._world.dotted(found)

    def methods(self) -> dict[str, FunctionView]:
        """Its own methods."""
        found = {
            name: self._evaluator.own_method(self._symbol, name)
            for name in self._world.members(self._symbol)
        }
        return {
            name: Function(self._evaluator, symbol)
            for name, symbol in sorted(found.items())
            if symbol != NOTHING
        }


class View:
    """The linked program, under the interest of all readers."""

    def __init__(
        self,
        evaluator: Evaluator,
        interest: frozenset[str],
        texts: Mapping[str, str],
        templates: Sequence[Template] = (),
        dialect: str = "",
    ) -> None:
        self._texts = texts
        self._lookups = Lookups(evaluator)
        self.templates = templates
        self.dialect = dialect
        self._evaluator = evaluator
        self._world: World = evaluator.world
        self._interest = interest
        self._facts: dict[type, list[Fact]] = {}
        self._class_symbols: dict[str, int | None] = {}

    def add(self, facts: Iterable[Fact]) -> None:
        """Show later readers what earlier ones settled."""
        for fact in facts:
            self._facts.setdefault(type(fact), []).append(fact)

    def facts(self, kind: type[Fact]) -> Iterable[Fact]:
        """Facts of a kind that readers of an earlier phase have settled."""
        return tuple(self._facts.get(kind, ()))

    @cached_property
    def _calls(self) -> dict[str, list[tuple[int, int, int, int, int]]]:
        """Last name -> (module, scope, row, line, loop depth) of calls of interest."""
        return self._calls_by_name(self._interest)

    def _calls_by_name(
        self, names: frozenset[str]
    ) -> dict[str, list[tuple[int, int, int, int, int]]]:
        found: dict[str, list[tuple[int, int, int, int, int]]] = {}
        call = int(Role.CALL)
        for module, wanted in self._world.spelling(names).items():
            facts = self._world.facts[module]
            expressions, uses = facts.expressions, facts.uses
            for scope, row, line, flags in zip(
                uses.scope, uses.expression, uses.line, uses.flags, strict=True
            ):
                if flags & ROLE_MASK != call:
                    continue
                name = last_name(facts, expressions.a[row])
                if name in wanted:
                    entry = (module, scope, row, line, flags >> LOOP_SHIFT)
                    found.setdefault(facts.strings[name], []).append(entry)
        return found

    def calls(self, *names: str) -> Iterator[Expression]:
        """Calls whose last name is among `names`, in order of module and line; quicker where of INTEREST."""
        further = frozenset(names) - self._interest - self._calls.keys()
        if further:
            self._calls.update({name: [] for name in further})
            self._calls.update(self._calls_by_name(further))
        rows = [row for name in dict.fromkeys(names) for row in self._calls.get(name, ())]
        for module, scope, row, line, loop in sorted(
            rows, key=lambda row: (row[0], row[3], row[2])
        ):
            yield Expr(self._evaluator, module, scope, row, line, loop)

    def calls_of(self, *symbols: str) -> Iterator[Expression]:
        """Calls that may reach one of the program's definitions, in order of module and line."""
        wanted = dict.fromkeys(symbols)
        rows = {row for symbol in wanted for row in self._callers.get(symbol, ())}
        for module, scope, row, line, loop in sorted(
            rows, key=lambda row: (row[0], row[3], row[2])
        ):
            yield Expr(self._evaluator, module, scope, row, line, loop)

    @cached_property
    def _callers(self) -> dict[str, list[tuple[int, int, int, int, int]]]:
        """Dotted name -> (module, scope, row, line, loop depth) of calls that may reach it."""
        found: dict[int, list[tuple[int, int, int, int, int]]] = {}
        interner, call = self._evaluator.interner, int(Role.CALL)
        for module, facts in enumerate(self._world.facts):
            uses, callees = facts.uses, facts.expressions.a
            for scope, row, line, flags in zip(
                uses.scope, uses.expression, uses.line, uses.flags, strict=True
            ):
                if flags & ROLE_MASK != call:
                    continue
                for each in self._evaluator.evaluate(module, scope, callees[row]):
                    named = (
                        interner.bound[each >> TAG_BITS][0] if each & TAG_MASK == BOUND else each
                    )
                    if named & TAG_MASK in (CLASS, FUNCTION):
                        entry = (module, scope, row, line, flags >> LOOP_SHIFT)
                        found.setdefault(named >> TAG_BITS, []).append(entry)
        return self._by_name(found)

    def _by_name(
        self, found: dict[int, list[tuple[int, int, int, int, int]]]
    ) -> dict[str, list[tuple[int, int, int, int, int]]]:
        """The same by dotted name: definitions under one name have their callers together."""
        named: dict[str, list[tuple[int, int, int, int, int]]] = {}
        for symbol, rows in found.items():
            named.setdefault(self._world.dotted(symbol), []).extend(rows)
        return named

    def decorated(self, *names: str) -> Iterator[tuple[FunctionView, Expression]]:
        """Functions with a decorator whose last name is among `names` (none given: any), and that decorator."""
        wanted = frozenset(names)
        for module, scope, row, last in self._decorators:
            if not wanted or last in wanted:
                function = Function(self._evaluator, self._world.symbol(module, scope))
                yield function, function._outer(row)  # noqa: SLF001 -- same module, its own scope

    @cached_property
    def _decorators(self) -> list[tuple[int, int, int, str]]:
        found: list[tuple[int, int, int, str]] = []
        for module, facts in enumerate(self._world.facts):
            for scope, definition in enumerate(facts.definitions):
                if definition.decorators and definition.kind > DefinitionKind.CLASS:
                    found.extend(
                        (module, scope, row, self._evaluator.last_text(facts, row))
                        for row in definition.decorators
                    )
        return found

    @cached_property
    def _classes(self) -> list[int]:
        return sorted(class_symbols(self._world), key=self._world.dotted)

    def classes(self) -> Iterator[ClassView]:
        """All classes, in order of name."""
        return (Class(self._evaluator, symbol) for symbol in self._classes)

    def subclasses(self, *bases: str) -> Iterator[ClassView]:
        """Classes whose MRO holds one of the dotted names, the named classes themselves excluded."""
        wanted = {self._evaluator.interner.external(name) for name in bases}
        own = {name: symbol for name in bases if (symbol := self._class_symbol(name)) is not None}
        wanted.update(symbol << TAG_BITS | CLASS for symbol in own.values())
        for symbol in self._classes:
            if not wanted.isdisjoint(self._evaluator.order(symbol)[1:]):
                yield Class(self._evaluator, symbol)

    def _class_symbol(self, name: str) -> int | None:
        if name not in self._class_symbols:
            self._class_symbols[name] = next(
                (
                    found >> TAG_BITS
                    for found in self._evaluator.lookup_dotted(name)
                    if found & TAG_MASK == CLASS
                ),
                None,
            )
        return self._class_symbols[name]

    def class_named(self, name: str) -> ClassView | None:
        """The class of a dotted name."""
        symbol = self._class_symbol(name)
        return None if symbol is None else Class(self._evaluator, symbol)

    def function_named(self, name: str) -> FunctionView | None:
        """The function of a dotted name."""
        symbol = self._symbols.get(name)
        return None if symbol is None else Function(self._evaluator, symbol)

    @cached_property
    def _symbols(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for symbol in range(len(self._world.module_of)):
            kind = self._world.definition(symbol).kind
            if kind in (DefinitionKind.FUNCTION, DefinitionKind.ASYNC_FUNCTION):
                found.setdefault(self._world.dotted(symbol), symbol)
        return found

    def functions(self, module: str) -> Iterator[FunctionView]:
        """Functions and methods of a module, nested ones included, in order of line."""
        number = self._world.module_number.get(module)
        if number is None:
            return
        definitions = self._world.facts[number].definitions
        scopes = [
            scope
            for scope, each in enumerate(definitions)
            if each.kind in (DefinitionKind.FUNCTION, DefinitionKind.ASYNC_FUNCTION)
        ]
        for scope in sorted(scopes, key=lambda scope: definitions[scope].line):
            yield Function(self._evaluator, self._world.symbol(number, scope))

    def modules(self) -> Sequence[str]:
        """Dotted names of all modules, sorted."""
        return sorted(self._world.module_number)

    def unnamed_modules(self) -> Sequence[str]:
        """Modules that nobody imports and no text names, sorted."""
        return self._unnamed

    @cached_property
    def _unnamed(self) -> tuple[str, ...]:
        known = self._world.module_number
        named = {
            name
            for facts in self._world.facts
            for each in facts.imports
            for name in (absolute(facts, each), f"{absolute(facts, each)}.{each.name}")
        }
        named.update(self._world.texts(known.__contains__))
        return tuple(sorted(known.keys() - named))

    def has_module(self, name: str) -> bool:
        """Is it a module of the program?"""
        return name in self._world.module_number

    def module_value(self, module: str, name: str) -> Sequence[Expression]:
        """The expressions that a module-level name is bound to (imports followed)."""
        number = self._world.module_number.get(module)
        return [] if number is None else Expr.bound_in(self._evaluator, number, name)

    def module_names(self, module: str) -> Sequence[str]:
        """Names that a module binds at its level, imports included, sorted."""
        number = self._world.module_number.get(module)
        return [] if number is None else sorted(self._world.members(self._world.first[number]))

    def lookup(self, dotted: str) -> str | None:
        """Canonical name of the function, class or module that a dotted string names (re-exports followed)."""
        for found in self._evaluator.lookup_dotted(dotted):
            if found & TAG_MASK in (CLASS, FUNCTION, MODULE, BOUND):
                return self._evaluator.dotted_name(found)
        return None

    def texts(self, *endings: str) -> Iterator[tuple[str, str]]:
        """(path, text) of SQL files and templates whose names end so, sorted by path."""
        for path in sorted(self._texts):
            if path.endswith(endings):
                yield path, self._texts[path]

    def strings(self, wanted: Callable[[str], bool]) -> Iterator[Expression]:
        """Strings written in the program that are wanted, in order of module and row."""
        string = int(Op.STRING)
        for module, numbers in self._world.spelling(self._world.texts(wanted)).items():
            facts = self._world.facts[module]
            op, a, line = facts.expressions.op, facts.expressions.a, facts.expressions.line
            for scope in range(len(facts.definitions)):
                for row in range(facts.row_start[scope], facts.row_start[scope + 1]):
                    if op[row] == string and a[row] in numbers:
                        yield Expr(self._evaluator, module, scope, row, line[row])

    def items(self, *names: str) -> Iterator[Expression]:
        """Subscripts `base[key]` that are read, where the last name of the base is among `names`."""
        return self._after(Op.SUBSCRIPT, names)

    def members(self, *names: str) -> Iterator[Expression]:
        """Attributes `base.X` where the last name of the base is among `names`, each once a function."""
        return self._after(Op.ATTRIBUTE, names)

    def _after(self, kind: Op, names: Sequence[str]) -> Iterator[Expression]:
        """Rows of a kind whose base ends in one of the names, in order of module and row."""
        for module, wanted in self._world.spelling(names).items():
            facts = self._world.facts[module]
            op, a, line = facts.expressions.op, facts.expressions.a, facts.expressions.line
            for scope in range(len(facts.definitions)):
                for row in range(facts.row_start[scope], facts.row_start[scope + 1]):
                    if op[row] == kind and last_name(facts, a[row]) in wanted:
                        yield Expr(self._evaluator, module, scope, row, line[row])

    def variable_uses(self) -> Iterator[VariableUse]:
        """Changes of module-level variables by functions, then reads of the same variables."""
        return variable_uses(self._evaluator)

    def with_blocks(self, *names: str) -> Iterator[tuple[Expression, int, int]]:
        """`with` expressions whose last name is among `names` (none given: all), with the lines of their bodies."""
        wanted = frozenset(names)
        for module, facts in enumerate(self._world.facts):
            regions = facts.regions
            for position, kind in enumerate(regions.kind):
                row = regions.expression[position]
                if kind != RegionKind.WITH:
                    continue
                if not wanted or self._evaluator.last_text(facts, row) in wanted:
                    found = Expr(self._evaluator, module, regions.scope[position], row)
                    yield found, regions.first_line[position], regions.last_line[position]

    def asked(self) -> Iterator[tuple[Expression, int, int, bool]]:
        """What names HTTP methods, lines that run for them, or with True for others."""
        for module, facts in enumerate(self._world.facts):
            regions = facts.regions
            for position, kind in enumerate(regions.kind):
                if kind in (RegionKind.ASKED, RegionKind.NOT_ASKED):
                    scope, row = regions.scope[position], regions.expression[position]
                    names = Expr(self._evaluator, module, scope, row)
                    lines = regions.first_line[position], regions.last_line[position]
                    yield names, *lines, kind == RegionKind.NOT_ASKED

    def loops(self) -> Iterator[Site]:
        """Places of what loops run over."""
        for facts in self._world.facts:
            regions = facts.regions
            for kind, row in zip(regions.kind, regions.expression, strict=True):
                if kind == RegionKind.LOOP and row != NOTHING:
                    yield Site(facts.path, facts.expressions.line[row])

    def iterated(self) -> Iterator[Expression]:
        """What loops and comprehensions run over."""
        for module, facts in enumerate(self._world.facts):
            regions = facts.regions
            for scope, kind, row in zip(
                regions.scope, regions.kind, regions.expression, strict=True
            ):
                if kind in (RegionKind.LOOP, RegionKind.LISTED) and row != NOTHING:
                    yield Expr(self._evaluator, module, scope, row)

    def stores(self, *names: str) -> Iterator[AttributeUse]:
        """Assignments `base.name = value` whose name is among `names`, in order of module and line."""
        for module, wanted in self._world.spelling(names).items():
            facts = self._world.facts[module]
            stores = facts.stores
            for position, name in enumerate(stores.name):
                if name in wanted:
                    scope = stores.scope[position]
                    yield AttributeUse(
                        Expr(self._evaluator, module, scope, stores.base[position]),
                        facts.strings[name],
                        Site(facts.path, stores.line[position]),
                        0,
                        Expr(self._evaluator, module, scope, stores.value[position]),
                    )

    def item_stores(self) -> Iterator[AttributeUse]:
        """Assignments `base[key] = value`, with "" as name, in order of module and line."""
        for module, facts in enumerate(self._world.facts):
            stores = facts.stores
            for position, key in enumerate(stores.key):
                if key != NOTHING:
                    scope = stores.scope[position]
                    yield AttributeUse(
                        Expr(self._evaluator, module, scope, stores.base[position]),
                        "",
                        Site(facts.path, stores.line[position]),
                        0,
                        Expr(self._evaluator, module, scope, stores.value[position]),
                        Expr(self._evaluator, module, scope, key),
                    )

    def loads(self, *names: str) -> Iterator[AttributeUse]:
        """Reads of attributes `base.name` whose name is among `names`, in order of module and line."""
        for module, wanted in self._world.spelling(names).items():
            facts = self._world.facts[module]
            uses, expressions = facts.uses, facts.expressions
            if not _has_attribute(expressions, wanted):
                continue
            for scope, row, line, flags in zip(
                uses.scope, uses.expression, uses.line, uses.flags, strict=True
            ):
                for read in _reads(expressions, row, flags & ROLE_MASK):
                    if expressions.b[read] in wanted:
                        yield AttributeUse(
                            Expr(self._evaluator, module, scope, expressions.a[read]),
                            facts.strings[expressions.b[read]],
                            Site(facts.path, line),
                            flags >> LOOP_SHIFT,
                        )

    def follow(
        self, start: Expression | str, path: Lookup, *, calls: bool
    ) -> tuple[tuple[str, ...], int]:
        """What a template runs as it follows a path; see `model.view`."""
        values = start.values if isinstance(start, Expr) else self._started(str(start))
        found, followed, _ = self._lookups.follow(values, path, calls=calls)
        return tuple(dict.fromkeys(self._world.dotted(symbol) for symbol in found)), followed

    def _started(self, name: str) -> Values:
        symbol = self._symbols.get(name)
        if symbol is not None:
            return self._evaluator.returned(symbol)
        symbol = self._class_symbol(name)
        return NONE if symbol is None else (value(INSTANCE, symbol),)

    def methods_named(self, name: str) -> Sequence[str]:
        """Dotted names of the methods and properties of a name that can be asked for without arguments, sorted."""
        return self._unasked.get(name, ())

    @cached_property
    def _unasked(self) -> dict[str, list[str]]:
        found: dict[str, set[str]] = {}
        for module, facts in enumerate(self._world.facts):
            for scope, definition in enumerate(facts.definitions):
                if definition.kind not in (DefinitionKind.FUNCTION, DefinitionKind.ASYNC_FUNCTION):
                    continue
                if facts.definitions[definition.parent].kind is not DefinitionKind.CLASS:
                    continue
                needed = [
                    each
                    for each in definition.parameters[1:]
                    if each.default == NOTHING and each.kind in _GIVEN
                ]
                if not needed and not definition.name.startswith("_"):
                    dotted = self._world.dotted(self._world.symbol(module, scope))
                    found.setdefault(definition.name, set()).add(dotted)
        return {name: sorted(methods) for name, methods in found.items()}

    def uses_of(self, symbol: str) -> Iterator[tuple[str, Site]]:
        """Functions that call or read a definition, by its name or an import's, with the place."""
        name = symbol.rpartition(".")[2]
        aliases = self._world.renamed.get(name, ())
        for module, numbers in self._world.spelling(
            [name, *(alias for _, alias in aliases)]
        ).items():
            facts = self._world.facts[module]
            own = {name, *(alias for place, alias in aliases if place == module)}
            wanted = {number for number in numbers if facts.strings[number] in own}
            uses = facts.uses
            for scope, row, line in zip(uses.scope, uses.expression, uses.line, strict=True):
                if last_name(facts, row) not in wanted:
                    continue
                expression = Expr(self._evaluator, module, scope, row, line)
                if symbol in (expression.callee or expression).symbols():
                    yield expression.owner, expression.site


def _has_attribute(expressions: Expressions, names: set[int]) -> bool:
    """Does a module read an attribute of one of these names, or is it just a word of its?"""
    return any(
        op == _ATTRIBUTE and name in names
        for op, name in zip(expressions.op, expressions.b, strict=True)
    )


def _reads(expressions: Expressions, row: int, role: int) -> list[int]:
    """The attributes that a use reads: the one it ends in, unless it is called or assigned, and those before it."""
    op, a = expressions.op, expressions.a
    if role == _CALL:
        row = a[row]
    if role != _READ and op[row] == _ATTRIBUTE:
        row = a[row]
    found: list[int] = []
    while op[row] == _ATTRIBUTE:
        found.append(row)
        row = a[row]
    return found


def as_view(view: View) -> ProgramView:
    """The type checker's word that the view is what readers are promised."""
    return view
