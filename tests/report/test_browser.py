"""The page in a real browser, from file://. Skipped, with the reason, where there is none; CI must have one."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from tests.report.browser import visit
from tests.report.programs import nothing, shop

from decompose.report import render

HARNESS = Path(__file__).with_name("harness.html")


def written(folder: Path, html: str) -> Path:
    page = folder / "report.html"
    page.write_text(html, encoding="utf-8", newline="")
    return page


PAGES = {
    "eight": lambda: shop(8),
    "thirty": lambda: shop(30),
    "nothing": nothing,
    "hostile": lambda: shop(
        4, lambda n: n + "</script><img src=http://127.0.0.1:9/x onerror=alert(1)>\u2028<!--'\"&"
    ),
}


@pytest.mark.parametrize("make", PAGES.values(), ids=PAGES)
def test_the_page_opens_without_a_console_message_or_a_request(make: Any, tmp_path: Path) -> None:
    seen = visit(written(tmp_path, render(make())), tmp_path)
    assert seen.console == []
    assert seen.requests == []
    assert re.search(r'<html[^>]* class="js"', seen.document), "its script ran"


def test_a_page_that_does_load_and_complain_would_be_noticed(tmp_path: Path) -> None:
    html = "<img src='http://127.0.0.1:9/x.png'><script>console.error('oh'); nobody.home()</script>"
    seen = visit(written(tmp_path, html), tmp_path)
    assert seen.requests == ["http://127.0.0.1:9/x.png"]
    assert "oh" in seen.console[0]
    assert "nobody is not defined" in seen.console[1]


def test_a_script_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    html = render(shop(3)).replace("</body>", "<script>document.title = 'taken'</script></body>")
    seen = visit(written(tmp_path, html), tmp_path)
    assert "<title>taken</title>" not in seen.document
    assert "Content Security Policy" in " ".join(seen.console)


def test_a_link_opens_the_evidence_it_leads_to(tmp_path: Path) -> None:
    page = written(tmp_path, render(shop(8)))
    seen = visit(page, tmp_path, fragment="#boundary-3")
    assert re.search(r'<details[^>]*id="boundary-3"[^>]* open=""', seen.document)
    assert not re.search(r'<details[^>]*id="boundary-4"[^>]* open=""', seen.document)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a person finds who uses the page of eight services: see harness.html."""
    folder = tmp_path_factory.mktemp("used")
    written(folder, render(shop(8)))
    harness = folder / "harness.html"
    harness.write_text(HARNESS.read_text(encoding="utf-8"), encoding="utf-8")
    seen = visit(harness, folder, "--allow-file-access-from-files")
    assert seen.console == []
    found = re.search(r'<pre id="result">(.*?)</pre>', seen.document, re.DOTALL)
    assert found
    results: dict[str, Any] = json.loads(unescape(found[1]))
    return results


def test_choosing_a_service_shows_its_arrows_and_filters_the_boundaries(
    used: dict[str, Any],
) -> None:
    boundaries = shop(8).boundaries
    name = used["chosen"]
    touching = sum(name in (b.consumer, b.provider) for b in boundaries)
    assert used["arrows of the chosen"] == touching
    assert used["boundaries of the chosen"] == touching < len(boundaries)
    assert used["boundaries after Escape"] == len(boundaries)


def test_the_slider_sets_how_many_arrows_are_seen(used: dict[str, Any]) -> None:
    assert used["arrows at 3"] == 3
    assert used["arrows at most"] == len(shop(8).boundaries)


def test_more_crossings_unfold(used: dict[str, Any]) -> None:
    assert used["crossings before"] == 8
    assert used["crossings after"] == len(shop(8).boundaries[0].crossings)


def test_the_search_finds_tables_and_members_by_the_keyboard(used: dict[str, Any]) -> None:
    assert used["hits"][0].startswith("table") or used["hits"][0].startswith("route")
    assert any("catalogue_product" in hit for hit in used["hits"])
    assert used["hash after Enter"] == "#table-catalogue_product"
    assert used["table is open"] is True
    assert used["no hits"] == "Nothing on this page has that name."


def test_findings_filter_by_severity(used: dict[str, Any]) -> None:
    high = sum(f.severity == "high" for f in shop(8).findings)
    assert used["findings without high"] == len(shop(8).findings) - high


def test_services_sort_by_lines(used: dict[str, Any]) -> None:
    capabilities = sorted(shop(8).partition.capabilities, key=lambda c: -c.lines)
    assert used["services by lines"] == [c.name for c in capabilities]


def test_entry_points_filter_by_what_is_typed(used: dict[str, Any]) -> None:
    assert (
        used["entries with voucher"] == sum("voucher" in r.path for r in shop(8).program.routes) + 1
    )
