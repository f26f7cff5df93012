"""What Django and SQLAlchemy ask a database is noted with the functions that it is asked below."""

import sys
from pathlib import Path

import pytest
from recorded_programs import interpreters, record, write

ALCHEMY = """\
from sqlalchemy import create_engine, text
engine = create_engine("sqlite://")
def ask(connection):
    connection.execute(text("INSERT INTO a (n) SELECT n FROM b"))
def run():
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE a (n int)"))
        connection.execute(text("CREATE TABLE b (n int)"))
        ask(connection)
        connection.execute(text("DELETE FROM a"))
run()
"""
ASYNCHRONOUS = """\
import asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
async def run():
    engine = create_async_engine("sqlite+aiosqlite://")
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE a (n int)"))
        await connection.execute(text("SELECT n FROM a"))
    await engine.dispose()
asyncio.run(run())
"""
DJANGO = """\
import django
from django.conf import settings
from django.db import connection, models
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()
class A(models.Model):
    class Meta:
        app_label, db_table = "main", "a"
def make():
    with connection.schema_editor() as editor:
        editor.create_model(A)
def look():
    return A.objects.exists()
def run():
    make()
    A.objects.create()
    look()
run()
"""
GENERIC = """\
import sys
import django
from django.conf import settings
from django.db import connection, models
PAGES = {"a.html": "{% for a in rows %}.{% endfor %}"}
settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF="main",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    TEMPLATES=[{
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", PAGES)]},
    }],
)
django.setup()
sys.modules["main"] = sys.modules["__main__"]
from django.template.response import TemplateResponse
from django.test import Client
from django.urls import path
from django.views.generic import ListView
class A(models.Model):
    class Meta:
        app_label, db_table = "main", "a"
class B(models.Model):
    class Meta:
        app_label, db_table = "main", "b"
class Rows(ListView):
    model, template_name, context_object_name = A, "a.html", "rows"
def late(request):
    return TemplateResponse(request, "a.html", {"rows": B.objects.all()})
urlpatterns = [path("", Rows.as_view()), path("late", late)]
with connection.schema_editor() as editor:
    editor.create_model(A)
    editor.create_model(B)
Client().get("/")
Client().get("/late")
"""
CASES = {
    "SQLAlchemy": (
        ALCHEMY,
        {
            "main.ask:4 create a",
            "main.ask:4 read b",
            "main.run:9 create a below",
            "main.run:9 read b below",
            "main.run:10 delete a",
        },
    ),
    "asynchronous SQLAlchemy": (ASYNCHRONOUS, {"main.run:8 read a"}),
    "Django": (
        DJANGO,
        {
            "main.A:6 create a",
            "main.run:16 create a",
            "main.look:13 read a",
            "main.run:17 read a below",
        },
    ),
    "classes of the program, and what Django goes on answering with": (
        GENERIC,
        {"main.Rows:27 read a", "main.Rows.get:27 read a", "main.late:29 read b"},
    ),
}

NEEDS = {
    "SQLAlchemy": ("sqlalchemy",),
    "asynchronous SQLAlchemy": ("sqlalchemy", "aiosqlite"),
    "Django": ("django",),
    "classes of the program, and what Django goes on answering with": ("django",),
}


@pytest.mark.parametrize("case", CASES)
def test_tables_are_noted_with_the_functions_below(case: str, tmp_path: Path) -> None:
    for needed in NEEDS[case]:
        pytest.importorskip(needed, reason="the dependency group `fixtures` is not installed")
    text, expected = CASES[case]
    write(tmp_path / "program", {"main.py": text})
    seen = record(tmp_path / "program", [sys.executable, "main.py"], "--sql")
    assert seen.code == 0, seen.err
    functions = {each for each in seen.accesses() if "<module>" not in each}
    assert functions == expected


def test_without_being_asked_for_no_tables_are_noted(tmp_path: Path) -> None:
    write(tmp_path / "program", {"main.py": ALCHEMY})
    pytest.importorskip("sqlalchemy", reason="the dependency group `fixtures` is not installed")
    assert record(tmp_path / "program", [sys.executable, "main.py"]).trace["accesses"] is None


FOR_WHOM = """\
import functools, threading
def wrapped(function):
    @functools.wraps(function)
    def wrapper(*given):
        return function(*given)
    return wrapper
def shared(is_long):
    if is_long:
        return [1]
    return [0]
@wrapped
def first():
    return shared(True)
def second():
    return list(map(shared, [False]))
class Rows:
    def __iter__(self):
        yield from shared(False)
class Of(Rows):
    pass
def begin(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()
begin(first)
begin(second)
begin(lambda: sorted(Of()))
"""


@pytest.mark.parametrize("python", interpreters())
def test_lines_are_noted_with_whom_they_ran_for(python: str, tmp_path: Path) -> None:
    """Both functions call a third, which goes another way for each; until Python 3.11 nobody watches lines."""
    write(tmp_path / "program", {"main.py": FOR_WHOM})
    seen = record(tmp_path / "program", [python, "main.py"], "--sql")
    assert seen.code == 0, seen.err
    version = tuple(int(each) for each in seen.trace["pythons"][0].split("."))
    if version < (3, 12):
        assert seen.trace["reaches"] is None
        return
    found = seen.reaches()
    assert found["main.wrapped.<locals>.wrapper"] == [5, 5, 8, 9, 13, 13]
    assert found["main.first"] == [8, 9, 13, 13]
    assert found["main.second"] == [8, 8, 10, 10, 15, 15]
    assert found["main.Of"] == found["main.Rows.__iter__"] == [8, 8, 10, 10, 18, 18]
    assert "main.shared" not in found
