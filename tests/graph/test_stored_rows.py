"""Whose `save` runs, and whose table does a base of many models touch? Steps as in `test_sequences`."""

import pytest
from tests.graph.test_sequences import URLS, door_named, shown
from tests.link.programs import linked

from decompose.graph.sequences import Sequences

MODELS = """
--- shop/models.py
from django.db import models
class Filed(models.Model):
    class Meta:
        abstract = True
    def save(self, *args, **kwargs):
        before = self.__class__.objects.get(pk=self.pk)
        return super().save(*args, **kwargs)
class Event(Filed):
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        Template.objects.create()
    def draft(self):
        return self.schedules.create(version=1)
class Schedule(Filed):
    event = models.ForeignKey(Event, models.CASCADE, related_name="schedules")
class Template(models.Model):
    text = models.TextField()
"""


def of_view(text: str) -> list[str]:
    found = linked(MODELS + URLS + text)
    return shown(found, Sequences(found).of(door_named(found, "* /go/")))


def test_a_row_that_another_model_s_method_stores_runs_its_own_save() -> None:
    assert of_view("""
--- shop/views.py
from shop.models import Event
def go(request):
    event = Event.objects.first()
    event.draft()
""") == [
        "read shop_event views.py:3",
        "create shop_schedule models.py:13",
        "read shop_schedule models.py:6",
        "update shop_schedule models.py:7",
    ]


def test_a_shared_base_touches_the_table_of_the_row_that_is_saved() -> None:
    assert of_view("""
--- shop/views.py
from shop.models import Event
def go(request):
    event = Event()
    event.save()
""") == [
        "read shop_event models.py:6",
        "create shop_event models.py:10",
        "update shop_event models.py:10",
        "create shop_template models.py:11",
    ]


FORMS = """
--- shop/models.py
from django.db import models
class Logged:
    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
class Note(Logged, models.Model):
    text = models.TextField()
    def rename(self, text):
        self.text = text
        self.save()
class Order(models.Model):
    note = models.ForeignKey(Note, models.CASCADE)
--- shop/urls.py
from django.urls import path
from shop import views
urlpatterns = [path("go/", views.Go.as_view())]
--- shop/views.py
from django import forms
from django.views.generic import DeleteView, FormView
from shop.models import Note, Order
"""


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (
            """
class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
    def save(self, *args, **kwargs):
        return super().save(*args, **kwargs)
class Go(FormView):
    form_class = NoteForm
    def form_valid(self, form):
        form.save()
""",
            {"create shop_note views.py:8", "update shop_note views.py:8"},
        ),
        (
            """
class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
class Stored:
    def form_valid(self, form):
        form.save()
class Go(Stored, FormView):
    form_class = NoteForm
""",
            {"create shop_note views.py:9", "update shop_note views.py:9"},
        ),
        (
            """
class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
    def save(self, *args, **kwargs):
        note = super().save(commit=False)
        note.rename("a")
class Go(FormView):
    form_class = NoteForm
    def form_valid(self, form):
        form.save()
""",
            {"update shop_note models.py:9"},
        ),
        (
            """
class Go(DeleteView):
    model = Note
    def get_queryset(self):
        return Order.objects.all()
""",
            {"delete shop_order views.py:7"},
        ),
    ],
)
def test_a_form_stores_where_its_save_is_called_and_a_view_deletes_from_its_own_query(
    text: str, written: set[str]
) -> None:
    found = linked(FORMS + text.lstrip())
    steps = shown(found, Sequences(found).of(door_named(found, "POST /go/")))
    assert {each for each in steps if not each.startswith("read")} == written


def test_forms_and_sets_of_forms_that_a_function_makes_store_where_they_are_saved() -> None:
    found = linked(
        FORMS.replace("views.Go.as_view()", "views.go")
        + """class NoteForm(forms.ModelForm):
    class Meta:
        model = Note
OrderForms = forms.inlineformset_factory(Note, Order, fields=["note"])
def go(request):
    form = NoteForm(request.POST)
    orders = OrderForms(request.POST)
    form.save()
    orders.save()
"""
    )
    assert shown(found, Sequences(found).of(door_named(found, "* /go/"))) == [
        "create shop_note views.py:11",
        "update shop_note views.py:11",
        "create shop_order views.py:12",
        "update shop_order views.py:12",
        "delete shop_order views.py:12",
    ]


def test_a_function_that_hands_its_request_to_a_view_does_what_the_view_does() -> None:
    found = linked(
        FORMS.replace("views.Go.as_view()", "views.go")
        + """def go(request):
    return Go.as_view()(request)
class Go(FormView):
    def post(self, request):
        Order.objects.create()
"""
    )
    assert shown(found, Sequences(found).of(door_named(found, "* /go/"))) == [
        "create shop_order views.py:8"
    ]


def test_a_receiver_hears_the_model_that_is_loaded_by_its_label() -> None:
    found = linked(
        FORMS
        + """class Go(DeleteView):
    model = Order
--- shop/receivers.py
from django.apps import apps
from django.db.models.signals import post_delete
from django.dispatch import receiver
from shop.models import Note
Order = apps.get_model("shop", "Order")
@receiver(post_delete, sender=Order)
def forget(instance, **kwargs):
    Note.objects.filter(order=None).delete()
"""
    )
    steps = shown(found, Sequences(found).of(door_named(found, "POST /go/")))
    assert "delete shop_note receivers.py:8" in steps


def test_a_view_that_asks_itself_for_a_row_before_it_answers_stores_all_the_same() -> None:
    found = linked(
        FORMS
        + """class Go(DeleteView):
    model = Order
    def dispatch(self, request):
        self.get_object()
        return super().dispatch(request)
"""
    )
    steps = shown(found, Sequences(found).of(door_named(found, "POST /go/")))
    assert "delete shop_order views.py:5" in steps
