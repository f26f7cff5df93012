"""Where do the cards of a service map stand, and how do its arrows run? Pure geometry, the same every time.

Consumers stand above what they depend on, as far as cycles let them; who has no ties stands last. Cards stand in
rows; an arrow leaves a card's lower side, passes rows in between through the gaps between their cards, and never
behind a card.

Terms: the *order* ranks services from consumers to providers; a *row* is a slice of it; a *lane* is an x at which an
arrow passes a row.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Weights = Mapping[tuple[int, int], float]
"""(consumer, provider) -> weight; indices of services."""

CARD_WIDTH = 158.0
CARD_HEIGHTS = (56.0, 96.0)  # of the smallest and of the largest service
COLUMN = 196.0
WIDTH = 880.0  # at least, unless there are two columns or fewer
ROW_GAP = 96.0
MARGIN = 34.0
MAX_COLUMNS = 6
ARROW = 11.0
_SWEEPS = 12


@dataclass(frozen=True, slots=True)
class Card:
    """The box of one service; `x`, `y` is its upper left corner."""

    service: int
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """The x of its middle."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """An SVG path from consumer to provider; `stroke` is its width, `rank` counts from the heaviest, 1."""

    consumer: int
    provider: int
    path: str
    stroke: float
    rank: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A laid out map; `order` lists services from consumers to providers."""

    width: float
    height: float
    cards: tuple[Card, ...]
    arrows: tuple[Arrow, ...]
    order: tuple[int, ...]


def draw(sizes: Sequence[float], weights: Weights) -> Drawing:
    """Lay out services with these sizes and dependencies."""
    order = ranking(len(sizes), weights)
    coupled = {end for pair in weights for end in pair}
    rows = _arranged(_rows([s for s in order if s in coupled], weights), weights)
    rows += _rows([s for s in order if s not in coupled], {})
    columns = max((len(row) for row in rows), default=1)
    width = columns * max(COLUMN, min(WIDTH / columns, 1.5 * COLUMN)) + 2 * MARGIN
    cards = _cards(rows, sizes, width)
    row_of = {service: number for number, row in enumerate(rows) for service in row}
    arrows = _Router(cards, rows, row_of, width).arrows(weights)
    bottom = max((card.y + card.height for card in cards), default=0)
    dips = any(row_of[a] == row_of[b] == len(rows) - 1 for a, b in weights)
    height = bottom + (ROW_GAP * 0.8 if dips else MARGIN)
    return Drawing(width, height, cards, arrows, tuple(order))


def ranking(count: int, weights: Weights) -> list[int]:
    """Services such that little weight runs backwards, consumers first (Eades, Lin & Smyth 1993)."""
    outward, inward = _degrees(weights)
    left, right = [], []
    remaining = set(range(count))
    while remaining:
        ends = sorted(remaining)
        sink = next((s for s in ends if not outward[s]), None)
        source = next((s for s in ends if not inward[s]), None)
        if sink is not None and source != sink:
            chosen = sink
            right.append(sink)
        else:
            chosen = min(
                ends, key=lambda s: (sum(inward[s].values()) - sum(outward[s].values()), s)
            )
            chosen = chosen if source is None else source
            left.append(chosen)
        remaining.discard(chosen)
        for other in outward.pop(chosen, {}):
            inward[other].pop(chosen, None)
        for other in inward.pop(chosen, {}):
            outward[other].pop(chosen, None)
    return left + right[::-1]


def _degrees(weights: Weights) -> tuple[dict[int, dict[int, float]], dict[int, dict[int, float]]]:
    outward: dict[int, dict[int, float]] = defaultdict(dict)
    inward: dict[int, dict[int, float]] = defaultdict(dict)
    for (consumer, provider), weight in weights.items():
        outward[consumer][provider] = weight
        inward[provider][consumer] = weight
    return outward, inward


def _rows(order: Sequence[int], weights: Weights) -> list[list[int]]:
    """Slice the order so that rows are few and little weight runs within one (dynamic programming)."""
    columns = min(MAX_COLUMNS, max(2, math.ceil(math.sqrt(len(order) * 1.5))))
    total = sum(map(math.sqrt, weights.values())) or 1.0
    per_row = total / max(len(order), 1) * 0.9
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(order) + 1):
        choices = []
        for start in range(max(0, end - columns), end):
            lonely = per_row * 0.5 * (columns - (end - start)) / columns
            cost = best[start][0] + _within(order[start:end], weights) + per_row + lonely
            choices.append((cost, start))
        best.append(min(choices))
    rows: list[list[int]] = []
    end = len(order)
    while end:
        start = best[end][1]
        rows.insert(0, list(order[start:end]))
        end = start
    return rows


def _within(services: Sequence[int], weights: Weights) -> float:
    return sum(math.sqrt(weights.get((a, b), 0.0)) for a in services for b in services if a != b)


def _arranged(rows: list[list[int]], weights: Weights) -> list[list[int]]:
    """Order each row so that heavy neighbours stand near each other: barycentres, the best of some sweeps."""
    pull: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for (a, b), weight in weights.items():
        pull[a][b] += math.sqrt(weight)
        pull[b][a] += math.sqrt(weight)
    best, best_cost = rows, _stretch(rows, pull)
    for sweep in range(_SWEEPS):
        rows = [list(row) for row in rows]
        for number in range(len(rows)) if sweep % 2 == 0 else reversed(range(len(rows))):
            at = _positions(rows)
            rows[number].sort(key=lambda service: (_barycentre(service, at, pull), service))
        cost = _stretch(rows, pull)
        if cost < best_cost - 1e-9:
            best, best_cost = rows, cost
    return best


def _positions(rows: list[list[int]]) -> dict[int, float]:
    return {s: (place + 0.5) / len(row) for row in rows for place, s in enumerate(row)}


def _barycentre(
    service: int, at: Mapping[int, float], pull: Mapping[int, Mapping[int, float]]
) -> float:
    near = pull.get(service, {})
    total = sum(near.values())
    if not total:
        return at[service]
    return round(sum(at[other] * weight for other, weight in near.items()) / total, 9)


def _stretch(rows: list[list[int]], pull: Mapping[int, Mapping[int, float]]) -> float:
    at = _positions(rows)
    return sum(w * abs(at[a] - at[b]) for a, near in sorted(pull.items()) for b, w in near.items())


def _cards(rows: list[list[int]], sizes: Sequence[float], width: float) -> tuple[Card, ...]:
    largest = max(sizes, default=0) or 1.0
    low, high = CARD_HEIGHTS
    cards, top = [], MARGIN
    for row in rows:
        tall = [low + (high - low) * math.sqrt(max(sizes[service], 0) / largest) for service in row]
        inner = width - 2 * MARGIN
        for place, (service, height) in enumerate(zip(row, tall, strict=True)):
            middle = MARGIN + (place + 0.5) * inner / len(row)
            y = top + (max(tall) - height) / 2
            cards.append(Card(service, middle - CARD_WIDTH / 2, y, CARD_WIDTH, height))
        top += max(tall) + ROW_GAP
    return tuple(sorted(cards, key=lambda card: card.service))


class _Router:
    """Finds the lanes and ports of all arrows, then writes their paths."""

    def __init__(
        self,
        cards: Sequence[Card],
        rows: Sequence[Sequence[int]],
        row_of: Mapping[int, int],
        width: float,
    ) -> None:
        self.cards, self.row_of = cards, row_of
        self.tops = [min(cards[s].y for s in row) for row in rows]
        self.bottoms = [max(cards[s].y + cards[s].height for s in row) for row in rows]
        self.gaps = [_gaps([cards[s] for s in row], width) for row in rows]

    def arrows(self, weights: Weights) -> tuple[Arrow, ...]:
        ranked = sorted(weights, key=lambda pair: (-weights[pair], pair))
        heaviest = max(weights.values(), default=1.0) or 1.0
        lanes = self._lanes(ranked)
        ports = self._ports(ranked, lanes)
        return tuple(
            Arrow(
                *pair,
                self._path(pair, lanes[pair], ports),
                round(1.2 + 4.8 * (weights[pair] / heaviest) ** 0.6, 2),
                rank,
            )
            for rank, pair in enumerate(ranked, 1)
        )

    def _passed(self, pair: tuple[int, int]) -> list[int]:
        first, last = self.row_of[pair[0]], self.row_of[pair[1]]
        step = 1 if last > first else -1
        return list(range(first + step, last, step))

    def _lanes(self, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], list[float]]:
        """For each arrow the x at which it passes each row in between; arrows in one gap share its width."""
        wanted: dict[tuple[int, int], list[tuple[float, tuple[int, int], int]]] = defaultdict(list)
        for pair in pairs:
            start, end = self.cards[pair[0]].middle, self.cards[pair[1]].middle
            passed = self._passed(pair)
            for place, row in enumerate(passed):
                x = start + (end - start) * (place + 1) / (len(passed) + 1)
                gap = min(range(len(self.gaps[row])), key=lambda g: _distance(x, self.gaps[row][g]))
                wanted[row, gap].append((x, pair, place))
        lanes = {pair: [0.0] * len(self._passed(pair)) for pair in pairs}
        for (row, gap), crowd in sorted(wanted.items()):
            low, high = self.gaps[row][gap]
            for number, (_, pair, place) in enumerate(sorted(crowd), 1):
                lanes[pair][place] = low + (high - low) * number / (len(crowd) + 1)
        return lanes

    def _ports(
        self, pairs: Sequence[tuple[int, int]], lanes: Mapping[tuple[int, int], list[float]]
    ) -> dict[tuple[int, int, int], float]:
        """(consumer, provider, end) -> x at the card's side, in the order in which arrows come in."""
        sides: dict[tuple[int, bool], list[tuple[float, tuple[int, int, int]]]] = defaultdict(list)
        for consumer, provider in pairs:
            lane = lanes[consumer, provider]
            down = self.row_of[provider] >= self.row_of[consumer]
            level = self.row_of[provider] == self.row_of[consumer]
            toward = lane[0] if lane else self.cards[provider].middle
            back = lane[-1] if lane else self.cards[consumer].middle
            sides[consumer, down].append((toward, (consumer, provider, 0)))
            sides[provider, level or not down].append((back, (consumer, provider, 1)))
        ports = {}
        for (service, _), crowd in sides.items():
            card = self.cards[service]
            for number, (_, key) in enumerate(sorted(crowd), 1):
                ports[key] = card.x + 10 + (card.width - 20) * number / (len(crowd) + 1)
        return ports

    def _path(
        self,
        pair: tuple[int, int],
        lanes: Sequence[float],
        ports: Mapping[tuple[int, int, int], float],
    ) -> str:
        consumer, provider = self.cards[pair[0]], self.cards[pair[1]]
        start, end = ports[*pair, 0], ports[*pair, 1]
        if self.row_of[pair[0]] == self.row_of[pair[1]]:
            return self._dip(consumer, provider, start, end)
        down = self.row_of[pair[1]] > self.row_of[pair[0]]
        x, y = start, consumer.y + (consumer.height if down else 0.0)
        parts = [f"M{x:.1f} {y:.1f}"]
        for row, lane in zip(self._passed(pair), lanes, strict=True):
            enter, leave = self.tops[row] - 6, self.bottoms[row] + 6
            if not down:
                enter, leave = leave, enter
            parts += [_bend(x, y, lane, enter), f"L{lane:.1f} {leave:.1f}"]
            x, y = lane, leave
        tip = provider.y - ARROW if down else provider.y + provider.height + ARROW
        return "".join([*parts, _bend(x, y, end, tip)])

    def _dip(self, consumer: Card, provider: Card, start: float, end: float) -> str:
        y, tip = consumer.y + consumer.height, provider.y + provider.height + ARROW
        floor = max(y, tip) + min(ROW_GAP * 0.72, 26 + abs(end - start) * 0.13)
        return f"M{start:.1f} {y:.1f}C{start:.1f} {floor:.1f} {end:.1f} {floor:.1f} {end:.1f} {tip:.1f}"


def _bend(x: float, y: float, to_x: float, to_y: float) -> str:
    half = (to_y - y) * 0.5
    return f"C{x:.1f} {y + half:.1f} {to_x:.1f} {to_y - half:.1f} {to_x:.1f} {to_y:.1f}"


def _gaps(cards: Sequence[Card], width: float) -> list[tuple[float, float]]:
    """The free stretches of a row, the outer ones included."""
    ordered = sorted(cards, key=lambda card: card.x)
    lefts = [4.0] + [card.x + card.width + 6 for card in ordered]
    rights = [card.x - 6 for card in ordered] + [width - 4.0]
    return [(low, high) for low, high in zip(lefts, rights, strict=True) if high > low]


def _distance(x: float, gap: tuple[float, float]) -> float:
    low, high = gap
    return max(low - x, x - high, 0.0)
