"""Tables of an entry point, read and seen."""

from pathlib import Path

import pytest

from decompose import audit, pipeline
from decompose.config import Options
from decompose.model.audit import TableShares
from decompose.model.trace import Body, Trace, TracedAccess, TracedFile, TracedFunction, TracedReach

TEXT = """\
import sqlite3

from flask import Flask

app = Flask(__name__)
connection = sqlite3.connect("x")


@app.route("/pay", methods=["POST"])
def pay():
    cursor = connection.cursor()
    cursor.execute("INSERT INTO payments (n) VALUES (1)")
    if cursor is None:
        cursor.execute("DELETE FROM refunds")
    look(cursor)
    if cursor is None:
        tell(cursor)


def look(cursor):
    cursor.execute("SELECT n FROM orders")


def tell(cursor):
    cursor.execute("SELECT n FROM ledger")
"""
SCHEMA = "".join(
    f"CREATE TABLE {name} (n integer);\n" for name in ("payments", "refunds", "orders", "ledger")
)


SCHEMA += "CREATE TABLE shares (n integer, refund integer REFERENCES refunds (n));\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tables")
    (root / "program").mkdir()
    (root / "program" / "app.py").write_text(TEXT, encoding="utf-8")
    (root / "program" / "schema.sql").write_text(SCHEMA, encoding="utf-8")
    pipeline.analyze(Options(root / "program", root / "out", jobs=1, use_cache=False))
    return root / "out"


def measured(
    folder: Path,
    *accesses: tuple[str, str],
    lines: tuple[int, ...] | None,
    below: tuple[int, ...] = (),
) -> TableShares:
    """Of a run in which the function that pays touched tables; `below`: lines that ran for it, if that is known."""
    trace = Trace(
        ("run",),
        0,
        ("3.12.0",),
        1,
        (TracedFile("app.py", "", is_test=False, lines=lines),),
        (
            TracedFunction(0, 9, "pay", Body.FUNCTION),
            TracedFunction(0, 20, "look", Body.FUNCTION),
            TracedFunction(0, 24, "tell", Body.FUNCTION),
        ),
        (),
        ((0, 1), (1, 1), (2, 1)),
        accesses=tuple(TracedAccess(0, 12, table, mode, is_own=True) for table, mode in accesses),
        reaches=(TracedReach(0, 0, below), TracedReach(1, 0, (21,))) if below else None,
    )
    found = audit.audit(trace, pipeline.load(folder)).tables
    assert found is not None
    return found


def test_what_lines_and_calls_that_did_not_run_would_touch_is_no_mistake(folder: Path) -> None:
    found = measured(
        folder,
        ("payments", "create"),
        ("orders", "read"),
        lines=(9, 10, 11, 12, 13, 15, 16, 20, 21, 24, 25),
    )
    assert found.doors == 1
    assert found.write_recall.ratio == found.write_precision.ratio == 1.0
    assert found.read_recall.ratio == found.read_precision.ratio == 1.0
    assert found.misses == ()


def test_what_was_touched_and_not_read_to_be_is_missed(folder: Path) -> None:
    found = measured(folder, ("payments", "create"), ("ledger", "update"), lines=(9, 11, 12))
    assert (found.write_recall.found, found.write_recall.total) == (1, 2)
    assert [(miss.table, miss.is_missed, str(miss.site)) for miss in found.misses] == [
        ("ledger", True, "app.py:12")
    ]


def test_what_ran_for_somebody_else_is_no_mistake(folder: Path) -> None:
    found = measured(
        folder,
        ("payments", "create"),
        lines=(9, 10, 11, 12, 13, 14, 15, 20, 21),
        below=(11, 12, 13, 14),
    )
    assert (found.write_precision.found, found.write_precision.total) == (1, 2)
    assert found.read_precision.total == 0
    assert [(miss.table, miss.is_missed) for miss in found.misses] == [("refunds", False)]


def test_without_lines_a_function_that_ran_stands_for_them(folder: Path) -> None:
    found = measured(folder, ("payments", "create"), ("orders", "read"), lines=None)
    assert (found.write_precision.found, found.write_precision.total) == (1, 2)
    assert [(miss.table, miss.is_missed) for miss in found.misses] == [
        ("refunds", False),
        ("ledger", False),
    ]


def test_what_a_deletion_takes_along_is_counted_apart(folder: Path) -> None:
    found = measured(folder, ("refunds", "delete"), ("shares", "delete"), lines=(9, 13, 14))
    assert (found.write_recall.found, found.write_recall.total, found.cascades) == (1, 1, 1)
    assert found.misses == ()


VIEWS = """\
from django.db import models
from django.urls import path
from django.views.generic import CreateView, ListView


class Order(models.Model):
    class Meta:
        db_table = "orders"


class Shown(ListView):
    model = Order


class Made(CreateView):
    model = Order
    fields = ["id"]


urlpatterns = [path("", Shown.as_view()), path("new/", Made.as_view())]
"""


def test_a_class_is_judged_by_what_its_objects_did_for_each_http_method(tmp_path: Path) -> None:
    """The pages are a library's: no function of the program stood on the stack. Nobody sent the form."""
    (tmp_path / "program").mkdir()
    (tmp_path / "program" / "urls.py").write_text(VIEWS, encoding="utf-8")
    pipeline.analyze(Options(tmp_path / "program", tmp_path / "out", jobs=1, use_cache=False))
    functions = (
        TracedFunction(0, 11, "Shown", Body.CLASS),
        TracedFunction(0, 11, "Shown.get", Body.FUNCTION),
        TracedFunction(0, 15, "Made", Body.CLASS),
        TracedFunction(0, 15, "Made.post", Body.FUNCTION),
    )
    modes = ("read", "read", "create", "create")
    trace = Trace(
        ("run",),
        0,
        ("3.12.0",),
        1,
        (TracedFile("urls.py", "", is_test=False, lines=tuple(range(1, 20))),),
        functions,
        (),
        (),
        accesses=tuple(
            TracedAccess(number, functions[number].line, "orders", mode, is_own=True)
            for number, mode in enumerate(modes)
        ),
    )
    found = audit.audit(trace, pipeline.load(tmp_path / "out")).tables
    assert found is not None
    assert found.doors == 2  # Made was never asked by GET
    assert found.read_recall.ratio == found.write_recall.ratio == 1.0
    assert found.write_precision.ratio == 1.0
