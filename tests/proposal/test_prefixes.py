"""The longest claim decides, and no shorter list of claims says the same."""

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from decompose.proposal.prefixes import covering, shortest, with_ancestors

PARTS = st.sampled_from(["a", "b", "c", "", "é", "A"])
NAMES = st.lists(PARTS, min_size=1, max_size=4).map(lambda parts: "x" + ".".join(parts))
LABELS = st.sampled_from(["orders", "billing", "shared"])


def resolved(claims: dict[str, str], name: str) -> str | None:
    claim = covering(claims, name)
    return None if claim is None else claims[claim]


@pytest.mark.parametrize(
    ("name", "claim"),
    [
        ("shop.orders.Order", "shop.orders"),
        ("shop.orders", "shop.orders"),
        ("shop.ordersextra", "shop"),
        ("shopping", None),
        ("", None),
    ],
)
def test_a_claim_covers_whole_parts_of_a_name(name: str, claim: str | None) -> None:
    assert covering({"shop", "shop.orders"}, name) == claim


@given(st.dictionaries(NAMES, LABELS, max_size=30))
def test_claims_resolve_to_what_was_wanted(wanted: dict[str, str]) -> None:
    claims = shortest(wanted)
    assert {name: resolved(claims, name) for name in wanted} == wanted


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(NAMES, LABELS, min_size=1, max_size=4))
def test_no_shorter_list_says_the_same(wanted: dict[str, str]) -> None:
    length = len(shortest(wanted))
    labels = sorted(set(wanted.values()))
    for paths in combinations(sorted(with_ancestors(wanted)), length - 1):
        for chosen in product(labels, repeat=length - 1):
            claims = dict(zip(paths, chosen, strict=True))
            assert any(resolved(claims, name) != label for name, label in wanted.items())


@given(st.dictionaries(NAMES, LABELS, max_size=20), st.dictionaries(NAMES, LABELS, max_size=5))
def test_fixed_claims_are_kept_unless_they_contradict(
    wanted: dict[str, str], fixed: dict[str, str]
) -> None:
    claims = shortest(wanted, fixed)
    assert {name: resolved(claims, name) for name in wanted} == wanted
    assert all(claims[name] == label for name, label in fixed.items() if name not in wanted)


def test_equally_short_answers_name_the_code_and_not_what_lies_above_it() -> None:
    assert shortest({"company.product.orders": "orders"}) == {"company.product.orders": "orders"}
    assert shortest({"ns.a": "one", "ns.b": "two"}) == {"ns.a": "one", "ns.b": "two"}


def test_what_is_shared_by_default_needs_no_claim() -> None:
    assert shortest({"a.x": "shared", "a.y": "orders"}, default="shared") == {"a.y": "orders"}
