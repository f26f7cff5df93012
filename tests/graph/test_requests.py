"""What runs behind an entry point, and what a cut through it costs."""

from tests.link.programs import linked

from decompose.graph import Program
from decompose.graph.figures import bill, ground, node_labels

SHOP = """
--- shop/models.py
from django.db import models
class Order(models.Model): ...
class Note(models.Model): ...
--- shop/urls.py
from django.urls import path
from shop import orders, notes
urlpatterns = [path("orders/", orders.Orders.as_view()), path("notes/", notes.Notes.as_view())]
--- shop/base.py
from django.views import View
class Step(View):
    def post(self, request):
        self.store()
        return shown(self)
    def store(self): ...
def shown(view):
    return view.title()
--- shop/orders.py
from shop.base import Step
from shop.models import Order
from shop.notes import plain
class Orders(Step):
    def store(self):
        Order.objects.create()
        for each in self.lines():
            for part in each:
                plain(part)
    def lines(self):
        return [[1]]
--- shop/notes.py
from shop.base import Step
from shop.models import Note
class Notes(Step):
    def store(self):
        Note.objects.create()
def plain(text):
    return clean(text)
def clean(text):
    return text.strip()
"""


def paid(program: Program) -> dict[str, float]:
    """The bill where what has to do with notes is a service of its own."""
    found = ground(program)
    names = program.graph.nodes.names
    own = ("shop.notes.", "shop.models.Note", "table:shop_note")
    labels = {names[member]: int(names[member].startswith(own)) for member in found.members}
    return bill(found, node_labels(found, labels, names))


def test_a_template_method_writes_what_this_view_writes() -> None:
    assert paid(linked(SHOP))["distributed_writes"] == 0
    both = SHOP.replace("plain(part)", "plain(part), Notes().store()").replace(
        "import plain", "import Notes, plain"
    )
    assert paid(linked(both))["distributed_writes"] == 1


def test_calls_that_cross_are_paid_for_with_their_loops_also_where_they_lead_to_no_table() -> None:
    assert paid(linked(SHOP))["remote_calls_worst"] == 100 + 0
