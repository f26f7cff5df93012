"""Which functions read or write which tables, where?

A chain (`Order.objects.filter(…).order_by(…).first()`) is one access, at the line where it starts to be a query, by
what its last method does. The function that starts a query is the one that reads, wherever it is run; one that gets a
query from elsewhere reads where it runs it. Methods of managers and querysets that only narrow `self` read nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from decompose.frameworks.django_orm.followed import followed
from decompose.frameworks.django_orm.forms import form_saves
from decompose.frameworks.django_orm.found import access
from decompose.frameworks.django_orm.handed import handed_on
from decompose.frameworks.django_orm.implied import implied
from decompose.frameworks.django_orm.inference import is_of_users
from decompose.frameworks.django_orm.library import (
    COUNTING,
    LINKING,
    MANAGER,
    MODEL_SERIALIZER,
    ONE,
    QUERYSET,
    ROW_METHODS,
    SEVERAL,
    SHORTCUTS,
    UPWARDS,
    USER_FUNCTIONS,
    WRITING,
)
from decompose.frameworks.django_orm.lookups import joined
from decompose.frameworks.django_orm.parameters import model_of_class
from decompose.frameworks.django_orm.stored import is_own, row_method
from decompose.frameworks.django_orm.values import HERE, Evaluator, Kind, Value, ordered
from decompose.model.facts import Op
from decompose.model.program import AccessMode, Join, Mediated, TableAccess
from decompose.model.source import Site
from decompose.model.view import Expression

_READ = (AccessMode.READ,)
_VIEW = "django.views.View"
_REST_VIEW = "rest_framework.generics.GenericAPIView"
_REST_MIXINS = "rest_framework.mixins."
ASKING = ("get_object", "get_queryset", "filter_queryset", "paginate_queryset")

LISTING = ("list", "tuple", "sorted", "set", "frozenset")
"""Functions of Python that take all rows of what they are given."""
_OF_LOADED = frozenset({"all", "count", "exists"})
"""Methods of a related manager that ask nothing of the database where its rows have come along."""
_NOT_NARROWING = frozenset(
    {
        *("all", "order_by", "reverse", "distinct", "using", "annotate", "alias"),
        *("select_related", "prefetch_related", "only", "defer", "values", "values_list"),
    }
)
"""Methods after which a query still gives all rows."""

_RUNS = ONE | COUNTING | SEVERAL
Found = TableAccess | Join | Mediated


@dataclass(frozen=True, slots=True)
class _Chain:
    """A query from its first to its last method."""

    calls: Sequence[Expression]
    """Outermost first."""
    start: Expression
    """What stands before the first method: `Order.objects`, `order.lines`, `queryset`."""

    @property
    def last(self) -> Expression:
        return self.calls[0]


def accesses(evaluator: Evaluator, calls: Sequence[Expression]) -> Iterator[Found]:
    """All accesses by the given calls, of methods of managers, querysets and rows, and by following relations."""
    asking = _asking(evaluator)
    listing = (call.arguments[:1] for call in evaluator.view.calls(*LISTING))
    looped = frozenset([*evaluator.view.iterated(), *(each for given in listing for each in given)])
    for chain in _chains(evaluator, calls):
        if not _is_idle(evaluator, chain, asking):
            yield from _chain(evaluator, chain, is_looped=chain.last in looped)
    for call in calls:
        if call.base is not None and call.base.attribute == "super":
            yield from _handed_up(evaluator, call)
        yield from form_saves(evaluator, call)
        if call.attribute in ROW_METHODS or call.attribute in UPWARDS:
            yield from row_method(evaluator, call)
        elif call.attribute in SHORTCUTS:
            yield from _shortcut(evaluator, call)
        elif is_of_users(call) and evaluator.models.user and call.callee is not None:
            value = Value(Kind.ROW, evaluator.models.user)
            mode = USER_FUNCTIONS[call.callee.name() or ""]
            yield access(
                call, evaluator.models.tables[evaluator.models.user], mode, call.site, value
            )
    yield from _of_admin(evaluator, looped)
    yield from followed(evaluator, calls)
    yield from handed_on(evaluator, calls)


def _of_admin(evaluator: Evaluator, looped: AbstractSet[Expression]) -> Iterator[TableAccess]:
    """`for order in queryset` in an action of Django's admin, which nobody of the program has started."""
    for each in sorted(looped, key=lambda each: (each.site.path, each.site.line)):
        if each.op is not Op.NAME or each.text() != "queryset":
            continue
        function = evaluator.view.function_named(each.owner)
        if function is not None and function.owner in evaluator.models.admins:
            for value in ordered(evaluator.values(each)):
                if value.kind is Kind.QUERY:
                    table = evaluator.models.tables[value.model]
                    yield access(each, table, AccessMode.READ, each.site, value)


def _asking(evaluator: Evaluator) -> frozenset[str]:
    """Classes with a method that asks for the rows of the class's own query."""
    functions = (
        evaluator.view.function_named(call.owner) for call in evaluator.view.calls(*ASKING)
    )
    return frozenset(function.owner for function in functions if function is not None)


def _is_idle(evaluator: Evaluator, chain: _Chain, asking: AbstractSet[str]) -> bool:
    """Is it `queryset = Order.objects.all()` of a view that never asks for it?"""
    view = evaluator.view.class_named(chain.last.owner)
    if view is None or _VIEW not in view.mro:
        return False
    own = evaluator.view.function_named(view.method("get_queryset") or "")
    if own is not None:
        texts = [each.text() for value in own.returned for each in (value, *value.bound())]
        return not any(text.startswith(("super(", "self.queryset")) for text in texts)
    if any(base in asking for base in view.mro):
        return False
    return _REST_VIEW in view.mro and not any(base.startswith(_REST_MIXINS) for base in view.mro)


def _chains(evaluator: Evaluator, calls: Sequence[Expression]) -> list[_Chain]:
    """Chains of calls on queries; a call inside a longer chain belongs to that one."""
    inner: set[Expression] = set()
    chains: list[_Chain] = []
    for call in calls:
        links = [call]
        while (
            (base := links[-1].base) is not None
            and base.op is Op.CALL
            and _is_query(evaluator, base)
        ):
            links.append(base)
        inner.update(links[1:])
        if len(links) > 1 and not _is_query(evaluator, links[-1].base):
            links.pop()  # `self.get_queryset()`: what gives the first query is where the chain starts
        start = links[-1].base
        if start is not None:
            chains.append(_Chain(links, start))
    return [
        chain for chain in chains if chain.last not in inner and _is_query(evaluator, chain.start)
    ]


def _is_query(evaluator: Evaluator, expression: Expression | None) -> bool:
    return any(each.kind is Kind.QUERY for each in evaluator.values(expression))


def _chain(evaluator: Evaluator, chain: _Chain, *, is_looped: bool) -> Iterator[Found]:
    method = chain.last.attribute
    first = chain.calls[-1]
    locks = any(call.attribute == "select_for_update" for call in chain.calls)
    for value in ordered(evaluator.values(chain.start)):
        if value.kind is not Kind.QUERY or method == "none":
            continue
        modes = _modes(evaluator, chain.last, value)
        table = evaluator.models.tables[value.model]
        site = first.site if modes == _READ else chain.last.site
        if HERE in value.loaded and all(call.attribute in _OF_LOADED for call in chain.calls):
            continue
        named = evaluator.columns.read(value.model, chain.calls)
        if modes != _READ or _reads(evaluator, chain):
            given = evaluator.columns.written(value.model, chain.last) if modes != _READ else ()
            for made in _all(chain.last, value, modes, site, table):
                told = given if made.mode.writes else named.get(made.table, ())
                reads = not made.mode.writes
                whole = is_looped and reads and _is_whole(evaluator, chain, value)
                yield replace(made, locks=locks and reads, whole=whole, columns=told)
            for mode in modes if method not in LINKING else ():
                yield from implied(evaluator, chain.last, value, mode)
            if value.via is not None and value.via.through and method not in LINKING:
                yield access(chain.last, value.via.through, AccessMode.READ, site, value)
        yield from _joins(evaluator, chain, value, site, named)


def _is_whole(evaluator: Evaluator, chain: _Chain, value: Value) -> bool:
    """Does a chain begin at a model and narrow nothing?"""
    base = chain.start.base if chain.start.op is Op.ATTRIBUTE else None
    begins = {each.kind for each in evaluator.values(base)} if base is not None else set()
    is_model = value.via is None and begins == {Kind.MODEL}  # a row's manager gives that row's
    return is_model and all(call.attribute in _NOT_NARROWING for call in chain.calls)


def _modes(evaluator: Evaluator, call: Expression, value: Value) -> Sequence[AccessMode]:
    """What the last method of a chain does; what the program's own methods do is told of themselves."""
    method = call.attribute
    if is_own(evaluator, call):
        return _READ
    return WRITING.get(method) or (LINKING.get(method) if value.via is not None else None) or _READ


def _all(
    call: Expression,
    value: Value,
    modes: Sequence[AccessMode],
    site: Site,
    table: str,
) -> Iterator[TableAccess]:
    """An access of each mode; adding to a relation writes the join table, or the key in the other table."""
    linked = value.via is not None and call.attribute in LINKING
    if linked and value.via is not None and value.via.through:
        table = value.via.through
    elif linked:
        modes = (AccessMode.UPDATE,)
    for mode in modes:
        yield access(call, table, mode, site, value)


def _joins(
    evaluator: Evaluator,
    chain: _Chain,
    value: Value,
    site: Site,
    named: Mapping[str, tuple[str, ...]],
) -> Iterator[Found]:
    table = evaluator.models.tables[value.model]
    for call in reversed(chain.calls):
        for other in joined(evaluator.models, value.model, call):
            yield access(call, other, AccessMode.READ, site, value, named.get(other, ()))
            if other != table:
                yield Join(call.owner, table, other, site)


def _reads(evaluator: Evaluator, chain: _Chain) -> bool:
    """Does a chain that writes nothing start a query, or run one that comes from elsewhere?"""
    if _is_narrowing(evaluator, chain.start):
        return any(call.attribute in _RUNS for call in chain.calls)
    if _starts(evaluator, chain.start):
        # A method of the program's own that gives no query has run one itself.
        return all(
            _is_query(evaluator, call) or not is_own(evaluator, call) for call in chain.calls
        )
    if not any(call.attribute in _RUNS for call in chain.calls):
        return False  # what it joins is told all the same
    return not (_started_here(evaluator, chain.start) or _given_by_own(evaluator, chain.start))


def _given_by_own(evaluator: Evaluator, start: Expression) -> bool:
    """Does a function of the program give the query? Then that one started it."""
    is_method = start.base is not None and _is_query(evaluator, start.base)
    return start.op is Op.CALL and not is_method and is_own(evaluator, start)


def _starts(evaluator: Evaluator, start: Expression) -> bool:
    """A manager of a model or of a row."""
    if start.op is not Op.ATTRIBUTE or start.base is None:
        return False
    return any(
        each.kind in (Kind.MODEL, Kind.ROW, Kind.NEW) for each in evaluator.values(start.base)
    )


def _is_narrowing(evaluator: Evaluator, start: Expression) -> bool:
    """`self`, `super()` or `self.get_queryset()` in a manager or queryset: the query is somebody else's."""
    while start.op is Op.CALL and start.base is not None:
        start = start.base
    if start.text() not in ("self", "super(…)", "cls"):
        return False
    function = evaluator.view.function_named(start.owner)
    owner = evaluator.view.class_named(function.owner) if function is not None else None
    return owner is not None and (MANAGER in owner.mro or QUERYSET in owner.mro)


def _started_here(evaluator: Evaluator, start: Expression) -> bool:
    """Is it a variable that is bound to a query in the same function?"""
    bound = [each for each in start.bound() if each != start and each.owner == start.owner]
    return start.op is Op.NAME and any(_is_query(evaluator, each) for each in bound)


def _handed_up(evaluator: Evaluator, call: Expression) -> Iterator[TableAccess]:
    """`super().save_model(…)` in a class of Django's admin, `super().update(…)` in a model serializer."""
    function = evaluator.view.function_named(call.owner)
    owner = evaluator.view.class_named(function.owner) if function is not None else None
    if owner is None:
        return
    models: Sequence[str] = ()
    modes: Sequence[AccessMode] = ()
    if call.attribute in UPWARDS:
        models, modes = evaluator.models.admins.get(owner.name, ()), UPWARDS[call.attribute]
    elif call.attribute in ("create", "update") and MODEL_SERIALIZER in owner.mro:
        models, modes = model_of_class(evaluator, owner), WRITING[call.attribute]
    for model in models:
        for mode in modes:
            yield access(
                call, evaluator.models.tables[model], mode, call.site, Value(Kind.ROW, model)
            )


def _shortcut(evaluator: Evaluator, call: Expression) -> Iterator[TableAccess]:
    """`get_object_or_404(Order, …)`; a query as its argument is told by the chain that makes it."""
    for value in ordered(evaluator.values(call.arguments[0])) if call.arguments else ():
        if value.kind is Kind.MODEL or (
            value.kind is Kind.QUERY and call.arguments[0].op is not Op.CALL
        ):
            yield access(
                call, evaluator.models.tables[value.model], AccessMode.READ, call.site, value
            )
