"""How is a mistake told? Where, what, and on a line of its own what to do next; never a traceback unasked."""

import difflib
import sys
import traceback
from collections.abc import Iterable

from decompose.cli.printable import printable
from decompose.cli.terminal import has_styles
from decompose.errors import DecomposeError

_RED = "\x1b[1;31m"
_CYAN = "\x1b[36m"
_PLAIN = "\x1b[0m"


def tell(what: str, *, where: str = "", remedy: str = "") -> None:
    """Write a message to standard error."""
    place = f"{where}: " if where else ""
    lines = [f"{_styled('error:', _RED)} {printable((place + what).rstrip(), lines=True)}"]
    if remedy:
        lines.append(f"  {_styled('try:', _CYAN)} {printable(remedy, lines=True)}")
    say("\n".join(lines))


def tell_mistake(error: DecomposeError) -> None:
    """Tell what the user did, or did not know."""
    tell(error.what, where=error.where, remedy=error.remedy)


def tell_system(error: OSError) -> None:
    """Tell what the system refused: a full disk, a missing permission."""
    names = [str(name) for name in (error.filename, error.filename2) if name is not None]
    tell(
        error.strerror or str(error),
        where=" → ".join(names),
        remedy="check the path, its permissions and the space on the disk",
    )


def tell_bug(error: BaseException) -> None:
    """Tell of a mistake of ours, in one line."""
    at = traceback.extract_tb(error.__traceback__)[-1:]
    place = f" ({at[0].name}, line {at[0].lineno})" if at else ""
    tell(
        f"this is a bug in decompose: {type(error).__name__}: {error}{place}",
        remedy="run it again with --debug, and report what that prints",
    )


def say(line: str) -> None:
    """Write to standard error, if there is anybody."""
    if sys.stderr is not None:
        print(line, file=sys.stderr, flush=True)  # noqa: T201  (this is where the command line prints)


def choice(word: str, known: Iterable[str], what: str) -> str:
    """Give the word back if it is known; `what`: the option's or argument's name. Raises DecomposeError."""
    words = sorted(known)
    if word in words:
        return word
    near = difflib.get_close_matches(word.lower(), words, n=1)
    guess = f"{near[0]}? " if near else ""
    raise DecomposeError(
        f"{word!r} is not known", where=what, remedy=f"{guess}choose one of {', '.join(words)}"
    )


def _styled(word: str, style: str) -> str:
    return f"{style}{word}{_PLAIN}" if has_styles(sys.stderr) else word
