"""What does a helper register that forwards its parameters? Its registration, read with what its callers pass.

    def offer(app, path, view):
        app.add_url_rule(f"/shop{path}", view_func=view)

    offer(app, "/orders", orders)

registers one rule a call of `offer`, or one for each definition that `@offer` decorates, or `@offer(…)` where `offer`
returns the function that registers: `registrations` gives the call of `add_url_rule` once for each, in which `app`,
`path` and `view` are what was passed. So does a helper of a helper, up to `MAX_HELPERS`. What a function of the program
returns is read the same way: `seen_from` puts a call's arguments in the place of its parameters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from decompose.model.facts import Op
from decompose.model.source import Site
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView

MAX_HELPERS = 3
MAX_CALLERS = 400
_MAX_DEPTH = 4  # of expressions that are searched for parameters
_FIXED = frozenset({Op.STRING, Op.LITERAL, Op.UNKNOWN})
Given = tuple[tuple[str, Expression], ...]
"""(parameter, what is passed for it)."""
Rest = tuple[tuple[str, tuple[Expression, ...]], ...]
"""(parameter with a star, all that is passed for it)."""


@dataclass(frozen=True, slots=True)
class Forwarded:
    """An expression of a function, as one call of the function makes it; it stands where the call stands."""

    inner: Expression
    function: str
    given: Given
    site: Site
    view: ProgramView = field(compare=False, repr=False)
    extra: Given = ()
    """Keywords of the call that no parameter takes: a helper that allows them hands them on."""
    rest: Rest = ()

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

    @property
    def is_only_read(self) -> bool:
        """What is passed on is kept, as far as is known."""
        return False

    @property
    def parameter(self) -> str:
        """The parameter that it is; what is passed has taken its place."""
        return ""

    @property
    def unpacked(self) -> Sequence[Expression]:
        """What a call unpacks into its arguments."""
        return self._all_seen(self.inner.unpacked)

    def text(self) -> str:
        """Approximately as written."""
        return self.inner.text()

    def string(self) -> str | None:
        """Its value where it is a string known from the text, and from what is passed."""
        own = self._of_receiver()
        if own:
            return own[0].string()
        is_joined = self.op in (Op.BINARY, Op.FORMAT)
        parts = [each.string() for each in self.elements] if is_joined else [None]
        return self.inner.string() if None in parts else "".join(part or "" for part in parts)

    def literal(self) -> object:
        """Its value where it is a literal."""
        return self.inner.literal()

    def name(self) -> str | None:
        """Canonical dotted name of what it denotes."""
        own = self._of_receiver()
        return own[0].name() if own else self.inner.name()

    def symbols(self) -> tuple[str, ...]:
        """Dotted names of the program's definitions that it may denote."""
        own = self._of_receiver()
        if own:
            return tuple(dict.fromkeys(name for each in own for name in each.symbols()))
        return tuple(dict.fromkeys(self._methods())) or self.inner.symbols()

    def types(self) -> tuple[str, ...]:
        """Dotted names of the classes its value may be an instance of."""
        own = self._of_receiver()
        return own[0].types() if own else self.inner.types()

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
        """Positional arguments, where it is a call; what a known `*parameter` holds one by one."""
        return _spread(self.inner.arguments, self)

    @property
    def keywords(self) -> Mapping[str, Expression]:
        """Keyword arguments, where it is a call."""
        own = {name: self._of(each) for name, each in self.inner.keywords.items()}
        return dict(self.extra) | own

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
        return self._of_receiver() or self._all_seen(self.inner.bound())

    def bound_once(self) -> Sequence[Expression]:
        """The same, one step on."""
        return self._all_seen(self.inner.bound_once())

    def _receivers(self) -> list[ClassView]:
        """The classes of what stands before the dot, where that is not what is written there: `self`."""
        base = self.base if self.op is Op.ATTRIBUTE else None
        if base is None or isinstance(base, Forwarded) or base == self.inner.base:
            return []
        found = map(self.view.class_named, (*base.types(), *base.symbols()))
        return [each for each in found if each is not None]

    def _of_receiver(self) -> list[Expression]:
        """What the classes of a receiver that is passed bind an attribute to."""
        values = [each.attribute(self.attribute) for each in self._receivers()]
        return [each for each in values if each is not None]

    def _methods(self) -> Iterator[str]:
        for each in self._receivers():
            method = each.method(self.attribute)
            if method is not None:
                yield method

    def _of(self, expression: Expression) -> Expression:
        return _under(expression, self)

    def _seen(self, expression: Expression | None) -> Expression | None:
        return None if expression is None else self._of(expression)

    def _all_seen(self, expressions: Iterable[Expression]) -> list[Expression]:
        return [self._of(each) for each in expressions]


def registrations(calls: Iterable[Expression], view: ProgramView) -> Iterator[Expression]:
    """Calls that register something; one that stands in a helper and is given its parameters, once for each caller."""
    for call in calls:
        yield from _expanded(call, view, MAX_HELPERS)


def as_written(expression: Expression) -> Expression:
    """An expression as it stands in its function, whoever calls that."""
    return expression.inner if isinstance(expression, Forwarded) else expression


def seen_from(
    expression: Expression, function: FunctionView, call: Expression, view: ProgramView
) -> Expression:
    """An expression of a function, as a call of the function makes it."""
    rest = _starred(expression, function, call)
    frame = Forwarded(call, function.name, _passed(function, call), call.site, view, rest=rest)
    seen = _under(expression, frame)
    if isinstance(seen, Forwarded) and seen.op is Op.CALL:
        names = {name for name, _, _ in function.parameters}
        others = tuple((name, each) for name, each in call.keywords.items() if name not in names)
        return replace(seen, extra=(*seen.extra, *others))
    return seen


def _passed(function: FunctionView, call: Expression) -> Given:
    """What a call passes, or defaults where it leaves something out; a method's receiver too."""
    receiver, names = _positional(function)
    given = {name: each for name, _, each in function.parameters if each is not None}
    if receiver and call.base is not None:
        given[receiver] = call.base
    given.update(zip(names, call.arguments, strict=False))
    given.update((name, each) for name, each in call.keywords.items() if name in names)
    return tuple((name, each) for name, each in given.items() if each.op is not Op.STAR)


def _starred(expression: Expression, function: FunctionView, call: Expression) -> Rest:
    """What a call passes for the parameters that an expression of the function unpacks: `*paths`."""
    _, names = _positional(function)
    unpacked = (_unpacked(each) for each in expression.arguments)
    return tuple(
        (name, tuple(call.arguments[names.index(name) :])) for name in unpacked if name in names
    )


def _unpacked(expression: Expression) -> str:
    """The name that `*name` unpacks, else ""."""
    base = expression.base if expression.op is Op.STAR else None
    return base.attribute if base is not None and base.op is Op.NAME else ""


def _positional(function: FunctionView) -> tuple[str, list[str]]:
    """(receiver or "", the other parameters)."""
    names = [name for name, _, _ in function.parameters]
    is_method = bool(names) and names[0] in ("self", "cls")
    return (names[0], names[1:]) if is_method else ("", names)


def _spread(expressions: Iterable[Expression], frame: Forwarded) -> list[Expression]:
    """Expressions as a frame makes them; what a known `*parameter` holds one by one."""
    held, found = dict(frame.rest), list[Expression]()
    for each in expressions:
        name = _unpacked(each)
        is_held = name in held and each.owner == frame.function
        found += held[name] if is_held else [_under(each, frame)]
    return found


def _under(expression: Expression, frame: Forwarded) -> Expression:
    """An expression with parameters replaced as in a frame; as it is where it holds none of its function's."""
    if not frame.given or expression.op in _FIXED:
        return expression
    if isinstance(
        expression, Forwarded
    ):  # its own parameters may be given what the caller was given
        deeper = tuple((name, _under(each, frame)) for name, each in expression.given)
        rest = tuple((name, tuple(_spread(each, frame))) for name, each in expression.rest)
        return replace(expression, given=deeper, rest=rest, site=frame.site)
    if expression.owner != frame.function:
        return expression
    if expression.op is Op.NAME:
        for name, each in frame.given:
            if name == expression.attribute:
                return each
    return replace(frame, inner=expression, extra=())


def _expanded(
    call: Expression, view: ProgramView, hops: int, done: frozenset[str] = frozenset()
) -> Iterator[Expression]:
    """`done`: helpers whose callers were put in; what they leave open (`*args`) no other caller tells."""
    function = _helper(call, view, done) if hops else None
    callers = list(islice(view.calls_of(function.name), MAX_CALLERS)) if function else []
    if function is not None and not callers:
        decorated = list(islice(_decorated(call, function, view), MAX_CALLERS))
        yield from decorated or [call]
        return
    if function is None:
        yield call
        return
    for caller in callers:
        if caller.owner != function.name:  # it does not call itself
            seen = seen_from(call, function, caller, view)
            yield from _expanded(seen, view, hops - 1, done | {function.name})


def _decorated(call: Expression, function: FunctionView, view: ProgramView) -> Iterator[Expression]:
    """A registration in a decorator, or in what a call of one returns, for each definition that it decorates."""
    if not function.parameters:
        return
    parameter = function.parameters[0][0]
    factory = _factory(function, view)
    last = (factory or function).name.rpartition(".")[2]
    marked: list[tuple[ClassView | FunctionView, Expression]] = [*view.decorated(last)]
    marked += [(each, mark) for each in view.classes() for mark in each.decorators]
    for definition, mark in marked:
        if not _is_of(mark, function, factory):
            continue
        more = _passed(factory, mark) if factory else ()
        rest = _starred(call, factory, mark) if factory else ()
        name = definition.name.removeprefix(f"{definition.module}.")
        for value in view.module_value(definition.module, name)[-1:]:
            given = ((parameter, value), *more)
            frame = Forwarded(mark, function.name, given, definition.site, view, rest=rest)
            yield _under(call, frame)


def _factory(function: FunctionView, view: ProgramView) -> FunctionView | None:
    """The function that a nested one stands in, where that returns it."""
    around = view.function_named(function.name.rpartition(".")[0])
    returns = around is not None and any(function.name in e.symbols() for e in around.returned)
    return around if returns else None


def _is_of(mark: Expression, function: FunctionView, factory: FunctionView | None) -> bool:
    """Is a decorator the function, or a call of what returns the function?"""
    if factory is None:
        return mark.op is not Op.CALL and mark.name() == function.name
    made = mark.callee if mark.op is Op.CALL else None
    return made is not None and factory.name in made.symbols()


def _helper(call: Expression, view: ProgramView, done: frozenset[str]) -> FunctionView | None:
    """The function whose parameters reach a registration; none where it only refines one of that name."""
    for name in _names_in(call, _MAX_DEPTH):
        function = view.function_named(name.owner) if name.owner not in done else None
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
