"""Why is a file in the tree: is it the program, a test, a migration, generated, somebody else's?

A name alone is a hint; where it is also a word that programs use (an app `tests` of a laboratory,
a shop's `vendor`, a module `load_test`), the content decides. The first that fits is the role:

- VENDORED: below `_vendor`, `third_party` and the like; below `vendor` or `external` only where no
  file imports the program and the folder is no app.
- TEST: below a folder `tests`, `test`, `testing`, … with a test in it, or with files that use a
  test library (helpers for tests); `conftest.py`; files named `test_*`, `*_test`, `tests` that
  hold a test. An app in such a folder (`apps.py` or `views.py`, and no test beside it) is program.
- MIGRATION: a folder `migrations` with numbered files or `class Migration`, a folder `versions`
  or `*_versions` with revisions (each database has its own), Alembic's `env.py` beside it.
- GENERATED: known endings (`_pb2.py`), a header that says so, one huge literal without definitions.
- PROGRAM: all else.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Flag, auto

from decompose.model.source import FileRole
from decompose.source.walk import Tree

_TEST_FOLDERS = frozenset(
    {"tests", "test", "testing", "unit_tests", "unittests", "functional_tests", "testsuite"}
    | {"integration_tests", "e2e_tests", "acceptance_tests", "system_tests", "testutils"}
)
_TEST_NAME = re.compile(r"(?:test_.*|.*_tests?|tests?|conftest)\.py\Z")
_TESTING = re.compile(
    rb"\b(?:unittest|pytest|nose|doctest|TestCase|factory_boy|django\.test|testtools|oslotest"
    rb"|import mock|hypothesis)\b|^[ \t]*(?:async )?def test|^class \w*Test",
    re.MULTILINE,
)
_APP_FILES = frozenset({"apps.py", "views.py", "admin.py", "api.py", "routes.py", "services.py"})
_MODEL_FILES = frozenset({"models.py", "urls.py", "tasks.py", "forms.py", "serializers.py"})

_ALWAYS_VENDORED = frozenset(
    {"_vendor", "_vendored", "vendored", "third_party", "thirdparty", "third-party", "3rdparty"}
    | {"_thirdparty", "_third_party"}
)
_MAYBE_VENDORED = frozenset({"vendor", "extern", "external", "externals"})

_MIGRATION_FOLDER = re.compile(r"(?:south_)?migrations|(?:.*_)?versions")
_NUMBERED = re.compile(r"\d{3,}_.*\.py\Z")
_MIGRATING = re.compile(
    rb"^class Migration\b|^down_revision\b|^revision\b[ \t]*[:=]|^def upgrade\(", re.MULTILINE
)

_GENERATED_NAME = re.compile(r".*_pb2(?:_grpc)?\.py\Z|.*parsetab\.py\Z|.*lextab\.py\Z")
_HEADER = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(?:[ \t]*\#[^\n]*\n|[ \t\r]*\n)*"
    rb"(?:[rRuU]?(?:\"\"\"|''')[^\n]*\n?(?:[^\n\"']*\n){0,3})?"
)
_SAYS_GENERATED = re.compile(
    rb"do not edit\b|@generated\b"
    rb"|auto-?(?:matically )?[ -]?generated (?:by|from|with|using|file|code)"
    rb"|^[\#\"' \t]*(?:this (?:file|module|code) (?:is|was|has been) )?"
    rb"(?:auto-?(?:matically)?[ -]?)?generated (?:by|from|with|using)\b",
    re.IGNORECASE | re.MULTILINE,
)
_DEFINES = re.compile(rb"^[ \t]*(?:def|class|async def)[ \t]|\blambda\b", re.MULTILINE)
_HEAD = 2048
_HUGE_LITERAL = 1 << 16


class Trait(Flag):
    """What a glance at a file's bytes shows."""

    NONE = 0
    TESTING = auto()  # uses a test library, or defines a test
    MIGRATING = auto()  # holds a step of a schema's history
    GENERATED = auto()  # says that a tool wrote it, or is nothing but data
    IMPORTS_PROGRAM = auto()  # imports a name of the program's own


class Glance:
    """Looks for traits, each only where the path makes it matter: files come by the thousand."""

    def __init__(self, names: Iterable[str]) -> None:
        """`names`: the top-level names of the program, to be told from vendored code."""
        own = b"|".join(re.escape(name.encode()) for name in sorted(set(names)))
        self._own = re.compile(rb"^[ \t]*(?:from|import)[ \t]+(?:" + own + rb")\b", re.MULTILINE)

    def traits(self, path: str, data: bytes) -> Trait:
        """Give the traits of the file at `path` that could bear on its role."""
        found = Trait.GENERATED if _is_generated(path, data) else Trait.NONE
        parts = path.split("/")
        folders = parts[:-1]
        if (_TEST_NAME.match(parts[-1]) or _any(folders, _TEST_FOLDERS)) and _TESTING.search(data):
            found |= Trait.TESTING
        if any(map(_MIGRATION_FOLDER.fullmatch, folders)) and _MIGRATING.search(data):
            found |= Trait.MIGRATING
        if _any(folders, _MAYBE_VENDORED) and self._own.search(data):
            found |= Trait.IMPORTS_PROGRAM
        return found


def _any(folders: list[str], names: frozenset[str]) -> bool:
    return not names.isdisjoint(folders)


def _is_generated(path: str, data: bytes) -> bool:
    if _GENERATED_NAME.match(path):
        return True
    head = data[:_HEAD]
    lowered = head.lower()
    if b"generated" in lowered or b"do not edit" in lowered:
        header = _HEADER.match(head)
        if header is not None and _SAYS_GENERATED.search(header[0]):
            return True
    return len(data) >= _HUGE_LITERAL and not _DEFINES.search(data)


def assign_roles(tree: Tree, traits: Mapping[str, Trait]) -> dict[str, FileRole]:
    """Give every file its role; `traits` has an entry for each file of the tree."""
    judge = _Judge(tree, traits)
    return {path: judge.role(path) for path in sorted(traits)}


@dataclass(frozen=True, slots=True)
class _Below:
    """What the files below a folder have in common."""

    traits: Trait
    has_test_file: bool
    is_empty: bool


class _Judge:
    def __init__(self, tree: Tree, traits: Mapping[str, Trait]) -> None:
        self._tree = tree
        self._traits = traits
        self._below = _gather(tree, traits)
        self._folder_roles: dict[str, FileRole | None] = {"": None}

    def role(self, path: str) -> FileRole:
        folder, _, name = path.rpartition("/")
        inherited = self._folder_role(folder)
        traits = self._traits[path]
        if inherited in {FileRole.VENDORED, FileRole.TEST}:
            return inherited
        if _is_test_file(folder, name, traits):
            return FileRole.TEST
        if inherited or self._is_migration_environment(folder, name):
            return FileRole.MIGRATION
        return FileRole.GENERATED if Trait.GENERATED in traits else FileRole.PROGRAM

    def _folder_role(self, path: str) -> FileRole | None:
        """Give the role that everything below a folder has, None where each file has its own."""
        if path not in self._folder_roles:
            above = self._folder_role(path.rpartition("/")[0])
            own = self._own_role(path)
            ranked = (FileRole.VENDORED, FileRole.TEST, FileRole.MIGRATION)
            held = {above, own}
            self._folder_roles[path] = next((role for role in ranked if role in held), None)
        return self._folder_roles[path]

    def _own_role(self, path: str) -> FileRole | None:
        name = path.rpartition("/")[2]
        below = self._below[path]
        if name in _ALWAYS_VENDORED or (name in _MAYBE_VENDORED and self._is_foreign(path)):
            return FileRole.VENDORED
        if name in _TEST_FOLDERS and self._is_about_tests(path):
            return FileRole.TEST
        if _MIGRATION_FOLDER.fullmatch(name) and Trait.MIGRATING in below.traits:
            return FileRole.MIGRATION
        return None

    def _is_foreign(self, path: str) -> bool:
        is_app = not (_APP_FILES | _MODEL_FILES).isdisjoint(self._tree.folders[path].modules)
        return not is_app and Trait.IMPORTS_PROGRAM not in self._below[path].traits

    def _is_about_tests(self, path: str) -> bool:
        files = self._tree.folders[path].modules
        is_app = not _APP_FILES.isdisjoint(files)
        has_test_beside = any(name.startswith("test_") or name == "conftest.py" for name in files)
        if is_app and not has_test_beside:
            return False
        below = self._below[path]
        return below.has_test_file or below.is_empty or Trait.TESTING in below.traits

    def _is_migration_environment(self, folder: str, name: str) -> bool:
        """Tell Alembic's `env.py`, which lies beside the folders of revisions."""
        if name != "env.py":
            return False
        beside = [
            f"{folder}/{each}".lstrip("/")
            for each in self._tree.folders[folder].folders
            if each.endswith("versions")
        ]
        return any(self._folder_role(each) is FileRole.MIGRATION for each in beside)


def _is_test_file(folder: str, name: str, traits: Trait) -> bool:
    if name == "conftest.py":
        return True
    if folder.endswith("management/commands") or not _TEST_NAME.match(name):
        return False
    return Trait.TESTING in traits


def _gather(tree: Tree, traits: Mapping[str, Trait]) -> dict[str, _Below]:
    """Sum up, for every folder, the files in it and further down."""
    seen: defaultdict[str, Trait] = defaultdict(lambda: Trait.NONE)
    tested: set[str] = set()
    filled: set[str] = set()
    for path, found in traits.items():
        folder, _, name = path.rpartition("/")
        is_test = name == "conftest.py" or bool(_TEST_NAME.match(name) and found & Trait.TESTING)
        numbered = Trait.MIGRATING if _NUMBERED.match(name) else Trait.NONE
        while True:
            seen[folder] |= found | numbered
            filled.update({folder} if name != "__init__.py" else ())
            tested.update({folder} if is_test else ())
            if not folder:
                break
            folder = folder.rpartition("/")[0]
    return {path: _Below(seen[path], path in tested, path not in filled) for path in tree.folders}
