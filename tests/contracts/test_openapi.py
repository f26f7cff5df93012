"""The monolith's real routes become one valid OpenAPI document a service."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from decompose.contracts import openapi
from decompose.contracts.names import Called, group_names, operation_names
from decompose.contracts.paths import template
from decompose.graph.analysis import Program
from decompose.graph.builder import GraphBuilder
from decompose.model.program import NodeKind, Route
from decompose.model.proposal import Service
from decompose.model.source import FileRole, Site

SERVICE = Service("orders", "Takes orders.", ("shop",), (), ())
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def route(method: str, path: str, handler: str = "shop.views.show", **more: object) -> Route:
    return Route(method, path, handler, Site("shop/urls.py", 5), "flask", **more)


def program(*routes: Route, docs: dict[str, str] | None = None) -> Program:
    builder = GraphBuilder(["shop/views.py"], [FileRole.PROGRAM], [99])
    module = builder.node("shop.views", NodeKind.MODULE, file=0, line=1)
    for line, name in enumerate(sorted({each.handler for each in routes}), start=10):
        builder.node(name, NodeKind.FUNCTION, parent=module, file=0, line=line)
    graph = builder.build()
    said = {graph.index[name]: doc for name, doc in (docs or {}).items()}
    return Program(graph, routes=routes, docs=said)


def document(*routes: Route, docs: dict[str, str] | None = None) -> dict:
    found = openapi(
        program(*routes, docs=docs), SERVICE, {each.handler: "orders" for each in routes}
    )
    validate(found)
    return found


def operations(found: dict) -> list[tuple[str, str]]:
    return [
        (method, path)
        for path, item in found["paths"].items()
        for method in item
        if method in METHODS
    ]


def test_an_operation_says_what_answers_today_and_where() -> None:
    found = document(route("GET", "/orders/"), docs={"shop.views.show": "Show all. And more."})
    shown = found["paths"]["/orders/"]["get"]
    assert shown["operationId"] == "show_get"
    assert shown["summary"] == "Show all"
    assert shown["description"] == "Show all. And more."
    assert shown["x-decompose-handler"] == "shop.views.show"
    assert shown["x-decompose-source"] == "shop/views.py:10"


def test_parameters_have_their_types() -> None:
    found = document(
        route("GET", "/o/{pk}/{slug}", parameters=(("pk", "integer"), ("slug", "string")))
    )
    parameters = found["paths"]["/o/{pk}/{slug}"]["parameters"]
    assert [(each["name"], each["schema"]["type"]) for each in parameters] == [
        ("pk", "integer"),
        ("slug", "string"),
    ]


def test_paths_that_differ_in_names_of_parameters_alone_are_one() -> None:
    found = document(
        route("GET", "/o/{pk}", "shop.views.show", parameters=(("pk", "integer"),)),
        route("PUT", "/o/{id}", "shop.views.change", parameters=(("id", "integer"),)),
    )
    assert sorted(operations(found)) == [("get", "/o/{id}"), ("put", "/o/{id}")]


def test_a_type_that_two_routes_of_a_path_do_not_share_is_text() -> None:
    found = document(
        route("GET", "/o/{pk}", "shop.views.show", parameters=(("pk", "integer"),)),
        route("GET", "/o/{slug}", "shop.views.by_slug", parameters=(("slug", "string"),)),
    )
    (item,) = found["paths"].values()
    assert item["parameters"][0]["schema"] == {"type": "string"}
    assert item["get"]["x-decompose-also"] == [
        {"handler": "shop.views.by_slug", "source": "shop/views.py:10"}
    ]


def test_a_route_open_to_every_method_says_so() -> None:
    found = document(route("*", "/o"))
    assert operations(found) == [("get", "/o"), ("post", "/o")]
    assert "every method" in found["paths"]["/o"]["get"]["description"]


def test_a_route_with_a_method_of_its_own_goes_before_an_open_one() -> None:
    found = document(route("*", "/o", "shop.views.any"), route("GET", "/o", "shop.views.get_it"))
    assert found["paths"]["/o"]["get"]["x-decompose-handler"] == "shop.views.get_it"


def test_websockets_are_left_out() -> None:
    assert document(route("WEBSOCKET", "/live"), route("GET", "/o"))["paths"].keys() == {"/o"}


def test_a_route_of_another_service_is_left_out() -> None:
    found = openapi(program(route("GET", "/o")), SERVICE, {"shop.views.show": "billing"})
    assert not found["paths"]


def test_what_a_person_said_of_a_route_counts_more_than_its_handler() -> None:
    labels = {"shop.views.show": "billing", "route:GET /o": "orders"}
    assert openapi(program(route("GET", "/o")), SERVICE, labels)["paths"]


def test_the_order_of_routes_does_not_matter() -> None:
    routes = [
        route("GET", "/a/{x}", "shop.views.a"),
        route("POST", "/a/{y}", "shop.views.b"),
        route("GET", "/c", "shop.views.a"),
    ]
    assert json.dumps(document(*routes)) == json.dumps(document(*reversed(routes)))


@pytest.mark.parametrize(
    ("path", "raw", "expected"),
    [
        ("orders/", "", "/orders/"),
        ("/a//b", "", "/a/b"),
        ("/{any}/{any}", "", "/{any}/{any_2}"),
        ("/{class}/{request}", "", "/{class_}/{request_}"),
        ("/{1st}/{}", "", "/{value_1st}/{value}"),
        ("/a b?c#d%", "", "/a%20b%3Fc%23d%25"),
        ("/{open/x}y", "", "/{open_x}y"),
        ("/}{", "", "/%7D%7B"),
        ("/é", "", "/%C3%A9"),
    ],
)
def test_a_path_becomes_a_valid_template(path: str, raw: str, expected: str) -> None:
    assert template(path, {}, raw).path == expected


@pytest.mark.parametrize(
    ("path", "raw"),
    [
        ("/f/{name}", "/f/<path:name>"),
        ("/f/{name:path}", "/f/{name:path}"),
        ("/f/{name}", "^f/(?P<name>.*)$"),
        ("/{any}", "^.*$"),
    ],
)
def test_a_parameter_that_takes_slashes_is_known(path: str, raw: str) -> None:
    assert [each.slashes for each in template(path, {}, raw).parameters] == [True]


def test_names_that_would_be_equal_all_climb() -> None:
    called = Called("OrderView.get", "")
    found = operation_names({("get", "/a"): called, ("get", "/b"): called})
    assert sorted(found.values()) == ["order_get_a", "order_get_b"]


def test_actions_of_view_sets_give_their_names() -> None:
    keys = {("get", "/a"): "list", ("get", "/a/{pk}"): "retrieve", ("post", "/a"): "create"}
    found = operation_names({key: Called("OrderViewSet", name) for key, name in keys.items()})
    assert sorted(found.values()) == ["order_create", "order_list", "order_retrieve"]


def test_groups_are_called_after_what_tells_modules_apart() -> None:
    assert group_names(["p.api.views.order", "p.control.views.order", "p.web"]) == {
        "p.api.views.order": "order",
        "p.control.views.order": "control_order",
        "p.web": "web",
    }


TEXT = st.text(alphabet=st.characters(codec=None), max_size=30)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["GET", "POST", "*", "PURGE"]),
            st.one_of(TEXT, st.text(alphabet="/{}ab<>:*", max_size=20)),
            TEXT,
        ),
        max_size=6,
    ),
    TEXT,
)
def test_hostile_text_gives_a_valid_document(rows: list[tuple[str, str, str]], doc: str) -> None:
    routes = [
        route(method, path, f"shop.views.{handler}", name=handler) for method, path, handler in rows
    ]
    service = Service("orders", doc, ("shop",), (), ())
    docs = {each.handler: doc for each in routes}
    labels = {each.handler: "orders" for each in routes}
    found = openapi(program(*routes, docs=docs), service, labels)
    validate(found)
    json.dumps(found, ensure_ascii=False).encode()
    names = [found["paths"][path][method]["operationId"] for method, path in operations(found)]
    assert len(names) == len(set(names))
    assert all(name.isidentifier() for name in names)
