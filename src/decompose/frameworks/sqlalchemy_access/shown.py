"""Which tables do templates read, as they follow relations of the rows that they are given?

`{{ order.buyer.name }}` loads the buyer, on behalf of the function that renders.
"""

from decompose.frameworks.sqlalchemy_access.collector import Collector, Place
from decompose.frameworks.sqlalchemy_access.entities import Entities
from decompose.model.program import AccessMode, Confidence, Shown
from decompose.model.templates import CALLED, ELEMENT, SHOWN

_MAX_CLASSES = 4
_PASSING = frozenset(
    {"all", "filter", "filter_by", "first", "items", "limit", "one", "one_or_none", "order_by"}
)
"""What pages and queries are asked for their rows by."""


def read_shown(entities: Entities, found: Collector) -> None:
    """Add the reads of all paths that templates follow."""
    for fact in entities.view.facts(Shown):
        if isinstance(fact, Shown):
            _follow(entities, found, fact)


def _follow(entities: Entities, found: Collector, shown: Shown) -> None:
    start = shown.start
    classes = list(dict.fromkeys(entities.of_instance(start)))  # type: ignore[arg-type] # an Expression, by its reader
    depth = 0
    for part in shown.path:
        depth += part == ELEMENT
        if part in (ELEMENT, CALLED, SHOWN) or _passes(entities, classes, part):
            continue
        after: list[str] = []
        for name in classes[:_MAX_CLASSES]:
            relation = entities.relation(name, part)
            if relation is not None:
                place = Place(shown.source, shown.site, depth)
                found.add(place, entities.loaded(relation), AccessMode.READ, Confidence.INFERRED)
                after.append(relation.target)
        classes = after


def _passes(entities: Entities, classes: list[str], part: str) -> bool:
    """Does a template ask a page or a query for its rows, rather than a row for a relation of that name?"""
    return part in _PASSING and all(entities.relation(name, part) is None for name in classes)
