"""Which files are the program's, under which names, and why is each there?

Nothing is parsed: the tree is walked (`walk`), layout gives the names (`roots`), a glance at each
file's bytes its role (`roles`). Equal trees give equal results, wherever they lie, with one
exception: names begin with the packages that the analyzed folder itself lies in.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from decompose.errors import DecomposeError
from decompose.model.source import FileRole, Problem, SourceFile, TextFile
from decompose.source.read import TooLargeError, read_file, why
from decompose.source.roles import Glance, Trait, assign_roles
from decompose.source.roots import Clash, Names, name_modules
from decompose.source.texts import text_files
from decompose.source.walk import Tree, join, walk

LARGEST_FILE = 5_000_000  # bytes; above it is data, and its syntax tree would take gigabytes
_OF_NO_CONSEQUENCE = frozenset({"setup", "conftest", "manage", "__main__", "__init__", "noxfile"})


@dataclass(frozen=True, slots=True)
class Discovery:
    """The Python files below a folder, sorted by path, and the folders where their names begin.

    `roots` are relative: "." is the analyzed folder, ".." the one above; `texts` are SQL files and
    templates. A file whose `digest` is
    "" could not be read, as one of the `problems` says, and is not to be parsed.
    """

    files: tuple[SourceFile, ...]
    roots: tuple[str, ...]
    problems: tuple[Problem, ...]
    texts: tuple[TextFile, ...] = ()


def discover(root: Path, *, exclude: Sequence[str] = (), skip: Iterable[Path] = ()) -> Discovery:
    """Find the Python files below `root`.

    `exclude` are globs as in .gitignore, relative to `root`; folders in `skip` are never entered.
    Raises DecomposeError where `root` is no folder or holds no Python file.
    """
    place = _checked(root)
    tree = walk(place, exclude=exclude, skip=skip)
    if "" not in tree.folders:
        raise _empty(root, tree)
    names = name_modules(place, tree)
    contents = _Contents(place, Glance(_top_level(names)))
    for path in sorted(names.modules):
        contents.add(path)
    roles = assign_roles(tree, contents.traits)
    files = tuple(
        SourceFile(
            path=path,
            module=module,
            role=roles[path],
            is_package=path.endswith("__init__.py"),
            size=contents.sizes[path],
            digest=contents.digests[path],
        )
        for path, module in sorted(names.modules.items())
    )
    problems = [*tree.problems, *contents.problems, *_clashes(names.clashes, roles)]
    texts = text_files(place, tree.texts)
    return Discovery(files, names.roots, tuple(sorted(set(problems))), texts)


def _checked(root: Path) -> Path:
    """Resolve the path of an existing folder."""
    try:
        if not root.exists():
            raise DecomposeError(
                "there is no such folder", where=str(root), remedy="check how the path is spelled"
            )
        if not root.is_dir():
            raise DecomposeError(
                "this is a file, not a folder",
                where=str(root),
                remedy=f"give its folder: {root.parent}",
            )
        return root.resolve()
    except OSError as error:
        raise DecomposeError(
            f"the folder cannot be read: {why(error)}",
            where=str(root),
            remedy="check the path and its permissions",
        ) from error


def _empty(root: Path, tree: Tree) -> DecomposeError:
    if tree.problems:
        first = tree.problems[0]
        return DecomposeError(
            f"no Python file could be read; {first.path}: {first.message}",
            where=str(root),
            remedy=first.remedy,
        )
    return DecomposeError(
        "there is no Python file in this folder",
        where=str(root),
        remedy="give the folder that holds the program; .gitignore and --exclude leave files out",
    )


def _top_level(names: Names) -> set[str]:
    return {module.partition(".")[0] for module in names.modules.values()}


@dataclass(slots=True)
class _Contents:
    """What reading every file once tells: digest, traits, what could not be read."""

    root: Path
    glance: Glance
    sizes: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    traits: dict[str, Trait] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def add(self, path: str) -> None:
        try:
            data = read_file(f"{self.root}/{path}", largest=LARGEST_FILE)
        except TooLargeError as error:
            self._add_unread(_too_large(path, error.size), error.size)
            return
        except OSError as error:
            self._add_unread(_unreadable(path, error), 0)
            return
        self.sizes[path] = len(data)
        self.digests[path] = hashlib.sha256(data).hexdigest()
        self.traits[path] = self.glance.traits(path, data)

    def _add_unread(self, problem: Problem, size: int) -> None:
        self.sizes[problem.path] = size
        self.digests[problem.path] = ""
        self.traits[problem.path] = Trait.NONE
        self.problems.append(problem)


def _too_large(path: str, size: int) -> Problem:
    message = f"the file has {size / 1e6:.1f} MB, more than code has, so it was not read"
    remedy = "leave it out with --exclude if it is data; split it if it is code"
    return Problem(path, 0, "too-large", message, remedy)


def _unreadable(path: str, error: OSError) -> Problem:
    message = f"the file cannot be read: {why(error)}"
    return Problem(path, 0, "unreadable", message, "check its permissions and what it points to")


def _clashes(clashes: Iterable[Clash], roles: dict[str, FileRole]) -> list[Problem]:
    """Report what a person would care about: nobody imports another project's setup or tests."""
    problems = []
    for clash in clashes:
        init = join(clash.loser, "__init__.py")
        is_program = roles.get(clash.loser, roles.get(init)) is FileRole.PROGRAM
        if is_program and clash.module not in _OF_NO_CONSEQUENCE:
            message = (
                f"the name {clash.module} is taken by {clash.winner}; this was named by its path"
            )
            remedy = "analyze the projects one by one, or leave one out with --exclude"
            problems.append(Problem(clash.loser, 0, "name-clash", message, remedy))
    return problems
