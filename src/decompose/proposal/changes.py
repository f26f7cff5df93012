"""What moved since the analysis before, and why?"""

from collections import Counter, defaultdict
from collections.abc import Mapping

from decompose.graph.succession import Succession
from decompose.model.changes import Changes, Move
from decompose.model.partition import RESERVED
from decompose.proposal.prefixes import covering

BY_EDIT = "you placed it there"
FOLLOWS = "it follows what it belongs with"
NEW, GONE = "new code", "gone from the code"
_MOSTLY = 0.5
"""A service lives on under another name that holds this share of what is left of it."""


def changes(
    before: Mapping[str, str],
    now: Mapping[str, str],
    since: Succession,
    decided: Mapping[str, str],
) -> Changes:
    """The difference of two partitions, each atom or table -> label. `decided`: what a person placed, by prefix."""
    renamed = _renamed_services(before, now, since)
    moved: list[Move] = []
    kept = 0
    for name, label in before.items():
        heir = since.names.get(name, "")
        if heir not in now:
            continue
        if renamed.get(label, label) == now[heir]:
            kept += 1
        else:
            claim = covering(decided, heir)
            is_decided = claim is not None and decided[claim] == now[heir]
            why = BY_EDIT if is_decided else since.altered.get(heir, FOLLOWS)
            moved.append(Move(heir, label, now[heir], why))
    services, earlier = set(now.values()) - {*RESERVED}, set(before.values()) - {*RESERVED}
    return Changes(
        moved=tuple(sorted(moved, key=lambda each: (each.before, each.after, each.member))),
        added=tuple(Move(name, "", now[name], NEW) for name in since.added if name in now),
        gone=tuple(Move(name, before[name], "", GONE) for name in since.gone if name in before),
        renamed=tuple((a, b) for a, b in since.names.items() if a != b and a in before),
        services_added=tuple(sorted(services - earlier - set(renamed.values()))),
        services_gone=tuple(sorted(earlier - services - set(renamed))),
        services_renamed=tuple(sorted(renamed.items())),
        kept=kept,
    )


def _renamed_services(
    before: Mapping[str, str], now: Mapping[str, str], since: Succession
) -> dict[str, str]:
    """Service -> its new name, where the old one is given up and most of it is together under the new."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for name, label in before.items():
        after = now.get(since.names.get(name, ""))
        if after is not None:
            votes[label][after] += 1
    known, today = set(before.values()), set(now.values())
    found: dict[str, str] = {}
    for label in sorted(known - today - {*RESERVED}):
        best, count = max(
            votes[label].items(), key=lambda each: (each[1], each[0]), default=("", 0)
        )
        fresh = best not in known and best not in found.values()
        if fresh and count > _MOSTLY * sum(votes[label].values()):
            found[label] = best
    return found
