"""What readers say of the Django fixture against its truth, written by hand and checked by running."""

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

NAME = "shop"
# Floors. Not to be had: filters by computed names, what a session still holds.
RECALL, PRECISION = 0.988, 0.983


@cache
def program() -> Program:
    """The linked shop, its tests left out."""
    root = truth.import_root(NAME)
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


def test_routes_are_those_of_the_resolver() -> None:
    routes = truth.load(NAME)["routes"]
    expected = {(each["method"], each["path"], each["handler"]) for each in routes}
    found = {
        (each.method.replace("*", "ANY"), each.path, each.handler) for each in program().routes
    }
    agrees(expected, found, "route")


def test_tables_are_those_of_the_models() -> None:
    expected = {
        (each["name"], each["model"], frozenset(each["columns"]), tuple(each["primary_key"]))
        for each in truth.load(NAME)["tables"]
    }
    found = {
        (
            each.name,
            each.model,
            frozenset(column.name for column in each.columns),
            tuple(column.name for column in each.columns if column.primary_key),
        )
        for each in program().tables
    }
    agrees(expected, found, "table")


def test_foreign_keys_are_those_of_the_models() -> None:
    expected = {(each["source"], each["target"]) for each in truth.load(NAME)["foreign_keys"]}
    found = {
        (f"{table.name}.{column.name}", column.references)
        for table in program().tables
        for column in table.columns
        if column.references
    }
    agrees(expected, found, "foreign key")


def test_transactions_are_opened_by_the_same_functions() -> None:
    transactions = truth.load(NAME)["transactions"]
    expected = {(each["function"], each["kind"]) for each in transactions}
    agrees(expected, {(each.source, each.kind) for each in program().transactions}, "transaction")


@pytest.mark.parametrize("kind", ["command", "schedule"])
def test_commands_and_schedules_start_the_functions_that_they_name(kind: str) -> None:
    entries = [each for each in truth.load(NAME)["entry_points"] if each["kind"] == kind]
    tasks = {f"task:{each.name}": each.handler for each in program().tasks}
    found = {
        "command": {(each.name, each.handler) for each in program().commands},
        "schedule": {
            (each.name, tasks.get(each.target, each.target)) for each in program().schedules
        },
    }
    agrees({(each["name"], each["function"]) for each in entries}, found[kind], kind)


def test_receivers_of_signals_are_those_that_are_connected() -> None:
    entries = [each for each in truth.load(NAME)["entry_points"] if each["kind"] == "signal"]
    expected = {(each["name"].split(" ")[0], each["function"]) for each in entries}
    found = {(each.signal.removeprefix("signal:"), each.handler) for each in program().handlers}
    agrees(expected, found, "receiver")


def test_accesses_are_found_and_few_are_invented() -> None:
    accesses = truth.load(NAME)["accesses"]
    expected = {(each["function"], each["table"], each["mode"]) for each in accesses}
    run_elsewhere = {
        (function, each["table"], each["mode"])
        for each in accesses
        for function in each["evaluated_in"]
    }
    found = {(each.source, each.table, each.mode.value) for each in program().accesses}
    assert len(expected & found) / len(expected) >= RECALL
    assert len(found & (expected | run_elsewhere)) / len(found) >= PRECISION
