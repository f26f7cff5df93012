"""What moved since the run before, in a few lines."""

from rich.text import Text

from decompose.cli.printable import printable
from decompose.model.changes import ChangeCounts, MoveRow


def told_changes(changes: ChangeCounts | None, shown: int) -> Text:
    """Counts first, then services that came and went, then the largest moves with their reasons."""
    if changes is None:
        return Text("")
    text = Text(_counts(changes))
    for line in _services(changes):
        text.append(f"\n{line}")
    for row in changes.moves[:shown]:
        text.append("\n")
        text.append_text(_move(row))
    if len(changes.moves) > shown:
        text.append(f"\n… {len(changes.moves) - shown} more, see report.html", style="dim")
    return text


def _counts(changes: ChangeCounts) -> str:
    counts = (
        (changes.moved, "moved"),
        (changes.added, "new"),
        (changes.gone, "gone"),
        (changes.renamed, "renamed"),
    )
    told = [f"{count:,} {word}" for count, word in counts if count]
    return f"{', '.join(told) or 'nothing moved'}; {changes.kept:,} members stayed"


def _services(changes: ChangeCounts) -> list[str]:
    pairs = [f"{before}, now {after}" for before, after in changes.services_renamed]
    told = (
        ("new services", changes.services_added),
        ("services that are gone", changes.services_gone),
        ("renamed services", pairs),
    )
    return [f"{title}: {printable(', '.join(names))}" for title, names in told if names]


def _move(row: MoveRow) -> Text:
    count = printable(row.example) if row.members == 1 else f"{row.members:,} members"
    places = (printable(row.before), "cyan"), (" → ", "dim"), (printable(row.after), "cyan")
    return Text.assemble(*places, f"  {count}", (f": {row.why}", "dim"))
