"""What one file says, as far as its own text can tell: definitions, imports, and a table of expressions.

Facts hold no syntax nodes. Per-use rows are columns of integers (`array("i")`), because real code has about one
name or attribute per line and an object for each would cost seven times as much. All text is interned in `strings`.

Terms
-----
scope       a module, class, function or lambda; scope 0 is the module; `definitions[i]` describes scope i.
expression  a row (op, a, b) of the expression table; its meaning is in `Op`. Rows of one scope are contiguous.
            Rows of names and attributes are shared within their scope, as long as the name is not bound anew;
            every call has a row of its own.
use         an expression as it stands on a line, in a role: what becomes an edge once it is resolved.
operation   an expression on which Python calls a special method: `a + b`, `for x in a`, `if a`, `a[0]`, `f"{a}"`.
binding     a name of a scope and the expression that it is bound to (assignment, loop variable, `with … as`).
entry       what a name may be bound to: the number of a binding, or `-1 - position` of an import, or `PARAMETER`.
store       an attribute or item that is assigned: `base.name = value`, `base[key] = value`.
region      lines of a scope that run inside a `with` or under a loop, with the expression that governs them.

Invariants: complete for a broken file too; depends on nothing but the file's text; `NOTHING` (-1) stands for
"none" wherever an integer is expected.
"""

from array import array
from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

from decompose.model.source import Problem

NOTHING = -1
PARAMETER = -(1 << 30)
"""Among the entries that a name may stand for: what the function is given. Below it, `PARAMETER - 1 - row`: the value
of a row (of `Op.NARROW` or its like) that tells more of what the name was bound to before.
"""
FACTS_VERSION = 12
"""Part of every cache key: raise it whenever the same text gives other facts."""
TYPE_PARAMETER = "<type parameter>"
"""What is called, so to speak, where a definition declares one: `class Box[T: Item]`, as `TypeVar("T", bound=Item)`."""
MAX_STRING = 4000
MAX_ELEMENTS = 400
ROLE_MASK = 7
LOOP_SHIFT = 3


class Op(IntEnum):
    """What a row (op, a, b) of the expression table means."""

    UNKNOWN = 0  # a value that is not followed; a: row it was made from, or NOTHING
    NAME = 1  # a: string; b: NOTHING, or offset in `items`: count, entries that it may be bound to here
    ATTRIBUTE = 2  # a: base row, b: string
    CALL = 3  # a: callee row, b: offset of its arguments in `items`
    SUBSCRIPT = 4  # a: base row, b: index row
    STRING = 5  # a: string (cut at MAX_STRING characters)
    LITERAL = 6  # a: string, the type's name ("int", "bool", "NoneType", …); b: string, its text, or NOTHING
    DISPLAY = 7  # a: string ("list", "tuple", "set", "dict"); b: offset in `items`: count, rows (dict: key, value, …)
    UNION = 8  # a, b: rows; one of both (conditional expressions, `or`, `and`)
    ELEMENT = 9  # a: row of an iterable; what iterating over it gives
    ITEM = 10  # a: row, b: position (negative: from the end); one part of an unpacked value
    ENTER = 11  # a: row of a context manager; what `as` is bound to
    AWAIT = 12  # a: row
    LAMBDA = 13  # a: scope of the lambda
    FORMAT = 14  # an f-string; b: offset in `items`: count, rows of its parts in order
    BINARY = (
        15  # a, b: operand rows; `|` of types in annotations, `+` and `%` of strings, arithmetic
    )
    STAR = 16  # a: row; `*value` among positional arguments or elements
    COMPREHENSION = 17  # a: string ("list", "set", "dict", "generator"); b: row of the element (dict: of the value)
    DEFINITION = 18  # a: scope that a `def` or `class` statement binds to its name
    SLICE = 19  # a, b: rows of the bounds or NOTHING; the index of `base[a:b]`
    NARROW = 20  # a: row of a value, b: row of classes; what of the value is an instance of one
    BELOW = 21  # the same; what of the value is one of the classes or below it
    GUARDED = (
        22  # a: row of a value, b: row of a function; the value where the function says what it is
    )
    MATCHED = 23  # a: row of an instance, b: position; the part that `case Point(x, y)` takes there


class DefinitionKind(IntEnum):
    """What a scope is."""

    MODULE = 0
    CLASS = 1
    FUNCTION = 2
    ASYNC_FUNCTION = 3
    LAMBDA = 4


class ParameterKind(IntEnum):
    """How an argument reaches a parameter."""

    POSITIONAL = 0
    VARIADIC = 1  # *args
    KEYWORD = 2
    KEYWORDS = 3  # **kwargs


class Role(IntEnum):
    """What a use does with its expression. The low three bits of `uses.flags`."""

    CALL = 0
    READ = 1
    WRITE = 2  # a global or an attribute is assigned
    INHERIT = 3
    DECORATE = 4
    ANNOTATE = 5
    DELETE = 6
    RAISE = 7  # an exception: a class that is raised is called


class RegionKind(IntEnum):
    """Why some lines of a scope belong together."""

    WITH = 0  # `expression` is the context manager
    LOOP = 1  # `expression` is the iterable, or the condition of a `while`
    ISINSTANCE = 2  # `expression` is the call of `isinstance` that holds here
    ASKED = 3  # by an HTTP method that `expression` names: a text of names, or what stands for them
    NOT_ASKED = 4  # by a method that it does not name
    LISTED = 5  # `expression` is what a comprehension runs over
    TRUE = (
        6  # the truth of `expression` holds here; the next one: it does not, as for all that follow
    )
    FALSE = 7
    EQUAL = 8  # `expression` (BINARY): what is tested, and what it is equal to here
    UNEQUAL = 9
    AMONG = 10  # the same; what it is among
    NOT_AMONG = 11
    BEGINS = 12  # the same; what the text begins with
    NOT_BEGINS = 13
    ASYNC = 14  # `expression` is a coroutine function here
    NOT_ASYNC = 15


class Parameter(NamedTuple):
    """One parameter; `annotation` and `default` are rows of the *enclosing* scope, or NOTHING."""

    name: str
    kind: ParameterKind
    annotation: int = NOTHING
    default: int = NOTHING


class Definition(NamedTuple):
    """A scope. Expressions of decorators, bases, keywords, annotations and defaults are rows of the parent scope."""

    kind: DefinitionKind
    name: str  # "" for the module, "<lambda>" for a lambda
    qualname: str  # without "<locals>"; "" for the module; a lambda has its owner's
    parent: int  # scope, NOTHING for the module
    line: int  # of the `def` or `class` keyword
    first_line: int  # of its first decorator
    end_line: int
    decorators: tuple[int, ...] = ()
    bases: tuple[int, ...] = ()
    keywords: tuple[tuple[str, int], ...] = ()  # metaclass=…, table=True, …
    parameters: tuple[Parameter, ...] = ()
    returns: int = NOTHING  # row of the return annotation
    doc: str = ""  # first paragraph of the docstring, cut
    is_generator: bool = False
    variables: tuple[int, ...] = ()  # rows of its own type parameters (`class Box[T]`)
    globals: tuple[str, ...] = ()  # names declared `global` or `nonlocal`


class Import(NamedTuple):
    """`import module as alias` (name "") or `from module import name as alias`; name "*" for all."""

    scope: int
    module: str
    name: str
    alias: str  # the name that it binds
    level: int  # leading dots
    line: int
    typing_only: bool = False  # under `if TYPE_CHECKING:`


def _column() -> "array[int]":
    return array("i")


@dataclass(slots=True)
class Expressions:
    """The expression table: parallel columns, one row an expression."""

    op: "array[int]" = field(default_factory=_column)
    a: "array[int]" = field(default_factory=_column)
    b: "array[int]" = field(default_factory=_column)
    line: "array[int]" = field(default_factory=_column)  # first line that it stands on
    items: "array[int]" = field(default_factory=_column)
    """Arguments of a call: count, rows, count of keywords, then (string or NOTHING for `**`, row) each."""


@dataclass(slots=True)
class Uses:
    """Expressions in use, in source order within a scope."""

    scope: "array[int]" = field(default_factory=_column)
    expression: "array[int]" = field(default_factory=_column)
    line: "array[int]" = field(default_factory=_column)
    flags: "array[int]" = field(default_factory=_column)  # Role | loop depth << 3


@dataclass(slots=True)
class Operated:
    """Values on which Python calls a special method that the text does not name, in source order within a scope."""

    scope: "array[int]" = field(default_factory=_column)
    expression: "array[int]" = field(default_factory=_column)
    method: "array[int]" = field(default_factory=_column)  # string: what is looked for first
    line: "array[int]" = field(default_factory=_column)
    loop: "array[int]" = field(default_factory=_column)  # depth of loops around it


@dataclass(slots=True)
class Bindings:
    """Names bound in a scope; `value` and `annotation` are rows of that scope, or NOTHING."""

    scope: "array[int]" = field(default_factory=_column)
    name: "array[int]" = field(default_factory=_column)
    value: "array[int]" = field(default_factory=_column)
    annotation: "array[int]" = field(default_factory=_column)
    line: "array[int]" = field(default_factory=_column)


@dataclass(slots=True)
class Stores:
    """`base.name = value` (name: string) and `base[key] = value` (name NOTHING, key: row)."""

    scope: "array[int]" = field(default_factory=_column)
    base: "array[int]" = field(default_factory=_column)
    name: "array[int]" = field(default_factory=_column)
    key: "array[int]" = field(default_factory=_column)
    value: "array[int]" = field(default_factory=_column)
    annotation: "array[int]" = field(default_factory=_column)
    line: "array[int]" = field(default_factory=_column)


@dataclass(slots=True)
class Results:
    """What functions return and yield."""

    scope: "array[int]" = field(default_factory=_column)
    value: "array[int]" = field(default_factory=_column)
    yields: "array[int]" = field(default_factory=_column)  # 0 return, 1 yield, 2 yield from


@dataclass(slots=True)
class Regions:
    """Lines of a scope that run inside something (`RegionKind`)."""

    scope: "array[int]" = field(default_factory=_column)
    kind: "array[int]" = field(default_factory=_column)
    expression: "array[int]" = field(default_factory=_column)
    first_line: "array[int]" = field(default_factory=_column)
    last_line: "array[int]" = field(default_factory=_column)


@dataclass(slots=True)
class ModuleFacts:
    """All that one file says. Treat as frozen once extracted."""

    path: str
    module: str
    is_package: bool
    line_count: int
    strings: list[str]
    definitions: list[Definition]
    imports: list[Import]
    expressions: Expressions
    uses: Uses
    operated: Operated
    bindings: Bindings
    stores: Stores
    results: Results
    regions: Regions
    exported: list[str] | None  # literal `__all__`, None where absent
    killed: "array[int]"
    """Entries that no other scope sees: a module's names that are bound anew later, a comprehension's variables."""
    slots: "array[int]"
    """Row of a subscript, row of what was stored under its key just before; and so on."""
    row_start: "array[int]"
    """Scope -> its first row; one entry more than scopes. Scope s has rows row_start[s] … row_start[s + 1] - 1."""
    problems: list[Problem]
