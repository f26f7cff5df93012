"""How is it told what was recorded? On standard error, in a few lines: standard output is the command's own."""

import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from decompose.cli import failure
from decompose.cli.printable import printable
from decompose.errors import DecomposeError

if TYPE_CHECKING:
    from decompose.steps.recording import Recorded

_SHOWN = 5


def record(command: tuple[str, ...], root: Path, out: Path, *, sql: bool, quiet: bool) -> int:
    """Run a command and write its trace; the command's exit code."""
    from decompose.steps.recording import run_recorded  # noqa: PLC0415

    if not root.is_dir():
        raise DecomposeError(
            "there is no such folder", where=str(root), remedy="name the program's with --root"
        )
    if not out.absolute().parent.is_dir():
        raise DecomposeError(
            "the folder of the trace does not exist", where=str(out), remedy="make it first"
        )
    done = run_recorded(command, root, out, os.environ, has_sql=sql)
    if not quiet:
        _tell(done)
    return done.trace.exit_code


def _tell(done: "Recorded") -> None:
    trace = done.trace
    sys.stdout.flush()
    if not trace.processes:
        failure.say("decompose: no Python was watched: did the command start one?")
    elif not done.parts:
        failure.say("decompose: nothing below the root ran: name the program's folder with --root")
    for reason, count in sorted(Counter(why for why, _ in trace.unrecorded).items()):
        example = next(what for why, what in trace.unrecorded if why == reason)
        failure.say(f"decompose: {count} not recorded ({reason}): {printable(example)}")
    for loss in trace.losses[:_SHOWN]:
        failure.say(f"decompose: something could not be noted: {printable(loss)}")
    failure.say(
        f"decompose: {len(trace.calls):,} calls among {len(trace.functions):,} functions "
        f"of {len(trace.files):,} files in {printable(str(done.path))}"
    )
