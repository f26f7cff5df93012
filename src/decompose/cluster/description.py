"""From labels of units to a partition that a person can read: places, owners, names, confidence."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.authored import abbreviations, authored_names, core_name, has_centre
from decompose.cluster.constraints import pin
from decompose.cluster.continuity import AS_BEFORE, put_back
from decompose.cluster.crumbs import join_crumbs
from decompose.cluster.helpers import dissolve_helpers
from decompose.cluster.naming import kept_names, name_services, telling_words
from decompose.cluster.ownership import assign_owners
from decompose.cluster.placement import SHARED_LABEL, UNUSED_LABEL, Placement, place
from decompose.cluster.purpose import Parts, describe, docs
from decompose.cluster.stability import Agreement
from decompose.cluster.verdict import Case, judge
from decompose.cluster.words import stems
from decompose.graph.columns import Floats, Ints
from decompose.graph.figures import Ground, node_labels
from decompose.model.partition import RESERVED, Capability, Doubt, Partition
from decompose.model.program import EdgeKind

if TYPE_CHECKING:
    from decompose.cluster.preparation import Work

DOUBTFUL = 0.75
"""Members with less agreement than this are listed as doubts."""
WORDS = 8
"""Words of a capability's vocabulary."""


@dataclass(frozen=True)
class Draft:
    """Labels of the core's rows, and what perturbed runs say about them."""

    label: Ints
    agreement: Agreement


def described(work: Work, draft: Draft, found: Ground | None) -> Partition:
    """The partition of a draft; with a verdict where the `ground` to judge it on is given."""
    scene = work.scene
    placed = place(scene, work.core, draft.label, work.shared)
    kept = _kept(work, placed)
    given = pin(scene, placed, work.fixed, kept, _natural(work, draft, placed, kept))
    owners = assign_owners(scene, placed, work.fixed)
    _set_apart(work, placed)
    if work.options.services is None:
        dissolve_helpers(scene, placed, work.fixed)
        join_crumbs(scene, placed, work.fixed)
    if found is not None:
        back = put_back(placed, work.steady, given)
        owners |= dict.fromkeys(back & set(owners), AS_BEFORE)
    given = _as_authored(work, draft, placed, given)
    given = _present(given, placed)
    names = _named(work, placed, given)
    capabilities = _capabilities(work, draft, placed, names)
    verdict, worth_it = _verdict(work, draft, placed, found)
    return Partition(
        capabilities=capabilities,
        shared=_atoms_of(work, placed, SHARED_LABEL),
        unused=_atoms_of(work, placed, UNUSED_LABEL),
        reasons={scene.atoms.names[atom]: why for atom, why in sorted(placed.reasons.items())},
        doubts=_doubts(work, draft, placed, names),
        table_reasons={scene.atoms.names[table]: why for table, why in sorted(owners.items())},
        verdict=verdict,
        worth_it=worth_it,
    )


def without_services(work: Work) -> Partition:
    """The partition of a program in which nothing forms a service."""
    names = work.scene.atoms.names
    aside = sorted(name for atom, name in enumerate(names) if atom in work.silent)
    return Partition(
        capabilities=(),
        shared=tuple(name for name in names if name not in set(aside)),
        unused=tuple(aside),
        reasons={names[atom]: why for atom, why in sorted(work.silent.items())},
        verdict="Nothing to split: no part of the program depends on another.",
        worth_it=False,
    )


def _set_apart(work: Work, placed: Placement) -> None:
    for atom, why in work.silent.items():
        placed.label[atom] = UNUSED_LABEL
        placed.reasons[atom] = why


def _atoms_of(work: Work, placed: Placement, label: int) -> tuple[str, ...]:
    names = work.scene.atoms.names
    return tuple(sorted(names[atom] for atom in np.flatnonzero(placed.label == label)))


def _as_authored(
    work: Work, draft: Draft, placed: Placement, given: dict[int, str]
) -> dict[int, str]:
    """Names that are given, and those of packages that are services."""
    found = dict(given)
    if work.core.home is not None and not has_centre(work.scene, placed.label):
        found |= core_name(draft.label, work.core.home < 0, found)
    found |= authored_names(work.scene, placed.label, found)
    return found


def _natural(work: Work, draft: Draft, placed: Placement, kept: dict[int, str]) -> dict[int, str]:
    """Names that services would have if nothing were pinned; asked for where something is."""
    if {*work.fixed.values()} <= {*kept.values(), *RESERVED}:
        return {}
    given = _present(_as_authored(work, draft, placed, kept), placed)
    return _named(work, placed, given)


def _named(work: Work, placed: Placement, given: dict[int, str]) -> dict[int, str]:
    return name_services(work.book, placed.label, given, abbreviations(work.scene, placed.label))


def _kept(work: Work, placed: Placement) -> dict[int, str]:
    """Service -> its name in the earlier proposal, where most of it stayed."""
    if not work.options.previous:
        return {}
    atoms = work.scene.atoms
    members: dict[int, list[tuple[str, float]]] = defaultdict(list)
    for atom in np.flatnonzero(placed.label >= 0).tolist():
        members[int(placed.label[atom])].append((atoms.names[atom], atoms.lines[atom] + 1))
    return kept_names(members, work.options.previous)


def _present(given: dict[int, str], placed: Placement) -> dict[int, str]:
    """Names of services that have members."""
    present = set(placed.label.tolist())
    return {service: name for service, name in given.items() if service in present}


def _capabilities(
    work: Work, draft: Draft, placed: Placement, names: dict[int, str]
) -> tuple[Capability, ...]:
    """All services, largest first."""
    atoms = work.scene.atoms
    share = _agreement_of_atoms(work, draft)
    vocabulary = telling_words(work.book, placed.label, WORDS)
    doors, said = _doors(work, placed), docs(work.scene, placed.label, names)
    uses = _uses_of_others(work, placed)
    found = []
    for service, name in names.items():
        inside = np.flatnonzero(placed.label == service)
        is_table = atoms.is_table[inside]
        tables = tuple(sorted(atoms.names[atom] for atom in inside[is_table]))
        weight = atoms.lines[inside] + 1
        words = vocabulary.get(service, [])
        found.append(
            Capability(
                name=name,
                purpose=describe(
                    Parts(
                        _spoken_tables(work, tables, name),
                        doors[service],
                        words,
                        said.get(service, ""),
                        *uses.get(service, ()),
                    )
                ),
                members=tuple(sorted(atoms.names[atom] for atom in inside[~is_table])),
                tables=tables,
                entry_points=tuple(sorted(doors[service])),
                vocabulary=tuple(words),
                lines=int(atoms.lines[inside].sum()),
                confidence=round(float(np.average(share[inside], weights=weight)), 4),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.lines, each.name)))


def _uses_of_others(work: Work, placed: Placement) -> dict[int, tuple[list[str], list[str]]]:
    """Service -> models of other services' tables that it writes, and reads, those most used first."""
    known, atoms = work.scene.known, work.scene.atoms
    model = {f"table:{t.name}": t.model.rpartition(".")[2] or t.name for t in work.program.tables}
    source, target = atoms.position[known.source], atoms.position[known.target]
    counts: dict[int, tuple[Counter[str], Counter[str]]] = defaultdict(
        lambda: (Counter(), Counter())
    )
    for column, kind in enumerate((EdgeKind.WRITES, EdgeKind.READS)):
        chosen = (known.edge_kind == kind) & (source >= 0) & (target >= 0)
        users, tables = source[chosen].tolist(), target[chosen].tolist()
        for user, table in zip(users, tables, strict=True):
            service, name = int(placed.label[user]), atoms.names[table]
            if 0 <= service != placed.label[table] and name in model:
                counts[service][column][model[name]] += 1
    return {
        service: (_ranked(written), _ranked(read)) for service, (written, read) in counts.items()
    }


def _ranked(counts: Counter[str]) -> list[str]:
    return [name for name, _ in sorted(counts.items(), key=lambda each: (-each[1], each[0]))]


def _spoken_tables(work: Work, tables: tuple[str, ...], service: str) -> list[str]:
    """Tables by the names of their models: those that the service is called after, then the most referenced first."""
    known = {f"table:{table.name}": table for table in work.program.tables}
    graph = work.program.graph
    ranked = sorted(tables, key=lambda name: (-len(graph.edges_to(graph.index[name])), name))
    found = (known.get(name) for name in ranked)
    spoken = [
        each.model.rpartition(".")[2] or each.name
        for each in found
        if each is not None and not each.implicit_of
    ]
    return sorted(spoken, key=lambda model: not {*stems(model)} <= {*stems(service)})


def _doors(work: Work, placed: Placement) -> dict[int, list[str]]:
    """Service -> names of the entry points that its code answers."""
    found: dict[int, list[str]] = defaultdict(list)
    graph = work.program.graph
    for node, atom in sorted(work.scene.atoms.answering.items()):
        found[int(placed.label[atom])].append(graph.nodes.names[node])
    return found


def _agreement_of_atoms(work: Work, draft: Draft) -> Floats:
    """The agreement of each atom's unit, 1 for atoms that no run moves."""
    of_unit = np.ones(work.scene.units.count)
    of_unit[work.core.units] = draft.agreement.share
    found: Floats = of_unit[work.scene.units.of]
    return found


def _doubts(
    work: Work, draft: Draft, placed: Placement, names: dict[int, str]
) -> tuple[Doubt, ...]:
    """Members whose runs disagree, least agreement first; only those that stayed in their cluster."""
    atoms, agreed = work.scene.atoms, draft.agreement
    row_of = np.full(work.scene.units.count, -1, dtype=np.int64)
    row_of[work.core.units] = np.arange(len(work.core.units))
    is_doubtful = (agreed.share < DOUBTFUL) & (agreed.second != draft.label)
    is_doubtful &= np.isin(agreed.second, list(names))
    row = row_of[work.scene.units.of]
    stayed = (row >= 0) & is_doubtful[row] & (placed.label == draft.label[row])
    found = [
        Doubt(atoms.names[atom], round(float(agreed.share[at]), 4), names[int(agreed.second[at])])
        for atom, at in zip(np.flatnonzero(stayed).tolist(), row[stayed].tolist(), strict=True)
    ]
    return tuple(sorted(found, key=lambda each: (each.agreement, each.member)))


def _verdict(work: Work, draft: Draft, placed: Placement, found: Ground | None) -> tuple[str, bool]:
    if found is None:
        return "", True
    atoms = work.scene.atoms
    lines = np.bincount(placed.label[placed.label >= 0], atoms.lines[placed.label >= 0])
    case = Case(
        services=int((lines > 0).sum()),
        largest=float(lines.max(initial=0) / max(lines.sum(), 1)),
        lines=float(lines.sum()),
        stability=draft.agreement.mean,
    )
    by_name = {
        atoms.names[atom]: int(label) for atom, label in enumerate(placed.label) if label >= 0
    }
    labels = node_labels(found, by_name, work.program.graph.nodes.names)
    return judge(work.program, found, labels, case)
