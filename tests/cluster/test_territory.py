"""Packages that are about something are told from layers and containers by their names alone."""

import pytest

from decompose.cluster.places import loose
from decompose.cluster.territory import territories

APP = ("models", "views", "urls")


def apps(around: str, *names: str, files: tuple[str, ...] = APP) -> list[str]:
    return [f"{around}.{name}.{file}" for name in names for file in files]


ENTITIES = ("tenant", "badge", "role", "theme")
LAYERS = [
    f"pub.{layer}.{name}"
    for layer in ("models", "repositories", "schemas", "tasks")
    for name in ENTITIES
]
CASES = {
    "apps in a container": (
        apps("shop.apps", "orders", "payments", "stock"),
        {"shop.apps.orders.views": "shop.apps.orders", "shop.apps.stock.urls": "shop.apps.stock"},
    ),
    "a layer inside a matter is the matter's": (
        [*apps("shop", "orders", "payments"), "shop.orders.api.v1.detail"],
        {"shop.orders.api.v1.detail": "shop.orders"},
    ),
    "what stands in layers alone belongs to the program": (
        [*apps("shop", "orders", "payments"), "shop.utils.text", "shop.settings"],
        {"shop.utils.text": "", "shop.settings": ""},
    ),
    "an app built like its siblings is one, whatever it is called": (
        apps("shop.apps", "orders", "payments", "stock", "common"),
        {"shop.apps.common.views": "shop.apps.common"},
    ),
    "layers on the outside, matters within": (
        [
            f"shop.{layer}.{name}"
            for layer in ("models", "views", "forms")
            for name in ("order", "payment")
        ],
        {"shop.models.order": "shop.order", "shop.forms.order": "shop.order"},
    ),
    "a layer's part is at home in the matter of its name": (
        [*apps("cloud", "volume", "network", "image"), "cloud.api.open.volume.types"],
        {"cloud.api.open.volume.types": "cloud.volume"},
    ),
    "distributions of their own stay apart, large ones too": (
        [f"api.{name}.rows" for name in "abcdefgh"] + [f"admin.{name}.rows" for name in "abcdef"],
        {"api.a.rows": "api", "admin.f.rows": "admin"},
    ),
    "a large matter gives way to the matters inside": (
        [
            *apps("hub.projects", "epics", "issues", "wiki", "votes", files=(*APP, "admin")),
            *apps("hub", "users", "mail", "feed", files=(*APP, "admin")),
            *apps("hub", "projects", files=(*APP, "admin")),
        ],
        {"hub.projects.wiki.views": "hub.projects.wiki", "hub.projects.models": "hub.projects"},
    ),
    "an app that is called as containers are": (
        [*apps("shop", "orders", "payments", "stock", "app"), "shop.app.manifest.rows"],
        {"shop.app.views": "shop.app", "shop.app.manifest.rows": "shop.app"},
    ),
    "a bag for everything stays one, however it is sorted": (
        [*apps("shop", "orders", "payments", "stock", "core"), "shop.core.blog.rows"],
        {"shop.core.views": "", "shop.core.blog.rows": "shop.core.blog"},
    ),
    "layers of many entities are layers, though each holds what its siblings hold": (
        LAYERS,
        {"pub.models.tenant": "pub.tenant", "pub.tasks.tenant": "pub.tenant"},
    ),
    "plurals and words that the layer has said already make no difference": (
        [*LAYERS, "pub.routers.tenants", "pub.managers.tenant_manager", "pub.dao.tenants_dao"],
        {
            "pub.routers.tenants": "pub.tenant",
            "pub.managers.tenant_manager": "pub.tenant",
            "pub.dao.tenants_dao": "pub.tenant",
        },
    ),
    "a bag whose parts stand in other layers, too, is a layer": (
        [*LAYERS, *(f"pub.services.{name}.mail" for name in ENTITIES)],
        {"pub.services.tenant.mail": "pub.tenant"},
    ),
    "a layer's part goes to the package about it, if there is one": (
        [*apps("shop", "orders", "payments", "stock"), "shop.signals.order", "shop.forms.order"],
        {"shop.signals.order": "shop.orders", "shop.forms.order": "shop.orders"},
    ),
    "where packages sort the program, what some layers have in common is no matter of its own": (
        [*apps("shop", "orders", "payments", "stock"), "shop.forms.color", "shop.db.color"],
        {"shop.forms.color": "", "shop.db.color": ""},
    ),
    "a large layer over its siblings does not": (
        [
            *apps("shop", "orders", "offers", "stock", files=(*APP, "admin")),
            *apps("shop.dashboard", "order", "offer", "stock", files=(*APP, "admin")),
        ],
        {"shop.dashboard.order.views": "shop.dashboard"},
    ),
}


@pytest.mark.parametrize(("modules", "expected"), CASES.values(), ids=CASES)
def test_territories(modules: list[str], expected: dict[str, str]) -> None:
    found = territories(modules)
    assert set(found) == set(modules)
    assert {name: found[name] for name in expected} == expected


def test_a_package_named_after_a_framework_in_use_is_about_technique() -> None:
    modules = apps("shop", "orders", "payments", "flask")
    assert territories(modules)["shop.flask.views"] == "shop.flask"
    assert territories(modules, frozenset({"flask"}))["shop.flask.views"] == ""


def test_the_order_of_modules_does_not_matter() -> None:
    modules, _ = CASES["a large matter gives way to the matters inside"]
    assert territories(modules) == territories(modules[::-1])


def test_concepts_of_layers_are_told_from_packages() -> None:
    modules = [*LAYERS, *(f"pub.crypto.{name}" for name in ("tokens", "hashes", "keys"))]
    modules += [f"pub.{layer}.oauth.{name}" for layer in ("models", "tasks") for name in "ab"]
    assert loose(territories(modules)) == {f"pub.{name}" for name in ENTITIES}
