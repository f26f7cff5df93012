"""Where does a module stand, if layers are passed over? In `models.orders` and `views.orders` at `orders`.

A *layer* is a package named after technique, unless it is built like its siblings (an app called `common`); and
one that is named as bags of matters are (`services`), if what it holds is what its siblings hold, too.

What stands in a layer, as a package or as a module, is about a *concept*: its name without the words that the
packages around it have said already (`services.order_service`), in the singular. It is at home in the one package
about that concept that stands in no layer. Where there is none, the concept is a place if it has a package, or
parts in several layers.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from decompose.cluster.words import PLAIN, is_layer, is_technical, stem, stems

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

Path = tuple[str, ...]
Packages = dict[str, set[str]]
"""Package -> the names of what it holds."""

SIBLINGS = 4
COMMON_FILE = 0.3
ALIKE = 3
"""Among at least SIBLINGS packages, a package is like the others if it holds ALIKE of the names that
COMMON_FILE of them hold."""
MIRRORED = 0.4
"""A bag is a layer if this share of what it holds, and ALIKE of it, stands in layers beside it, too."""
GATHERED = 3
"""So many modules of one name are about one thing, without a package for it,"""
LAYERS = 2
"""and so many layers with a part of a concept are enough, in a program that is sorted so:"""
LAYERED = 0.5
"""it has so many modules about such concepts for each that stands in a package about something."""
_CONTAINERS = """
addons apps applications bundles components contrib core domain domains extensions features
integrations modules packages plugins services
"""
CONTAINERS = frozenset(stem(word) for word in _CONTAINERS.split())
_WORD = re.compile(r"[a-z]+")
_VERSION = re.compile(r"v?\d*[a-z]?")


def packages_of(names: list[str]) -> Packages:
    """The packages around some modules."""
    found: Packages = defaultdict(set)
    for name in names:
        parts = name.split(".")
        for depth in range(1, len(parts)):
            found[".".join(parts[:depth])].add(parts[depth])
    return found


def places(names: list[str], packages: Packages, frameworks: frozenset[str]) -> dict[str, Path]:
    """Module -> the path of matters and containers around it.

    `frameworks`: names of those in use; a package so named is about technique.
    """
    layers = _layers(packages, frameworks)
    found = {name: _stand(name, packages, layers) for name in names}
    homes = _homes(packages, layers)
    homes |= _concepts(found, homes)
    paths = {name: _path(stand, homes) for name, stand in found.items()}
    known = {path[:depth] for path in paths.values() for depth in range(1, len(path) + 1)}
    leaves = {name: (*paths[name], stand.leaf) for name, stand in found.items() if stand.leaf}
    gathered = Counter(leaves.values())
    about_one = {
        name: leaf for name, leaf in leaves.items() if leaf in known or gathered[leaf] >= GATHERED
    }
    return paths | about_one


@dataclass(frozen=True)
class _Stand:
    """What a module's name says: matters around its layer, and what stands in the layer, outermost first."""

    around: Path
    layer: str = ""
    inside: Path = ()
    keys: Path = ()  # of what stands inside
    is_module: bool = False  # what stands inside is no package
    leaf: str = ""  # the module's own name, if that is about something in a package


def _stand(name: str, packages: Packages, layers: AbstractSet[str]) -> _Stand:
    parts = name.split(".")
    around: list[str] = []
    inside: list[str] = []
    keys: list[str] = []
    layer = ""
    for depth, part in enumerate(parts, 1):
        package = ".".join(parts[:depth])
        is_leaf = package not in packages
        if is_leaf and (is_technique(part) or inside or not layer or not says_something(part)):
            break
        if package in layers:
            layer = layer or (package if _is_outer(around) else "")
        elif layer:
            inside.append(part)
            keys.append(_key(part, parts[: depth - 1]))
        else:
            around.append(part)
    is_package = name in packages
    is_module = not is_package and inside == parts[-1:]
    leaf = "" if is_package or is_module or is_technique(parts[-1]) else parts[-1]
    return _Stand(tuple(around), layer, tuple(inside), tuple(keys), is_module, leaf)


def _is_outer(around: list[str]) -> bool:
    """Does nothing but the program and bags stand around?"""
    return bool(around) and _is_bag(around[1:])


def _is_bag(parts: Sequence[str]) -> bool:
    return all(stem(part) in CONTAINERS for part in parts)


def _path(stand: _Stand, homes: Mapping[tuple[str, str], Path]) -> Path:
    found = stand.around
    for part, key in zip(stand.inside, stand.keys, strict=True):
        if (stand.around[0], key) in homes:
            found = homes[stand.around[0], key]
        elif not stand.is_module:
            found = (*found, part)
    return found


def loose(place: Mapping[str, str]) -> set[str]:
    """Of the territories of modules those that are concepts of layers, and no package in several of these.

    None in a program in which each territory is a package somewhere.
    """
    held: dict[str, set[str]] = {name: set() for name in place.values() if "." in name}
    for module, name in place.items():
        parts = module.split(".")
        for depth, part in enumerate(parts[1:-1], 1):
            if name in held and _key(part, parts[:depth]) == _key(_last(name), []):
                held[name].add(".".join(parts[: depth + 1]))
    if all(held.values()):
        return set()
    return {name for name, those in held.items() if len(those) < LAYERS and name not in those}


def _homes(packages: Packages, layers: AbstractSet[str]) -> dict[tuple[str, str], Path]:
    """(root, concept) -> the outermost package about it that stands in no layer, if there is only one."""
    found: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for package in sorted(set(packages) - layers):
        path = tuple(package.split("."))
        outer = (".".join(path[:depth]) for depth in range(1, len(path)))
        if stem(path[-1]) not in CONTAINERS and layers.isdisjoint(outer):
            found[path[0], _key(path[-1], [])].append(path)
    homes = {key: _outermost(paths) for key, paths in found.items()}
    return {key: home for key, home in homes.items() if home is not None}


def _outermost(paths: list[Path]) -> Path | None:
    least = min(map(len, paths))
    first = [path for path in paths if len(path) == least]
    return first[0] if len(first) == 1 else None


def _concepts(
    found: Mapping[str, _Stand], homes: Mapping[tuple[str, str], Path]
) -> dict[tuple[str, str], Path]:
    """(root, concept) -> a place of its own, for concepts that have no home but parts in several layers.

    It is written as most of its modules write it.
    """
    layers: dict[tuple[str, str], set[str]] = defaultdict(set)
    written: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for stand in found.values():
        if stand.inside:
            concept = stand.around[0], stand.keys[0]
            layers[concept].add(stand.layer)
            written[concept][stand.inside[0]] += 1
    fresh = {each for each, those in layers.items() if each not in homes and len(those) >= LAYERS}
    apart = sum(not _is_bag(stand.around[1:]) for stand in found.values())
    if sum(written[each].total() for each in fresh) < LAYERED * apart:
        return {}
    return {
        concept: (concept[0], min(written[concept].items(), key=_most)[0])
        for concept in sorted(fresh)
    }


def _most(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _key(name: str, around: list[str]) -> str:
    """A name so that `commands.gift_card`, `gift_cards` and `dao.gift_card_dao` are about one thing."""
    said = {stem(word) for part in around[1:] for word in _WORD.findall(part.lower())}
    words = _WORD.findall(name.lower())
    while len(words) > 1 and stem(words[-1]) in said:
        words.pop()
    return stem("".join(words)) if words else name


def _layers(packages: Packages, frameworks: frozenset[str]) -> set[str]:
    """Packages that are about no matter, by their names or by what they hold."""
    siblings = alike(packages)
    named = {
        package
        for package in packages
        if "." in package
        and package not in siblings
        and (is_technique(last := _last(package)) or last.lower() in frameworks)
    }
    bags = {package for package in named if stem(_last(package)) in CONTAINERS}
    return (named - bags) | _mirroring(packages, bags, named - bags)


def _mirroring(packages: Packages, bags: set[str], layers: set[str]) -> set[str]:
    """Bags that hold what layers beside them hold."""
    said: dict[str, set[str]] = {}
    beside: dict[str, list[str]] = defaultdict(list)
    for package in sorted(bags | layers):
        around = package.split(".")
        keys = (_key(name, around) for name in packages[package] if not is_technique(name))
        said[package] = set(keys)
        beside[package.rpartition(".")[0]].append(package)
    found = set()
    for bag in sorted(bags):
        others = (said[each] for each in beside[bag.rpartition(".")[0]] if each != bag)
        common = said[bag] & set().union(*others)
        if len(common) >= max(ALIKE, MIRRORED * len(said[bag])):
            found.add(bag)
    return found


def _last(package: str) -> str:
    return package.rpartition(".")[2]


def alike(packages: Packages) -> set[str]:
    """Packages that hold what their siblings hold."""
    found: set[str] = set()
    for around, held in packages.items():
        inside = [f"{around}.{name}" for name in sorted(held) if f"{around}.{name}" in packages]
        if len(inside) < SIBLINGS:
            continue
        shared = Counter(name for each in inside for name in packages[each])
        common = {name for name, count in shared.items() if count >= COMMON_FILE * len(inside)}
        those = {each for each in inside if len(packages[each] & common) >= ALIKE}
        by_technique = {each for each in those if is_technique(_last(each))}
        found |= those - by_technique if _are_layers(those, common) else those
    return found


def _are_layers(packages: set[str], held: set[str]) -> bool:
    """`models` and `views` that hold `orders` and `payments` are layers, but not the other way round."""
    return _mostly(map(is_technique, map(_last, packages))) and not _mostly(map(is_technique, held))


def _mostly(flags: Iterable[bool]) -> bool:
    found = list(flags)
    return 2 * sum(found) > len(found)


def says_something(name: str) -> bool:
    """Is any word of a name about a matter?"""
    return any(not is_technical(word) and word not in PLAIN for word in stems(name))


def is_technique(name: str) -> bool:
    """Is every word of a package's or module's name one for layers and technique?"""
    words = [word for word in _WORD.findall(name.lower()) if not _VERSION.fullmatch(word)]
    return all(is_layer(stem(word)) for word in words)
