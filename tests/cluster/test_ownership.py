"""Every table has one owner, and the reason can be read."""

import pytest
from sketch import Sketch, capability, shop

from decompose.cluster import ClusterOptions, cluster
from decompose.model.partition import SHARED, Partition
from decompose.model.program import AccessMode

NAMES = ("orders", "payments", "shipping")


def partition(sketch: Sketch) -> Partition:
    return cluster(sketch.program(), ClusterOptions()).partition


def writes(
    sketch: Sketch, part: str, table: str, count: int, mode: AccessMode = AccessMode.UPDATE
) -> None:
    for number in range(count):
        sketch.access(
            f"shop.{part}.services.{part}_step{number % 4}", table, mode, line=10 + number
        )


def test_who_declares_a_table_owns_it_although_others_write_it_now_and_then() -> None:
    sketch = shop(*NAMES)
    writes(sketch, "payments", "orders_row", 2)
    found = partition(sketch)
    assert found.labels()["table:orders_row"] == "orders"
    assert "declares" in found.table_reasons["table:orders_row"]


def test_who_writes_a_table_clearly_more_takes_it_and_its_model() -> None:
    sketch = shop(*NAMES)
    sketch.table("ledger", "shop.orders.models.Ledger")
    sketch.edge("shop.orders.views.orders_view0", "shop.orders.models.Ledger")
    writes(sketch, "payments", "ledger", 8)
    found = partition(sketch)
    assert found.labels()["table:ledger"] == "payments"
    assert found.labels()["shop.orders.models.Ledger"] == "payments"
    assert "writes it most" in found.table_reasons["table:ledger"]


@pytest.mark.parametrize(("creator", "updater"), [("orders", "payments"), ("payments", "orders")])
def test_creating_rows_counts_more_than_changing_them(creator: str, updater: str) -> None:
    sketch = shop(*NAMES)
    sketch.table("plain")
    writes(sketch, creator, "plain", 3, AccessMode.CREATE)
    writes(sketch, updater, "plain", 4)
    assert partition(sketch).labels()["table:plain"] == creator


def test_a_table_that_is_only_read_goes_to_its_reader() -> None:
    sketch = shop(*NAMES)
    sketch.table("rates")
    sketch.access("shop.shipping.services.shipping_step1", "rates", AccessMode.READ)
    found = partition(sketch)
    assert found.labels()["table:rates"] == "shipping"


def test_a_table_that_nothing_touches_is_in_no_service() -> None:
    sketch = shop(*NAMES)
    sketch.table("leftover")
    found = partition(sketch)
    assert found.labels()["table:leftover"] == SHARED
    assert found.table_reasons["table:leftover"]


def test_a_child_that_dies_with_its_parent_stays_with_it() -> None:
    sketch = Sketch()
    for name in NAMES:
        capability(sketch, name)
    sketch.table("order_line", "shop.lines.models.Line", parent_id="orders_row CASCADE")
    sketch.function("shop.lines.show.lines_of", lines=200, words="lines")
    sketch.calls("shop.lines.show.lines_of", "shop.lines.models.Line")
    sketch.route("GET", "/lines/", "shop.lines.show.lines_of")
    labels = partition(sketch).labels()
    assert labels["table:order_line"] == labels["table:orders_row"]


def test_every_table_has_a_reason() -> None:
    sketch = shop(*NAMES)
    sketch.table("ledger", "shop.orders.models.Ledger")
    found = partition(sketch)
    tables = {name for name in found.labels() if name.startswith("table:")}
    assert set(found.table_reasons) == tables
