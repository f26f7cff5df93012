"""What does rendering a template call? Tags, filters, context processors, and what the template looks up.

`render(request, "order.html", {"order": order})` calls the context processors that settings list, the functions
behind the tags and filters that the template uses, and `Order.total` where it says `{{ order.total }}`. So does what
the template extends, includes and imports. A class-based view is rendered after it has answered, so that its route is
what calls. A variable of which nothing is known is followed by name alone, where one class only has such a method.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from decompose.frameworks.templates.closures import Closure, Closures
from decompose.frameworks.templates.registered import (
    FILTERS,
    GLOBALS,
    TAGS,
    TESTS,

    Registered,
)
from decompose.frameworks.templates.renders import RENDERS, Render, Renders
from decompose.model.program import Mediated, Route, Shown
from decompose.model.templates import CALLED, ELEMENT, SHOWN, TAG, Lookup, Template
from decompose.model.view import Expression, ProgramView

__all__ = ["EXAMPLES", "INTEREST", "NAME", "PHASE", "settle"]

NAME = "templates"
PHASE = 1
INTEREST = RENDERS | {*TAGS, *FILTERS, *TESTS, *GLOBALS}

EXAMPLES = (
    (
        {
            "shop/views.py": """
                from django.shortcuts import render
                from shop.models import Order
                def show(request, key):
                    context = {"order": Order.objects.get(pk=key)}
                    context["lines"] = []
                    return render(request, "shop/order.html", context)
            """,
            "shop/models.py": """
                from django.db import models
                class Order(models.Model):
                    def total(self): ...
                    @property
                    def buyer(self): return Buyer()
                    def hidden(self): ...
                class Buyer:
                    def __str__(self): ...
                    def full_name(self): ...
            """,
            "shop/context.py": "def menu(request): return {}",
            "shop/settings.py": """
                TEMPLATES = [{"OPTIONS": {"context_processors": ["shop.context.menu"]}}]
            """,
            "shop/templatetags/money.py": """
                from django import template
                register = template.Library()
                @register.filter(name="euro")
                def as_euro(value): ...
                @register.inclusion_tag("shop/sum.html")
                def sum_of(order): ...
                @register.filter
                def unused(value): ...
                @register.filter
                def in_box(value): ...
                class Box(template.Node):
                    def render(self, context): ...
                @register.tag("box")
                def make_box(parser, token):
                    return Box()
            """,
            "shop/templates/shop/base.html": "{% load money %}{% box %}{{ a|in_box }}{% endbox %}",
            "shop/templates/shop/sum.html": "{{ thing.full_name }}",
            "shop/templates/shop/order.html": (
                '{% extends "shop/base.html" %}{{ order.total|euro }}{% with b=order.buyer %}{{ b }}{% endwith %}'
                "{% comment %}{{ order.hidden }}{% endcomment %}{% sum_of order %}"
            ),
        },
        {
            "shop.views.show ~> shop.context.menu",
            "shop.views.show ~> shop.templatetags.money.as_euro",
            "shop.views.show ~> shop.templatetags.money.sum_of",
            "shop.views.show ~> shop.templatetags.money.make_box",
            "shop.views.show ~> shop.templatetags.money.Box.render",
            "shop.templatetags.money.Box.render ~> shop.templatetags.money.in_box",
            "shop.views.show ~> shop.models.Order.total",
            "shop.views.show ~> shop.models.Order.buyer",
            "shop.views.show ~> shop.models.Buyer.__str__",
            "shop.views.show ~> shop.models.Buyer.full_name",
        },
    ),
    # A variable that is not in the context is empty.
    (
        {
            "shop/views.py": """
                from django.shortcuts import render
                def home(request):
                    return render(request, "page.html", {"title": "Home"})
                def shop(request, **more):
                    return render(request, "page.html", {"title": "Shop", **more})
            """,
            "shop/models.py": """
                class Order:
                    def has_issues(self): ...
            """,
            "shop/templates/page.html": "{% if order.has_issues %}{{ title }}{% endif %}",
        },
        {"shop.views.shop ~> shop.models.Order.has_issues"},
    ),
    # Jinja calls only what is written as a call; a helper renders what its callers name.
    (
        {
            "desk/views.py": """
                from flask import Blueprint, render_template
                from desk.models import Ticket
                bp = Blueprint("desk", __name__)
                def page(template, **context):
                    return render_template(template, **context)
                def show():
                    return page("desk/show.html", ticket=Ticket())
                @bp.app_template_filter()
                def short(text): ...
                @bp.app_context_processor
                def clock():
                    return {"now": now}
                def now(): ...
            """,
            "desk/models.py": """
                class Ticket:
                    @property
                    def title(self): ...
                    def close(self): ...
                    def is_open(self, when): ...
            """,
            "desk/templates/desk/show.html": (
                "{{ ticket.title|short }}{{ ticket.close }}"
                "{% if ticket.is_open(now()) %}{{ now() }}{% endif %}"
            ),
        },
        {
            "desk.views.page ~> desk.views.clock",
            "desk.views.page ~> desk.views.now",
            "desk.views.page ~> desk.views.short",
            "desk.views.page ~> desk.models.Ticket.title",
            "desk.views.page ~> desk.models.Ticket.is_open",
        },
    ),
    # A class-based view is rendered on behalf of its route.
    (
        {
            "urls.py": """
                from django.urls import path
                from views import Show
                urlpatterns = [path("show/", Show.as_view())]
            """,
            "views.py": """
                from django.views.generic import TemplateView
                class Room:
                    def seats(self): ...
                class Show(TemplateView):
                    template_name = "room.html"
                    def get_context_data(self, **kwargs):
                        context = super().get_context_data(**kwargs)
                        context["rooms"] = [Room()]
                        return context
            """,
            "templates/room.html": "{% for room in rooms %}{{ room.seats }}{% endfor %}",
        },
        {"route:GET /show/ ~> views.Room.seats"},
    ),
)

_BY_LIBRARIES = frozenset({"request", "user", "perms", "messages", "block", "forloop"})
"""Variables that context processors and tags of Django give to templates."""
_SHORTEST = 6
"""Letters of a name that may stand for a method by itself."""


def settle(view: ProgramView) -> Iterator[Mediated | Shown]:
    """Calls from where templates are rendered, and what they look up on values that are known."""
    if not view.templates:
        return
    pages = _Pages(view, Registered(view))
    routes = [fact for fact in view.facts(Route) if isinstance(fact, Route)]
    for render in Renders(view).found(routes):
        for target in pages.called(render):
            if target != render.source:
                yield Mediated(render.source, target, render.site, NAME)
        yield from pages.shown(render)
    for source, target in dict.fromkeys(pages.in_blocks()):
        method = view.function_named(source)
        if method is not None:
            yield Mediated(source, target, method.site, NAME)


@dataclass(slots=True)
class _Pages:
    """What rendering calls; what does not depend on the context is worked out once for a template."""

    view: ProgramView
    registered: Registered
    closures: Closures = field(init=False)
    _by_name: dict[tuple[Lookup, bool], tuple[str, ...]] = field(default_factory=dict)
    _apart: dict[tuple[str, bool], dict[str, tuple[str, ...]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.closures = Closures(self.view.templates, self._shown_by, self._renders_itself)

    def _shown_by(self, tag: str) -> Iterator[str]:
        for row in self.registered.tags.get(tag, ()):
            yield from row.templates

    def _renders_itself(self, tag: str) -> bool:
        return any(len(row.runs) > 1 for row in self.registered.tags.get(tag, ()))

    def in_blocks(self) -> Iterator[tuple[str, str]]:
        """(method of the program that renders a block of its tag, what is called for what stands in there)."""
        for tag, _, closure in self.closures.blocks():
            rows = self.registered.named(self.registered.tags, tag, closure.libraries)
            targets = dict.fromkeys(self._helpers(closure))
            for root, paths in closure.lookups.items():
                starts = _starts(root, self.registered)
                targets.update(self._of_root(root, paths, starts, calls=True))
            for renders in (method for row in rows for method in row.runs[1:]):
                yield from ((renders, target) for target in targets if target != renders)

    def called(self, render: Render) -> dict[str, None]:
        """Everything of the program that a render calls, once."""
        found: dict[str, None] = {}
        templates = [each for name in render.names for each in self.closures.named(name)]
        for template in dict.fromkeys(templates):
            for root, targets in self._without_context(template, calls=render.calls).items():
                if root not in render.context and not self._is_unset(root, template, render):
                    found.update(dict.fromkeys(targets))
            found.update(dict.fromkeys(self._looked_up(self.closures.of(template), render)))
        if templates and render.requested:
            registered = self.registered
            processors = (
                registered.django_processors if render.calls else registered.flask_processors
            )
            found.update(dict.fromkeys(processors))
        return found

    def _is_unset(self, root: str, template: Template, render: Render) -> bool:
        """Is it a variable that nobody gives to the template? Then nothing is looked up on it."""
        if not render.whole or root in _BY_LIBRARIES or root[:1] in ("", TAG):
            return False
        is_own = root in self.closures.of(template).own
        return is_own and not _starts(root, self.registered)

    def shown(self, render: Render) -> Iterator[Shown]:
        """The paths that start at values of the context."""
        templates = [each for name in render.names for each in self.closures.named(name)]
        for template in dict.fromkeys(templates):
            for root, paths in self.closures.of(template).lookups.items():
                for start in render.context.get(root, ()):
                    given = f"{start.site} {start.text()}"
                    for path in paths:
                        if path and path != (SHOWN,):
                            yield Shown(render.asked, render.site, given, path, render.calls, start)

    def _without_context(self, template: Template, *, calls: bool) -> dict[str, tuple[str, ...]]:
        """By variable: what looking it up calls where the context does not have it; "": tags and filters."""
        key = (template.path, calls)
        known = self._apart.get(key)
        if known is None:
            closure = self.closures.of(template)
            known = self._apart[key] = {"": tuple(dict.fromkeys(self._helpers(closure)))}
            for root, paths in closure.lookups.items():
                starts = _starts(root, self.registered)
                known[root] = tuple(self._of_root(root, paths, starts, calls=calls))
        return known

    def _helpers(self, closure: Closure) -> Iterator[str]:
        """Tags and filters."""
        tables = ((self.registered.tags, closure.tags), (self.registered.filters, closure.filters))
        for table, names in tables:
            for name in names:
                for row in self.registered.named(table, name, closure.libraries):
                    yield from row.runs

    def _looked_up(self, closure: Closure, render: Render) -> Iterator[str]:
        for root, given in render.context.items():
            paths = closure.lookups.get(root, ())
            yield from self._of_root(root, paths, [*given], calls=render.calls)

    def _of_root(
        self, root: str, paths: Sequence[Lookup], starts: list[Expression | str], *, calls: bool
    ) -> dict[str, None]:
        """What looking up some paths of one variable calls."""
        found: dict[str, None] = {}
        for path in paths:
            if path[:1] == (CALLED,):
                rows = self.registered.filters.get(f"{root}()", [])
                found.update({row.function: None for row in rows})
            found.update(dict.fromkeys(self._followed(starts, path, calls=calls)))
        return found

    def _followed(
        self, starts: list[Expression | str], path: Lookup, *, calls: bool
    ) -> Iterator[str]:
        """What following a path runs; where the values end, names go on alone."""
        furthest = 0
        for start in starts:
            ran, followed = self.view.follow(start, path, calls=calls)
            yield from ran
            furthest = max(furthest, followed)
        if furthest < len(path):
            yield from self._named(path[max(furthest - 1, 0) :], calls=calls)

    def _named(self, path: Lookup, *, calls: bool) -> tuple[str, ...]:
        """Methods that only one class has, by the names in a path."""
        key = (path, calls)
        known = self._by_name.get(key)
        if known is None:
            known = self._by_name[key] = tuple(self._only(path, calls=calls))
        return known

    def _only(self, path: Lookup, *, calls: bool) -> Iterator[str]:
        for position, name in enumerate(path):
            if name in (CALLED, ELEMENT, SHOWN) or "_" not in name or len(name) < _SHORTEST:
                continue
            methods = self.view.methods_named(name)
            is_called = calls or path[position + 1 : position + 2] == (CALLED,)
            if len(methods) == 1 and (is_called or self._is_property(methods[0])):
                yield methods[0]

    def _is_property(self, name: str) -> bool:
        function = self.view.function_named(name)
        decorators = function.decorators if function is not None else ()
        return any(each.attribute.endswith("property") for each in decorators)


def _starts(root: str, registered: Registered) -> list[Expression | str]:
    """What a variable stands for everywhere: expressions, or the names of functions whose results it is."""
    if root.startswith(TAG):
        return [row.function for row in registered.tags.get(root[1:], ())]
    return [*registered.variables.get(root, ())]
