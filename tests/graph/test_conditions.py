"""What walks leave out, by constants that are known on the way: small programs, each access on a line."""

import pytest
from tests.graph.test_sequences import of_view

CALLED = """
--- shop/views.py
from shop.models import Line, Note, Order
{helpers}
def go(request):
    {call}
"""
NOTIFY = """
QUIET = ("void", "draft")
def close(order, notify=True, state=None):
    Order.objects.create()
    if notify:
        Note.objects.create()
    if state in QUIET:
        return
    Line.objects.create()
def hand_on(order, notify):
    close(order, notify=notify)
"""
ALL = {"create shop_order", "create shop_note", "create shop_line"}


def touched(helpers: str, call: str) -> set[str]:
    steps = of_view(CALLED.format(helpers=helpers, call=call))
    return {step.rpartition(" ")[0].lstrip("*") for step in steps if "again" not in step}


@pytest.mark.parametrize(
    ("call", "left_out"),
    [
        ("close(1)", set()),
        ("close(1, False)", {"create shop_note"}),
        ("close(1, notify=request.loud)", set()),
        ("close(1, state='void')", {"create shop_line"}),
        ("close(1, state='open')", set()),
        ("close(1, False, 'draft')", {"create shop_note", "create shop_line"}),
        ("close(*request.all)", set()),
        ("close(1, **request.all)", set()),
        ("close(1, **{'notify': False})", {"create shop_note"}),
        ("hand_on(1, False)", {"create shop_note"}),
        ("hand_on(1, True)", set()),
        ("close(1, False) or close(1)", set()),
    ],
)
def test_a_constant_that_is_passed_leaves_out_what_it_fails(call: str, left_out: set[str]) -> None:
    assert touched(NOTIFY, call) == ALL - left_out


def test_a_parameter_that_is_bound_anew_is_not_what_was_passed() -> None:
    helpers = """
def close(order, notify):
    notify = notify or order.loud
    if notify:
        Note.objects.create()
"""
    assert touched(helpers, "close(1, False)") == {"create shop_note"}


def test_each_call_leaves_out_its_own() -> None:
    steps = of_view(
        CALLED.format(helpers=NOTIFY, call="close(1, False); other()\ndef other():\n    close(1)")
    )
    assert [step for step in steps if "note" in step] == ["create shop_note views.py:7"]


@pytest.mark.parametrize(
    ("path", "runs"),
    [("go/", True), ("api/go/", False), ("<str:kind>/", True), ("api/<int:key>/", False)],
)
def test_a_path_leaves_out_what_does_not_run_for_it(path: str, runs: bool) -> None:  # noqa: FBT001 -- a case
    text = f"""
--- shop/urls.py
from django.urls import path
from shop import views
urlpatterns = [path("{path}", views.go)]
--- shop/views.py
from shop.models import Note, Order
def go(request):
    if not request.path.startswith("/api/") and allowed():
        Order.objects.create()
def allowed():
    return Note.objects.count()
"""
    name = path.replace("<str:kind>", "{kind}").replace("<int:key>", "{key}")
    assert bool(of_view(text, f"* /{name}")) is runs


def test_coroutines_hear_nothing_of_who_skips_them() -> None:
    steps = of_view("""
--- shop/events.py
from inspect import iscoroutinefunction
HEARING = {}
def on(name):
    def register(function):
        HEARING.setdefault(name, []).append(function)
        return function
    return register
def emit(name, **payload):
    for hearing in HEARING[name]:
        if iscoroutinefunction(hearing):
            continue
        hearing(**payload)
--- shop/hearing.py
from shop.events import on
from shop.models import Line, Note, Order
@on("paid")
async def late(key=None):
    Note.objects.create()
@on("paid")
def soon(key=None):
    if key is None:
        return
    Line.objects.create()
@on("sent")
def sent(key=None):
    Order.objects.create()
--- shop/views.py
from shop.events import emit
def go(request):
    emit("paid", key=None)
    emit("sent", key=1)
""")
    assert [step for step in steps if "create" in step] == ["create shop_order hearing.py:13"]
