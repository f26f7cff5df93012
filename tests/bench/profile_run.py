"""Where does the CPU of one cold analysis go? Run by `make profile`; writes docs/profile.md.

cProfile watches one process: what it costs itself falls mostly on small functions that are called often, so shares
show where time goes, and `make bench` says how much it is.
"""

import argparse
import cProfile
import pstats
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from programs import MONOLITHS, obtain, unpack

from decompose import __version__, pipeline

_ROOT = Path(__file__).resolve().parents[2]
_SOURCE = _ROOT / "src" / "decompose"
_PAGE = _ROOT / "docs" / "profile.md"
_SCRATCH = _ROOT / "build" / "bench"
_MONOLITH = "homeassistant"
_SHOWN = 40

Row = tuple[str, int, float]  # who, calls, own seconds


def main(arguments: Sequence[str]) -> None:
    """Profile one run and write the page."""
    parser = argparse.ArgumentParser(
        prog="profile_run.py", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--monolith", default=_MONOLITH, choices=[each.name for each in MONOLITHS])
    chosen = parser.parse_args(arguments).monolith
    monolith = next(each for each in MONOLITHS if each.name == chosen)
    scratch = _SCRATCH / "profile"
    shutil.rmtree(scratch, ignore_errors=True)
    tree = unpack(obtain(monolith, _SCRATCH / "wheels"), scratch / "tree")
    profile = cProfile.Profile()
    profile.runcall(
        pipeline.analyze,
        pipeline.Options(root=tree, output=scratch / "out", jobs=1, use_cache=False),
    )
    page = _document(f"{monolith.name} {monolith.version}", list(_rows(pstats.Stats(profile))))
    print(page)
    if chosen == _MONOLITH:
        _PAGE.write_text(page, encoding="utf-8")


def _rows(stats: pstats.Stats) -> Iterator[Row]:
    for (path, _, name), (_, calls, own, _, _) in stats.stats.items():  # type: ignore[attr-defined] # pstats has it
        yield f"{_home(path)}: {name}", calls, own


def _home(path: str) -> str:
    """The file of ours, the library, or what is built in."""
    found = Path(path)
    if found.is_relative_to(_SOURCE):
        return found.relative_to(_SOURCE).as_posix()
    parts = found.parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    return "Python" if path != "~" else "built in"


def _document(name: str, rows: list[Row]) -> str:
    total = sum(own for _, _, own in rows)
    rooms: Counter[str] = Counter()
    for who, _, own in rows:
        rooms[who.partition(":")[0].partition("/")[0]] += own
    largest = sorted(rows, key=lambda row: (-row[2], row[0]))[:_SHOWN]
    lines = [
        "# Where the time goes",
        "",
        "Written by `make profile`: edit `tests/bench/`, not this page.",
        f"decompose {__version__}, CPython {sys.version.split()[0]}: one cold run on {name} in one process.",
        "",
        "Shares are of own time: what a function takes itself, without what it calls. Functions that are",
        "called often look dearer than they are, as watching them costs too.",
        "",
        "| room | share |",
        "| --- | ---: |",
        *(
            f"| {room} | {own / total:.1%} |"
            for room, own in rooms.most_common()
            if own / total >= 0.005
        ),
        "",
        f"The {_SHOWN} dearest functions take {sum(own for _, _, own in largest) / total:.0%}.",
        "",
        "| function | calls | share |",
        "| --- | ---: | ---: |",
        *(f"| `{who}` | {calls:,} | {own / total:.1%} |" for who, calls, own in largest),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main(sys.argv[1:])
