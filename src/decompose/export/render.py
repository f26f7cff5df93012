"""Which formats are there?"""

import difflib
from collections.abc import Callable

from decompose.errors import DecomposeError
from decompose.export import callgraph, dot, graphml, mermaid, partition
from decompose.export.options import ExportOptions
from decompose.graph import Analysis

Exporter = Callable[[Analysis, ExportOptions], str]

FORMATS: dict[str, Exporter] = {
    "callgraph": callgraph.render,
    "partition": partition.render,
    "graphml": graphml.render,
    "dot": dot.render,
    "mermaid": mermaid.render,
}
"""Format -> who writes it. Each is a pure function; its output is sorted and ends with a newline."""


def render(form: str, analysis: Analysis, options: ExportOptions | None = None) -> str:
    """An analysis in a format. Errors: DecomposeError for a format that is none."""
    exporter = FORMATS.get(form)
    if exporter is None:
        near = difflib.get_close_matches(form.lower(), FORMATS, n=1)
        remedy = f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(FORMATS)}"
        raise DecomposeError(f"there is no format {form!r}", remedy=remedy)
    return exporter(analysis, options or ExportOptions())
