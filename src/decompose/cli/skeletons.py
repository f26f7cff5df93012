"""What was done with each file of a skeleton? Counts a service; file by file where a person has to look.

A dry run lists every file with its reason.
"""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from decompose.cli import terminal
from decompose.cli.printable import printable
from decompose.pipeline import Scaffolded
from decompose.scaffold import Written

_FATES = ("created", "updated", "removed", "unchanged", "kept", "conflicts")
_STYLES = {"created": "green", "updated": "cyan", "removed": "yellow", "conflicts": "bold red"}
_NOTES = {
    "kept": "edited or deleted by you, and left so",
    "conflicts": "not written: you have another file there",
    "removed": "no longer planned, and not edited",
}


def show(done: Scaffolded, console: Console, *, dry_run: bool) -> None:
    """Write what was done, or would be."""
    fates = {path: fate for fate in _FATES for path in getattr(done.written, fate)}
    if dry_run:
        _show_files(fates, {file.path: file.why for file in done.plan}, console)
    else:
        _show_counts(fates, console)
        _show_special(done.written, console)
    place = printable(done.folder.as_posix())
    total = _count(len(fates), "file")
    console.print()
    if dry_run:
        console.print(Text(f"{total} in {place}; nothing was written: this was a dry run"))
    else:
        console.print(Text.assemble((place, "bold"), f": {total}; begin with README.md there"))


def _show_files(fates: dict[str, str], reasons: dict[str, str], console: Console) -> None:
    """Write a line a file, however long: it may be searched or counted."""
    widest = max(map(len, fates), default=0)
    for path, fate in sorted(fates.items()):
        why = reasons.get(path, _NOTES.get(fate, ""))
        line = Text.assemble(
            (f"{fate:<9}  ", _STYLES.get(fate, "dim")),
            f"{printable(path):<{widest}}  ",
            (printable(why), "dim"),
        )
        console.print(line, soft_wrap=True)


def _show_counts(fates: dict[str, str], console: Console) -> None:
    """Write a line a service: how many files had which fate."""
    counts: dict[str, Counter[str]] = {}
    for path, fate in sorted(fates.items()):
        service, _, rest = path.partition("/")
        counts.setdefault(service if rest else "", Counter())[fate] += 1
    table = Table.grid(padding=(0, 2))
    for service, found in sorted(counts.items()):
        row = Text(printable(service) or "overview", style="bold cyan" if service else "bold")
        table.add_row(row, _counted(found))
    terminal.show(table, console)


def _counted(found: Counter[str]) -> Text:
    parts = [
        Text(f"{found[fate]} {fate}", style=_STYLES.get(fate, "dim"))
        for fate in _FATES
        if found[fate]
    ]
    return Text(", ").join(parts)


def _show_special(written: Written, console: Console) -> None:
    """Write the paths that a person should know of."""
    for fate, note in _NOTES.items():
        paths: Sequence[str] = getattr(written, fate)
        if paths:
            console.print()
            console.print(Text.assemble((fate, _STYLES.get(fate, "bold")), f": {note}"))
            for path in paths:
                console.print(Text(f"  {printable(path)}"))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
