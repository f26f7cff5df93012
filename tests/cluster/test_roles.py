"""What forms no service: the shared kernel, what wires the program, what nothing reaches."""

from collections.abc import Callable

import pytest
from sketch import Sketch, capability, shop

from decompose.cluster import ClusterOptions, cluster
from decompose.model.partition import SHARED, UNUSED, Partition
from decompose.model.program import EdgeKind

Rescue = Callable[[Sketch, str], object]
NAMES = ("orders", "payments", "shipping", "catalogue", "reviews")


def partition(sketch: Sketch) -> Partition:
    return cluster(sketch.program(), ClusterOptions()).partition


def used_everywhere(name: str, *, kind: EdgeKind = EdgeKind.CALLS) -> Sketch:
    sketch = shop(*NAMES)
    for part in NAMES:
        for number in range(4):
            sketch.edge(f"shop.{part}.services.{part}_step{number}", name, kind)
            sketch.edge(f"shop.{part}.views.{part}_view{number}", name, EdgeKind.USES)
    return sketch


def test_utilities_that_everybody_calls_go_into_the_shared_library_with_a_reason() -> None:
    sketch = used_everywhere("shop.common.utils.parse_money")
    sketch.function("shop.common.utils.parse_money", lines=30)
    found = partition(sketch)
    assert "shop.common.utils.parse_money" in found.shared
    assert "used by" in found.reasons["shop.common.utils.parse_money"]


def test_a_base_class_of_all_models_is_shared() -> None:
    sketch = used_everywhere("shop.base.Timestamped", kind=EdgeKind.INHERITS)
    sketch.class_("shop.base.Timestamped", lines=30)
    assert "shop.base.Timestamped" in partition(sketch).shared


def test_a_hub_with_a_table_of_its_own_is_a_capability_not_a_library() -> None:
    sketch = used_everywhere("shop.accounts.models.User")
    sketch.table("user", "shop.accounts.models.User")
    assert partition(sketch).labels()["shop.accounts.models.User"] not in (SHARED, UNUSED)


def test_what_only_the_shared_library_uses_is_shared_too() -> None:
    sketch = used_everywhere("shop.common.utils.parse_money")
    sketch.function("shop.common.utils.parse_money", lines=30)
    sketch.function("shop.common.rounding.half_even", lines=30)
    sketch.calls("shop.common.utils.parse_money", "shop.common.rounding.half_even")
    assert partition(sketch).labels()["shop.common.rounding.half_even"] == SHARED


def test_what_two_parts_use_stays_with_one_of_them() -> None:
    sketch = shop(*NAMES)
    sketch.function("shop.orders.totals.add_up", lines=30, words="orders")
    sketch.calls("shop.orders.services.orders_step1", "shop.orders.totals.add_up")
    sketch.calls("shop.payments.services.payments_step1", "shop.orders.totals.add_up")
    assert partition(sketch).labels()["shop.orders.totals.add_up"] == "orders"


def test_a_function_that_nothing_names_is_unused_with_a_reason() -> None:
    sketch = shop(*NAMES)
    dead = sketch.function("shop.orders.services.forgotten_export", lines=30, words="orders")
    found = partition(sketch)
    assert dead in found.unused
    assert found.reasons[dead]


@pytest.mark.parametrize(
    "rescue",
    [
        lambda sketch, name: sketch.calls("shop.orders.services.orders_step1", name),
        lambda sketch, name: sketch.route("GET", "/export/", name),
        lambda sketch, name: sketch.task("export", name),
        lambda sketch, name: sketch.signal("exported", name),
        lambda sketch, _: sketch.function("shop.payments.registry.jobs", words="forgotten_export"),
        lambda sketch, _: sketch.function("shop.payments.jobs.forgotten_export"),
    ],
    ids=["called", "answers", "runs as a task", "receives", "named in a string", "a convention"],
)
def test_what_may_be_reached_in_any_way_is_not_unused(rescue: Rescue) -> None:
    sketch = shop(*NAMES)
    name = sketch.function("shop.orders.services.forgotten_export", lines=30, words="orders")
    rescue(sketch, name)
    assert name not in partition(sketch).unused


def test_a_decorated_function_is_not_unused_for_decorators_register() -> None:
    sketch = shop(*NAMES)
    name = sketch.function("shop.orders.extra.forgotten_export", lines=30)
    sketch.function("shop.registry.register", lines=10)
    program = sketch.program()
    line = program.graph.nodes.line[program.graph.index[name]]
    sketch.edge("shop.orders.extra", "shop.registry.register", EdgeKind.USES, line=line - 1)
    assert name not in partition(sketch).unused


def test_special_names_and_entry_modules_are_never_unused() -> None:
    sketch = shop(*NAMES)
    for name in ("shop.wsgi", "shop.orders.apps", "manage"):
        sketch.module(name)
    sketch.function("shop.tool.main", lines=10)
    labels = partition(sketch).labels()
    for name in ("shop.wsgi", "shop.orders.apps", "manage", "shop.tool.main"):
        assert labels[name] != UNUSED


def test_models_are_never_unused() -> None:
    sketch = shop(*NAMES)
    sketch.table("ledger", "shop.orders.models.Ledger")
    assert "shop.orders.models.Ledger" not in partition(sketch).unused


def test_an_application_for_tests_is_no_service_unless_the_program_imports_it() -> None:
    sketch = shop(*NAMES)
    capability(sketch, "toys", package="shop.test.toys")
    capability(sketch, "stubs", package="shop.test.stubs")
    sketch.edge("shop.orders.services", "shop.test.stubs.services", EdgeKind.IMPORTS)
    sketch.edge("shop.orders.services", "shop.test.stubs.views", EdgeKind.IMPORTS)
    found = partition(sketch)
    assert "tests" in found.reasons["shop.test.toys.services.toys_step0"]
    assert "shop.test.toys.services.toys_step0" in found.unused
    assert "shop.test.stubs.services.stubs_step0" not in found.unused
