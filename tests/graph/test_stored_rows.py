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
