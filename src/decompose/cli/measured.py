"""What does a person want to know of an audit? What was found, what was missed and where, what was never seen."""

import sys
from collections.abc import Iterable
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from decompose.cli import failure, terminal
from decompose.cli.printable import printable
from decompose.cli.signals import held
from decompose.errors import CheckFailed, DecomposeError
from decompose.model.audit import Audit, Seen, Share, TableShares

_FORMS = ("text", "json")
_CAUSES, _SITES = 12, 3
_FULL = 100
_WORDS = {
    Seen.DIRECT: "direct calls",
    Seen.IMPLICIT: "implicit calls (properties, operators, with, iteration)",
    Seen.GENERATOR: "generators, begun by who iterates",
    Seen.MEDIATED: "calls through a library",
    Seen.IMPORT: "imports that ran a module",
}
_BOUNDS = {
    "written": "calls as written",
    "implicit": "implicit calls",
    "framework": "through a framework",
    "override": "answered by a subclass, perhaps",
    "name-only": "by name only",
}


def audit(trace: Path, folder: Path, form: str, fail_under: float | None) -> int:
    """Measure, tell, and check."""
    failure.choice(form, _FORMS, "--format")
    if fail_under is not None and not 0 <= fail_under <= _FULL:
        raise DecomposeError("this must be a number from 0 to 100", where="--fail-under")
    with held():
        from decompose import pipeline  # noqa: PLC0415
        from decompose.audit import as_json  # noqa: PLC0415

    found = pipeline.render_audit(folder, trace)
    if form == "json":
        terminal.write(as_json(found))
    else:
        terminal.show(_page(found), terminal.console(sys.stdout))
    _check(found, fail_under)
    return 0


def _check(found: Audit, fail_under: float | None) -> None:
    ratio = found.recall[Seen.DIRECT].ratio
    if fail_under is None or (ratio is not None and ratio * _FULL >= fail_under):
        return
    said = "nothing was seen" if ratio is None else f"the recall of direct calls is {ratio:.1%}"
    raise CheckFailed(f"{said}, wanted are {fail_under:g} %", remedy="see the causes above")


def _page(found: Audit) -> RenderableType:
    parts: list[RenderableType] = [*_warnings(found), _recall(found), "", _bounds(found)]
    if found.tables is not None:
        parts += ["", _tables(found.tables)]
    if found.causes:
        parts += ["", _causes(found)]
    return Group(*parts)


def _warnings(found: Audit) -> Iterable[RenderableType]:
    if found.stale:
        first = printable(found.stale[0])
        yield Text(
            f"{len(found.stale)} files changed between run and analysis, {first} first: "
            "their lines may not fit",
            style="yellow",
        )
    for reason, count in found.unknown.items():
        yield Text(f"{count:,} functions that ran are left out: {reason}", style="yellow")
    if found.stale or found.unknown:
        yield ""


def _table(*heads: str) -> Table:
    table = Table.grid(padding=(0, 2))
    for position, head in enumerate(heads):
        table.add_column(justify="left" if position == 0 else "right")
        _ = head
    table.add_row(*(Text(head, style="bold" if not at else "dim") for at, head in enumerate(heads)))
    return table


def _recall(found: Audit) -> RenderableType:
    table = _table("What ran, and was read", "recall", "found", "of")
    for seen, words in _WORDS.items():
        _add(table, words, found.recall[seen])
        if seen is Seen.IMPLICIT:
            for word, share in found.by_how.items():
                if word not in ("call", "import"):
                    _add(table, f"  {word}", share)
    _add(table, "between modules", found.between_modules)
    _add(table, "pairs of modules", found.modules)
    return table


def _bounds(found: Audit) -> RenderableType:
    table = _table(
        "What was read, and was seen", "of code that ran", "seen", "of", "of lines that ran"
    )
    for bound in found.bounds:
        lines = bound.of_lines
        said = "not watched" if lines is None else _percent(lines)
        share = bound.of_functions
        table.add_row(
            _BOUNDS[bound.kind], _percent(share), f"{share.found:,}", f"{share.total:,}", said
        )
    share = found.module_bound
    table.add_row("pairs of modules", _percent(share), f"{share.found:,}", f"{share.total:,}", "")
    return table


def _tables(found: TableShares) -> RenderableType:
    table = _table(
        f"Tables of {found.doors} entry points that ran", "recall", "of", "precision", "of"
    )
    for words, recall, precision in (
        ("read", found.read_recall, found.read_precision),
        ("written", found.write_recall, found.write_precision),
    ):
        cells = (_percent(recall), f"{recall.total:,}", _percent(precision), f"{precision.total:,}")
        table.add_row(words, *cells)
    lines: list[RenderableType] = [table]
    if found.cascades:
        lines.append(Text(f"{found.cascades} more were looked for or taken along by deletions"))
    for miss in found.misses[:_CAUSES]:
        said = f"{printable(str(miss.site or ''))}  {printable(miss.table)} "
        said += f"{'written' if miss.is_write else 'read'}, {'missed' if miss.is_missed else 'not seen'}: "
        lines.append(Text(f"  {said}{printable(miss.door)}", style="dim", no_wrap=True))
    rest = len(found.misses) - _CAUSES
    if rest > 0:
        lines.append(Text(f"  … {rest} more: see --format json", style="dim"))
    return Group(*lines)


def _causes(found: Audit) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    table.add_column()
    table.add_row(Text("missed", style="dim"), Text("why, and where", style="bold"))
    for cause in found.causes[:_CAUSES]:
        table.add_row(
            f"{cause.count:,}", Text(f"{_WORDS[cause.seen].split(' (')[0]}: {printable(cause.why)}")
        )
        for miss in cause.misses[:_SITES]:
            place = f"  {printable(str(miss.site))}  → {_short(printable(miss.callee))}"
            table.add_row("", Text(place, style="dim"))
    rest = found.causes[_CAUSES:]
    if rest:
        count = sum(cause.count for cause in rest)
        table.add_row(f"{count:,}", Text(f"{len(rest)} other causes: see --format json"))
    return table


def _short(name: str) -> str:
    """Keep the last two parts of a dotted name: the line beside it says where."""
    return ".".join(name.split(".")[-2:])


def _add(table: Table, words: str, share: Share) -> None:
    table.add_row(words, _percent(share), f"{share.found:,}", f"{share.total:,}")


def _percent(share: Share) -> str:
    return "–" if share.ratio is None else f"{share.ratio:.1%}"
