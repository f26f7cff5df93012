"""Which folders and Python files does the tree hold, left-out ones apart?

Never entered, for nothing in them is the program's: hidden folders (version control, .tox, .venv),
virtual environments, installed packages (an installer filled what holds the `.dist-info` of two),
caches, build results, our own output. A symlink is followed only inside the tree, and only to
what is not read already under its own name.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from decompose.model.source import Problem
from decompose.source.gitignore import Ignores
from decompose.source.read import read_file, why
from decompose.source.texts import is_text

OUTPUT_FOLDER = "decompose-out"
OUTPUT_MARKER = "analysis.json.gz"  # whatever its name, a folder that holds it is our output

_NEVER_ENTERED = frozenset(
    {"site-packages", "dist-packages", "node_modules", "bower_components", "__pycache__"}
    | {"__pypackages__", "CVS", OUTPUT_FOLDER}
)
_BUILD_RESULTS = frozenset({"build", "dist"})
_NEVER_ENTERED_ENDINGS = (".egg-info", ".dist-info", ".egg")
_INSTALLED_ENDING, _FEWEST_INSTALLED = ".dist-info", 2  # one may be the program's own
_GIVEAWAYS = frozenset({"pyvenv.cfg", "conda-meta", "CACHEDIR.TAG", OUTPUT_MARKER})
_PROJECT_FILES = frozenset(
    {"manage.py", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile"}
)
_LARGEST_GITIGNORE = 1 << 20


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder that was read; names are sorted. `markers` are the project files it holds."""

    path: str  # relative, "" for the root
    modules: tuple[str, ...]  # the names of its Python files
    folders: tuple[str, ...]  # the names of the folders in it that hold Python files further down
    markers: frozenset[str]

    @property
    def is_package(self) -> bool:
        """Whether it is a regular package; without `__init__.py` it may still be a namespace."""
        return "__init__.py" in self.modules


@dataclass(frozen=True, slots=True)
class Tree:
    """Every folder that holds Python files, itself or further down, by path."""

    folders: dict[str, Folder]
    problems: tuple[Problem, ...]
    texts: tuple[str, ...] = ()  # paths of SQL files and templates, in any folder that was read


def join(folder: str, name: str) -> str:
    """Put a name below a relative folder, "" being the root."""
    return f"{folder}/{name}" if folder else name


def walk(root: Path, *, exclude: Sequence[str], skip: Iterable[Path]) -> Tree:
    """Read the tree below `root`, a resolved path to a folder."""
    walker = _Walker(str(root), frozenset(os.path.realpath(path) for path in skip))
    walker.descend("", str(root), Ignores.from_globs(exclude))
    walker.follow_links()
    texts = tuple(sorted(walker.texts))
    return Tree(_with_python(walker.found), tuple(sorted(walker.problems)), texts)


def _with_python(found: dict[str, Folder]) -> dict[str, Folder]:
    """Keep the folders that hold Python files at any depth; deeper ones are judged first."""
    kept: dict[str, Folder] = {}
    for path in sorted(found, key=lambda path: (-path.count("/") if path else 1, path)):
        folder = found[path]
        below = tuple(name for name in folder.folders if join(path, name) in kept)
        if folder.modules or below:
            kept[path] = Folder(path, folder.modules, below, folder.markers)
    return kept


@dataclass(slots=True)
class _Walker:
    root: str
    skip: frozenset[str]
    found: dict[str, Folder] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    links: list[tuple[str, Ignores]] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)  # real paths of the folders that were read

    def descend(self, start: str, real: str, ignores: Ignores) -> None:
        """Read a folder and all below it, without recursion: trees may be deep."""
        waiting = [(start, real, ignores)]
        while waiting:
            path, place, above = waiting.pop()
            waiting.extend(self._read(path, place, above))

    def _read(self, path: str, real: str, above: Ignores) -> list[tuple[str, str, Ignores]]:
        entries = self._entries(path, real)
        names = {entry.name for entry in entries}
        if path and not names.isdisjoint(_GIVEAWAYS):
            return []
        if path and _is_installed_into(names):
            message = "an installer put several packages here, so the folder was left out"
            remedy = "if the program is in it, analyze it by itself"
            self._report(path, "installed", message, remedy)
            return []
        self.visited.add(real)
        ignores = above
        if ".gitignore" in names:
            ignores = above.below(path, _gitignore(os.path.join(real, ".gitignore")))
        modules = [name for entry in entries if (name := self._module(path, entry, ignores))]
        self.texts.extend(self._texts(path, entries, ignores))
        in_package = "__init__.py" in modules
        folders = [
            entry.name
            for entry in entries
            if self._is_entered(path, entry, ignores, in_package=in_package)
        ]
        markers = frozenset(names & _PROJECT_FILES)
        self.found[path] = Folder(path, tuple(modules), tuple(folders), markers)
        return [(join(path, name), os.path.join(real, name), ignores) for name in folders]

    def _entries(self, path: str, real: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(real) as entries:
                return sorted(filter(self._has_a_name, entries), key=lambda entry: entry.name)
        except OSError as error:
            self._report(path or ".", "unreadable", f"the folder cannot be read: {why(error)}")
            return []

    def _has_a_name(self, entry: os.DirEntry[str]) -> bool:
        """Whether the name is text; bytes that are not would break every output further on."""
        if entry.name.isascii() or entry.name.isprintable():
            return True
        try:
            entry.name.encode("utf-8")
        except UnicodeEncodeError:
            shown = os.fsencode(os.path.relpath(entry.path, self.root))
            message = "the name is not valid UTF-8, so it was left out"
            name = shown.decode("utf-8", "backslashreplace")
            self._report(name, "unreadable", message, "rename it")
            return False
        return True

    def _module(self, path: str, entry: os.DirEntry[str], ignores: Ignores) -> str:
        """Give back the name of a Python file to be read, "" for anything else."""
        name = entry.name
        if not name.endswith(".py") or name.startswith("."):
            return ""
        here = join(path, name)
        if ignores.ignored(here, folder=False):
            return ""
        if entry.is_symlink():
            self.links.append((here, ignores))
            return ""
        return name if entry.is_file(follow_symlinks=False) else ""

    def _texts(
        self, path: str, entries: Iterable[os.DirEntry[str]], ignores: Ignores
    ) -> Iterator[str]:
        """Paths of SQL files and templates in a folder; links are not followed."""
        for entry in entries:
            here = join(path, entry.name)
            is_wanted = is_text(path, entry.name) and entry.is_file(follow_symlinks=False)
            if is_wanted and not ignores.ignored(here, folder=False):
                yield here

    def _is_entered(
        self, path: str, entry: os.DirEntry[str], ignores: Ignores, *, in_package: bool
    ) -> bool:
        name = entry.name
        if name.startswith(".") or name in _NEVER_ENTERED or name.endswith(_NEVER_ENTERED_ENDINGS):
            return False
        is_link = entry.is_symlink()
        if not (self._leads_to_folder(join(path, name), entry) if is_link else entry.is_dir()):
            return False
        if name in _BUILD_RESULTS and not in_package and not _is_package(entry.path):
            return False
        if entry.path in self.skip or ignores.ignored(join(path, name), folder=True):
            return False
        if is_link:
            self.links.append((join(path, name), ignores))
            return False
        return True

    def _leads_to_folder(self, path: str, entry: os.DirEntry[str]) -> bool:
        """Whether a link leads to a folder; one that leads round in circles is reported."""
        try:
            return entry.is_dir()
        except OSError as error:
            if not entry.name.endswith(".py"):  # those are reported when followed
                self._report(path, "symlink-loop", f"the link leads nowhere: {why(error)}")
            return False

    def follow_links(self) -> None:
        """Read what only links lead to; following one may bring up others."""
        while self.links:
            waiting, self.links = sorted(self.links, key=lambda link: link[0]), []
            for path, ignores in waiting:
                self._follow(path, ignores)

    def _follow(self, path: str, ignores: Ignores) -> None:
        link = os.path.join(self.root, path)
        try:
            real = os.path.realpath(link, strict=True)
            mode = os.stat(real).st_mode
        except OSError as error:
            self._report(path, "unreadable", f"the link leads nowhere: {why(error)}")
            return
        if not _is_within(real, self.root):
            message = "the link leads out of the analyzed folder, so it was not followed"
            self._report(path, "symlink-outside", message, "analyze a folder that holds both")
        elif stat.S_ISDIR(mode):
            self._follow_folder(path, real, ignores)
        elif stat.S_ISREG(mode) and real not in self._files():
            self._add_file(path, real)

    def _follow_folder(self, path: str, real: str, ignores: Ignores) -> None:
        place = os.path.realpath(os.path.join(self.root, os.path.dirname(path)))
        if _is_within(place, real):
            message = "the link leads to a folder that it lies in itself, so it was not followed"
            self._report(
                path, "symlink-loop", message, "nothing is lost; remove it if it is a slip"
            )
        elif real not in self.visited and real not in self.skip:
            self._list_folder(path)
            self.descend(path, real, ignores)

    def _list_folder(self, path: str) -> None:
        parent, name = os.path.split(path)
        folder = self.found[parent]
        folders = tuple(sorted((*folder.folders, name)))
        self.found[parent] = Folder(parent, folder.modules, folders, folder.markers)

    def _add_file(self, path: str, real: str) -> None:
        parent, name = os.path.split(path)
        folder = self.found[parent]
        modules = tuple(sorted((*folder.modules, name)))
        self.found[parent] = Folder(parent, modules, folder.folders, folder.markers)
        self.visited.add(real)

    def _files(self) -> set[str]:
        """Give the real paths of all files that are read already."""
        files = {
            os.path.join(self.root, folder.path, name)
            for folder in self.found.values()
            for name in folder.modules
        }
        return {os.path.realpath(file) for file in files} | self.visited

    def _report(self, path: str, kind: str, message: str, remedy: str = "") -> None:
        advice = remedy or "check its permissions and what it points to"
        self.problems.append(Problem(path, 0, kind, message, advice))


def _gitignore(path: str) -> str:
    """Read a .gitignore, "" where that is not possible: then nothing is left out by it."""
    try:
        return read_file(path, largest=_LARGEST_GITIGNORE).decode("utf-8-sig", "replace")
    except OSError:
        return ""


def _is_package(path: str) -> bool:
    return os.path.isfile(os.path.join(path, "__init__.py"))


def _is_installed_into(names: Iterable[str]) -> bool:
    return sum(name.endswith(_INSTALLED_ENDING) for name in names) >= _FEWEST_INSTALLED


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
