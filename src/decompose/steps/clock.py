"""What did each stage cost, and who is watching?"""

import gc
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from decompose.model.summary import StageTime


class Watcher(Protocol):
    """Somebody who is told how a run goes on; a progress bar, or nobody."""

    def begin(self, stage: str, total: int) -> None:
        """A stage begins; `total`: how many parts it will count, 0 if it does not count."""

    def advance(self, count: int) -> None:
        """So many more parts are done."""


class Nobody:
    """Watches nothing."""

    def begin(self, stage: str, total: int) -> None:
        """Nobody is told."""

    def advance(self, count: int) -> None:
        """Nobody is told."""


class Clock:
    """Times stages. CPU is user and system time of this process and of its ended children."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self._times: dict[str, tuple[float, float]] = {}

    @property
    def times(self) -> tuple[StageTime, ...]:
        """Stages in the order in which they began."""
        return tuple(
            StageTime(stage, round(cpu, 3), round(wall, 3))
            for stage, (cpu, wall) in self._times.items()
        )

    @contextmanager
    def stage(self, name: str, total: int = 0) -> Iterator[None]:
        """Time what happens inside; a stage entered twice adds up."""
        self.watcher.begin(name, total)
        cpu, wall = _cpu(), time.perf_counter()
        try:
            yield
        finally:
            before = self._times.get(name, (0.0, 0.0))
            self._times[name] = (before[0] + _cpu() - cpu, before[1] + time.perf_counter() - wall)


@contextmanager
def no_collections() -> Iterator[None]:
    """Facts and graphs hold no cycles; looking for some among millions of objects costs a fifth of a run."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system
