"""Which files are found, under which names, in which roles, and what is said of the rest."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from decompose.errors import DecomposeError
from decompose.model.source import FileRole
from decompose.source import Discovery, discover
from decompose.source.discover import LARGEST_FILE

_MIGRATION = "from django.db import migrations\n\nclass Migration(migrations.Migration): pass\n"
_TEST = "def test_it(): assert 1 + 1 == 2\n"


def lay(root: Path, files: Mapping[str, str]) -> Path:
    """Write a tree; "" makes an empty file."""
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return root


def names(found: Discovery) -> dict[str, str]:
    return {file.path: file.module for file in found.files}


def roles(found: Discovery) -> dict[str, FileRole]:
    return {file.path: file.role for file in found.files}


def kinds(found: Discovery) -> list[tuple[str, str]]:
    return [(problem.path, problem.kind) for problem in found.problems]


NAMES = {
    "src layout": (
        {"src/shop/__init__.py": "", "src/shop/cart.py": "", "pyproject.toml": ""},
        {"src/shop/__init__.py": "shop", "src/shop/cart.py": "shop.cart"},
    ),
    "a package in src that is imported as src": (
        {"src/auth.py": "", "src/main.py": "from src.auth import user\nimport src.auth\n"},
        {"src/auth.py": "src.auth", "src/main.py": "src.main"},
    ),
    "several packages side by side": (
        {"cart/__init__.py": "", "cart/models.py": "", "orders/__init__.py": "", "run.py": ""},
        {
            "cart/__init__.py": "cart",
            "cart/models.py": "cart.models",
            "orders/__init__.py": "orders",
            "run.py": "run",
        },
    ),
    "namespace packages in src": (
        {"src/acme/billing/__init__.py": "", "src/acme/billing/tax.py": "import acme.billing\n"},
        {
            "src/acme/billing/__init__.py": "acme.billing",
            "src/acme/billing/tax.py": "acme.billing.tax",
        },
    ),
    "a Django project below the analyzed folder": (
        {
            "backend/manage.py": "",
            "backend/config/settings.py": "",
            "backend/orders/__init__.py": "",
            "backend/orders/models.py": "",
        },
        {
            "backend/manage.py": "manage",
            "backend/config/settings.py": "config.settings",
            "backend/orders/__init__.py": "orders",
            "backend/orders/models.py": "orders.models",
        },
    ),
    "apps in a folder that the project puts on the path": (
        {
            "manage.py": "",
            "apps/orders/__init__.py": "",
            "apps/orders/views.py": "from orders.models import Order\n",
            "apps/orders/models.py": "",
        },
        {
            "manage.py": "manage",
            "apps/orders/__init__.py": "orders",
            "apps/orders/views.py": "orders.views",
            "apps/orders/models.py": "orders.models",
        },
    ),
    "apps in a folder that is part of their name": (
        {
            "manage.py": "",
            "apps/orders/__init__.py": "",
            "apps/orders/views.py": "from apps.orders.models import Order\n",
            "apps/orders/models.py": "",
        },
        {
            "manage.py": "manage",
            "apps/orders/__init__.py": "apps.orders",
            "apps/orders/views.py": "apps.orders.views",
            "apps/orders/models.py": "apps.orders.models",
        },
    ),
    "modules named after the libraries that they use": (
        {
            "shop/__init__.py": "",
            "shop/drivers/redis.py": "import redis\nfrom shop.cart import Cart\n",
            "shop/drivers/cache.py": "import redis\n",
        },
        {
            "shop/__init__.py": "shop",
            "shop/drivers/redis.py": "shop.drivers.redis",
            "shop/drivers/cache.py": "shop.drivers.cache",
        },
    ),
    "a project and a package of the same name": (
        {
            "shop/requirements.txt": "",
            "shop/shop/__init__.py": "",
            "shop/shop/cart.py": "from shop.money import Money\n",
            "shop/shop/money.py": "",
        },
        {
            "shop/shop/__init__.py": "shop",
            "shop/shop/cart.py": "shop.cart",
            "shop/shop/money.py": "shop.money",
        },
    ),
    "projects of a monorepo": (
        {
            "services/billing/pyproject.toml": "",
            "services/billing/billing/__init__.py": "",
            "services/mail/setup.py": "",
            "services/mail/src/mail/__init__.py": "",
        },
        {
            "services/billing/billing/__init__.py": "billing",
            "services/mail/setup.py": "setup",
            "services/mail/src/mail/__init__.py": "mail",
        },
    ),
    "an unpacked wheel": (
        {
            "nova/__init__.py": "",
            "nova-1.0.dist-info/METADATA": "",
            "nova-1.0.data/purelib/extra/__init__.py": "",
        },
        {"nova/__init__.py": "nova", "nova-1.0.data/purelib/extra/__init__.py": "extra"},
    ),
    "an adapter named after the library that it imports": (
        {
            "tool/__init__.py": "",
            "tool/packaging/dnf.py": "import dnf",
            "tool/packaging/yum.py": "import yum",
        },
        {
            "tool/__init__.py": "tool",
            "tool/packaging/dnf.py": "tool.packaging.dnf",
            "tool/packaging/yum.py": "tool.packaging.yum",
        },
    ),
    "a folder named after the library that it extends": (
        {
            "shop/__init__.py": "",
            "shop/orders.py": "from rest_framework.response import Response",
            "shop/utils/xml.py": "",
            "shop/utils/rest_framework/__init__.py": "",
            "shop/utils/rest_framework/views.py": "from rest_framework import generics, views",
            "shop/utils/rest_framework/viewsets.py": "from rest_framework import viewsets",
        },
        {
            "shop/__init__.py": "shop",
            "shop/orders.py": "shop.orders",
            "shop/utils/xml.py": "shop.utils.xml",
            "shop/utils/rest_framework/__init__.py": "shop.utils.rest_framework",
            "shop/utils/rest_framework/views.py": "shop.utils.rest_framework.views",
            "shop/utils/rest_framework/viewsets.py": "shop.utils.rest_framework.viewsets",
        },
    ),
    "names that no import statement could spell": (
        {"my-script.py": "", "2nd step.py": "", "a.b.py": ""},
        {"my-script.py": "my-script", "2nd step.py": "2nd_step", "a.b.py": "a_b"},
    ),
}


@pytest.mark.parametrize("case", NAMES)
def test_modules_are_named_as_python_knows_them(tmp_path: Path, case: str) -> None:
    files, expected = NAMES[case]
    found = discover(lay(tmp_path, files))
    assert names(found) == expected
    assert [file.path for file in found.files] == sorted(expected)


def test_a_folder_that_is_a_package_gives_its_name_to_its_modules(tmp_path: Path) -> None:
    lay(tmp_path, {"shop/__init__.py": "", "shop/cart/__init__.py": "", "shop/cart/line.py": ""})
    found = discover(tmp_path / "shop")
    assert names(found)["cart/line.py"] == "shop.cart.line"
    assert found.roots == ("..",)
    deeper = discover(tmp_path / "shop" / "cart")
    assert names(deeper) == {"__init__.py": "shop.cart", "line.py": "shop.cart.line"}
    assert deeper.roots == ("../..",)


def test_a_stray_init_beside_the_project_files_makes_no_package(tmp_path: Path) -> None:
    tree = {"__init__.py": "", "setup.py": "", "pkg/__init__.py": "", "pkg/a.py": "import pkg.b\n"}
    lay(tmp_path / "repo", tree | {"pkg/b.py": ""})
    assert names(discover(tmp_path / "repo"))["pkg/b.py"] == "pkg.b"


def test_of_two_files_with_one_name_the_nearer_root_keeps_it(tmp_path: Path) -> None:
    tree = {"app/__init__.py": "", "app/main.py": ""}
    tree |= {"old/pyproject.toml": "", "old/app/__init__.py": "", "old/app/main.py": ""}
    found = discover(lay(tmp_path, tree))
    assert names(found) == {
        "app/__init__.py": "app",
        "app/main.py": "app.main",
        "old/app/__init__.py": "old.app",
        "old/app/main.py": "old.app.main",
    }
    assert kinds(found) == [("old/app", "name-clash")]


def test_names_are_unique_whatever_the_tree(tmp_path: Path) -> None:
    tree = {"a.py": "", "a/__init__.py": "", "a b.py": "", "a_b.py": "", "x/setup.py": ""}
    tree |= {"x/a_b.py": "", "y/setup.py": "", "y/a_b.py": ""}
    found = names(discover(lay(tmp_path, tree)))
    assert len(set(found.values())) == len(tree)
    assert found["a/__init__.py"] == "a"


NEVER = [
    "venv/lib/python3.12/site-packages/x.py",
    "node_modules/x.py",
    "__pycache__/x.py",
    ".tox/x.py",
    ".git/hooks/x.py",
    "build/lib/x.py",
    "dist/x.py",
    "pkg.egg-info/x.py",
    "decompose-out/services/x.py",
    "x.pyi",
    "x.ipynb",
]


@pytest.mark.parametrize("path", NEVER)
def test_what_is_nobodys_program_is_not_read(tmp_path: Path, path: str) -> None:
    assert list(names(discover(lay(tmp_path, {"main.py": "", path: ""})))) == ["main.py"]


@pytest.mark.parametrize("mark", ["pyvenv.cfg", "CACHEDIR.TAG", "analysis.json.gz"])
def test_a_folder_that_gives_itself_away_is_not_read(tmp_path: Path, mark: str) -> None:
    tree = {"main.py": "", "env/x.py": "", f"env/{mark}": ""}
    assert list(names(discover(lay(tmp_path, tree)))) == ["main.py"]


def test_a_folder_that_an_installer_filled_is_told_and_not_read(tmp_path: Path) -> None:
    tree = {"main.py": "", "app/libs/__init__.py": "", "app/libs/six.py": "", "own/mine.py": ""}
    tree |= {"own/mine-1.0.dist-info/METADATA": "", "mine-1.0.dist-info/METADATA": ""}
    tree |= {f"app/libs/{name}-1.0.dist-info/METADATA": "" for name in ("six", "django")}
    found = discover(lay(tmp_path, tree))
    assert list(names(found)) == ["main.py", "own/mine.py"]
    assert kinds(found) == [("app/libs", "installed")]


def test_a_package_called_build_is_read(tmp_path: Path) -> None:
    tree = {"ci/__init__.py": "", "ci/build/__init__.py": "", "dist/__init__.py": ""}
    assert len(discover(lay(tmp_path, tree)).files) == len(tree)


def test_folders_to_skip_are_not_read(tmp_path: Path) -> None:
    lay(tmp_path, {"main.py": "", "out/x.py": "", "deep/out/x.py": ""})
    assert list(names(discover(tmp_path, skip=[tmp_path / "out"]))) == ["deep/out/x.py", "main.py"]


IGNORED = {
    "a file": ({".gitignore": "local.py\n"}, ["local.py", "a/local.py"], ["main.py"]),
    "a folder": ({".gitignore": "gen/\n"}, ["gen/x.py", "a/gen/y.py"], ["gen.py"]),
    "anchored": ({".gitignore": "/gen\n"}, ["gen/x.py"], ["a/gen/x.py"]),
    "negated": ({".gitignore": "*_gen.py\n!keep_gen.py\n"}, ["a_gen.py"], ["keep_gen.py"]),
    "nested": ({"a/.gitignore": "x.py\n"}, ["a/x.py", "a/b/x.py"], ["x.py"]),
    "nested negation": (
        {".gitignore": "x.py\n", "a/.gitignore": "!x.py\n"},
        ["x.py"],
        ["a/x.py"],
    ),
    "an unreadable pattern": ({".gitignore": "!\nx.py\n"}, ["x.py"], ["main.py"]),
}


@pytest.mark.parametrize("case", IGNORED)
def test_gitignore_files_in_the_tree_count(tmp_path: Path, case: str) -> None:
    ignores, left_out, kept = IGNORED[case]
    lay(tmp_path, ignores | dict.fromkeys(left_out + kept, ""))
    assert sorted(names(discover(tmp_path))) == sorted(kept)


def test_gitignore_files_above_the_tree_do_not_count(tmp_path: Path) -> None:
    lay(tmp_path, {".gitignore": "*.py\n", "shop/main.py": ""})
    assert list(names(discover(tmp_path / "shop"))) == ["main.py"]


def test_a_hostile_gitignore_does_not_stall(tmp_path: Path) -> None:
    lay(tmp_path, {".gitignore": f"{'*a' * 40}b\n", f"{'a' * 120}.py": ""})
    start = time.process_time()
    assert len(discover(tmp_path).files) == 1
    assert time.process_time() - start < 2


def test_exclude_takes_globs_and_overrules_gitignore(tmp_path: Path) -> None:
    tree = {".gitignore": "gen.py\n", "gen.py": "", "docs/conf.py": "", "a/docs.py": "", "b.py": ""}
    found = discover(lay(tmp_path, tree), exclude=["docs/", "b.*", "!gen.py"])
    assert sorted(names(found)) == ["a/docs.py", "gen.py"]


ROLES = {
    "tests/test_cart.py": (_TEST, FileRole.TEST),
    "tests/__init__.py": ("", FileRole.TEST),
    "tests/helpers/builders.py": ("x = 1\n", FileRole.TEST),
    "shop/cart/tests.py": ("from django.test import TestCase\n", FileRole.TEST),
    "shop/cart_test.py": (_TEST, FileRole.TEST),
    "shop/conftest.py": ("", FileRole.TEST),
    "shop/load_test.py": ("def drive(car): ...\n", FileRole.PROGRAM),
    "shop/management/commands/test.py": ("class Command: ...\n", FileRole.PROGRAM),
    "testing_center/models.py": ("x = 1\n", FileRole.PROGRAM),
    "lab/tests/models.py": ("x = 1\n", FileRole.PROGRAM),
    "lab/tests/views.py": ("x = 1\n", FileRole.PROGRAM),
    "lab/test/assay.py": ("x = 1\n", FileRole.PROGRAM),
    "shop/testing/fakes.py": ("import unittest.mock\n", FileRole.TEST),
    "shop/migrations/__init__.py": ("", FileRole.MIGRATION),
    "shop/migrations/0001_initial.py": (_MIGRATION, FileRole.MIGRATION),
    "shop/migrations/named.py": (_MIGRATION, FileRole.MIGRATION),
    "alembic/env.py": ("from alembic import context\n", FileRole.MIGRATION),
    "alembic/versions/ab12_users.py": (
        "revision = 'ab12'\ndown_revision = None\n",
        FileRole.MIGRATION,
    ),
    "alembic/tenant_versions/cd34_shops.py": ("revision = 'cd34'\n", FileRole.MIGRATION),
    "shop/env.py": ("DEBUG = True\n", FileRole.PROGRAM),
    "shop/api_versions/first.py": ("def answer(): ...\n", FileRole.PROGRAM),
    "herd/migrations/routes.py": ("def birds(): ...\n", FileRole.PROGRAM),
    "documents/versions/models.py": ("class Version: ...\n", FileRole.PROGRAM),
    "shop/rpc/cart_pb2.py": ("x = 1\n", FileRole.GENERATED),
    "shop/parser.py": ("# Generated by ANTLR\ndef parse(): ...\n", FileRole.GENERATED),
    "shop/icons.py": (
        '"""Automatically generated file.\n\nRun the tool.\n"""\n',
        FileRole.GENERATED,
    ),
    "shop/codes.py": (f"CODES = {dict.fromkeys(range(9000), 'x')}\n", FileRole.GENERATED),
    "shop/report.py": ('"""Reports.\n"""\n# generated by the user\n', FileRole.PROGRAM),
    "shop/_vendor/six.py": ("x = 1\n", FileRole.VENDORED),
    "third_party/lib/test_it.py": (_TEST, FileRole.VENDORED),
    "vendor/six.py": ("import sys\n", FileRole.VENDORED),
    "market/vendor/models.py": ("x = 1\n", FileRole.PROGRAM),
    "shop/external/bank.py": ("from shop import money\n", FileRole.PROGRAM),
}


def test_each_file_has_its_role(tmp_path: Path) -> None:
    found = discover(lay(tmp_path, {path: text for path, (text, _) in ROLES.items()}))
    assert roles(found) == {path: role for path, (_, role) in ROLES.items()}


def test_a_loop_of_links_is_reported_once_and_read_once(tmp_path: Path) -> None:
    lay(tmp_path, {"a/b/x.py": ""})
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path / "a", target_is_directory=True)
    found = discover(tmp_path)
    assert list(names(found)) == ["a/b/x.py"]
    assert kinds(found) == [("a/b/up", "symlink-loop")]


def test_links_in_a_circle_are_reported(tmp_path: Path) -> None:
    lay(tmp_path, {"main.py": ""})
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    (tmp_path / "gone.py").symlink_to("nowhere.py")
    assert kinds(discover(tmp_path)) == [
        ("gone.py", "unreadable"),
        ("one", "symlink-loop"),
        ("two", "symlink-loop"),
    ]


def test_what_only_links_lead_to_is_read_once_and_nothing_outside(tmp_path: Path) -> None:
    lay(tmp_path, {"outside/secret.py": "", "root/.store/lib.py": "", "root/real/a.py": ""})
    root = tmp_path / "root"
    for link, target in {
        "linked": root / ".store",
        "again": root / ".store",
        "real2": root / "real",
        "out": tmp_path / "outside",
        "b.py": root / "real" / "a.py",
        "c.py": tmp_path / "outside" / "secret.py",
    }.items():
        (root / link).symlink_to(target)
    found = discover(root)
    assert list(names(found)) == ["again/lib.py", "real/a.py"]
    assert kinds(found) == [("c.py", "symlink-outside"), ("out", "symlink-outside")]


def _refuse(monkeypatch: pytest.MonkeyPatch, name: str, refused: str) -> None:
    """Let a system call fail for one path: root, whom tests may run as, is refused nothing."""
    real = getattr(os, name)

    def call(path: str, *arguments: object) -> object:
        if str(path).endswith(refused):
            raise PermissionError(13, "Permission denied", path)
        return real(path, *arguments)

    monkeypatch.setattr(os, name, call)


def test_an_unreadable_folder_costs_itself_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, {"main.py": "", "secret/x.py": ""})
    _refuse(monkeypatch, "scandir", "/secret")
    found = discover(tmp_path)
    assert list(names(found)) == ["main.py"]
    assert kinds(found) == [("secret", "unreadable")]
    assert "permission denied" in found.problems[0].message


def test_an_unreadable_file_is_named_and_not_to_be_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, {"main.py": "", "secret.py": "x = 1\n"})
    _refuse(monkeypatch, "open", "/secret.py")
    found = discover(tmp_path)
    assert [(file.path, bool(file.digest)) for file in found.files] == [
        ("main.py", True),
        ("secret.py", False),
    ]
    assert kinds(found) == [("secret.py", "unreadable")]


def test_a_pipe_does_not_hang_us(tmp_path: Path) -> None:
    lay(tmp_path, {"main.py": ""})
    os.mkfifo(tmp_path / "pipe.py")
    os.mkfifo(tmp_path / ".gitignore")
    assert list(names(discover(tmp_path))) == ["main.py"]


def test_a_huge_file_is_named_and_not_to_be_parsed(tmp_path: Path) -> None:
    lay(tmp_path, {"main.py": ""})
    with (tmp_path / "data.py").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    found = discover(tmp_path)
    assert (found.files[0].path, found.files[0].digest) == ("data.py", "")
    assert kinds(found) == [("data.py", "too-large")]


def test_a_name_that_is_no_text_is_left_out(tmp_path: Path) -> None:
    lay(tmp_path, {"main.py": ""})
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.py")).write_text("")
    found = discover(tmp_path)
    assert list(names(found)) == ["main.py"]
    assert kinds(found) == [("\\xff.py", "unreadable")]


def test_the_result_does_not_depend_on_where_the_tree_lies(tmp_path: Path) -> None:
    tree = {path: text for path, (text, _) in ROLES.items()}
    assert discover(lay(tmp_path / "one", tree)) == discover(lay(tmp_path / "two" / "x", tree))


def test_a_path_that_does_not_exist_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(DecomposeError, match="no such folder"):
        discover(tmp_path / "missing")


def test_a_file_instead_of_a_folder_is_the_users_mistake(tmp_path: Path) -> None:
    lay(tmp_path, {"main.py": ""})
    with pytest.raises(DecomposeError) as caught:
        discover(tmp_path / "main.py")
    assert str(tmp_path) in caught.value.remedy


def test_a_tree_without_python_is_the_users_mistake(tmp_path: Path) -> None:
    lay(tmp_path, {"README": "", "venv/pyvenv.cfg": "", "venv/x.py": ""})
    with pytest.raises(DecomposeError, match="no Python file"):
        discover(tmp_path)


def test_a_deep_tree_is_read_to_its_end(tmp_path: Path) -> None:
    folder = "/".join("d" * 400)
    assert len(discover(lay(tmp_path, {f"{folder}/x.py": ""})).files) == 1


def test_thousands_of_files_take_less_than_a_second(tmp_path: Path) -> None:
    for number in range(300):
        lay(tmp_path, {f"pkg{number}/m{one}.py": "import os\n" for one in range(10)})
    lay(tmp_path, {".gitignore": "\n".join(f"*.ext{n}\nfolder{n}/" for n in range(50))})
    start = time.process_time()
    assert len(discover(tmp_path).files) == 3000
    assert time.process_time() - start < 1.5
