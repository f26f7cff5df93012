"""A sentence that says what a service does: its aggregates, its doors, its jobs.

Where a package's docstring describes most of the service, its first sentence leads. The rest is built from
the tables that the service keeps; where it keeps none, from those of others that it works on.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from decompose.cluster.extent import same_packages
from decompose.cluster.words import PLAIN, is_technical, spoken, stems
from decompose.model.program import NodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from decompose.cluster.evidence import Scene
    from decompose.graph.columns import Ints

MAX_DOC = 140
MOST = 0.6
"""A package describes a service that holds this share of it, and of which it holds this share."""
_ROLE = re.compile(r":[\w:]+:`~?([^`<]+?)(?:\s*<[^`]*>)?`|`([^`]+)`_*")
"""Markup of references in docstrings."""
_LEGAL = re.compile(r"\b(licen[cs]e|copyright|all rights reserved)", re.IGNORECASE)
_ORIGIN = (
    r"(?:(?:adapted|borrowed|copied|derived|forked|ported|taken)\sfrom|based\son|generated\sby)\b"
)
_ABOUT_CODE = re.compile(
    rf"""^(?:originally\s|initially\s|mostly\s|auto(?:matically)?[- ]?)?
        (?:{_ORIGIN}|(?:authored|written|created|generated)\s(?:by|from|with|(?:on|in)\s\d)\b)
    | \b(?:this|code|modules?|files?|packages?|implementation|functions?|class(?:es)?)
        \s(?:is|are|was|were)\s(?:\w+\s)?(?:{_ORIGIN}|deprecated\b)
    | ^(?:django\ssettings\sfor|settings\sfor\s.*\bproject|[aw]sgi\sconfig|url\s?conf)
    | ^(?:bring|import|expose)s?\b.*\b(?:namespace|submodules?)\b | ^re-?exports?\b
    | \b(?:functions|classes|methods|imports|names|everything)\s(?:in|of|from)\sth(?:is|ese)\s
        (?:modules?|packages?|files?)\b
    | ^(?:todo|fixme|xxx|hack|note|warning|usage|examples?|authors?|version|date|see(?:\salso)?)\s?:
    | ^(?:deprecated|see\salso|see\shttps?|usage\spython\d?)\b
    | ^makes?\s(?:this|the|python)\b.*\bpackage\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Sentences about the text of the program: who wrote it, from what it was copied, what it imports."""
MANY = 3
"""What so many modules say alike is a heading, and tells of none of them."""
WORKS_ON = 2
"""A service that writes so many times more tables of others than it keeps is about these too."""
NAMED = 3
"""So many tables and paths are named, the rest is counted."""
_VERBS = (("operation", "offers"), ("task", "runs"), ("schedule", "keeps"), ("command", "offers"))


@dataclass
class Parts:
    """What a service consists of, for its purpose."""

    tables: list[str] = field(default_factory=list)
    doors: list[str] = field(default_factory=list)
    words: Sequence[str] = ()
    doc: str = ""
    written: Sequence[str] = ()  # models of other services' tables, the most used first
    read: Sequence[str] = ()


def describe(parts: Parts) -> str:
    """One to three sentences: the authors' own, what it keeps or works on, what it answers."""
    return " ".join(part for part in (parts.doc, _lead(parts), _doors(parts.doors)) if part)


def _lead(parts: Parts) -> str:
    if parts.tables:
        others = len(parts.written) > WORKS_ON * len(parts.tables)
        more = f"; writes {_said(parts.written)} of others" if others else ""
        return f"Keeps {_said(parts.tables)}{more}."
    uses = [("writes", parts.written), ("reads", [t for t in parts.read if t not in parts.written])]
    told = ", ".join(f"{verb} {_said(tables)}" for verb, tables in uses if tables)
    if told:
        return f"Keeps no tables of its own; {told}."
    words = _listed(list(parts.words[:NAMED]))
    if parts.doc or not words:
        return "Keeps no tables."
    return f"Code about {words}; keeps no tables."


def _said(tables: Sequence[str]) -> str:
    return _listed([_spoken(table) for table in tables])


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
    for kind, verb in _VERBS:
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


def docs(scene: Scene, label: Ints, names: Mapping[int, str]) -> dict[int, str]:
    """Service -> the docstring of the package or module that is most of it, its first sentence.

    `names`: service -> name; what says the name only says nothing, and so does what many modules say,
    a licence, or where the text comes from.
    """
    known, graph = scene.program.docs, scene.program.graph
    index, kinds = graph.index, graph.nodes.kind
    modules = (known[node] for node in known if kinds[node] == NodeKind.MODULE)
    repeated = Counter(first_sentence(text) for text in modules)
    found: dict[int, str] = {}
    for service, packages in same_packages(scene, label, MOST).items():
        said = (first_sentence(known.get(index.get(each, -1), "")) for each in packages)
        own = (each for each in said if repeated[each] < MANY and not _says_nothing(each))
        found[service] = next((each for each in own if _tells(each, names.get(service, ""))), "")
    return {service: doc for service, doc in found.items() if doc}


def _says_nothing(sentence: str) -> bool:
    """Is it about rights, or about the program's text?"""
    return bool(_LEGAL.search(sentence) or _ABOUT_CODE.search(sentence))


def _tells(sentence: str, name: str) -> bool:
    """Does it say more than a name and words of technique?"""
    known = set(stems(name))
    return any(
        word not in known and word not in PLAIN and not is_technical(word)
        for word in stems(sentence)
    )


@lru_cache(maxsize=1 << 16)
def first_sentence(text: str) -> str:
    """One line, cut at a word; "" where it says nothing a person would say."""
    plain = " ".join(text.split()).replace("``", "")
    line = _ROLE.sub(lambda found: found[1] or found[2], plain).strip("=-~*# ")
    sentence = re.split(r"(?<=[.!?])\s", line, maxsplit=1)[0]
    if len(sentence) < 12 or not re.search(r"[a-z] [a-z]", sentence):  # noqa: PLR2004 -- a phrase
        return ""
    if len(sentence) > MAX_DOC:
        sentence = sentence[:MAX_DOC].rpartition(" ")[0] + " …"
    return sentence if sentence[-1] in ".!?…" else sentence + "."
