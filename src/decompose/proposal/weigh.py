"""A draft, the draft before it, and a person's version: who decides what?

Terms
-----
base, theirs, new  the last untouched draft, the person's version of it, the new draft. A lost base is None.
today's name       what a service is called after the merge: a person's name wins over a draft's.
decision           a claim of the person's that the base does not have, or that counts as pinned: it holds for all it
                   covers. Members of a service that they renamed are pinned, see `edits`.

Rule: what a person decided stays; everything else takes the new draft.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from decompose.model.partition import SHARED
from decompose.model.program import PREFIXES
from decompose.model.proposal import Proposal
from decompose.proposal.edits import NO_DRAFT, edits
from decompose.proposal.labels import claims_of
from decompose.proposal.prefixes import covering, shortest

_SINGLE = tuple(PREFIXES.values())
_OWN_SHARE = 0.5
"""A service lives on under another name if at least this share of its content does."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Both changed the same thing, and the person's version stays. `key`: what it is about."""

    key: str
    message: str


@dataclass(frozen=True)
class Weighed:
    """What the merged proposal says."""

    claims: dict[str, str]  # everything claimed -> today's name of its service, `shared`, `unused`
    purposes: dict[str, str]  # today's name -> purpose
    names: dict[str, str]  # name in theirs -> today's name
    gone: frozenset[
        str
    ]  # services of theirs that the new draft gave up and the person never touched
    clashes: tuple[Clash, ...]


@dataclass
class Scale:
    """Weighs the three versions. `parts`: atoms that the new draft places; `known`: every name still in the program."""

    base: Proposal | None
    theirs: Proposal
    new: Proposal
    parts: frozenset[str]
    known: frozenset[str]
    clashes: list[Clash] = field(default_factory=list)

    @cached_property
    def pins(self) -> dict[str, str]:
        """What a person decided, as the partition was told: the labels are those of their file."""
        return edits(self.base or NO_DRAFT, self.theirs).pins

    def weigh(self) -> Weighed:
        """The decision."""
        self._name_services()
        code = self._code()
        rest = self._single_claims()
        claims = {**code, **rest}
        purposes = self._purposes()
        return Weighed(claims, purposes, self.of_theirs, self._gone(claims), tuple(self.clashes))

    def _name_services(self) -> None:
        theirs, new = self._extents(self.theirs), self._extents(self.new)
        taken = set(theirs)
        if self.base is None:
            back = {now: old for old, now in heirs(theirs, new).items()}
            self.of_base: dict[str, str] = {}
            self.of_theirs = {name: name for name in theirs}
            self.of_new = {name: back.get(name, name) for name in new}
            return
        base = self._extents(self.base)
        by_person, by_draft = heirs(base, theirs), heirs(base, new)
        self.of_base = {
            name: self._today(name, by_person.get(name), by_draft.get(name), taken) for name in base
        }
        self.of_base.update(self._dissolved(base, by_person))
        self.of_theirs = {name: name for name in theirs}
        self.of_theirs.update({now: self.of_base[old] for old, now in by_person.items()})
        self.of_new = {name: name for name in new}
        self.of_new.update({now: self.of_base[old] for old, now in by_draft.items()})

    def _today(self, old: str, person: str | None, draft: str | None, taken: set[str]) -> str:
        if person is None:
            return old
        if person != old:
            if draft not in (None, old, person):
                self.clashes.append(
                    Clash(
                        f"service:{person}",
                        f"you renamed {old!r} to {person!r}; the draft calls it {draft!r}",
                    )
                )
            return person
        pinned = old in self.theirs.constraints.pins.values()
        return old if draft is None or draft in taken or pinned else draft

    def _dissolved(
        self, base: Mapping[str, frozenset[str]], by_person: Mapping[str, str]
    ) -> dict[str, str]:
        """A service that a person removed lives on where most of its content went."""
        claims = claims_of(self.theirs)
        found: dict[str, str] = {}
        for name, content in base.items():
            if name in by_person:
                continue
            went = Counter(_label(claims, part) for part in content)
            best = min(went, key=lambda each: (-went[each], each), default=SHARED)
            found[name] = best
        return found

    def _extents(self, proposal: Proposal) -> dict[str, frozenset[str]]:
        """Service -> what it holds: atoms, tables, entry points."""
        claims = claims_of(proposal)
        found: dict[str, set[str]] = {service.name: set() for service in proposal.services}
        for name in (*self.parts, *filter(is_single, claims)):
            label = _label(claims, name)
            if label in found:
                found[label].add(name)
        return {name: frozenset(content) for name, content in found.items()}

    def _code(self) -> dict[str, str]:
        theirs, new = (
            self._today_claims(self.theirs, self.of_theirs),
            self._today_claims(self.new, self.of_new),
        )
        base = None if self.base is None else self._today_claims(self.base, self.of_base)
        decisions = {
            name
            for name, label in theirs.items()
            if base is None or base.get(name) != label or self._is_pinned(name, label)
        }
        wanted: dict[str, str] = {}
        against: dict[str, Counter[str]] = defaultdict(Counter)
        open_parts = False
        for part in sorted(self.parts):
            claim, drafted = covering(theirs, part), _label(new, part)
            mine = SHARED if claim is None else theirs[claim]
            open_parts |= claim is None
            before = None if base is None else _label(base, part)
            is_decided = (
                claim in decisions
                or (before is not None and mine != before)
                or self._is_pinned(part, mine)
            )
            wanted[part] = mine if is_decided else drafted
            if is_decided and drafted not in (mine, before):
                against[claim or part][drafted] += 1
        kept = self._surviving(theirs, new, base, decisions)
        self._code_clashes(theirs, against)
        return shortest(wanted, kept, SHARED if open_parts else None)

    def _is_pinned(self, name: str, label: str) -> bool:
        """Did a person place it there?"""
        pins = self.pins
        pin = name if name in pins else covering(pins, name)
        return pin is not None and self.of_theirs.get(pins[pin], pins[pin]) == label

    def _surviving(
        self,
        theirs: Mapping[str, str],
        new: Mapping[str, str],
        base: Mapping[str, str] | None,
        decisions: set[str],
    ) -> dict[str, str]:
        kept: dict[str, str] = {}
        for name, label in theirs.items():
            if name not in self.known:
                if name in decisions:
                    self._vanished(name, label, None if base is None else base.get(name))
            elif name in decisions or new.get(name) == label:
                kept[name] = label
        return kept

    def _vanished(self, name: str, label: str, before: str | None) -> None:
        """Tell it, unless all that the person did was to rename its service."""
        if label == before and name not in self.theirs.constraints.pins:
            return
        self.clashes.append(
            Clash(
                name,
                f"{name!r} was placed in {label!r} by you, but is gone from the code; it is left out",
            )
        )

    def _code_clashes(self, theirs: Mapping[str, str], against: Mapping[str, Counter[str]]) -> None:
        for claim, counts in sorted(against.items()):
            label = theirs.get(claim, SHARED)
            for drafted, count in sorted(counts.items()):
                what = f"{claim!r}" if count == 1 else f"{count} parts of {claim!r}"
                verb = "is" if count == 1 else "are"
                self.clashes.append(
                    Clash(
                        claim,
                        f"{what} {verb} in {label!r} by your edit; the draft would put it in {drafted!r}",
                    )
                )

    def _today_claims(self, proposal: Proposal, names: Mapping[str, str]) -> dict[str, str]:
        return {
            name: names.get(label, label)
            for name, label in claims_of(proposal).items()
            if not is_single(name)
        }

    def _single_claims(self) -> dict[str, str]:
        theirs, new = self._single(self.theirs, self.of_theirs), self._single(self.new, self.of_new)
        base = None if self.base is None else self._single(self.base, self.of_base)
        found: dict[str, str] = {}
        for name in sorted({*theirs, *new, *(base or ())}):
            mine, drafted = theirs.get(name), new.get(name)
            before = None if base is None else base.get(name)
            is_decided = mine is not None if base is None else mine != before
            is_decided |= mine is not None and self._is_pinned(name, mine)
            label = mine if is_decided else drafted
            if name not in self.known:
                if is_decided and mine is not None:
                    self._vanished(name, mine, before)
                continue
            if is_decided and drafted not in (mine, before, None):
                self.clashes.append(
                    Clash(
                        name,
                        f"{name!r} is in {mine or 'no service'!r} by your edit; the draft would put it in {drafted!r}",
                    )
                )
            if label is not None:
                found[name] = label
        return found

    def _single(self, proposal: Proposal, names: Mapping[str, str]) -> dict[str, str]:
        return {
            name: names.get(label, label)
            for name, label in claims_of(proposal).items()
            if is_single(name)
        }

    def _purposes(self) -> dict[str, str]:
        def of(proposal: Proposal | None, names: Mapping[str, str]) -> dict[str, str]:
            services = proposal.services if proposal else ()
            return {names.get(each.name, each.name): each.purpose for each in reversed(services)}

        base = of(self.base, self.of_base)
        theirs, new = of(self.theirs, self.of_theirs), of(self.new, self.of_new)
        found: dict[str, str] = {}
        for name in {**theirs, **new}:
            before, mine, drafted = base.get(name), theirs.get(name), new.get(name)
            if mine is None or (mine == before and drafted is not None):
                found[name] = drafted or ""
                continue
            found[name] = mine
            if drafted not in (mine, before, None):
                self.clashes.append(
                    Clash(
                        f"service:{name}",
                        f"the purpose of {name!r} is yours; the draft says: {drafted}",
                    )
                )
        return found

    def _gone(self, claims: Mapping[str, str]) -> frozenset[str]:
        """Services of the base that nothing is left of, and that the person never touched."""
        if self.base is None:
            return frozenset()
        left = {*claims.values(), *self.of_new.values(), *self.theirs.constraints.pins.values()}
        before = {service.name: service for service in self.base.services}
        gone: set[str] = set()
        for service in self.theirs.services:
            old = before.get(service.name)
            if self.of_theirs[service.name] in left or not self.of_base:
                continue
            if old is not None and old.purpose == service.purpose:
                gone.add(service.name)
            elif old is not None:
                self.clashes.append(
                    Clash(
                        f"service:{service.name}",
                        f"the draft gives up {service.name!r}; it stays, for you edited it",
                    )
                )
        return frozenset(gone)


def is_single(name: str) -> bool:
    """Does a claim stand for one table or entry point? Else it is a prefix of code."""
    return name.startswith(_SINGLE)


def _label(claims: Mapping[str, str], name: str) -> str:
    if is_single(name):
        return claims.get(name, SHARED)
    claim = covering(claims, name)
    return SHARED if claim is None else claims[claim]


def heirs(old: Mapping[str, frozenset[str]], now: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Service -> its name in a later version: the same name, else the one that holds most of its content."""
    found = {name: name for name in old if name in now}
    pairs = sorted(
        (-len(old[before] & now[after]), before, after)
        for before in old
        if before not in now
        for after in now
        if after not in old
    )
    used: set[str] = set()
    for overlap, before, after in pairs:
        if (
            before not in found
            and after not in used
            and -overlap >= _OWN_SHARE * max(len(old[before]), 1)
        ):
            found[before] = after
            used.add(after)
    return found
