"""What does a framework's code mean? One reader a file; readers do not know each other.

A reader is a module of this package (or of a plugin, entry point group `decompose.frameworks`) with

    NAME        "django.urls"
    INTEREST    last names of calls, decorators and `with` expressions that `settle` wants to be shown
    PHASE       0: declares tables, routes, tasks; 1: may ask `view.facts(…)` for what phase 0 declared;
                2: also for what templates look up
    settle      settle(view: ProgramView) -> Iterator[Fact]: pure; sees the whole program, names resolved
    KNOWLEDGE   optional: types that the framework's classes give back (`model.knowledge`)
    EXAMPLES    small programs with the facts they hold, which are its tests and its documentation:
                (files: {path: text}, expected: {str}) where each expected string is one fact in short form
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType

from decompose.model.knowledge import Knowledge
from decompose.model.program import Fact
from decompose.model.view import ProgramView

PLUGINS = "decompose.frameworks"


@dataclass(frozen=True, slots=True)
class Reader:
    """A framework reader, as a value."""

    name: str
    interest: frozenset[str]
    phase: int
    settle: Callable[[ProgramView], Iterator[Fact]]
    knowledge: Knowledge


@cache
def readers() -> tuple[Reader, ...]:
    """All readers, by phase and name."""
    own = [
        importlib.import_module(f"{__name__}.{found.name}")
        for found in pkgutil.iter_modules(__path__)
    ]
    plugged = [point.load() for point in entry_points(group=PLUGINS)]
    found = [_reader(module) for module in [*own, *plugged]]
    return tuple(sorted(found, key=lambda reader: (reader.phase, reader.name)))


@cache
def interest() -> frozenset[str]:
    """Last names that any reader wants to be shown."""
    return frozenset().union(*(reader.interest for reader in readers()))


def _reader(module: ModuleType) -> Reader:
    knowledge: Knowledge = getattr(module, "KNOWLEDGE", Knowledge())
    return Reader(module.NAME, frozenset(module.INTEREST), module.PHASE, module.settle, knowledge)
