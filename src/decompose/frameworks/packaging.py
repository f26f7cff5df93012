"""What does a package offer under names, and who looks them up? Scripts and plug-ins that installing it registers.

Declared in `pyproject.toml` (also Poetry's and Flit's tables), `setup.cfg` (also pbr's section) or by `setup(…)`.
A script is a command. Of another group, what is registered is called by whoever asks for the group: through
`importlib.metadata`, `pkg_resources` or stevedore.

Known to miss: names in configuration that choose one plug-in of a group; all of the group are called then.
"""

import configparser
import tomllib
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from decompose.model.program import Command, Fact, Mediated
from decompose.model.view import Expression, ProgramView

NAME = "packaging"
PHASE = 0
_SETUP = frozenset({"setuptools.setup", "distutils.core.setup"})
_MANAGERS = frozenset(
    {
        "DriverManager",
        "ExtensionManager",
        "NamedExtensionManager",
        "EnabledExtensionManager",
        "HookManager",
        "DispatchExtensionManager",
        "NameDispatchExtensionManager",
    }
)
_ASKING = frozenset({"entry_points", "iter_entry_points", "select"})
INTEREST = _MANAGERS | _ASKING | {"setup", "get"}
_SCRIPTS = frozenset({"console_scripts", "gui_scripts"})
_SECTIONS = ("options.entry_points", "entry_points")

EXAMPLES = (
    (
        {
            "pyproject.toml": """
                [project.scripts]
                shop = "shop.main:run"
                lost = "elsewhere:run"
                [project.entry-points."shop.payments"]
                card = "shop.pay:Card"
                cash = "shop.pay:cash"
            """,
            "setup.cfg": """
                [options.entry_points]
                console_scripts =
                    shop-admin = shop.main:admin [extra]
            """,
            "setup.py": """
                from setuptools import setup
                setup(name="shop", entry_points={"gui_scripts": ["shop-ui = shop.main:show"]})
            """,
            "shop/main.py": """
                from importlib.metadata import entry_points
                from stevedore import driver
                def run():
                    for point in entry_points(group="shop.payments"):
                        point.load()()
                def admin():
                    driver.DriverManager(namespace="shop.payments", name="cash")
                def show(): ...
            """,
            "shop/pay.py": """
                class Card: ...
                def cash(): ...
            """,
        },
        {
            "command shop -> shop.main.run",
            "command shop-admin -> shop.main.admin",
            "command shop-ui -> shop.main.show",
            "shop.main.run ~> shop.pay.Card",
            "shop.main.run ~> shop.pay.cash",
            "shop.main.admin ~> shop.pay.cash",
        },
    ),
)


class Offered(NamedTuple):
    """A name in a group, and what it stands for: `package.module:attribute`."""

    group: str
    name: str
    target: str


def settle(view: ProgramView) -> Iterator[Fact]:
    """Commands, and calls of what is registered from where its group is asked for."""
    groups: dict[str, dict[str, str]] = {}
    for each in dict.fromkeys(_offered(view)):
        found = view.lookup(each.target)
        if found is None:
            continue
        if each.group not in _SCRIPTS:
            groups.setdefault(each.group, {})[each.name] = found
            continue
        function = view.function_named(found)
        if function is not None:
            yield Command(each.name, found, function.site, NAME)
    if groups:
        yield from _asked(view, groups)


def _asked(view: ProgramView, groups: Mapping[str, Mapping[str, str]]) -> Iterator[Mediated]:
    """Calls of what a group holds, from where it is asked for."""
    for call in view.calls(*sorted(_MANAGERS | _ASKING | {"get"})):
        asked = _group(call)
        if asked is None or asked not in groups:
            continue
        named = _text(call.keywords.get("name"))
        known = groups[asked]
        for name, target in known.items():
            if (named is None or named not in known or named == name) and target != call.owner:
                yield Mediated(call.owner, target, call.site, NAME)


def _group(call: Expression) -> str | None:
    """The group that a call asks for."""
    words = call.keywords
    given = words.get("group") or words.get("namespace")
    is_bare = call.attribute in _ASKING and call.attribute != "select"
    if (
        given is None
        and call.arguments
        and (is_bare or call.attribute in _MANAGERS or _is_get(call))
    ):
        given = call.arguments[0]
    return _text(given)


def _is_get(call: Expression) -> bool:
    """`entry_points().get("group")`."""
    return (
        call.attribute == "get" and call.base is not None and call.base.attribute == "entry_points"
    )


def _text(expression: Expression | None) -> str | None:
    return expression.string() if expression is not None else None


def _offered(view: ProgramView) -> Iterator[Offered]:
    for _, text in view.texts("pyproject.toml"):
        yield from _of_project(text)
    for _, text in view.texts("setup.cfg"):
        yield from _of_setup_file(text)
    for call in view.calls("setup"):
        words, callee = call.keywords.get("entry_points"), call.callee
        if words is not None and callee is not None and callee.name() in _SETUP:
            yield from _of_literal(words.literal())


def _of_project(text: str) -> Iterator[Offered]:
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    project, tool = _table(data, "project"), _table(data, "tool")
    poetry, flit = _table(tool, "poetry"), _table(tool, "flit")
    for scripts in (
        _table(project, "scripts"),
        _table(project, "gui-scripts"),
        _table(poetry, "scripts"),
        _table(flit, "scripts"),
    ):
        yield from _of_table("console_scripts", scripts)
    for groups in (
        _table(project, "entry-points"),
        _table(poetry, "plugins"),
        _table(flit, "entrypoints"),
    ):
        for group in groups:
            yield from _of_table(group, _table(groups, group))


def _table(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = data.get(name)
    return found if isinstance(found, dict) else {}


def _of_table(group: str, names: Mapping[str, object]) -> Iterator[Offered]:
    for name, value in names.items():
        target = value
        if isinstance(value, dict):  # Poetry: {reference = "shop.main:run", type = "console"}
            target = value.get("reference") or value.get("callable")
        if isinstance(target, str):
            yield Offered(group, name, _bare(target))


def _of_setup_file(text: str) -> Iterator[Offered]:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    parser.optionxform = str  # type: ignore[method-assign,assignment] # names keep their case
    try:
        parser.read_string(text)
    except configparser.Error:
        return
    for section in _SECTIONS:
        for group, lines in parser.items(section) if parser.has_section(section) else ():
            yield from _of_lines(group, lines.splitlines())


def _of_literal(value: object) -> Iterator[Offered]:
    """What `setup` is given: a dict of lists or of texts."""
    for group, lines in value.items() if isinstance(value, dict) else ():
        if isinstance(group, str):
            rows = lines.splitlines() if isinstance(lines, str) else lines
            if isinstance(rows, list | tuple):
                yield from _of_lines(group, [each for each in rows if isinstance(each, str)])


def _of_lines(group: str, lines: list[str]) -> Iterator[Offered]:
    for line in lines:
        name, sign, target = line.partition("=")
        if sign and name.strip():
            yield Offered(group, name.strip(), _bare(target))


def _bare(target: str) -> str:
    """Without the extras that it needs: `shop.main:run [extra]`."""
    return target.partition("[")[0].strip()
