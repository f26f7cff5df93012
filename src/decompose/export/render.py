"""Which formats are there?"""

import difflib
from collections.abc import Callable

from decompose.errors import DecomposeError
from decompose.export import (
    accesses,
    callgraph,
    crud,
    dot,
    graphml,
    mermaid,
    partition,
    sequences,
    tables,
)
from decompose.export.options import ExportOptions, Form
from decompose.graph import Analysis

Exporter = Callable[[Analysis, ExportOptions], str]

FORMATS: dict[str, Exporter] = {
    "callgraph": callgraph.render,
    "partition": partition.render,
    "graphml": graphml.render,
    "dot": dot.render,
    "mermaid": mermaid.render,
    "crud": crud.render,
    "schema": tables.render,
    "accesses": accesses.render,
    "sequences": sequences.render,
}
"""Format -> who writes it. Each is a pure function; its output is sorted and ends with a newline."""


FORMS: dict[str, tuple[Form, ...]] = {
    "crud": (Form.CSV, Form.JSON, Form.MARKDOWN),
    "schema": (Form.MERMAID, Form.DBML),
}
"""Format -> the ways in which it can be written, the usual one first; others have one."""


def render(form: str, analysis: Analysis, options: ExportOptions | None = None) -> str:
    """An analysis in a format. Errors: DecomposeError for a format that is none."""
    exporter = FORMATS.get(form)
    if exporter is None:
        near = difflib.get_close_matches(form.lower(), FORMATS, n=1)
        remedy = f"did you mean {near[0]!r}?" if near else f"choose one of: {', '.join(FORMATS)}"
        raise DecomposeError(f"there is no format {form!r}", remedy=remedy)
    chosen = options or ExportOptions()
    forms = FORMS.get(form, ())
    if chosen.form is not None and chosen.form not in forms:
        ways = f"it has {', '.join(forms)}" if forms else "it has one only"
        raise DecomposeError(f"{form} cannot be written as {chosen.form}", remedy=ways)
    return exporter(analysis, chosen)
