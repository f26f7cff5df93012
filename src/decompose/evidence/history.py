"""Which files changed together? `git log` of the analyzed tree, asked for by `--history`.

The repository is not trusted: nothing of its configuration that starts a program is obeyed (pagers,
signatures, file monitors, hooks, text conversion), no other folder's repository is read, and names
come back as bytes between zeros. Merges, and commits that touch very many files, say nothing about
what belongs together.
"""

import os
import subprocess
from pathlib import Path

from decompose.errors import DecomposeError
from decompose.model.history import History

MOST_COMMITS = 20_000
MOST_FILES = 50
"""A commit that touches more files is a move, a release or a reformatting."""
_SECONDS = 300
_CALM = (
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.pager", "cat"),
    ("log.showSignature", "false"),
    ("diff.external", ""),
    ("protocol.allow", "never"),
)
_MARK = b"\x01"


def read_history(root: Path) -> History:
    """The commits of the checked-out branch below a folder, newest first.

    Raises DecomposeError where there is no git, or no repository around the folder.
    """
    words = ("log", "--no-merges", "--no-renames", "--no-ext-diff", "--no-textconv", "--relative")
    told = _git(
        root,
        *words,
        f"--max-count={MOST_COMMITS}",
        "--name-only",
        "-z",
        "--format=%x01%ae",
        "--",
        ".",
    )
    return History(tuple(_commits(told)))


def _commits(told: bytes) -> list[tuple[str, tuple[str, ...]]]:
    """(author, paths) of each commit that says something."""
    found = []
    for record in told.split(_MARK)[1:]:
        author, _, rest = record.partition(b"\0")
        names = {name.lstrip(b"\n") for name in rest.split(b"\0")}
        paths = sorted(
            name.decode("utf-8", "surrogateescape") for name in names if name.endswith(b".py")
        )
        if 1 <= len(paths) <= MOST_FILES:
            found.append((author.decode("utf-8", "replace"), tuple(paths)))
    return found


def _git(root: Path, *words: str) -> bytes:
    calm = [part for key, value in _CALM for part in ("-c", f"{key}={value}")]
    command = ["git", *calm, "-C", str(root), *words]
    try:
        done = subprocess.run(
            command,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except FileNotFoundError as error:
        raise _unread("git is not installed", root) from error
    except subprocess.TimeoutExpired as error:
        raise _unread(f"git did not answer within {_SECONDS} s", root) from error
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise _unread(f"git cannot tell: {lines[-1] if lines else 'no reason given'}", root)
    return done.stdout


def _environment() -> dict[str, str]:
    """Ours, without what points git elsewhere, and without settings of the person or the machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "LC_ALL": "C",
    }


def _unread(what: str, root: Path) -> DecomposeError:
    return DecomposeError(
        what, where=str(root), remedy="leave --history out, or analyze a checkout"
    )
