"""Which functions does a command line start? Click, Typer, Flask's `cli`, Flask-Script.

A command's name holds the names of the groups it belongs to, the outermost of which is left out:
it is the program's own. A function without a given name is called like Click calls it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.model.facts import Op
from decompose.model.program import Command, Fact
from decompose.model.unfold import unfold
from decompose.model.view import Expression, FunctionView, ProgramView

NAME = "commands"
PHASE = 0
INTEREST = frozenset(
    {"add_command", "add_typer", "callback", "command", "cli_command", "group", "result_callback"}
)

EXAMPLES = (
    (
        {
            "tools.py": """
                import click
                @click.group()
                def cli(): ...
                @cli.group("db")
                def database(): ...
                @database.command()
                def drop_all(): ...
                @cli.command("send-mail")
                @click.option("--to")
                def mail(to): ...
                @click.command()
                def tidy(): ...
                database.add_command(tidy)
            """,
        },
        {
            "command db drop-all -> tools.drop_all",
            "command send-mail -> tools.mail",
            "command db tidy -> tools.tidy",
        },
    ),
    (
        {
            "shop.py": """
                import typer
                app = typer.Typer()
                bills = typer.Typer()
                app.add_typer(bills, name="billing")
                @app.command()
                def init_db(): ...
                @bills.command("expire")
                def expire_bills(): ...
            """,
            "web.py": """
                from flask import Flask
                from flask.cli import AppGroup
                jobs = AppGroup("jobs")
                @jobs.command("work")
                def work(): ...
                def create_app():
                    app = Flask(__name__)
                    app.cli.add_command(jobs)
                    @app.cli.command()
                    def seed(): ...
                    return app
            """,
        },
        {
            "command init-db -> shop.init_db",
            "command billing expire -> shop.expire_bills",
            "command jobs work -> web.work",
            "command seed -> web.create_app.seed",
        },
    ),
)

_MAKERS = ("Typer", "Group", "Manager", "MultiCommand")
_LIBRARIES = ("click.", "typer.", "flask.cli.", "rich_click.", "asyncclick.", "quart.cli.")
_FOREIGN = ("discord.", "nextcord.", "disnake.", "aiogram.", "telegram.")
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class _Group:
    """A group of commands: by the function that is decorated, or the call that creates it."""

    key: str
    name: str  # as its creation names it


@dataclass(slots=True)
class _Groups:
    """The groups of a program and how they nest."""

    view: ProgramView
    functions: dict[str, _Group] = field(default_factory=dict)
    parents: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # key -> (parent, name)

    def __post_init__(self) -> None:
        for function, decorator in self.view.decorated("group"):
            self.functions[function.name] = _Group(function.name, _name(decorator, function))
        for function, decorator in self.view.decorated("group"):
            self._nest_in(decorator.base, self.functions[function.name], "")
        for call in self.view.calls("add_command", "add_typer"):
            for group in self.of(call.arguments[0]) if call.arguments else ():
                self._nest_in(call.base, group, _given(call, 1))

    def of(self, expression: Expression | None) -> list[_Group]:
        """The groups that an expression may stand for."""
        if expression is None:
            return []
        known = [self.functions[name] for name in expression.symbols() if name in self.functions]
        if known:
            return known
        return [_created(value) for value in unfold(expression, self.view) if _makes_group(value)]

    def paths(self, key: str, depth: int = _MAX_DEPTH) -> list[str]:
        """The names of a group and those around it, once for each way it nests."""
        rows = self.parents.get(key)
        if not rows or depth == 0:
            return [""]
        return [
            f"{outer} {name}".strip()
            for parent, name in rows
            for outer in self.paths(parent, depth - 1)
        ]

    def _nest_in(self, base: Expression | None, group: _Group, name: str) -> None:
        parents = [parent.key for parent in self.of(base)]
        if not parents and base is not None and base.attribute == "cli":
            parents = [""]
        rows = self.parents.setdefault(group.key, []) if parents else []
        rows.extend((parent, name or group.name) for parent in parents if parent != group.key)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Yield commands, each under the path of its groups."""
    groups = _Groups(view)
    found: dict[Fact, None] = {}
    placed = _placed(groups)
    for function, decorator in view.decorated("command", "cli_command"):
        for path in _paths(groups, decorator, placed.get(function.name, [])):
            name = f"{path} {_name(decorator, function)}".strip()
            found[Command(name, function.name, decorator.site, NAME)] = None
    yield from found


def _placed(groups: _Groups) -> dict[str, list[str]]:
    """Functions that `group.add_command(function)` adds: the paths of their groups."""
    found: dict[str, list[str]] = {}
    for call in groups.view.calls("add_command"):
        outer = [path for group in groups.of(call.base) for path in groups.paths(group.key)] or [""]
        for symbol in call.arguments[0].symbols() if call.arguments else ():
            found.setdefault(symbol, []).extend(outer)
    return found


def _paths(groups: _Groups, decorator: Expression, placed: list[str]) -> list[str]:
    """Paths of the groups that a decorated command stands in; none if it is no command."""
    target = decorator.callee or decorator
    if (target.name() or "").startswith(_FOREIGN):
        return []
    found = [path for group in groups.of(decorator.base) for path in groups.paths(group.key)]
    if not found and (_is_library(target) or decorator.base is None):
        found = placed or ([""] if _is_library(target) else [])
    if found or decorator.base is None:
        return list(dict.fromkeys(found))
    made = any(kind.rpartition(".")[2].endswith(_MAKERS) for kind in decorator.base.types())
    return [""] if made or decorator.base.attribute == "cli" else []


def _is_library(target: Expression) -> bool:
    return (target.name() or "").startswith(_LIBRARIES)


def _makes_group(value: Expression) -> bool:
    return value.op is Op.CALL and value.attribute.endswith(_MAKERS)


def _created(value: Expression) -> _Group:
    return _Group(f"{value.site} {value.text()}", _given(value, 0))


def _given(call: Expression, position: int) -> str:
    """A name that a call gives, by position or keyword; "" if none."""
    if len(call.arguments) > position:
        return call.arguments[position].string() or ""
    word = call.keywords.get("name")
    return (word.string() or "") if word is not None else ""


def _name(decorator: Expression, function: FunctionView) -> str:
    given = _given(decorator, 0) if decorator.op is Op.CALL else ""
    return given or function.name.rpartition(".")[2].lower().replace("_", "-")
