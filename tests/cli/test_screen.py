"""The summary fits the screen, and shows names without obeying them."""

import io
from pathlib import Path

import pytest
from rich.console import Console

from decompose.cli import screen
from decompose.cli.printable import printable
from decompose.model.source import Problem
from decompose.model.summary import BoundaryRow, ServiceRow, Summary

VERDICT = "Nine capabilities, found again in most perturbed runs. Cuts better than the packages as they stand."


def summary(count: int = 8, **changes: object) -> Summary:
    rows = tuple(
        ServiceRow(f"service-{number}", "Keeps a. Answers b.", 9000 - number, 9, 3, 12, 0.9)
        for number in range(count)
    )
    boundaries = tuple(
        BoundaryRow(each.name, rows[0].name, 100.0, 9, "calls app.x.Y", f"app/{each.name}/a.py:12")
        for each in rows[1:]
    )
    values: dict[str, object] = {
        "name": "shop",
        "files": 139,
        "lines": 42910,
        "definitions": 6520,
        "nodes": 13030,
        "edges": 39960,
        "tables": 40,
        "entry_points": {"route": 96, "task": 10, "command": 6, "schedule": 1},
        "frameworks": ("celery", "django.models", "django.rest", "django.urls", "registry"),
        "services": rows,
        "shared_lines": 1600,
        "unused_lines": 1,
        "boundaries": boundaries[:12],
        "boundary_count": len(boundaries),
        "findings": {"high": 3, "medium": 10},
        "calls": {"linked": 700, "library": 100, "dynamic": 50, "unknown-receiver": 150},
        "problems": (),
        "verdict": VERDICT,
        "worth_it": True,
    }
    return Summary(**{**values, **changes})  # type: ignore[arg-type]


def shown(
    what: Summary, width: int = 100, height: int = 40, *, conflicts: tuple[str, ...] = ()
) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, height=height, color_system=None)
    screen.show(what, screen.Told(Path("decompose-out"), conflicts), console)
    return file.getvalue()


@pytest.mark.parametrize("services", [0, 1, 2, 5, 8, 12, 30, 200])
@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("height", [24, 40, 60])
def test_it_fits_one_screen_with_room_for_the_prompt(
    services: int, width: int, height: int
) -> None:
    lines = shown(summary(services), width, height).splitlines()

    assert len(lines) <= height - 1
    assert max(map(len, lines)) <= width


@pytest.mark.parametrize("height", [24, 40])
def test_it_fits_with_problems_conflicts_and_long_names_too(height: int) -> None:
    long = tuple(ServiceRow("x" * 40, "y" * 300, 1, 1, 0, 0, 0.5) for _ in range(30))
    problem = Problem("a" * 90 + ".py", 12, "syntax", "m" * 30)
    what = summary(30, services=long, problems=(problem,) * 50)

    lines = shown(what, 80, height, conflicts=("one", "two", "three", "four", "five")).splitlines()

    assert len(lines) <= height - 1 + 3  # a very long path may need lines of its own
    assert max(map(len, lines)) <= 80


def test_a_cut_is_counted_and_the_largest_services_stay() -> None:
    text = shown(summary(30), 80, 24)

    hidden = 30 - text.count(" 90%")
    assert f"… {hidden} more, see report.html" in text
    assert "30 services" in text
    assert "service-0 " in text
    assert "service-29" not in text


def test_a_small_program_is_shown_whole() -> None:
    text = shown(summary(5), 80, 24)

    assert all(f"service-{number} " in text for number in range(5))
    assert "more, see" not in text


def test_what_was_read_and_found_is_told() -> None:
    text = shown(summary(3))

    assert "139 files, 42,910 lines" in text
    assert "Celery, Django, Django REST framework  40 tables" in text
    assert "40 tables, 96 routes, 10 tasks, 6 commands, 1 schedule" in text
    assert "shared library: 1,600 lines · unused: 1 line" in text
    assert "2 of 2 boundaries" in text
    assert "service-1 → service-0" in text
    assert "app/service-1/a.py:12" in text
    assert "20.0% of 1,000 uses: unknown receiver 15.0%, dynamic 5.0%" in text
    assert "3 need a decision, 10 need work" in text
    assert VERDICT[:40] in text
    assert "open decompose-out/report.html; edit decompose-out/decompose.toml" in text


def test_the_place_of_a_boundary_keeps_its_file_and_line() -> None:
    row = BoundaryRow("a", "b", 1.0, 1, "calls x.y", "a/" * 60 + "end.py:7")
    text = shown(summary(2, boundaries=(row,)), 80, 24)

    assert "end.py:7" in text


def test_problems_name_file_and_line_and_what_is_not_shown_is_counted() -> None:
    problems = tuple(Problem(f"a{number}.py", number, "syntax", "invalid") for number in range(9))

    assert "a1.py:1: invalid" in shown(summary(problems=problems))
    assert "a0.py: invalid" in shown(summary(problems=problems))
    assert "… 6 more, see report.html" in shown(summary(problems=problems))
    assert "Problems" not in shown(summary())


def test_edits_that_could_not_be_followed_are_told() -> None:
    assert "decompose.toml:3: gone" in shown(summary(), conflicts=("decompose.toml:3: gone",))


def test_without_services_there_is_nothing_to_edit() -> None:
    text = shown(summary(0, worth_it=False))

    assert "open decompose-out/report.html\n" in text
    assert "scaffold" not in text


HOSTILE = "a\x1b[31m\x1b]0;owned\x07\x9b2J\r\n\u202e\u2028[bold red]x[/]:smile:"


def test_hostile_names_are_shown_and_not_obeyed() -> None:
    what = summary(
        2,
        name=HOSTILE,
        verdict=HOSTILE,
        frameworks=(HOSTILE,),
        services=(ServiceRow(HOSTILE, HOSTILE, 1, 1, 1, 1, 0.1),),
        boundaries=(BoundaryRow(HOSTILE, HOSTILE, 1.0, 1, HOSTILE, HOSTILE),),
        problems=(Problem(HOSTILE, 1, "syntax", HOSTILE),),
    )

    text = shown(what, 200, 60, conflicts=(HOSTILE,))

    assert not any(character in text for character in "\x1b\x07\x9b\r\u202e\u2028")
    assert "[bold red]x[/]:smile:" in text
    assert "\\x1b]0;owned\\x07" in text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain/päth – 名前.py", "plain/päth – 名前.py"),
        ("a\tb\nc", "a\\tb\\nc"),
        ("a\u00a0b", "a b"),
        ("\udcff", "\\udcff"),
        ("\u202ex\u200b", "\\u202ex\\u200b"),
    ],
)
def test_what_does_not_show_becomes_its_escape(text: str, expected: str) -> None:
    assert printable(text) == expected


def test_lines_may_be_kept() -> None:
    assert printable("a\nb\r", lines=True) == "a\nb\\r"


ORDERS = ServiceRow("orders", "Takes what customers buy", 900, 3, 2, 5, 0.9)
BARCODES = ServiceRow("barcodes", "Draws bars", 1200, 2, 0, 0, 0.9)


def test_what_nobody_runs_is_counted_as_a_library_and_stands_last() -> None:
    billing = ServiceRow("billing", "Sends bills", 400, 3, 1, 5, 0.9)
    text = shown(summary(0, services=(BARCODES, ORDERS, billing)), 100, 40)
    assert "2 services + 1 library" in text
    assert text.index("billing") < text.index("barcodes")


def test_where_hardly_any_entry_point_was_found_nothing_is_called_a_library() -> None:
    assert "2 services " in shown(summary(0, services=(BARCODES, ORDERS)), 100, 40)
