"""SQL is read as the dialect that a person names, else as one of those that are tried in turn."""

import pytest
from tests.frameworks.programs import settled

from decompose.config import DIALECTS
from decompose.frameworks.raw_sql.parse import meaning
from decompose.model.program import AccessMode, TableAccess

LOCKED = "SELECT TOP 5 * FROM [sales].[order] WITH (NOLOCK)"


def test_a_named_dialect_is_understood_where_others_only_find_words() -> None:
    read = {("sales.order", AccessMode.READ): None}
    assert (meaning(LOCKED).accesses, meaning(LOCKED).is_guess) == (read, True)
    assert (meaning(LOCKED, "tsql").accesses, meaning(LOCKED, "tsql").is_guess) == (read, False)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_that_can_be_named_is_known_to_the_parser(dialect: str) -> None:
    assert meaning("SELECT total FROM orders", dialect).accesses == {
        ("orders", AccessMode.READ): None
    }


@pytest.mark.parametrize(("dialect", "expected"), [("", []), ("tsql", ["sales.order"])])
def test_readers_use_the_dialect_of_the_run(dialect: str, expected: list[str]) -> None:
    work = f"""
import sqlite3
def work():
    connection = sqlite3.connect("x")
    connection.execute("{LOCKED}")
"""
    facts = settled("sql", {"work.py": work}, dialect)
    assert [each.table for each in facts if isinstance(each, TableAccess)] == expected


def test_the_table_behind_an_alias_is_changed() -> None:
    found = meaning("UPDATE o SET o.x = 1 FROM orders o JOIN people p ON p.id = o.p").accesses
    assert [(table, mode) for table, mode in found if mode.writes] == [
        ("orders", AccessMode.UPDATE)
    ]
