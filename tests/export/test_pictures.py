"""GraphML, DOT and Mermaid: valid whatever names they hold, the same edges in each, small enough to be read."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise

import networkx as nx
import pytest
from export_programs import SPLIT, Drawing, analysis, shop

from decompose.errors import DecomposeError
from decompose.export import FORMATS, ExportOptions, Level, render
from decompose.model.partition import Capability, Partition
from decompose.model.program import NodeKind

HOSTILE = [
    'a"b',
    "</graphml>",
    "<b onload=x>",
    "&amp;",
    "a\\",
    'x"];evil[',
    "a\nb",
    "]]>",
    "\x00\x1b[31m",
    "\u2028",
    "\u202e",
    "`md`",
    "#quot;",
    "click n0 call",
    "end",
    "%%{init}%%",
    "\udc80",
    "é 漢",
]


def graphml(text: str) -> nx.MultiDiGraph:
    return nx.parse_graphml(text, force_multigraph=True)


def with_names(names: list[str]) -> tuple[Drawing, Partition]:
    drawing = Drawing()
    for number, name in enumerate(names):
        drawing.module(f"m.{name}", 10, path=f"{number}.py")
    for left, right in pairwise(names):
        drawing.edge(f"m.{left}", f"m.{right}")
    services = (Capability(name, name, (f"m.{name}",), (), ()) for name in names)
    return drawing, Partition(tuple(services), (), ())


@pytest.mark.parametrize("level", list(Level))
def test_graphml_is_read_by_others(level: Level) -> None:
    found = graphml(
        render("graphml", analysis(shop().program(), SPLIT), ExportOptions(level=level))
    )
    assert found.number_of_nodes()
    assert all({"kind", "service", "lines"} <= set(data) for _, data in found.nodes(data=True))


def test_modules_keep_kinds_and_weights_of_their_edges() -> None:
    found = graphml(render("graphml", analysis(shop().program(), SPLIT)))
    rows = {
        (source, target, data["kind"]): (data["edges"], data["weight"])
        for source, target, data in found.edges(data=True)
    }
    assert rows == {
        ("shop.orders", "shop.billing", "imports"): (1, 1),
        ("shop.orders", "shop.billing", "calls"): (1, 1),
        ("shop.orders", "shop.billing", "instantiates"): (1, 1),
        ("shop.orders", "table:orders", "writes"): (1, 1),
    }
    assert found.nodes["table:orders"]["service"] == "orders"


def test_loops_weigh_ten_fold() -> None:
    options = ExportOptions(level=Level.DEFINITION)
    found = graphml(render("graphml", analysis(shop().program(), SPLIT), options))
    (edge,) = found.get_edge_data("shop.orders.view", "shop.orders.Order.pay").values()
    assert edge["weight"] == 200, "two places, two loops around each"


def test_definitions_hold_entry_points_and_no_tests_unless_wanted() -> None:
    made = analysis(shop().program(), SPLIT)
    nodes = set(graphml(render("graphml", made, ExportOptions(level=Level.DEFINITION))).nodes)
    assert {"route:GET /orders", "task:bill", "shop.billing.charge.retry"} <= nodes
    assert not [name for name in nodes if name.startswith(("tests", "external"))]
    more = ExportOptions(level=Level.DEFINITION, tests=True, external=True)
    nodes = set(graphml(render("graphml", made, more)).nodes)
    assert {"tests.test_orders.test_pay", "external:json"} <= nodes


def test_direct_and_confidence_narrow_a_picture() -> None:
    made = analysis(shop().program(), SPLIT)

    def count(**options: object) -> int:
        chosen = ExportOptions(level=Level.DEFINITION, **options)
        return graphml(render("graphml", made, chosen)).number_of_edges()

    assert count(direct=True) < count()


@pytest.mark.parametrize("level", list(Level))
def test_hostile_names_stay_names_in_graphml(level: Level) -> None:
    drawing, parts = with_names(HOSTILE)
    text = render("graphml", analysis(drawing.program(), parts), ExportOptions(level=level))
    text.encode("utf-8")
    document = ET.fromstring(text)  # noqa: S314 -- our own output
    nodes = document.findall(".//{http://graphml.graphdrawing.org/xmlns}node")
    assert len(nodes) == len(HOSTILE)


_QUOTED = r'"(?:[^"\\\n]|\\.)*"'
_DOT_LINE = re.compile(
    rf"(?:digraph {_QUOTED} {{|}}|  }}|  rankdir=LR;|  (?:node|edge) \[.*\];"
    rf"|  subgraph cluster_\d+ {{|    label={_QUOTED};"
    rf"|\s+{_QUOTED} \[label={_QUOTED}(?:, shape=\w+)?\];"
    rf'|  {_QUOTED} -> {_QUOTED} \[label="\d+", penwidth=[\d.]+\];)'
)
_MERMAID_LINE = re.compile(
    r"flowchart LR|  %% \d+ lighter (?:nodes|edges) are left out|  n\d+ ?-->\|\d+\| n\d+"
    r'|  n\d+(?:\[\(|\[\[|\(\[|\[)"(?:[\w .,:/\-()=+*@|{}…→×]|#\d+;)*"(?:\)\]|\]\]|\]\)|\])'
)


@pytest.mark.parametrize("level", list(Level))
def test_hostile_names_stay_names_in_dot_and_mermaid(level: Level) -> None:
    drawing, parts = with_names(HOSTILE)
    made = analysis(drawing.program(), parts)
    for form, line in (("dot", _DOT_LINE), ("mermaid", _MERMAID_LINE)):
        text = render(form, made, ExportOptions(level=level))
        text.encode("utf-8")
        wrong = [each for each in text.split("\n")[:-1] if not line.fullmatch(each)]
        assert wrong == []


def test_a_picture_of_services_tells_lines_and_weights() -> None:
    made = analysis(shop().program(), SPLIT)
    mermaid, dot = render("mermaid", made), render("dot", made)
    assert '  n0(["billing, 60 lines"])\n' in mermaid
    assert "  n1 -->|3| n0\n" in mermaid, "orders need billing: an import, a call, an instantiation"
    assert '  "orders" -> "billing" [label="3",' in dot


def test_a_large_program_stays_readable_in_mermaid() -> None:
    drawing, parts = with_names([f"n{number:03}" for number in range(300)])
    for left in range(0, 300, 3):
        for right in range(0, 300, 7):
            drawing.edge(f"m.n{left:03}", f"m.n{right:03}")
    made = analysis(drawing.program(), parts)
    for level in Level:
        text = render("mermaid", made, ExportOptions(level=level))
        kinds = Counter("edge" if "-->" in line else "other" for line in text.splitlines())
        assert kinds["edge"] <= 150
        assert kinds["other"] <= 63
        assert "lighter nodes are left out" in text


def test_dot_draws_a_box_around_each_service() -> None:
    text = render("dot", analysis(shop().program(), SPLIT), ExportOptions(level=Level.MODULE))
    assert 'label="orders";' in text
    assert '"table:orders" [label="table:orders", shape=cylinder];' in text


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("level", [None, *Level])
def test_each_format_has_each_level_and_ends_with_a_newline(form: str, level: Level | None) -> None:
    for made in (analysis(shop().program(), SPLIT), analysis(Drawing().program())):
        text = render(form, made, ExportOptions(level=level, tests=True, external=True, lines=True))
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


def test_a_format_that_is_none_is_told() -> None:
    with pytest.raises(DecomposeError, match="did you mean 'mermaid'"):
        render("mermaids", analysis(shop().program()))


def test_kinds_of_nodes_all_have_a_look() -> None:
    drawing = shop()
    drawing.other("queue:q", NodeKind.QUEUE)
    drawing.other("command:c", NodeKind.COMMAND)
    options = ExportOptions(level=Level.DEFINITION, external=True)
    assert render("dot", analysis(drawing.program(), SPLIT), options).count("shape=cds") == 6
