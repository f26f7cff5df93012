"""How do the services hang together? A drawn map for the overview, a matrix that stays legible when all are coupled."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from decompose.report import limits
from decompose.report.boundaries import Boundaries
from decompose.report.layout import Arrow, Card, Drawing, draw, ranking
from decompose.report.limits import Cuts
from decompose.report.lookup import Lookup
from decompose.report.text import counted, figure, shortened

LETTERS = 16
"""Letters of a name that fit a line of a card."""
WEIGHT_SHOWN = 0.8
"""Share of all weight that the arrows shown at first carry."""
SHADES = 6
THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class CardView:
    """A service's card on the map."""

    box: Card
    name: str
    anchor: str
    lines: tuple[str, ...]  # its name, broken to fit
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArrowView:
    """An arrow and what it stands for."""

    arrow: Arrow
    consumer: str
    provider: str
    is_data: bool
    title: str


@dataclass(frozen=True, slots=True)
class MapView:
    """The map; `first` is how many arrows are shown before anybody moves the slider."""

    drawing: Drawing
    cards: tuple[CardView, ...]
    arrows: tuple[ArrowView, ...]
    first: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Weight of consumer (row) on provider (column); `shade` 0-6, `boundary` the anchor of its evidence."""

    text: str
    title: str
    boundary: str
    shade: int
    is_data: bool
    is_self: bool = False
    is_back: bool = False  # against the order: part of a cycle, or an odd direction


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A consumer with its cells."""

    number: int
    name: str
    anchor: str
    cells: tuple[Cell, ...]


def service_map(lookup: Lookup, found: Boundaries, cuts: Cuts) -> MapView:
    """Lay out the largest services and their heaviest dependencies."""
    capabilities = lookup.analysis.partition.capabilities
    largest = sorted(range(len(capabilities)), key=lambda n: (-capabilities[n].lines, n))
    chosen = sorted(cuts.head(largest, limits.MAP_SERVICES, "services on the map"))
    names = [capabilities[number].name for number in chosen]
    weights = _weights(lookup, names)
    heaviest = sorted(weights, key=lambda pair: (-weights[pair], pair))
    kept = cuts.head(heaviest, limits.MAP_EDGES, "arrows on the map")
    drawing = draw([capabilities[n].lines for n in chosen], {pair: weights[pair] for pair in kept})
    evidence = {(view.consumer, view.provider): view for view in found.shown}
    arrows = []
    for arrow in sorted(
        drawing.arrows, key=lambda a: -a.rank
    ):  # the heaviest are drawn last, on top
        pair = names[arrow.consumer], names[arrow.provider]
        view = evidence.get(pair)
        kinds = ", ".join(text for text, _ in view.kinds) if view else "weight only"
        title = f"{pair[0]} depends on {pair[1]}: {kinds}"
        arrows.append(ArrowView(arrow, *pair, view is not None and view.is_data, title))
    cards = tuple(_card(lookup, names[box.service], box) for box in drawing.cards)
    return MapView(drawing, cards, tuple(arrows), _first(drawing, weights, len(names)))


def _weights(lookup: Lookup, names: Sequence[str]) -> dict[tuple[int, int], float]:
    place = {name: number for number, name in enumerate(names)}
    return {
        (place[boundary.consumer], place[boundary.provider]): boundary.weight
        for boundary in lookup.analysis.boundaries
        if boundary.consumer in place and boundary.provider in place
    }


def _card(lookup: Lookup, name: str, box: Card) -> CardView:
    capability = lookup.analysis.partition.capabilities[lookup.services.index(name)]
    doors = len(capability.entry_points)
    facts = (
        counted(capability.lines, "line"),
        f"{counted(len(capability.tables), 'table')} · {counted(doors, 'entry', 'entries')}",
    )
    return CardView(box, name, lookup.anchor(name), _broken(name), facts)


def _broken(name: str) -> tuple[str, ...]:
    """A name on one or two lines, broken at a dash where there is one."""
    if len(name) <= LETTERS:
        return (name,)
    cut = max(name.rfind("-", 0, LETTERS), name.rfind("_", 0, LETTERS)) + 1 or LETTERS
    return name[:cut], shortened(name[cut:], LETTERS)


def _first(drawing: Drawing, weights: Mapping[tuple[int, int], float], services: int) -> int:
    """Enough arrows for most of the weight, neither a handful nor a hairball."""
    ordered = sorted(drawing.arrows, key=lambda arrow: arrow.rank)
    total = sum(weights.values())
    sums = accumulate(weights[arrow.consumer, arrow.provider] for arrow in ordered)
    enough = next((n for n, so_far in enumerate(sums, 1) if so_far >= WEIGHT_SHOWN * total), 0)
    return min(len(ordered), max(enough, services), max(2, round(services * 1.75)))


def matrix(lookup: Lookup, found: Boundaries, cuts: Cuts) -> tuple[MatrixRow, ...]:
    """Consumers × providers, consumers first: what stands below the diagonal runs backwards."""
    every = lookup.services
    weights = _weights(lookup, every)
    chosen = cuts.head(
        ranking(len(every), weights), limits.MATRIX_SERVICES, "services of the matrix"
    )
    evidence = {(view.consumer, view.provider): view.anchor for view in found.shown}
    is_data = {(view.consumer, view.provider): view.is_data for view in found.shown}
    heaviest = max(weights.values(), default=1.0)
    rows = []
    for position, consumer in enumerate(chosen):
        cells = []
        for column, provider in enumerate(chosen):
            pair = every[consumer], every[provider]
            weight = weights.get((consumer, provider), 0.0)
            cells.append(
                Cell(
                    text=_short(weight),
                    title=f"{pair[0]} depends on {pair[1]}: weight {figure(weight)}"
                    if weight
                    else "",
                    boundary=evidence.get(pair, ""),
                    shade=_shade(weight, heaviest),
                    is_data=is_data.get(pair, False),
                    is_self=consumer == provider,
                    is_back=bool(weight) and column < position,
                )
            )
        name = every[consumer]
        rows.append(MatrixRow(position + 1, name, lookup.anchor(name), tuple(cells)))
    return tuple(rows)


def _shade(weight: float, heaviest: float) -> int:
    if weight <= 0:
        return 0
    return max(1, math.ceil(SHADES * math.log1p(weight) / math.log1p(max(heaviest, weight))))


def _short(weight: float) -> str:
    """At most four letters: 7, 412, 3k, 12k."""
    if not weight:
        return ""
    rounded = max(round(weight), 1)
    return str(rounded) if rounded < THOUSAND else f"{rounded / THOUSAND:.0f}k"
