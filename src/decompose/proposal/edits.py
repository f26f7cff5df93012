"""What has a person decided? Whatever differs from the draft they started from, and what the file pins."""

from collections.abc import Mapping

from decompose.errors import DecomposeError
from decompose.graph import DependencyGraph
from decompose.model.partition import RESERVED, SHARED
from decompose.model.proposal import Constraints, Proposal
from decompose.proposal.check import Known
from decompose.proposal.file import from_toml
from decompose.proposal.labels import TABLE, claims_of, labels
from decompose.proposal.prefixes import covering

WHERE = "decompose.toml"
NO_DRAFT = Proposal(())
"""Stands for a lost base: every line is an edit."""


def decided(
    base_text: str | None, text: str | None, graph: DependencyGraph, where: str = WHERE
) -> tuple[Constraints, dict[str, str] | None]:
    """What binds the next partition, and member -> service as a person last saw it; None: there is no file."""
    if text is None:
        return Constraints(), None
    theirs = from_toml(text, where)
    base = base_of(base_text)
    previous = {
        name: label for name, label in labels(theirs, graph).items() if label not in RESERVED
    }
    return edits(base or NO_DRAFT, theirs), previous


def joined(first: Constraints, second: Constraints) -> Constraints:
    """Both; where they pin the same, the second wins."""
    return Constraints(
        dict(sorted({**first.pins, **second.pins}.items())),
        tuple(dict.fromkeys((*first.together, *second.together))),
        tuple(dict.fromkeys((*first.apart, *second.apart))),
    )


def unknown(asked: Constraints, graph: DependencyGraph) -> tuple[str, ...]:
    """Names in constraints that the program does not hold."""
    known = Known(graph)
    groups = (name for group in (*asked.together, *asked.apart) for name in group)
    return tuple(name for name in dict.fromkeys((*asked.pins, *groups)) if not known.has(name))


def base_of(text: str | None) -> Proposal | None:
    """The last draft; None if it is lost or spoilt: nobody edits it, so nobody need hear of it."""
    if text is None:
        return None
    try:
        return from_toml(text, WHERE)
    except DecomposeError:
        return None


def edits(base: Proposal, theirs: Proposal) -> Constraints:
    """The constraints in `theirs`, and a pin for each member and table that a person placed otherwise than `base`.

    What lies below a pinned prefix and stayed where it was is pinned too, for the longest pin decides. A renamed
    service counts as one whose members all moved.
    """
    before, after = _placed(base), _placed(theirs)
    pins = {name: label for name, label in after.items() if before.get(name) != label}
    for name, label in before.items():
        if name not in after and not name.startswith(TABLE):
            claim = covering(after, name)
            now = SHARED if claim is None else after[claim]
            if now != label:
                pins[name] = now
    pins.update(_below(pins, after))
    pins.update(theirs.constraints.pins)
    return Constraints(
        dict(sorted(pins.items())), theirs.constraints.together, theirs.constraints.apart
    )


def _placed(proposal: Proposal) -> dict[str, str]:
    """Members and tables -> label. Entry points are left out: they follow their handlers, or the file alone says so."""
    doors = {name for service in proposal.services for name in service.entry_points}
    return {name: label for name, label in claims_of(proposal).items() if name not in doors}


def _below(pins: Mapping[str, str], after: Mapping[str, str]) -> dict[str, str]:
    """What a pin would drag along."""
    dragged: dict[str, str] = {}
    for name, label in after.items():
        claim = None if name in pins or name.startswith(TABLE) else covering(pins, name)
        if claim is not None and pins[claim] != label:
            dragged[name] = label
    return dragged
