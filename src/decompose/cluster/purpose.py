"""A sentence that says what a service does: its aggregates, its doors, its jobs.

The first part is the program's own words where a package's docstring describes most of the service;
else it is built from the tables and the vocabulary.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from decompose.cluster.extent import same_packages
from decompose.cluster.words import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from decompose.cluster.evidence import Scene
    from decompose.graph.columns import Ints

MAX_DOC = 140
MOST = 0.6
"""A package describes a service that holds this share of it, and of which it holds this share."""
NAMED = 3
"""So many tables and paths are named, the rest is counted."""


@dataclass
class Parts:
    """What a service consists of, for its purpose."""

    tables: list[str] = field(default_factory=list)
    doors: list[str] = field(default_factory=list)
    words: Sequence[str] = ()
    doc: str = ""


def describe(parts: Parts) -> str:
    """One or two sentences."""
    lead = parts.doc or _lead(parts)
    doors = _doors(parts.doors)
    return " ".join(part for part in (lead, doors) if part)


def _lead(parts: Parts) -> str:
    if parts.tables:
        return f"Keeps {_listed([_spoken(table) for table in parts.tables])}."
    words = _listed(list(parts.words[:NAMED]))
    return f"Code about {words}; keeps no tables." if words else "Keeps no tables."


def _spoken(table: str) -> str:
    """`OrderLine` and `orders_orderline` as people say them."""
    return " ".join(surface for _, surface in spoken(table.rpartition(".")[2])) or table


def _listed(items: list[str]) -> str:
    unique = list(dict.fromkeys(items))
    shown, rest = unique[:NAMED], len(unique) - NAMED
    if rest > 0:
        return f"{', '.join(shown)} and {rest} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""


def _doors(doors: list[str]) -> str:
    kinds = Counter(door.partition(":")[0] for door in doors)
    said: list[str] = []
    if kinds["route"]:
        heads = _heads([door.partition(" ")[2] for door in doors if door.startswith("route:")])
        said.append(f"answers {_counted(kinds['route'], 'route')} under {_listed(heads)}")
    for kind, verb in (("task", "runs"), ("schedule", "keeps"), ("command", "offers")):
        if kinds[kind]:
            said.append(f"{verb} {_counted(kinds[kind], kind)}")
    text = ", ".join(said)
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"


def _heads(paths: list[str]) -> list[str]:
    """First fixed segments of paths, the most frequent first; deeper where all share the first."""
    split = [[part for part in path.split("/") if part and "{" not in part] for path in paths]
    depth = 1
    while depth < 4 and len({tuple(parts[:depth]) for parts in split}) == 1:  # noqa: PLR2004 -- enough
        depth += 1
    counts = Counter("/" + "/".join(parts[:depth]) for parts in split)
    return [head for head, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))]


def docs(scene: Scene, label: Ints) -> dict[int, str]:
    """Service -> the docstring of the package or module that is most of it, its first sentence."""
    known, index = scene.program.docs, scene.program.graph.index
    found: dict[int, str] = {}
    for service, packages in same_packages(scene, label, MOST).items():
        said = (known.get(index.get(each, -1), "") for each in packages)
        found[service] = next(filter(None, map(first_sentence, said)), "")
    return {service: doc for service, doc in found.items() if doc}


def first_sentence(text: str) -> str:
    """One line, cut at a word; "" where it says nothing a person would say."""
    line = " ".join(text.split())
    sentence = re.split(r"(?<=[.!?])\s", line, maxsplit=1)[0]
    if len(sentence) < 12 or not re.search(r"[a-z] [a-z]", sentence):  # noqa: PLR2004 -- a phrase
        return ""
    if len(sentence) > MAX_DOC:
        sentence = sentence[:MAX_DOC].rpartition(" ")[0] + " …"
    return sentence if sentence[-1] in ".!?…" else sentence + "."
