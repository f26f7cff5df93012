"""The program as framework readers see it: `model.view`, on top of the evaluator."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from decompose.link.choosing import choosing
from decompose.link.defined import Class, Function
from decompose.link.evaluate import Evaluator
from decompose.link.expression import Expr
from decompose.link.hierarchy import class_symbols
from decompose.link.lookups import Lookups
from decompose.link.searches import Searches
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
from decompose.link.world import absolute
from decompose.link.writes import variable_uses
from decompose.model.facts import NOTHING, DefinitionKind, ParameterKind
from decompose.model.program import Fact
from decompose.model.templates import Lookup, Template
from decompose.model.view import (
    ClassView,
    Expression,
    FunctionView,
    ProgramView,
    VariableUse,
)

_GIVEN = (ParameterKind.POSITIONAL, ParameterKind.KEYWORD)


class View(Searches):
    """The linked program, under the interest of all readers."""

    def __init__(
        self,
        evaluator: Evaluator,
        interest: frozenset[str],
        texts: Mapping[str, str],
        templates: Sequence[Template] = (),
        dialect: str = "",
    ) -> None:
        super().__init__(evaluator, interest)
        self._texts = texts
        self._lookups = Lookups(evaluator)
        self.templates = templates
        self.dialect = dialect
        self._facts: dict[type, list[Fact]] = {}
        self._class_symbols: dict[str, int | None] = {}
        self._named_classes: dict[str, Class | None] = {}
        self._named_functions: dict[str, Function | None] = {}

    def add(self, facts: Iterable[Fact]) -> None:
        """Show later readers what earlier ones settled."""
        for fact in facts:
            self._facts.setdefault(type(fact), []).append(fact)

    def facts(self, kind: type[Fact]) -> Iterable[Fact]:
        """Facts of a kind that readers of an earlier phase have settled."""
        return tuple(self._facts.get(kind, ()))

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
        for position in sorted({each for base in wanted for each in self._heirs.get(base, ())}):
            yield Class(self._evaluator, self._classes[position])

    @cached_property
    def _heirs(self) -> dict[int, list[int]]:
        """Class value -> positions, in order of name, of the classes that have it among their bases."""
        found: dict[int, list[int]] = {}
        for position, symbol in enumerate(self._classes):
            for base in self._evaluator.order(symbol)[1:]:
                found.setdefault(base, []).append(position)
        return found

    def _class_symbol(self, name: str) -> int | None:
        if name not in self._class_symbols:
            self._class_symbols[name] = next(
                (
                    found >> TAG_BITS
                    for found in self._evaluator.lookup_dotted(name)
                    if found & TAG_MASK == CLASS
                ),
                self._local_classes.get(name),
            )
        return self._class_symbols[name]

    @cached_property
    def _local_classes(self) -> dict[str, int]:
        """Classes by dotted name; those that functions make are bound to no name that could be looked up."""
        found: dict[str, int] = {}
        for symbol in self._classes:
            found.setdefault(self._world.dotted(symbol), symbol)
        return found

    def choosing(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """(dotted class, attribute, dotted classes) where an attribute holds one of several classes of the program."""
        return choosing(self._evaluator, self._classes)

    def class_named(self, name: str) -> ClassView | None:
        """The class of a dotted name."""
        if name not in self._named_classes:
            symbol = self._class_symbol(name)
            found = None if symbol is None else Class(self._evaluator, symbol)
            self._named_classes[name] = found
        return self._named_classes[name]

    def function_named(self, name: str) -> FunctionView | None:
        """The function of a dotted name."""
        if name not in self._named_functions:
            symbol = self._symbols.get(name)
            found = None if symbol is None else Function(self._evaluator, symbol)
            self._named_functions[name] = found
        return self._named_functions[name]

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

    def variable_uses(self) -> Iterator[VariableUse]:
        """Changes of module-level variables by functions, then reads of the same variables."""
        return variable_uses(self._evaluator)

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


def as_view(view: View) -> ProgramView:
    """The type checker's word that the view is what readers are promised."""
    return view
