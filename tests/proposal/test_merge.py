"""What a person changed stays, everything else takes the new draft, and their text stays theirs."""

import random
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proposal_programs import atoms, partition, program

from decompose.graph import DependencyGraph
from decompose.model.partition import Doubt, Partition
from decompose.model.proposal import Constraints, Proposal, Service
from decompose.proposal import Merged, decided, draft, edits, from_toml, labels, merge, to_toml

NAMES = [
    "shop",
    "shop.orders:Order",
    "shop.orders:Line",
    "shop.billing:Invoice",
    "shop.cart:Cart",
    "shop.mail",
    "table:orders=shop.orders:Order",
    "table:invoices=shop.billing:Invoice",
    "route:GET /orders=shop.orders",
]
LABELS = {
    "shop": "shared",
    "shop.orders": "orders",
    "shop.orders.Order": "orders",
    "shop.orders.Line": "orders",
    "shop.billing": "billing",
    "shop.billing.Invoice": "billing",
    "shop.cart": "orders",
    "shop.cart.Cart": "orders",
    "shop.mail": "unused",
    "table:orders": "orders",
    "table:invoices": "billing",
}


@dataclass(frozen=True)
class Version:
    """A draft with everything that belongs to it."""

    graph: DependencyGraph
    parts: Partition
    proposal: Proposal
    text: str

    def merged(self, theirs: str | None, base: str | None) -> Merged:
        return merge(base, theirs, self.proposal, self.parts, self.graph)


def version(
    changes: dict[str, str | None] | None = None, doubts: tuple[Doubt, ...] = ()
) -> Version:
    """The shop with some labels changed, or code gone (None) or new."""
    changes = changes or {}
    found = {name: label for name, label in {**LABELS, **changes}.items() if label}
    names = [n for n in NAMES if changes.get(n.partition("=")[0].replace(":", "."), "") is not None]
    names += [name for name in changes if changes[name] and name not in LABELS]
    built = program(names)
    parts = partition(found, doubts)
    proposal = draft(built, parts)
    return Version(built.graph, parts, proposal, to_toml(proposal, parts))


BASE = version()


def edited(*replacements: tuple[str, str], base: Version = BASE) -> str:
    text = base.text
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


CART_TO_BILLING = (
    ('  "shop.cart",\n', ""),
    ('  "shop.billing",\n', '  "shop.billing",\n  "shop.cart",  # they pay here\n'),
)
RENAMED = (('name = "orders"', 'name = "sales"  # the board says so'),)
PURPOSE = (("Does orders.", "Takes orders."),)
MERGED_SERVICES = (
    ('[[service]]\nname = "billing"\npurpose = "Does billing."\n', "# billing is gone\n"),
    ('members = [\n  "shop.billing",\n]\ntables = [\n  "invoices",\n]\nentry_points = []\n', ""),
    ('  "shop.orders",\n', '  "shop.orders",\n  "shop.billing",\n'),
    ('  "orders",\n', '  "orders",\n  "invoices",\n'),
)
ADDED = (
    ('  "shop.cart",\n', ""),
    ("[shared]", '[[service]]\nname = "basket"\nmembers = ["shop.cart"]\n\n[shared]'),
)
EDITS = {
    "moved": CART_TO_BILLING,
    "renamed": RENAMED,
    "purpose": PURPOSE,
    "merged": MERGED_SERVICES,
    "added": ADDED,
    "comment": (("[shared]", "# what all need\n[shared]"),),
    "order": (
        ('  "shop.orders",\n', ""),
        ('  "shop.cart",\n', '  "shop.cart",\n  "shop.orders"\n'),
    ),
    "nothing": (),
}
PINS = {
    "moved": {"shop.cart": "billing"},
    "renamed": {"shop.cart": "sales", "shop.orders": "sales", "table:orders": "sales"},
    "purpose": {},
    "merged": {"shop.billing": "orders", "table:invoices": "orders"},
    "added": {"shop.cart": "basket"},
    "comment": {},
    "order": {},
    "nothing": {},
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_a_pin(edit: str) -> None:
    found = edits(BASE.proposal, from_toml(edited(*EDITS[edit]), "x"))
    assert found == Constraints(PINS[edit])


@pytest.mark.parametrize("edit", EDITS)
def test_an_equal_draft_changes_no_byte(edit: str) -> None:
    theirs = edited(*EDITS[edit])
    assert BASE.merged(theirs, BASE.text) == Merged(theirs, ())


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize(
    "changes",
    [
        {"shop.news": "news"},
        {"shop.orders.Line": "billing"},
        {"shop.mail": None},
        {"shop.cart": "billing", "shop.cart.Cart": "billing"},
        {"shop.billing": None, "shop.billing.Invoice": None, "table:invoices": None},
    ],
    ids=str,
)
def test_merging_twice_is_merging_once(edit: str, changes: dict[str, str | None]) -> None:
    new = version(changes)
    once = new.merged(edited(*EDITS[edit]), BASE.text)
    again = new.merged(once.text, new.text)
    assert again.text == once.text


def test_an_untouched_file_takes_the_new_draft_whole() -> None:
    new = version({"shop.news": "news"}, (Doubt("shop.cart", 0.5, "billing"),))
    assert new.merged(BASE.text, BASE.text) == Merged(new.text, ())
    assert new.merged(None, BASE.text) == Merged(new.text, ())
    assert new.merged(None, None) == Merged(new.text, ())


def test_a_moved_member_stays_and_new_code_comes_in() -> None:
    new = version({"shop.news": "orders", "shop.tax": "billing"})
    found = new.merged(edited(*CART_TO_BILLING), BASE.text)
    assert '  "shop.cart",  # they pay here\n' in found.text
    got = labels(from_toml(found.text, "x"), new.graph)
    assert (got["shop.cart.Cart"], got["shop.news"], got["shop.tax"]) == (
        "billing",
        "orders",
        "billing",
    )
    assert found.conflicts == ()


def test_a_renamed_service_keeps_its_name_and_takes_new_members() -> None:
    new = version({"shop.news": "orders"})
    found = new.merged(edited(*RENAMED), BASE.text)
    assert 'name = "sales"  # the board says so' in found.text
    assert labels(from_toml(found.text, "x"), new.graph)["shop.news"] == "sales"
    assert '"orders"' not in found.text.replace('  "orders",', ""), "only the table is called so"


def test_a_renamed_service_stays_whole_though_the_draft_gives_it_up() -> None:
    given_up = {name: "billing" for name, label in LABELS.items() if label == "orders"}
    new = version(given_up)
    found = new.merged(edited(*RENAMED), BASE.text)
    got = labels(from_toml(found.text, "x"), new.graph)
    assert {got[name] for name in given_up} == {"sales"}
    assert all("by your edit" in conflict for conflict in found.conflicts)
    assert found.conflicts


def test_a_service_that_the_draft_renames_is_renamed_in_place() -> None:
    sales = {name: "sales" for name, label in LABELS.items() if label == "orders"}
    new = version(sales)
    found = new.merged(edited(('name = "orders"', 'name = "orders"  # mine')), BASE.text)
    assert 'name = "sales"  # mine' in found.text
    assert found.conflicts == ()


def test_both_rename_and_the_person_wins() -> None:
    new = version({name: "trade" for name, label in LABELS.items() if label == "orders"})
    found = new.merged(edited(*RENAMED), BASE.text)
    assert 'name = "sales"' in found.text
    assert 'name = "trade"' not in found.text
    (conflict,) = found.conflicts
    assert conflict.startswith("decompose.toml:")
    assert "'trade'" in conflict


def test_both_move_and_the_person_wins() -> None:
    new = version({"shop.cart": "news", "shop.cart.Cart": "news", "shop.news": "news"})
    found = new.merged(edited(*CART_TO_BILLING), BASE.text)
    assert labels(from_toml(found.text, "x"), new.graph)["shop.cart"] == "billing"
    line = found.text.splitlines().index('  "shop.cart",  # they pay here') + 1
    assert any(c.startswith(f"decompose.toml:{line}: ") and "'news'" in c for c in found.conflicts)


def test_both_change_a_purpose_and_the_person_wins() -> None:
    new = version({"shop.news": "orders"})
    services = tuple(
        Service(s.name, "Sells.", s.members, s.tables, s.entry_points)
        for s in new.proposal.services
    )
    found = merge(BASE.text, edited(*PURPOSE), Proposal(services, new.proposal.shared), new.parts)
    assert "Takes orders." in found.text
    assert "the purpose of 'orders' is yours; the draft says: Sells." in found.conflicts[0]


def test_a_pinned_member_that_vanished_is_left_out_and_told() -> None:
    new = version({"shop.cart": None, "shop.cart.Cart": None})
    theirs = edited(*CART_TO_BILLING)
    found = new.merged(theirs, BASE.text)
    assert '"shop.cart"' not in found.text
    assert "# they pay here" in found.text, "comments stay"
    (conflict,) = found.conflicts
    line = theirs.splitlines().index('  "shop.cart",  # they pay here') + 1
    assert "'shop.cart'" in conflict
    assert f"line {line}" in conflict


def test_what_vanished_and_nobody_touched_goes_in_silence() -> None:
    new = version({"shop.cart": None, "shop.cart.Cart": None})
    found = new.merged(edited(*RENAMED), BASE.text)
    assert "shop.cart" not in found.text
    assert found.conflicts == ()


def test_constraints_on_vanished_code_go_and_are_told() -> None:
    more = '\n[constraints]\ntogether = [["shop.cart", "shop.mail"]]\n\n[constraints.pins]\n'
    theirs = BASE.text + more + '"shop.cart" = "billing"\n"shop.mail" = "orders"\n'
    found = version({"shop.cart": None, "shop.cart.Cart": None}).merged(theirs, BASE.text)
    assert '"shop.cart"' not in found.text
    kept = from_toml(found.text, "x").constraints
    assert (kept.together, kept.pins) == ((("shop.mail",),), {"shop.mail": "orders"})
    assert "constraints" in found.conflicts[0]


def test_with_the_base_lost_every_line_is_an_edit() -> None:
    theirs = edited(*CART_TO_BILLING)
    new = version({"shop.orders": "billing", "shop.news": "news", "shop.orders.Order": "billing"})
    found = new.merged(theirs, None)
    got = labels(from_toml(found.text, "x"), new.graph)
    before = labels(from_toml(theirs, "x"), BASE.graph)
    assert {name: got[name] for name in before} == before
    assert got["shop.news"] in ("shared", "news")
    constraints, _ = decided(None, found.text, new.graph)
    assert constraints.pins["shop.orders"] == "orders"


def test_a_spoilt_base_counts_as_lost() -> None:
    theirs = edited(*CART_TO_BILLING)
    new = version({"shop.news": "news"})
    assert new.merged(theirs, "[[[") == new.merged(theirs, None)


def test_a_decision_that_the_draft_follows_is_not_forgotten() -> None:
    obeyed = version({"shop.cart": "billing", "shop.cart.Cart": "billing"})
    once = obeyed.merged(edited(*CART_TO_BILLING), BASE.text)
    constraints, previous = decided(obeyed.text, once.text, obeyed.graph)
    assert constraints.pins == {"shop.cart": "billing"}
    assert previous is not None
    assert previous["shop.cart.Cart"] == "billing"
    assert BASE.merged(once.text, obeyed.text).text == once.text, "though the next draft differs"


def test_a_new_service_comes_as_a_block_and_a_given_up_one_goes() -> None:
    new = version(
        {
            "shop.news": "news",
            "shop.billing": "orders",
            "shop.billing.Invoice": "orders",
            "table:invoices": "orders",
        }
    )
    found = new.merged(edited(*PURPOSE), BASE.text)
    assert [service.name for service in from_toml(found.text, "x").services] == ["orders", "news"]
    assert "Takes orders." in found.text


def test_a_given_up_service_that_a_person_edited_stays() -> None:
    given_up = {n: "orders" for n, label in LABELS.items() if label == "billing"}
    found = version(given_up).merged(edited(("Does billing.", "Bills.")), BASE.text)
    assert "Bills." in found.text
    assert "gives up 'billing'" in found.conflicts[0]


def test_machine_made_remarks_are_renewed_and_a_persons_are_not() -> None:
    old = version(doubts=(Doubt("shop.cart", 0.5, "billing"), Doubt("shop.orders", 0.6, "billing")))
    new = version(
        {"shop.news": "orders"},
        (Doubt("shop.cart", 0.7, "news"), Doubt("shop.orders", 0.8, "news")),
    )
    theirs = edited(("60 % of runs agree; else billing", "surely ours"), base=old)
    found = new.merged(theirs, old.text)
    assert '"shop.cart",  # 70 % of runs agree; else news' in found.text
    assert '"shop.orders",  # surely ours' in found.text


FORMS = {
    "one line": (('members = [\n  "shop.billing",\n]', 'members = ["shop.billing"]  # all\n'),),
    "inline tables": (("members = []\n", ""),),
    "tabs and a missing comma": (
        ('  "shop.cart",\n  "shop.orders",\n', '\t"shop.cart",\n\t"shop.orders"\n'),
    ),
    "literal strings": (('"shop.cart"', "'shop.cart'"),),
    "no unused": (('[unused]\nmembers = [\n  "shop.mail",\n]\n', ""),),
    "no lists": (("entry_points = []\n", ""),),
    "windows": (("\n", "\r\n"),),
    "comma first": (('  "shop.cart",\n  "shop.orders",\n', '  "shop.cart"\n  , "shop.orders"\n'),),
    "mark": (("# Which services", "\ufeff# Which services"),),
}


@pytest.mark.parametrize("form", [name for name in FORMS if name != "inline tables"])
def test_any_way_of_writing_lists_can_be_merged(form: str) -> None:
    theirs = edited(*FORMS[form])
    new = version(
        {
            "shop.news": "billing",
            "shop.cart": "billing",
            "shop.cart.Cart": "billing",
            "shop.tail": "unused",
            "route:GET /bills=shop.billing": "billing",
        }
    )
    found = new.merged(theirs, BASE.text)
    got = labels(from_toml(found.text, "x"), new.graph)
    assert (got["shop.news"], got["shop.cart"], got["shop.tail"]) == (
        "billing",
        "billing",
        "unused",
    )
    if form == "windows":
        assert "\n" not in found.text.replace("\r\n", "")


CODE = st.sampled_from(["a", "a.b", "a.b:F", "a.c:G", "d", "d.e:H", "d.e:I", "f"])
LABEL = ["one", "two", "three", "shared", "unused"]


@settings(deadline=None, max_examples=150)
@given(
    old=st.lists(CODE, min_size=2, unique=True),
    now=st.lists(CODE, min_size=2, unique=True),
    rng=st.randoms(use_true_random=False),
    lost=st.booleans(),
)
def test_laws_of_any_merge(
    old: list[str], now: list[str], rng: random.Random, *, lost: bool
) -> None:
    first, second = program(old), program(now)
    base = partition({name: rng.choice(LABEL) for name in atoms(first.graph)})
    parts = partition({name: rng.choice(LABEL) for name in atoms(second.graph)})
    drafted, new = draft(first, base), draft(second, parts)
    base_text = to_toml(drafted, base)
    theirs = _by_hand(drafted, rng)
    theirs_text = to_toml(theirs, base)
    known_base = None if lost else base_text
    found = merge(known_base, theirs_text, new, parts, second.graph)
    accepted = from_toml(found.text, "x")
    got = labels(accepted, second.graph)

    if theirs_text == base_text and not lost:
        assert got == labels(new, second.graph)
    mine, before = labels(theirs, second.graph), labels(drafted, second.graph)
    drafts = labels(new, second.graph)
    names = {service.name for service in accepted.services}
    for name in got:
        if lost or mine[name] != before[name]:
            claimed = lost is False or any(name.startswith(c) for c in _claims(theirs))
            if claimed and mine[name] in (*names, "shared", "unused"):
                assert got[name] == mine[name], f"{name}: what a person decided stays"
        elif theirs_text != base_text and {*LABEL[:3]} <= {s.name for s in theirs.services} & {
            s.name for s in new.services
        } & {s.name for s in drafted.services}:
            assert got[name] in (drafts[name], mine[name])
    again = merge(to_toml(new, parts), found.text, new, parts, second.graph)
    assert again.text == found.text


def _claims(proposal: Proposal) -> list[str]:
    return [*(m for s in proposal.services for m in s.members), *proposal.shared, *proposal.unused]


def _by_hand(proposal: Proposal, rng: random.Random) -> Proposal:
    """Some members moved between services, as a person would."""
    services = {service.name: list(service.members) for service in proposal.services}
    for name in list(services):
        for member in list(services[name]):
            if rng.random() < 0.3:
                services[name].remove(member)
                services[rng.choice(list(services))].append(member)
    made = (
        Service(s.name, s.purpose, tuple(services[s.name]), s.tables, s.entry_points)
        for s in proposal.services
    )
    return Proposal(tuple(made), proposal.shared, proposal.unused)
