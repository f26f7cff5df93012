"""Every reader's examples hold: the facts that it reads in a small program, all of them and no more."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from textwrap import dedent
from types import ModuleType

import pytest
from tests.frameworks.shortform import lines

from decompose import frameworks
from decompose.extract import ModuleName, extract
from decompose.frameworks import Reader, readers
from decompose.link import link
from decompose.model.facts import ModuleFacts
from decompose.model.program import Fact
from decompose.model.source import FileRole, SourceFile
from decompose.model.view import ProgramView
from decompose.source import parse

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
    assert sorted(shortforms(reader.NAME, files)) == sorted(expected)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.NAME)
def test_a_reader_has_examples(reader: ModuleType) -> None:
    assert reader.EXAMPLES


@pytest.mark.parametrize(("reader", "files", "expected"), EXAMPLES)
def test_the_order_of_files_changes_no_fact(
    reader: ModuleType, files: Mapping[str, str], expected: AbstractSet[str]
) -> None:
    backwards = dict(reversed(files.items()))
    assert sorted(shortforms(reader.NAME, backwards)) == sorted(expected)


def shortforms(name: str, files: Mapping[str, str]) -> set[str]:
    """What the reader of a name says about a program, one line a fact."""
    return {line for fact in settled(name, files) for line in lines(fact)}


def settled(name: str, files: Mapping[str, str]) -> list[Fact]:
    """The facts that the reader of a name settles when all readers see a program."""
    found: list[Fact] = []

    def recording(reader: Reader) -> Reader:
        def settle(view: ProgramView) -> Iterator[Fact]:
            for fact in reader.settle(view):
                found.append(fact)
                yield fact

        return replace(reader, settle=settle) if reader.name == name else reader

    facts = [module_facts(path, text) for path, text in files.items()]
    link(facts, [source_file(each) for each in facts], [recording(reader) for reader in readers()])
    return found


def module_facts(path: str, text: str) -> ModuleFacts:
    """What one file says; `path` is relative to the import root."""
    parts = path.removesuffix(".py").split("/")
    is_package = parts[-1] == "__init__"
    module = ".".join(parts[:-1] if is_package else parts)
    parsed = parse(dedent(text).encode(), path)
    assert not parsed.problems, parsed.problems
    return extract(parsed.tree, ModuleName(path, module, is_package), line_count=text.count("\n"))


def source_file(facts: ModuleFacts) -> SourceFile:
    return SourceFile(facts.path, facts.module, FileRole.PROGRAM, facts.is_package, 0)
