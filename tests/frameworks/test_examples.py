"""Every reader's examples hold: the facts that it reads in a small program, all of them and no more."""

import importlib
import pkgutil
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from types import ModuleType

import pytest
from tests.frameworks.programs import settled
from tests.frameworks.shortform import lines

from decompose import frameworks

READERS = [
    importlib.import_module(f"{frameworks.__name__}.{found.name}")
    for found in pkgutil.iter_modules(frameworks.__path__)
]
EXAMPLES = [
    pytest.param(reader, files, expected, id=f"{reader.NAME}-{number}")
    for reader in READERS
    for number, (files, expected) in enumerate(reader.EXAMPLES, 1)
]


@pytest.mark.parametrize(("reader", "files", "expected"), EXAMPLES)
def test_a_reader_finds_the_facts_of_its_examples_and_no_others(
    reader: ModuleType, files: Mapping[str, str], expected: AbstractSet[str]
) -> None:
    assert shortforms(reader.NAME, files) == sorted(expected)


@pytest.mark.parametrize(("reader", "files", "expected"), EXAMPLES)
def test_the_order_of_files_changes_no_fact(
    reader: ModuleType, files: Mapping[str, str], expected: AbstractSet[str]
) -> None:
    assert shortforms(reader.NAME, dict(reversed(files.items()))) == sorted(expected)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.NAME)
def test_a_reader_has_examples(reader: ModuleType) -> None:
    assert reader.EXAMPLES


def shortforms(name: str, files: Mapping[str, str]) -> list[str]:
    """What the reader of a name says about a program, one line a fact, each once."""
    return sorted({line for fact in settled(name, files) for line in lines(fact)})
