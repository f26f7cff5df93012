"""How is an explanation told on a terminal, or in a pipe?

Names first, then how, whose and how sure; below each its evidence: the way, the places, the code.
"""

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from decompose.cli import terminal
from decompose.cli.printable import printable
from decompose.explain.values import Explanation, Hop, Place, Row, Section, Subject

_DEEPEST = 8  # hops that are indented one below the other
_DOUBTS = {"inferred": "?", "name-only": "??"}


def show(found: Explanation, console: Console) -> None:
    """Write an explanation."""
    parts: list[RenderableType] = [_subject(each) for each in found.subjects]
    parts += [part for each in found.sections for part in ("", _section(each))]
    if not found.sections:
        parts += ["", Text("nothing ties them" if len(found.subjects) > 1 else "nothing is known")]
    terminal.show(Group(*parts), console)


def _subject(found: Subject) -> Text:
    text = Text.assemble((f"{found.kind} ", "dim"), (printable(found.name), "bold cyan"))
    if found.service and found.kind != "service":
        text.append("  in ", style="dim").append(printable(found.service), style="cyan")
    if found.why:
        text.append(f"  {printable(found.why)}", style="dim")
    if found.place is not None:
        text.append(f"\n  {printable(str(found.place.site))}", style="dim")
    return text


def _section(found: Section) -> RenderableType:
    hidden = found.total - len(found.rows)
    count = f" ({found.total}, {len(found.rows)} shown)" if hidden > 0 else f" ({found.total})"
    head = Text.assemble((printable(found.title), "bold"), (count, "dim"))
    parts = []
    before: tuple[Hop, ...] = ()
    for row in found.rows:
        parts += [Padding(part, (0, 0, 0, 2)) for part in _row(row, _known(row.path, before))]
        before = row.path
    return Group(head, *parts)


def _known(path: tuple[Hop, ...], before: tuple[Hop, ...]) -> int:
    """How many hops of a way were shown with the row before; the last of them is shown again."""
    alike = 0
    while alike < min(len(path), len(before)) and path[alike] == before[alike]:
        alike += 1
    return max(alike - 1, 0)


def _row(row: Row, known: int) -> Iterator[RenderableType]:
    head = Text(printable(row.name), style="cyan")
    if row.how:
        head.append(f"  {printable(row.how)}", style="default")
    if row.service:
        head.append(f"  [{printable(row.service)}]", style="dim")
    if row.sure in _DOUBTS:
        head.append(f"  {_DOUBTS[row.sure]}", style="yellow")
    yield head
    if len(row.path) > 1:
        if known:
            yield Text("  …", style="dim")
        yield from (_hop(number, row.path[number]) for number in range(known, len(row.path)))
    for place in row.places:
        yield _place(place)
    if row.place_count > len(row.places):
        yield Text(f"  … {row.place_count - len(row.places)} more places", style="dim")


def _hop(number: int, hop: Hop) -> RenderableType:
    text = Text(f"{'→ ' * (number > 0)}{printable(hop.name)}", style="default")
    if hop.place is not None:
        text.append(f"  {printable(str(hop.place.site))}", style="dim")
    return Padding(text, (0, 0, 0, 2 + 2 * min(number, _DEEPEST)))


def _place(place: Place) -> Text:
    text = Text(f"  {printable(str(place.site))}", style="dim", no_wrap=True, overflow="ellipsis")
    if place.text:
        text.append(f"  {printable(place.text)}", style="default")
    return text
