"""Which functions open a transaction, and which lines run in it?

Also through a program's own context managers: whose body holds `with transaction.atomic(): yield` opens one wherever
it is entered.
"""

from collections.abc import Iterator

from decompose.model.program import Route, Transaction
from decompose.model.source import Site
from decompose.model.view import Expression, FunctionView, ProgramView

_ATOMIC = frozenset({"django.db.transaction.atomic", "django.db.transaction.commit_on_success"})
_CONTEXT = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})
_MAX_DEPTH = 4


def transactions(view: ProgramView, framework: str) -> Iterator[Transaction]:
    """All transactions."""
    for function, decorator in view.decorated("atomic", "commit_on_success", "method_decorator"):
        if _is_atomic(decorator) or any(_is_atomic(argument) for argument in decorator.arguments):
            yield Transaction(function.name, "atomic", function.site, function.last_line, framework)
    wrappers = {"atomic": 0}
    waiting = ["atomic"]
    opened: dict[tuple[str, Site], Transaction] = {}
    while waiting:
        name = waiting.pop(0)
        for entered, first, last in view.with_blocks(name):
            if wrappers[name] == 0 and not _is_atomic(entered):
                continue
            if wrappers[name] and not _is_wrapper_of(view, entered, name):
                continue
            site = Site(entered.site.path, entered.site.line or first)
            opened[entered.owner, site] = Transaction(
                entered.owner, "atomic", site, last, framework
            )
            short = entered.owner.rpartition(".")[2]
            if (
                _is_context(view.function_named(entered.owner))
                and short not in wrappers
                and wrappers[name] < _MAX_DEPTH
            ):
                wrappers[short] = wrappers[name] + 1
                waiting.append(short)
    yield from (opened[key] for key in sorted(opened, key=repr))
    yield from _requests(view, framework)


def _is_atomic(expression: Expression) -> bool:
    callee = expression.callee
    return ((callee.name() if callee is not None else expression.name()) or "") in _ATOMIC


def _is_wrapper_of(view: ProgramView, entered: Expression, name: str) -> bool:
    symbols = entered.callee.symbols() if entered.callee is not None else entered.symbols()
    return any(
        each.rpartition(".")[2] == name and _is_context(view.function_named(each))
        for each in symbols
    )


def _is_context(function: FunctionView | None) -> bool:
    return function is not None and any(
        ((each.callee.name() if each.callee is not None else each.name()) or "") in _CONTEXT
        for each in function.decorators
    )


def _requests(view: ProgramView, framework: str) -> Iterator[Transaction]:
    """ATOMIC_REQUESTS: every view runs in one."""
    if not any(
        _asks_for_atomic(each)
        for module in view.modules()
        for each in view.module_value(module, "DATABASES")
    ):
        return
    for route in view.facts(Route):
        if isinstance(route, Route) and route.framework.startswith("django"):
            function = view.function_named(route.handler)
            if function is not None:
                yield Transaction(
                    function.name, "request", function.site, function.last_line, framework
                )


def _asks_for_atomic(databases: Expression) -> bool:
    keys = [key.string() for key in databases.keys]
    if "ATOMIC_REQUESTS" in keys:
        return databases.elements[keys.index("ATOMIC_REQUESTS")].literal() is True
    return any(_asks_for_atomic(each) for each in databases.elements)
