import re
from itertools import combinations

import pytest

from decompose.report.layout import CARD_WIDTH, Drawing, Weights, draw, ranking


def chain(count: int) -> Weights:
    return {(number, number + 1): 1.0 for number in range(count - 1)}


def dense(count: int) -> Weights:
    return {
        (a, b): float((a * 7 + b * 3) % 11 + 1)
        for a in range(count)
        for b in range(count)
        if a != b
    }


def hub(count: int) -> Weights:
    return {(number, 0): 5.0 for number in range(1, count)}


GRAPHS = [
    pytest.param(count, make(count), id=f"{make.__name__} of {count}")
    for make in (chain, dense, hub)
    for count in (0, 1, 2, 3, 8, 12, 30, 48)
]


def drawn(count: int, weights: Weights) -> Drawing:
    return draw([100.0 * (number + 1) for number in range(count)], weights)


@pytest.mark.parametrize(("count", "weights"), GRAPHS)
def test_cards_lie_within_the_drawing_and_apart(count: int, weights: Weights) -> None:
    drawing = drawn(count, weights)
    assert [card.service for card in drawing.cards] == list(range(count))
    for card in drawing.cards:
        assert card.x >= 0
        assert card.y >= 0
        assert card.x + card.width <= drawing.width
        assert card.y + card.height <= drawing.height
    for a, b in combinations(drawing.cards, 2):
        apart = max(
            abs(a.middle - b.middle) - CARD_WIDTH,
            max(a.y, b.y) - min(a.y + a.height, b.y + b.height),
        )
        assert apart > 10


@pytest.mark.parametrize(("count", "weights"), GRAPHS)
def test_arrows_never_pass_behind_a_card(count: int, weights: Weights) -> None:
    drawing = drawn(count, weights)
    assert {(arrow.consumer, arrow.provider) for arrow in drawing.arrows} == set(weights)
    for arrow in drawing.arrows:
        others = [c for c in drawing.cards if c.service not in (arrow.consumer, arrow.provider)]
        for x, y in points(arrow.path):
            assert 0 <= x <= drawing.width
            assert 0 <= y <= drawing.height
            assert not [c for c in others if c.x < x < c.x + c.width and c.y < y < c.y + c.height]


def points(path: str) -> list[tuple[float, float]]:
    """Points along an SVG path of M, C and L."""
    found: list[tuple[float, float]] = []
    for command, numbers in re.findall(r"([MCL])([^MCL]*)", path):
        values = [float(number) for number in numbers.split()]
        ends = list(zip(values[::2], values[1::2], strict=True))
        if command == "M":
            found.append(ends[0])
            continue
        a, d = found[-1], ends[-1]
        b, c = (ends[0], ends[1]) if command == "C" else (a, d)
        for step in range(1, 21):
            t = step / 20
            found.append(
                tuple(
                    (1 - t) ** 3 * a[i]
                    + 3 * t * (1 - t) ** 2 * b[i]
                    + 3 * t * t * (1 - t) * c[i]
                    + t**3 * d[i]
                    for i in (0, 1)
                )  # type: ignore[arg-type]
            )
    return found


@pytest.mark.parametrize("count", [2, 5, 20])
def test_without_cycles_every_consumer_ranks_before_its_providers(count: int) -> None:
    weights = {
        (a, b): 1.0 for a in range(count) for b in range(count) if (a * 5) % 23 < (b * 5) % 23
    }
    order = ranking(count, weights)
    assert sorted(order) == list(range(count))
    assert all(order.index(a) < order.index(b) for a, b in weights)


def test_of_a_cycle_the_lightest_dependency_runs_backwards() -> None:
    order = ranking(3, {(0, 1): 9.0, (1, 2): 8.0, (2, 0): 1.0})
    assert order == [0, 1, 2]


def test_larger_services_have_taller_cards() -> None:
    heights = [card.height for card in drawn(5, chain(5)).cards]
    assert heights == sorted(heights)
    assert heights[0] < heights[-1]


def test_the_heaviest_dependency_has_the_thickest_arrow_and_rank_one() -> None:
    arrows = draw([1.0, 1.0, 1.0], {(0, 1): 2.0, (1, 2): 50.0}).arrows
    (first,) = (arrow for arrow in arrows if arrow.rank == 1)
    assert (first.consumer, first.provider) == (1, 2)
    assert first.stroke == max(arrow.stroke for arrow in arrows)


def test_who_has_no_ties_stands_below_all_others() -> None:
    cards = drawn(8, {(0, 1): 1.0, (4, 1): 2.0}).cards
    tied = max(cards[number].y for number in (0, 1, 4))
    assert all(cards[number].y > tied for number in (2, 3, 5, 6, 7))
