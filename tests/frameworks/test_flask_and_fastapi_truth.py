"""What readers say of the Flask and FastAPI fixtures against their truth, written by hand and checked by running."""

import ast
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest
from tests.fixtures import truth

from decompose.extract import ModuleName, extract
from decompose.frameworks import readers
from decompose.graph import Program
from decompose.link import link
from decompose.model.source import FileRole
from decompose.source import discover, read_texts
from decompose.steps.reading import read_templates

NAMES = ("clinic", "learn")


@cache
def program(name: str) -> Program:
    """The linked program of a fixture, its tests left out."""
    root = truth.import_root(name)
    files = [each for each in discover(root).files if each.role is not FileRole.TEST]
    facts = []
    for each in files:
        text = (root / each.path).read_text(encoding="utf-8")
        named = ModuleName(each.path, each.module, each.is_package)
        facts.append(extract(ast.parse(text), named, line_count=text.count("\n")))
    texts = read_texts(root, discover(root).texts)
    templates = read_templates(texts)
    return link(facts, files, readers(), texts=texts, templates=templates)


def agrees(expected: Iterable[Any], actual: Iterable[Any], what: str) -> None:
    assert truth.difference(set(expected), set(actual), what) == []


@pytest.mark.parametrize("name", NAMES)
def test_routes_are_those_that_the_framework_resolves(name: str) -> None:
    expected = {
        (each["method"], each["path"], each["handler"]) for each in truth.load(name)["routes"]
    }
    agrees(
        expected, {(each.method, each.path, each.handler) for each in program(name).routes}, "route"
    )


@pytest.mark.parametrize("name", NAMES)
def test_tables_have_the_columns_and_keys_of_the_metadata(name: str) -> None:
    expected = {
        (each["name"], each["model"], frozenset(each["columns"]), frozenset(each["primary_key"]))
        for each in truth.load(name)["tables"]
    }
    found = {
        (
            each.name,
            each.model,
            frozenset(column.name for column in each.columns),
            frozenset(column.name for column in each.columns if column.primary_key),
        )
        for each in program(name).tables
    }
    agrees(expected, found, "table")


@pytest.mark.parametrize("name", NAMES)
def test_foreign_keys_are_those_of_the_metadata(name: str) -> None:
    expected = {(each["source"], each["target"]) for each in truth.load(name)["foreign_keys"]}
    found = {
        (f"{table.name}.{column.name}", column.references)
        for table in program(name).tables
        for column in table.columns
        if column.references
    }
    agrees(expected, found, "foreign key")


@pytest.mark.parametrize("name", NAMES)
def test_tasks_are_those_that_are_registered(name: str) -> None:
    expected = {(each["name"], each["function"]) for each in truth.load(name)["tasks"]}
    agrees(expected, {(each.name, each.handler) for each in program(name).tasks}, "task")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["command", "schedule"])
def test_commands_and_schedules_start_the_functions_that_they_name(name: str, kind: str) -> None:
    entries = [each for each in truth.load(name)["entry_points"] if each["kind"] == kind]
    tasks = {f"task:{each.name}": each.handler for each in program(name).tasks}
    found = {
        "command": {(each.name, each.handler) for each in program(name).commands},
        "schedule": {
            (each.name, tasks.get(each.target, each.target)) for each in program(name).schedules
        },
    }
    agrees({(each["name"], each["function"]) for each in entries}, found[kind], kind)


@pytest.mark.parametrize("name", NAMES)
def test_every_receiver_of_a_signal_is_known(name: str) -> None:
    entries = [each for each in truth.load(name)["entry_points"] if each["kind"] == "signal"]
    expected = {(each["name"].split(" ")[0], each["function"]) for each in entries}
    found = {
        (each.signal.removeprefix("signal:").removeprefix("sqlalchemy."), each.handler)
        for each in program(name).handlers
    }
    assert expected <= found


@pytest.mark.parametrize("name", NAMES)
def test_every_transaction_is_known(name: str) -> None:
    expected = {(each["function"], each["kind"]) for each in truth.load(name)["transactions"]}
    assert expected <= {(each.source, each.kind) for each in program(name).transactions}


# Floors. Not to be had: what a session still holds, or drops.
@pytest.mark.parametrize(
    ("name", "recall", "precision"), [("clinic", 0.99, 0.99), ("learn", 1.0, 0.985)]
)
def test_accesses_are_found_and_few_are_invented(
    name: str, recall: float, precision: float
) -> None:
    expected = {
        (each["function"], each["table"], each["mode"]) for each in truth.load(name)["accesses"]
    }
    found = {(each.source, each.table, each.mode.value) for each in program(name).accesses}
    assert len(expected & found) / len(expected) >= recall
    assert len(expected & found) / len(found) >= precision
