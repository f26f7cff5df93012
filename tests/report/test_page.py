import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.link.programs import linked
from tests.report.page import Page, digest
from tests.report.programs import nothing, shop

from decompose.graph import Analysis
from decompose.model.partition import Boundary, Crossing
from decompose.model.program import Confidence, EdgeKind
from decompose.model.source import Site
from decompose.report import render

ROOT = Path(__file__).parents[2]
SECTIONS = [
    "summary",
    "services",
    "map",
    "boundaries",
    "data",
    "findings",
    "entry-points",
    "problems",
    "how-to-read",
]
HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "'\"><svg onload=alert(1)>",
    "&lt;b&gt;{{ 7*7 }}{% raw %}",
    "a\u2028b\u2029c\x00\x1b[31m\u202egnp.exe\ud800",
    "javascript:alert(1)//",
    "]]>\r\n<style>*{display:none}",
]


def hostile(suffix: str) -> Analysis:
    return shop(4, lambda name: f"{name}{suffix}")


def everything() -> dict[str, Analysis]:
    return {"nothing": nothing(), "one": shop(1), "eight": shop(8), "thirty": shop(30)} | {
        f"hostile {number}": hostile(suffix) for number, suffix in enumerate(HOSTILE)
    }


@pytest.fixture(scope="module", params=everything().items(), ids=lambda item: item[0])
def page(request: pytest.FixtureRequest) -> Page:
    return Page(render(request.param[1], excerpt=lambda site: f"<script>x = {site.line}</script>"))


def test_sections_stand_in_order(page: Page) -> None:
    assert [e.attributes["id"] for e in page.all("section")] == SECTIONS


def test_every_link_leads_to_something_on_the_page(page: Page) -> None:
    ids = {e.attributes["id"] for e in page.elements if "id" in e.attributes}
    links = {e.attributes["href"] for e in page.all("a")}
    assert {link for link in links if link.removeprefix("#") not in ids} == set()
    known = {anchor for _, _, _, anchor in page.embedded["named"]}
    known |= {anchor for _, anchor in page.embedded["labels"]} | set(page.embedded["crossings"])
    assert known <= ids


def test_ids_are_unique(page: Page) -> None:
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))


def test_nothing_is_loaded_from_anywhere(page: Page) -> None:
    for element in page.elements:
        for name, value in element.attributes.items():
            if name in ("src", "srcset", "href", "xlink:href", "action", "poster", "data", "ping"):
                assert value.startswith(("#", "data:image/svg+xml,")), (element.tag, name, value)
    (style,) = page.all("style")
    assert "@import" not in style.text
    assert "url(" not in style.text


def test_the_policy_allows_this_very_style_and_script_alone(page: Page) -> None:
    (style,) = page.all("style")
    data, script = page.all("script")
    assert data.attributes["type"] == "application/json"
    assert script.attributes == {}
    assert page.policy["default-src"] == "'none'"
    assert page.policy["script-src"] == digest(script.text)
    assert page.policy["style-src"] == digest(style.text)
    assert not set(page.policy) & {"connect-src", "frame-src", "object-src"}, "default-src rules"


def test_no_element_needs_what_the_policy_forbids(page: Page) -> None:
    for element in page.elements:
        assert not [a for a in element.attributes if a == "style" or a.startswith("on")], element


def test_names_of_the_program_make_no_elements(page: Page) -> None:
    assert not page.all("img")
    assert len(page.all("script")) == 2
    assert len(page.all("style")) == 1


def test_no_hidden_or_turning_characters_reach_the_reader(page: Page) -> None:
    page.html.encode("utf-8")
    assert not set(page.html) & set("\x00\x1b\r\u2028\u2029\u202e")


@pytest.mark.parametrize("suffix", HOSTILE)
def test_hostile_names_are_still_shown(suffix: str) -> None:
    shown = "".join(
        c if c.isprintable() or c == "\n" else f"\\u{ord(c):04x}" for c in f"ordering{suffix}"
    )
    page = Page(render(hostile(suffix)))
    assert any(e.text == shown for e in page.all("h3"))
    assert any(row[1] == shown for row in page.embedded["named"])


def test_embedded_data_cannot_leave_its_element() -> None:
    html = render(hostile("</script><!--"))
    raw = html.partition('id="embedded">')[2].partition("</script>")[0]
    assert "<" not in raw
    assert raw.isascii()
    assert raw.rstrip().endswith("}")


@pytest.mark.parametrize("seed", ["0", "1", "77"])
def test_equal_analyses_give_equal_bytes_whatever_the_hash_seed(seed: str) -> None:
    program = (
        "import hashlib; from tests.report.programs import shop; from decompose.report import render;"
        "print(hashlib.sha256(render(shop(12)).encode()).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    run = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == hashlib.sha256(render(shop(12)).encode()).hexdigest()


def test_every_boundary_shows_its_crossings_with_their_lines() -> None:
    analysis = shop(8)
    page = Page(render(analysis))
    views = page.having("boundary")
    assert len(views) == len(analysis.boundaries)
    for view, boundary in zip(views, analysis.boundaries, strict=True):
        assert (view.attributes["data-consumer"], view.attributes["data-provider"]) == (
            boundary.consumer,
            boundary.provider,
        )
        later = page.embedded["crossings"].get(view.attributes["id"], [])
        sites = view.text + " ".join(site for row in later for site in row[5])
        for crossing in boundary.crossings:
            assert str(crossing.sites[0]) in sites


def test_what_binds_by_data_comes_first_and_is_marked() -> None:
    analysis = shop(8)
    page = Page(render(analysis))
    keyed = [
        b for b in analysis.boundaries if any(c.kind is EdgeKind.REFERENCES for c in b.crossings)
    ]
    marked = [v for v in page.having("boundary") if "data-binds" in v.attributes]
    assert {(v.attributes["data-consumer"], v.attributes["data-provider"]) for v in marked} == {
        (b.consumer, b.provider) for b in keyed
    }
    assert all("has a foreign key to" in view.text for view in marked)


def test_a_table_written_from_outside_is_marked_and_lists_the_lines() -> None:
    analysis = shop(8)
    owners = {t: c.name for c in analysis.partition.capabilities for t in c.tables}
    labels = analysis.partition.labels()
    graph = analysis.program.graph
    foreign = [
        access
        for access in analysis.program.accesses
        if access.mode.writes
        and labels[graph.nodes.names[graph.atoms[graph.index[access.source]]]]
        != owners[f"table:{access.table}"]
    ]
    assert foreign, "the shop has such tables"
    page = Page(render(analysis))
    assert len(page.having("foreign", "td")) == len({(a.table, a.source) for a in foreign})
    for access in foreign:
        assert str(access.site) in page.one(f"table-{access.table}").text


def test_findings_come_by_severity() -> None:
    order = ["high", "medium", "low"]
    found = [
        order.index(e.attributes["data-severity"]) for e in Page(render(shop(12))).having("finding")
    ]
    assert found == sorted(found)
    assert len(set(found)) == 3


def test_a_rival_that_beats_the_proposal_is_marked() -> None:
    page = Page(render(shop(8)))
    rows = [e.text for e in page.all("tr") if "Split transactions" in e.text]
    (row,) = rows
    assert "0 ▲" in row, "one service splits no transaction"
    assert "28 ▽" in row, "random services split more"


def test_excerpts_stand_beside_their_sites() -> None:
    seen: list[Site] = []

    def excerpt(site: Site) -> str:
        seen.append(site)
        return f"\n    if a < b:\n        go({site.line})\n"

    page = Page(render(shop(3), excerpt=excerpt))
    texts = {e.text for e in page.having("excerpt", "code")}
    assert seen
    assert len(seen) == len(set(seen)), "each place is read once"
    assert f"if a < b:\n    go({seen[0].line})" in texts


def test_all_that_has_a_name_can_be_searched() -> None:
    analysis = shop(8)
    embedded = Page(render(analysis)).embedded
    names = {name for _, name, _, _ in embedded["named"]}
    assert {c.name for c in analysis.partition.capabilities} <= names
    assert {t.name for t in analysis.program.tables} <= names
    assert {f"{r.method} {r.path}" for r in analysis.program.routes} <= names
    members = {
        f"{module}.{name}" if name else module
        for module, _, rows in embedded["members"]
        for name, _, _ in rows
    }
    graph = analysis.program.graph
    atoms = {graph.nodes.names[a] for a in graph.atoms if a >= 0 and graph.kind(a).is_code}
    assert members == atoms


def test_an_empty_tree_says_so() -> None:
    page = Page(render(nothing()))
    assert "no split is proposed" in page.one("summary").text
    assert "No tables were found." in page.one("data").text


def crowded() -> Analysis:
    """Thirty services, all coupled with all through thousands of crossings."""
    small = shop(30)
    names = [capability.name for capability in small.partition.capabilities]
    crossings = tuple(
        Crossing(
            EdgeKind.CALLS,
            f"shop.module_{number}.some_function_of_it",
            f"shop.other_{number}.another_function_of_it",
            Confidence.EXACT,
            tuple(Site(f"shop/module_{number}/views_and_more.py", line) for line in range(1, 40)),
            39.0,
        )
        for number in range(400)
    )
    boundaries = tuple(
        Boundary(provider, consumer, crossings, 15_600.0)
        for consumer in names
        for provider in names
        if consumer != provider
    )
    findings = small.findings * 100
    problems = small.problems * 5_000
    routes = small.program.routes * 50
    program = replace(small.program, routes=routes)
    return replace(
        small, boundaries=boundaries, findings=findings, problems=problems, program=program
    )


def test_a_crowded_program_still_gives_a_light_page_that_says_what_was_cut() -> None:
    html = render(crowded(), excerpt=lambda _: "x = " * 400)
    assert len(html) < 8_000_000
    cuts = Page(html).one("how-to-read").text
    for what in (
        "boundaries: 400 of 870",
        "crossings of boundaries:",
        "findings: 500 of 2,400",
        "problems: 300 of 10,000",
        "entry points: 1,500 of",
    ):
        assert what in cuts


def test_a_boundary_shows_its_gravest_findings_and_counts_the_rest() -> None:
    small = shop(8)
    pair = next(f for f in small.findings if f.severity == "high").services
    many = replace(
        small, findings=tuple(f for f in small.findings if set(f.services) == set(pair)) * 30
    )
    view = next(
        v
        for v in Page(render(many)).having("boundary")
        if {v.attributes["data-consumer"], v.attributes["data-provider"]} == set(pair)
    )
    assert f"{len(many.findings)} findings" in view.text
    assert f"and {len(many.findings) - 6} more under findings" in view.text


def test_words_are_put_in_the_plural_as_english_does(page: Page) -> None:
    text = " ".join(e.text for e in page.all("section"))
    assert not re.findall(r"\b(?:mores|entrys|boundarys|crossingss)\b", text)


def test_entry_points_show_what_they_do_to_tables_and_in_which_order() -> None:
    program = linked("""
--- shop/models.py
from django.db import models
class Order(models.Model): ...
class Note(models.Model): ...
--- shop/views.py
from django.db import transaction
from shop.models import Note, Order
def buy(request):
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=1)
        for each in request.POST:
            Note.objects.create()
--- shop/urls.py
from django.urls import path
from shop import views
urlpatterns = [path("buy/", views.buy)]
""")
    text = render(replace(nothing(), program=program))
    cell = re.search(r'<td class="flow">(.*?)</td>', text, re.DOTALL)
    assert cell
    words = re.sub(r"<[^>]+>", " ", cell[1]).split()
    assert words == [
        *("C", "shop_note", "R", "shop_order"),
        *("R", "shop_order", "locks", "shop/views.py:5", "⟦shop/views.py:4⟧"),
        *("C", "shop_note", "loop", "shop/views.py:7", "⟦shop/views.py:4⟧"),
    ]


def test_findings_that_were_left_out_are_counted() -> None:
    text = render(replace(shop(4), left_out={"repeated_queries": 1234}))
    assert "1,234 more repeated queries" in text
