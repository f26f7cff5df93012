"""Django's routes and regular expressions read as OpenAPI paths."""

import pytest

from decompose.frameworks.django_urls.patterns import path_template, regex_template


@pytest.mark.parametrize(
    ("regex", "path", "parameters"),
    [
        (r"^orders/(?P<pk>\d+)/$", "orders/{pk}/", [("pk", "integer")]),
        (
            r"^(?P<shop>[^/]+)/(?P<year>[0-9]{4})/",
            "{shop}/{year}/",
            [("shop", "string"), ("year", "integer")],
        ),
        (r"^news/(?:page-(?P<n>\d+)/)?$", "news/page-{n}/", [("n", "integer")]),
        (r"^news/(?:old/)?$", "news/", []),
        (r"^ping/?$", "ping", []),
        (
            r"^b/(\d+)-(\w+)\.html$",
            "b/{arg1}-{arg2}.html",
            [("arg1", "integer"), ("arg2", "string")],
        ),
        (r"^media/(?P<path>.*)$", "media/{path}", [("path", "string")]),
        (r"^media/.+$", "media/{any}", []),
        (r"^robots.txt$", "robots.txt", []),
        (r"^(en|de)/x(?i)y", "{arg1}/xy", [("arg1", "string")]),
        (r"^a|b$", "a", []),
        (r"^(?P<s>[-\w(]+)/\Z", "{s}/", [("s", "string")]),
        (r"^(?P<a>x(y)z)/", "{a}/", [("a", "string")]),
        ("(" * 500, "{arg1}", [("arg1", "string")]),
        ("(?:" * 500 + "x", "", []),
        ("[", "{any}", []),
    ],
)
def test_a_regular_expression_reads_as_a_path(
    regex: str, path: str, parameters: list[tuple[str, str]]
) -> None:
    found = regex_template(regex)
    assert (found.path, list(found.parameters)) == (path, parameters)


def test_converters_become_types() -> None:
    found = path_template("a/<int:pk>/<slug>/<path:rest>")
    assert found.path == "a/{pk}/{slug}/{rest}"
    assert found.parameters == (("pk", "integer"), ("slug", "string"), ("rest", "string"))


def test_a_parameter_that_stands_twice_is_told_once() -> None:
    assert (path_template("<pk>/") + path_template("<pk>")).parameters == (("pk", "string"),)
