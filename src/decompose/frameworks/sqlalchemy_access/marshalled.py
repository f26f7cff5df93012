"""Which rows do marshmallow's schemas make? `OrderSchema().load(data)` gives an order, or fills one that is there."""

from decompose.frameworks.sqlalchemy_access.collector import Collector, place_of
from decompose.frameworks.sqlalchemy_access.entities import Entities
from decompose.model.program import AccessMode, Confidence
from decompose.model.view import ClassView, Expression

NAMES = frozenset({"load"})
_ALWAYS = frozenset({"ModelSchema"})
_WHERE_ASKED = frozenset({"SQLAlchemyAutoSchema", "SQLAlchemySchema"})  # by `load_instance = True`


def read_marshalled(entities: Entities, found: Collector) -> None:
    """Add what loading writes: a new row, unless the call is given one or names some of its columns only."""
    for call in entities.view.calls(*sorted(NAMES)):
        is_old = not {"instance", "partial"}.isdisjoint(call.keywords)
        mode = AccessMode.UPDATE if is_old else AccessMode.CREATE
        for name in call.base.types() if call.base is not None else ():
            schema = entities.view.class_named(name)
            model = _model(entities, schema) if schema is not None else None
            for symbol in model.symbols() if model is not None else ():
                found.add(place_of(call), entities.chain(symbol)[:1], mode, Confidence.INFERRED)


def _model(entities: Entities, schema: ClassView) -> Expression | None:
    """The model whose rows a schema makes, None where it makes none."""
    meta = schema.inner("Meta")
    if meta is None:
        return None
    classes = filter(None, map(entities.view.class_named, schema.mro))
    bases = {base.attribute for each in classes for base in each.bases}
    asked = meta.attribute("load_instance")
    is_asked = asked is not None and asked.literal() is True
    makes = not bases.isdisjoint(_ALWAYS) or (is_asked and not bases.isdisjoint(_WHERE_ASKED))
    return meta.attribute("model") if makes else None
