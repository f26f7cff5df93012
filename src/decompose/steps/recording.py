"""A person's command is run and watched; what it did becomes a trace."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from decompose import evidence, record
from decompose.disk import write_atomic
from decompose.model.source import FileRole
from decompose.model.trace import Trace
from decompose.record.merge import Run
from decompose.source import discover


@dataclass(frozen=True, slots=True)
class Recorded:
    """The trace of a run, where it was written, and how many Pythons of it ran code of the program."""

    trace: Trace
    path: Path
    parts: int


def run_recorded(
    command: Sequence[str],
    root: Path,
    out: Path,
    environment: Mapping[str, str],
    *,
    has_sql: bool = False,
) -> Recorded:
    """Run a command, watch what it runs below `root`, and write the trace; `has_sql`: with what it asks databases.

    What was noted is kept, and its folder told, where the trace cannot be written.
    """
    place = Path(tempfile.mkdtemp(prefix="decompose-record-"))
    try:
        ran = record.run(command, root.resolve(), place, environment, has_sql=has_sql)
        done = _written(ran, root, out, command, has_sql=has_sql)
    except OSError as error:
        error.add_note(f"what was noted lies in {place}")
        raise
    shutil.rmtree(place, ignore_errors=True)
    return done


def _written(
    ran: record.Ran, root: Path, out: Path, command: Sequence[str], *, has_sql: bool
) -> Recorded:
    found, processes = record.parts(ran.folder)
    tests = {file.path for file in discover(root).files if file.role is FileRole.TEST}
    trace = record.merge(found, processes, Run(command, ran.code, root, tests, has_sql))
    write_atomic(out, evidence.encode(trace))
    return Recorded(trace, out, len(found))
