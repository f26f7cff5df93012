"""In which order doors and transactions touch tables: small programs, each step on a line.

A step reads `create shop_order services.py:7`; before it `*` for each loop around it, after it the
line of the transaction around it (`in 5`), `locked`, `later` for what a task does. `again NAME` is
a call that was expanded before, `sends NAME` a task.
"""

import numpy as np
import pytest
from tests.link.programs import linked

from decompose.graph import Program
from decompose.graph.columns import columns
from decompose.graph.dependency import NOBODY
from decompose.graph.doors import Door, doors
from decompose.graph.effects import effects
from decompose.graph.reach import levels
from decompose.graph.sequences import MAX_STEPS, Sequence, Sequences, Step

MODELS = """
--- shop/models.py
from django.db import models
class Order(models.Model):
    total = models.IntegerField()
class Line(models.Model):
    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
class Note(models.Model):
    text = models.TextField()
"""
URLS = """
--- shop/urls.py
from django.urls import path
from shop import views
urlpatterns = [path("go/", views.go)]
"""


def shown(found: Program, sequence: Sequence) -> list[str]:
    return [_shown(found, sequence, step) for step in sequence.steps]


def _shown(found: Program, sequence: Sequence, step: Step) -> str:
    names = found.graph.nodes.names
    place = f"{step.site.path.rpartition('/')[2]}:{step.site.line}" if step.site else "-"
    if step.again != NOBODY:
        what = f"again {names[sequence.calls[step.again].node]}"
    elif step.sent != NOBODY:
        what = f"sends {names[step.sent]}"
    else:
        what = f"{step.mode} {names[step.table].removeprefix('table:')}"
    around = f" in {found.transactions[step.around].site.line}" if step.around != NOBODY else ""
    marks = " locked" * step.locks + " later" * step.later
    return f"{'*' * step.loop_depth}{what} {place}{around}{marks}"


def door_named(found: Program, name: str) -> Door:
    return next(door for door in doors(found) if door.name == name)


def of_view(text: str, door: str = "* /go/") -> list[str]:
    found = linked(MODELS + URLS + text)
    return shown(found, Sequences(found).of(door_named(found, door)))


def test_steps_follow_the_source_through_calls() -> None:
    assert of_view("""
--- shop/views.py
from shop.models import Line, Note, Order
def go(request):
    Note.objects.create()
    order = load(1)
    Line.objects.create(order=order)
def load(key):
    return Order.objects.get(pk=key)
""") == [
        "create shop_note views.py:3",
        "read shop_order views.py:7",
        "create shop_line views.py:5",
    ]


def test_a_callee_is_expanded_at_its_first_call_and_referred_to_later() -> None:
    assert of_view("""
--- shop/views.py
from shop.models import Note
def go(request):
    for each in request.POST:
        note(each)
    note("end")
def note(text):
    Note.objects.create(text=text)
    if text:
        note(text[1:])
""") == [
        "*create shop_note views.py:7",
        "again shop.views.note views.py:5",
    ]


def test_loops_of_callers_count() -> None:
    assert (
        of_view("""
--- shop/views.py
from shop.models import Line, Order
def go(request):
    for order in Order.objects.all():
        count(order)
def count(order):
    for line in order.lines.all():
        Line.objects.filter(pk=line.pk).delete()
""")[-1]
        == "**delete shop_line views.py:7"
    )


def test_steps_know_the_transaction_around_them_and_what_waits_for_its_commit() -> None:
    assert of_view("""
--- shop/views.py
from django.db import transaction
from shop.models import Line, Note, Order
def go(request):
    Note.objects.create()
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=1)
        change(order)
        transaction.on_commit(lambda: tell(order))
        Line.objects.create(order=order)
def change(order):
    Line.objects.filter(order=order).delete()
def tell(order):
    Note.objects.create()
""") == [
        "create shop_note views.py:4",
        "read shop_order views.py:6 in 5 locked",
        "delete shop_line views.py:11 in 5",
        "create shop_note views.py:13",
        "create shop_line views.py:9 in 5",
    ]


def test_nested_transactions_know_each_other() -> None:
    found = linked(
        MODELS
        + URLS
        + """
--- shop/views.py
from django.db import transaction
from shop.models import Line, Order
@transaction.atomic
def go(request):
    inner()
def inner():
    with transaction.atomic():
        Order.objects.create()
"""
    )
    sequence = Sequences(found).of(door_named(found, "* /go/"))
    lines = {n: found.transactions[n].site.line if n != NOBODY else 0 for n in (-1, 0, 1)}
    assert [(lines[inner], lines[outer]) for inner, outer in sequence.around] == [(3, 0), (7, 3)]
    assert shown(found, sequence) == ["create shop_order views.py:8 in 7"]


def test_what_a_transaction_does_ends_with_its_lines() -> None:
    found = linked(
        MODELS
        + """
--- shop/work.py
from django.db import transaction
from shop.models import Line, Note, Order
def work():
    Note.objects.create()
    with transaction.atomic():
        Order.objects.create()
        more()
    Line.objects.create()
def more():
    Line.objects.update()
"""
    )
    assert shown(found, Sequences(found).of_transaction(0)) == [
        "create shop_order work.py:6 in 5",
        "update shop_line work.py:10 in 5",
    ]


def test_what_a_sent_task_does_comes_later_and_outside_of_the_transaction() -> None:
    assert of_view("""
--- shop/tasks.py
from celery import shared_task
from shop.models import Note
@shared_task
def mail(key):
    Note.objects.create()
--- shop/views.py
from django.db import transaction
from shop.models import Order
from shop.tasks import mail
@transaction.atomic
def go(request):
    mail.delay(1)
    Order.objects.create()
""") == [
        "sends task:shop.tasks.mail views.py:6 in 4",
        "create shop_note tasks.py:5 later",
        "create shop_order views.py:7 in 4",
    ]


def test_a_helper_touches_the_table_that_its_caller_chooses() -> None:
    assert of_view("""
--- shop/views.py
from shop.models import Line, Note, Order
def go(request):
    find(Order, 1)
def other():
    find(Line, 1)
    find(Note, 1)
def find(model, key):
    return model.objects.get(pk=key)
""") == ["read shop_order views.py:3"]


def test_the_path_to_a_step_is_the_chain_of_its_calls() -> None:
    found = linked(
        MODELS
        + URLS
        + """
--- shop/views.py
from shop.models import Order
def go(request):
    first()
def first():
    second()
def second():
    Order.objects.create()
"""
    )
    sequence = Sequences(found).of(door_named(found, "* /go/"))
    path = sequence.path(sequence.steps[0].call)
    assert [
        (found.graph.nodes.names[call.node], call.site.line if call.site else 0) for call in path
    ] == [("shop.views.go", 0), ("shop.views.first", 3), ("shop.views.second", 5)]


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("GET", {("shop_order", "read")}),
        ("POST", {("shop_order", "create")}),
        ("DELETE", {("shop_order", "read"), ("shop_order", "delete")}),
    ],
)
def test_a_class_is_asked_by_the_route_s_method(
    method: str, expected: set[tuple[str, str]]
) -> None:
    found = linked(
        MODELS
        + """
--- shop/urls.py
from django.urls import path
from shop import views
urlpatterns = [path("go/", views.Orders.as_view())]
--- shop/views.py
from django.views import View
from shop.models import Order
class Orders(View):
    def get(self, request):
        return self.load()
    def post(self, request):
        Order.objects.create()
    def delete(self, request):
        self.load()
        Order.objects.filter(pk=1).delete()
    def load(self):
        return list(Order.objects.all())
"""
    )
    touched = Sequences(found).of(door_named(found, f"{method} /go/")).touched()
    names = found.graph.nodes.names
    assert {(names[table].removeprefix("table:"), str(mode)) for table, mode in touched} == expected


def test_a_long_sequence_is_cut_and_says_what_it_left_out() -> None:
    lines = "\n".join(f"    Note.objects.filter(pk={n}).update()" for n in range(MAX_STEPS + 9))
    text = f"""
--- shop/views.py
from shop.models import Note, Order
def go(request):
{lines}
    Order.objects.create()
"""
    found = linked(MODELS + URLS + text)
    sequence = Sequences(found).of(door_named(found, "* /go/"))
    assert (len(sequence.steps), sequence.cut) == (MAX_STEPS, True)
    names = found.graph.nodes.names
    assert {(names[table], str(mode)) for table, mode in sequence.left_out} == {
        ("table:shop_order", "create")
    }


def test_uncut_sequences_touch_what_flows_back_from_all_that_is_called() -> None:
    found = linked(
        MODELS
        + URLS
        + """
--- shop/views.py
from shop.models import Line, Note, Order
def go(request):
    even(3)
def even(number):
    Order.objects.create()
    odd(number)
def odd(number):
    Line.objects.update()
    even(number)
    note()
def note():
    Note.objects.all().delete()
"""
    )
    sequence = Sequences(found).of(door_named(found, "* /go/"))
    start = found.graph.index["shop.views.go"]
    everything = effects(found, levels(columns(found.graph)))
    assert sequence.touched() == everything.of([start])
    assert len(sequence.touched()) == 3
    assert bool(np.all(everything.touching()[[start]]))


TEMPLATE = """
--- shop/views.py
from django.views import View
from shop.models import Line, Note, Order
class Base(View):
    def get(self, request):
        self.check()
        return self.answer()
    def check(self):
        Note.objects.create()
    def answer(self): ...
class {first}(Base):
    def answer(self):
        return list(Order.objects.all())
class {second}(Base):
    def check(self):
        super().check()
        Note.objects.all().delete()
    def answer(self):
        return list(Line.objects.all())
--- shop/urls.py
from django.urls import path
from shop import views
urlpatterns = [path("one/", views.{first}.as_view()), path("two/", views.{second}.as_view())]
"""


def test_a_template_method_asks_the_methods_of_the_class_that_answers() -> None:
    found = linked(MODELS + TEMPLATE.format(first="One", second="Two"))
    sequences = Sequences(found)
    assert shown(found, sequences.of(door_named(found, "GET /one/"))) == [
        "create shop_note views.py:8",
        "read shop_order views.py:12",
    ]
    assert shown(found, sequences.of(door_named(found, "GET /two/"))) == [
        "create shop_note views.py:8",
        "delete shop_note views.py:16",
        "read shop_line views.py:18",
    ]


def test_a_mixin_asks_the_view_that_it_is_part_of() -> None:
    """For methods that it lacks, and through `super().dispatch()` for those of the request's HTTP method."""
    text = f"""{MODELS}
--- shop/views.py
from django.views.generic import View
from shop.models import Line, Note, Order
class Checked:
    def dispatch(self, request, *args, **kwargs):
        self.get_rows().exists()
        return super().dispatch(request, *args, **kwargs)
class Orders(Checked, View):
    def get_rows(self):
        return Order.objects.all()
    def get(self, request):
        Line.objects.count()
    def post(self, request):
        Line.objects.create()
class Notes(Checked, View):
    def get_rows(self):
        return Note.objects.all()
    def get(self, request):
        Note.objects.count()
    def post(self, request):
        Note.objects.create()
--- shop/urls.py
from django.urls import path
from shop import views
urlpatterns = [path("go/", views.Orders.as_view()), path("notes/", views.Notes.as_view())]
"""
    assert of_view(text, "GET /go/") == ["read shop_order views.py:9", "read shop_line views.py:11"]
    assert of_view(text, "POST /notes/") == [
        "read shop_note views.py:16",
        "create shop_note views.py:20",
    ]


def test_an_object_that_is_made_here_answers_by_its_own_class() -> None:
    assert of_view("""
--- shop/commands.py
from shop.models import Line, Order
class Command:
    def run(self):
        self.work()
    def work(self): ...
class Make(Command):
    def work(self):
        Order.objects.create()
class Drop(Command):
    def work(self):
        Line.objects.all().delete()
--- shop/views.py
from shop.commands import Make
def go(request):
    Make().run()
""") == ["create shop_order commands.py:8"]


def test_an_object_of_unknown_class_may_answer_by_any() -> None:
    assert of_view("""
--- shop/commands.py
from shop.models import Line, Order
class Command:
    def run(self):
        self.work()
    def work(self): ...
class Make(Command):
    def work(self):
        Order.objects.create()
class Drop(Command):
    def work(self):
        Line.objects.all().delete()
--- shop/views.py
from shop.commands import Command
def go(request, command: Command):
    command.run()
""") == ["delete shop_line commands.py:11", "create shop_order commands.py:8"]


def test_rows_that_sqlalchemy_locks_are_locked() -> None:
    found = linked("""
--- shop.py
from sqlalchemy import Column, Integer, create_engine, select
from sqlalchemy.orm import Session, declarative_base
Base = declarative_base()
class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
def first(session: Session):
    return session.query(Order).filter(Order.id == 1).with_for_update().one()
def second(session: Session):
    return session.execute(select(Order).with_for_update()).scalars().all()
def third(session: Session):
    return session.get(Order, 1, with_for_update=True)
def fourth(session: Session):
    return session.get(Order, 1)
""")
    sequences = Sequences(found)
    locks = {
        name: [step.locks for step in sequences.of_nodes([found.graph.index[f"shop.{name}"]]).steps]
        for name in ("first", "second", "third", "fourth")
    }
    assert locks == {"first": [True], "second": [True], "third": [True], "fourth": [False]}


SETTINGS = """
--- settings.py
ROOT_URLCONF = "shop.urls"
DATABASES = {"default": {"ENGINE": "sqlite3", "ATOMIC_REQUESTS": True}}
"""


def test_a_request_may_be_one_transaction_whoever_runs_in_it() -> None:
    view = """
--- shop/views.py
from django.db import transaction
from shop.models import Note, Order
def go(request):
    Order.objects.create()
    note()
def note():
    with transaction.atomic():
        Note.objects.create()
"""
    steps = of_view(SETTINGS + view)
    assert steps == ["create shop_order views.py:4 in 3", "create shop_note views.py:8 in 7"]
    exempt = view.replace("def go", "@transaction.non_atomic_requests\ndef go")
    assert of_view(SETTINGS + exempt)[0] == "create shop_order views.py:5"


def test_a_bus_leads_to_the_receivers_of_the_signal_that_it_is_handed() -> None:
    assert of_view("""
--- shop/bus.py
import django.dispatch
paid = django.dispatch.Signal()
sent = django.dispatch.Signal()
def note_paid(sender, **kwargs):
    Order.objects.create()
def note_sent(sender, **kwargs):
    Line.objects.create()
paid.connect(note_paid)
sent.connect(note_sent)
from shop.models import Line, Order
--- shop/views.py
from shop import bus
def go(request):
    bus.paid.send(sender=None)
""") == ["create shop_order bus.py:5"]


@pytest.mark.parametrize(
    ("door", "steps"),
    [
        ("GET /go/", ["read shop_note views.py:14"]),
        (
            "POST /go/",
            [
                "update shop_order views.py:18",
                "create shop_note views.py:13",
                "read shop_note views.py:14",
            ],
        ),
    ],
)
def test_a_request_runs_the_lines_of_its_method_and_the_wrappers_around_the_view(
    door: str, steps: list[str]
) -> None:
    text = """
--- shop/views.py
from django.views.decorators.http import require_http_methods
from rest_framework.permissions import SAFE_METHODS
from shop.models import Line, Note, Order
def counted(view):
    def wrapper(request):
        count(request)
        return view(request)
    return wrapper
@require_http_methods(["GET", "POST"])
@counted
def go(request):
    if request.method == "POST":
        Note.objects.create()
    return list(Note.objects.filter(pk=1))
def count(request):
    if request.method in SAFE_METHODS:
        return
    Order.objects.update(total=1)
"""
    assert of_view(text, door) == steps


@pytest.mark.parametrize(
    ("door", "steps"),
    [
        ("GET /go/", ["read shop_order views.py:15"]),
        (
            "POST /go/",
            ["create shop_order views.py:10", "create shop_line views.py:7"],
        ),
    ],
)
def test_a_library_stores_for_a_class_where_the_request_s_method_wants_it(
    door: str, steps: list[str]
) -> None:
    text = """
--- shop/views.py
from django.db.models.signals import post_save
from django.dispatch import receiver
from rest_framework import generics, serializers
from shop.models import Line, Order
@receiver(post_save, sender=Order)
def follow(sender, instance, **kwargs):
    Line.objects.create(order=instance)
class OrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["total"]
class Go(generics.ListCreateAPIView):
    serializer_class = OrderSerializer
    def get_queryset(self):
        return Order.objects.all()
go = Go.as_view()
"""
    assert of_view(text, door) == steps


@pytest.mark.parametrize(
    ("door", "steps"),
    [
        ("* /go/", ["*read shop_note views.py:8", "*read shop_order views.py:16"]),
        ("* /other/", ["read shop_line views.py:10", "read shop_note views.py:11"]),
        ("* /plain/", []),
    ],
)
def test_a_function_calls_what_this_caller_gives_it(door: str, steps: list[str]) -> None:
    text = """
--- shop/more.py
from django.urls import path
from shop import views
urlpatterns = [path("other/", views.other), path("plain/", views.plain)]
--- shop/views.py
from shop.models import Line, Note, Order
def each(keys, show=None):
    shown = str
    if show:
        shown = show
    return [shown(key) for key in keys]
def note(key):
    return Note.objects.get(pk=key)
def other(request):
    line = Line.objects.get(pk=1)
    return each([line], lambda key: Note.objects.get(pk=key))
def plain(request):
    return each([])
def order(key):
    note(key)
    return Order.objects.get(pk=key)
def go(request):
    return each(
        [
            1,
            2,
        ],
        order,
    )
"""
    found = linked(MODELS + URLS + text)
    assert shown(found, Sequences(found).of(door_named(found, door))) == steps


def test_what_a_deletion_takes_along_is_told_apart() -> None:
    text = """
--- shop/more.py
from django.db import models
from shop.models import Line, Note
class Part(models.Model):
    line = models.ForeignKey(Line, models.CASCADE)
class Mark(models.Model):
    part = models.ForeignKey(Part, models.SET_NULL, null=True)
    note = models.ForeignKey(Note, models.PROTECT)
--- shop/views.py
from shop.models import Note, Order
def go(request):
    Order.objects.filter(pk=1).delete()
    Note.objects.filter(pk=1).delete()
"""
    found = linked(MODELS + URLS + text)
    sequence = Sequences(found).of(door_named(found, "* /go/"))
    names = found.graph.nodes.names
    assert shown(found, sequence) == ["delete shop_order views.py:3", "delete shop_note views.py:4"]
    assert {(names[table], mode.value) for table, mode in sequence.along} == {
        ("table:shop_line", "delete"),
        ("table:shop_part", "delete"),
        ("table:shop_mark", "update"),
    }


GENERIC = """
--- shop/urls.py
from django.urls import path
from shop import views
urlpatterns = [path("orders/", views.Orders.as_view()), path("notes/", views.Notes.as_view())]
--- shop/views.py
from django.views import View
from shop.models import Line, Note, Order
class OrderTool:
    def run(self):
        return Order.objects.count()
class NoteTool:
    def run(self):
        return Note.objects.count()
class Generic(View):
    tool = None
    def get(self, request):
        self.tool().run()
        return Page(self).show()
    def rows(self):
        return []
class Orders(Generic):
    tool = OrderTool
    def rows(self):
        return Line.objects.all()
class Notes(Generic):
    tool = NoteTool
    def rows(self):
        return Note.objects.all()
class Page:
    def __init__(self, view: Generic):
        self.view = view
    def show(self):
        return self.view.rows()
"""


@pytest.mark.parametrize(
    ("door", "steps"),
    [
        ("GET /orders/", ["read shop_order views.py:5", "read shop_line views.py:19"]),
        ("GET /notes/", ["read shop_note views.py:8", "read shop_note views.py:23"]),
    ],
)
def test_what_a_view_chooses_and_overrides_counts_while_it_answers(
    door: str, steps: list[str]
) -> None:
    found = linked(MODELS + GENERIC)
    assert shown(found, Sequences(found).of(door_named(found, door))) == steps


@pytest.mark.parametrize(
    ("door", "steps"),
    [
        ("* /go/", ["read shop_note views.py:13", "create shop_order views.py:19"]),
        ("* /other/", ["read shop_note views.py:13", "create shop_line views.py:23"]),
    ],
)
def test_stacked_wrappers_lead_to_the_function_that_is_asked_alone(
    door: str, steps: list[str]
) -> None:
    text = """
--- shop/more.py
from django.urls import path
from shop import views
urlpatterns = [path("other/", views.other)]
--- shop/views.py
from functools import wraps
from shop.models import Line, Note, Order
def timed(view, *args):
    return view(*args)
def counted(view):
    @wraps(view)
    def wrapper(request):
        return timed(view, request)
    return wrapper
def noted(view):
    @wraps(view)
    def wrapper(request):
        Note.objects.get(pk=1)
        return view(request)
    return wrapper
@counted
@noted
def go(request):
    Order.objects.create()
@counted
@noted
def other(request):
    Line.objects.create()
"""
    found = linked(MODELS + URLS + text)
    lines = shown(found, Sequences(found).of(door_named(found, door)))
    assert [line for line in lines if not line.startswith("again")] == steps


@pytest.mark.parametrize(
    ("door", "steps"),
    [
        ("* /go/", ["*create shop_note views.py:11", "create shop_order views.py:6"]),
        ("* /other/", ["create shop_line views.py:9"]),
    ],
)
def test_a_callback_that_is_kept_runs_where_somebody_has_handed_it_over(
    door: str, steps: list[str]
) -> None:
    text = """
--- shop/more.py
from django.urls import path
from shop import views
urlpatterns = [path("other/", views.other)]
--- shop/unit.py
class Unit:
    def __init__(self):
        self.waiting = []
    def after(self, callback):
        self.waiting.append(callback)
    def __enter__(self):
        return self
    def __exit__(self, *_):
        for callback in self.waiting:
            callback()
--- shop/views.py
from shop.models import Line, Note, Order
from shop.unit import Unit
def go(request):
    with Unit() as unit:
        unit.after(tell)
        Order.objects.create()
def other(request):
    with Unit() as unit:
        Line.objects.create()
def tell():
    Note.objects.create()
"""
    found = linked(MODELS + URLS + text)
    assert shown(found, Sequences(found).of(door_named(found, door))) == steps


@pytest.mark.parametrize(
    ("door", "steps"),
    [
        ("* /go/", ["create shop_order views.py:13", "create shop_note views.py:5"]),
        ("* /other/", ["read shop_order views.py:15", "update shop_order views.py:17"]),
    ],
)
def test_a_receiver_does_for_new_rows_what_it_does_not_for_others(
    door: str, steps: list[str]
) -> None:
    text = """
--- shop/more.py
from django.urls import path
from shop import views
urlpatterns = [path("other/", views.other)]
--- shop/views.py
from django.db.models.signals import post_save
from django.dispatch import receiver
from shop.models import Line, Note, Order
def tell():
    Note.objects.create()
@receiver(post_save, sender=Order)
def note(sender, instance, created, **kwargs):
    if not created:
        return
    tell()
def go(request):
    order = 1
    Order.objects.create(total=order)
def other(request):
    order = Order.objects.get(pk=1)
    order.total = 1
    order.save()
"""
    found = linked(MODELS + URLS + text)
    assert shown(found, Sequences(found).of(door_named(found, door))) == steps


def test_a_worker_that_runs_any_task_is_charged_with_none() -> None:
    text = """
--- shop/jobs/registry.py
JOBS = {}
def job(name):
    def register(function):
        JOBS[name] = function
        return function
    return register
--- shop/jobs/all.py
from shop.jobs.registry import job
from shop.models import Line, Note, Order
@job("lines.add")
def add_line():
    Line.objects.create()
@job("notes.add")
def add_note():
    Note.objects.create()
--- shop/views.py
from shop.jobs.all import add_note
from shop.jobs.registry import JOBS
from shop.models import Order
def go(request):
    Order.objects.create()
    JOBS[request.name]()
    add_note()
"""
    assert of_view(text) == ["create shop_order views.py:5", "create shop_note all.py:8"]
