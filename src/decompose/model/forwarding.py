"""What does a helper register that forwards its parameters? Its registration, read with what its callers pass.

    def offer(app, path, view):
        app.add_url_rule(f"/shop{path}", view_func=view)

    offer(app, "/orders", orders)

registers one rule a call of `offer`: `registrations` gives the call of `add_url_rule` once for each, in which
`app`, `path` and `view` are what was passed. So does a helper of a helper, up to `MAX_HELPERS`. What a function of the
program returns is read the same way: `seen_from` puts a call's arguments in the place of its parameters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from decompose.model.facts import Op
from decompose.model.source import Site
from decompose.model.view import Expression, FunctionView, ProgramView

MAX_HELPERS = 3
MAX_CALLERS = 400
_MAX_DEPTH = 4  # of expressions that are searched for parameters
_FIXED = frozenset({Op.STRING, Op.LITERAL, Op.UNKNOWN})
Given = tuple[tuple[str, Expression], ...]
"""(parameter, what is passed for it)."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """An expression of a function, as one call of the function makes it; it stands where the call stands."""

    inner: Expression
    function: str
    given: Given
    site: Site

    @property
    def op(self) -> Op:
        """What kind of expression it is."""
        return self.inner.op

    @property
    def last_line(self) -> int:
        """The last line of what it holds."""
        return self.site.line

    @property
    def module(self) -> str:
        """The module that it stands in."""
        return self.inner.module

    @property
    def owner(self) -> str:
        """The function whose expression it is."""
        return self.inner.owner

    @property
    def loop_depth(self) -> int:
        """How many loops stand around it."""
        return self.inner.loop_depth

    @property
    def attribute(self) -> str:
        """The last name."""
        return self.inner.attribute

    @property
    def position(self) -> int:
        """Which part it is, where it is one part of an unpacked value, else -1."""
        return self.inner.position

    def text(self) -> str:
        """Approximately as written."""
        return self.inner.text()

    def string(self) -> str | None:
        """Its value where it is a string known from the text, and from what is passed."""
        known = self.inner.string()
        if known is not None or self.op not in (Op.BINARY, Op.FORMAT):
            return known
        parts = [each.string() for each in self.elements]
        return None if None in parts else "".join(part or "" for part in parts)

    def literal(self) -> object:
        """Its value where it is a literal."""
        return self.inner.literal()

    def name(self) -> str | None:
        """Canonical dotted name of what it denotes."""
        return self.inner.name()

    def symbols(self) -> tuple[str, ...]:
        """Dotted names of the program's definitions that it may denote."""
        return self.inner.symbols()

    def types(self) -> tuple[str, ...]:
        """Dotted names of the classes its value may be an instance of."""
        return self.inner.types()

    @property
    def callee(self) -> Expression | None:
        """What is called, where it is a call."""
        return self._seen(self.inner.callee)

    @property
    def base(self) -> Expression | None:
        """What stands before the dot or bracket."""
        return self._seen(self.inner.base)

    @property
    def arguments(self) -> Sequence[Expression]:
        """Positional arguments, where it is a call."""
        return self._all_seen(self.inner.arguments)

    @property
    def keywords(self) -> Mapping[str, Expression]:
        """Keyword arguments, where it is a call."""
        return {name: self._of(each) for name, each in self.inner.keywords.items()}

    @property
    def elements(self) -> Sequence[Expression]:
        """What it holds."""
        return self._all_seen(self.inner.elements)

    @property
    def keys(self) -> Sequence[Expression]:
        """Keys of a dict display; the index of a subscript."""
        return self._all_seen(self.inner.keys)

    def bound(self) -> Sequence[Expression]:
        """The expressions that a name is bound to; else itself."""
        return self._all_seen(self.inner.bound())

    def bound_once(self) -> Sequence[Expression]:
        """The same, one step on."""
        return self._all_seen(self.inner.bound_once())

    def _of(self, expression: Expression) -> Expression:
        return _under(expression, self.function, self.given, self.site)

    def _seen(self, expression: Expression | None) -> Expression | None:
        return None if expression is None else self._of(expression)

    def _all_seen(self, expressions: Iterable[Expression]) -> list[Expression]:
        return [self._of(each) for each in expressions]


def registrations(calls: Iterable[Expression], view: ProgramView) -> Iterator[Expression]:
    """Calls that register something; one that stands in a helper and is given its parameters, once for each caller."""
    for call in calls:
        yield from _expanded(call, view, MAX_HELPERS)


def seen_from(expression: Expression, function: FunctionView, call: Expression) -> Expression:
    """An expression of a function, as a call of the function makes it."""
    return _under(expression, function.name, _passed(function, call), call.site)


def _passed(function: FunctionView, call: Expression) -> Given:
    """What a call passes; parameters that it leaves out are left out."""
    names = [name for name, _, _ in function.parameters]
    is_method = bool(names) and names[0] in ("self", "cls")
    given = dict(zip(names[is_method:], call.arguments, strict=False))
    given.update((name, each) for name, each in call.keywords.items() if name in names)
    return tuple((name, each) for name, each in given.items() if each.op is not Op.STAR)


def _under(expression: Expression, function: str, given: Given, site: Site) -> Expression:
    """An expression with parameters replaced; as it is where it holds none of that function's."""
    if not given or expression.op in _FIXED:
        return expression
    if isinstance(
        expression, Forwarded
    ):  # its own parameters may be given what the caller was given
        deeper = tuple(
            (name, _under(each, function, given, site)) for name, each in expression.given
        )
        return replace(expression, given=deeper, site=site)
    if expression.owner != function:
        return expression
    if expression.op is Op.NAME:
        for name, each in given:
            if name == expression.attribute:
                return each
    return Forwarded(expression, function, given, site)


def _expanded(call: Expression, view: ProgramView, hops: int) -> Iterator[Expression]:
    function = _helper(call, view) if hops else None
    callers = list(islice(view.calls_of(function.name), MAX_CALLERS)) if function else []
    if function is None or not callers:
        yield call
        return
    for caller in callers:
        if caller.owner != function.name:  # it does not call itself
            yield from _expanded(seen_from(call, function, caller), view, hops - 1)


def _helper(call: Expression, view: ProgramView) -> FunctionView | None:
    """The function whose parameters reach a registration; none where it only refines one of that name."""
    for name in _names_in(call, _MAX_DEPTH):
        function = view.function_named(name.owner)
        if function is None or function.name.rpartition(".")[2] == call.attribute:
            continue
        if any(name.attribute == parameter for parameter, _, _ in function.parameters):
            return function if name.attribute not in ("self", "cls") else None
    return None


def _names_in(expression: Expression, depth: int) -> Iterator[Expression]:
    """The names in what a call is given and made on."""
    if expression.op is Op.NAME:
        yield expression
    elif depth and expression.op not in _FIXED:
        inner = [*expression.arguments, *expression.keywords.values(), *expression.elements]
        if expression.base is not None:
            inner.append(expression.base)
        for each in inner:
            yield from _names_in(each, depth - 1)
