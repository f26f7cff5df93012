"""Readers live with anything that stands where a framework expects something else: no reader raises."""

import ast
import random

import pytest
from tests.frameworks.programs import settled

from decompose import frameworks

HEAD = """
import click, typer
from blinker import Namespace
from celery import Celery, shared_task
from fastapi import APIRouter, Depends, FastAPI
from flask import Blueprint, Flask
from flask.views import MethodView
from flask_appbuilder import BaseView, ModelRestApi, expose
from flask_restful import Api, Resource
from sqlalchemy import *
from sqlalchemy.orm import DeclarativeBase, Mapped, declarative_base, mapped_column, relationship
from sqlmodel import Field, SQLModel
from typing import Annotated
Base = declarative_base()
app = Flask(__name__); bp = Blueprint("b", __name__); api = Api(bp)
fast = FastAPI(); router = APIRouter(); celery = Celery()
class M(Base):
    __tablename__ = "m"
    id = Column(Integer, primary_key=True)
    x = relationship("M", secondary="q", backref="y")
"""
VALUES = """1|'x'|'/x/<int:y>'|'SELECT * FROM m WHERE'|None|M|M.id|M.x|app|bp|fast|router|celery|api|x|lambda: M
[]|{}|{'a': 1}|()|(M, 'x')|f'{x} FROM {y}'|'a%s' % x|'a' + x|x[0]|x[-1]|x()|x.y|M()|M.query|M.__table__|text('x')
ForeignKey(M.id)|Depends()|Depends(M)|Annotated[int, Depends(x)]|super()|[f for f in x]|{'task': 1}|-1|x or y
x if y else z|not x|...|b'x'|x == y|print|getattr(x, 'y')|import_string('a:b')|import_module(x).y|aliased(x)"""
VALUES = VALUES.replace("\n", "|").split("|")
RECEIVERS = "|app.|bp.|fast.|router.|celery.|api.|M.|M.query.|x.|x.y.|x[0].|session.|self.|M().x.|select(M).|x()."
WORDS = "methods url_prefix prefix path name view_func endpoint secondary schema lazy backref dependencies routes"
NAMES = sorted(frameworks.interest())
STATEMENTS = (
    "{0}",
    "v = {0}\nx = v",
    "@{0}\n@{1}\ndef f(a, b={2}, *c, d: {v} = None, **e):\n    {3}\n    x = {0}\n    x.y = {1}\n    return x",
    (
        "@{0}\nclass C({b}):\n    __tablename__ = {v}\n    __table_args__ = {w}\n    a = {1}\n    b: Mapped[{v}]={2}\n"
        "    route_base = {w}\n    @declared_attr\n    def q(cls): return {3}\n    @expose({v})\n"
        "    def get(self): self.a = {0}; return {1}\n    def run(self): return self.run()"
    ),
    "for x, y in {v}:\n    {0}",
    "with {0} as x:\n    {1}",
    "x = y\ny = x\nx[{v}] = {0}",
    "async def g(session, model, x={0}):\n    for m in x:\n        await session.{n}(model, {v})\n    return g({w})",
)
BASES = "Base|M|MethodView|Resource|BaseView|ModelRestApi|SQLModel, table=True|x|DeclarativeBase|C|celery.Task"


def call(pick: random.Random) -> str:
    given = pick.choices(VALUES, k=pick.randint(0, 4))
    named = [
        f"{word}={pick.choice(VALUES)}" for word in pick.sample(WORDS.split(), pick.randint(0, 3))
    ]
    return f"{pick.choice(RECEIVERS.split('|'))}{pick.choice(NAMES)}({', '.join([*given, *named])})"


def module(pick: random.Random) -> str:
    """Forty statements that parse."""
    found = [HEAD]
    while len(found) < 40:
        made = pick.choice(STATEMENTS).format(
            *(call(pick) for _ in range(4)),
            v=pick.choice(VALUES),
            w=pick.choice(VALUES),
            b=pick.choice(BASES.split("|")),
            n=pick.choice(NAMES),
        )
        try:
            ast.parse(made)
        except SyntaxError:
            continue
        found.append(made)
    return "\n".join(found) + "\n"


@pytest.mark.parametrize("seed", range(12))
def test_no_reader_raises_on_calls_that_make_no_sense(seed: int) -> None:
    pick = random.Random(seed)  # noqa: S311 -- the same programs each time
    files = {path: module(pick) for path in ("a.py", "b/__init__.py", "b/c.py")}
    settled("", files)
