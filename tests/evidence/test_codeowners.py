"""CODEOWNERS as GitHub and GitLab read it."""

from pathlib import Path

import pytest

from decompose.evidence import read_owners
from decompose.graph import GraphBuilder
from decompose.graph.teamwork import independence, teamwork
from decompose.model.history import History
from decompose.model.partition import SHARED, Boundary
from decompose.model.program import NodeKind
from decompose.model.source import FileRole
from decompose.model.teams import Owners, ServiceCommits


def owned(tmp_path: Path, text: str, *paths: str, place: str = "CODEOWNERS") -> dict[str, str]:
    file = tmp_path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    found, _ = read_owners(tmp_path, paths)
    return {path: " ".join(teams) for path, teams in found.of.items()}


@pytest.mark.parametrize(
    ("text", "path", "teams"),
    [
        ("* @all\n/orders/ @orders\n", "orders/models.py", "@orders"),
        ("/orders/ @orders\n* @all\n", "orders/models.py", "@all"),
        ("orders/ @a @b  # both\n", "shop/orders/x/y.py", "@a @b"),
        ("/orders/* @direct\n", "orders/views.py", "@direct"),
        ("/orders/* @direct\n", "orders/api/views.py", None),
        ("*.py @py\n/docs/ @docs\n", "a/b.py", "@py"),
        ("* @all\n/generated/\n", "generated/a.py", None),
        ("/a\\ b/ @spaced\n", "a b/c.py", "@spaced"),
        ("[Payments] @pay\n/payments/\n[Legal]\n*.py @legal\n", "payments/a.py", "@legal @pay"),
        ("^[Docs][2] @docs\n*.py\n!/orders/a.py\n", "orders/a.py", None),
        ("^[Docs][2] @docs\n*.py\n!/orders/a.py\n", "orders/b.py", "@docs"),
        ("[ @broken\n* @all\n", "a.py", "@all"),
        ("*" * 400 + " @hostile\n* @all\n", "a.py", "@all"),
    ],
)
def test_the_last_pattern_that_matches_decides_in_each_section(
    tmp_path: Path, text: str, path: str, teams: str | None
) -> None:
    assert owned(tmp_path, text, path).get(path) == teams


@pytest.mark.parametrize("place", [".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS"])
def test_the_file_is_found_where_it_is_kept(tmp_path: Path, place: str) -> None:
    assert owned(tmp_path, "* @all\n", "a.py", place=place) == {"a.py": "@all"}


def test_patterns_start_from_the_repository_around_the_analyzed_folder(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "CODEOWNERS").write_text("/src/orders/ @orders\n")
    (tmp_path / "src").mkdir()
    found, _ = read_owners(tmp_path / "src", ["orders/a.py"])
    assert found.of == {"orders/a.py": ("@orders",)}


def test_a_folder_without_a_repository_asks_nobody_above_it(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_text("* @stranger\n")
    (tmp_path / "src").mkdir()
    assert read_owners(tmp_path / "src", ["a.py"]) == (Owners(), ())


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("* @secret\n")
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "CODEOWNERS").symlink_to(tmp_path / "secret")
    assert read_owners(tmp_path / "src", ["a.py"]) == (Owners(), ())


def graph_of(*modules: str) -> object:
    builder = GraphBuilder(
        [f"{name}.py" for name in modules], [FileRole.PROGRAM] * len(modules), [10] * len(modules)
    )
    for number, name in enumerate(modules):
        builder.node(name, NodeKind.MODULE, file=number, line=1, end_line=10)
    return builder.build()


def test_services_are_held_against_teams() -> None:
    graph = graph_of("cart", "order", "pay", "util")
    labels = {"cart": "sales", "order": "sales", "pay": "billing", "util": SHARED}
    owners = Owners("CODEOWNERS", {"cart.py": ("@a",), "order.py": ("@a", "@b"), "pay.py": ("@c",)})
    boundaries = (Boundary("billing", "sales", (), 5.0),)
    found = teamwork(graph, labels, boundaries, owners)  # type: ignore[arg-type]
    assert found is not None
    assert [(each.service, each.teams[0].team) for each in found.services] == [
        ("billing", "@c"),
        ("sales", "@a"),
    ]
    assert [share.share for share in found.services[1].teams] == [1.0, 0.5]
    assert (found.single, found.across) == (1.0, 1.0)
    assert teamwork(graph, labels, (), Owners()) is None  # type: ignore[arg-type]


def test_commits_that_touch_one_service_only_are_counted() -> None:
    graph = graph_of("cart", "pay", "util")
    labels = {"cart": "sales", "pay": "billing", "util": SHARED}
    history = History(
        (
            ("a", ("cart.py",)),
            ("a", ("cart.py", "util.py")),
            ("b", ("cart.py", "pay.py")),
            ("b", ("util.py", "README.md")),
        )
    )
    found = independence(graph, labels, history)  # type: ignore[arg-type]
    assert found is not None
    assert (found.commits, found.alone) == (3, 2)
    assert found.services == (ServiceCommits("billing", 1, 0), ServiceCommits("sales", 3, 2))
    assert independence(graph, labels, History()) is None  # type: ignore[arg-type]
