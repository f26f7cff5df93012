"""How tests run the real command, and the small programs that they give it."""

import os
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, NoReturn

import decompose.pipeline  # so that every child has it
from decompose.cli import main

COMMAND = (sys.executable, "-m", "decompose")
_FREE_OF = ("DECOMPOSE_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TERM", "PYTHONHASHSEED")
_MOST = 1 << 24  # bytes that a command says
_DOMAINS = {"orders": "Order", "invoices": "Invoice", "shelves": "Shelf"}


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Ours, without what would change what the command says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_FREE_OF)}
    return {**kept, "PYTHONHASHSEED": "0", **(more or {})}


def started(*words: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Done:
    """Run the command as a user does: a fresh interpreter that loads everything itself."""
    done = subprocess.run(
        [*COMMAND, *map(str, words)],
        cwd=cwd,
        env=environment(env),
        capture_output=True,
        check=False,
        timeout=300,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def decompose(*words: str | Path, cwd: Path, env: Mapping[str, str] | None = None) -> Done:
    """Run the command in a process of its own that has the libraries already: most of a short run is loading them."""
    with TemporaryFile() as out, TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            _be_the_command([str(word) for word in words], cwd, environment(env), (out, err))
        _, status = os.waitpid(child, 0)
        said = [os.pread(stream.fileno(), _MOST, 0) for stream in (out, err)]
    return Done(os.waitstatus_to_exitcode(status), *(each.decode() for each in said))


def _be_the_command(
    words: list[str], cwd: Path, env: Mapping[str, str], streams: Sequence[IO[bytes]]
) -> NoReturn:
    code = 99
    try:
        os.environ.clear()
        os.environ.update(env)
        os.chdir(cwd)
        for number, stream in enumerate(streams, start=1):
            os.dup2(stream.fileno(), number)
        sys.stdout, sys.stderr = (os.fdopen(number, "w", closefd=False) for number in (1, 2))
        code = main(words)
    except BaseException:  # noqa: BLE001  (nothing may return into the test)
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def program(root: Path, domains: Sequence[str] = tuple(_DOMAINS)) -> Path:
    """A small Flask program: for each domain a table, what is done with it, and routes."""
    for domain in domains:
        model = _DOMAINS[domain]
        package = root / "app" / domain
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "models.py").write_text(_MODELS.format(domain=domain, model=model))
        (package / "logic.py").write_text(_LOGIC.format(domain=domain, model=model))
        (package / "views.py").write_text(_VIEWS.format(domain=domain, model=model))
    (root / "app" / "__init__.py").write_text("")
    (root / "app" / "base.py").write_text(_BASE)
    imports = "".join(f"from app.{name}.views import bp as {name}\n" for name in domains)
    mounts = "".join(f"app.register_blueprint({name})\n" for name in domains)
    (root / "app" / "main.py").write_text(
        f"from flask import Flask\n{imports}\napp = Flask(__name__)\n{mounts}"
    )
    return root


def files(folder: Path) -> dict[str, bytes]:
    """The files below a folder, by path."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def names(folder: Path) -> set[str]:
    """What lies in a folder."""
    return {path.name for path in folder.iterdir()}


_BASE = """\
from sqlalchemy.orm import DeclarativeBase, sessionmaker


class Base(DeclarativeBase):
    pass


Session = sessionmaker()
"""
_MODELS = """\
from sqlalchemy import Column, Integer, String

from app.base import Base


class {model}(Base):
    __tablename__ = "{domain}"
    id = Column(Integer, primary_key=True)
    title = Column(String)


class {model}Line(Base):
    __tablename__ = "{domain}_line"
    id = Column(Integer, primary_key=True)
    title = Column(String)
"""
_LOGIC = """\
from app.base import Session
from app.{domain}.models import {model}, {model}Line


def every_{domain}():
    with Session() as session:
        return session.query({model}).all()


def add_{domain}(title):
    with Session() as session:
        found = {model}(title=title)
        session.add(found)
        session.add({model}Line(title=title))
        return found


def remove_{domain}(key):
    with Session() as session:
        session.delete(session.get({model}, key))
"""
_VIEWS = """\
from flask import Blueprint, jsonify, request

from app.{domain} import logic

bp = Blueprint("{domain}", __name__, url_prefix="/{domain}")


@bp.get("/")
def list_{domain}():
    return jsonify([each.title for each in logic.every_{domain}()])


@bp.post("/")
def create_{domain}():
    return jsonify(logic.add_{domain}(request.json["title"]).id)


@bp.delete("/<int:key>")
def delete_{domain}(key):
    logic.remove_{domain}(key)
    return "", 204
"""
