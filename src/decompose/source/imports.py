"""Under which names do the tree's files import each other, as far as a glance tells?

A sample, read with a regular expression and never parsed: enough to weigh two readings of a layout
against each other, never taken for a fact.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from decompose.source.read import read_file
from decompose.source.walk import Folder, Tree, join

_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+([A-Za-z_][\w.]*)", re.MULTILINE)
_FILES_A_FOLDER = 4
_FILES = 3000
_LARGEST = 1 << 18


class Imports:
    """The absolute imports of a sample: the same few files of each folder, whatever the order."""

    def __init__(self, root: Path, tree: Tree) -> None:
        self._tree = tree
        self._by_name: Counter[str] = Counter()  # every imported name and every prefix of it
        self._alone: Counter[str] = Counter()  # every imported name as a whole
        self._lines: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)  # by first part
        for path in _sample(tree):
            for name in _imported(root / path):
                self._count(path, name)

    def _count(self, path: str, name: str) -> None:
        parts = name.split(".")
        self._alone[name] += 1
        self._lines[parts[0]].append((path, name))
        for length in range(1, len(parts) + 1):
            self._by_name[".".join(parts[:length])] += 1

    def of(self, name: str, offered: Iterable[str]) -> int:
        """Count the import lines, anywhere, that name something that the package `name` offers.

        A line with no more than the name itself counts too, unless it may mean a namesake in it.
        """
        held = sorted(offered)
        whole = 0 if name.rpartition(".")[2] in held else self._alone[name]
        return whole + sum(self._by_name[f"{name}.{one}"] for one in held)

    def inside(self, folder: str, names: Iterable[str], *, around: str | None) -> int:
        """Count the lines below `folder` that lead to a file from there, and from `around` do not.

        Lines that begin with one of `names` are looked at, unless the name means a library.
        """
        lines = (
            line
            for name in names
            if not self._means_library(name, folder)
            for line in _below(self._lines.get(name, []), folder)
        )
        return sum(
            self._leads_to_file(folder, imported)
            and (around is None or not self._leads_to_file(around, imported))
            for _, imported in lines
        )

    def _means_library(self, name: str, folder: str) -> bool:
        """Whether a name means a library, not what lies in `folder`.

        A module that imports its own name means a library by it (`redis.py` that says `import redis`), and so do
        its neighbours. So does the package that `folder` lies in where most of what it imports of that name is
        not there.
        """
        lines = self._lines.get(name, [])
        if any(_is_own_name(path, folder, imported) for path, imported in _below(lines, folder)):
            return True
        around = _below(lines, self._package_around(folder))
        deeper = [imported for _, imported in around if "." in imported]
        return 2 * sum(self._leads_to_file(folder, imported) for imported in deeper) < len(deeper)

    def _package_around(self, folder: str) -> str:
        """Give the outermost package that a folder lies in, or itself."""
        above = folder.rpartition("/")[0]
        while above and self._tree.folders[above].is_package:
            folder, above = above, above.rpartition("/")[0]
        return folder

    def _leads_to_file(self, folder: str, imported: str) -> bool:
        """Whether a name is a module below `folder` as a root, as far as its first two parts."""
        first, _, rest = imported.partition(".")
        if f"{first}.py" in self._tree.folders[folder].modules:
            return True
        package = self._tree.folders.get(join(folder, first))
        if package is None:
            return False
        second = rest.partition(".")[0]
        if not second:
            return package.is_package
        return f"{second}.py" in package.modules or second in package.folders


def _is_own_name(path: str, folder: str, imported: str) -> bool:
    stem, first = path.removesuffix(".py"), imported.partition(".")[0]
    return stem.rpartition("/")[2] == first or stem == join(folder, imported.replace(".", "/"))


def _below(lines: list[tuple[str, str]], folder: str) -> list[tuple[str, str]]:
    """Give the lines of files below a folder; they are sorted by path, and "0" follows "/"."""
    if not folder:
        return lines
    return lines[bisect_left(lines, (f"{folder}/",)) : bisect_left(lines, (f"{folder}0",))]


def _sample(tree: Tree) -> list[str]:
    chosen = sorted(path for folder in tree.folders.values() for path in _some(folder))
    step = -(-len(chosen) // _FILES) or 1
    return chosen[::step]


def _some(folder: Folder) -> list[str]:
    telling = [name for name in folder.modules if name != "__init__.py"] or list(folder.modules)
    return [join(folder.path, name) for name in telling[:_FILES_A_FOLDER]]


def _imported(path: Path) -> list[str]:
    try:
        data = read_file(str(path), largest=_LARGEST)
    except OSError:
        return []
    return [found.decode("ascii", "replace").strip(".") for found in _IMPORT.findall(data)]
