"""What does a person want to know when an analysis ends? One screen, whatever the size of the program.

What was read; the services; the boundaries that weigh most, each with a place to look at; what is
not known; the verdict; what to do next. Where the screen is small the rows of services and
boundaries are cut, and the cut is counted. Names are the analyzed program's: shown, never obeyed.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from decompose.cli import terminal
from decompose.cli.differences import told_changes
from decompose.cli.grouping import told_domains, told_history, told_teams
from decompose.cli.printable import printable
from decompose.config import DEFAULT_OUTPUT
from decompose.model.partition import libraries
from decompose.model.source import Problem
from decompose.model.summary import BoundaryRow, ServiceRow, StageTime, Summary
from decompose.model.titles import framework_titles
from decompose.steps.summary import unresolved_share

_WIDEST = 120
_GAP = 2  # blanks between columns
_NARROWEST = 16  # characters that are worth a column of text
_BAR_FROM = 72
_FEWEST_SERVICES, _MOST_BOUNDARIES = 2, 6
_TIGHT = 6  # lines for both tables; below it there is room for one boundary only
_MOST_PROBLEMS = 3
_MOST_MOVES = 4
_TALL = 30  # lines; from here on there is room for more than one problem and for air
_SURE, _FAIR = 0.8, 0.6  # confidence: green from here, yellow from there
_BAR = 5
_MOST_REASONS = 4
_KNOWN = frozenset({"linked", "library", "builtin"})
_SEVERITIES = {
    "high": "need a decision",
    "medium": "need work",
    "low": "are good to know",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told besides the figures: where the outputs lie, and edits that could not be followed."""

    folder: Path
    conflicts: Sequence[str] = ()


def show(summary: Summary, told: Told, console: Console) -> None:
    """Write the summary, as wide and as long as the console is."""
    terminal.show(_fitted(summary, told, console), console)


def show_times(times: Sequence[StageTime], console: Console) -> None:
    """Write what each stage cost."""
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_row(
        Text("stage", style="dim"), Text("CPU s", style="dim"), Text("wall s", style="dim")
    )
    for time in times:
        table.add_row(time.stage, f"{time.cpu:.3f}", f"{time.wall:.3f}")
    table.add_row(
        Text("all", style="bold"),
        f"{sum(time.cpu for time in times):.3f}",
        f"{sum(time.wall for time in times):.3f}",
    )
    terminal.show(Group("", table), console)


def _fitted(summary: Summary, told: Told, console: Console) -> RenderableType:
    """Give the parts around the two tables what they need, and the tables the rest."""
    width, is_tall = min(console.width, _WIDEST), console.height >= _TALL
    head = _head(summary, width)
    tail = _tail(summary, told, width, is_tall=is_tall)
    fixed = _height(console, head, width) + _height(console, tail, width)
    overhead = 5 + is_tall  # a blank line and a header a table, the line below the services, air
    room = console.height - 1 - fixed - overhead  # the shell's prompt needs a line too
    services, boundaries = _shares(room, len(summary.services), len(summary.boundaries))
    parts: list[RenderableType] = [head]
    if summary.services:
        parts += ["", _services(summary, services, width)]
    if summary.boundaries:
        parts += ["", _boundaries(summary, boundaries, width)]
    return Group(*parts, *([""] if is_tall else []), tail)


def _height(console: Console, part: RenderableType, width: int) -> int:
    return len(console.render_lines(part, console.options.update(width=width)))


def _shares(room: int, services: int, boundaries: int) -> tuple[int, int]:
    """Share lines among services and boundaries: services first, but a few boundaries always."""
    least = min(boundaries, 2 if room > _TIGHT else 1)
    first = min(services, max(room - least, _FEWEST_SERVICES))
    second = min(boundaries, max(room - first, least), _MOST_BOUNDARIES)
    return first, second


def _head(summary: Summary, width: int) -> RenderableType:
    read = [_count(summary.files, "file"), _count(summary.lines, "line")]
    read += [_count(summary.definitions, "definition")]
    doors = [_count(number, kind) for kind, number in summary.entry_points.items() if number]
    found = ([_count(summary.tables, "table")] if summary.tables else []) + doors
    first = Text.assemble(
        (printable(summary.name), "bold"), "  ", (", ".join(read), ""), overflow="ellipsis"
    )
    second = Text(printable(", ".join(framework_titles(summary.frameworks))), style="cyan")
    if found:
        second.append(("  " if second else "") + ", ".join(found), style="default")
    return _limited(Group(first, second) if second else first, width)


def _services(summary: Summary, shown: int, width: int) -> RenderableType:
    with_bar = width >= _BAR_FROM
    heads = ["lines", "tables", "entry points" if with_bar else "entries"]
    heads += ["confidence" if with_bar else "sure", "purpose"]
    apart = libraries({row.name: row.tables + row.entry_points for row in summary.services})
    title = Text(_count(len(summary.services) - len(apart), "service"), style="bold")
    if apart:
        title.append(f" + {_count(len(apart), 'library')}")
    ranked = sorted(summary.services, key=lambda row: (row.name in apart, -row.lines, row.name))
    rows = [[title, *(Text(head, style="dim") for head in heads)]]
    rows += [_service_cells(row, with_bar=with_bar) for row in ranked[:shown]]
    table = _aligned(rows, numbers=range(1, 5), width=width)
    rest = _rest(summary, len(ranked) - shown)
    return _limited(Group(table, rest) if rest else table, width)


def _aligned(rows: Sequence[Sequence[Text]], *, numbers: Container[int], width: int) -> Table:
    """Align columns, those in `numbers` at the right. The last takes what the others leave.

    Where that is too little to read, there is no last column; then the first gives way.
    """
    widths = [max(cell.cell_len for cell in column) for column in zip(*rows, strict=True)]
    left = width - sum(widths[:-1]) - _GAP * (len(widths) - 1)
    if left < min(_NARROWEST, widths[-1]):
        rows = [row[:-1] for row in rows]
        del widths[-1]
        left += _GAP
        widths[0] += min(left, 0)
    else:
        widths[-1] = min(left, widths[-1])
    table = Table.grid(padding=(0, _GAP, 0, 0))
    for index, wide in enumerate(widths):
        side: JustifyMethod = "right" if index in numbers else "left"
        table.add_column(width=max(wide, 1), justify=side, no_wrap=True, overflow="ellipsis")
    for row in rows:
        table.add_row(*row)
    return table


def _service_cells(row: ServiceRow, *, with_bar: bool) -> list[Text]:
    return [
        Text(printable(row.name), style="bold cyan"),
        Text(f"{row.lines:,}"),
        Text(str(row.tables) if row.tables else "–"),
        Text(str(row.entry_points) if row.entry_points else "–"),
        _confidence(row.confidence, with_bar=with_bar),
        Text(printable(row.purpose.partition(". ")[0].rstrip(".")), style="dim"),
    ]


def _confidence(share: float, *, with_bar: bool) -> Text:
    style = "green" if share >= _SURE else "yellow" if share >= _FAIR else "red"
    full = round(share * _BAR)
    bar = ("━" * full + "─" * (_BAR - full) + " ") if with_bar else ""
    return Text(f"{bar}{share:4.0%}", style=style)


def _rest(summary: Summary, hidden: int) -> Text:
    """Say what the table of services leaves out."""
    parts = [f"… {hidden} more, see report.html"] if hidden > 0 else []
    if summary.shared_lines:
        parts.append(f"shared library: {_count(summary.shared_lines, 'line')}")
    if summary.unused_lines:
        parts.append(f"unused: {_count(summary.unused_lines, 'line')}")
    return Text(" · ".join(parts), style="dim", no_wrap=True, overflow="ellipsis")


def _boundaries(summary: Summary, shown: int, width: int) -> RenderableType:
    total = summary.boundary_count
    count = "1 boundary" if total == 1 else f"{shown} of {total:,} boundaries"
    heads = [Text(head, style="dim") for head in ("weight", "for example", "")]
    rows = [[Text(count, style="bold"), *heads]]
    rows += [_boundary_cells(row, width * 9 // 20) for row in summary.boundaries[:shown]]
    return _limited(_aligned(rows, numbers=(1,), width=width), width)


def _boundary_cells(row: BoundaryRow, width: int) -> list[Text]:
    between = Text.assemble(
        (printable(row.consumer), "cyan"), (" → ", "dim"), (printable(row.provider), "cyan")
    )
    return [
        between,
        Text(f"{row.weight:,.0f}"),
        Text(_end(printable(row.site), width)),
        Text(_short(printable(row.example)), style="dim"),
    ]


def _short(example: str) -> str:
    """Keep the last two parts of a dotted name: `calls orders.Order` of `calls shop.models.orders.Order`."""
    kind, _, target = example.partition(" ")
    return f"{kind} {'.'.join(target.split('.')[-2:])}"


def _end(text: str, width: int) -> str:
    """Keep the end of a place: the file's name and the line tell more than the first folder."""
    return text if len(text) <= width else "…" + text[1 - width :]


def _tail(summary: Summary, told: Told, width: int, *, is_tall: bool) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    rows = [
        ("Unresolved", _unresolved(summary, _MOST_REASONS if is_tall else 2)),
        ("Findings", _findings(summary)),
        ("Problems", _problems(summary.problems, _MOST_PROBLEMS if is_tall else 1)),
        ("Domains", told_domains(summary.domains)),
        ("Teams", told_teams(summary.teamwork)),
        ("History", told_history(summary.independence)),
        ("Changes", told_changes(summary.changes, _MOST_MOVES if is_tall else 1)),
        ("Your edits", _conflicts(told.conflicts, _MOST_PROBLEMS if is_tall else 1)),
        ("Verdict", _verdict(summary)),
        ("Next", _next(told.folder, has_services=bool(summary.services))),
    ]
    for label, text in rows:
        if text:
            table.add_row(Text(label, style="bold"), text)
    return _limited(table, width)


def _unresolved(summary: Summary, shown: int) -> Text:
    """Say the share of uses that could not be linked, and why, most frequent first."""
    total = sum(summary.calls.values())
    open_ones = {
        name: count for name, count in summary.calls.items() if name not in _KNOWN and count
    }
    if not total:
        return Text("")
    ranked = sorted(open_ones.items(), key=lambda item: (-item[1], item[0]))[:shown]
    why = ", ".join(f"{name.replace('-', ' ')} {count / total:.1%}" for name, count in ranked)
    share = f"{unresolved_share(summary.calls):.1%} of {total:,} uses"
    return Text(share + (f": {why}" if why else ""))


def _findings(summary: Summary) -> Text:
    parts = [
        f"{summary.findings[level]} {says}"
        for level, says in _SEVERITIES.items()
        if summary.findings.get(level)
    ]
    return Text(", ".join(parts))


def _problems(problems: Sequence[Problem], shown: int) -> Text:
    """Say how many files could not be read as they stand, and the first of them."""
    if not problems:
        return Text("")
    text = Text(f"{len(problems)}", style="yellow")
    for number, problem in enumerate(problems[:shown]):
        place = f"{problem.path}:{problem.line}" if problem.line else problem.path
        text.append("  " if number == 0 else "\n   ", style="default")
        text.append(f"{printable(place)}: {printable(problem.message)}", style="default")
    if len(problems) > shown:
        text.append(f"\n   … {len(problems) - shown} more, see report.html", style="dim")
    return text


def _conflicts(conflicts: Sequence[str], shown: int) -> Text:
    """Say which edits of a person could not be followed."""
    lines = [printable(each) for each in conflicts[:shown]]
    if len(conflicts) > shown:
        lines.append(f"… {len(conflicts) - shown} more, see --json")
    return Text("\n".join(lines), style="yellow")


def _verdict(summary: Summary) -> Text:
    return Text(printable(summary.verdict), style="green" if summary.worth_it else "yellow")


def _next(folder: Path, *, has_services: bool) -> Text:
    place = printable(folder.as_posix())
    text = Text.assemble("open ", (f"{place}/report.html", "bold"))
    if not has_services:
        return text
    source = "" if folder == DEFAULT_OUTPUT else f" --from {place}"
    text.append("; edit ").append(f"{place}/decompose.toml", style="bold")
    return text.append("; then run ").append(f"decompose scaffold{source}", style="bold")


def _limited(part: RenderableType, width: int) -> RenderableType:
    """Keep a part from growing as wide as the widest terminals are."""
    table = Table.grid()
    table.add_column(width=width)
    table.add_row(part)
    return table


def _count(number: int, noun: str) -> str:
    """Write a number with its noun."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"
