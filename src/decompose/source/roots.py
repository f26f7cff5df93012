"""By which dotted name does Python know each file?

A *root* is a folder that would stand on `sys.path`; a module's name is its path below the nearest
root. Layout tells the roots: the analyzed folder (or, where that lies in a package, the folder
above the package), `src` folders, projects inside a monorepo, Django projects, the parts of an
unpacked wheel. Where a layout allows two readings of a folder (a root of its own, or a part of the
package or namespace around it), the import lines of a sample of files overrule these rules.

Names are unique. When two files claim one, the nearer root keeps it; the other is named by path.
"""

import re
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from decompose.source.imports import Imports
from decompose.source.walk import Folder, Tree, join

_UNNAMEABLE = re.compile(r"[^\w-]")
_WHEEL_PART = re.compile(r"(?:.*/)?[^/]+\.data/(?:purelib|platlib)\Z")
_INIT = "__init__.py"
_ENDING = ".py"


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """Two files, or two packages, that claim one name; the `loser` was named by its path."""

    module: str
    winner: str
    loser: str


@dataclass(frozen=True, slots=True)
class Names:
    """The module name of every Python file by path, and where the names begin.

    `roots` are relative folders, sorted: "." is the analyzed folder, ".." the one above it.
    """

    modules: dict[str, str]
    roots: tuple[str, ...]
    clashes: tuple[Clash, ...]


def name_modules(root: Path, tree: Tree) -> Names:
    """Name every file of the tree that was read below `root`, a resolved path."""
    layout = _Layout(root, tree)
    owners = layout.owners()
    naming = _Naming(tree, owners, layout.top, root.name)
    for path in sorted(owners, key=lambda path: (owners[path].depth, owners[path].path, path)):
        naming.add_folder(tree.folders[path])
    roots = {owner.shown for owner in owners.values()}
    return Names(naming.modules, tuple(sorted(roots)), tuple(naming.clashes))


@dataclass(frozen=True, slots=True)
class _Root:
    """A root below which names begin: `path` is the analyzed folder ("") or one further down.

    Where the analyzed folder lies in a package, `prefix` is what its own name begins with.
    """

    path: str
    prefix: tuple[str, ...] = ()

    @property
    def depth(self) -> int:
        return self.path.count("/") + 1 if self.path else 0

    @property
    def shown(self) -> str:
        return self.path or "/".join(".." for _ in self.prefix) or "."

    def name(self, path: str) -> str:
        """Give the dotted name of what lies at `path`, a folder or a file without its ending."""
        below = path[len(self.path) :].strip("/").split("/")
        return ".".join((*self.prefix, *(_nameable(part) for part in below if part)))


def _nameable(part: str) -> str:
    """Make one part of a name of a file's or folder's: a hyphen may stay, nothing else odd."""
    return _UNNAMEABLE.sub("_", part)


@dataclass(slots=True, weakref_slot=True)
class _Candidate:
    """A folder that may be a root of its own; `likely` is what its layout says."""

    folder: Folder
    outer: str  # its dotted name if it is none
    likely: bool


class _Layout:
    """Which folder belongs to which root."""

    def __init__(self, root: Path, tree: Tree) -> None:
        self._root = root
        self._tree = tree
        self.top = _Root("", self._prefix())

    @cached_property
    def _imports(self) -> Imports:
        return Imports(self._root, self._tree)

    def _prefix(self) -> tuple[str, ...]:
        """Name the packages that the analyzed folder is, or lies in.

        Of folders above it no file is read: only whether an `__init__.py` stands there is asked.
        """
        top = self._tree.folders[""]
        if not top.is_package and (top.markers or not _is_package(self._root.parent)):
            return ()
        names: list[str] = []
        folder = self._root
        while folder.name.isidentifier() and (not names or _is_package(folder)):
            names.insert(0, folder.name)
            folder = folder.parent
        likely = bool(top.markers)
        outside = _Candidate(top, ".".join(names), likely)
        return () if names and top.is_package and self._is_root(outside, None) else tuple(names)

    def owners(self) -> dict[str, _Root]:
        """Give the root of every folder, from the top down."""
        owners = {"": self.top}
        waiting = [""]
        while waiting:
            path = waiting.pop()
            for name in self._tree.folders[path].folders:
                below = join(path, name)
                owners[below] = self._owner(self._tree.folders[below], path, owners[path])
                waiting.append(below)
        return owners

    def _owner(self, folder: Folder, parent: str, around: _Root) -> _Root:
        likely = self._likely(folder, parent, around)
        if likely is None:
            return around
        candidate = _Candidate(folder, around.name(folder.path), likely)
        known = None if around.prefix else around.path
        return _Root(folder.path) if self._is_root(candidate, known) else around

    def _likely(self, folder: Folder, parent: str, around: _Root) -> bool | None:
        """Say whether the layout makes it a root, None where nothing suggests to ask."""
        if folder.is_package:
            in_package = self._tree.folders[parent].is_package
            is_project = "manage.py" in folder.markers or (_is_project(folder) and not in_package)
            return True if is_project else None
        is_source = folder.path == join(around.path, "src")
        return _is_project(folder) or is_source or bool(_WHEEL_PART.match(folder.path))

    def _is_root(self, candidate: _Candidate, around: str | None) -> bool:
        """Decide by who is imported how; `around` is the root that it lies in otherwise."""
        offered = self._top_level(candidate.folder)
        own = sorted(offered - sys.stdlib_module_names)
        as_root = self._imports.inside(candidate.folder.path, own, around=around)
        as_part = self._imports.of(candidate.outer, offered)
        return candidate.likely if as_root == as_part else as_root > as_part

    def _top_level(self, folder: Folder) -> set[str]:
        """Give the names that could be imported if this folder were on the path."""
        modules = {name.removesuffix(_ENDING) for name in folder.modules if name != _INIT}
        return modules | set(folder.folders)


def _is_project(folder: Folder) -> bool:
    """Whether a folder has the files of a project, and more code than they are themselves."""
    return bool(folder.markers) and bool(folder.folders or set(folder.modules) - folder.markers)


def _is_package(folder: Path) -> bool:
    try:
        return (folder / _INIT).is_file()
    except OSError:
        return False


@dataclass(slots=True)
class _Naming:
    """Gives names out, each once."""

    tree: Tree
    owners: dict[str, _Root]
    top: _Root
    top_name: str
    modules: dict[str, str] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)  # module name -> path
    claims: dict[str, str] = field(default_factory=dict)  # name of a unit -> its path

    def add_folder(self, folder: Folder) -> None:
        """Name the files of a folder; folders come by their roots, the nearest root first."""
        unit = self._unit(folder)
        for name in folder.modules:
            path = join(folder.path, name)
            wanted = self._wanted(folder, name)
            owner = self.owners[folder.path]
            claim = (owner.name(unit), unit) if unit else (wanted, path)
            is_lost = self._is_lost(*claim)
            self._take(self._by_path(path) if is_lost else wanted, path)

    def _unit(self, folder: Folder) -> str:
        """Give the outermost package around a folder below its root: names are lost as a whole."""
        owner = self.owners[folder.path]
        path, unit = folder.path, ""
        while path != owner.path:
            if self.tree.folders[path].is_package:
                unit = path
            path = path.rpartition("/")[0]
        return unit

    def _is_lost(self, name: str, path: str) -> bool:
        winner = self.claims.setdefault(name, path)
        if winner == path:
            return False
        clash = Clash(name, winner, path)
        if clash not in self.clashes[-1:]:
            self.clashes.append(clash)
        return True

    def _wanted(self, folder: Folder, name: str) -> str:
        owner = self.owners[folder.path]
        if name != _INIT:
            return owner.name(join(folder.path, name.removesuffix(_ENDING)))
        if folder.path != owner.path:
            return owner.name(folder.path)
        if not folder.path:
            return owner.name("") or _nameable(self.top_name) or "__init__"
        return self.owners[folder.path.rpartition("/")[0]].name(folder.path)

    def _by_path(self, path: str) -> str:
        folder, _, name = path.rpartition("/")
        return self.top.name(folder if name == _INIT else path.removesuffix(_ENDING))

    def _take(self, wanted: str, path: str) -> None:
        """Give out a name; of a package and a module beside it Python sees the package only."""
        stem = path.removesuffix(_ENDING)
        shadow = join(stem, _INIT)
        name, count = wanted, 1
        is_shadowed = stem in self.tree.folders and self.tree.folders[stem].is_package
        while name in self.taken or (is_shadowed and name == wanted):
            count += 1
            name = f"{wanted}_{count}"
        if count > 1:
            winner = shadow if is_shadowed else self.taken[wanted]
            self.clashes.append(Clash(wanted, winner, path))
        self.taken[name] = path
        self.modules[path] = name
