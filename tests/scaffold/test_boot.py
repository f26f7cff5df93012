"""Every skeleton really starts: in each framework, as a server on a port of its own, and through its own tests."""

import compileall
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from openapi_spec_validator import validate
from tests.scaffold.programs import FRAMEWORKS, Monolith, analysis, planned

from decompose.model.proposal import Service
from decompose.scaffold import write

SETTINGS = {
    "DATABASE_URL": "sqlite:///:memory:",
    "SECRET_KEY": "only-for-tests",
    "CELERY_BROKER_URL": "memory://",
}
LISTENS = re.compile(r"http://127\.0\.0\.1:(\d+)")
ORDERS = Service("orders", "Takes orders.", ("shop.orders",), ("orders_order",), ())
MAIL = Service("mail", "Sends mail.", ("shop.mail",), (), ())
MONEY = Service("money", "Counts money.", ("shop.money",), (), ())


def monolith(framework: str) -> Monolith:
    reader = FRAMEWORKS[framework]
    found = Monolith(frameworks=("celery", reader))
    found.route("GET", "/orders/", "shop.orders.views.order_list", reader)
    found.route("POST", "/orders/", "shop.orders.views.order_list", reader)
    found.route(
        "GET", "/orders/{pk}/", "shop.orders.views.show", reader, parameters=(("pk", "integer"),)
    )
    found.route("*", "/orders/new/", "shop.orders.api.new", reader)
    found.route("DELETE", "/files/{path}", "shop.orders.api.remove", reader, raw="/<path:path>")
    found.table("orders_order", "shop.orders.models.Order")
    found.task("shop.mail.send", "shop.mail.tasks.send")
    found.command("prune", "shop.mail.cli.prune")
    found.function("shop.money.add")
    if framework == "drf":
        found.externals["shop.orders.api.new"] = "rest_framework.decorators.api_view"
    return found


@pytest.fixture(scope="module", params=sorted(FRAMEWORKS))
def framework(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def folder(framework: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = analysis(monolith(framework), ORDERS, MAIL, MONEY, shared=("shop.base",))
    target = tmp_path_factory.mktemp(framework)
    write(planned(found), target)
    return target


def command(framework: str) -> list[str]:
    start = [sys.executable, "-m"]
    if framework == "fastapi":
        return [*start, "uvicorn", "--factory", "orders_service.app:create_app", "--port", "0"]
    application = "wsgi" if framework in ("django", "drf") else "app:create_app()"
    server = [*start, "gunicorn", "--bind", "127.0.0.1:0", "--no-control-socket"]
    return [*server, f"orders_service.{application}"]


def environment(service: Path, **settings: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    extra = {"PYTHONPATH": str(service / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    return {**kept, **extra, **settings}


@contextmanager
def server(framework: str, service: Path) -> Iterator[str]:
    """The address of a running service; afterwards it is told to stop, and must do so in peace."""
    with subprocess.Popen(
        command(framework),
        env=environment(service, **SETTINGS),
        cwd=service,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            said = ""
            for line in process.stderr:
                said += line
                found = LISTENS.search(line)
                if found:
                    yield found[0]
                    break
            else:
                pytest.fail(said)
        finally:
            process.send_signal(signal.SIGTERM)
            process.stderr.read()
            assert process.wait(timeout=20) in (0, -signal.SIGTERM)


def ask(method: str, address: str) -> tuple[int, str, bytes]:
    request = urllib.request.Request(address, method=method)  # noqa: S310 -- our own address
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310 -- the same
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers["Content-Type"], answer.read()


def test_a_service_answers_probes_its_contract_and_what_is_not_moved(
    framework: str, folder: Path
) -> None:
    service = folder / "orders"
    committed = json.loads((service / "src/orders_service/openapi.json").read_text())
    validate(committed)
    with server(framework, service) as address:
        assert ask("GET", f"{address}/livez")[0] == 200
        assert ask("GET", f"{address}/readyz")[0] == 200
        assert json.loads(ask("GET", f"{address}/openapi.json")[2]) == committed
        status, form, body = ask("GET", f"{address}/orders/7/")
        assert (status, form) == (501, "application/problem+json")
        assert json.loads(body)["source"] == "shop/orders/views.py:8"
        assert json.loads(ask("GET", f"{address}/orders/new/")[2])["source"].startswith(
            "shop/orders/api.py"
        )
        assert ask("DELETE", f"{address}/files/a/b/c")[0] == 501
        assert ask("GET", f"{address}/nowhere")[:2] == (404, "application/problem+json")
        assert ask("PATCH", f"{address}/orders/")[:2] == (405, "application/problem+json")


def test_a_service_does_not_start_without_what_it_must_be_told(
    framework: str, folder: Path
) -> None:
    service = folder / "orders"
    found = subprocess.run(
        command(framework),
        env=environment(service),
        cwd=service,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert found.returncode != 0
    assert "DATABASE_URL" in found.stderr


OWN_TESTS = {  # workers and libraries are the same without Django, whatever the framework
    "django": ("orders", "mail"),
    "drf": ("orders",),
    "flask": ("orders", "mail", "money", "shared"),
    "fastapi": ("orders",),
}


def test_the_tests_that_come_with_a_service_pass(framework: str, folder: Path) -> None:
    for service in OWN_TESTS[framework]:
        found = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
            env=environment(folder / service),
            cwd=folder / service,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert found.returncode == 0, found.stdout + found.stderr


def test_what_is_written_compiles_and_has_nothing_to_lint_or_format(folder: Path) -> None:
    assert compileall.compile_dir(folder, quiet=1)
    for arguments in (["check"], ["format", "--check"]):
        found = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--no-cache", str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert found.returncode == 0, found.stdout


def test_a_second_run_writes_nothing(framework: str, folder: Path) -> None:
    found = analysis(monolith(framework), ORDERS, MAIL, MONEY, shared=("shop.base",))
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    written = write(planned(found), folder)
    assert written.unchanged == tuple(sorted(file.path for file in planned(found)))
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
