"""What the names and given words of nodes tell: for ties, for the names of services, for their vocabulary."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array, diags_array

from decompose.cluster.namebook import NameBook, Source
from decompose.cluster.words import is_technical, spoken

if TYPE_CHECKING:
    from decompose.graph.columns import Floats, Ints
    from decompose.model.given import GivenGraph, GivenNode

OWN, SAID = 1.0, 0.5
"""What a word of a node's own name counts, and one that it was given."""


@dataclass(frozen=True)
class Vocabulary:
    """`rows`: (node, word, amount), sorted; `written`: word -> how it is most often written."""

    nodes: int
    words: list[str]
    written: list[str]
    rows: list[tuple[int, int, float]]

    @cached_property
    def _columns(self) -> tuple[Ints, Ints, Floats]:
        found = np.array(self.rows, dtype=np.float64).reshape(-1, 3)
        return found[:, 0].astype(np.int64), found[:, 1].astype(np.int64), found[:, 2]

    def rare(self) -> csr_array:
        """(node, word) -> weight by how few nodes say it, rows of length 1."""
        node, word, amount = self._columns
        told = np.log(self.nodes / np.maximum(np.bincount(word, minlength=len(self.words)), 1))
        found = csr_array((amount * told[word], (node, word)), shape=(self.nodes, len(self.words)))
        length = np.sqrt(np.asarray(found.multiply(found).sum(axis=1)).ravel())
        return (diags_array(1 / np.maximum(length, 1e-12)) @ found).tocsr()

    def book(self) -> NameBook:
        """What is proposed for names: every word by the nodes that say it."""
        node, word, amount = self._columns
        total = np.ones(self.nodes)
        said = Source(1.0, node, word, amount, total)
        nothing = np.zeros(0, dtype=np.int64)
        packages = Source(0.0, nothing, nothing, np.zeros(0), total)
        return NameBook(self.words, self.written, packages, said, (said,))


def vocabulary(given: GivenGraph) -> Vocabulary:
    """The business words of a graph's nodes; technical ones only where a node has no other."""
    said = [_said(node) for node in given.nodes]
    forms: dict[str, Counter[str]] = {}
    for each in said:
        for word, (surface, _) in each.items():
            forms.setdefault(word, Counter())[surface] += 1
    words = sorted(forms)
    number = {word: index for index, word in enumerate(words)}
    rows = [
        (node, number[word], amount)
        for node, found in enumerate(said)
        for word, (_, amount) in sorted(found.items())
    ]
    written = [min(forms[word].items(), key=lambda each: (-each[1], each[0]))[0] for word in words]
    return Vocabulary(len(said), words, written, rows)


def _said(node: GivenNode) -> dict[str, tuple[str, float]]:
    """Word -> (as written, amount)."""
    name = node.id.replace("/", ".").rpartition(".")[2]
    own = {word: (surface, OWN) for word, surface in spoken(name)}
    given = {word: (surface, SAID) for text in node.words for word, surface in spoken(text)}
    found = {**given, **own}
    business = {word: each for word, each in found.items() if not is_technical(word)}
    return business or own
