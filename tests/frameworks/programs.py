"""Small programs, given as texts, and what the framework readers say about them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from textwrap import dedent

from decompose.extract import ModuleName, extract
from decompose.frameworks import Reader, readers
from decompose.link import link
from decompose.model.facts import ModuleFacts
from decompose.model.knowledge import Knowledge
from decompose.model.program import Fact
from decompose.model.source import FileRole, SourceFile
from decompose.model.view import ProgramView
from decompose.source import parse
from decompose.steps.reading import read_templates


def settled(name: str, files: Mapping[str, str], dialect: str = "") -> list[Fact]:
    """The facts that the reader of a name settles when all readers see a program."""
    found: list[Fact] = []

    def recording(reader: Reader) -> Reader:
        def settle(view: ProgramView) -> Iterator[Fact]:
            for fact in reader.settle(view):
                found.append(fact)
                yield fact

        return replace(reader, settle=settle) if reader.name == name else reader

    _linked(files, [recording(reader) for reader in readers()], dialect)
    return found


def seen(interest: str, look: Callable[[ProgramView], None], files: Mapping[str, str]) -> None:
    """Let a function look at a program as a reader does that is interested in one name."""

    def settle(view: ProgramView) -> Iterator[Fact]:
        look(view)
        return iter(())

    _linked(files, [Reader("look", frozenset([interest]), 0, settle, Knowledge())])


def _linked(files: Mapping[str, str], own: Sequence[Reader], dialect: str = "") -> None:
    facts = [_facts(path, text) for path, text in files.items() if path.endswith(".py")]
    texts = {path: dedent(text) for path, text in files.items() if not path.endswith(".py")}
    templates = read_templates(texts)
    files_of = [_file(each) for each in facts]
    link(facts, files_of, own, texts=texts, templates=templates, dialect=dialect)


def _facts(path: str, text: str) -> ModuleFacts:
    """What one file says; `path` is relative to the import root."""
    parts = path.removesuffix(".py").split("/")
    is_package = parts[-1] == "__init__"
    module = ".".join(parts[:-1] if is_package else parts)
    parsed = parse(dedent(text).encode(), path)
    assert not parsed.problems, parsed.problems
    return extract(parsed.tree, ModuleName(path, module, is_package), line_count=text.count("\n"))


def _file(facts: ModuleFacts) -> SourceFile:
    return SourceFile(facts.path, facts.module, FileRole.PROGRAM, facts.is_package, 0)
