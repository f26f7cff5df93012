"""What does an edited proposal mean as a partition? So that costs, report and exports can follow a person's edits."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from decompose.graph import DependencyGraph
from decompose.graph.lines import own_lines
from decompose.model.partition import RESERVED, SHARED, UNUSED, Capability, Doubt, Partition
from decompose.model.proposal import Proposal, Service
from decompose.proposal.labels import TABLE, atoms, labels


def to_partition(proposal: Proposal, graph: DependencyGraph, base: Partition) -> Partition:
    """The proposal as a partition of what `base` covers and of new code; `base` itself where nothing differs.

    Doubts, reasons and vocabulary of `base` stay where they are still true. A service without any content is left out.
    """
    before = base.labels()
    now = {name: label for name, label in labels(proposal, graph).items() if name in before}
    now.update(_new_code(proposal, graph, before))
    known = {name: label for name, label in before.items() if name in now}
    names = _heirs(known, now)
    weights = {graph.nodes.names[node]: count for node, count in own_lines(graph).items()}
    doubts = _doubts(base, known, now, names)
    content = _by_label(now)
    made = tuple(
        _capability(service, content.get(service.name, []), weights, doubts)
        for service in proposal.services
        if content.get(service.name) or service.entry_points
    )
    kept = _inherited(made, base, names)
    found = Partition(
        capabilities=kept,
        shared=tuple(content.get(SHARED, ())),
        unused=tuple(content.get(UNUSED, ())),
        reasons={
            name: why for name, why in base.reasons.items() if _stays(name, known, now, names)
        },
        doubts=doubts,
        table_reasons={
            name: why
            for name, why in base.table_reasons.items()
            if _stays(name if name in now else TABLE + name, known, now, names)
        },
        verdict=base.verdict,
        worth_it=base.worth_it,
    )
    if found == base or now == before:
        return found
    return replace(found, verdict=_verdict(base, len(kept)))


def _new_code(
    proposal: Proposal, graph: DependencyGraph, before: Mapping[str, str]
) -> dict[str, str]:
    """Code of the program and tables that the base does not know."""
    missing = {
        graph.nodes.names[node]
        for node in atoms(graph)
        if graph.role(node).takes_part and graph.nodes.names[node] not in before
    }
    if not missing:
        return {}
    return {name: label for name, label in labels(proposal, graph).items() if name in missing}


def _heirs(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Label of the base -> the label that most of its members have now: what it is called today."""
    votes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for name, label in before.items():
        votes[label][now[name]] += 1
    heirs = {
        label: min(found, key=lambda each: (-found[each], each != label, each))
        for label, found in votes.items()
    }
    return {**heirs, **{label: label for label in RESERVED}}


def _stays(
    name: str, before: Mapping[str, str], now: Mapping[str, str], names: Mapping[str, str]
) -> bool:
    return name in before and names.get(before[name]) == now[name]


def _by_label(now: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, label in sorted(now.items()):
        found[label].append(name)
    return found


def _doubts(
    base: Partition, before: Mapping[str, str], now: Mapping[str, str], names: Mapping[str, str]
) -> tuple[Doubt, ...]:
    """Doubts about what a person left where it was."""
    return tuple(
        replace(doubt, second=names.get(doubt.second, doubt.second))
        for doubt in base.doubts
        if _stays(doubt.member, before, now, names)
        and names.get(doubt.second, doubt.second) != now[doubt.member]
    )


def _capability(
    service: Service,
    content: list[str],
    weights: Mapping[str, int],
    doubts: tuple[Doubt, ...],
) -> Capability:
    tables = tuple(name for name in content if name.startswith(TABLE))
    members = tuple(name for name in content if not name.startswith(TABLE))
    agreement = {doubt.member: doubt.agreement for doubt in doubts}
    lines = sum(weights.get(member, 0) for member in members)
    agreed = sum(weights.get(member, 0) * agreement.get(member, 1.0) for member in members)
    return Capability(
        name=service.name,
        purpose=service.purpose,
        members=members,
        tables=tables,
        entry_points=tuple(sorted(service.entry_points)),
        lines=lines,
        confidence=round(agreed / lines, 4) if lines else 1.0,
    )


def _inherited(
    made: tuple[Capability, ...], base: Partition, names: Mapping[str, str]
) -> tuple[Capability, ...]:
    """Vocabulary comes from the service of the base that lives on under a name, the largest if there are several.

    Figures of a service that is what it was are the base's own: it may know better than a sum.
    """
    ancestors: dict[str, Capability] = {}
    for each in base.capabilities:
        heir = names.get(each.name, each.name)
        if heir not in ancestors or len(each.members) > len(ancestors[heir].members):
            ancestors[heir] = each
    found: list[Capability] = []
    for each in made:
        old = ancestors.get(each.name)
        if old is None:
            found.append(each)
        elif (old.members, old.tables) == (each.members, each.tables):
            found.append(
                replace(each, vocabulary=old.vocabulary, lines=old.lines, confidence=old.confidence)
            )
        else:
            found.append(replace(each, vocabulary=old.vocabulary))
    return tuple(found)


def _verdict(base: Partition, count: int) -> str:
    services = "1 service" if count == 1 else f"{count} services"
    said = f" The draft was judged: {base.verdict}" if base.verdict else ""
    return f"Edited by hand into {services}.{said}"
