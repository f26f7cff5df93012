"""Run a person's command with the recorder beside it, and otherwise as if we were not there.

The recorder is put on PYTHONPATH as `sitecustomize`, so every Python that the command starts loads it, if it looks at
PYTHONPATH at all. Signals that ask us to end are handed on; Ctrl-C reaches the command by itself.
"""

import os
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from decompose.errors import DecomposeError

_RECORDER = Path(__file__).with_name("recorder.py")
_HOOK = "sitecustomize.py"
_FOR_SQL = ("statements", "contexts")  # further files that enter when SQL is asked for
_HANDED_ON = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")
NOT_FOUND, NOT_EXECUTABLE = 127, 126
_SIGNALLED = 128
_BELLS = 4096  # bytes read away at once


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended: its exit code, 128 + n where signal n ended it; the folder of what was noted."""

    code: int
    folder: Path


def run(
    command: Sequence[str],
    root: Path,
    folder: Path,
    environment: Mapping[str, str],
    *,
    has_sql: bool = False,
) -> Ran:
    """Run a command and wait for it; what it does below `root` is noted in `folder`, with `has_sql` its SQL too.

    Raises DecomposeError for a command that cannot be started.
    """
    hook = folder / "hook"
    hook.mkdir()
    shutil.copyfile(_RECORDER, hook / _HOOK)
    for name in _FOR_SQL if has_sql else ():
        shutil.copyfile(_RECORDER.with_name(f"{name}.py"), hook / f"decompose_{name}.py")
    noted = folder / "noted"
    noted.mkdir()
    inherited = environment.get("PYTHONPATH")
    watched = {
        **environment,
        "PYTHONPATH": os.pathsep.join([str(hook), *([inherited] if inherited else [])]),
        "DECOMPOSE_RECORD_TO": str(noted),
        "DECOMPOSE_RECORD_ROOT": str(root),
        "DECOMPOSE_RECORD_SQL": "1" if has_sql else "",
    }
    code = _waited(command, watched)
    return Ran(_SIGNALLED - code if code < 0 else code, noted)


def _waited(command: Sequence[str], environment: Mapping[str, str]) -> int:
    try:
        # Their command, because they asked for it; without a shell.
        child = subprocess.Popen(command, env=environment)  # noqa: S603
    except FileNotFoundError as error:
        raise DecomposeError(
            "there is no such command", where=command[0], remedy="check its name and the PATH"
        ) from error
    except OSError as error:
        raise DecomposeError(
            f"the command cannot be started: {error.strerror}",
            where=command[0],
            remedy="check that it may be executed",
        ) from error
    with _handing_on(child):
        return _awaited(child)


def _awaited(child: "subprocess.Popen[bytes]") -> int:
    if not hasattr(signal, "SIGCHLD"):  # Windows, where there is nothing to be woken by
        return child.wait()
    with _woken() as bell:
        while (code := child.poll()) is None:
            select.select([bell], [], [])
            os.read(bell, _BELLS)
    return code


@contextmanager
def _woken() -> Iterator[int]:
    """Give a descriptor that gets a byte for each signal, the end of a child among them.

    A plain wait would sleep on where a signal comes just before it: Python runs a handler between two of its own
    steps only, and the next one is after the wait.
    """
    bell, striker = os.pipe()
    os.set_blocking(striker, False)
    before = signal.signal(signal.SIGCHLD, lambda _given, _frame: None)
    former = signal.set_wakeup_fd(striker, warn_on_full_buffer=False)
    try:
        yield bell
    finally:
        signal.set_wakeup_fd(former)
        signal.signal(signal.SIGCHLD, before)
        os.close(bell)
        os.close(striker)


@contextmanager
def _handing_on(child: "subprocess.Popen[bytes]") -> Iterator[None]:
    """Let the command decide what a signal means, as it would without us."""
    names = [name for name in _HANDED_ON if hasattr(signal, name)]
    before = {}
    for name in names:
        number = getattr(signal, name)
        before[number] = signal.signal(number, lambda given, _frame: child.send_signal(given))
    before[signal.SIGINT] = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
