"""Which functions open a transaction, which lines run in it, and which wait until it is committed?

Also through a program's own context managers: whose body holds `with transaction.atomic(): yield` opens one wherever
it is entered.
"""

from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.program import AfterCommit, Mediated, Route, Transaction
from decompose.model.source import Site
from decompose.model.view import Expression, FunctionView, ProgramView

_ATOMIC = frozenset({"django.db.transaction.atomic", "django.db.transaction.commit_on_success"})
_ON_COMMIT = frozenset({"django.db.transaction.on_commit", "django.db.connection.on_commit"})
_EXEMPT = frozenset({"django.db.transaction.non_atomic_requests"})
_CONTEXT = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})


def transactions(
    view: ProgramView, framework: str
) -> Iterator[Transaction | AfterCommit | Mediated]:
    """All transactions, and what waits for their end."""
    for function, decorator in view.decorated("atomic", "commit_on_success", "method_decorator"):
        if _is_atomic(decorator) or any(_is_atomic(argument) for argument in decorator.arguments):
            yield Transaction(
                function.name, "atomic", decorator.site, function.last_line, framework
            )
    yield from _entered(view, framework)
    yield from _requests(view, framework)
    yield from _waiting(view, framework)


def _entered(view: ProgramView, framework: str) -> Iterator[Transaction]:
    wrappers: set[str] = set()
    waiting = ["atomic", "commit_on_success"]
    found: set[Transaction] = set()
    while waiting:
        name = waiting.pop(0)
        for entered, first, last in view.with_blocks(name):
            if not (_is_atomic(entered) or _is_one_of(entered, wrappers)):
                continue
            owner = view.function_named(entered.owner)
            if owner is None or not _is_context(owner):
                site = Site(entered.site.path, entered.site.line or first)
                found.add(Transaction(entered.owner, "atomic", site, last, framework))
            elif owner.name not in wrappers:
                wrappers.add(owner.name)
                waiting.append(owner.name.rpartition(".")[2])
    yield from sorted(found, key=repr)


def _is_atomic(expression: Expression) -> bool:
    callee = expression.callee
    return ((callee.name() if callee is not None else expression.name()) or "") in _ATOMIC


def _is_one_of(entered: Expression, wrappers: set[str]) -> bool:
    symbols = entered.callee.symbols() if entered.callee is not None else entered.symbols()
    return not wrappers.isdisjoint(symbols)


def _is_context(function: FunctionView) -> bool:
    return any(
        ((each.callee.name() if each.callee is not None else each.name()) or "") in _CONTEXT
        for each in function.decorators
    )


def _waiting(view: ProgramView, framework: str) -> Iterator[AfterCommit | Mediated]:
    """`on_commit(work)`: a lambda's lines wait; a function that is handed over is called then."""
    for call in view.calls("on_commit"):
        name = (call.callee.name() if call.callee is not None else None) or ""
        given = call.arguments[0] if call.arguments else call.keywords.get("func")
        if name not in _ON_COMMIT or given is None:
            continue
        yield AfterCommit(call.owner, call.site, call.last_line, framework)
        if given.op is Op.CALL and given.attribute == "partial" and given.arguments:
            given = given.arguments[0]
        for symbol in given.symbols() if given.op in (Op.NAME, Op.ATTRIBUTE) else ():
            if view.function_named(symbol) is not None:
                yield Mediated(call.owner, symbol, call.site, framework)


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
            if function is not None and not _is_exempt(function):
                site, last = function.site, function.last_line
                yield Transaction(function.name, "request", site, last, framework)
            asked = view.class_named(route.handler)
            if asked is not None:  # it answers by inherited code, and has no lines of its own in it
                yield Transaction(asked.name, "request", asked.site, asked.site.line, framework)


def _is_exempt(function: FunctionView) -> bool:
    return any(
        ((each.callee.name() if each.callee is not None else each.name()) or "") in _EXEMPT
        for each in function.decorators
    )


def _asks_for_atomic(databases: Expression) -> bool:
    keys = [key.string() for key in databases.keys]
    if "ATOMIC_REQUESTS" in keys:
        return databases.elements[keys.index("ATOMIC_REQUESTS")].literal() is True
    return any(_asks_for_atomic(each) for each in databases.elements)
