"""Each question finds what it asks for, with places and the services concerned; and nothing else."""

import pytest
from sketch import Sketch, shop

from decompose.assess import Assessment, assess
from decompose.cluster import ClusterOptions, cluster
from decompose.graph.measures import FIGURES
from decompose.model.partition import SHARED, Finding, Severity
from decompose.model.program import AccessMode, EdgeKind, NodeKind, StateKind

NAMES = ("orders", "payments", "shipping")


def parts(sketch: Sketch, *names: str) -> dict[str, str]:
    """Each atom and table in the service whose name is in its own."""
    graph = sketch.program().graph
    atoms = {graph.nodes.names[atom] for atom in set(graph.atoms) - {-1}}
    return {atom: next((name for name in names if name in atom.lower()), SHARED) for atom in atoms}


def assessed(sketch: Sketch, *names: str) -> Assessment:
    return assess(sketch.program(), parts(sketch, *(names or NAMES)))


def asked(sketch: Sketch, question: str, *names: str) -> list[Finding]:
    return [each for each in assessed(sketch, *names).findings if each.question == question]


def test_a_boundary_holds_everything_that_the_consumer_needs_of_the_provider() -> None:
    found = assessed(shop(*NAMES)).boundaries
    ends = {(each.consumer, each.provider) for each in found}
    assert ends == {("orders", "payments"), ("payments", "shipping")}
    crossing = found[0].crossings[0]
    assert crossing.source.endswith("step0")
    assert crossing.target.endswith("step0")
    assert crossing.sites


def test_the_heaviest_boundary_and_the_heaviest_crossing_come_first() -> None:
    sketch = shop(*NAMES)
    sketch.calls(
        "shop.payments.services.payments_step1", "shop.shipping.services.shipping_step1", loops=2
    )
    found = assessed(sketch).boundaries
    assert (found[0].consumer, found[0].provider) == ("payments", "shipping")
    assert found[0].crossings[0].weight == 100
    assert found[0].weight == sum(each.weight for each in found[0].crossings)


def test_an_import_is_left_out_where_the_names_that_it_brings_cross() -> None:
    sketch = shop("orders", "payments")
    target = "shop.payments.services.payments_step0"
    sketch.edge("shop.orders.services", target, EdgeKind.IMPORTS, line=1)
    sketch.edge("shop.orders.views", "shop.payments.models", EdgeKind.IMPORTS, line=1)
    crossings = [c for b in assessed(sketch).boundaries for c in b.crossings]
    imports = [(c.source, c.target) for c in crossings if c.kind is EdgeKind.IMPORTS]
    assert imports == [("shop.orders.views", "shop.payments.models")]


def test_who_sends_a_task_depends_on_who_runs_it() -> None:
    sketch = shop("orders", "payments")
    sketch.function("shop.orders.tasks.report_orders")
    sketch.task(
        "report", "shop.orders.tasks.report_orders", "shop.payments.services.payments_step1"
    )
    ends = {(each.consumer, each.provider) for each in assessed(sketch).boundaries}
    assert ("payments", "orders") in ends


def test_who_listens_to_a_signal_depends_on_who_sends_it() -> None:
    sketch = shop("payments")
    sketch.function("shop.orders.receivers.on_paid_orders")
    sketch.signal(
        "paid", "shop.orders.receivers.on_paid_orders", "shop.payments.services.payments_step0"
    )
    found = assessed(sketch).boundaries
    assert [(each.consumer, each.provider) for each in found] == [("orders", "payments")]
    assert found[0].crossings[0].kind is EdgeKind.CONSUMES


def test_a_table_with_two_writers_needs_an_owner() -> None:
    sketch = shop(*NAMES)
    sketch.access("shop.shipping.services.shipping_step1", "orders_row", AccessMode.UPDATE, line=7)
    found = asked(sketch, "shared_tables")
    assert [(each.subject, each.severity, each.services) for each in found] == [
        ("orders_row", Severity.HIGH, ("orders", "shipping"))
    ]
    assert found[0].sites[0].line == 7
    assert "orders" in found[0].remedy


def test_a_table_read_from_outside_is_less_severe() -> None:
    sketch = shop(*NAMES)
    sketch.access("shop.shipping.services.shipping_step1", "orders_row", AccessMode.READ)
    assert [each.severity for each in asked(sketch, "shared_tables")] == [Severity.MEDIUM]


@pytest.mark.parametrize(
    ("on_delete", "severity"), [("CASCADE", Severity.HIGH), ("PROTECT", Severity.MEDIUM)]
)
def test_a_cut_foreign_key_is_worse_if_it_cascades(on_delete: str, severity: Severity) -> None:
    sketch = shop(*NAMES)
    sketch.table("payments_line", order_id=f"orders_row {on_delete}")
    found = asked(sketch, "cut_foreign_keys")
    assert [(each.subject, each.severity, each.services) for each in found] == [
        ("payments_line.order_id", severity, ("payments", "orders"))
    ]
    assert found[0].sites


def test_a_foreign_key_within_a_service_costs_nothing() -> None:
    sketch = shop(*NAMES)
    sketch.table("orders_line", order_id="orders_row CASCADE")
    assert asked(sketch, "cut_foreign_keys") == []


def test_a_query_over_two_services_is_told_once_with_all_its_places() -> None:
    sketch = shop(*NAMES)
    sketch.join("shop.orders.services.orders_step1", "orders_row", "payments_row")
    sketch.join("shop.orders.services.orders_step2", "payments_row", "orders_row")
    found = asked(sketch, "cut_joins")
    assert len(found) == 1
    assert "2 queries" in found[0].message
    assert set(found[0].services) == {"orders", "payments"}


def test_a_transaction_over_two_services_becomes_a_saga() -> None:
    sketch = shop("orders", "payments")
    sketch.transaction("shop.orders.services.orders_step0")
    found = asked(sketch, "split_transactions")
    high = [each for each in found if each.severity is Severity.HIGH]
    assert [(each.subject, each.services) for each in high] == [
        ("shop.orders.services.orders_step0", ("orders", "payments"))
    ]
    assert "saga" in high[0].remedy


def test_only_the_lines_of_a_transaction_count() -> None:
    sketch = shop("orders", "payments")
    sketch.transaction("shop.orders.services.orders_step0", first=50, last=60)
    found = asked(sketch, "split_transactions")
    assert [each.severity for each in found] == [Severity.MEDIUM]
    assert found[0].subject == "route:GET /orders/0/"


def test_a_write_in_the_transaction_s_own_lines_counts() -> None:
    sketch = shop("orders", "payments")
    sketch.access("shop.orders.services.orders_step3", "payments_row", AccessMode.CREATE, line=9)
    sketch.transaction("shop.orders.services.orders_step3", first=1, last=20)
    high = [e for e in asked(sketch, "split_transactions") if e.severity is Severity.HIGH]
    assert [each.subject for each in high] == ["shop.orders.services.orders_step3"]


def test_a_call_in_a_loop_is_chatty_and_nested_loops_are_worse() -> None:
    sketch = shop(*NAMES)
    sketch.calls(
        "shop.orders.services.orders_step1", "shop.payments.services.payments_step1", loops=1
    )
    sketch.calls(
        "shop.orders.services.orders_step2", "shop.payments.services.payments_step2", loops=2
    )
    found = asked(sketch, "chatty_calls")
    assert [(each.subject[-5:], each.severity) for each in found] == [
        ("step2", Severity.HIGH),
        ("step1", Severity.MEDIUM),
    ]


def test_services_that_call_each_other_in_a_circle_are_told_with_the_weakest_direction() -> None:
    sketch = shop(*NAMES)
    sketch.calls("shop.shipping.services.shipping_step1", "shop.orders.services.orders_step1")
    for number in (1, 2, 3):
        sketch.calls(
            f"shop.orders.services.orders_step{number}",
            f"shop.payments.services.payments_step{number}",
        )
    found = asked(sketch, "cycles")
    assert len(found) == 1
    assert found[0].services == ("orders", "payments", "shipping")
    assert "1 call" in found[0].remedy


def test_a_chain_of_services_that_wait_for_each_other_is_told() -> None:
    sketch = shop("orders", "payments", "shipping", "customs")
    found = asked(sketch, "call_depth", "orders", "payments", "shipping", "customs")
    assert "orders → payments → shipping → customs" in found[0].message


def test_what_many_entry_points_need_has_a_wide_blast_radius() -> None:
    sketch = shop(*NAMES)
    for part in ("orders", "payments"):
        for number in range(4):
            sketch.calls(
                f"shop.{part}.views.{part}_view{number}", "shop.shipping.services.shipping_step2"
            )
        for number in range(4, 7):
            view = sketch.function(f"shop.{part}.views.{part}_view{number}")
            sketch.calls(view, "shop.shipping.services.shipping_step2")
            sketch.route("GET", f"/{part}/{number}/", view)
    found = asked(sketch, "blast_radius")
    assert [(each.subject, each.severity) for each in found] == [("shipping", Severity.HIGH)]
    assert "100% of the 14 entry points" in found[0].message


def test_what_all_services_use_is_a_hub() -> None:
    sketch = shop("orders", "payments", "shipping", "customs")
    for part in ("payments", "shipping", "customs"):
        sketch.edge(
            f"shop.{part}.services.{part}_step1", "shop.orders.models.Orders", EdgeKind.USES
        )
    found = asked(sketch, "hubs", "orders", "payments", "shipping", "customs")
    assert [each.subject for each in found] == ["shop.orders.models.Orders"]
    assert found[0].services[0] == "orders"


def test_module_level_state_that_two_services_use_is_told() -> None:
    sketch = shop("orders", "payments")
    sketch.module("shop.registry")
    for part in ("orders", "payments"):
        sketch.edge(f"shop.{part}.services.{part}_step1", "shop.registry", EdgeKind.USES)
    found = asked(sketch, "global_state")
    assert [(each.subject, each.services) for each in found] == [
        ("shop.registry", ("orders", "payments"))
    ]


def test_what_two_services_share_beside_tables_is_told_where_one_of_them_writes_it() -> None:
    sketch = shop("orders", "payments")
    orders, payments = (f"shop.{part}.services.{part}_step1" for part in ("orders", "payments"))
    sketch.state(orders, StateKind.CACHE, "order:*", writes=True)
    sketch.state(payments, StateKind.CACHE, "order:*")
    for part in (orders, payments):
        sketch.state(part, StateKind.SETTING, "DEBUG")
        sketch.state(part, StateKind.FILE, "*", writes=True)
        sketch.state(part, StateKind.SESSION, "seen")
    sketch.state(orders, StateKind.VARIABLE, "shop.last", writes=True)
    found = asked(sketch, "shared_state")
    assert [(each.subject, each.services) for each in found] == [
        ("order:*", ("orders", "payments"))
    ]
    assert "written by orders" in found[0].message


def test_parts_that_do_not_touch_cost_nothing() -> None:
    sketch = Sketch()
    for name in NAMES:
        lonely = shop(name)
        sketch._code.update(lonely._code)  # noqa: SLF001 -- three shops in one
        sketch._roles.update(lonely._roles)  # noqa: SLF001
        sketch._edges += lonely._edges  # noqa: SLF001
        sketch._tables += lonely._tables  # noqa: SLF001
        sketch._routes += lonely._routes  # noqa: SLF001
        sketch._accesses += lonely._accesses  # noqa: SLF001
    found = assessed(sketch)
    costs = [each for each in found.findings if each.question != "unread_tables"]
    assert (found.boundaries, costs) == ((), [])


def test_severe_findings_come_first() -> None:
    sketch = shop(*NAMES)
    sketch.access("shop.shipping.services.shipping_step1", "orders_row", AccessMode.UPDATE)
    sketch.access("shop.shipping.services.shipping_step2", "payments_row", AccessMode.READ)
    order = [Severity.HIGH, Severity.MEDIUM, Severity.LOW]
    ranks = [order.index(each.severity) for each in assessed(sketch).findings]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 1


def test_rivals_stand_beside_the_proposal_with_the_same_figures() -> None:
    found = assessed(shop(*NAMES)).scores
    assert [each.name for each in found] == [
        "proposal",
        "one service",
        "singletons",
        "random",
        "packages",
        "leiden",
    ]
    assert all(each.figures.keys() == found[0].figures.keys() for each in found)
    assert set(FIGURES) <= set(found[0].figures)


def test_the_packages_of_a_well_kept_shop_are_as_good_as_the_proposal() -> None:
    proposal, *others = assessed(shop(*NAMES)).scores
    packages = next(each for each in others if each.name == "packages")
    assert packages.figures == proposal.figures
    one = next(each for each in others if each.name == "one service")
    assert one.figures["remote_calls"] == 0 < proposal.figures["remote_calls"]


def test_random_partitions_of_the_same_sizes_pay_more() -> None:
    proposal, *others = assessed(shop("orders", "payments", "shipping")).scores
    chance = next(each for each in others if each.name == "random")
    assert chance.figures["remote_calls"] > proposal.figures["remote_calls"]
    assert proposal.figures["remote_calls_relative"] < 1


def test_a_partition_and_its_labels_are_assessed_alike() -> None:
    program = shop(*NAMES).program()
    partition = cluster(program, ClusterOptions()).partition
    assert assess(program, partition) == assess(program, partition.labels())


def test_the_order_in_which_things_are_read_does_not_matter() -> None:
    sketch = shop(*NAMES)
    labels = parts(sketch, *NAMES)
    assert assess(sketch.program(), labels) == assess(sketch.program(backwards=True), labels)


def test_a_program_without_services_is_assessed_too() -> None:
    sketch = Sketch()
    sketch.function("tool.main")
    program = sketch.program()
    found = assess(program, dict.fromkeys(("tool", "tool.main"), SHARED))
    assert (found.boundaries, found.findings) == ((), ())
    assert found.scores[0].figures["services"] == 0


def test_an_empty_program_is_assessed_too() -> None:
    assert assess(Sketch().program(), {}).boundaries == ()


def test_tables_are_services_own_even_without_a_model() -> None:
    sketch = shop("orders", "payments")
    sketch.table("audit_payments")
    sketch.access("shop.orders.services.orders_step1", "audit_payments", AccessMode.CREATE)
    found = asked(sketch, "shared_tables")
    assert [each.subject for each in found] == ["audit_payments"]
    assert sketch.program().graph.kind(sketch.program().graph.index["table:audit_payments"]) is (
        NodeKind.TABLE
    )
