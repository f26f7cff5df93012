"""What a proposal becomes, before anything is written."""

import ast
import json
import re
import shlex
import tomllib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scaffold.programs import Monolith, analysis, planned

from decompose.errors import DecomposeError
from decompose.model.partition import Boundary, Crossing
from decompose.model.planned import PlannedFile
from decompose.model.program import Confidence, EdgeKind, Handler, Publish, Schedule
from decompose.model.proposal import Service
from decompose.model.source import Site
from decompose.scaffold.encode import code, markdown, prose, python, toml
from decompose.scaffold.render import environment

HERE = Site("shop/x.py", 1)


def service(name: str, **more: object) -> Service:
    return replace(Service(name, "", (f"shop.{name}",), (), ()), **more)


def texts(files: tuple[PlannedFile, ...]) -> dict[str, str]:
    return {file.path: file.text for file in files}


def overview(files: tuple[PlannedFile, ...]) -> dict[str, str]:
    """Service -> what it is, by the overview."""
    rows = re.findall(r"^\| `+([^`]+)`+ \| ([^|]+) \|", texts(files)["README.md"], re.MULTILINE)
    return {name: what.strip() for name, what in rows}


def test_what_a_service_holds_decides_how_it_is_started() -> None:
    shop = Monolith()
    shop.route("GET", "/o", "shop.orders.show", "fastapi")
    shop.task("send", "shop.mail.send")
    shop.command("prune", "shop.tidy.prune")
    shop.function("shop.money.add")
    names = ("orders", "mail", "tidy", "money")
    found = planned(analysis(shop, *map(service, names), shared=("shop.base",)))
    assert overview(found) == {
        "orders": "web (fastapi)",
        "mail": "worker",
        "tidy": "worker",
        "money": "library",
        "shared": "shared",
    }


@pytest.mark.parametrize(
    ("frameworks", "expected"),
    [
        (("flask", "flask", "fastapi"), "web (flask)"),
        (("flask", "fastapi"), "web (fastapi)"),
        (("django.urls", "django.urls", "flask"), "web (django)"),
        (("flask_appbuilder",), "web (flask)"),
        (("somebody.elses",), "web (fastapi)"),
    ],
)
def test_a_service_takes_the_framework_of_most_of_its_routes(
    frameworks: tuple[str, ...], expected: str
) -> None:
    shop = Monolith()
    for number, framework in enumerate(frameworks):
        shop.route("GET", f"/{number}", f"shop.orders.show_{number}", framework)
    assert overview(planned(analysis(shop, service("orders")))) == {"orders": expected}


def test_django_is_rest_framework_where_handlers_use_it() -> None:
    shop = Monolith(externals={"shop.orders.show": "rest_framework.viewsets.ViewSet"})
    shop.route("GET", "/o", "shop.orders.show", "django.urls")
    assert overview(planned(analysis(shop, service("orders")))) == {"orders": "web (drf)"}


def test_a_workers_tables_in_a_django_program_keep_it_django() -> None:
    shop = Monolith(frameworks=("celery", "django.models"))
    shop.task("send", "shop.mail.send")
    found = planned(analysis(shop, service("mail")))
    assert overview(found) == {"mail": "worker (django)"}
    assert "django.setup()" in texts(found)["mail/src/mail_service/worker.py"]


def test_a_schedule_stands_with_its_task() -> None:
    shop = Monolith(schedules=[Schedule("nightly", "task:send", HERE, "celery", "0 3 * * *")])
    shop.task("send", "shop.mail.send")
    found = texts(planned(analysis(shop, service("mail"))))
    assert "0 3 * * *" in found["mail/src/mail_service/tasks.py"]
    assert "mail/src/mail_service/jobs.py" not in found


def test_a_signal_from_another_service_is_consumed_and_one_of_its_own_is_not() -> None:
    shop = Monolith()
    shop.function("shop.orders.place")
    shop.function("shop.mail.notify")
    shop.function("shop.mail.local")
    found = analysis(shop, service("orders"), service("mail"))
    program = replace(
        found.program,
        publishes=(
            Publish("shop.orders.place", "signal:shop.placed", HERE, "blinker"),
            Publish("shop.mail.notify", "signal:shop.mailed", HERE, "blinker"),
        ),
        handlers=(
            Handler("signal:shop.placed", "shop.mail.notify", HERE, "blinker"),
            Handler("signal:shop.mailed", "shop.mail.local", HERE, "blinker"),
        ),
    )
    jobs = texts(planned(replace(found, program=program)))["mail/src/mail_service/jobs.py"]
    assert "placed notify" in jobs
    assert "mailed" not in jobs


def test_routes_go_to_the_service_that_a_person_gave_them_to() -> None:
    shop = Monolith()
    shop.route("GET", "/o", "shop.orders.show")
    mail = service("mail", entry_points=("route:GET /o",))
    assert overview(planned(analysis(shop, service("orders"), mail))) == {
        "orders": "library",
        "mail": "web (flask)",
    }


def test_the_particular_path_goes_before_the_general_one() -> None:
    shop = Monolith()
    for path in ("/{any}", "/o/{slug}", "/o/{pk}/x", "/o/new", "/o"):
        raw = ".*" if "any" in path else ""
        types = (("pk", "integer"),)
        shop.route("GET", path, "shop.orders.show", "fastapi", raw=raw, parameters=types)
    routes = texts(planned(analysis(shop, service("orders"))))[
        "orders/src/orders_service/routes.py"
    ]
    order = re.findall(r'"(/[^"]*)"', routes)
    assert order == ["/o", "/o/new", "/o/{slug}", "/o/{pk}/x", "/{any:path}"]


def test_the_readme_says_what_crosses_the_boundary() -> None:
    shop = Monolith()
    shop.function("shop.orders.place")
    shop.function("shop.money.add")
    crossing = Crossing(
        EdgeKind.CALLS, "shop.orders.place", "shop.money.add", Confidence.EXACT, (HERE,), 1.0
    )
    found = replace(
        analysis(shop, service("orders"), service("money")),
        boundaries=(Boundary("money", "orders", (crossing,), 1.0),),
    )
    read = texts(planned(found))
    assert "needs of others" in read["orders/README.md"]
    assert "others need of it" in read["money/README.md"]
    assert "`shop/x.py:1`" in read["orders/README.md"]


def test_only_named_services_are_planned() -> None:
    found = planned(analysis(Monolith(), service("orders"), service("mail")), ("mail",))
    assert {path.partition("/")[0] for path in texts(found)} == {"README.md", "mail"}


def test_a_service_that_is_not_there_is_a_mistake_with_a_hint() -> None:
    with pytest.raises(DecomposeError, match="ordres") as caught:
        planned(analysis(Monolith(), service("orders")), ("ordres",))
    assert "'orders'" in caught.value.remedy


@pytest.mark.parametrize(
    "name", ["", "Orders", "../x", "a/b", "a_b", "-a", "a-", "con", "shared", "1a", "a" * 64, "é"]
)
def test_a_name_that_cannot_be_a_folder_is_a_mistake(name: str) -> None:
    with pytest.raises(DecomposeError):
        planned(analysis(Monolith(), Service(name, "", ("shop",), (), ())))


def test_a_template_cannot_print_what_is_not_encoded() -> None:
    with pytest.raises(TypeError, match="without an encoding"):
        environment().from_string("{{ name }}").render(name="x")


TEXT = st.text(alphabet=st.characters(codec=None), max_size=40)
TRAPS = st.sampled_from(
    ['"""', "'''", "\\", '"', "\n\n[x]", "${X}", "$(id)", "{{ 7 * 7 }}", "{% raw %}", "`", "|", "-->",
     "</script>", "\u2028", "\u202e", "\x00", "\ud800", "../..", "%s", "#{", "]]", "\r", "\x0c", "*/"]
)  # fmt: skip
HOSTILE = st.builds("".join, st.lists(st.one_of(TRAPS, TEXT), max_size=4))


@settings(max_examples=60, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE, st.sampled_from(["django.urls", "flask", "fastapi"]))
def test_no_name_of_the_monolith_breaks_out(
    first: str, second: str, third: str, framework: str
) -> None:
    shop = Monolith(frameworks=(framework,))
    shop.route("GET", f"/{first}/{{{second}}}", f"shop.orders.{third}", framework, name=second)
    shop.route("POST", f"/{second}", f"shop.orders.{first}", framework, raw=third)
    shop.functions[f"shop.orders.{third}"] = first
    shop.task(first, f"shop.orders.{second}")
    shop.command(second, f"shop.orders.{third}")
    shop.table(first, second)
    orders = service("orders", purpose=third, tables=(first,), members=(second, "shop.orders"))
    for file in planned(analysis(shop, orders)):
        file.text.encode()
        check(file)


def check(file: PlannedFile) -> None:
    if file.path.endswith(".py"):
        tree = ast.parse(file.text)
        names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert all(name.isascii() for name in names)
        calls = {
            node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & {"eval", "exec", "__import__", "system"}
    elif file.path.endswith(".toml"):
        assert set(tomllib.loads(file.text)) <= {
            "build-system", "project", "dependency-groups", "tool"
        }  # fmt: skip
    elif file.path.endswith(".json"):
        json.loads(file.text)
    elif file.path.endswith(".env.example"):
        for line in file.text.splitlines():
            assert line.startswith("#") or len(shlex.split(line)) == 1
    elif file.path.endswith(".md"):
        assert "<script" not in re.sub(r"`+[^\n]*?`+", "", file.text)
        assert not re.search("[\x00\u202e\u2028]", file.text)


@given(HOSTILE)
def test_each_encoding_holds_what_it_is_given(text: str) -> None:
    assert ast.literal_eval(python(text)) == text
    assert isinstance(tomllib.loads(f"x = {toml(text)}")["x"], str)
    assert ast.parse(f'"""{prose(text)}"""\n# {prose(text)}\nx = 1').body[1:]
    assert "\n" not in markdown(text)
    assert "\n" not in code(text)
    assert "|" not in code(text)
