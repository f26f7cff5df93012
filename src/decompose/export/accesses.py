"""Who touches which table, where, how sure is that? JSON, one access a line."""

from collections.abc import Iterable

from decompose.export.options import ExportOptions
from decompose.export.text import compact
from decompose.graph import Analysis


def render(analysis: Analysis, options: ExportOptions) -> str:
    """A list of accesses, sorted by function, line, table and mode; of those that are sure enough."""
    rows = sorted(
        (
            each.source,
            each.site.path,
            each.site.line,
            each.table,
            each.mode.value,
            list(each.columns),
            each.confidence.name.lower().replace("_", "-"),
            each.loop_depth,
            each.locks,
        )
        for each in analysis.program.accesses
        if each.confidence >= options.min_confidence
    )
    keys = ("function", "file", "line", "table", "mode", "columns", "confidence", "loops", "locks")
    return listed(dict(zip(keys, row, strict=True)) for row in rows)


def listed(rows: Iterable[object]) -> str:
    """A JSON list, one element a line."""
    lines = [f" {compact(row)}" for row in rows]
    return "[\n" + ",\n".join(lines) + "\n]\n" if lines else "[]\n"
