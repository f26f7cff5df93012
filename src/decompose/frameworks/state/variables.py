"""Module-level variables that functions change while the program runs: one each today, one a service after a split.

What only fills a variable while modules are imported (decorators that register, calls at module level) is no change at
run time.
"""

from collections.abc import Iterator

from decompose.model.program import Confidence, StateKind, StateUse
from decompose.model.view import FunctionView, ProgramView, VariableUse

FRAMEWORK = "state"


def variables(view: ProgramView) -> Iterator[StateUse]:
    """Changes at run time, and reads of what is changed then."""
    uses = list(view.variable_uses())
    at_run_time = [use for use in uses if use.is_write and not _runs_at_import(view, use.owner)]
    changed = {use.variable for use in at_run_time}
    reads = [use for use in uses if not use.is_write and use.variable in changed]
    known: set[tuple[str, str, bool]] = set()
    for use in [*at_run_time, *reads]:
        key = (use.owner, use.variable, use.is_write)
        if key not in known:
            known.add(key)
            yield _state(use)


def _state(use: VariableUse) -> StateUse:
    return StateUse(
        use.owner,
        StateKind.VARIABLE,
        use.variable,
        use.site,
        FRAMEWORK,
        writes=use.is_write,
        loop_depth=use.loop_depth,
        confidence=Confidence.EXACT,
    )


def _runs_at_import(view: ProgramView, owner: str) -> bool:
    """Is a function only ever used by code that runs while a module is imported?"""
    outermost = _outermost(view, owner)
    if outermost is None:
        return False
    users = {user for user, _ in view.uses_of(outermost.name)}
    return bool(users) and all(view.function_named(user) is None for user in users)


def _outermost(view: ProgramView, name: str) -> FunctionView | None:
    """The function around a function, as far out as there are any."""
    found = view.function_named(name)
    while found is not None:
        around = view.function_named(found.owner)
        if around is None:
            break
        found = around
    return found
