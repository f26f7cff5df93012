"""What does each entry point do to which tables, and in which order? A summary in letters, and the first steps."""

from dataclasses import dataclass, field
from functools import cached_property

from decompose.graph.dependency import NOBODY
from decompose.graph.doors import Door, doors
from decompose.graph.effects import Touched
from decompose.graph.sequences import Sequence, Step, sequences_of
from decompose.model.program import PREFIXES, AccessMode, NodeKind
from decompose.report import limits
from decompose.report.lookup import Lookup

_TABLE = PREFIXES[NodeKind.TABLE]
_LETTERS = {
    AccessMode.CREATE: "C",
    AccessMode.READ: "R",
    AccessMode.UPDATE: "U",
    AccessMode.DELETE: "D",
}


@dataclass(frozen=True, slots=True)
class TouchedView:
    """A table with what is done to it: `CR`, small letters for what a task does later."""

    letters: str
    table: str
    service: str  # that owns it, "" if it is the entry point's own


@dataclass(frozen=True, slots=True)
class StepView:
    """One step. `letter`: of an access, else "→" for what is sent; `marks`: loops, locks, doubts, later."""

    letter: str
    name: str
    site: str
    function: str
    transaction: str  # "path:line", "" for none
    marks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowView:
    """What an entry point does."""

    touched: tuple[TouchedView, ...] = ()
    more_tables: int = 0
    steps: tuple[StepView, ...] = ()
    more_steps: int = 0


_Letters = tuple[tuple[Step, ...], list[tuple[int, str]]]
"""Steps, kept so that their identity stays theirs, and (table, letters)."""


@dataclass
class Flows:
    """Flows of a program's entry points; steps end when the page's budget is used up."""

    lookup: Lookup
    _left: int = limits.STEPS_IN_ALL
    _letters: dict[tuple[int, frozenset[Touched]], _Letters] = field(default_factory=dict)

    @cached_property
    def _doors(self) -> dict[tuple[str, str, str], Door]:
        names = self.lookup.analysis.program.graph.nodes.names
        return {
            (door.kind, door.name, names[handler]): door
            for door in doors(self.lookup.analysis.program)
            for handler in door.handlers
        }

    def of(self, kind: str, name: str, handler: str, service: str) -> FlowView:
        """The flow of an entry point; empty where it touches no table."""
        door = self._doors.get((kind, name, handler)) or self._named(kind, name)
        if door is None:
            return FlowView()
        found = sequences_of(self.lookup.analysis.program).of(door)
        touched = self._touched(found, service)
        room = min(limits.STEPS, self._left)
        accesses = [step for step in found.steps if step.again == NOBODY]
        shown = [self._step(found, step) for step in accesses[:room]]
        self._left -= len(shown)
        return FlowView(
            touched[: limits.TOUCHED],
            max(0, len(touched) - limits.TOUCHED),
            tuple(shown),
            len(accesses) - len(shown),
        )

    def _named(self, kind: str, name: str) -> Door | None:
        """A schedule is answered by what its task leads to."""
        found = (door for key, door in self._doors.items() if key[:2] == (kind, name))
        return next(found, None)

    def _touched(self, found: Sequence, service: str) -> tuple[TouchedView, ...]:
        names = self.lookup.analysis.program.graph.nodes.names
        rows = []
        for table, letters in self._letters_of(found):
            owner = self.lookup.service_of(names[table])
            shown = "" if owner == service else self.lookup.title(owner)
            rows.append(TouchedView(letters, names[table].removeprefix(_TABLE), shown))
        return tuple(sorted(rows, key=lambda row: (row.letters in ("R", "r"), row.table)))

    def _letters_of(self, found: Sequence) -> list[tuple[int, str]]:
        """(table, letters), once for all entry points with the same steps."""
        key = (id(found.steps), found.left_out)
        known = self._letters.get(key)
        if known is not None:
            return known[1]
        now, ever = found.touched(later=False, before=False), found.touched(before=False)
        letters = {table: "" for table, _ in ever}
        for mode, letter in _LETTERS.items():
            for table in letters:
                if (table, mode) in ever:
                    letters[table] += letter if (table, mode) in now else letter.lower()
        rows = list(letters.items())
        self._letters[key] = (found.steps, rows)
        return rows

    def _step(self, found: Sequence, step: Step) -> StepView:
        program = self.lookup.analysis.program
        names = program.graph.nodes.names
        is_sent = step.sent != NOBODY
        marks = [f"{step.loop_depth} loops" if step.loop_depth > 1 else "loop"] * bool(
            step.loop_depth
        )
        marks += ["locks"] * step.locks + ["later"] * step.later
        return StepView(
            "→" if is_sent else _LETTERS[step.mode],
            names[step.sent] if is_sent else names[step.table].removeprefix(_TABLE),
            str(step.site or ""),
            names[found.calls[step.call].node],
            "" if step.around == NOBODY else str(program.transactions[step.around].site),
            tuple(marks),
        )
