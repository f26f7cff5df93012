"""Sequences of the fixture monoliths against their truth, written by hand and checked by running.

Floors, to be raised only. What is too much stands behind conditions about rows that no constant on
the way decides (`payment.status == "captured"`), or is read of rows that nobody can have added to yet.
"""

from collections.abc import Iterable
from functools import cache

import pytest
from tests.fixtures import truth
from tests.frameworks import test_django_truth, test_flask_and_fastapi_truth

from decompose.graph import Program
from decompose.graph.doors import Door, doors
from decompose.graph.sequences import Sequence, sequences_of
from decompose.model.source import Site

IS_EAGER = {"shop": True, "clinic": False, "learn": True}
"""Do tasks run at once under the fixture's tests? Then their tables are the entry point's."""
Pairs = set[tuple[str, str]]


@cache
def program(name: str) -> Program:
    return (
        test_django_truth.program()
        if name == "shop"
        else test_flask_and_fastapi_truth.program(name)
    )


def touched(name: str, sequences: Iterable[Sequence], *, later: bool) -> tuple[set[str], set[str]]:
    """Tables of the fixture that are read, and that are written."""
    graph = program(name).graph
    own = {each["name"] for each in truth.load(name)["tables"]}
    found = {
        (graph.nodes.names[table].removeprefix("table:"), mode.writes)
        for sequence in sequences
        for table, mode in sequence.touched(later=later)
    }
    read = {table for table, writes in found if not writes and table in own}
    return read, {table for table, writes in found if writes and table in own}


def taken_along(name: str, sequences: Iterable[Sequence]) -> set[str]:
    """Tables that only a deletion changes."""
    names = program(name).graph.nodes.names
    tables = {table for sequence in sequences for table, _ in sequence.along}
    return {names[table].removeprefix("table:") for table in tables}


def called(door: Door) -> str:
    """A door's name as the truth spells it."""
    name = door.name.replace("* ", "ANY ") if door.kind == "route" else door.name
    return name.replace("sqlalchemy.", "")


def exact(wanted: tuple[Pairs, Pairs], had: tuple[Pairs, Pairs], keys: list[str]) -> int:
    """How many keys have neither less nor more than they should."""
    wrong = {key for left, right in zip(wanted, had, strict=True) for key, _ in left ^ right}
    return sum(key not in wrong for key in keys)


def shares(expected: Pairs, found: Pairs) -> tuple[float, float]:
    """Recall and precision."""
    common = len(expected & found)
    return common / len(expected), common / len(found)


@pytest.mark.parametrize(
    ("name", "right", "reads", "writes"),
    [
        ("shop", 132, (1.0, 0.97), (1.0, 0.94)),
        ("clinic", 108, (1.0, 0.99), (1.0, 1.0)),
        ("learn", 133, (1.0, 0.99), (1.0, 0.98)),
    ],
)
def test_entry_points_touch_the_tables_that_they_do_when_they_run(
    name: str, right: int, reads: tuple[float, float], writes: tuple[float, float]
) -> None:
    by_name: dict[tuple[str, str], list[Door]] = {}
    for door in doors(program(name)):
        by_name.setdefault((door.kind, called(door)), []).append(door)
    expected: tuple[Pairs, Pairs] = (set(), set())
    found: tuple[Pairs, Pairs] = (set(), set())
    keys = [f"{each['kind']} {each['name']}" for each in truth.load(name)["entry_points"]]
    for entry in truth.load(name)["entry_points"]:
        key = f"{entry['kind']} {entry['name']}"
        sequences = map(
            sequences_of(program(name)).of, by_name.get((entry["kind"], entry["name"]), ())
        )
        read, written = touched(name, sequences, later=IS_EAGER[name])
        expected[0].update((key, table) for table in entry["reads"])
        expected[1].update((key, table) for table in entry["writes"])
        found[0].update((key, table) for table in read)
        found[1].update((key, table) for table in written - set(entry["cascades"]))
    assert exact(expected, found, keys) >= right
    for floors, wanted, had in zip((reads, writes), expected, found, strict=True):
        recall, precision = shares(wanted, had)
        assert recall >= floors[0], sorted(wanted - had)
        assert precision >= floors[1], sorted(had - wanted)


@pytest.mark.parametrize(("name", "wrong"), [("shop", 0), ("clinic", 1), ("learn", 0)])
def test_what_deletions_take_along_is_known(name: str, wrong: int) -> None:
    """Not known: a key of the clinic is null already."""
    found: dict[str, set[str]] = {}
    for door in doors(program(name)):
        sequence = sequences_of(program(name)).of(door)
        written = touched(name, [sequence], later=True)[1]
        key = f"{door.kind} {called(door)}"
        found.setdefault(key, set()).update(taken_along(name, [sequence]) - written)
    differing = [
        each["name"]
        for each in truth.load(name)["entry_points"]
        if found.get(f"{each['kind']} {each['name']}", set()) != set(each["cascades"])
    ]
    assert len(differing) <= wrong, differing


@pytest.mark.parametrize(
    ("name", "right", "reads", "writes"),
    [
        ("shop", 10, (0.98, 0.94), (1.0, 1.0)),
        ("clinic", 55, (0.99, 1.0), (1.0, 1.0)),
        ("learn", 69, (0.99, 0.98), (1.0, 0.98)),
    ],
)
def test_transactions_touch_the_tables_that_they_do_when_they_run(
    name: str, right: int, reads: tuple[float, float], writes: tuple[float, float]
) -> None:
    numbers: dict[tuple[str, str], list[int]] = {}
    for number, each in enumerate(program(name).transactions):
        numbers.setdefault((each.source, each.kind), []).append(number)
    expected: tuple[Pairs, Pairs] = (set(), set())
    found: tuple[Pairs, Pairs] = (set(), set())
    keys = [f"{each['function']} {each['kind']}" for each in truth.load(name)["transactions"]]
    for each in truth.load(name)["transactions"]:
        key = f"{each['function']} {each['kind']}"
        inside = numbers.get((each["function"], each["kind"]), ())
        sequences = map(sequences_of(program(name)).of_transaction, inside)
        read, written = touched(name, sequences, later=False)
        written |= taken_along(name, map(sequences_of(program(name)).of_transaction, inside)) & set(
            each["writes"]
        )  # cascades are among a transaction's writes, or not
        expected[0].update((key, table) for table in each["reads"])
        expected[1].update((key, table) for table in each["writes"])
        found[0].update((key, table) for table in read)
        found[1].update((key, table) for table in written)
    assert exact(expected, found, keys) >= right
    for floors, wanted, had in zip((reads, writes), expected, found, strict=True):
        recall, precision = shares(wanted, had)
        assert recall >= floors[0], sorted(wanted - had)
        assert precision >= floors[1], sorted(had - wanted)


def test_a_transaction_is_shown_by_its_decorator_block_or_commit() -> None:
    shown = {(each.source, each.site) for each in program("shop").transactions}
    wanted = {
        (each["function"], Site(_file(each["function"]), each["line"]))
        for each in truth.load("shop")["transactions"]
    }
    assert wanted <= shown


def _file(function: str) -> str:
    graph = program("shop").graph
    site = graph.site(graph.index[function])
    assert site
    return site.path
