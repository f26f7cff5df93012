"""Settings and variables of the environment that functions and modules read."""

from collections.abc import Iterator

from decompose.frameworks.state.patterns import pattern
from decompose.model.program import StateKind, StateUse
from decompose.model.view import Expression, ProgramView

FRAMEWORK = "state"
INTEREST = frozenset({"getenv", "get"})


def settings(view: ProgramView) -> Iterator[StateUse]:
    """Reads of them, once a function and name."""
    known: set[tuple[str, str]] = set()
    for owner, name, at in _reads(view):
        if name != "*" and (owner, name) not in known:
            known.add((owner, name))
            yield StateUse(owner, StateKind.SETTING, name, at.site, FRAMEWORK)


def _reads(view: ProgramView) -> Iterator[tuple[str, str, Expression]]:
    for call in view.calls("getenv", "get"):
        base = call.base
        name = (call.callee.name() if call.callee is not None else None) or ""
        if not call.arguments:
            continue
        if name in ("os.getenv", "os.environ.get") or (
            base is not None and base.name() == "os.environ"
        ):
            yield call.owner, f"env:{pattern(call.arguments[0])}", call
        elif base is not None and _is_config(base):
            yield call.owner, pattern(call.arguments[0]), call
    for item in view.items("environ", "config"):
        base = item.base
        if base is not None and base.name() == "os.environ":
            yield item.owner, f"env:{pattern(next(iter(item.keys), None))}", item
        elif base is not None and _is_config(base):
            yield item.owner, pattern(next(iter(item.keys), None)), item
    for member in view.members("settings"):
        if member.attribute.isupper() and _is_settings(member.base):
            yield member.owner, member.attribute, member


def _is_config(base: Expression) -> bool:
    """`app.config`, `current_app.config`."""
    if base.attribute != "config" or base.base is None:
        return False
    return base.base.attribute in ("app", "current_app", "application") or any(
        each.endswith((".Flask", ".Quart")) for each in base.base.types()
    )


def _is_settings(base: Expression | None) -> bool:
    """Django's settings, or those of the program's own that have upper-case names."""
    if base is None:
        return False
    name = base.name() or ""
    return name in ("django.conf.settings", "") or name.rpartition(".")[2] in ("settings", "config")
