"""The verdict says what speaks against a split as plainly as what speaks for it."""

import pytest
from sketch import Sketch, shop

from decompose.cluster import ClusterOptions, cluster
from decompose.cluster.verdict import Case, judge, relative_cost
from decompose.graph.columns import Ints
from decompose.graph.figures import Ground, ground, node_labels

NAMES = ("orders", "payments", "shipping", "catalogue")
GOOD = Case(services=4, largest=0.3, lines=20_000, stability=0.9)


def labelled(sketch: Sketch, *names: str) -> tuple[Ground, Ints]:
    program = sketch.program()
    found, all_names = ground(program), program.graph.nodes.names
    labels = {
        all_names[member]: next(
            n for n, part in enumerate((*names, "")) if part in all_names[member]
        )
        for member in found.members
    }
    return found, node_labels(found, labels, all_names)


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (Case(1, 1.0, 20_000, 1.0), "one capability only"),
        (Case(4, 0.3, 700, 0.9), "700 lines are one service"),
        (Case(4, 0.8, 20_000, 0.9), "one capability holds 80% of the code"),
        (Case(4, 0.3, 20_000, 0.2), "boundaries move"),
    ],
)
def test_what_speaks_against_a_split_is_said_and_decides(case: Case, says: str) -> None:
    sketch = shop(*NAMES)
    found, labels = labelled(sketch, *NAMES)
    verdict, worth_it = judge(sketch.program(), found, labels, case)
    assert says in verdict
    assert not worth_it


def test_a_library_is_kept_together() -> None:
    sketch = Sketch()
    for name in NAMES:
        for number in range(4):
            step = sketch.function(f"lib.{name}.core.{name}_step{number}", words=name)
            sketch.calls(step, f"lib.{name}.core.{name}_step0")
    found, labels = labelled(sketch, *NAMES)
    verdict, worth_it = judge(sketch.program(), found, labels, GOOD)
    assert verdict.startswith("Keep it together, modularise first: 0 tables and 0 routes")
    assert not worth_it


def test_a_cut_across_the_parts_is_no_better_than_the_packages() -> None:
    sketch = shop(*NAMES)
    found, labels = labelled(sketch, "step0", "step1", "view", "models")
    verdict, worth_it = judge(sketch.program(), found, labels, GOOD)
    assert "no better than the packages" in verdict
    assert not worth_it


def test_a_cut_that_crosses_the_packages_where_they_are_bad_is_better() -> None:
    layered = Sketch()
    for name in NAMES:
        for number in range(4):
            view = layered.function(f"app.views.{name}_view{number}", words=name)
            step = layered.function(f"app.services.{name}_step{number}", words=name)
            layered.calls(view, step)
            layered.route("GET", f"/{name}/{number}/", view)
    found, labels = labelled(layered, *NAMES)
    verdict, worth_it = judge(layered.program(), found, labels, GOOD)
    assert "better than the packages" in verdict
    assert worth_it


def test_cost_is_relative_to_random_partitions_of_the_same_sizes() -> None:
    sketch = shop(*NAMES)
    found, labels = labelled(sketch, *NAMES)
    assert relative_cost(found, labels) < 0.8
    crossed, badly = labelled(sketch, "step0", "step1", "view", "models")
    assert relative_cost(crossed, badly) > relative_cost(found, labels)


def test_the_proposal_carries_its_verdict_and_alternatives_have_none() -> None:
    result = cluster(shop(*NAMES).program(), ClusterOptions())
    assert result.partition.verdict.endswith(".")
    assert all(each.verdict == "" for each in result.alternatives)
