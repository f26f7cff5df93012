"""Which claim decides where a name belongs, and which are the fewest claims that say it all?

Terms
-----
claim  a dotted prefix and a label; it covers the name equal to it and all names below it.
label  a service, `shared` or `unused`. The longest claim that covers a name decides.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from decompose.model.partition import RESERVED


def covering(claims: Mapping[str, str] | set[str], name: str) -> str | None:
    """The longest claim that covers a name, None if nobody claims it."""
    head = name
    while head and head not in claims:
        head = head.rpartition(".")[0]
    return head or None


def with_ancestors(names: Iterable[str]) -> set[str]:
    """All prefixes of names, the names included."""
    found: set[str] = set()
    for name in names:
        head = name
        while head and head not in found:
            found.add(head)
            head = head.rpartition(".")[0]
    return found


def shortest(
    wanted: Mapping[str, str], fixed: Mapping[str, str] | None = None, default: str | None = None
) -> dict[str, str]:
    """The fewest claims under which every name of `wanted` has its label; `fixed` ones are kept, at no cost.

    `default`: the label of what nobody claims, None if everything needs a claim.

    Hartigan's parsimony on the tree of prefixes (1973), as routers compress their tables: from the leaves up,
    the labels that most children could share; from the top down, a claim where the inherited label is not
    one of them. Of equally short answers it gives the one that claims names rather than what lies above them.
    """
    kept = {
        name: label for name, label in (fixed or {}).items() if wanted.get(name, label) == label
    }
    order = sorted(with_ancestors([*wanted, *kept]), key=lambda path: (path.count("."), path))
    forced = {**wanted, **kept}
    votes = _votes(order, forced, kept)
    claims = dict(kept)
    inherited: dict[str, str | None] = {}
    for path in order:
        above = inherited.get(path.rpartition(".")[0], default)
        label = forced.get(path) or _chosen(votes.get(path), above)
        if label is not None and label != above and path not in kept:
            claims[path] = label
        inherited[path] = label
    return claims


def _votes(
    order: list[str], forced: Mapping[str, str], kept: Mapping[str, str]
) -> dict[str, Counter[str]]:
    """For each path without a label of its own: how many children could have each label."""
    votes: dict[str, Counter[str]] = {}
    for path in reversed(order):
        if path in kept:
            continue
        own = forced.get(path)
        ballot = votes.get(path)
        labels = {own} if own is not None else _favourites(ballot)
        parent = path.rpartition(".")[0]
        if parent:
            votes.setdefault(parent, Counter()).update(labels)
    return votes


def _favourites(ballot: Counter[str] | None) -> set[str]:
    if not ballot:
        return set()
    most = max(ballot.values())
    return {label for label, count in ballot.items() if count == most}


def _chosen(ballot: Counter[str] | None, above: str | None) -> str | None:
    """The label of a path that needs none: what is inherited, unless a claim here saves one below."""
    favourites = _favourites(ballot)
    if not favourites or not ballot or above in favourites:
        return above
    best = min(favourites, key=lambda label: (label in RESERVED, label))
    return best if ballot[best] > 1 else above
