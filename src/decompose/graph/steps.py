"""What a sequence is made of: see `sequences`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from decompose.graph.dependency import NOBODY
from decompose.model.program import AccessMode, Confidence

if TYPE_CHECKING:
    from decompose.graph.effects import Touched
    from decompose.model.source import Site

MAX_STEPS = 500
"""A sequence is cut after so many steps; `Sequence.cut` says so, and `left_out` what is missing."""
CALLS = 4
"""So many calls for each of these steps are expanded at most."""


class Step(NamedTuple):
    """A table touched, a call that was expanded before (`again`), or something sent (`sent`)."""

    call: int  # position in `Sequence.calls`: where it stands
    site: Site | None
    loop_depth: int  # loops of the callers around it included
    around: int  # position in the program's transactions, NOBODY for none
    confidence: Confidence
    table: int = NOBODY  # node
    mode: AccessMode = AccessMode.READ
    columns: tuple[str, ...] = ()
    locks: bool = False
    again: int = NOBODY  # position in `Sequence.calls`
    sent: int = NOBODY  # node of a task or queue
    later: bool = False  # in a task that something before has sent


class Steps(tuple[Step, ...]):  # noqa: SLOT001 -- what is asked of it stays with it
    """Steps in order, with what several stages ask of them: entry points that do the same share both."""

    @cached_property
    def awaited(self) -> tuple[Touched, ...]:
        """(table, mode) of the accesses that the entry point waits for, in order."""
        return tuple(
            [(each.table, each.mode) for each in self if each.table != NOBODY and not each.later]
        )

    @cached_property
    def now(self) -> frozenset[Touched]:
        """The same without order."""
        return frozenset(self.awaited)

    @cached_property
    def ever(self) -> frozenset[Touched]:
        """With what tasks do afterwards."""
        return self.now.union([(each.table, each.mode) for each in self if each.table != NOBODY])


class Call(NamedTuple):
    """A function where it is first called. `parent`: position of the caller, NOBODY for what is started."""

    node: int
    parent: int
    site: Site | None
    loop_depth: int
    confidence: Confidence
    later: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    """See the module. `around`: transaction -> the one it is nested in, or NOBODY."""

    calls: tuple[Call, ...]
    steps: Steps
    around: tuple[tuple[int, int], ...] = ()
    cut: bool = False
    left_out: frozenset[Touched] = frozenset()  # where it was cut
    before: Sequence | None = None  # of the middleware that a request passes through first
    along: frozenset[Touched] = frozenset()  # what deletions take along; no line does it

    def touched(self, *, later: bool = True, before: bool = True) -> frozenset[Touched]:
        """Every (table, mode), those left out included.

        With `later` also what tasks do that it sends; with `before` also what middleware does.
        """
        passed = self.before.touched(later=later) if before and self.before else frozenset()
        return passed | self.left_out | (self.steps.ever if later else self.steps.now)

    def path(self, call: int) -> list[Call]:
        """The calls from the start to a call."""
        found: list[Call] = []
        while call != NOBODY:
            found.append(self.calls[call])
            call = self.calls[call].parent
        return found[::-1]
