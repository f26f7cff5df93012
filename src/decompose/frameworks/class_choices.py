"""What do classes that answer routes choose by attributes of theirs? Generic methods of their bases use it.

    class Orders(ListView):
        queryset = Order.objects.all()
        filter_class = OrderFilter         `self.filter_class(…)` in a base is an OrderFilter here

Kept are the program's classes that an attribute's value begins with or lists.
"""

from collections.abc import Iterator

from decompose.model.program import ClassChoice, Route
from decompose.model.view import ClassView, Expression, ProgramView

NAME = "python.class_choices"
PHASE = 2  # when routes are known
INTEREST: frozenset[str] = frozenset()

_VIEWS = """
    from django.urls import path
    from django.views import View
    class Form: ...
    class OrderForm(Form): ...
    class Search: ...
    class Screen(View):
        form_class = Form
        title = "orders"
        def get(self, request):
            return self.form_class()
    class Orders(Screen):
        form_class = OrderForm
        filters = [Search]
    class Unused(Screen):
        form_class = Search
    urlpatterns = [path("orders/", Orders.as_view())]
"""

EXAMPLES = (
    (
        {"urls.py": _VIEWS},
        {
            "urls.Orders.form_class: urls.OrderForm @ 13",
            "urls.Orders.filters: urls.Search @ 14",
            "urls.Screen.form_class: urls.Form @ 8",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[ClassChoice]:
    """What the attributes of views and of their bases choose."""
    routes = (fact for fact in view.facts(Route) if isinstance(fact, Route))
    names = dict.fromkeys(route.view or route.handler for route in routes)
    classes = {base: None for name in names for base in _order(view.class_named(name))}
    for name in classes:
        found = view.class_named(name)
        for attribute, value, _ in found.assigned() if found else ():
            chosen = tuple(_chosen(view, value)) if value else ()
            if chosen and value:
                yield ClassChoice(name, attribute, chosen, value.site)


def _order(found: ClassView | None) -> tuple[str, ...]:
    return found.mro if found else ()


def _chosen(view: ProgramView, value: Expression) -> Iterator[str]:
    """Classes that a value begins with: of `Order.objects.all()` it is `Order`."""
    if value.elements:
        for each in value.elements:
            yield from _chosen(view, each)
        return
    at: Expression | None = value
    while at is not None:
        classes = [name for name in at.symbols() if view.class_named(name)]
        if classes:
            yield from classes
            return
        at = at.base
