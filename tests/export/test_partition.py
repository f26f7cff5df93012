"""Which member goes where: total, and one answer each."""

import json

import pytest
from export_programs import IMPORTS, SPLIT, Drawing, analysis, shop

from decompose.export import ExportOptions, Level, render
from decompose.model.partition import Capability, Partition
from decompose.model.program import EdgeKind, NodeKind
from decompose.model.source import FileRole


def found(
    drawing: Drawing | None = None, partition: Partition = SPLIT, **options: object
) -> dict[str, str]:
    made = analysis((drawing or shop()).program(), partition)
    answer: dict[str, str] = json.loads(render("partition", made, ExportOptions(**options)))
    return answer


def test_definitions_and_tables_have_their_service() -> None:
    assert found(level=Level.DEFINITION) == {
        "shop": "shared",
        "shop.billing": "billing",
        "shop.billing.Invoice": "billing",
        "shop.billing.charge": "billing",
        "shop.billing.on_paid": "billing",
        "shop.orders": "orders",
        "shop.orders.Order": "orders",
        "shop.orders.Rush": "unused",
        "shop.orders.view": "orders",
        "table:orders": "orders",
    }
    assert found() == found(level=Level.DEFINITION)


def test_services_are_themselves() -> None:
    assert found(level=Level.SERVICE) == {
        "billing": "billing",
        "orders": "orders",
        "shared": "shared",
        "unused": "unused",
    }


def test_modules_are_total_and_without_tables() -> None:
    assert found(level=Level.MODULE) == {
        "shop": "billing",
        "shop.billing": "billing",
        "shop.orders": "orders",
    }


def test_a_module_goes_with_most_of_its_lines() -> None:
    moved = Partition(
        (Capability("desk", "", ("shop.orders.Order",), (), ()),),
        ("shop", "shop.billing", "shop.orders", "shop.orders.view"),
        ("shop.orders.Rush",),
    )
    assert found(partition=moved, level=Level.MODULE)["shop.orders"] == "desk"


def test_a_package_file_without_definitions_goes_with_its_package() -> None:
    drawing = Drawing()
    drawing.module("a", 500, path="a/__init__.py")
    drawing.module("a.b", 10)
    drawing.module("a.c", 30)
    parts = Partition(
        (Capability("one", "", ("a.b",), (), ()), Capability("two", "", ("a.c",), (), ())),
        ("a",),
        (),
    )
    assert found(drawing, parts, level=Level.MODULE) == {"a": "two", "a.b": "one", "a.c": "two"}
    drawing.code("a.helper", NodeKind.FUNCTION)
    assert found(drawing, parts, level=Level.MODULE)["a"] == "shared", "it defines something"


def test_what_the_partition_forgot_is_shared() -> None:
    assert set(found(partition=Partition((), (), ())).values()) == {"shared"}


@pytest.mark.parametrize("level", [Level.DEFINITION, Level.MODULE])
def test_tests_come_where_they_are_wanted_with_what_they_import_most(level: Level) -> None:
    drawing = shop()
    drawing.edge("tests.test_orders", "shop.billing", IMPORTS, lines=(2, 3))
    assert not [name for name in found(drawing, level=level) if name.startswith("tests")]
    with_tests = found(drawing, level=level, tests=True)
    assert with_tests["tests.test_orders"] == "billing"


def test_a_test_of_shared_code_alone_is_shared() -> None:
    drawing = shop()
    drawing.module("tests.test_shop", 5, FileRole.TEST)
    drawing.module("tests.test_nothing", 5, FileRole.TEST)
    drawing.edge("tests.test_shop", "shop", EdgeKind.IMPORTS)
    with_tests = found(drawing, tests=True)
    assert with_tests["tests.test_shop"] == "shared"
    assert with_tests["tests.test_nothing"] == "shared"


def test_migrations_and_copies_of_libraries_have_no_service() -> None:
    drawing = shop()
    drawing.module("shop.migrations.first", 5, FileRole.MIGRATION)
    drawing.module("shop.vendor.six", 5, FileRole.VENDORED)
    assert found(drawing) == found()


def test_generated_code_takes_part() -> None:
    drawing = shop()
    drawing.module("shop.pb2", 5, FileRole.GENERATED)
    assert found(drawing) == found() | {"shop.pb2": "shared"}
