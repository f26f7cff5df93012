"""A graph that another tool made: what is refused, what comes out, and that it comes out the same again."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from decompose import foreign, pipeline
from decompose.cluster import ClusterOptions
from decompose.cluster.given import cluster_given
from decompose.cluster.given.bill import cost, figures, ground
from decompose.config import Options
from decompose.errors import DecomposeError
from decompose.model.given import GivenEdge, GivenEntry, GivenGraph, GivenNode
from decompose.model.proposal import Constraints

SCHEMA = "decompose-graph/1"


def two_groups(size: int = 6) -> GivenGraph:
    """Orders and customers: dense inside, one call between."""
    names = [[f"{group}{index}" for index in range(size)] for group in ("Order", "Customer")]
    edges = [
        GivenEdge(group[a], group[b], "calls", 3.0)
        for group in names
        for a in range(size)
        for b in range(size)
        if a < b
    ]
    entries = tuple(
        GivenEntry(f"use {number} {index}", tuple(group[index : index + 3]))
        for number, group in enumerate(names)
        for index in range(size - 2)
    )
    nodes = tuple(GivenNode(name) for group in names for name in group)
    return GivenGraph(
        SCHEMA, nodes, (*edges, GivenEdge(names[0][0], names[1][0])), entry_points=entries
    )


def labels(given: GivenGraph, options: ClusterOptions | None = None) -> dict[str, str]:
    names = [foreign.node_name(node) for node in given.nodes]
    return cluster_given(given, names, options or ClusterOptions()).partition.labels()


def written(folder: Path, document: dict[str, Any] | str) -> Path:
    path = folder / "graph.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "truncated"),
        ({"schema": "other/1", "nodes": []}, "other/1"),
        ({"schema": SCHEMA, "nodes": []}, "no nodes"),
        ({"schema": SCHEMA, "nodes": [{"id": "a"}, {"id": "a"}]}, "'a'"),
        ({"schema": SCHEMA, "nodes": [{"id": "a", "kind": "planet"}]}, "planet"),
        ({"schema": SCHEMA, "nodes": [{"id": 1}]}, "$.nodes[0].id"),
        (
            {
                "schema": SCHEMA,
                "nodes": [{"id": "a"}],
                "edges": [{"source": "a", "target": "b"}],
            },
            "$.edges[0]",
        ),
        (
            {
                "schema": SCHEMA,
                "nodes": [{"id": "a"}],
                "edges": [{"source": "a", "target": "a", "weight": 0}],
            },
            "above 0",
        ),
        (
            {
                "schema": SCHEMA,
                "nodes": [{"id": "a"}],
                "entry_points": [{"name": "x", "visits": ["b"]}],
            },
            "$.entry_points[0]",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(
    tmp_path: Path, document: dict[str, Any] | str, said: str
) -> None:
    with pytest.raises(DecomposeError) as caught:
        foreign.read(written(tmp_path, document))
    assert said in str(caught.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DecomposeError, match="cannot be read"):
        foreign.read(tmp_path / "nowhere.json")


def test_groups_that_hardly_depend_on_each_other_are_kept_apart() -> None:
    found = labels(two_groups())
    groups = {
        frozenset(name for name in found if found[name] == label) for label in set(found.values())
    }
    for group in groups:
        assert len({name.rstrip("0123456789") for name in group}) == 1


def test_services_are_named_after_what_their_nodes_are_called() -> None:
    assert {"order", "customer"} <= {name.split("-")[0] for name in labels(two_groups()).values()}


def test_the_order_of_a_file_does_not_matter(tmp_path: Path) -> None:
    nodes = [{"id": name} for name in "badc"]
    edges = [{"source": "a", "target": name} for name in "bcd"]
    one = foreign.read(written(tmp_path, {"schema": SCHEMA, "nodes": nodes, "edges": edges}))
    turned = {"schema": SCHEMA, "nodes": nodes[::-1], "edges": edges[::-1]}
    assert foreign.read(written(tmp_path, turned)) == one


def test_as_many_services_as_asked_for() -> None:
    for count in (2, 3, 5):
        assert len(set(labels(two_groups(), ClusterOptions(services=count)).values())) == count


def test_a_pin_holds() -> None:
    options = ClusterOptions(
        constraints=Constraints(pins={"Order0": "billing", "Customer5": "billing"})
    )
    found = labels(two_groups(), options)
    assert found["Order0"] == found["Customer5"] == "billing"


def test_visits_alone_are_enough() -> None:
    given = two_groups()
    found = labels(GivenGraph(SCHEMA, given.nodes, entry_points=given.entry_points))
    assert found["Order1"] != found["Customer1"]
    assert found["Order1"] == found["Order3"]


def test_one_node_is_one_service() -> None:
    assert len(labels(GivenGraph(SCHEMA, (GivenNode("Alone"),)))) == 1


def test_the_search_never_raises_the_bill() -> None:
    given = two_groups()
    stage = ground(given, 0)
    found = labels(given)
    numbers = {label: number for number, label in enumerate(sorted(set(found.values())))}
    ours = np.array([numbers[found[node.id]] for node in given.nodes])
    assert cost(stage, ours) <= cost(stage, np.arange(len(given.nodes)))
    assert figures(stage, np.zeros(len(given.nodes), dtype=np.int64))["icp"] == 0


def test_the_whole_way_writes_analysis_proposal_and_report(tmp_path: Path) -> None:
    nodes = [{"id": 'x"<script>', "kind": "class"}, {"id": "Bill", "kind": "table"}, {"id": "Pay"}]
    document = {
        "schema": SCHEMA,
        "nodes": nodes,
        "edges": [
            {"source": "Pay", "target": "Bill", "kind": "writes"},
            {"source": 'x"<script>', "target": "Pay"},
        ],
        "entry_points": [{"name": "pay", "visits": ["Pay", {"node": "Bill", "mode": "write"}]}],
    }
    path, out = written(tmp_path, document), tmp_path / "out"
    options = Options(root=tmp_path, output=out, graph=path)
    pipeline.analyze(options)
    first = (out / "analysis.json.gz").read_bytes()
    pipeline.analyze(options)
    assert (out / "analysis.json.gz").read_bytes() == first
    assert 'x"<script>' not in (out / "report.html").read_text()
    assert set(pipeline.load(out).partition.labels()) == {'x"<script>', "table:Bill", "Pay"}
