"""What does Django's ORM call of the program when rows are read and written?

Reading rows of a table makes instances of its model (`__init__`, `from_db`) and has its fields convert what the
database gives, where the query is seen to be carried out and not only built: also by who loops over what another
function has built. Writing asks the fields for what is to be
stored, and for defaults and places of uploads. A query that starts at a manager of the program's own calls its
`get_queryset`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.model.program import AccessMode, Confidence, Mediated, Table, TableAccess
from decompose.model.view import ClassView, Expression, ProgramView

NAME = "django.rows"
PHASE = 3
_QUERIES = frozenset(
    {"all", "filter", "exclude", "get", "first", "last", "exists", "count", "create", "order_by"}
    | {"get_or_create", "update_or_create", "values", "values_list", "select_related", "annotate"}
    | {"prefetch_related", "in_bulk", "aggregate", "latest", "earliest", "iterator", "distinct"}
    | {"select_for_update", "update", "delete", "only", "defer", "bulk_create", "using", "none"}
)

_FIELD = "django.db.models.Field"
_MANAGER = "django.db.models.Manager"
_ONE = frozenset(
    {"get", "first", "last", "latest", "earliest", "get_or_create", "update_or_create", "in_bulk"}
    | {"get_object_or_404", "get_list_or_404", "list", "sorted", "len", "bool", "set", "tuple"}
    | {"aget", "afirst", "alast", "aget_object_or_404", "refresh_from_db"}
)
INTEREST = _QUERIES | _ONE
_READS = ("from_db_value",)
_WRITES = ("pre_save", "get_prep_value", "get_db_prep_value", "get_db_prep_save")
_MADE = ("__init__", "from_db")
_CALLED = ("default", "upload_to")
_MODELS = "django.db.models."

EXAMPLES = (
    (
        {
            "shop/models.py": """
                from django.db import models
                def place(row, name): ...
                def number(): ...
                class Code(models.CharField):
                    def from_db_value(self, value, expression, connection): ...
                    def get_prep_value(self, value): ...
                class Open(models.Manager):
                    def get_queryset(self):
                        return super().get_queryset().filter(open=True)
                class Order(models.Model):
                    code = Code(max_length=9, default=number)
                    scan = models.FileField(upload_to=place)
                    objects = Open()
                    def __init__(self, *args, **kwargs):
                        super().__init__(*args, **kwargs)
                class Note(models.Model):
                    text = models.TextField()
                    order = models.ForeignKey(Order, models.CASCADE)
            """,
            "shop/views.py": """
                from shop.models import Note, Order
                def show(key): return Order.objects.get(pk=key)
                def add(): Order.objects.create(code="a")
                def notes(): return list(Note.objects.all())
                def later(): return Order.objects.filter(code="a")
                def each():
                    for order in Order.objects.filter(code="a"): ...
                def others():
                    for order in later(): ...
            """,
        },
        {
            "shop.views.show ~> shop.models.Open.get_queryset",
            "shop.views.show ~> shop.models.Order.__init__",
            "shop.views.show ~> shop.models.Code.from_db_value",
            "shop.views.add ~> shop.models.Open.get_queryset",
            "shop.views.later ~> shop.models.Open.get_queryset",
            "shop.views.each ~> shop.models.Open.get_queryset",
            "shop.views.each ~> shop.models.Order.__init__",
            "shop.views.each ~> shop.models.Code.from_db_value",
            "shop.views.others ~> shop.models.Order.__init__",
            "shop.views.others ~> shop.models.Code.from_db_value",
            "shop.views.add ~> shop.models.Order.__init__",
            "shop.views.add ~> shop.models.Code.get_prep_value",
            "shop.views.add ~> shop.models.number",
            "shop.views.add ~> shop.models.place",
        },
    ),
)


@dataclass(frozen=True, slots=True)
class _Calls:
    """What reading and what creating rows of a model calls."""

    reading: tuple[str, ...]
    creating: tuple[str, ...]
    updating: tuple[str, ...]

    def by(self, mode: AccessMode) -> tuple[str, ...]:
        """What an access of a mode calls."""
        if mode is AccessMode.READ:
            return self.reading
        if mode is AccessMode.CREATE:
            return self.creating
        return self.updating if mode is AccessMode.UPDATE else ()


@dataclass(slots=True)
class _Models:
    """Models with code of their own below the ORM."""

    view: ProgramView
    known: dict[str, _Calls] = field(default_factory=dict)

    def calls(self, model: str) -> _Calls:
        """What accesses to the table of a model call."""
        found = self.known.get(model)
        if found is None:
            owner = self.view.class_named(model)
            found = self.known[model] = self._of(owner) if owner is not None else _Calls((), (), ())
        return found

    def _of(self, owner: ClassView) -> _Calls:
        made = [method for name in _MADE if (method := owner.method(name))]
        reads: list[str] = []
        writes: list[str] = []
        given: list[str] = []
        for _, value, _ in owner.assigned(inherited=True):
            if value is None or value.callee is None:
                continue
            for each in self._fields(value):
                reads += _methods(each, _READS)
                writes += _methods(each, _WRITES)
            given += self._given(value)
        return _Calls(
            tuple(dict.fromkeys([*made, *reads])),
            tuple(dict.fromkeys([*made, *writes, *given])),
            tuple(dict.fromkeys(writes)),
        )

    def _fields(self, value: Expression) -> Iterator[ClassView]:
        for name in value.callee.symbols() if value.callee is not None else ():
            found = self.view.class_named(name)
            if found is not None and any(base.startswith(_MODELS) for base in found.mro):
                yield found

    def _given(self, value: Expression) -> list[str]:
        """Functions that a field is given to call."""
        words = [value.keywords[word] for word in _CALLED if word in value.keywords]
        names = [name for word in words for name in word.symbols()]
        return [name for name in names if self.view.function_named(name) is not None]


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls from functions that access tables to what the ORM calls of their models."""
    model_of = {
        fact.name: fact.model
        for fact in view.facts(Table)
        if isinstance(fact, Table) and fact.model and fact.framework.startswith("django")
    }
    if not model_of:
        return
    models = _Models(view)
    run = {*view.loops(), *(call.site for call in view.calls(*sorted(_ONE)))}
    for access in view.facts(TableAccess):
        if not isinstance(access, TableAccess) or access.table not in model_of:
            continue
        is_related = access.confidence is Confidence.INFERRED  # `order.buyer` reads a row at once
        if access.mode is not AccessMode.READ or access.site in run or is_related:
            for target in models.calls(model_of[access.table]).by(access.mode):
                if target != access.source:
                    yield Mediated(access.source, target, access.site, NAME)
    yield from _looped_over(view, models, frozenset(model_of.values()))
    yield from _managers(view)


def _looped_over(view: ProgramView, models: _Models, tables: frozenset[str]) -> Iterator[Mediated]:
    """Loops over queries, by what these are known to hold."""
    heirs: dict[str, tuple[str, ...]] = {}
    for each in view.iterated():
        for kind in each.types():
            name, _, item = kind.partition("[")
            if name.startswith(_MODELS) or name == _MANAGER:
                model = item.rstrip("]")
                if model not in heirs:
                    below = view.subclasses(model) if model not in tables else ()
                    heirs[model] = tuple({model: None, **{found.name: None for found in below}})
                for target in dict.fromkeys(
                    t for m in heirs[model] for t in models.calls(m).reading
                ):
                    if target != each.owner:
                        yield Mediated(each.owner, target, each.site, NAME)


def _methods(found: ClassView, names: tuple[str, ...]) -> list[str]:
    return [method for name in names if (method := found.method(name))]


def _managers(view: ProgramView) -> Iterator[Mediated]:
    """Queries that start at a manager with a `get_queryset` of the program."""
    own = {
        found.name: method
        for found in view.subclasses(_MANAGER)
        if (method := found.method("get_queryset"))
    }
    if not own:
        return
    for call in view.calls(*sorted(_QUERIES)):
        if call.base is None or (call.callee is not None and call.callee.symbols()):
            continue
        for kind in call.base.types():
            method = own.get(kind.partition("[")[0])
            if method and method != call.owner:
                yield Mediated(call.owner, method, call.site, NAME)
