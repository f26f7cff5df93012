"""How far is an analysis? A line a stage on a terminal, gone when it is done.

No thread redraws it: worker processes are forked cheaply only while no other thread runs. It is
redrawn when a stage begins or advances, a few times a second at most.
"""

import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

_REDRAWS = 0.1  # seconds between two
_BAR = 24  # characters
_NAMES = {
    "discover": "Finding files",
    "recall": "Looking for an earlier run",
    "read": "Reading files",
    "link": "Linking names",
    "cluster": "Grouping into services",
    "propose": "Drafting the proposal",
    "assess": "Weighing the boundaries",
    "report": "Writing the report",
    "export": "Packing the analysis",
    "write": "Saving",
}


@dataclass(slots=True)
class _Stage:
    name: str
    total: int
    began: float
    done: int = 0
    ended: float | None = None


class Progress:
    """A watcher of the pipeline that draws on a terminal; a context manager that leaves nothing behind."""

    def __init__(self, console: Console) -> None:
        self._stages: list[_Stage] = []
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._drawn = 0.0

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._live.stop()

    def begin(self, stage: str, total: int) -> None:
        """Draw a new line, and what the stage before it took."""
        now = time.monotonic()
        if self._stages:
            self._stages[-1].ended = now
        self._stages.append(_Stage(stage, total, now))
        self._draw(now)

    def advance(self, count: int) -> None:
        """Move the bar of the last line."""
        if self._stages:
            self._stages[-1].done += count
        now = time.monotonic()
        if now - self._drawn >= _REDRAWS:
            self._draw(now)

    def _draw(self, now: float) -> None:
        self._drawn = now
        table = Table.grid(padding=(0, 2))
        for stage in self._stages:
            table.add_row(*_row(stage, now))
        self._live.update(table, refresh=True)


def _row(stage: _Stage, now: float) -> tuple[Text, Text, Text | ProgressBar, Text]:
    is_done = stage.ended is not None
    mark = Text("✓", style="green") if is_done else Text("▸", style="bold cyan")
    name = Text(_NAMES.get(stage.name, stage.name.capitalize()), style="dim" if is_done else "bold")
    return mark, name, _middle(stage), _right(stage, now)


def _middle(stage: _Stage) -> Text | ProgressBar:
    if stage.ended is None and stage.total:
        return ProgressBar(total=stage.total, completed=stage.done, width=_BAR)
    return Text(f"{stage.total:,}" if stage.total else "", style="dim")


def _right(stage: _Stage, now: float) -> Text:
    if stage.ended is None and stage.total:
        return Text(f"{stage.done:,} of {stage.total:,}", style="cyan")
    seconds = (stage.ended or now) - stage.began
    return Text(f"{seconds:.1f} s" if stage.ended else "…", style="dim")
