"""The table moves one way only, and says what it was given."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

_HERE = str(Path(__file__).parent)
if _HERE not in sys.path:  # accuracy.py is run as a program: its neighbours are top-level modules
    sys.path.insert(0, _HERE)

from subjects import SUBJECTS  # noqa: E402 - needs the path above
from table import Figures, document, dumps, figures, loads, worse  # noqa: E402

KEPT = Path(__file__).with_name("figures.json")
PAGE = Path(__file__).parents[2] / "docs" / "accuracy.md"
NAMES = ("direct", "implicit", "mediated", "between_modules", "modules")
BOUNDS = ("bound_of_functions", "bound_of_lines", "bound_modules")
SOME = Figures("app", "Flask", "3.12.0", 0, 1234, 99, dict.fromkeys((*NAMES, *BOUNDS), (90, 100)))


def changed(name: str, found: int, total: int) -> Figures:
    return replace(SOME, shares={**SOME.shares, name: (found, total)})


@pytest.mark.parametrize(
    ("now", "complaints"),
    [
        (SOME, []),
        (changed("direct", 95, 100), []),
        (changed("direct", 1797, 2000), []),
        (changed("direct", 89, 100), ["app: direct is 89.0%, was 90.0%"]),
        (changed("bound_modules", 0, 0), ["app: bound_modules is nothing, was 90.0%"]),
        (replace(SOME, subject="new"), []),
    ],
)
def test_a_lower_share_is_told(now: Figures, complaints: list[str]) -> None:
    assert worse([SOME], [now]) == complaints


def test_figures_survive_being_kept() -> None:
    assert loads(dumps([SOME])) == [SOME]


def test_the_page_tells_shares_with_their_counts_and_means() -> None:
    page = document([SOME, changed("direct", 70, 100)], "make accuracy")
    assert "| app | Flask | 1,234 | 90.0% | 100 |" in page
    assert "**80.0%**" in page


def test_bounds_add_up_what_is_written_implicit_and_by_frameworks() -> None:
    share = {"found": 1, "total": 2, "ratio": 0.5}
    part = {"of_functions": share, "of_lines": None}
    audit = {
        "recall": dict.fromkeys(NAMES, share),
        "observed": {"modules": share, "written": part, "implicit": part, "framework": part},
        "functions": 5,
        "calls": 7,
    }
    found = figures("app", "Flask", {"pythons": ["3.12.0"], "exit_code": 0}, audit)
    assert found.shares["bound_of_functions"] == (3, 6)
    assert found.shares["bound_of_lines"] == (0, 0)


def test_tables_of_entry_points_are_told_where_they_were_noted() -> None:
    share = {"found": 1, "total": 2, "ratio": 0.5}
    sides = {"recall": share, "precision": share}
    part = {"of_functions": None, "of_lines": None}
    audit = {
        "recall": dict.fromkeys(NAMES, share),
        "observed": {"modules": share, "written": part, "implicit": part, "framework": part},
        "functions": 5,
        "calls": 7,
        "tables": {"entry_points": 3, "read": sides, "written": sides},
    }
    noted = figures("app", "Flask", {"pythons": ["3.12.0"], "exit_code": 0}, audit)
    page = document([noted, replace(SOME, subject="other")], "make accuracy")
    assert "| app | Flask | 3 | 50.0% | 2 | 50.0% | 2 | 50.0% | 2 | 50.0% | 2 |" in page
    assert "| other | Flask | 0 |" not in page


def test_what_is_committed_is_of_all_subjects() -> None:
    kept = loads(KEPT.read_text(encoding="utf-8"))
    assert [each.subject for each in kept] == [each.name for each in SUBJECTS]
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"| {each.subject} | {each.kind} | {each.functions:,} |" in page for each in kept)
