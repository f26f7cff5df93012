"""What can a stream show?

NO_COLOR (set to anything) takes all styles away, FORCE_COLOR gives them to a pipe, TERM=dumb knows
none. Progress moves the cursor, so it needs a real terminal whatever is forced.
"""

import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

PIPE_WIDTH = 100
PIPE_HEIGHT = 40
"""Characters and lines of a summary that nobody sees on a terminal: always the same."""


def has_styles(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether colours and bold are wanted and understood."""
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and environment.get("TERM") != "dumb"


def can_move(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Say whether lines can be written over: a terminal that understands it."""
    return is_terminal(stream) and environment.get("TERM") not in {"dumb", "unknown"}


def is_terminal(stream: TextIO) -> bool:
    """Say whether somebody watches; a closed stream is no terminal."""
    try:
        return stream.isatty()
    except ValueError:
        return False


def size(stream: TextIO) -> tuple[int, int]:
    """Give columns and lines of the terminal; fixed ones for anything else, so that its text is stable."""
    if not is_terminal(stream):
        return PIPE_WIDTH, PIPE_HEIGHT
    try:
        columns, lines = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        columns, lines = 0, 0
    return columns or 80, lines or 24


def write(text: str) -> None:
    """Write a result to standard output: UTF-8 with bare line ends, whatever the system prefers."""
    left = memoryview(text.encode("utf-8", "backslashreplace"))
    sys.stdout.flush()
    while left:  # an unbuffered stream (PYTHONUNBUFFERED) takes only as much as a pipe holds
        left = left[sys.stdout.buffer.write(left) :]
    sys.stdout.buffer.flush()


def console(stream: TextIO) -> "Console":
    """Make a console of rich that believes what this module says about a stream, and reads no markup."""
    from rich.console import Console  # noqa: PLC0415  (slow to load, and `--json` needs none)

    styles = has_styles(stream)
    columns, lines = size(stream)
    return Console(
        file=stream,
        width=columns,
        height=lines,
        color_system="standard" if styles else None,
        force_terminal=styles or is_terminal(stream),
        markup=False,
        emoji=False,
        highlight=False,
    )


def show(part: "RenderableType", console: "Console") -> None:
    """Write a part to a console, without the blanks that fill its lines up."""
    with console.capture() as capture:
        console.print(part)
    lines = [line.rstrip() for line in capture.get().splitlines()]
    console.file.write("".join(f"{line}\n" for line in lines))
