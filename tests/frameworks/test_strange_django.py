"""Readers of Django live with code that no textbook shows: it keeps nothing else from being read."""

import pytest
from tests.frameworks.programs import settled
from tests.frameworks.shortform import lines


def said(name: str, **files: str) -> set[str]:
    found = settled(name, {path.replace("__", "/") + ".py": text for path, text in files.items()})
    return {line for fact in found for line in lines(fact)}


URLS = "from django.urls import include, path, re_path\nfrom views import show\n"


@pytest.mark.parametrize(
    "patterns",
    [
        "urlpatterns = None",
        "urlpatterns = [path(), re_path(), include(), path('x'), path(route='y')]",
        "urlpatterns = [path('a/', include(urlpatterns))]",
        "urlpatterns = [path('a/', include('urls'))]",
        "urlpatterns = [path(*args), path(**kwargs), *more, path('b/', *rest)]",
        "urlpatterns = [path('a/', 1), path('b/', None), path(3, show), path('c/', 'no.such.view')]",
        "urlpatterns = urlpatterns + urlpatterns",
        "urlpatterns = [re_path(r'((((', show), re_path('[', show), re_path('(?P<a', show)]",
        "def urlpatterns(): return urlpatterns()",
        "urlpatterns = [path('a/', include((1, 2, 3))), path('b/', include(('x',)))]",
        "urlpatterns = [path(f'{x}/', show) for x in range(3)]",
    ],
)
def test_urls_that_make_no_sense_hide_no_others(patterns: str) -> None:
    found = said(
        "django.urls",
        urls=URLS + patterns,
        views="def show(request): ...",
        plain__urls=URLS + "urlpatterns = [path('plain/', show)]",
    )
    assert "* /plain/ -> views.show ?" in found


def test_urls_that_include_each_other_end() -> None:
    found = said(
        "django.urls",
        settings='ROOT_URLCONF = "one"',
        one="from django.urls import include, path\nurlpatterns = [path('a/', include('two'))]",
        two=(
            "from django.urls import include, path\nfrom views import show\n"
            "urlpatterns = [path('b/', include('one')), path('c/', show)]"
        ),
        views="def show(request): ...",
    )
    assert "* /a/c/ -> views.show" in found


def test_lists_that_many_paths_lead_to_are_surveyed_once() -> None:
    doubled = "".join(
        f"l{n + 1} = [path('a{n}/', include(l{n})), path('b{n}/', include(l{n}))]\n"
        for n in range(40)
    )
    found = said(
        "django.urls",
        loose=f"{URLS}l0 = [path('shown/', show)]\n{doubled}",
        views="def show(request): ...",
        plain__urls=URLS + "urlpatterns = [path('plain/', show)]",
    )
    assert "* /plain/ -> views.show ?" in found


@pytest.mark.parametrize(
    ("body", "columns"),
    [
        ("x = models.ForeignKey()", "id* x_id"),
        ("x = models.ForeignKey(None, models.CASCADE)", "id* x_id"),
        ("x = models.ForeignKey('nowhere.Nothing', models.CASCADE)", "id* x_id"),
        ("x = models.ForeignKey(get_model(), models.CASCADE)", "id* x_id"),
        ("x = models.ForeignKey('Thing', models.CASCADE, to_field='y')", "id* x_id"),
        ("x = models.OneToOneField('self', models.CASCADE, primary_key=True)", "x_id*"),
        ("x, y = models.TextField(), 1", "id*"),
        ("x: int = models.IntegerField()", "id* x"),
        ("x = models.IntegerField() if True else None", "id*"),
        ("class Meta:\n        db_table = NAME\n        abstract = maybe()", "id*"),
        ("Meta = None\n    x = models.TextField(**options)", "id* x"),
        ("x = models.TextField()\n    x = None", "id*"),
    ],
)
def test_models_that_make_no_sense_still_have_a_table(body: str, columns: str) -> None:
    text = f"from django.db import models\nclass Thing(models.Model):\n    {body}\n"
    found = said("django.models", app__models=text)
    assert f"table app_thing app.models.Thing: {columns}" in found


@pytest.mark.parametrize(
    "text",
    [
        "def f(x): return f(f(x)).filter(a=f(x)).get()",
        "def f(qs=None):\n    qs = qs or Thing.objects\n    qs = qs.filter()\n    return f(qs).update()",
        "for x in x.objects.all(): x.save()",
        "Thing.objects.filter(**{'a__b__c': 1}).values_list('thing__thing__thing').delete()",
        "Thing.objects.get_or_create()[0][1][2].thing_set.add()",
        "a, (b, *c) = Thing.objects.all(), Thing.objects.get_or_create()\nb.save()",
        "(lambda t: t.objects.create())(Thing)",
        "class Thing2(Thing, Thing): objects = Thing.objects\nThing2.objects.none().delete()",
        "with transaction.atomic(), open(x) as y: y.save()",
        "@transaction.atomic()\ndef f(*Thing, **objects): Thing.objects.save().delete()",
    ],
)
def test_queries_that_make_no_sense_hide_no_others(text: str) -> None:
    models = (
        "from django.db import models\nclass Thing(models.Model):\n"
        "    thing = models.ForeignKey('self', models.CASCADE)\n"
    )
    code = f"from app.models import Thing\nfrom django.db import transaction\n{text}\n"
    plain = "from app.models import Thing\ndef make(): Thing.objects.create()\n"
    found = said("django.orm", app__models=models, code=code, plain=plain)
    assert "plain.make creates app_thing" in found


@pytest.mark.parametrize(
    "text",
    [
        "receiver()(f)\npost_save.connect()\npost_save.connect(None, sender=None)",
        "@receiver\ndef f(): ...",
        "@receiver(signals=[post_save])\ndef f(): ...",
        "@receiver([[post_save], 1, None])\ndef f(): ...",
        "for s in [post_save, 'x']: s.connect(lambda: 1, sender=[1])",
        "Signal().send()\nSignal().connect(Signal().send)",
    ],
)
def test_signals_that_make_no_sense_hide_no_others(text: str) -> None:
    imports = (
        "from django.db.models.signals import post_save\n"
        "from django.dispatch import Signal, receiver\n"
    )
    plain = "@receiver(post_save)\ndef note(sender, **kwargs): ...\n"
    found = said("django.signals", code=f"{imports}{text}\n", plain=imports + plain)
    assert "signal:django.db.models.signals.post_save -> plain.note" in found
