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

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from decompose.cluster.places import CONTAINERS, Path, alike, packages_of, places
from decompose.cluster.words import stem

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
ALWAYS_BAGS = frozenset(["apps", "common", "contrib", "core", "modules"])
"""Containers that hold things of all kinds beside much of their own, however that is sorted."""


def territories(modules: Iterable[str], frameworks: frozenset[str] = frozenset()) -> dict[str, str]:
    """Module -> its territory, a dotted path (layers left out); "" for what stands in none.

    `frameworks`: names of those in use; a package so named is about technique.
    """
    names = sorted(set(modules))
    packages = packages_of(names)
    siblings = {tuple(name.split(".")) for name in alike(packages)}
    tree = _Tree(places(names, packages, frameworks), len(names), siblings)
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
