"""Which rows does code load by following a key? `line.product.name` reads the product, unless it has come along."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

from decompose.frameworks.django_orm.library import MADE
from decompose.frameworks.django_orm.values import Evaluator, Kind, ordered
from decompose.model.facts import Op
from decompose.model.program import AccessMode, Confidence, Table, TableAccess
from decompose.model.source import Site
from decompose.model.view import Expression


def followed(evaluator: Evaluator, calls: Sequence[Expression]) -> Iterator[TableAccess]:
    """`line.product.name` reads the product, unless the query that gave the line has done so."""
    to_one = {
        name
        for relations in evaluator.models.attributes.values()
        for name, relation in relations.items()
        if not relation.is_many and relation.target
    }
    columns = {
        column.name.removesuffix("_id")
        for table in evaluator.view.facts(Table)
        if isinstance(table, Table)
        for column in table.columns
    }
    generic = {name for keys in evaluator.models.generic.values() for name in keys}
    evaluator.pointed.update(_pointed(evaluator, calls) if generic else {})
    to_one |= generic
    names = to_one.union(columns, *evaluator.models.attributes.values())
    yield from _first_of_each(_all_steps(evaluator, calls, to_one, names))


def _pointed(
    evaluator: Evaluator, calls: Sequence[Expression]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """What generic foreign keys are given as rows are made: `entries.create(content_object=order)`."""
    found: dict[tuple[str, str], set[str]] = {}
    for call in calls:
        if call.attribute not in MADE:
            continue
        for value in evaluator.values(call.base):
            keys = evaluator.models.generic.get(value.model, {})
            for name in keys.keys() & call.keywords.keys():
                rows = evaluator.values(call.keywords[name])
                models = {each.model for each in rows if each.kind in (Kind.ROW, Kind.NEW)}
                found.setdefault((value.model, name), set()).update(models)
    return {key: tuple(sorted(models)) for key, models in found.items()}


def _all_steps(
    evaluator: Evaluator,
    calls: Sequence[Expression],
    to_one: AbstractSet[str],
    names: AbstractSet[str],
) -> Iterator[TableAccess]:
    for use in evaluator.view.loads(*sorted(names)):
        yield from _steps(evaluator, to_one, (use.base, use.name), use.site, use.loop_depth)
    for call in evaluator.view.calls("getattr"):
        name = call.arguments[1].string() if len(call.arguments) > 1 else None
        if name in to_one:
            yield from _steps(
                evaluator, to_one, (call.arguments[0], name or ""), call.site, call.loop_depth
            )
    for call in calls:
        base = call.base
        if base is not None and base.op is Op.ATTRIBUTE and base.base is not None:
            yield from _steps(
                evaluator, to_one, (base.base, base.attribute), call.site, call.loop_depth
            )


def _first_of_each(accesses: Iterable[TableAccess]) -> Iterator[TableAccess]:
    """Of a function's steps to the same table the first, and those under more loops than any before."""
    known: dict[tuple[str, str], int] = {}
    for access in accesses:
        key = (access.source, access.table)
        if access.loop_depth > known.get(key, -1):
            known[key] = access.loop_depth
            yield access


def _steps(
    evaluator: Evaluator,
    to_one: AbstractSet[str],
    step: tuple[Expression, str],
    site: Site,
    loop_depth: int,
) -> Iterator[TableAccess]:
    """Each step of a path of attributes that leads to another row."""
    base, name = step
    for value in ordered(evaluator.values(base)) if name in to_one else ():
        relation = evaluator.models.attributes.get(value.model, {}).get(name)
        for other in evaluator.pointed_to(value.model, name):
            table = evaluator.models.tables[other]
            yield TableAccess(
                base.owner, table, AccessMode.READ, site, loop_depth, Confidence.INFERRED
            )
        if (
            value.kind is Kind.ROW
            and relation is not None
            and not relation.is_many
            and relation.target
            and name not in value.loaded
        ):
            table = evaluator.models.tables[relation.target]
            yield TableAccess(
                base.owner, table, AccessMode.READ, site, loop_depth, Confidence.INFERRED
            )
    if base.op is Op.ATTRIBUTE and base.base is not None:
        yield from _steps(evaluator, to_one, (base.base, base.attribute), site, loop_depth)
