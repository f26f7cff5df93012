"""What was measured, and how it reads as a table: pure functions from figures to Markdown."""

import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from measure import Cost

KINDS = ("cold", "warm", "one file changed")
_REST = "start-up and the rest"


@dataclass(frozen=True, slots=True)
class Run:
    """One `decompose analyze`. `stages`: CPU seconds by name, in the order in which they ran."""

    cost: Cost
    stages: Mapping[str, float]

    @property
    def rest(self) -> float:
        """CPU seconds outside every stage."""
        return self.cost.cpu - sum(self.stages.values())


@dataclass(frozen=True, slots=True)
class Size:
    """What one monolith is made of, as the analyzer counts it. `unresolved`: share, 0 to 1."""

    nodes: int
    edges: int
    unresolved: float


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured on one monolith: `parse` in CPU seconds a round, `runs` by kind."""

    monolith: str
    lines: int
    files: int
    parse: Sequence[float]
    runs: Mapping[str, Sequence[Run]]
    size: Size

    @property
    def unit(self) -> float:
        """CPU seconds of `ast.parse`: the median of the rounds."""
        return median(self.parse)

    def middle(self, kind: str) -> Run:
        """The run with the median CPU; of an even number, the dearer of the two."""
        runs = sorted(self.runs[kind], key=lambda run: run.cost.cpu)
        return runs[len(runs) // 2]

    def multiple(self, kind: str) -> float:
        """CPU of the whole run in multiples of `ast.parse`."""
        return self.middle(kind).cost.cpu / self.unit

    def against_cold(self, kind: str) -> float:
        """CPU of the whole run as a part of the cold run's."""
        return self.middle(kind).cost.cpu / self.middle("cold").cost.cpu

    @property
    def peak(self) -> float:
        """The largest memory of any run, in GB."""
        return max(run.cost.peak_memory for runs in self.runs.values() for run in runs) / 1e9


def document(figures: Sequence[Figures], *, version: str, command: str) -> str:
    """The whole page."""
    parts = [_preface(figures, version=version, command=command), _overview(figures)]
    parts += [_goals(figure) for figure in figures if figure.monolith.startswith("homeassistant")]
    parts += [_stages(figures, kind) for kind in KINDS]
    return "\n\n".join(parts) + "\n"


def _preface(figures: Sequence[Figures], *, version: str, command: str) -> str:
    rounds = len(figures[0].parse)
    memory = figures[0].middle("cold").cost.memory_kind
    return f"""# Speed and memory

Written by `{command}`: edit `tests/bench/`, not this page. decompose {version}, \
{platform.python_implementation()} {platform.python_version()}, {platform.system()} on \
{platform.machine()} with {os.cpu_count()} cores; the median of {rounds} rounds.

Each monolith is a pinned wheel of the package registry, unpacked and never run.

- **ast.parse**: CPU seconds to read and parse every file that the analysis parses (tests too, vendored
  code left out) and do nothing else, in a fresh process without its start-up. It is the unit (×).
- **CPU**: user and system time of all processes of `decompose analyze`, start-up included.
- **cold**: nothing cached. **warm**: again, nothing changed. **one file changed**: again, after a
  comment was appended to the file of median size.
- **peak**: the largest sum of memory ({memory}) over all processes at one moment, of any run.
- **unresolved**: the share of references whose target in the program could not be told."""


def _overview(figures: Sequence[Figures]) -> str:
    head = [
        "monolith",
        "lines",
        "files",
        "ast.parse s",
        "cold ×",
        "warm ×",
        "one file changed ×",
        "warm / cold",
        "changed / cold",
        "cold wall s",
        "warm wall s",
        "peak GB",
        "nodes",
        "edges",
        "unresolved",
    ]
    return "## Whole runs\n\n" + _table(head, map(_overview_row, figures))


def _overview_row(figure: Figures) -> list[str]:
    return [
        figure.monolith,
        f"{figure.lines:,}",
        f"{figure.files:,}",
        f"{figure.unit:.2f}",
        *(f"{figure.multiple(kind):.2f}" for kind in KINDS),
        *(f"{figure.against_cold(kind):.2f}" for kind in KINDS[1:]),
        *(f"{figure.middle(kind).cost.wall:.1f}" for kind in KINDS[:2]),
        f"{figure.peak:.2f}",
        f"{figure.size.nodes:,}",
        f"{figure.size.edges:,}",
        f"{figure.size.unresolved:.1%}",
    ]


@dataclass(frozen=True, slots=True)
class _Goal:
    name: str
    now: float
    later: float
    measured: Callable[[Figures], float]


_GOALS = (
    _Goal("cold, × ast.parse", 6, 3, lambda figure: figure.multiple("cold")),
    _Goal("warm / cold", 0.25, 0.1, lambda figure: figure.against_cold("warm")),
    _Goal("peak, GB", 2.5, 1.5, lambda figure: figure.peak),
)


def _goals(figure: Figures) -> str:
    rows = (
        [goal.name, f"≤ {goal.now}", f"≤ {goal.later}", f"{measured:.2f}", _verdict(goal, measured)]
        for goal in _GOALS
        for measured in [goal.measured(figure)]
    )
    head = ["figure", "to reach", "end goal", "measured", ""]
    return f"## Figures to reach, on {figure.monolith}\n\n" + _table(head, rows)


def _verdict(goal: _Goal, measured: float) -> str:
    if measured <= goal.later:
        return "end goal reached"
    return "reached" if measured <= goal.now else "**missed**"


def _stages(figures: Sequence[Figures], kind: str) -> str:
    head = ["stage", *(figure.monolith for figure in figures)]
    names = dict.fromkeys(name for figure in figures for name in figure.middle(kind).stages)
    rows = [[name, *(_stage(figure, kind, name) for figure in figures)] for name in names]
    rows.append([_REST, *(f"{f.middle(kind).rest / f.unit:.2f}" for f in figures)])
    rows.append(["**whole run**", *(f"**{f.multiple(kind):.2f}**" for f in figures)])
    return f"## Stages, {kind}: CPU in multiples of ast.parse\n\n" + _table(head, rows)


def _stage(figure: Figures, kind: str, name: str) -> str:
    seconds = figure.middle(kind).stages.get(name)
    return "–" if seconds is None else f"{seconds / figure.unit:.2f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
