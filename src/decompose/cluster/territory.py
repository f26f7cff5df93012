"""Which part of the package tree would its authors call one thing? The tree is cut where packages are about something.

Authors sort code twice: by matter (`orders`, `payments`) and by technique (`models`, `views`). Read
off the names of packages and how they repeat, each package is one of three things:

matter     named after something, or built like its siblings (`apps/common` with the `models`,
           `views` and `urls` that every app has, whatever it is called)
container  a bag of matters (`apps`, `plugins`): its children are looked at, it says nothing itself
layer      named after technique: `orders.api` is `orders`; in `models.orders` and `views.orders`
           the layers are passed over, so that both are `orders`

A *territory* is the outermost matter that is not too large to be one thing; a large one gives way
to the matters inside of it. What stands in no territory belongs to the program as a whole, and
other evidence decides where it goes.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from decompose.cluster.words import is_layer, stem

Path = tuple[str, ...]

WHOLE_PROGRAM = 0.75
"""A package with more than this share of the modules is the program itself."""
LARGE, LARGE_COUNT = 0.2, 150
"""A matter with more than this share of the modules, or so many, gives way to the matters inside of it."""
LEAST_INNER = 3
"""If there are at least so many of them,"""
INNER_SHARE = 0.5
"""with this share of its modules,"""
INNER_SIZE = 4
"""each with so many modules on average."""
MIRRORED = 0.4
"""But not if this share of them are named as its own siblings are: then it is a layer over these."""
SIBLINGS = 4
COMMON_FILE = 0.3
ALIKE = 3
"""Among at least SIBLINGS packages, a package is like the others if it holds ALIKE of the names that
COMMON_FILE of them hold."""
GATHERED = 3
"""So many modules of one name in different layers are about one thing, without a package for it."""
_CONTAINERS = """
addons apps applications bundles components contrib core domain domains extensions features
integrations modules packages plugins services
"""
CONTAINERS = frozenset(stem(word) for word in _CONTAINERS.split())
ALWAYS_BAGS = frozenset(["apps", "common", "contrib", "core", "modules"])
"""Containers that hold things of all kinds beside much of their own, however that is sorted."""
_WORD = re.compile(r"[a-z]+")
_VERSION = re.compile(r"v?\d*[a-z]?")


def territories(modules: Iterable[str], frameworks: frozenset[str] = frozenset()) -> dict[str, str]:
    """Module -> its territory, a dotted path (layers left out); "" for what stands in none.

    `frameworks`: names of those in use; a package so named is about technique.
    """
    names = sorted(set(modules))
    alike = {tuple(name.split(".")) for name in _alike(_packages(names))}
    tree = _Tree(_places(names, frameworks), len(names), alike)
    found = dict.fromkeys(names, "")
    several = len({name.partition(".")[0] for name in names}) > 1
    roots = tree.inner[()]
    tree.keeps_roots = several and not any(tree.is_program(root) for root in roots)
    _settle(tree, (), found)
    return found


@dataclass
class _Tree:
    """Modules by the path of matters and containers around them."""

    place: Mapping[str, Path]
    size: int
    alike: set[Path]  # packages built like their siblings
    own: dict[Path, list[str]] = field(default_factory=lambda: defaultdict(list))
    inner: dict[Path, set[Path]] = field(default_factory=lambda: defaultdict(set))
    count: Counter[Path] = field(default_factory=Counter)
    keeps_roots: bool = False

    def __post_init__(self) -> None:
        for name, path in self.place.items():
            self.own[path].append(name)
            for depth in range(len(path) + 1):
                self.count[path[:depth]] += 1
                if depth:
                    self.inner[path[: depth - 1]].add(path[:depth])

    def is_program(self, path: Path) -> bool:
        """Does it hold nearly everything, as all around it do?"""
        return self.count[path] > WHOLE_PROGRAM * self.size

    def is_container(self, path: Path) -> bool:
        """Is it named as bags of matters are, and no matter itself (an app that is called `app`)?"""
        is_named_so = bool(path) and stem(path[-1]) in CONTAINERS
        return is_named_so and (path not in self.alike or path[-1] in ALWAYS_BAGS)

    def gives_way(self, path: Path) -> bool:
        """Is it too large to be one thing, with several things inside?"""
        inner = {each for each in self.inner[path] if stem(each[-1]) not in CONTAINERS}
        if len(inner) < LEAST_INNER or self.count[path] <= min(LARGE * self.size, LARGE_COUNT):
            return False
        within = sum(self.count[each] for each in inner)
        is_full = within >= max(INNER_SHARE * self.count[path], INNER_SIZE * len(inner))
        return is_full and not self._mirrors(path)

    def _mirrors(self, path: Path) -> bool:
        siblings = {stem(each[-1]) for each in self.inner[path[:-1]] if each != path}
        inner = {stem(each[-1]) for each in self.inner[path]}
        return len(inner & siblings) >= MIRRORED * len(inner)

    def below(self, path: Path) -> list[str]:
        """All modules at or below a path."""
        found, stack = [], [path]
        while stack:
            each = stack.pop()
            found += self.own[each]
            stack += self.inner[each]
        return found


def _settle(tree: _Tree, path: Path, found: dict[str, str]) -> None:
    is_program = not path or tree.is_program(path)
    is_open = is_program or tree.is_container(path) or tree.gives_way(path)
    if is_open and not (len(path) == 1 and tree.keeps_roots):
        for each in sorted(tree.inner[path]):
            _settle(tree, each, found)
        rest = "" if is_program or tree.is_container(path) else ".".join(path)
        found.update(dict.fromkeys(tree.own[path], rest))
    else:
        found.update(dict.fromkeys(tree.below(path), ".".join(path)))


def _places(names: list[str], frameworks: frozenset[str]) -> dict[str, Path]:
    """Module -> the path of matters and containers around it."""
    packages = _packages(names)
    matter = {
        name for name in _matters(packages) if name.rpartition(".")[2].lower() not in frameworks
    }
    homes = _homes(packages, matter)
    paths = {name: _path(name, packages, matter, homes) for name in names}
    known = {path[:depth] for path in paths.values() for depth in range(1, len(path) + 1)}
    leaves = {}
    for name in names:
        last = name.rpartition(".")[2]
        if name not in packages and not is_technique(last):
            is_layered = len(paths[name]) == 1 < name.count(".")
            elsewhere = homes.get((name.partition(".")[0], _matter(last))) if is_layered else None
            leaves[name] = elsewhere or (*paths[name], last)
    gathered = Counter(leaves.values())
    about_one = {
        name: leaf for name, leaf in leaves.items() if leaf in known or gathered[leaf] >= GATHERED
    }
    return paths | about_one


def _homes(packages: Mapping[str, set[str]], matter: set[str]) -> dict[tuple[str, str], Path]:
    """(root, matter) -> the outermost package about it that stands in no layer, if there is only one."""
    found: dict[tuple[str, str], list[Path]] = defaultdict(list)
    for package in sorted(matter):
        parts = package.split(".")
        path = _path(package, packages, matter, {})
        if len(path) == len(parts) and stem(parts[-1]) not in CONTAINERS:
            found[parts[0], _matter(parts[-1])].append(path)
    outermost = {key: min(map(len, paths)) for key, paths in found.items()}
    first = {
        key: [path for path in paths if len(path) == outermost[key]] for key, paths in found.items()
    }
    return {key: paths[0] for key, paths in first.items() if len(paths) == 1}


def _matter(name: str) -> str:
    """A name so that `commands.gift_card` and `gift_cards` are about one thing."""
    return stem(name.lower().replace("_", ""))


def _packages(names: list[str]) -> dict[str, set[str]]:
    """Package -> the names of what it holds."""
    found: dict[str, set[str]] = defaultdict(set)
    for name in names:
        parts = name.split(".")
        for depth in range(1, len(parts)):
            found[".".join(parts[:depth])].add(parts[depth])
    return found


def _matters(packages: Mapping[str, set[str]]) -> set[str]:
    """Packages that are about something, by their name or by their likeness to their siblings."""
    return {name for name in packages if not is_technique(name.rpartition(".")[2])} | _alike(
        packages
    )


def _alike(packages: Mapping[str, set[str]]) -> set[str]:
    """Packages that hold what their siblings hold."""
    found: set[str] = set()
    for around, held in packages.items():
        inside = [f"{around}.{name}" for name in sorted(held) if f"{around}.{name}" in packages]
        if len(inside) < SIBLINGS:
            continue
        shared = Counter(name for each in inside for name in packages[each])
        common = {name for name, count in shared.items() if count >= COMMON_FILE * len(inside)}
        found |= {each for each in inside if len(packages[each] & common) >= ALIKE}
    return found


def _path(
    name: str,
    packages: Mapping[str, set[str]],
    matter: set[str],
    homes: Mapping[tuple[str, str], Path],
) -> Path:
    """What stands in a layer is at home in the matter of its name: `api.orders` in `orders`."""
    parts = name.split(".")
    found: list[str] = []
    is_layered = False
    for depth, part in enumerate(parts, 1):
        around = ".".join(parts[:depth])
        if around not in packages:
            break
        if depth > 1 and around not in matter and stem(part) not in CONTAINERS:
            is_layered = is_layered or len(found) == 1
        elif is_layered and (parts[0], _matter(part)) in homes:
            found = list(homes[parts[0], _matter(part)])
        else:
            found.append(part)
    return tuple(found)


def is_technique(name: str) -> bool:
    """Is every word of a package's or module's name one for layers and technique?"""
    words = [word for word in _WORD.findall(name.lower()) if not _VERSION.fullmatch(word)]
    return all(is_layer(stem(word)) for word in words)
