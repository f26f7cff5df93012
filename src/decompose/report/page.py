"""How does an analysis become one HTML file? Views of its parts, put into templates, with their own style and script.

The page loads nothing: a policy in its head forbids all but this very style and this very script, by their hashes.
"""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path

import jinja2

from decompose import disk
from decompose.graph import Analysis
from decompose.model.source import Site
from decompose.report.boundaries import boundaries
from decompose.report.changes import changes
from decompose.report.data import data
from decompose.report.entries import entries
from decompose.report.findings import findings
from decompose.report.grouping import grouping
from decompose.report.limits import Cuts
from decompose.report.lookup import Lookup
from decompose.report.problems import problems
from decompose.report.search import labels, members, named
from decompose.report.servicemap import matrix, service_map
from decompose.report.services import rest, services
from decompose.report.summary import overview
from decompose.report.text import counted, embedded, figure, percent, visible

STYLES = ("base.css", "parts.css", "map.css")
SCRIPTS = ("page.js", "map.js", "search.js")


def render(analysis: Analysis, *, excerpt: Callable[[Site], str] | None = None) -> str:
    """The page. `excerpt`: the text that stands at a site, shown beside the evidence; "" where it is unknown."""
    lookup, cuts = Lookup(analysis, excerpt), Cuts()
    folder = disk.templates() / "report"
    style, script = _joined(folder, STYLES), _joined(folder, SCRIPTS)
    return (
        _environment(folder)
        .get_template("page.html")
        .render(
            **_views(lookup, cuts),
            cuts=cuts.notes,
            style=style,
            script=script,
            policy=_policy(style, script),
        )
    )


def _views(lookup: Lookup, cuts: Cuts) -> dict[str, object]:
    costs = findings(lookup, cuts)
    found = boundaries(lookup, costs, cuts)
    every_service, tables = services(lookup, found, cuts), data(lookup, cuts)
    doors = entries(lookup, cuts)
    return {
        "overview": overview(lookup),
        "changes": changes(lookup, cuts),
        "grouping": grouping(lookup),
        "services": every_service,
        "rest": rest(lookup),
        "map": service_map(lookup, found, cuts),
        "matrix": matrix(lookup, found, cuts),
        "boundaries": found,
        "data": tables,
        "findings": costs,
        "entries": doors,
        "problems": problems(lookup, cuts),
        "embedded": embedded(
            {
                "named": named(every_service, tables, doors, costs),
                "members": members(lookup, cuts),
                "labels": labels(lookup),
                "crossings": found.kept,
            }
        ),
    }


def _environment(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=visible,
    )
    environment.filters |= {"counted": counted, "figure": figure, "percent": percent}
    return environment


def _joined(folder: Path, names: tuple[str, ...]) -> str:
    """Our own files, one after another; newlines as the page's parser will see them."""
    return "\n".join((folder / name).read_text(encoding="utf-8").strip() for name in names)


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
