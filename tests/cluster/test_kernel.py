"""Words that dependencies confirm, and the kernel that they do not: what clustering makes of both."""

import numpy as np
from scipy.sparse import csr_array
from sketch import shop

from decompose.cluster import ClusterOptions
from decompose.cluster.core import Core
from decompose.cluster.evidence import combine
from decompose.cluster.evidence.vocabulary import confirmation
from decompose.cluster.granularity import readable
from decompose.cluster.kernel import likelihood, with_kernel
from decompose.cluster.preparation import form_scene
from decompose.cluster.scene import Scene
from decompose.graph.leiden import leiden

NAMES = ("orders", "payments", "shipping", "catalogue", "reviews")
BLIND = ClusterOptions(use_paths=False)


def dense(rows: list[list[float]]) -> csr_array:
    return csr_array(np.array(rows, dtype=np.float64))


def test_a_word_counts_where_those_who_say_it_depend_on_each_other() -> None:
    ties = dense([[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
    invoice, serializer = [3, 1, 0, 0], [2, 0, 2, 0]
    says = dense([invoice, serializer]).T.tocsr()
    of_invoice, of_serializer = confirmation(says, ties)
    assert of_invoice > 0
    assert of_serializer == 0


def test_without_any_dependency_all_words_count() -> None:
    assert confirmation(dense([[1, 2], [1, 0]]), csr_array((2, 2))).tolist() == [1, 1]


def with_tools(*tools: str) -> tuple[Scene, np.ndarray]:
    """The shop, each of whose parts also uses some tools that nothing else ties together."""
    sketch = shop(*NAMES)
    for tool in tools:
        sketch.function(f"shop.tools_{tool}.{tool}", lines=30, words=f"{tool} {tool}s")
        for part in NAMES:
            for number in range(4):
                sketch.calls(
                    f"shop.{part}.services.{part}_step{number}", f"shop.tools_{tool}.{tool}"
                )
    scene = form_scene(sketch.program(), BLIND)
    return scene, likelihood(scene, combine(scene).direct)


def test_what_is_built_on_and_has_words_of_its_own_looks_more_like_kernel_than_any_capability() -> (
    None
):
    scene, likely = with_tools("paging", "zipping")
    is_tool = np.array(["tools_" in scene.atoms.names[atom] for atom in _first_atoms(scene)])
    assert likely[is_tool].min() > likely[~is_tool].max()


def test_the_kernel_is_drawn_together_and_capabilities_are_not() -> None:
    scene, likely = with_tools("paging", "zipping")
    units = scene.units.count
    label = leiden(with_kernel(combine(scene).ties, likely))
    names = [scene.atoms.names[atom] for atom in _first_atoms(scene)]
    is_kernel = label[:units] == label[units]
    assert {name for name, inside in zip(names, is_kernel, strict=True) if inside} == {
        name for name in names if "tools_" in name
    }


def test_ties_between_units_stay_as_they_are() -> None:
    scene, likely = with_tools("paging")
    ties = combine(scene).ties
    grown = with_kernel(ties, likely)
    assert grown.shape[0] == ties.shape[0] + 1
    assert (grown[: ties.shape[0], : ties.shape[0]] != ties).nnz == 0


def _first_atoms(scene: Scene) -> list[int]:
    return np.unique(scene.units.of, return_index=True)[1].tolist()


def core(*, lines: float, schemas: int = 0) -> Core:
    return Core(csr_array((1, 1)), np.zeros(1, dtype=np.int64), np.array([lines]), schemas=schemas)


def test_more_services_are_readable_where_tables_are_sorted_so_or_many_teams_are_needed() -> None:
    most = ClusterOptions().max_services
    assert readable(core(lines=100_000), ClusterOptions()) == most
    assert readable(core(lines=100_000, schemas=50), ClusterOptions()) > most
    assert most < readable(core(lines=1_000_000), ClusterOptions()) < 100
    assert readable(core(lines=1e9, schemas=5000), ClusterOptions()) == 100
