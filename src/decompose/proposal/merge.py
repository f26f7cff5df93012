"""What becomes of a person's file when the program has changed? Their text, with the new draft where they left ours.

Their comments, order and spelling stay. Where both changed the same thing, theirs wins and the conflict is told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from decompose.errors import DecomposeError
from decompose.graph import DependencyGraph
from decompose.model.partition import RESERVED, SHARED, UNUSED, Partition
from decompose.model.proposal import Constraints, Proposal, Service
from decompose.proposal.check import Known
from decompose.proposal.edits import NO_DRAFT, WHERE, base_of, edits
from decompose.proposal.file import from_toml
from decompose.proposal.labels import TABLE
from decompose.proposal.literals import legible, quoted
from decompose.proposal.places import Path, places, unquoted
from decompose.proposal.prefixes import with_ancestors
from decompose.proposal.splice import (
    Listing,
    Splice,
    listing,
    unparse,
    with_added,
    with_remarks,
    without,
)
from decompose.proposal.weigh import Clash, Scale, Weighed, is_single
from decompose.proposal.writing import (
    array_text,
    member_remarks,
    pin_line,
    service_text,
    to_toml,
)

_LISTS = ("members", "tables", "entry_points")


@dataclass(frozen=True, slots=True)
class Merged:
    """The text to write, and what of it somebody should look at, each with its line."""

    text: str
    conflicts: tuple[str, ...]


def merge(
    base_text: str | None,
    theirs_text: str | None,
    new: Proposal,
    partition: Partition,
    graph: DependencyGraph | None = None,
    where: str = WHERE,
) -> Merged:
    """Bring a new draft into a person's text. `base_text`: the last draft as written, None if lost.

    `graph` tells what still exists where the partition does not cover it (tests, shared entry points).
    Errors: DecomposeError with file:line if the person's text is not a proposal.
    """
    fresh = to_toml(new, partition)
    if theirs_text is None or theirs_text in (base_text, fresh):
        return Merged(fresh, ())
    theirs, base = from_toml(theirs_text, where), base_of(base_text)
    parts, known = _universe(new, partition, graph)
    weighed = Scale(base, theirs, new, parts, known).weigh()
    wanted = _proposal(weighed, theirs, new, known)
    remarks = _Remarks(_remarks_in(base_text if base else None), member_remarks(wanted, partition))
    text = _Merge(theirs_text, theirs, wanted, weighed, remarks).text()
    if not _says(text, wanted):
        text = to_toml(wanted, partition)  # a form that cannot be kept: better plain than wrong
    text = _with_pins(text, edits(base or NO_DRAFT, theirs), new, weighed, known)
    lines = _Lines(text, theirs_text)
    told = {clash.key for clash in weighed.clashes}
    lost = (clash for clash in _lost_constraints(theirs, known) if clash.key not in told)
    clashes = [*weighed.clashes, *lost]
    return Merged(text, tuple(dict.fromkeys(lines.told(clash, where) for clash in clashes)))


def _universe(
    new: Proposal, partition: Partition, graph: DependencyGraph | None
) -> tuple[frozenset[str], frozenset[str]]:
    """The code that the draft places, and every name that still exists."""
    placed = {legible(name) for name in partition.labels()}
    parts = frozenset(name for name in placed if not is_single(name))
    known = with_ancestors(parts) | placed
    known.update(door for service in new.services for door in service.entry_points)
    if graph is not None:
        found = Known(graph)
        known |= found.members | found.tables | found.doors
    return parts, frozenset(known)


def _proposal(weighed: Weighed, theirs: Proposal, new: Proposal, known: frozenset[str]) -> Proposal:
    """What the merged text has to say."""
    names = [weighed.names[each.name] for each in theirs.services if each.name not in weighed.gone]
    labels = {*weighed.claims.values()}
    names += [
        label
        for label in (*(each.name for each in new.services), *sorted(labels))
        if label in labels and label not in RESERVED
    ]
    services = tuple(_service(name, weighed) for name in dict.fromkeys(names))
    constraints = theirs.constraints
    pins = {
        name: weighed.names.get(to, to) for name, to in constraints.pins.items() if name in known
    }
    return Proposal(
        services,
        tuple(sorted(_library(weighed, SHARED))),
        tuple(sorted(_library(weighed, UNUSED))),
        replace(
            constraints,
            pins=pins,
            together=_known_groups(constraints.together, known),
            apart=_known_groups(constraints.apart, known),
        ),
    )


def _service(name: str, weighed: Weighed) -> Service:
    content = sorted(each for each, label in weighed.claims.items() if label == name)
    return Service(
        name,
        weighed.purposes.get(name, ""),
        tuple(each for each in content if not is_single(each)),
        tuple(each.removeprefix(TABLE) for each in content if each.startswith(TABLE)),
        tuple(each for each in content if is_single(each) and not each.startswith(TABLE)),
    )


def _library(weighed: Weighed, label: str) -> list[str]:
    """Entry points of the shared library are nobody's."""
    return [
        name
        for name, found in weighed.claims.items()
        if found == label and (name.startswith(TABLE) or not is_single(name))
    ]


def _known_groups(
    groups: tuple[tuple[str, ...], ...], known: frozenset[str]
) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(name for name in group if name in known) for group in groups)


def _says(text: str, wanted: Proposal) -> bool:
    """Does the text mean what it should? Its constraints may pin more."""
    try:
        found = from_toml(text, WHERE)
    except DecomposeError:
        return False
    return _content(found) == _content(wanted)


def _content(proposal: Proposal) -> tuple[object, ...]:
    services = {
        each.name: (each.purpose, *(frozenset(getattr(each, key)) for key in _LISTS))
        for each in proposal.services
    }
    return services, frozenset(proposal.shared), frozenset(proposal.unused)


@dataclass(frozen=True, slots=True)
class _Remarks:
    """Comments on members that we wrote: those of the last draft, and today's."""

    old: Mapping[str, str] | None
    new: Mapping[str, str]


def _remarks_in(text: str | None) -> dict[str, str] | None:
    """Member -> comment in the last draft; None if it is lost: then no comment is known to be ours."""
    if text is None:
        return None
    found = places(text)
    lists = [path for path in found.values if path[-1] == "members"]
    return {
        item.name: item.remark for path in lists for item in listing(text, found, path, "\n").items
    }


@dataclass(frozen=True)
class _Merge:
    """Brings a person's text to say what it should, touching as little as possible."""

    theirs_text: str
    theirs: Proposal
    wanted: Proposal
    weighed: Weighed
    remarks: _Remarks

    @cached_property
    def carried(self) -> dict[str, str]:
        """A person's comments on members that move: they move along."""
        old = self.remarks.old or {}
        return {
            name: remark
            for name, remark in (_remarks_in(self.theirs_text) or {}).items()
            if remark and remark != old.get(name) and name in self.weighed.claims
        }

    def text(self) -> str:
        splice = Splice(self.theirs_text)
        wanted = {service.name: service for service in self.wanted.services}
        for number, service in enumerate(self.theirs.services):
            path: Path = ("service", number)
            if service.name in self.weighed.gone:
                splice.remove_block(path)
            else:
                self.block(splice, path, service, wanted.pop(self.weighed.names[service.name]))
        self.library(splice, SHARED, self.theirs.shared, self.wanted.shared)
        self.library(splice, UNUSED, self.theirs.unused, self.wanted.unused)
        self.append(splice, list(wanted.values()))
        self.constraints(splice)
        return splice.result()

    def block(self, splice: Splice, path: Path, old: Service, new: Service) -> None:
        if new.name != old.name:
            splice.value((*path, "name"), new.name)
        missing = ""
        if new.purpose != old.purpose and (*path, "purpose") in splice.places.values:
            splice.value((*path, "purpose"), new.purpose)
        elif new.purpose != old.purpose:
            missing = f"purpose = {quoted(new.purpose)}\n"
        for key in _LISTS:
            missing += self.rows(splice, (*path, key), getattr(old, key), getattr(new, key))
        if missing:
            splice.insert(splice.block_end(path), missing)

    def rows(self, splice: Splice, path: Path, old: tuple[str, ...], new: tuple[str, ...]) -> str:
        """Change a list in place; the text of the whole key where it is missing."""
        found = splice.listing(path)
        remarks = self.remarks.new if path[-1] == "members" else {}
        if found is None:
            return array_text(str(path[-1]), new, remarks) if new else ""
        changed = self.changed(found, set(old) - set(new), set(new) - set(old), remarks)
        if changed != found:
            splice.replace(splice.places.values[path], unparse(changed))
        return ""

    def changed(
        self, found: Listing, gone: set[str], added: set[str], remarks: Mapping[str, str]
    ) -> Listing:
        old = self.remarks.old
        if remarks and old is not None:
            found = with_remarks(found, old, remarks)
        elif old is not None and any(old.get(item.name) for item in found.items):
            found = with_remarks(found, old, {})
        if gone:
            found = without(found, lambda item: item.name in gone, {**(old or {}), **self.carried})
        return with_added(found, sorted(added), {**remarks, **self.carried}) if added else found

    def library(self, splice: Splice, key: str, old: tuple[str, ...], new: tuple[str, ...]) -> None:
        missing = self.rows(splice, (key, "members"), old, new)
        if missing and (key,) in splice.places.values:
            splice.insert(splice.block_end((key,)), missing)
        elif missing:
            splice.insert(len(splice.text), f"\n[{key}]\n{missing}")

    def append(self, splice: Splice, services: list[Service]) -> None:
        blocks = "".join(f"\n{service_text(each, self.remarks.new)}" for each in services)
        if not blocks:
            return
        last = ("service", len(self.theirs.services) - 1)
        known = last in splice.places.values
        splice.insert(splice.block_end(last) if known else len(splice.text), blocks)

    def constraints(self, splice: Splice) -> None:
        """Pins and groups lose what is gone from the code, and follow renamed services."""
        before, after = self.theirs.constraints, self.wanted.constraints
        for name, service in before.pins.items():
            path: Path = ("constraints", "pins", name)
            if path not in splice.places.values:
                continue  # pinned with its service
            if name not in after.pins:
                splice.remove_pair(path)
            elif after.pins[name] != service:
                splice.value(path, after.pins[name])
        for key in ("together", "apart"):
            for position, group in enumerate(getattr(before, key)):
                left = getattr(after, key)[position]
                self.rows(splice, ("constraints", key, position), group, left)


def _with_pins(
    text: str, decisions: Constraints, new: Proposal, weighed: Weighed, known: frozenset[str]
) -> str:
    """Write down decisions that the new draft has followed.

    The next merge starts from that draft and would not see them: they must not be forgotten for being obeyed.
    """
    merged = from_toml(text, WHERE)
    visible = edits(new, merged).pins
    missing = {
        name: weighed.names.get(label, label)
        for name, label in decisions.pins.items()
        if name in known and name not in visible
    }
    if not missing:
        return text
    splice = Splice(text)
    missing = _pin_whole(splice, merged, missing)
    if missing:
        _pin_single(splice, missing)
    pinned = splice.result()
    return pinned if _says(pinned, merged) else _plainly(merged, missing)


def _plainly(merged: Proposal, missing: Mapping[str, str]) -> str:
    pins = {**merged.constraints.pins, **missing}
    empty = Partition((), (), ())
    return to_toml(replace(merged, constraints=replace(merged.constraints, pins=pins)), empty)


def _pin_whole(splice: Splice, merged: Proposal, missing: dict[str, str]) -> dict[str, str]:
    """Pin services that are decided on as a whole by one line; what is left of the pins."""
    left = dict(missing)
    rows: list[tuple[Path, str, tuple[str, ...]]] = [
        (("service", n), each.name, (*each.members, *(TABLE + table for table in each.tables)))
        for n, each in enumerate(merged.services)
    ]
    rows += [((SHARED,), SHARED, merged.shared), ((UNUSED,), UNUSED, merged.unused)]
    for path, label, content in rows:
        covered = all(missing.get(name) == label for name in content)
        has_key = (*path, "pinned") in splice.places.values
        if len(content) > 1 and covered and path in splice.places.values and not has_key:
            splice.insert(splice.block_end(path), "pinned = true\n")
            left = {name: to for name, to in left.items() if name not in content}
    return left


def _pin_single(splice: Splice, missing: Mapping[str, str]) -> None:
    lines = "".join(pin_line(*pin) for pin in sorted(missing.items()))
    path: Path = ("constraints", "pins")
    if path in splice.places.values and path not in splice.places.keys:
        splice.insert(splice.block_end(path), lines)
    else:
        splice.insert(len(splice.text), f"\n[constraints.pins]\n{lines}")


def _lost_constraints(theirs: Proposal, known: frozenset[str]) -> list[Clash]:
    """Explicit constraints on code that is gone."""
    constraints = theirs.constraints
    names = [
        *constraints.pins,
        *(n for g in (*constraints.together, *constraints.apart) for n in g),
    ]
    return [
        Clash(
            name,
            f"{name!r} is named in your constraints, but is gone from the code; it is left out",
        )
        for name in dict.fromkeys(names)
        if name not in known
    ]


class _Lines:
    """Finds the line of a name in the merged text or, if it is gone, in the person's."""

    def __init__(self, text: str, theirs_text: str) -> None:
        self._now, self._then = _lines(text), _lines(theirs_text)

    def told(self, clash: Clash, where: str) -> str:
        """A conflict with its place."""
        key = clash.key
        if key in self._now:
            return f"{where}:{self._now[key]}: {clash.message}"
        if key in self._then:
            return f"{where}: {clash.message} (it stood on line {self._then[key]})"
        return f"{where}: {clash.message}"


def _lines(text: str) -> dict[str, int]:
    """Name as claimed, or `service:NAME` -> line."""
    found = places(text)
    lines: dict[str, int] = {}
    for path, (start, end) in found.values.items():
        key = path[-2] if isinstance(path[-1], int) and len(path) > 1 else path[-1]
        if key not in (*_LISTS, "name") or text[start] not in "\"'":
            continue
        name = unquoted(text[start:end])
        prefix = {"name": "service:", "tables": TABLE}.get(str(key), "")
        lines.setdefault(prefix + name, text.count("\n", 0, start) + 1)
    return lines
