"""A proposal survives its text; every mistake in a text is told with its line and a remedy."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decompose.errors import DecomposeError
from decompose.model.partition import Doubt, Partition
from decompose.model.proposal import Constraints, Proposal, Service
from decompose.proposal import from_toml, to_toml

EMPTY = Partition((), (), ())
HEAD = '[[service]]\nname = "orders"\n'

MISTAKES = {
    "broken text": ('[[service]]\nname = "x\n', 2, "not valid TOML", "quotes"),
    "a list that never ends": ("members = [\n", 1, "not valid TOML", "brackets"),
    "an unknown key": (HEAD + 'membres = ["a"]\n', 3, "unknown key 'membres'", "'members'"),
    "an unknown table": ("[shard]\n", 1, "unknown key 'shard'", "'shared'"),
    "a key far from all": ("zzz = 1\n", 1, "unknown key", "expected one of"),
    "a version as text": ('version = "1"\n', 1, "whole number", "version = 1"),
    "a version as truth": ("version = true\n", 1, "whole number", "version = 1"),
    "a newer version": ("\nversion = 99\n", 2, "newer", "upgrade"),
    "one table for all": ('[service]\nname = "a"\n', 1, "tables", "[[service]]"),
    "no name": ("[[service]]\npurpose = 'x'\n", 1, "without a name", "name ="),
    "a name as number": ("[[service]]\nname = 3\n", 2, "text", "quotes"),
    "a name in capitals": ('[[service]]\nname = "Order Desk"\n', 2, "bad name", "'order-desk'"),
    "a name with a dash at its end": ('[[service]]\nname = "a-"\n', 2, "bad name", "'a'"),
    "a name too long": (f'[[service]]\nname = "{"a" * 41}"\n', 2, "bad name", "at most 40"),
    "a path as name": ('[[service]]\nname = "../x"\n', 2, "bad name", "letter first"),
    "an empty name": ('[[service]]\nname = ""\n', 2, "bad name", "letter first"),
    "a reserved name": ('[[service]]\nname = "shared"\n', 2, "cannot be called", "[shared]"),
    "the same name again": (HEAD + HEAD, 4, "two services 'orders'", "line 2"),
    "a text for a list": (HEAD + 'members = "a"\n', 3, "list of texts", 'members = ["…"]'),
    "a number in a list": (HEAD + "members = [\n'a',\n3]\n", 5, "`members`", "quotes"),
    "a member twice": (HEAD + 'members = ["a",\n"a"]\n', 4, "twice", "line 3"),
    "a member of two": (
        HEAD + 'members = ["a"]\n[shared]\nmembers = [\n"a"]\n',
        6,
        "by 'orders' and by [shared]",
        "line 3",
    ),
    "a table of two": (
        HEAD + 'tables = ["t"]\n[unused]\nmembers = ["table:t"]\n',
        5,
        "table 't'",
        "line 3",
    ),
    "an entry point of two": (
        HEAD
        + 'entry_points = ["route:GET /"]\n[[service]]\nname="b"\nentry_points=["route:GET /"]\n',
        6,
        "entry point",
        "line 3",
    ),
    "a table with prefix": (HEAD + 'tables = ["table:t"]\n', 3, "alone", "'t'"),
    "a table among members": (HEAD + 'members = ["table:t"]\n', 3, "is a table", "`tables`"),
    "a star": (HEAD + 'members = ["shop.*"]\n', 3, "dotted name", "below it"),
    "nothing as member": (HEAD + 'members = [""]\n', 3, "dotted name", "below it"),
    "a list as library": ("shared = ['a']\n", 1, "table", "[shared]"),
    "pinned as text": (HEAD + 'pinned = "yes"\n', 3, "true or false", "pinned = true"),
    "a pin to no service": (
        HEAD + '[constraints.pins]\n"a" = "order"\n',
        4,
        "no service",
        "'orders'",
    ),
    "a pin without quotes": (HEAD + '[constraints.pins]\na.b = "orders"\n', 4, "quotes", '"a.b"'),
    "a group of texts": (HEAD + '[constraints]\ntogether = ["a"]\n', 4, "list of lists", "[["),
}


@pytest.mark.parametrize(("text", "line", "what", "remedy"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_with_its_line_and_a_remedy(
    text: str, line: int, what: str, remedy: str
) -> None:
    with pytest.raises(DecomposeError) as caught:
        from_toml(text, "out/decompose.toml")
    assert caught.value.where == f"out/decompose.toml:{line}"
    assert what in caught.value.what
    assert remedy in caught.value.remedy


def test_deeply_nested_lists_are_refused() -> None:
    with pytest.raises(DecomposeError):
        from_toml("a = " + "[" * 100_000, "x")


def test_an_empty_file_is_an_empty_proposal() -> None:
    assert from_toml("", "x") == Proposal(())


def test_a_pinned_service_pins_all_that_stands_in_it() -> None:
    text = (
        HEAD
        + 'members = ["a"]\ntables = ["t"]\npinned = true\n[shared]\nmembers = ["b"]\npinned = true\n'
    )
    found = from_toml(text, "x").constraints.pins
    assert found == {"a": "orders", "table:t": "orders", "b": "shared"}


def test_doubts_are_comments_on_the_doubtful_members_alone() -> None:
    proposal = Proposal((Service("orders", "", ("shop.cart", "shop.orders"), (), ()),))
    doubts = (
        Doubt("shop.orders", 0.62, "billing"),
        Doubt("shop.cart.Basket", 0.5, "x"),
        Doubt("shop.cart.Row", 0.7, "x"),
    )
    text = to_toml(proposal, Partition((), (), (), {"shop.orders": "a hub"}, doubts))
    lines = text.splitlines()
    assert '  "shop.orders",  # 62 % of runs agree; else billing; a hub' in lines
    inside = "doubtful inside: shop.cart.Basket (50 % of runs agree; else x), and 1 more"
    assert f'  "shop.cart",  # {inside}' in lines


TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
MEMBER = TEXT.map(lambda text: f"m{text}.x").filter(lambda text: ".." not in text)
HOSTILE = [
    'a"\nb = 1',
    "a\\",
    "]",
    "'''",
    '"""',
    "# x",
    "\x1b[31m",
    "\u202e",
    "\r",
    "\x7f",
    "\ud800",
]


@given(
    st.lists(MEMBER, unique=True, max_size=6), TEXT, st.lists(TEXT.map("t{}".format), unique=True)
)
def test_any_names_survive_the_text(members: list[str], purpose: str, tables: list[str]) -> None:
    proposal = Proposal(
        (Service("a", purpose, tuple(members[:2]), tuple(tables), ()),),
        tuple(members[2:4]),
        tuple(members[4:]),
        Constraints(dict.fromkeys(members[:1], "a"), (tuple(members),), ((purpose,),)),
    )
    doubts = tuple(Doubt(name, 0.4, purpose) for name in members)
    assert from_toml(to_toml(proposal, Partition((), (), (), {}, doubts)), "x") == proposal


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_names(name: str) -> None:
    member = f"x{name}y"
    proposal = Proposal((Service("a", name, (member,), (), ()),))
    text = to_toml(proposal, Partition((), (), (), {member: name}, (Doubt(member, 0.1, name),)))
    text.encode("utf-8")
    assert not any(sign in text for sign in "\x1b\u202e\x7f\r")
    (service,) = from_toml(text, "x").services
    assert service.name == "a"
    if name != "\ud800":
        assert service.members == (member,)
