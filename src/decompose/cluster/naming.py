"""What to call a service: a business noun phrase from its packages, tables, routes and vocabulary.

Every source proposes words for atoms; a word scores by how much of the service it covers and by how
much of what it covers anywhere is in this service. Words are given to services best match first, so
that no two have the same name, nor one that differs by a plural only; a service left without a word
of its own gets two.

Names are valid DNS labels of at most MAX_LENGTH characters. Names of an earlier proposal stay where
most of its members stayed, and a person's names stay anyway.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

from decompose.cluster.words import stem
from decompose.model.partition import RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from decompose.cluster.namebook import NameBook, Source
    from decompose.graph.columns import Floats, Ints

MAX_LENGTH = 40
COVERAGE = 0.65
"""Exponent of coverage, specificity has the rest: a name fits most of a service before it fits it alone."""
EVERYWHERE = 0.8
"""Words of packages that hold this share of all lines name the program, and tell no service from another."""
ENOUGH = 0.6
"""A service takes a word only if it scores so much of what its best word does."""
CANDIDATES = 8
"""Words that names of two words are made of."""
SAME = 0.3
"""An earlier name stays if this share of the old and new members together is common."""

Scores = dict[int, dict[int, float]]
"""Service -> word's number -> score."""


def name_services(
    book: NameBook, label: Ints, given: Mapping[int, str], short: Mapping[int, str]
) -> dict[int, str]:
    """Service -> name. `label`: of atoms, below 0 for none; `given`: names that stay; `short`: abbreviations."""
    services = sorted({int(each) for each in label if each >= 0})
    size = int(label.max(initial=-1)) + 1
    scores: Scores = defaultdict(dict)
    common = _common(book, label, size)
    for source in book.sources:
        service, word, score = _scored(source, label, size, len(book.words))
        for s, w, each in zip(service.tolist(), word.tolist(), score.tolist(), strict=True):
            if w not in common:
                scores[s][w] = scores[s].get(w, 0.0) + each
    return _assign(services, scores, book.written, dict(given) | _short(scores, book, given, short))


def _short(
    scores: Scores, book: NameBook, given: Mapping[int, str], short: Mapping[int, str]
) -> dict[int, str]:
    """What abbreviations stand for, where a good word of their service begins like them, else themselves."""
    taken = set(map(meaning, (*given.values(), *RESERVED)))
    found: dict[int, str] = {}
    for service, name in sorted(short.items()):
        known = scores[service]
        best = max(known.values(), default=0.0)
        ranked = sorted(known, key=lambda word: (-known[word], book.written[word]))
        meant = (slug(book.written[word]) for word in ranked if known[word] >= ENOUGH * best)
        wanted = [*(each for each in meant if each.startswith(name[0])), name]
        free = [each for each in wanted if each and meaning(each) not in taken]
        if service not in given and free:
            found[service] = free[0]
            taken.add(meaning(free[0]))
    return found


def _scored(source: Source, label: Ints, size: int, words: int) -> tuple[Ints, Ints, Floats]:
    """(service, word, score): weight × coverage ** COVERAGE × specificity ** (1 - COVERAGE)."""
    service = label[source.atom]
    inside = service >= 0
    rows = (source.amount[inside], (service[inside], source.word[inside]))
    amount = coo_array(rows, shape=(size, words)).tocsr().tocoo()
    whole = np.bincount(amount.col, amount.data, minlength=words)
    placed = label >= 0
    total = np.bincount(label[placed], source.total[placed], minlength=size)
    coverage = amount.data / np.maximum(total[amount.row], amount.data)
    specificity = amount.data / whole[amount.col]
    score = source.weight * coverage**COVERAGE * specificity ** (1 - COVERAGE)
    return amount.row.astype(np.int64), amount.col.astype(np.int64), score


def telling_words(book: NameBook, label: Ints, limit: int) -> dict[int, list[str]]:
    """Service -> the words of its bounded context, as written, most telling first."""
    size = int(label.max(initial=-1)) + 1
    service, word, score = _scored(book.vocabulary, label, size, len(book.words))
    found: dict[int, list[str]] = defaultdict(list)
    for place in np.lexsort((word, -score, service)).tolist():
        row = found[int(service[place])]
        if len(row) < limit:
            row.append(book.written[int(word[place])])
    return dict(found)


def _common(book: NameBook, label: Ints, size: int) -> set[int]:
    """Words of packages that hold nearly everything, if there are several services."""
    service = label[book.packages.atom]
    inside = service >= 0
    lines = np.bincount(
        book.packages.word[inside], book.packages.amount[inside], minlength=len(book.words)
    )
    whole = float(book.packages.total[label >= 0].sum())
    return (
        set(np.flatnonzero(lines >= EVERYWHERE * whole).tolist()) if size > 1 and whole else set()
    )


def _assign(
    services: list[int], scores: Scores, written: Sequence[str], names: dict[int, str]
) -> dict[int, str]:
    """Best match first; who comes too late for a word adds one that tells it apart."""
    taken = {meaning(name) for name in (*names.values(), *RESERVED)}
    rest = [service for service in services if service not in names]
    best = {service: max(scores[service].values(), default=0.0) for service in rest}
    ranked = sorted(
        (-score, written[word], service)
        for service in rest
        for word, score in scores[service].items()
        if score >= ENOUGH * best[service]
    )
    for _, word, service in ranked:
        label = slug(word)
        if service not in names and label and meaning(label) not in taken:
            names[service] = label
            taken.add(meaning(label))
    for service in rest:
        if service not in names:
            phrases = _phrases(scores[service], written)
            names[service] = next(each for each in phrases if each and meaning(each) not in taken)
            taken.add(meaning(names[service]))
    return dict(sorted(names.items()))


def _phrases(scores: Mapping[int, float], written: Sequence[str]) -> Iterator[str]:
    """Names of two words, the best first; with numbers only where no word is left."""
    ranked = sorted(scores, key=lambda word: (-scores[word], written[word]))
    best = [written[word] for word in ranked[:CANDIDATES]]
    for first in best:
        for second in best:
            if not {stem(part) for part in first.split("-")} & {
                stem(part) for part in second.split("-")
            }:
                yield slug(f"{first}-{second}")
    yield from (slug(word) for word in best)
    yield from (f"capability-{number}" for number in range(1, 100_000))


def meaning(name: str) -> tuple[str, ...]:
    """What must differ between names: `order` and `orders` would be mistaken for each other."""
    return tuple(stem(part) for part in name.split("-"))


def slug(text: str) -> str:
    """A valid DNS label, "" if nothing of the text can stand in one."""
    found = re.sub(r"[^a-z0-9]+", "-", text.lower())[:MAX_LENGTH].strip("-")
    return found if re.match(r"[a-z]", found) else ""


def kept_names(
    members: Mapping[int, Iterable[tuple[str, float]]], previous: Mapping[str, str]
) -> dict[int, str]:
    """Names of an earlier proposal for services that are mostly the same: both ways, by lines."""
    shared: dict[tuple[int, str], float] = defaultdict(float)
    new: dict[int, float] = defaultdict(float)
    old: dict[str, float] = defaultdict(float)
    for service, atoms in members.items():
        for name, lines in atoms:
            before = previous.get(name)
            if before is None or before in RESERVED:
                continue  # what is new, or was set aside, speaks for no name
            new[service] += lines
            shared[service, before] += lines
            old[before] += lines
    overlap = {pair: both / (new[pair[0]] + old[pair[1]] - both) for pair, both in shared.items()}
    found: dict[int, str] = {}
    for service, before in sorted(overlap, key=lambda pair: (-overlap[pair], pair)):
        free = service not in found and before not in found.values()
        if free and overlap[service, before] >= SAME:
            found[service] = before
    return found
