"""The partition as a whole: total, the same every time, and made of capabilities rather than layers."""

import itertools
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sketch import Sketch, capability, shop

from decompose.cluster import ClusterOptions, cluster
from decompose.graph import Program
from decompose.model.partition import SHARED, UNUSED, Partition
from decompose.model.program import EdgeKind
from decompose.model.proposal import Constraints
from decompose.model.source import FileRole

NAMES = ("orders", "payments", "shipping", "catalogue")
DNS = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?\Z")


def services(program: Program, **options: Any) -> Partition:
    return cluster(program, ClusterOptions(**options)).partition


def test_parts_that_hardly_touch_become_services_named_after_them() -> None:
    found = services(shop(*NAMES).program())
    assert sorted(each.name for each in found.capabilities) == sorted(NAMES)


def test_layers_of_one_concept_belong_together_even_in_packages_by_layer() -> None:
    layered = Sketch()
    for name in NAMES:
        table = layered.table(f"{name}_row", f"app.models.{name}.{name.title()}")
        service = layered.function(f"app.services.{name}.change_{name}", lines=90, words=name)
        view = layered.function(f"app.views.{name}.show_{name}", lines=90, words=name)
        layered.calls(view, service)
        layered.edge(service, f"table:{table}", EdgeKind.WRITES)
        layered.edge(service, f"app.models.{name}.{name.title()}", EdgeKind.USES)
        layered.edge(view, f"app.models.{name}.{name.title()}", EdgeKind.USES)
        layered.route("GET", f"/{name}/", view)
    labels = services(layered.program()).labels()
    for name in NAMES:
        concept = {
            labels[f"app.models.{name}.{name.title()}"],
            labels[f"app.services.{name}.change_{name}"],
            labels[f"app.views.{name}.show_{name}"],
        }
        assert len(concept) == 1
    assert len(set(labels.values()) - {SHARED, UNUSED}) == len(NAMES)


def test_the_partition_is_total_over_program_atoms_and_tables() -> None:
    sketch = shop(*NAMES)
    sketch.module("shop")
    sketch.module("shop.tests.test_orders", role=FileRole.TEST)
    sketch.function("shop.tests.test_orders.check", lines=9)
    program = sketch.program()
    graph = program.graph
    wanted = {
        graph.nodes.names[atom]
        for atom in set(graph.atoms) - {-1}
        if graph.role(atom) is FileRole.PROGRAM
    }
    partition = services(program)
    assert set(partition.labels()) == wanted
    everything = [
        *itertools.chain.from_iterable((*c.members, *c.tables) for c in partition.capabilities),
        *partition.shared,
        *partition.unused,
    ]
    assert len(everything) == len(set(everything))


def test_tests_belong_to_no_service() -> None:
    sketch = shop(*NAMES)
    sketch.module("shop.tests.test_orders", role=FileRole.TEST)
    sketch.function("shop.tests.test_orders.check", lines=9)
    sketch.calls("shop.tests.test_orders.check", "shop.orders.services.orders_step0")
    assert "shop.tests.test_orders.check" not in services(sketch.program()).labels()


def test_the_order_in_which_things_are_read_does_not_matter() -> None:
    sketch = shop(*NAMES)
    options = ClusterOptions()
    assert cluster(sketch.program(), options) == cluster(sketch.program(backwards=True), options)


def test_hash_seeds_do_not_matter() -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from sketch import shop\n"
        "from decompose.cluster import ClusterOptions, cluster\n"
        f"print(cluster(shop(*{NAMES!r}).program(), ClusterOptions()))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] != ""


def test_equal_runs_give_equal_results() -> None:
    program = shop(*NAMES).program()
    assert cluster(program, ClusterOptions(seed=3)) == cluster(program, ClusterOptions(seed=3))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7])
def test_as_many_services_as_asked_for(count: int) -> None:
    assert len(services(shop(*NAMES).program(), services=count).capabilities) == count


def test_more_services_than_parts_gives_as_many_as_there_are() -> None:
    found = services(shop("orders", "payments").program(), services=500)
    assert 2 < len(found.capabilities) <= 500


def test_names_are_unique_and_valid_dns_labels() -> None:
    sketch = Sketch()
    for number in range(8):
        capability(sketch, f"thing{'abcdefgh'[number]}", package=f"Ünï_{number}.utils")
    names = [each.name for each in services(sketch.program(), services=8).capabilities]
    assert len(set(names)) == len(names)
    assert all(DNS.match(name) for name in names)


def test_names_stay_with_their_members_of_an_earlier_proposal() -> None:
    previous = {
        **dict.fromkeys((f"shop.orders.services.orders_step{n}" for n in range(4)), "purchase"),
        **dict.fromkeys((f"shop.orders.views.orders_view{n}" for n in range(4)), "purchase"),
        "shop.orders.models.Orders": "purchase",
    }
    labels = services(shop(*NAMES).program(), previous=previous).labels()
    assert labels["shop.orders.services.orders_step1"] == "purchase"
    assert "purchase" not in {labels[f"shop.{name}.models.{name.title()}"] for name in NAMES[1:]}


def test_what_is_loaded_by_its_path_in_a_string_belongs_to_who_loads_it() -> None:
    sketch = shop(*NAMES)
    lonely = sketch.function("shop.odds.forms.make_form", lines=80, words="something")
    sketch.route("GET", "/odds/", lonely)
    program = sketch.program()
    loader = program.graph.index["shop.payments.services.payments_step1"]
    said = {**program.words[loader], "odds.forms": 1}
    loading = replace(program, words={**program.words, loader: said})
    labels = services(loading, use_paths=False).labels()
    assert labels[lonely] == labels["shop.payments.services"]


def test_packages_about_something_stay_whole_and_members_pulled_elsewhere_are_doubted() -> None:
    sketch = shop(*NAMES)
    stray = sketch.function("shop.orders.extra.refund", lines=60, words="refund")
    sketch.calls(stray, *(f"shop.payments.services.payments_step{number}" for number in range(4)))
    sketch.route("GET", "/refund/", stray)
    found = services(sketch.program())
    assert found.labels()[stray] == found.labels()["shop.orders.services"]
    assert stray in {doubt.member for doubt in found.doubts if doubt.second == "payments"}


def test_a_module_that_does_something_when_loaded_is_not_unused() -> None:
    sketch = shop(*NAMES)
    sketch.edge(sketch.module("shop.orders.wiring"), "shop.orders.services.orders_step0")
    sketch.module("shop.orders.leftover")
    found = services(sketch.program())
    assert "shop.orders.wiring" not in found.unused
    assert "shop.orders.leftover" in found.unused


def services_module(counts: Mapping[str, int]) -> Sketch:
    """One module `app.services` with so many functions about each name, and who uses them."""
    sketch = Sketch()
    for name, count in counts.items():
        for number in range(count):
            function = sketch.function(
                f"app.services.{name}_{number}", lines=40, words=f"{name} x{number}"
            )
            for other in range(2):
                user = sketch.function(
                    f"app.{name}.views.{name}_{number}_{other}", lines=40, words=name
                )
                sketch.calls(user, function)
                sketch.route("GET", f"/{name}/{number}/{other}/", user)
        sketch.table(f"{name}_row", f"app.{name}.models.{name.title()}")
        for number in range(count):
            sketch.edge(
                f"app.services.{name}_{number}", f"app.{name}.models.{name.title()}", EdgeKind.USES
            )
    return sketch


def test_a_god_module_is_split_by_what_its_definitions_are_about() -> None:
    labels = services(services_module(dict.fromkeys(NAMES, 3)).program()).labels()
    for name in NAMES:
        assert {labels[f"app.services.{name}_{n}"] for n in range(3)} == {
            labels[f"app.{name}.models.{name.title()}"]
        }
    assert len({labels[f"app.services.{name}_0"] for name in NAMES}) == len(NAMES)


def test_a_module_that_is_mostly_about_one_thing_is_not_torn_for_the_rest() -> None:
    counts = dict.fromkeys(NAMES, 1) | {NAMES[0]: 3}
    labels = services(services_module(counts).program()).labels()
    assert len({labels[f"app.services.{name}_0"] for name in NAMES}) == 1


def test_a_module_with_one_theme_stays_whole() -> None:
    labels = services(shop(*NAMES).program()).labels()
    for name in NAMES:
        module = {labels[f"shop.{name}.services.{name}_step{n}"] for n in range(4)}
        assert module == {labels[f"shop.{name}.services"]}


def test_many_plugins_give_a_readable_number_of_services() -> None:
    sketch = Sketch()
    base = sketch.class_("hub.core.Plugin", lines=80)
    for number in range(120):
        topic = ("light", "sensor", "camera", "heating", "music")[number % 5]
        plugin = sketch.class_(
            f"hub.components.p{number}.Plugin{number}", lines=150, words=f"{topic} " * 3
        )
        sketch.edge(plugin, base, EdgeKind.INHERITS)
        helper = sketch.function(
            f"hub.components.p{number}.start", lines=60, words=f"{topic} {topic}_id"
        )
        sketch.calls(plugin, helper)
    result = cluster(sketch.program(), ClusterOptions())
    assert 2 <= len(result.partition.capabilities) <= 30


def test_no_service_is_dust_and_none_holds_nearly_everything() -> None:
    sketch = shop(*NAMES)
    for number in range(12):
        crumb = sketch.function(f"shop.orders.crumb{number}.do", lines=3)
        sketch.calls("shop.orders.services.orders_step0", crumb)
    found = services(sketch.program())
    lines = sorted(each.lines for each in found.capabilities)
    assert lines[0] > 60
    assert lines[-1] < 0.5 * sum(lines)


def test_alternatives_are_coarser_and_finer_and_total_too() -> None:
    result = cluster(shop(*NAMES, "reviews", "refunds").program(), ClusterOptions())
    counts = [len(each.capabilities) for each in result.alternatives]
    assert counts == sorted(counts)
    assert len(result.partition.capabilities) not in counts
    assert all(set(each.labels()) == set(result.partition.labels()) for each in result.alternatives)


def test_an_empty_program_gives_an_empty_partition_and_says_so() -> None:
    found = services(Sketch().program())
    assert (found.capabilities, found.worth_it) == ((), False)
    assert found.verdict


def test_a_program_of_one_module_is_not_split() -> None:
    sketch = Sketch()
    sketch.function("tool.main", lines=30)
    sketch.function("tool.help", lines=10)
    sketch.calls("tool.main", "tool.help")
    found = services(sketch.program())
    assert not found.worth_it
    assert set(found.labels()) == {"tool", "tool.main", "tool.help"}


def test_members_that_nothing_moves_are_certain() -> None:
    found = services(shop(*NAMES).program())
    assert all(each.confidence > 0.9 for each in found.capabilities)
    assert found.doubts == ()


def test_a_member_between_two_services_is_doubted_and_its_second_best_named() -> None:
    sketch = shop("orders", "payments")
    torn = sketch.function("shop.glue.between", lines=30, words="orders payments")
    sketch.calls(torn, "shop.orders.services.orders_step1", "shop.payments.services.payments_step1")
    sketch.route("GET", "/between/", torn)
    found = services(sketch.program())
    doubts = {doubt.member: doubt for doubt in found.doubts}
    if torn in doubts:
        assert {found.labels()[torn], doubts[torn].second} == {"orders", "payments"}
    assert found.labels()[torn] in ("orders", "payments")


def test_a_purpose_names_tables_and_doors() -> None:
    found = {each.name: each for each in services(shop(*NAMES).program()).capabilities}
    assert "orders" in found["orders"].purpose
    assert "4 routes" in found["orders"].purpose


def test_a_purpose_is_the_package_s_own_words_where_it_has_some() -> None:
    sketch = shop(*NAMES)
    sketch.module("shop.orders", doc="Takes orders and sees them through. And more.")
    found = {each.name: each for each in services(sketch.program()).capabilities}
    assert found["orders"].purpose.startswith("Takes orders and sees them through.")


@pytest.mark.parametrize(
    ("heading", "modules"),
    [
        ("Published by the makers of the shop.", len(NAMES)),
        ("This file is licensed to you.", 1),
        ("Originally authored by the shop's first engineer.", 1),
        ("Auto-generated by the ledger's compiler.", 1),
        ("This module is heavily based on the ledger of another shop.", 1),
        ("Django settings for the shop project.", 1),
        ("WSGI config for the shop project.", 1),
        ("Bring connectors into the namespace.", 1),
        ("Many functions in this package rely on the ledger.", 1),
        ("TODO: say what is sold and to whom.", 1),
        ("Makes this folder a package of the shop.", 1),
        ("Usage python3 tools/fill_the_shop.py with a town.", 1),
    ],
)
def test_headings_of_files_and_licences_are_no_purpose(heading: str, modules: int) -> None:
    sketch = shop(*NAMES)
    for name in NAMES[:modules]:
        sketch.module(f"shop.{name}", doc=heading)
    found = services(sketch.program()).capabilities
    assert not [each.name for each in found if heading in each.purpose]


@pytest.mark.parametrize(
    "sentence",
    [
        "Created invoices and what became of them.",
        "Settings for each customer, and who changed them.",
        "Imports prices of suppliers every night.",
        "See what customers bought and when.",
        "Version control of contracts.",
        "Imports classes and their teachers.",
        "Prices are based on contracts and seasons.",
        "Bills that are derived from what was delivered.",
        "This package is where refunds are decided.",
    ],
)
def test_sentences_about_the_business_stay_a_purpose(sentence: str) -> None:
    sketch = shop(*NAMES)
    sketch.module("shop.orders", doc=sentence)
    found = {each.name: each for each in services(sketch.program()).capabilities}
    assert found["orders"].purpose.startswith(sentence)


def test_a_package_that_is_called_core_keeps_its_name_whatever_else_says_little() -> None:
    sketch = Sketch()
    for name in (*NAMES, "base", "core"):
        capability(sketch, name, package=name)
    labels = services(sketch.program()).labels()
    assert labels["core.services.core_step1"] == "core"
    assert labels["base.services.base_step1"] != "core"


def test_a_task_lives_with_the_code_that_runs_it() -> None:
    sketch = shop(*NAMES)
    job = sketch.function("shop.payments.tasks.settle", lines=50, words="payments")
    sketch.calls(job, "shop.payments.services.payments_step1")
    sketch.task("settle", job, "shop.orders.services.orders_step0")
    found = {each.name: each for each in services(sketch.program()).capabilities}
    assert "task:settle" in found["payments"].entry_points


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_seed_changes_nothing_where_the_parts_are_clear(seed: int) -> None:
    found = services(shop(*NAMES).program(), seed=seed)
    assert sorted(each.name for each in found.capabilities) == sorted(NAMES)


def test_pins_hold_whatever_the_evidence_says() -> None:
    pins = {"shop.orders.services.orders_step3": "ledger", "shop.payments": "ledger"}
    found = services(shop(*NAMES).program(), constraints=Constraints(pins=pins)).labels()
    assert found["shop.orders.services.orders_step3"] == "ledger"
    assert found["shop.payments.views.payments_view0"] == "ledger"
    assert found["shop.orders.services.orders_step1"] != "ledger"


def test_a_longer_pin_wins_over_a_shorter_one() -> None:
    pins = {"shop.payments": "ledger", "shop.payments.views": "front"}
    found = services(shop(*NAMES).program(), constraints=Constraints(pins=pins)).labels()
    assert found["shop.payments.services.payments_step0"] == "ledger"
    assert found["shop.payments.views.payments_view0"] == "front"


def test_pins_to_the_shared_library_and_to_unused_hold() -> None:
    pins = {"shop.payments.views": SHARED, "shop.shipping.views.shipping_view0": UNUSED}
    found = services(shop(*NAMES).program(), constraints=Constraints(pins=pins)).labels()
    assert found["shop.payments.views.payments_view0"] == SHARED
    assert found["shop.shipping.views.shipping_view0"] == UNUSED


def test_a_pinned_table_keeps_the_owner_that_a_person_gave_it() -> None:
    pins = {"table:payments_row": "vault"}
    found = services(shop(*NAMES).program(), constraints=Constraints(pins=pins))
    assert found.labels()["table:payments_row"] == "vault"


def test_what_must_be_together_is() -> None:
    wanted = (("shop.orders", "shop.shipping"),)
    found = services(shop(*NAMES).program(), constraints=Constraints(together=wanted)).labels()
    assert found["shop.orders.models.Orders"] == found["shop.shipping.models.Shipping"]


def test_what_must_be_apart_is() -> None:
    wanted = (("shop.orders.services", "shop.orders.views"),)
    found = services(shop(*NAMES).program(), constraints=Constraints(apart=wanted)).labels()
    assert found["shop.orders.services.orders_step0"] != found["shop.orders.views.orders_view0"]
