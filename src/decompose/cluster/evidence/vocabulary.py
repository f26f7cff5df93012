"""What is spoken of: each unit is tied to its nearest neighbours in vocabulary (TF-IDF, cosine).

Words come from identifiers and string literals, from the names of definitions (counted more: they
are chosen with care), from the paths of routes and the names of tables.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, diags_array

from decompose.cluster.evidence.ties import Matrix, nearest, symmetric, total, unit_rows
from decompose.cluster.evidence.weights import (
    COMMON_WORD,
    NEIGHBOURS,
    VOCABULARY,
    VOCABULARY_FLOOR,
)
from decompose.cluster.words import STEMMED_NOISE, spoken, stems
from decompose.model.program import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from decompose.cluster.scene import Scene

NAME_COUNT = 1
"""A definition's own name, a route's path and a table's name count as so many uses."""
LONGEST = 60
"""Words a unit is told by: its most telling ones. More cost time and change nothing."""
RARE_ENOUGH = 3
"""Words in so few units count, however small the program is."""


def ties(scene: Scene, direct: Matrix) -> Matrix:
    """Ties by vocabulary, scaled to a share of the direct ties."""
    _, counts = word_counts(scene, scene.units.of, scene.units.count)
    a, b, cosine = nearest(unit_rows(telling(counts)), NEIGHBOURS)
    found = symmetric(a, b, cosine, scene.units.count)
    wanted = max(VOCABULARY * total(direct), VOCABULARY_FLOOR * scene.units.count)
    return found * (wanted / max(total(found), np.finfo(float).tiny))


def word_counts(scene: Scene, label: np.ndarray, size: int) -> tuple[list[str], Matrix]:
    """(words, matrix of label × word -> how often) over the atoms of each label."""
    words, spoken = _spoken(scene)
    inside = np.flatnonzero(label >= 0)
    grouped = csr_array(
        (np.ones(len(inside)), (label[inside], inside)), shape=(size, spoken.shape[0])
    )
    found = (grouped @ spoken).tocsr()
    found.sort_indices()
    return words, found


def _spoken(scene: Scene) -> tuple[list[str], Matrix]:
    """(words, matrix of atom × word -> how often); the same for every scene of the same atoms, so kept with them."""
    kept = scene.atoms.__dict__.setdefault("_spoken", {})
    if scene.use_paths not in kept:
        identifiers, rows, columns, counts = _uses(scene)
        used = csr_array((counts, (rows, columns)), shape=(len(scene.atoms), len(identifiers)))
        words, split = _split(identifiers)
        kept[scene.use_paths] = words, (used @ split).tocsr()
    found: tuple[list[str], Matrix] = kept[scene.use_paths]
    return found


def surfaces(scene: Scene) -> dict[str, str]:
    """Word -> how the program's identifiers most often write it."""
    kept = scene.atoms.__dict__
    if "_surfaces" not in kept:
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        for identifier in set(chain.from_iterable(scene.program.words.values())):
            for word, written in spoken(identifier):
                seen[word][written] += 1
        kept["_surfaces"] = {
            word: min(counts.items(), key=lambda each: (-each[1], each[0]))[0]
            for word, counts in seen.items()
        }
    found: dict[str, str] = kept["_surfaces"]
    return found


def _uses(scene: Scene) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """All identifiers, and (atom, identifier, count) of their uses."""
    program, atoms = scene.program, scene.atoms
    position = atoms.position
    known = {node: words for node, words in program.words.items() if position[node] >= 0}
    names = list(_names(scene))
    used = list(chain.from_iterable(known.values()))
    identifiers = sorted({*used, *(name for _, name in names)})
    number = {identifier: index for index, identifier in enumerate(identifiers)}
    rows = np.repeat([position[node] for node in known], [len(words) for words in known.values()])
    counts = np.fromiter(
        chain.from_iterable(words.values() for words in known.values()), np.float64, len(used)
    )
    return (
        identifiers,
        np.concatenate([rows, [atom for atom, _ in names]]).astype(np.int64),
        np.array([number[each] for each in used] + [number[n] for _, n in names], dtype=np.int64),
        np.concatenate([counts, np.full(len(names), float(NAME_COUNT))]),
    )


def _names(scene: Scene) -> Iterator[tuple[int, str]]:
    """(atom, name that somebody chose for it)."""
    atoms = scene.atoms
    for atom, name in enumerate(atoms.names):
        if not atoms.is_module[atom]:
            yield atom, name.rpartition(".")[2].rpartition(":")[2]
        elif scene.use_paths:
            yield atom, name.rpartition(".")[2]
    names = scene.program.graph.nodes.names
    for node, atom in atoms.answering.items():
        if scene.known.kind[node] == NodeKind.ROUTE:
            yield atom, names[node].partition(" ")[2]


def _split(identifiers: list[str]) -> tuple[list[str], Matrix]:
    """Words, and the matrix of identifier × word."""
    split = [stems(identifier) for identifier in identifiers]
    words = sorted(set(chain.from_iterable(split)) - STEMMED_NOISE)
    number = {word: index for index, word in enumerate(words)}
    rows: list[int] = []
    columns: list[int] = []
    for row, found in enumerate(split):
        for word in found:
            column = number.get(word)
            if column is not None:
                rows.append(row)
                columns.append(column)
    return words, csr_array(
        (np.ones(len(rows)), (rows, columns)), shape=(len(identifiers), len(words))
    )


def telling(counts: Matrix) -> Matrix:
    """TF-IDF: 1 + ln(count), times ln(units / units that say it); each row's most telling words."""
    size = counts.shape[0]
    spoken = int((np.diff(counts.indptr) > 0).sum())
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = (frequency > 1) & (frequency <= max(RARE_ENOUGH, COMMON_WORD * spoken))
    rarity = np.where(kept, np.log(max(spoken, 1) / np.maximum(frequency, 1)), 0.0)
    weighted = counts.copy()
    weighted.data = 1 + np.log(weighted.data)
    weighted = (weighted @ diags_array(rarity)).tocoo()
    order = np.lexsort((weighted.col, -weighted.data, weighted.row))
    row = weighted.row[order]
    starts = np.searchsorted(row, np.arange(size))
    chosen = order[(np.arange(len(order)) - starts[row] < LONGEST) & (weighted.data[order] > 0)]
    return csr_array(
        (weighted.data[chosen], (weighted.row[chosen], weighted.col[chosen])), counts.shape
    )


def most_telling(words: list[str], counts: Matrix, limit: int) -> dict[int, list[str]]:
    """Label -> its most telling words, most telling first."""
    found: dict[int, list[str]] = defaultdict(list)
    weights = telling(counts).tocoo()
    order = np.lexsort((weights.col, -weights.data, weights.row))
    for place in order:
        row = found[int(weights.row[place])]
        if len(row) < limit:
            row.append(words[weights.col[place]])
    return dict(found)
