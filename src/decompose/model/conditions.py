"""Which lines of functions run only on some of the ways that lead there, and which calls tell?"""

from dataclasses import dataclass

from decompose.model.source import Site

NEW_ROW, OLD_ROW = "CREATE", "UPDATE"
"""What stands for an HTTP method where lines run for some saved rows only."""
ALWAYS = -1
"""Instead of the number of a condition: nothing else need be known."""


@dataclass(frozen=True, slots=True)
class MethodGuard:
    """Lines of a function that run only when a request comes by one of some HTTP methods (upper case, sorted).

    Of a receiver of saved rows: that run only for new rows (`NEW_ROW`), or only for others (`OLD_ROW`).
    """

    source: str
    methods: tuple[str, ...]
    site: Site
    last_line: int


@dataclass(frozen=True, slots=True)
class PathGuard:
    """Lines of a function that run only when a request's path is one of some, begins with one, or does not."""

    source: str
    paths: tuple[str, ...]
    begins: bool
    holds: bool  # False: they run for all other paths
    site: Site
    last_line: int


@dataclass(frozen=True, slots=True)
class Condition:
    """Lines of a function that do not run where a call rules it out; `number` among those of the function."""

    source: str
    number: int
    site: Site
    last_line: int


@dataclass(frozen=True, slots=True)
class RuledOut:
    """A call on a line by which a condition of whom it calls cannot hold: a constant is passed that fails the test.

    With `given`: only where that condition of the caller is ruled out itself, as what it was given is handed on.
    Of a signal, which receivers hear of, `source` or `target` is the signal's node.
    """

    source: str
    site: Site
    target: str
    number: int
    given: int = ALWAYS
