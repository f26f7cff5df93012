"""How does the command begin and end? Whatever happens in between is one message and an exit code.

0    done, also with findings or files that could not be read
1    a check that was asked for found something
2    usage, configuration, input, or a bug of ours
130  interrupted; 141 where nobody reads what is written, 143 ended by SIGTERM
"""

import os
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence

from decompose import __version__
from decompose.cli import failure
from decompose.cli.signals import INTERRUPTED, end_cleanly_when_asked, forget_interrupt, held
from decompose.errors import CheckFailed, DecomposeError

DONE = 0
FOUND = 1
FAILED = 2
NOBODY_READS = 141
_RECORD = "record"
_VERSION = (["--version"], ["-V"], ["version"])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line (`sys.argv` unless given) and return the exit code."""
    words, debug = _without_debug(list(sys.argv[1:] if arguments is None else arguments))
    _prepare(debug=debug, runs_a_command=words[:1] == [_RECORD])
    try:
        code = _run(words)
        if sys.stdout is not None:
            sys.stdout.flush()
    except KeyboardInterrupt:
        forget_interrupt()
        failure.say("interrupted; what was there before is as it was")
        return INTERRUPTED
    except BrokenPipeError:
        _hush()
        return NOBODY_READS
    except Exception as error:  # noqa: BLE001  (a bug is told in a line, not in a traceback)
        return _failed(error, debug=debug)
    return code


def _run(words: list[str]) -> int:
    """Do what the words ask for. The version is told without loading anything."""
    if words in _VERSION:
        return _tell_version()
    with held():
        from decompose.cli.app import read  # noqa: PLC0415  (typer takes longer than a version)

        job = read(words)  # typer loads some of its parts only now
    return DONE if job is None else job()


def _tell_version() -> int:
    from decompose.cli.terminal import write  # noqa: PLC0415

    write(f"decompose {__version__}\n")
    return DONE


def _failed(error: Exception, *, debug: bool) -> int:
    if debug:
        failure.say("".join(traceback.format_exception(error)).rstrip())
    if isinstance(error, DecomposeError):
        failure.tell_mistake(error)
        return FOUND if isinstance(error, CheckFailed) else FAILED
    if isinstance(error, OSError) and error.errno is not None:
        failure.tell_system(error)
    else:
        failure.tell_bug(error)
    return FAILED


def _without_debug(words: list[str]) -> tuple[list[str], bool]:
    """Take `--debug` out, which may stand anywhere before a `--`."""
    end = words.index("--") if "--" in words else len(words)
    kept = [word for word in words[:end] if word != "--debug"]
    return kept + words[end:], len(kept) < end or bool(os.environ.get("DECOMPOSE_DEBUG"))


def _prepare(*, debug: bool, runs_a_command: bool) -> None:
    """Set up the process before a numeric library can be loaded.

    One thread in OpenBLAS: worker processes are forked cheaply only while no other thread runs, and
    sums come out equal on machines with more cores. A command that is watched inherits nothing of that.
    """
    if not runs_a_command:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if not (debug or sys.warnoptions):
        warnings.simplefilter("ignore")  # what a library has to say is for who develops
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")  # an arrow is no reason to fail
    end_cleanly_when_asked()


def _hush() -> None:
    """Let what is still in the buffer go nowhere, or the interpreter would complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
