"""What does a command cost, all its processes together?

CPU is user plus system time of every process that the command started, start-up included. Memory is
the largest sum, over its processes at one moment, of what each holds: shared pages counted in
parts (PSS) where the kernel tells, else resident pages (RSS).

A command runs under a small process of its own (this file, run as a program): the operating system
then counts exactly that command's children, those that outlive their parent too.
"""

import contextlib
import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")
_PR_SET_CHILD_SUBREAPER = 36
_SESSION_FIELD = (
    3  # of /proc/PID/stat, counted after the command's name: state, parent, group, session
)
_SHORTEST_PAUSE = 0.05  # seconds between two samples of memory
_SAMPLING_SHARE = 20  # a sample that took t seconds is followed by a pause of 20 t


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU and wall in seconds, memory in bytes (0: this system does not tell)."""

    cpu: float
    wall: float
    peak_memory: int
    memory_kind: str  # "PSS" or "RSS"


class CommandError(Exception):
    """The measured command exited with anything but zero."""


def measure(command: Sequence[str], *, output: Path, folder: Path | None = None) -> Cost:
    """Run `command` with its standard output in the file `output`, and say what it took.

    Raises `CommandError`: figures of a crashed run would look splendid.
    """
    watcher = [sys.executable, __file__, str(output), *command]
    done = subprocess.run(watcher, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CommandError(f"{' '.join(command)} exited {done.returncode}\n{done.stderr[-4000:]}")
    return Cost(**json.loads(done.stdout))


def _watch(command: Sequence[str], output: Path) -> tuple[int, Cost]:
    _adopt_orphans()
    started = time.perf_counter()
    with output.open("wb") as sink:
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=sink, start_new_session=True
        )
    sampler = _Sampler(child.pid)
    status = child.wait()
    wall = time.perf_counter() - started
    _await_orphans()
    sampler.stop()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return status, Cost(used.ru_utime + used.ru_stime, wall, sampler.peak, sampler.kind)


def _adopt_orphans() -> None:
    """Become the parent of grandchildren that outlive theirs (Linux): they are counted too."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _await_orphans() -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()


class _Sampler:
    """Watches the memory of one session: a process and whatever it starts."""

    def __init__(self, session: int) -> None:
        self.peak = 0
        self.kind = "PSS" if Path("/proc/self/smaps_rollup").exists() else "RSS"
        self._session = session
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            began = time.perf_counter()
            self.peak = max(self.peak, sum(map(self._held, _processes(self._session))))
            pause = max(_SHORTEST_PAUSE, _SAMPLING_SHARE * (time.perf_counter() - began))

    def _held(self, process: Path) -> int:
        try:
            return _proportional(process) if self.kind == "PSS" else _resident(process)
        except (OSError, ValueError):  # it has ended since it was listed
            return 0


def _processes(session: int) -> Iterator[Path]:
    """The folders under /proc of the session's living processes; none where there is no /proc."""
    for process in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            after_name = (process / "stat").read_text().rpartition(")")[2].split()
            if int(after_name[_SESSION_FIELD]) == session:
                yield process


def _proportional(process: Path) -> int:
    for line in (process / "smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _resident(process: Path) -> int:
    return int((process / "statm").read_text().split()[1]) * _PAGE


def main() -> int:
    """`measure.py OUTPUT COMMAND…`: print the cost as JSON, exit as the command did."""
    status, cost = _watch(sys.argv[2:], Path(sys.argv[1]))
    print(json.dumps(asdict(cost)))
    return status


if __name__ == "__main__":
    sys.exit(main())
