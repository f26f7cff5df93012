"""Lines that run in one transaction.

session  lines up to a `commit()` of the same function; a `with` over a scope that commits when it
         is left (a session, the program's own unit of work); a function under a decorator that
         commits after it, or that asks for a writer's session.
begin    a `with` over `session.begin()`, `begin_nested()` or `engine.begin()`.
request  an endpoint whose session comes from the framework (a dependency) and is committed there
         or by the dependency.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.frameworks.sqlalchemy_access.collector import is_history
from decompose.model.facts import Op
from decompose.model.program import Mediated, Route, Transaction
from decompose.model.source import Site
from decompose.model.view import Expression, ProgramView

FRAMEWORK = "sqlalchemy"
NAMES = frozenset({"commit"})
_BEGINS = ("begin", "begin_nested")
_WRITERS = frozenset({"commit_on_success", "in_transaction", "transactional", "writer"})
_ENDS = ("__exit__", "__aexit__")
_NOT_SESSIONS = ("conn", "connection", "cursor", "repo", "git", "consumer")
_MAX_DEPTH = 4
_MAX_PASSED = 5_000


@dataclass(slots=True)
class Transactions:
    """Finds transactions; asks of each function once whether it commits."""

    view: ProgramView
    _commits: dict[str, list[Expression]] = field(default_factory=dict)
    _passed_on: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for call in self.view.calls("commit"):
            if not call.arguments and not is_history(call.owner) and _is_session(call):
                self._commits.setdefault(call.owner, []).append(call)
        self._pass_to_callers()

    def _pass_to_callers(self) -> None:
        """A function that commits the session it is given ends its callers' transactions."""
        waiting = [name for name in self._commits if self._is_given_session(name)]
        for name in waiting[:_MAX_PASSED]:
            calls = [call for call in self.view.calls_of(name) if call.owner != name]
            for call in calls:
                if call.owner not in self._commits and len(waiting) < _MAX_PASSED:
                    self._commits.setdefault(call.owner, []).append(call)
                    if self._is_given(call):
                        waiting.append(call.owner)
                else:
                    self._commits.setdefault(call.owner, []).append(call)
            if calls:
                self._passed_on.add(name)

    def _is_given_session(self, name: str) -> bool:
        function = self.view.function_named(name)
        if function is None or function.is_generator:
            return False
        given = {each for each, _, default in function.parameters if default is None}
        bases = [call.base for call in self._commits[name]]
        return all(
            base is not None and base.op is Op.NAME and base.text() in given for base in bases
        ) and not given.isdisjoint(base.text() for base in bases if base is not None)

    def _is_given(self, call: Expression) -> bool:
        """Does a call pass on a parameter of the function it stands in?"""
        function = self.view.function_named(call.owner)
        given = (
            {each for each, _, default in function.parameters if default is None}
            if function
            else set()
        )
        return any(each.op is Op.NAME and each.text() in given for each in call.arguments[:2])

    def read(self) -> Iterator[Transaction]:
        """Yield all transactions, blocks first."""
        inside: set[tuple[str, int]] = set()
        for block in self._blocks():
            inside.update((block.source, at) for at in range(block.site.line, block.last_line + 1))
            yield block
        decorated = {each.source: each for each in self._decorated()}
        yield from decorated.values()
        endpoints = {each.source: each for each in self._requests()}
        yield from endpoints.values()
        for name, commits in sorted(self._commits.items()):
            if name not in endpoints and name not in decorated and name not in self._passed_on:
                yield from self._sections(name, commits, inside)

    def _sections(
        self, name: str, commits: list[Expression], inside: set[tuple[str, int]]
    ) -> Iterator[Transaction]:
        """The lines up to each commit; one that returns from a loop begins anew."""
        function = self.view.function_named(name)
        if function is None or self._is_scope(name):
            return
        first = function.site.line
        for commit in sorted(commits, key=lambda each: each.site.line):
            line = commit.site.line
            if (name, line) not in inside:
                yield Transaction(name, "session", commit.site, line, FRAMEWORK, begins=first)
                first = line + 1

    def _decorated(self) -> Iterator[Transaction]:
        """Functions under a decorator that commits; what the decorator is made of opens none."""
        makers: set[str] = set()
        for name in self._commits:
            around = list(self._makers_of(name))
            makers.update(around)
            if around:
                self._passed_on.add(name)
        for module in self.view.modules():
            for function in self.view.functions(module):
                if any(self._commits_around(each, makers) for each in function.decorators):
                    site, last = function.site, function.last_line
                    yield Transaction(function.name, "session", site, last, FRAMEWORK)

    def _makers_of(self, name: str) -> Iterator[str]:
        """The functions around a function that return it, level by level."""
        while "." in name:
            outer = name.rpartition(".")[0]
            function = self.view.function_named(outer)
            if function is None or not any(name in each.symbols() for each in function.returned):
                return
            yield outer
            name = outer

    def _commits_around(self, decorator: Expression, makers: set[str]) -> bool:
        target = decorator.callee or decorator
        if decorator.attribute in _WRITERS or decorator.attribute.endswith("_writer"):
            return True
        return bool(makers) and not makers.isdisjoint(target.symbols())

    def _blocks(self) -> Iterator[Transaction]:
        for context, first, last in self.view.with_blocks():
            kind = "" if is_history(context.owner) else self._kind(context)
            function = self.view.function_named(context.owner)
            if kind and function is not None and not self._is_scope(context.owner):
                line = min(context.site.line, first)
                site = Site(context.site.path, line)
                yield Transaction(context.owner, kind, site, last, FRAMEWORK)

    def _kind(self, context: Expression) -> str:
        if context.op is Op.CALL and context.attribute in _BEGINS and context.base is not None:
            return "begin" if _is_session(context) else ""
        symbols = context.callee.symbols() if context.callee is not None else ()
        for symbol in (*symbols, *context.types()):
            if self._ends_in_commit(symbol):
                return "session"
        return ""

    def _ends_in_commit(self, symbol: str) -> bool:
        """Is it a generator that commits after its `yield`, or a class that commits on leaving?"""
        function = self.view.function_named(symbol)
        if function is not None:
            return function.is_generator and symbol in self._commits
        found = self.view.class_named(symbol)
        if found is None:
            return False
        return any(found.method(name) in self._commits for name in _ENDS)

    def _is_scope(self, name: str) -> bool:
        """Is the function itself what opens or closes transactions for others?"""
        function = self.view.function_named(name)
        last = name.rpartition(".")[2]
        return last in _ENDS or last == "commit" or (function is not None and function.is_generator)

    def _requests(self) -> Iterator[Transaction]:
        """Endpoints with a session from a dependency, where they or what they depend on commit."""
        called: dict[str, list[Mediated]] = {}
        for fact in self.view.facts(Mediated):
            if isinstance(fact, Mediated) and fact.framework.startswith("fastapi"):
                called.setdefault(fact.source, []).append(fact)
        routes = [fact for fact in self.view.facts(Route) if isinstance(fact, Route)]
        for name in sorted({route.handler for route in routes if route.framework == "fastapi"}):
            function = self.view.function_named(name)
            for fact in called.get(name, ()) if function is not None else ():
                reached = _reached(fact.target, called)
                commits = any(each in self._commits for each in (name, *reached))
                if commits and any(self._gives_session(each) for each in reached):
                    last = function.last_line if function is not None else 0
                    yield Transaction(name, "request", fact.site, last, FRAMEWORK)
                    break

    def _gives_session(self, name: str, depth: int = _MAX_DEPTH) -> bool:
        function = self.view.function_named(name)
        if function is None or not function.is_generator or depth == 0:
            return False
        kinds = [kind for value in function.returned for kind in value.types()]
        if kinds:
            return any("Session" in kind or "Connection" in kind for kind in kinds)
        return name in self._commits or any("session" in each.text() for each in function.returned)


def _reached(name: str, called: dict[str, list[Mediated]]) -> list[str]:
    """A dependency, and all that it depends on."""
    found = {name: None}
    waiting = [name]
    for each in waiting:
        for fact in called.get(each, ()):
            if fact.target not in found:
                found[fact.target] = None
                waiting.append(fact.target)
    return list(found)


def _is_session(call: Expression) -> bool:
    """Does it stand on a session or engine, as far as one can tell?"""
    base = call.base
    if base is None:
        return False
    types = base.types()
    if types:
        return any("sqlalchemy" in kind or "sqlmodel" in kind for kind in types)
    return not base.attribute.lower().endswith(_NOT_SESSIONS)
