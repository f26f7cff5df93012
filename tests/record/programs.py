"""Small programs to be watched, and the interpreters at hand to run them with."""

import functools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_START = "import sys; sys.path[:0] = {path!r}; from decompose.cli import main; sys.exit(main())"
COMMAND = (sys.executable, "-c", _START.format(path=sys.path), "record")
"""Our own modules are found without PYTHONPATH: that would reach the program, too."""
_VERSIONS = range(8, 15)


@functools.cache
def interpreters() -> tuple[str, ...]:
    """Paths of one interpreter a version, from 3.8 on: ours, and those on the PATH."""
    found = {sys.version_info[:2]: sys.executable}
    for minor in _VERSIONS:
        path = shutil.which(f"python3.{minor}")
        if path is not None and (3, minor) not in found and _runs(path, minor):
            found[3, minor] = path
    return tuple(path for _, path in sorted(found.items()))


def _runs(path: str, minor: int) -> bool:
    asked = [path, "-c", "import sys; print(sys.version_info[1])"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return done.returncode == 0 and done.stdout.strip() == str(minor)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a recording gave: the exit code, what was said, and the trace."""

    code: int
    out: str
    err: str
    trace: dict[str, Any]

    def calls(self) -> list[str]:
        """Each call as "caller:line how callee count"; "through library" behind it where there is one."""
        table = self.trace["calls"]
        return [
            self._call(*row)
            for row in zip(
                *(table[key] for key in ("caller", "line", "how", "callee", "through", "count")),
                strict=True,
            )
        ]

    def _call(self, caller: int, line: int, how: str, callee: int, through: str, count: int) -> str:
        said = f"{self.name(caller)}:{line} {how} {self.name(callee)} {count}"
        return f"{said} through {through}" if through else said

    def accesses(self) -> set[str]:
        """Each access of a function as "function:line mode table", with "below" where others stood between."""
        table = self.trace["accesses"]
        return {
            f"{self.name(number)}:{line} {mode} {name}{'' if own else ' below'}"
            for number, line, mode, name, own in zip(
                *(table[key] for key in ("function", "line", "mode", "table", "own")), strict=True
            )
        }

    def reaches(self) -> dict[str, list[int]]:
        """Of each function the runs of lines of its own file that ran below it."""
        table, of = self.trace["reaches"], self.trace["functions"]["file"]
        rows = zip(*(table[key] for key in ("function", "file", "lines")), strict=True)
        return {self.name(number): lines for number, file, lines in rows if of[number] == file}

    def name(self, number: int) -> str:
        """The name of a function, after its module."""
        table = self.trace["functions"]
        path = self.trace["files"]["path"][table["file"][number]]
        return f"{Path(path).stem}.{table['name'][number]}"

    def roots(self) -> dict[str, int]:
        """Functions that nobody of the program called, with counts."""
        table = self.trace["roots"]
        return {
            self.name(each): count
            for each, count in zip(table["callee"], table["count"], strict=True)
        }


def write(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def record(folder: Path, words: Sequence[str], *options: str, **more: str) -> Seen:
    """Run a command under `record`, in a folder; `more`: variables of its environment."""
    out = folder.parent / f"{folder.name}.trace.json"
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [*COMMAND, "--out", str(out), *options, "--", *words],
        cwd=folder,
        env={**inherited, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    trace = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
    return Seen(done.returncode, done.stdout, done.stderr, trace)
