"""Which functions answer a call of a plug-in manager's hook?

`manager.hook.load_pages(app=app)` calls every function of that name that is marked as an implementation, whichever
plug-in it stands in; the marker is an instance of `HookimplMarker`.
"""

from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.program import Mediated
from decompose.model.view import Expression, ProgramView

NAME = "pluggy"
PHASE = 0
INTEREST = frozenset({"HookimplMarker"})

EXAMPLES = (
    (
        {
            "spec.py": """
                import pluggy
                spec = pluggy.HookspecMarker("desk")
                impl = pluggy.HookimplMarker("desk")
                @spec
                def load_pages(app): ...
            """,
            "pages.py": """
                from spec import impl
                @impl
                def load_pages(app): ...
                @impl(specname="load_pages", trylast=True)
                def more_pages(app): ...
                def load_none(app): ...
            """,
            "app.py": """
                def start(manager):
                    manager.hook.load_pages(app=1)
                    manager.load_pages(app=2)
            """,
        },
        {"app.start ~> pages.load_pages", "app.start ~> pages.more_pages"},
    ),
)


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of implementations from calls of hooks."""
    if next(view.calls("HookimplMarker"), None) is None:
        return
    known: dict[str, dict[str, None]] = {}
    for function, decorator in view.decorated():
        if _is_marker(decorator):
            named = decorator.keywords.get("specname")
            name = (named.string() if named is not None else None) or function.name
            known.setdefault(name.rpartition(".")[2], {})[function.name] = None
    for call in view.calls(*sorted(known)):
        if call.base is None or call.base.attribute != "hook":
            continue
        for target in known[call.attribute]:
            if target != call.owner:
                yield Mediated(call.owner, target, call.site, NAME)


def _is_marker(decorator: Expression) -> bool:
    target = decorator.callee if decorator.op is Op.CALL else decorator
    for value in target.bound() if target is not None else ():
        if value.op is Op.CALL and value.attribute == "HookimplMarker":
            return True
    return False
