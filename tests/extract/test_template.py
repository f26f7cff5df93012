"""What is read in a template: lookups with the template's own variables replaced, tags, filters, other templates."""

import time

import pytest

from decompose.extract import read_template
from decompose.model.templates import Template, template_names


def said(text: str) -> Template:
    return read_template("templates/a.html", ("a.html",), text)


@pytest.mark.parametrize(
    ("text", "lookups"),
    [
        ("{{ order.total }}", ["order.total", "order.total.$"]),
        ("{{ order.total|euro:order.currency }}", ["order.currency", "order.total"]),
        ("{{ total }}{{ 3.5 }}{{ 'a.b' }}", ["total.$"]),
        ("{% for o in shop.orders %}{{ o.sum }}{% endfor %}{{ o.sum }}",
         ["o.sum", "o.sum.$", "shop.orders", "shop.orders.[].sum", "shop.orders.[].sum.$"]),
        ("{% for k, v in d.items %}{{ v.name }}{% endfor %}", ["d.[].name", "d.[].name.$", "d.items"]),
        ("{% with a=b.c %}{{ a.d|x }}{% endwith %}", ["b.c", "b.c.d"]),
        ("{% sum order as s %}{{ s.net|x }}", ["%sum.net"]),
        ("{% if user.may(page.owner).edit and not x.y %}", ["page.owner", "user.may.().edit", "x.y"]),
        ("{% set u = page.user() %}{{ u.name|e }}", ["page.user.()", "page.user.().name"]),
        ("{{ lines.0.price|e }}{{ lines[i.j].price|e }}", ["i.j", "lines.[].price"]),
        ("{% comment %}{{ a.b }}{% endcomment %}{# {{ c.d }} #}", []),
        ("{{ never.closed {% if a.b %}", ["a.b"]),
    ],
)  # fmt: skip
def test_lookups_start_at_variables_that_the_template_is_given(
    text: str, lookups: list[str]
) -> None:
    found = {".".join(path) for path in said(text).outside.lookups}
    assert found == set(lookups)


def test_what_a_template_takes_in_is_named_with_the_variables_that_are_handed_on() -> None:
    found = said(
        "{% extends \"base.html\" %}{% include 'line.html' with line=order.first only %}"
        '{% from "forms.html" import field %}{% include unknown %}'
    )
    assert {each.name for each in found.included} == {"base.html", "line.html", "forms.html"}
    assert (("line", ("order", "first")),) in {each.given for each in found.included}


def test_tags_filters_and_libraries_are_read_by_name() -> None:
    found = said("{% load money from shop %}{% load i18n %}{% box a %}{{ b|euro|cut:' ' }}")
    assert found.outside.tags == ("box",)
    assert found.outside.filters == ("cut", "euro")
    assert found.libraries == ("i18n", "shop")


def test_what_stands_in_a_block_of_a_tag_that_no_language_has_is_told_apart() -> None:
    found = said("{% box a.b %}{% if c.d %}{{ e.f|x }}{% endif %}{% endbox %}{{ g.h|y }}{% lone %}")
    assert dict(found.blocks)["box"].filters == ("x",)
    assert ("c", "d") in dict(found.blocks)["box"].lookups
    assert found.outside.filters == ("y",)
    assert found.outside.tags == ("box", "lone")


@pytest.mark.parametrize("part", ["{%", "{{", "{% for a", "{{ (", "{% with a.b as ", "{%  "])
def test_marks_that_never_close_cost_no_more_than_others(part: str) -> None:
    start = time.process_time()
    said(part * 60_000)
    said(part * 60_000 + "}}%}")
    assert time.process_time() - start < 5


def test_a_template_goes_by_its_path_below_any_folder_of_templates() -> None:
    assert template_names("shop/templates/shop/cart.html") == ("shop/cart.html",)
    assert template_names("a/templates/mail/jinja2/bill.txt") == (
        "mail/jinja2/bill.txt",
        "bill.txt",
    )
    assert template_names("a/templates/report.sql") == ()
    assert template_names("a/pages/cart.html") == ()
