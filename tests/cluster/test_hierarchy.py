"""Services have domains above them and aggregates inside."""

from sketch import Sketch, shop

from decompose.cluster.hierarchy import FEWEST, hierarchy
from decompose.model.hierarchy import Domain, Hierarchy
from decompose.model.partition import Boundary, Capability, Partition

SALES = ("cart", "order", "payment", "refund")
STAFF = ("leave", "payroll", "person", "shift")


def partition(*names: str) -> Partition:
    found = tuple(
        Capability(name, "", (f"app.{name}", f"app.{name}.work"), (), (), lines=100)
        for name in names
    )
    return Partition(found, (), ())


def among(*names: str) -> list[Boundary]:
    return [Boundary(a, b, (), 9.0) for a in names for b in names if a < b]


def test_services_that_need_each_other_are_one_domain() -> None:
    boundaries = [*among(*SALES), *among(*STAFF), Boundary("person", "order", (), 1.0)]
    found = hierarchy(Sketch().program(), partition(*SALES, *STAFF), boundaries)
    assert {each.services for each in found.domains} == {SALES, STAFF}
    assert all(each.name in each.services for each in found.domains)


def test_a_few_services_need_no_domains() -> None:
    few = (*SALES, *STAFF)[: FEWEST - 1]
    assert not hierarchy(Sketch().program(), partition(*few), among(*few)).domains


def test_domains_stay_where_services_stay_and_a_new_one_joins_those_it_is_tied_to() -> None:
    before = Hierarchy((Domain("trade", ("cart", "order", "person")), Domain("people", STAFF[:2])))
    names = (*SALES, *STAFF)
    found = hierarchy(Sketch().program(), partition(*names), among(*names[:4]), before)
    domains = {name: each.name for each in found.domains for name in each.services}
    assert (domains["person"], domains["leave"]) == ("trade", "people")
    assert domains["refund"] == "trade"


def test_a_domain_whose_name_is_taken_is_told_apart() -> None:
    before = Hierarchy((Domain("shift", SALES),))
    boundaries = [*among(*SALES), *among(*STAFF[:3])]
    found = hierarchy(Sketch().program(), partition(*SALES, *STAFF), boundaries, before)
    names = {each.services: each.name for each in found.domains}
    assert (names[SALES], names[STAFF[3:]]) == ("shift", "other-shift")


def test_an_aggregate_is_a_table_with_those_that_go_with_its_rows() -> None:
    sketch = shop("orders")
    sketch.table("order", "shop.orders.models.Order")
    sketch.table("order_line", "shop.orders.models.Line", order="order CASCADE", item="item")
    sketch.table("order_line_tax", "shop.orders.models.Tax", line="order_line CASCADE")
    sketch.table("item", "shop.orders.models.Item")
    sketch.table("note", "shop.orders.models.Note", item="item CASCADE", order="order CASCADE")
    tables = ("item", "note", "order", "order_line", "order_line_tax")
    found = Partition(
        (Capability("orders", "", (), tuple(f"table:{name}" for name in tables), ()),), (), ()
    )
    aggregates = hierarchy(sketch.program(), found, ()).aggregates
    assert {(each.root, each.tables) for each in aggregates} == {
        ("table:order", ("table:order_line", "table:order_line_tax")),
        ("table:item", ("table:note",)),
    }
