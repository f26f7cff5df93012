"""What to call a service: a business noun phrase from its packages, tables, routes and vocabulary.

Every source proposes words; a word scores by how much of the service it covers and by how much of
what it covers anywhere is in this service. Words are given to services best match first, so that no
two have the same name; a service left without a word of its own gets two.

Names are valid DNS labels of at most MAX_LENGTH characters. Names of an earlier proposal stay where
most of its members stayed, and a person's names stay anyway.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from decompose.cluster.evidence.vocabulary import surfaces
from decompose.cluster.words import STEMMED_NOISE, is_technical, spoken, stem
from decompose.model.partition import RESERVED
from decompose.model.program import PREFIXES, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from decompose.cluster.evidence import Scene
    from decompose.graph.columns import Ints

MAX_LENGTH = 40
PACKAGE, TABLE, ROUTE, DEFINITION, VOCABULARY = 4.0, 2.5, 1.5, 1.0, 0.5
"""How much each source's word for a service weighs: people already say the packages' names."""
COVERAGE = 0.65
"""Exponent of coverage; specificity has the rest. A name must fit the most of a service before it fits it alone."""
EVERYWHERE = 0.8
"""A package that holds this share of all lines is the program: its name tells no service from another."""
SAME = 0.3
"""An earlier name stays if this share of the old and new members together is common."""

Pile = dict[str, Counter[int]]
"""Word -> service -> how much of the service it covers."""


@dataclass
class _Words:
    """Scores of words for services, and how each word is written."""

    nouns: frozenset[str] = frozenset()
    common: set[str] = field(default_factory=set)  # words that name the whole program
    scores: dict[int, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    surfaces: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, pile: Pile, total: Mapping[int, float], weight: float) -> None:
        """Score the words of one source: weight × coverage ** COVERAGE × specificity ** (1 - COVERAGE)."""
        for word, by_service in pile.items():
            if word in self.common:
                continue
            whole = sum(by_service.values())
            for service, amount in by_service.items():
                share = amount / max(total.get(service, 0.0), amount)
                score = weight * share**COVERAGE * (amount / whole) ** (1 - COVERAGE)
                self.scores[service][word] = self.scores[service].get(word, 0.0) + score

    def say(self, word: str) -> str:
        """How a word is most often written."""
        return min(self.surfaces[word].items(), key=lambda each: (-each[1], each[0]))[0]


def name_services(
    scene: Scene,
    label: Ints,
    vocabulary: Mapping[int, list[str]],
    given: Mapping[int, str],
) -> dict[int, str]:
    """Service -> name. `label`: of atoms; `vocabulary`: telling words; `given`: names that stay."""
    services = sorted({int(each) for each in label if each >= 0})
    words = _Words(_nouns(scene))
    for pile, total, weight in (
        (*_packages(scene, label, words), PACKAGE),
        (*_tables(scene, label, words), TABLE),
        (*_routes(scene, label, words), ROUTE),
        (*_definitions(scene, label, words), DEFINITION),
        (*_telling(vocabulary, words, surfaces(scene)), VOCABULARY),
    ):
        words.add(pile, total, weight)
    return _assign(services, words, dict(given))


def _note(words: _Words, text: str) -> set[str]:
    """The business words of an identifier, noted as they are written."""
    found: set[str] = set()
    for word, surface in spoken(text):
        if word in words.nouns or not is_technical(word):
            words.surfaces[word][surface] += 1
            found.add(word)
    return found


def _nouns(scene: Scene) -> frozenset[str]:
    """Layer words that are business here: a model is named just so (`Event`, `Session`, `Page`)."""
    names = (table.model.rpartition(".")[2] for table in scene.program.tables)
    alone = (spoken(name) for name in names)
    return frozenset(found[0][0] for found in alone if len(found) == 1) - STEMMED_NOISE


def _packages(scene: Scene, label: Ints, words: _Words) -> tuple[Pile, dict[int, float]]:
    """Parts of module paths, by the lines that stand under them."""
    pile: Pile = defaultdict(Counter)
    total: dict[int, float] = defaultdict(float)
    if not scene.use_paths:
        return pile, total
    split: dict[str, set[str]] = {}
    for atom, service in enumerate(label.tolist()):
        module = int(scene.atoms.module[atom])
        if service < 0 or module < 0:
            continue
        lines = int(scene.atoms.lines[atom]) + 1
        total[service] += lines
        for part in scene.atoms.names[module].split("."):
            if part not in split:
                split[part] = _note(words, part) if len(spoken(part)) == 1 else _phrase(words, part)
            for word in split[part]:
                pile[word][service] += lines
    enough = EVERYWHERE * sum(total.values())
    words.common = {
        word for word, lines in pile.items() if len(lines) > 1 and sum(lines.values()) >= enough
    }
    return pile, total


def _phrase(words: _Words, part: str) -> set[str]:
    """A name of several words as one: `gift_card` is `gift-card`, and its words say less."""
    parts = [surface for word, surface in spoken(part) if not is_technical(word)]
    if not parts:
        return set()
    whole = "-".join(parts)
    words.surfaces[whole][whole] += 1
    return {whole}


def _tables(scene: Scene, label: Ints, words: _Words) -> tuple[Pile, dict[int, float]]:
    """Words of models' and tables' names; a table that others point to counts for more."""
    referenced = Counter(
        column.references.rpartition(".")[0]
        for table in scene.program.tables
        for column in table.columns
        if column.references
    )
    pile: Pile = defaultdict(Counter)
    total: dict[int, float] = defaultdict(float)
    for table in scene.program.tables:
        atom = scene.atoms.named(PREFIXES[NodeKind.TABLE] + table.name)
        service = int(label[atom]) if atom >= 0 else -1
        if service < 0 or table.implicit_of:
            continue
        amount = 1 + min(referenced[table.name], 9)
        total[service] += amount
        for word in _note(words, table.model.rpartition(".")[2] or table.name):
            pile[word][service] += amount
    return pile, total


def _routes(scene: Scene, label: Ints, words: _Words) -> tuple[Pile, dict[int, float]]:
    """Fixed segments of paths."""
    names = scene.program.graph.nodes.names
    pile: Pile = defaultdict(Counter)
    total: dict[int, float] = defaultdict(float)
    for node, atom in scene.atoms.answering.items():
        service = int(label[atom])
        if service < 0 or scene.known.kind[node] != NodeKind.ROUTE:
            continue
        total[service] += 1
        path = re.sub(r"\{[^}]*\}", "", names[node].partition(" ")[2])
        for word in _note(words, path):
            pile[word][service] += 1
    return pile, total


def _definitions(scene: Scene, label: Ints, words: _Words) -> tuple[Pile, dict[int, float]]:
    """Words of the names of classes and functions."""
    pile: Pile = defaultdict(Counter)
    total: dict[int, float] = defaultdict(float)
    for atom, service in enumerate(label.tolist()):
        if service < 0 or scene.atoms.kind[atom] not in (NodeKind.CLASS, NodeKind.FUNCTION):
            continue
        total[service] += 1
        for word in _note(words, scene.atoms.names[atom].rpartition(".")[2]):
            pile[word][service] += 1
    return pile, total


def _telling(
    vocabulary: Mapping[int, list[str]], words: _Words, written: Mapping[str, str]
) -> tuple[Pile, dict[int, float]]:
    """The most telling words, the first ones most."""
    pile: Pile = defaultdict(Counter)
    total: dict[int, float] = {}
    for service, found in vocabulary.items():
        total[service] = float(len(found) + 1)
        for rank, word in enumerate(found):
            if not is_technical(word):
                words.surfaces[word][written.get(word, word)] += not words.surfaces[word]
                pile[word][service] += len(found) - rank
    return pile, total


def _assign(services: list[int], words: _Words, names: dict[int, str]) -> dict[int, str]:
    """Best match first; who comes too late for a word adds one that tells it apart."""
    taken = {*names.values(), *RESERVED}
    rest = [service for service in services if service not in names]
    ranked = sorted(
        (-score, word, service) for service in rest for word, score in words.scores[service].items()
    )
    best = {service: max(words.scores[service].values(), default=0.0) for service in rest}
    for score, word, service in ranked:
        label = slug(words.say(word))
        if service not in names and label not in taken and -score >= 0.6 * best[service] and label:
            names[service] = label
            taken.add(label)
    for service in rest:
        if service not in names:
            names[service] = next(each for each in _phrases(service, words) if each not in taken)
            taken.add(names[service])
    return dict(sorted(names.items()))


def _phrases(service: int, words: _Words) -> Iterator[str]:
    """Names of two words, the service's best first; with numbers only where no word is left."""
    ranked = sorted(words.scores[service], key=lambda word: (-words.scores[service][word], word))[
        :8
    ]
    for first in ranked:
        for second in ranked:
            if stem(first) != stem(second):
                yield slug(f"{words.say(first)}-{words.say(second)}")
    yield from (slug(words.say(word)) for word in ranked if slug(words.say(word)))
    yield from (f"capability-{number}" for number in range(1, 100_000))


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
            new[service] += lines
            before = previous.get(name)
            if before is not None and before not in RESERVED:
                shared[service, before] += lines
                old[before] += lines
    found: dict[int, str] = {}
    ranked = sorted(shared, key=lambda pair: (-_overlap(shared, new, old, pair), pair))
    for service, before in ranked:
        enough = _overlap(shared, new, old, (service, before)) >= SAME
        if enough and service not in found and before not in found.values():
            found[service] = before
    return found


def _overlap(
    shared: Mapping[tuple[int, str], float],
    new: Mapping[int, float],
    old: Mapping[str, float],
    pair: tuple[int, str],
) -> float:
    both = shared[pair]
    return both / (new[pair[0]] + old[pair[1]] - both)
