"""The exchange format `decompose-trace`, version 1: what `decompose record` writes, field by field.

Tables of many rows are columns of equal length. A field may be added in any release, and readers ignore what they
don't know; whatever else changes raises `VERSION`.
"""

from typing import Annotated

from msgspec import Meta, Struct

FORMAT = "decompose-trace"
VERSION = 1

Number = Annotated[int, Meta(ge=0)]
Positive = Annotated[int, Meta(ge=1)]


class Files(Struct):
    """Columns of the files of the program that ran, sorted by path."""

    path: Annotated[list[str], Meta(description="POSIX, relative to the root of the recording.")]
    digest: Annotated[
        list[str], Meta(description='Hex SHA-256 of the bytes after the run, "" when gone.')
    ]
    is_test: Annotated[list[bool], Meta(description="Does it hold tests?")]
    lines: Annotated[
        list[list[Number] | None],
        Meta(
            description="Lines that ran, as first, last, first, last, …; null where lines were not watched."
        ),
    ]


class Functions(Struct):
    """Columns of the code that ran, sorted by file and line; tests only as far as they are called."""

    file: Annotated[list[Number], Meta(description="Position in `files`.")]
    line: Annotated[list[Number], Meta(description="First line, decorators included.")]
    name: Annotated[
        list[str], Meta(description="Qualified, with `<locals>`; `<module>` for a module's text.")
    ]
    body: Annotated[
        list[str],
        Meta(description="module, class, function, generator, coroutine or lambda."),
    ]


class Calls(Struct):
    """Columns of calls, sorted by caller, line and callee."""

    caller: Annotated[list[Number], Meta(description="Position in `functions`.")]
    line: Annotated[list[Number], Meta(description="Of the caller's file.")]
    callee: Annotated[list[Number], Meta(description="Position in `functions`.")]
    how: Annotated[
        list[str],
        Meta(
            description="call, decorator, property, operator, dunder, context, iteration, import or definition."
        ),
    ]
    through: Annotated[
        list[str],
        Meta(description='The library whose frames stand between both, "" for a direct call.'),
    ]
    count: Annotated[list[Positive], Meta(description="How often; 1000 stands for 1000 or more.")]


class Roots(Struct):
    """Columns of code that was called by tests, or by nobody of the program."""

    callee: Annotated[list[Number], Meta(description="Position in `functions`.")]
    count: Annotated[list[Positive], Meta(description="As of calls.")]


class Accesses(Struct):
    """Columns of functions below which a table was read or written, sorted by function."""

    function: Annotated[list[Number], Meta(description="Position in `functions`.")]
    line: Annotated[list[Number], Meta(description="Where it was in that function.")]
    table: Annotated[list[str], Meta(description="As the statement names it.")]
    mode: Annotated[list[str], Meta(description="create, read, update or delete.")]
    own: Annotated[
        list[bool], Meta(description="Did no other function of the program stand between?")
    ]


class Reaches(Struct):
    """Columns of lines that ran while functions were at work, sorted by function and file."""

    function: Annotated[list[Number], Meta(description="Position in `functions`.")]
    file: Annotated[list[Number], Meta(description="Position in `files`.")]
    lines: Annotated[
        list[list[Number]],
        Meta(description="Lines of the file that ran, as first, last, first, last, …"),
    ]


class Unrecorded(Struct):
    """A Python that the program started, and that could not be watched."""

    reason: Annotated[
        str, Meta(description="-S, -I, -E, or environment where PYTHONPATH was not handed on.")
    ]
    command: Annotated[str, Meta(description="Its beginning.")]


class Trace(Struct, kw_only=True):
    """What ran while a command was watched."""

    format: Annotated[str, Meta(description="decompose-trace")] = FORMAT
    version: Annotated[int, Meta(description="Of the format.")] = VERSION
    command: Annotated[list[str], Meta(description="The words of the command.")]
    exit_code: Annotated[int, Meta(description="Of the command; 128 + n: ended by signal n.")]
    pythons: Annotated[list[str], Meta(description="Versions of the interpreters.")]
    processes: Annotated[int, Meta(description="Interpreters that were watched.")]
    files: Annotated[Files, Meta(description="Files that ran.")]
    functions: Annotated[Functions, Meta(description="Code that ran.")]
    calls: Annotated[Calls, Meta(description="Who called whom.")]
    roots: Annotated[Roots, Meta(description="Called from tests or from outside.")]
    unrecorded: Annotated[list[Unrecorded], Meta(description="Pythons that kept us out.")]
    accesses: Annotated[
        Accesses | None, Meta(description="null where `--sql` was not asked for.")
    ] = None
    reaches: Annotated[
        Reaches | None,
        Meta(
            description="Of what libraries, tests or nobody began; null without `--sql` or lines."
        ),
    ] = None
    losses: Annotated[list[str], Meta(description="What ended a recording early.")]


class Envelope(Struct):
    """What tells one of our files from others."""

    format: str = ""
    version: int = 0
