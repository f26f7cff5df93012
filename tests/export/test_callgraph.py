"""Who calls whom, as the callgraph format promises."""

import json

import pytest
from export_programs import CALLS, EXACT, SPLIT, Drawing, analysis, shop

from decompose.export import ExportOptions, Level, render
from decompose.model.program import DECLARED, WRAPPER, Confidence, EdgeKind, NodeKind

PAY = "shop.orders.Order.pay"
INIT = "shop.orders.Order.__init__"
CHARGE = "shop.billing.charge"


def graph(drawing: Drawing | None = None, **options: object) -> dict[str, list]:
    made = analysis((drawing or shop()).program(), SPLIT)
    found: dict[str, list] = json.loads(render("callgraph", made, ExportOptions(**options)))
    return found


def test_each_definition_is_a_key_and_nothing_else() -> None:
    assert set(graph()) == {
        "shop",
        "shop.orders",
        "shop.orders.Order",
        INIT,
        PAY,
        "shop.orders.Rush",
        "shop.orders.view",
        "shop.billing",
        "shop.billing.Invoice",
        CHARGE,
        "shop.billing.charge.retry",
        "shop.billing.on_paid",
        "tests.test_orders",
        "tests.test_orders.test_pay",
    }


def test_an_instantiation_leads_to_the_inherited_initializer() -> None:
    assert graph()["shop.orders.view"] == [INIT, PAY]


def test_an_instantiation_without_initializer_leads_to_the_class() -> None:
    assert "shop.billing.Invoice" in graph()[PAY]


def test_another_class_initialized_beside_it_does_not_hide_a_class() -> None:
    drawing = shop()
    drawing.edge("shop.orders.view", "shop.billing.Invoice", EdgeKind.INSTANTIATES, lines=(27,))
    assert graph(drawing)["shop.orders.view"] == ["shop.billing.Invoice", INIT, PAY]


def test_a_class_body_belongs_to_the_scope_around_it() -> None:
    assert graph()["shop.orders"] == [CHARGE]
    assert graph()["shop.orders.Order"] == []


def test_a_nested_class_belongs_to_its_function() -> None:
    drawing = shop()
    drawing.code("shop.billing.charge.Local", NodeKind.CLASS)
    drawing.code("shop.billing.charge.Local.Meta", NodeKind.CLASS)
    drawing.edge("shop.billing.charge.Local.Meta", PAY)
    assert graph(drawing)[CHARGE] == [PAY]


def test_tasks_and_signals_lead_to_their_handlers() -> None:
    assert graph()[PAY] == ["shop.billing.Invoice", CHARGE, "shop.billing.on_paid"]


def test_a_schedule_sent_by_code_leads_to_the_handler_of_its_task() -> None:
    drawing = shop()
    drawing.edge("shop.billing.on_paid", "schedule:nightly", EdgeKind.PUBLISHES)
    assert graph(drawing)["shop.billing.on_paid"] == [CHARGE]


def test_signals_that_lead_to_each_other_end() -> None:
    drawing = shop()
    drawing.other("signal:again", NodeKind.SIGNAL)
    drawing.edge("signal:paid", "signal:again", EdgeKind.PUBLISHES)
    drawing.edge("signal:again", "signal:paid", EdgeKind.PUBLISHES)
    assert "shop.billing.on_paid" in graph(drawing)[PAY]


def test_a_framework_enters_the_outermost_wrapper_around_a_decorated_handler() -> None:
    drawing = shop()
    for name in ("outer", "inner"):
        drawing.code(f"shop.billing.{name}", NodeKind.FUNCTION)
        drawing.edge(
            "shop.billing.on_paid", f"shop.billing.{name}", EdgeKind.USES, mediator=WRAPPER
        )
    drawing.edge("shop.billing.outer", "shop.billing.inner")
    drawing.edge("shop.billing.inner", "shop.billing.on_paid", mediator="decorators")
    found = graph(drawing)
    assert found[PAY] == ["shop.billing.Invoice", CHARGE, "shop.billing.outer"]
    assert found["shop.billing.inner"] == ["shop.billing.on_paid"]


def test_direct_leaves_out_what_runs_through_something() -> None:
    found = graph(direct=True)
    assert found[PAY] == ["shop.billing.Invoice"]
    assert found["shop.billing.charge.retry"] == []
    assert graph()["shop.billing.charge.retry"] == [CHARGE]


@pytest.mark.parametrize(
    ("least", "callees"),
    [
        (Confidence.NAME_ONLY, [CHARGE, INIT, PAY]),
        (Confidence.INFERRED, [INIT, PAY]),
        (Confidence.EXACT, [INIT]),
    ],
)
def test_only_what_is_sure_enough_counts(least: Confidence, callees: list[str]) -> None:
    assert graph(min_confidence=least)["shop.orders.view"] == callees


def test_a_chain_is_as_sure_as_its_least_sure_link() -> None:
    assert graph(min_confidence=Confidence.EXACT)[PAY] == ["shop.billing.Invoice", CHARGE]


def test_libraries_come_where_they_are_wanted() -> None:
    assert "json.dumps" in graph(external=True)["shop.orders.view"]
    assert "json.dumps" not in graph(external=True), "a library is no definition of ours"


def test_lines_tell_where() -> None:
    assert graph(lines=True)["shop.orders.view"] == [
        {"to": INIT, "lines": [27]},
        {"to": PAY, "lines": [28, 29]},
    ]
    assert {"to": "shop.billing.on_paid", "lines": [8]} in graph(lines=True)[PAY]


def test_recursion_is_a_call() -> None:
    drawing = shop()
    drawing.edge(CHARGE, CHARGE)
    assert graph(drawing)[CHARGE] == [CHARGE]


def test_modules_call_other_modules() -> None:
    found = graph(level=Level.MODULE)
    assert found == {
        "shop": [],
        "shop.billing": [],
        "shop.orders": ["shop.billing"],
        "tests.test_orders": ["shop.orders"],
    }


def test_services_call_other_services() -> None:
    found = graph(level=Level.SERVICE)
    assert found == {"billing": [], "orders": ["billing"], "shared": [], "unused": []}
    lines = graph(level=Level.SERVICE, lines=True)["orders"]
    assert lines == [
        {"to": "billing", "lines": [f"shop/orders.py:{line}" for line in (6, 7, 8, 18)]}
    ]


def test_an_empty_program_is_an_empty_object() -> None:
    assert render("callgraph", analysis(Drawing().program())) == "{}\n"


def test_output_is_sorted_one_key_a_line() -> None:
    lines = render("callgraph", analysis(shop().program(), SPLIT)).splitlines()
    assert lines[0] == "{"
    assert lines[-1] == "}"
    assert lines[1:-1] == sorted(lines[1:-1], key=lambda line: line.split('"')[1])


def test_a_call_without_a_place_has_no_lines() -> None:
    drawing = shop()
    drawing.edge("shop.billing.on_paid", PAY, CALLS, EXACT, ())
    assert graph(drawing, lines=True)["shop.billing.on_paid"] == [{"to": PAY, "lines": []}]


def test_what_a_handler_declares_is_called_for_it_and_not_by_it() -> None:
    drawing = shop()
    drawing.code("shop.billing.session", NodeKind.FUNCTION)
    drawing.edge("shop.billing.on_paid", "shop.billing.session", mediator=f"fastapi{DECLARED}")
    found = graph(drawing)
    assert found["shop.billing.on_paid"] == []
    assert "shop.billing.session" in found[PAY]
