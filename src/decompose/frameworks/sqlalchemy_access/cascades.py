"""What does a mapper do to related rows as it deletes one?

lines = relationship("Line", cascade="all, delete-orphan")    deletes them too
notes = relationship("Note")                                  takes their key away
labels = relationship("Label", secondary=labelled)            deletes the rows between
"""

from collections.abc import Iterator

from decompose.frameworks.sqlalchemy_access.entities import Entities, Relation
from decompose.model.program import AccessMode, Cascade, Table

_DELETING = frozenset({"all", "delete"})


def cascades(entities: Entities) -> Iterator[Cascade]:
    """By all relations of mapped classes; those of a base class count for each table below it."""
    keys = _keys(entities)
    found: dict[Cascade, None] = {}
    for (owner, _), relation in entities.relations.items():
        for table in _tables(entities, owner):
            for target, mode in _changed(entities, table, relation, keys):
                if relation.site is not None:
                    made = Cascade(table, target, mode, relation.site, "sqlalchemy")
                    found[made] = None
    yield from found


def _tables(entities: Entities, owner: str) -> list[str]:
    """The table of a class, or those of the classes that take it in."""
    own = entities.chain(owner)
    return list(own[:1]) or [entities.tables[each] for each in entities.below_of(owner)]


def _changed(
    entities: Entities, table: str, relation: Relation, keys: set[tuple[str, str]]
) -> Iterator[tuple[str, AccessMode]]:
    words = {word.strip() for word in relation.cascade.split(",")}
    chain = entities.chain(relation.target)
    if relation.secondary:
        yield relation.secondary, AccessMode.DELETE
    if not words.isdisjoint(_DELETING):
        rows = (*chain, *entities.below(relation.target))
        yield from ((each, AccessMode.DELETE) for each in rows)
    elif not relation.secondary and chain and (chain[0], table) in keys and chain[0] != table:
        yield chain[0], AccessMode.UPDATE


def _keys(entities: Entities) -> set[tuple[str, str]]:
    """(table, table that one of its keys refers to), where the key may be taken away."""
    return {
        (fact.name, column.references.rpartition(".")[0])
        for fact in entities.view.facts(Table)
        if isinstance(fact, Table)
        for column in fact.columns
        if column.references and column.nullable and not column.on_delete
    }
