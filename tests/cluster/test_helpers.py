"""What looks like a service and is none becomes the shared library, or follows what it works on."""

from sketch import Sketch, capability, shop

from decompose.cluster import ClusterOptions, cluster
from decompose.graph import Program
from decompose.model.partition import Partition
from decompose.model.program import AccessMode


def found(program: Program) -> Partition:
    return cluster(program, ClusterOptions()).partition


def larger_shop() -> Sketch:
    """Four capabilities in packages of their own."""
    return shop("orders", "payments", "shipping", "customers")


def test_a_library_that_services_use_is_shared_and_the_reason_says_who() -> None:
    sketch = larger_shop()
    widget = sketch.function("shop.forms.widgets.picker.pick", lines=90, words="picker mask")
    other = sketch.function("shop.forms.widgets.picker.show", lines=90, words="picker mask")
    sketch.calls(widget, other)
    for name in ("orders", "payments", "shipping"):
        sketch.calls(f"shop.{name}.views.{name}_view0", widget)
    partition = found(sketch.program())
    assert widget in partition.shared
    assert partition.reasons[widget]


def test_what_stands_among_the_foundations_is_shared_whatever_it_is_about() -> None:
    sketch = larger_shop()
    brush, canvas = (
        sketch.function(f"shop.core.painting.{name}.run", lines=90, words="brush canvas")
        for name in ("brush", "canvas")
    )
    sketch.calls(brush, canvas)
    sketch.access(brush, "orders_row", AccessMode.READ)
    for name in ("orders", "payments", "shipping"):
        sketch.calls(f"shop.{name}.views.{name}_view0", brush, canvas)
    assert {brush, canvas} <= {*found(sketch.program()).shared}


def test_small_plug_ins_without_data_are_one_service_together() -> None:
    sketch = larger_shop()
    for name in ("slack", "zulip", "matrix"):
        send = sketch.function(f"shop.integrations.{name}.transport.send", lines=90, words=name)
        sketch.route("POST", f"/{name}/", send)
        sketch.calls(send, "shop.orders.services.orders_step0")
    labels = found(sketch.program()).labels()
    told = {labels[f"shop.integrations.{name}.transport.send"] for name in ("slack", "matrix")}
    assert told == {"integrations"}


def test_a_plug_in_that_is_large_stays_a_service_and_so_do_those_beside_it() -> None:
    sketch = larger_shop()
    for name, lines in (("slack", 90), ("zulip", 90), ("matrix", 900)):
        send = sketch.function(f"shop.integrations.{name}.transport.send", lines=lines, words=name)
        sketch.route("POST", f"/{name}/", send)
    labels = found(sketch.program()).labels()
    told = [
        labels[f"shop.integrations.{name}.transport.send"] for name in ("slack", "zulip", "matrix")
    ]
    assert len(set(told)) == len(told)


def test_a_few_lines_without_data_or_doors_go_with_what_they_work_on() -> None:
    sketch = larger_shop()
    crumb = sketch.function("shop.gravatar.client.fetch", lines=20, words="gravatar")
    sketch.calls("shop.customers.views.customers_view0", crumb)
    partition = found(sketch.program())
    assert partition.labels()[crumb] == "customers"
    assert "too little" in partition.reasons[crumb]


def test_a_copy_of_somebody_elses_library_is_shared() -> None:
    sketch = larger_shop()
    copied = sketch.function("shop.vendor.mailer.send", lines=200, words="mailer smtp")
    sketch.calls("shop.orders.views.orders_view0", copied)
    partition = found(sketch.program())
    assert copied in partition.shared


def test_commands_that_stand_together_follow_what_they_work_on() -> None:
    sketch = larger_shop()
    for name in ("orders", "payments"):
        command = sketch.class_(f"shop.management.commands.{name}_cleanup.Command", lines=40)
        sketch.calls(command, f"shop.{name}.services.{name}_step0")
        sketch.command(f"{name}_cleanup", command)
    partition = found(sketch.program())
    labels = partition.labels()
    for name in ("orders", "payments"):
        assert labels[f"shop.management.commands.{name}_cleanup.Command"] == name
    assert "management" not in {each.name for each in partition.capabilities}


def test_an_application_for_tests_is_set_apart() -> None:
    sketch = larger_shop()
    capability(sketch, "pets", package="shop.testutils.pets")
    assert "shop.testutils.pets.models.Pets" in found(sketch.program()).unused


def test_a_pattern_for_new_projects_is_set_apart() -> None:
    sketch = larger_shop()
    sketch.function("shop.project_template.home.views.index", lines=80)
    partition = found(sketch.program())
    assert "shop.project_template.home.views.index" in partition.unused
    assert "pattern" in partition.reasons["shop.project_template.home.views.index"]
