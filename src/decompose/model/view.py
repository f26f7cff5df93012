"""What a framework reader sees of the linked program: names and class hierarchy are known, types as far as inferred.

A reader declares `INTEREST`, the last names of the calls and decorators it wants to be shown, and `settle(view)`,
which yields facts. Classes need no interest: a reader asks for the subclasses of a library's class.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from decompose.model.facts import Op
from decompose.model.program import Fact
from decompose.model.source import Site
from decompose.model.templates import Lookup, Template


class Expression(Protocol):
    """One expression where it stands."""

    @property
    def op(self) -> Op:
        """What kind of expression it is."""

    @property
    def site(self) -> Site:
        """Where it stands."""

    @property
    def last_line(self) -> int:
        """The last line of what it holds, as far as known: lambdas and arguments included."""

    @property
    def module(self) -> str:
        """The module that it stands in."""

    @property
    def owner(self) -> str:
        """Dotted name of the function, class or module whose scope it belongs to."""

    @property
    def loop_depth(self) -> int:
        """How many loops of its function stand around it."""

    def text(self) -> str:
        """Approximately as written, for messages."""

    def string(self) -> str | None:
        """Its value where it is a string known from the text (constants followed, `+` and f-strings folded)."""

    def literal(self) -> object:
        """Its value where it is a literal (also list, tuple, dict displays of literals), else None."""

    def name(self) -> str | None:
        """Canonical dotted name of what it denotes (`django.urls.path`, `orders.models.Order`), else None."""

    def symbols(self) -> tuple[str, ...]:
        """Dotted names of the program's functions, methods and classes that it may denote."""

    def types(self) -> tuple[str, ...]:
        """Dotted names of the classes (program's or libraries') its value may be an instance of."""

    @property
    def callee(self) -> "Expression | None":
        """What is called, where it is a call."""

    @property
    def arguments(self) -> Sequence["Expression"]:
        """Positional arguments, where it is a call."""

    @property
    def keywords(self) -> "Mapping[str, Expression]":
        """Keyword arguments, where it is a call (`**` left out)."""

    @property
    def base(self) -> "Expression | None":
        """What stands before the dot or bracket (for a call: before the dot of its callee).

        Of an `await`, a loop variable or one part of an unpacked value: what it was made from.
        """

    @property
    def attribute(self) -> str:
        """The last name: `b` of `a.b`, `f` of `x.f(…)` and of `f`, else ""."""

    @property
    def elements(self) -> Sequence["Expression"]:
        """Elements of a list, tuple or set; values of a dict; both sides of a union or binary expression.

        Of an f-string: its parts in order; of a comprehension: its element.
        """

    @property
    def keys(self) -> Sequence["Expression"]:
        """Keys of a dict display, in the order of `elements`; the index of a subscript."""

    @property
    def position(self) -> int:
        """Which part it is, where it is one part of an unpacked value, else -1."""

    @property
    def is_only_read(self) -> bool:
        """Is it an argument of the program's functions, none of which does more than read its attributes?"""

    @property
    def parameter(self) -> str:
        """The parameter of its own function that it is, not bound anew since; "" where it is none."""

    @property
    def unpacked(self) -> "Sequence[Expression]":
        """What a call unpacks into its arguments: `rows` of `*rows`, `words` of `**words`."""

    def bound(self) -> "Sequence[Expression]":
        """Where it is a name or attribute: the expressions it is bound to, wherever that is; else itself."""

    def bound_once(self) -> "Sequence[Expression]":
        """The same, one step on: `order` in `order = line.order` is `line.order`; empty where nothing binds it."""


class ClassView(Protocol):
    """A class of the program."""

    @property
    def name(self) -> str:
        """Dotted name."""

    @property
    def module(self) -> str:
        """The module that it stands in."""

    @property
    def site(self) -> Site:
        """Where it is defined."""

    @property
    def mro(self) -> tuple[str, ...]:
        """Dotted names of itself and all bases in method resolution order; libraries' included."""

    @property
    def bases(self) -> Sequence[Expression]:
        """Direct bases as written."""

    @property
    def keywords(self) -> Mapping[str, Expression]:
        """Keywords of the class statement."""

    @property
    def decorators(self) -> Sequence[Expression]:
        """Decorators as written."""

    @property
    def doc(self) -> str:
        """First paragraph of its docstring."""

    def assigned(
        self, *, inherited: bool = False
    ) -> Iterator[tuple[str, "Expression | None", "Expression | None"]]:
        """(name, value, annotation) of class-level bindings in source order; with `inherited`, base classes first."""

    def attribute(self, name: str) -> "Expression | None":
        """The value last bound to a class attribute, searched along the MRO."""

    def inner(self, name: str) -> "ClassView | None":
        """A class nested in it (`Meta`), searched along the MRO."""

    def method(self, name: str) -> str | None:
        """Dotted name of the function that answers to a method's name, along the MRO; None if no program's."""

    def methods(self) -> dict[str, "FunctionView"]:
        """Its own methods."""

    def stored(self) -> Iterator[tuple[str, Expression]]:
        """(attribute, value) that its own methods assign to attributes of their object, each as it stands there."""


class FunctionView(Protocol):
    """A function or method of the program."""

    @property
    def name(self) -> str:
        """Dotted name."""

    @property
    def module(self) -> str:
        """The module that it stands in."""

    @property
    def site(self) -> Site:
        """Where it is defined."""

    @property
    def last_line(self) -> int:
        """Where it ends."""

    @property
    def doc(self) -> str:
        """First paragraph of its docstring."""

    @property
    def decorators(self) -> Sequence[Expression]:
        """Decorators as written, outermost first."""

    @property
    def parameters(self) -> Sequence[tuple[str, Expression | None, Expression | None]]:
        """(name, annotation, default) in order."""

    @property
    def returns(self) -> Expression | None:
        """The return annotation."""

    @property
    def returned(self) -> Sequence[Expression]:
        """What its `return` and `yield` statements give, in order of line."""

    @property
    def is_generator(self) -> bool:
        """Does it yield?"""

    @property
    def is_async(self) -> bool:
        """Is it a coroutine function?"""

    @property
    def owner(self) -> str:
        """Dotted name of the class or module around it."""


@dataclass(frozen=True, slots=True)
class AttributeUse:
    """`base.name` on a line of its own; `value` is what is assigned to it, None where it is read.

    Of `base[key] = value` the name is "".
    """

    base: Expression
    name: str
    site: Site
    loop_depth: int = 0
    value: Expression | None = None
    key: Expression | None = None


@dataclass(frozen=True, slots=True)
class VariableUse:
    """A function changes a module-level variable (dotted), or reads one that some function changes."""

    owner: str
    variable: str
    site: Site
    is_write: bool
    loop_depth: int = 0


@dataclass(frozen=True, slots=True)
class Tested:
    """Lines of a function that run only where a test holds, or with `holds` False where it fails."""

    subject: Expression
    operator: str  # "true", "equal", "among", "begins", "async"; see `model.facts.RegionKind`
    against: Expression | None
    holds: bool
    first_line: int
    last_line: int


class ProgramView(Protocol):
    """The linked program."""

    def calls(self, *names: str) -> Iterator[Expression]:
        """Calls whose last name is among `names`, in order of file and line; quicker where of the reader's INTEREST."""

    def calls_of(self, *symbols: str) -> Iterator[Expression]:
        """Calls that may reach one of the program's definitions (no INTEREST needed), in order of file and line."""

    def decorated(self, *names: str) -> Iterator[tuple[FunctionView, Expression]]:
        """Functions with a decorator whose last name is among `names` (none given: any), and that decorator."""

    def classes(self) -> Iterator[ClassView]:
        """All classes, in order of name."""

    def subclasses(self, *bases: str) -> Iterator[ClassView]:
        """Classes of the program whose MRO holds one of the dotted names, itself excluded unless program-defined."""

    def choosing(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """(dotted class, attribute, dotted classes) where an attribute holds one of several classes of the program.

        Which, its objects are given or the classes that extend it say; a class stands for those that extend it, too.
        """

    def class_named(self, name: str) -> ClassView | None:
        """The class of a dotted name."""

    def function_named(self, name: str) -> FunctionView | None:
        """The function of a dotted name."""

    def functions(self, module: str) -> Iterator[FunctionView]:
        """Functions and methods of a module, nested ones included, in order of line."""

    def modules(self) -> Sequence[str]:
        """Dotted names of all modules, sorted."""

    def unnamed_modules(self) -> Sequence[str]:
        """Modules that nobody imports and no text names, sorted: if they run, a name that is computed loads them."""

    def has_module(self, name: str) -> bool:
        """Is it a module of the program?"""

    def module_value(self, module: str, name: str) -> Sequence[Expression]:
        """The expressions that a module-level name is bound to (imports followed)."""

    def module_names(self, module: str) -> Sequence[str]:
        """Names that a module binds at its level, imports included, sorted."""

    def lookup(self, dotted: str) -> str | None:
        """Canonical name of the function, class or module that a dotted string names (re-exports followed)."""

    def texts(self, *endings: str) -> Iterator[tuple[str, str]]:
        """(path, text) of SQL files and templates whose names end so, sorted by path."""

    def strings(self, wanted: Callable[[str], bool]) -> Iterator[Expression]:
        """Strings written in the program that are wanted (no INTEREST needed), in order of file and row."""

    def items(self, *names: str) -> Iterator[Expression]:
        """Subscripts `base[key]` that are read, where the last name of the base is among `names`."""

    def members(self, *names: str) -> Iterator[Expression]:
        """Attributes `base.X` where the last name of the base is among `names`, each once a function."""

    def variable_uses(self) -> Iterator[VariableUse]:
        """Changes of module-level variables by functions, then reads of the same variables."""

    def with_blocks(self, *names: str) -> Iterator[tuple[Expression, int, int]]:
        """`with` expressions whose last name is among `names` (none given: all), with the lines of their bodies."""

    def asked(self) -> Iterator[tuple[Expression, int, int, bool]]:
        """What names HTTP methods (a text, or what stands for it), lines that run for them, or with True for others."""

    def tests(self) -> Iterator[Tested]:
        """Lines that run only for some values of parameters, and of their attributes, in order of module."""

    def loops(self) -> Iterator[Site]:
        """Places of what loops run over."""

    def iterated(self) -> Iterator[Expression]:
        """What loops and comprehensions run over."""

    def stores(self, *names: str) -> Iterator[AttributeUse]:
        """Assignments `base.name = value` with a name among `names` (no INTEREST needed), in order of file and line."""

    def item_stores(self) -> Iterator[AttributeUse]:
        """Assignments `base[key] = value`, with "" as name, in order of file and line."""

    def loads(self, *names: str) -> Iterator[AttributeUse]:
        """Reads of attributes `base.name` with a name among `names` (no INTEREST needed), in order of file and line.

        Also those in the middle of a chain (`customer` of `order.customer.name`).
        """

    def uses_of(self, symbol: str) -> Iterator[tuple[str, Site]]:
        """Functions that call or read a definition, with the place."""

    @property
    def dialect(self) -> str:
        """The SQL dialect that a person names, "" where it is to be guessed."""

    @property
    def templates(self) -> Sequence[Template]:
        """The program's templates, in order of path."""

    def follow(
        self, start: Expression | str, path: Lookup, *, calls: bool
    ) -> tuple[tuple[str, ...], int]:
        """(functions and methods that run as a template follows a path, how many of its parts could be followed).

        The path starts at an expression's value, at an instance of the class of a dotted name, or at what the
        function of that name returns. With `calls`, what can be called is called wherever it is found.
        """

    def methods_named(self, name: str) -> Sequence[str]:
        """Dotted names of the methods and properties of a name that can be asked for without arguments, sorted."""

    def facts(self, kind: type[Fact]) -> Iterable[Fact]:
        """Facts of a kind that readers of an earlier phase have settled (tables before accesses)."""
