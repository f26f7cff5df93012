"""What is said where: the words of every atom, counted once for all that ask.

Words come from identifiers and string literals, from the names of definitions, modules and tables,
and from the paths of routes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from decompose.cluster.words import STEMMED_NOISE, spoken_of_all
from decompose.model.program import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from decompose.cluster.atoms import Atoms
    from decompose.graph.analysis import Program
    from decompose.graph.columns import Columns, Floats, Ints


@dataclass(frozen=True)
class Said:
    """Who says which identifier or string in its text, each once: columns of equal length."""

    identifiers: list[str]
    atom: Ints
    identifier: Ints  # position in `identifiers`


@dataclass(frozen=True)
class Lexicon:
    """`counts`: (atom, word) -> how often. `written`: word -> how it is most often written."""

    words: list[str]
    counts: csr_array
    written: Mapping[str, str]
    said: Said

    def grouped(self, label: Ints, size: int) -> csr_array:
        """(label, word) -> how often; atoms with a label below 0 are left out."""
        inside = np.flatnonzero(label >= 0)
        grouped = csr_array(
            (np.ones(len(inside)), (label[inside], inside)), shape=(size, len(label))
        )
        found = (grouped @ self.counts).tocsr()
        found.sort_indices()
        return found

    def speakers(self, label: Ints, size: int) -> csr_array:
        """(label, word) -> how many of the label's atoms say it."""
        once = self.counts.copy()
        once.data = np.ones(len(once.data))
        return replace(self, counts=once).grouped(label, size)


def lexicon(program: Program, known: Columns, atoms: Atoms, *, use_paths: bool) -> Lexicon:
    """The words of a program; without paths the names of modules say nothing."""
    identifiers, rows, columns, counts, names = _uses(program, known, atoms, use_paths=use_paths)
    used = csr_array((counts, (rows, columns)), shape=(len(atoms), len(identifiers)))
    words, split, written = _split(identifiers)
    found = (used @ split).tocsr()
    found.sort_indices()
    in_text = slice(len(rows) - names)
    return Lexicon(words, found, written, Said(identifiers, rows[in_text], columns[in_text]))


def _uses(
    program: Program, known: Columns, atoms: Atoms, *, use_paths: bool
) -> tuple[list[str], Ints, Ints, Floats, int]:
    """All identifiers, and (atom, identifier, count) of their uses; how many of these, the last, are atoms' names."""
    position = atoms.position
    said = {node: words for node, words in program.words.items() if position[node] >= 0}
    names = list(_names(program, known, atoms, use_paths=use_paths))
    used = list(chain.from_iterable(said.values()))
    identifiers = sorted({*used, *(name for _, name in names)})
    number = {identifier: index for index, identifier in enumerate(identifiers)}
    rows = np.repeat([position[node] for node in said], [len(words) for words in said.values()])
    counts = np.fromiter(
        chain.from_iterable(words.values() for words in said.values()), np.float64, len(used)
    )
    return (
        identifiers,
        np.concatenate([rows, [atom for atom, _ in names]]).astype(np.int64),
        np.array([*map(number.__getitem__, used), *(number[name] for _, name in names)], np.int64),
        np.concatenate([counts, np.ones(len(names))]),
        len(names),
    )


def _names(
    program: Program, known: Columns, atoms: Atoms, *, use_paths: bool
) -> Iterator[tuple[int, str]]:
    """(atom, name that somebody chose for it)."""
    is_module = atoms.is_module.tolist()
    for atom, name in enumerate(atoms.names):
        if use_paths or not is_module[atom]:
            yield atom, name.rpartition(".")[2].rpartition(":")[2]
    for node, atom in atoms.answering.items():
        if known.kind[node] == NodeKind.ROUTE:
            yield atom, program.graph.nodes.names[node].partition(" ")[2]


def _split(identifiers: list[str]) -> tuple[list[str], csr_array, dict[str, str]]:
    """Words, the matrix of identifier × word, and how each word is written."""
    positions, said = spoken_of_all(identifiers)
    forms: dict[str, dict[str, int]] = defaultdict(dict)
    often = Counter(said)
    for (word, surface), count in often.items():
        forms[word][surface] = count
    words = sorted(set(forms) - STEMMED_NOISE)
    number = {word: index for index, word in enumerate(words)}
    column_of = {each: number.get(each[0], -1) for each in often}
    columns = np.fromiter(map(column_of.__getitem__, said), np.int64, len(said))
    rows, columns = np.array(positions, np.int64)[columns >= 0], columns[columns >= 0]
    written = {
        word: min(seen.items(), key=lambda each: (-each[1], each[0]))[0]
        for word, seen in forms.items()
    }
    matrix = csr_array((np.ones(len(rows)), (rows, columns)), (len(identifiers), len(words)))
    return words, matrix, written
