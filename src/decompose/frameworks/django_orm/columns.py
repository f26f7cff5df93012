"""Which columns does a line name? What a query asks for by name, and what a stored row was given before.

    Order.objects.filter(buyer__email=mail).values("total")     order.buyer_id, order.total, person.email
    Order.objects.update(status="paid")                         order.status
    order.status = "paid"; order.save()                         order.status

A read without columns is one of whole rows; fields that were given to a row elsewhere are not seen.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from decompose.frameworks.django_orm.lookups import paths
from decompose.frameworks.django_orm.relations import Models
from decompose.model.facts import Op
from decompose.model.program import Table
from decompose.model.view import Expression, ProgramView

_KEYS = "_id"
_NO_FIELDS = frozenset({"defaults", "create_defaults", "batch_size", "ignore_conflicts"})
_OWN_WORDS = frozenset({"force_insert", "force_update", "using", "update_fields"})
Column = tuple[str, str]
"""(table, column)."""


@dataclass(slots=True)
class Columns:
    """Fields of a program's models as columns."""

    view: ProgramView
    models: Models
    _tables: dict[str, Mapping[str, str]] = field(default_factory=dict)  # table -> field -> column
    _fields: dict[str, Mapping[str, Column]] = field(default_factory=dict)  # of a model
    _stored: dict[tuple[str, str], list[tuple[int, str]]] | None = None

    def __post_init__(self) -> None:
        for fact in self.view.facts(Table):
            if isinstance(fact, Table):
                self._tables[fact.name] = dict(_spelled(fact))

    def read(self, model: str, calls: Iterable[Expression]) -> dict[str, tuple[str, ...]]:
        """Table -> columns that the methods of a query of a model name."""
        found: dict[str, set[str]] = defaultdict(set)
        for call in calls:
            for path, is_loaded in paths(call):
                for table, column in self._along(model, path) if path and not is_loaded else ():
                    found[table].add(column)
        return {table: tuple(sorted(names)) for table, names in found.items()}

    def written(self, model: str, call: Expression) -> tuple[str, ...]:
        """Columns that `create`, `update` and the like are given values for."""
        names = [name for name in call.keywords if name not in _NO_FIELDS]
        for word in ("defaults", "create_defaults"):
            given = call.keywords.get(word)
            for value in given.bound() if given is not None else ():
                names += [key for each in value.keys if (key := each.string())]
        if call.attribute in ("bulk_update", "abulk_update"):
            given = call.keywords.get("fields") or next(iter(call.arguments[1:2]), None)
            names = _texts(given)
        return self._own(model, names)

    def saved(self, model: str, call: Expression) -> tuple[str, ...]:
        """Columns that `save` stores: those listed, else those that the row was given in the function before."""
        listed = call.keywords.get("update_fields")
        if listed is not None:
            return self._own(model, _texts(listed))
        base = call.base
        if base is None:
            return ()
        made = [each for each in base.bound() if each.op is Op.CALL]
        given = [name for each in made for name in each.keywords if name not in _OWN_WORDS]
        before = self._given().get((call.owner, base.text()), ())
        names = [name for line, name in before if line <= call.site.line]
        return self._own(model, [*given, *names])

    def _own(self, model: str, names: Iterable[str]) -> tuple[str, ...]:
        """Columns of fields, in whichever of a model's tables they stand."""
        fields = self._of(model)
        return tuple(sorted({fields[name][1] for name in names if name in fields}))

    def _along(self, model: str, path: str) -> Iterator[Column]:
        for part in path.split("__"):
            column = self._of(model).get(part)
            if column is not None:
                yield column
            relation = self.models.lookups.get(model, {}).get(part)
            if relation is None or not relation.target:
                return
            model = relation.target

    def _of(self, model: str) -> Mapping[str, Column]:
        known = self._fields.get(model)
        if known is None:
            found = self.view.class_named(model)
            order: Sequence[str] = found.mro if found is not None else (model,)
            tables = [table for base in reversed(order) if (table := self.models.tables.get(base))]
            known = self._fields[model] = {
                name: (table, column)
                for table in tables
                for name, column in self._tables.get(table, {}).items()
            }
        return known

    def _given(self) -> Mapping[tuple[str, str], Sequence[tuple[int, str]]]:
        """(function, row as written) -> (line, field) of what is assigned to it."""
        if self._stored is None:
            names = {name for fields in self._tables.values() for name in fields}
            self._stored = defaultdict(list)
            for use in self.view.stores(*sorted(names)):
                row = (use.base.owner, use.base.text())
                self._stored[row].append((use.site.line, use.name))
        return self._stored


def _spelled(table: Table) -> Iterator[tuple[str, str]]:
    """(name of a field as code says it, column)."""
    for column in table.columns:
        if column.primary_key:
            yield "pk", column.name
        if column.references and column.name.endswith(_KEYS):
            yield column.name.removesuffix(_KEYS), column.name
    yield from ((column.name, column.name) for column in table.columns)


def _texts(given: Expression | None) -> list[str]:
    values = given.bound() if given is not None else ()
    return [text for value in values for each in value.elements if (text := each.string())]
