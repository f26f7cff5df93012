"""The words that packages, tables, routes, definitions and vocabulary propose for names.

Made once for a program; every partition of it is named from the same book.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.words import PLAIN, STEMMED_NOISE, is_technical, spoken, stem, stems
from decompose.graph.columns import Floats, Ints, has_kind
from decompose.model.program import PREFIXES, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from decompose.cluster.scene import Scene

PACKAGE, TABLE, ROUTE, DEFINITION, VOCABULARY = 4.0, 2.5, 1.5, 1.0, 0.75
"""How much each source's word for a service weighs: people already say the packages' names."""
LONG = 5
"""Letters from which a program's name is no beginning of other words."""
CENTRAL = 9
"""A table that others point to counts for more, but for no more than this."""

LONGEST = 500
"""What one definition counts for at most, in lines: ten thousand lines of data are not what a service is about."""

Row = tuple[int, str, float]
"""An atom, a word of it, and the amount that it covers."""


@dataclass(frozen=True)
class Source:
    """What one source proposes, as columns. `total`: what each atom counts for coverage."""

    weight: float
    atom: Ints
    word: Ints
    amount: Floats
    total: Floats


@dataclass(frozen=True)
class NameBook:
    """`words`: stems and phrases; `written`: how each is written in a name."""

    words: list[str]
    written: list[str]
    packages: Source
    vocabulary: Source
    sources: tuple[Source, ...]


def name_book(scene: Scene) -> NameBook:
    """All that is proposed for names of a program's services."""
    book = _Book(_nouns(scene))
    packages = book.source(PACKAGE, *_packages(scene, book))
    sources = (
        packages,
        book.source(TABLE, *_tables(scene, book)),
        book.source(ROUTE, *_routes(scene, book)),
        book.source(DEFINITION, *_definitions(scene, book)),
        vocabulary := _vocabulary(scene, book),
    )
    words = sorted(book.number, key=lambda word: book.number[word])
    return NameBook(words, [book.say(word) for word in words], packages, vocabulary, sources)


class _Book:
    """Numbers for words, and how they are written."""

    def __init__(self, nouns: frozenset[str]) -> None:
        self.nouns = nouns
        self.number: dict[str, int] = {}
        self.forms: dict[str, Counter[str]] = {}

    def note(self, text: str) -> list[str]:
        """The business words of an identifier, noted as they are written."""
        return [
            self.form(word, surface)
            for word, surface in dict(spoken(text)).items()
            if word in self.nouns or not (is_technical(word) or word in PLAIN)
        ]

    def form(self, word: str, surface: str) -> str:
        """Note one way in which a word is written."""
        self.number.setdefault(word, len(self.number))
        self.forms.setdefault(word, Counter())[surface] += 1
        return word

    def say(self, word: str) -> str:
        """How a word is most often written."""
        return min(self.forms[word].items(), key=lambda each: (-each[1], each[0]))[0]

    def source(self, weight: float, rows: Iterable[Row], total: Floats) -> Source:
        """The columns of some rows."""
        found = [(atom, self.number[word], amount) for atom, word, amount in rows]
        columns = np.array(found, dtype=np.float64).reshape(-1, 3)
        atom, word = columns[:, 0].astype(np.int64), columns[:, 1].astype(np.int64)
        return Source(weight, atom, word, columns[:, 2], total)


def _nouns(scene: Scene) -> frozenset[str]:
    """Layer words that are business here: a model is named just so (`Event`, `Session`, `Page`)."""
    names = (table.model.rpartition(".")[2] for table in scene.program.tables)
    alone = (spoken(name) for name in names)
    return frozenset(found[0][0] for found in alone if len(found) == 1) - STEMMED_NOISE


def _packages(scene: Scene, book: _Book) -> tuple[list[Row], Floats]:
    """Parts of module paths, by the lines that stand under them."""
    atoms = scene.atoms
    total = np.where(atoms.module >= 0, np.minimum(atoms.lines, LONGEST) + 1, 0.0)
    if not scene.use_paths:
        return [], total
    split: dict[str, list[str]] = {}
    by_module: dict[int, list[str]] = {}
    for module in np.unique(atoms.module[atoms.module >= 0]).tolist():
        parts = atoms.names[module].split(".")
        for part in parts:
            if part not in split:
                split[part] = _phrase(book, part)
        by_module[module] = list(dict.fromkeys(word for part in parts for word in split[part]))
    rows = [
        (atom, word, float(total[atom]))
        for atom, module in enumerate(atoms.module.tolist())
        if module >= 0
        for word in by_module[module]
    ]
    return rows, total


def _phrase(book: _Book, part: str) -> list[str]:
    """A name of several words as one: `gift_card` is `gift-card`."""
    parts = [surface for word, surface in spoken(part) if not is_technical(word)]
    if len(parts) > 1:
        return [book.form("-".join(parts), "-".join(parts))]
    return book.note(part)


def _tables(scene: Scene, book: _Book) -> tuple[list[Row], Floats]:
    """Words of models' and tables' names; a table that others point to counts for more."""
    referenced = Counter(
        column.references.rpartition(".")[0]
        for table in scene.program.tables
        for column in table.columns
        if column.references
    )
    total = np.zeros(len(scene.atoms))
    rows: list[Row] = []
    for table in scene.program.tables:
        atom = scene.atoms.named(PREFIXES[NodeKind.TABLE] + table.name)
        if atom < 0 or table.implicit_of:
            continue
        amount = 1.0 + min(referenced[table.name], CENTRAL)
        total[atom] += amount
        name = table.model.rpartition(".")[2] or table.name
        rows += ((atom, word, amount) for word in book.note(name))
    return rows, total


def _routes(scene: Scene, book: _Book) -> tuple[list[Row], Floats]:
    """Fixed segments of paths."""
    names = scene.program.graph.nodes.names
    total = np.zeros(len(scene.atoms))
    rows: list[Row] = []
    for node, atom in scene.atoms.answering.items():
        if scene.known.kind[node] == NodeKind.ROUTE:
            total[atom] += 1
            path = re.sub(r"\{[^}]*\}", "", names[node].partition(" ")[2])
            rows += ((atom, word, 1.0) for word in book.note(path))
    return rows, total


def _definitions(scene: Scene, book: _Book) -> tuple[list[Row], Floats]:
    """Words of the names of classes and functions."""
    is_named = has_kind(scene.atoms.kind, NodeKind.CLASS, NodeKind.FUNCTION)
    rows = [
        (atom, word, 1.0)
        for atom in np.flatnonzero(is_named).tolist()
        for word in book.note(scene.atoms.names[atom].rpartition(".")[2])
    ]
    return rows, is_named.astype(np.float64)


def _things(scene: Scene) -> set[str]:
    """Words by which the authors call packages, classes, tables, columns and paths; of functions all but the verb.

    The rest of what code says is the language's and its libraries' vocabulary.
    """
    nodes, atoms = scene.program.graph.nodes, scene.atoms
    kinds, module, function = atoms.kind.tolist(), int(NodeKind.MODULE), int(NodeKind.FUNCTION)
    found: set[str] = set()
    for atom, name in enumerate(atoms.names):
        kind = kinds[atom]
        said = stems(name.rpartition(".")[2])
        if kind == module and not scene.use_paths:
            continue
        found.update(said[1:] if kind == function else said)
    for table in scene.program.tables:
        found.update(word for column in table.columns for word in stems(column.name))
    for node in scene.atoms.answering:
        if scene.known.kind[node] == NodeKind.ROUTE:
            found.update(stems(nodes.names[node].partition(" ")[2]))
    whole = _whole(scene)
    beginnings = tuple(word for word in whole if len(word) >= LONG)
    return {word for word in found - PLAIN - {*whole} if not word.startswith(beginnings)}


def _whole(scene: Scene) -> tuple[str, ...]:
    """Names of the program, if it is one package, and of its frameworks: no word of them tells a service."""
    names, is_module = scene.atoms.names, scene.atoms.is_module.tolist()
    modules = [name for name, is_one in zip(names, is_module, strict=True) if is_one]
    roots = {name.partition(".")[0] for name in modules} if scene.use_paths else set()
    frameworks = {name.partition(".")[0] for name in scene.program.frameworks}
    program = roots if len(roots) == 1 else set()
    return tuple(sorted(stem(name) for name in {*program, *frameworks}))


def _vocabulary(scene: Scene, book: _Book) -> Source:
    """Words of identifiers and strings that name a thing somewhere, by the atoms that say them."""
    found, things = scene.lexicon, _things(scene)
    chosen = [
        number
        for number, word in enumerate(found.words)
        if word in book.nouns or (word in things and not is_technical(word))
    ]
    of_word = np.full(len(found.words), -1, dtype=np.int64)
    for number in chosen:
        word = found.words[number]
        of_word[number] = book.number[book.form(word, found.written[word])]
    said = found.counts.tocoo()
    kept = of_word[said.col] >= 0
    return Source(
        weight=VOCABULARY,
        atom=said.row[kept].astype(np.int64),
        word=of_word[said.col[kept]],
        amount=np.ones(int(kept.sum())),
        total=(~scene.atoms.is_table).astype(np.float64),
    )
