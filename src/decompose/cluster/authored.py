"""What do the authors call a service? Where it is one of their packages, by the package's name.

Nobody knows better what a part of the program is about, and a name that is in use already need not
be learned. Names under which anything may stand (`utils`, `core`), and abbreviations that are no
words, say too little; there the next package further in is asked, or a word is learned. An abbreviation
stays only where no learned word could be what it stands for: `pd` may be `pagerduty`, `ml` is no `backend`.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.extent import SAME, same_packages
from decompose.cluster.naming import meaning, slug
from decompose.cluster.words import NAMELESS, is_technical, spoken, stem
from decompose.model.partition import RESERVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from decompose.cluster.scene import Scene
    from decompose.graph.columns import Flags, Ints

CORE = "core"
CENTRES = frozenset([CORE, "common"])
"""What authors call the middle of a program: it says little, but a word of what stands there would mislead."""
TELLING_TABLES = 3
"""An outer package whose name says nothing is called after its tables if it keeps so many, else the core."""
MOSTLY_LOOSE = 0.5
"""The core consists for the most part of what stands in no package about anything."""
SHORT = 2
"""Letters of an abbreviation that is no word."""
_VERSION = re.compile(r"[-_]?v?\d+$")
_IDLE = """
app apps base common core helper helpers lib libs module package plugin support tools util utils
"""
_AFFIXES = frozenset(_IDLE.split())
"""Words before and after a name that leave it what it is: `order_utils` are about orders."""


def authored_names(scene: Scene, label: Ints, given: Mapping[int, str]) -> dict[int, str]:
    """Service -> its package's name, for those that have none. `given`: service -> name that it has."""
    if not scene.use_paths:
        return {}
    used = {meaning(name) for name in (*given.values(), *RESERVED)}
    found: dict[int, str] = {}
    packages = same_packages(scene, label, SAME)
    services = [service for service in sorted(packages) if service not in given]
    tables = Counter(label[scene.atoms.is_table].tolist())
    wanted = [(service, title) for service in services for title in _titles(packages[service])]
    short = abbreviations(scene, label)
    wanted += [  # after those that the authors call so
        (service, CORE)
        for service in services
        if service not in short
        if packages[service][0].count(".") <= 1 and tables[service] < TELLING_TABLES
    ]
    for service, title in wanted:
        if title and service not in found and meaning(title) not in used:
            found[service] = title
            used.add(meaning(title))
    return found


def abbreviations(scene: Scene, label: Ints) -> dict[int, str]:
    """Service -> the short name of its package, where its authors gave it no longer one."""
    if not scene.use_paths:
        return {}
    found: dict[int, str] = {}
    for service, packages in same_packages(scene, label, SAME).items():
        parts = [part for part in packages[0].rpartition(".")[2].split("_") if part]
        if parts and len(parts[0]) == SHORT and parts[0].isalpha():
            found[service] = slug("-".join(parts))
    return {service: name for service, name in found.items() if name}


def has_centre(scene: Scene, label: Ints) -> bool:
    """Is a service a package that the authors themselves call the middle of the program?"""
    packages = (each for found in same_packages(scene, label, SAME).values() for each in found)
    return any(each.rpartition(".")[2] in CENTRES for each in packages)


def core_name(label: Ints, loose: Flags, given: Mapping[int, str]) -> dict[int, str]:
    """The name of the one service that is what stands in no package about anything, if there is one.

    It is what the authors call the core of the program; a word of what it happens to hold would mislead.
    `label` and `loose` (stands in no such package): of the rows that form services.
    """
    size = int(label.max(initial=-1)) + 1
    rest = np.bincount(label, loose, minlength=size) / np.maximum(np.bincount(label), 1)
    found = np.flatnonzero(rest > MOSTLY_LOOSE).tolist()
    if len(found) != 1 or found[0] in given or (CORE,) in map(meaning, given.values()):
        return {}
    return {found[0]: CORE}


def _titles(packages: list[str]) -> Iterator[str]:
    """Names for a service that is these packages (outermost first), the best first."""
    for package in packages:
        parts = package.split(".")
        last = _bare(parts)
        if not is_telling(last) or parts[-1] in parts[:1] * (len(parts) - 1):
            continue  # nothing, or the program's own name once more
        plain = _VERSION.sub("", last)
        if plain != last and not is_technical(stem(plain)):
            yield slug(plain)
        yield slug(last)
        around = _around(parts)
        if around:
            yield slug(f"{around}-{last}")
    inner = packages[0].split(".")
    if _around(inner) and is_specific(inner[-1]):
        yield slug(f"{_around(inner)}-{inner[-1]}")  # `events.management`: which management
    yield from (last for last in (each.rpartition(".")[2] for each in packages) if last in CENTRES)


def _around(parts: list[str]) -> str:
    """The next telling package around, but for the program itself; "" for none."""
    return next((each for each in reversed(parts[1:-1]) if is_telling(each)), "")


def _bare(parts: list[str]) -> str:
    """The last part, without words around it that tell nothing, such as the program's own name."""
    words = parts[-1].split("_")
    idle = _AFFIXES | {parts[0]} if len(parts) > 1 else _AFFIXES
    while len(words) > 1 and words[-1] in idle and is_telling("_".join(words[:-1])):
        words.pop()
    while len(words) > 1 and words[0] in idle and is_telling("_".join(words[1:])):
        words.pop(0)
    return "_".join(words)


def is_specific(part: str) -> bool:
    """Does a name that does not say what it is about at least say what kind of thing it is, as `management` does?"""
    words = [surface for _, surface in spoken(part)]
    return bool(words) and not _AFFIXES.intersection(words)


def is_telling(part: str) -> bool:
    """Is any word of a name one that says what it is about?"""
    return any(surface not in NAMELESS for _, surface in spoken(part))
