"""Whose `save` runs, and whose table does a base of many models touch? Steps as in `test_sequences`."""

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
        "create shop_event models.py:7",
        "update shop_event models.py:7",
        "create shop_template models.py:11",
    ]
