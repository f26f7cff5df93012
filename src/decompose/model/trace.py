"""What a program did while it was watched: who called whom, from which line, how often.

A trace knows files and functions by their place, not by names of nodes: it was made without reading the program.
"""

from dataclasses import dataclass
from enum import StrEnum

COUNT_LIMIT = 1000
"""Counts are exact below it; this number stands for itself and all above."""


class Body(StrEnum):
    """What a piece of code that ran is the text of."""

    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    GENERATOR = "generator"
    COROUTINE = "coroutine"  # asynchronous generators too
    LAMBDA = "lambda"


class How(StrEnum):
    """What in the caller's text made a call happen."""

    CALL = "call"  # a call as written, also of a class or an instance
    DECORATOR = "decorator"  # `@name` above a definition
    PROPERTY = "property"  # an attribute that is read, set or deleted
    OPERATOR = "operator"  # arithmetic, comparison, item, truth, formatting
    DUNDER = "dunder"  # a special method that a builtin calls: `len(x)`, `str(x)`
    CONTEXT = "context"  # `with`
    ITERATION = "iteration"  # `for`, unpacking, `yield from`
    IMPORT = "import"  # a module's text is run by its first import
    DEFINITION = "definition"  # a class's text is run where it stands

    @property
    def is_implicit(self) -> bool:
        """Is no call written there?"""
        return self not in (How.CALL, How.IMPORT, How.DEFINITION)


@dataclass(frozen=True, slots=True)
class TracedFile:
    """A file that ran. `lines` that ran, sorted; None where nobody watched lines."""

    path: str  # POSIX, below the root
    digest: str  # hex SHA-256 of its bytes after the run, "" when it was gone
    is_test: bool
    lines: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, order=True)
class TracedFunction:
    """A piece of code that ran; `file` is a position in `Trace.files`, `line` its first, decorators included."""

    file: int
    line: int
    name: str  # qualified, with "<locals>" and "<lambda>"; "<module>" for a module
    body: Body


@dataclass(frozen=True, slots=True, order=True)
class TracedCall:
    """Calls from one line of one function to another; both are positions in `Trace.functions`."""

    caller: int
    line: int
    callee: int
    how: How
    through: str  # the library that stands between both, "" for a direct call
    count: int  # COUNT_LIMIT: so many or more


@dataclass(frozen=True, slots=True, order=True)
class TracedAccess:
    """A function below which a table was read or written. `is_own`: no function of the program stood between."""

    function: int  # position in `Trace.functions`
    line: int
    table: str  # as the statement names it
    mode: str  # create, read, update or delete
    is_own: bool


@dataclass(frozen=True, slots=True, order=True)
class TracedReach:
    """Lines of a file that ran while a function, or a method of an object of a class, was at work."""

    function: int  # position in `Trace.functions`
    file: int  # position in `Trace.files`
    lines: tuple[int, ...]  # sorted


@dataclass(frozen=True, slots=True)
class Trace:
    """All that was seen in one run. `roots`: (function, count) of calls from tests or from outside the program."""

    command: tuple[str, ...]
    exit_code: int
    pythons: tuple[str, ...]
    processes: int
    files: tuple[TracedFile, ...]
    functions: tuple[TracedFunction, ...]
    calls: tuple[TracedCall, ...]
    roots: tuple[tuple[int, int], ...]
    unrecorded: tuple[tuple[str, str], ...] = ()  # (reason, command) of a Python that kept us out
    losses: tuple[str, ...] = ()  # what ended a recording early
    accesses: tuple[TracedAccess, ...] | None = None  # None: nobody asked for SQL
    reaches: tuple[TracedReach, ...] | None = None
    """Of what libraries, tests or nobody began; None where nobody asked for SQL, or lines were not watched."""
