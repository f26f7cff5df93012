"""Domains above services, and aggregates in them.

A *domain* is a group of services that depend on each other more than on the rest: communities of the graph of
boundaries, each weighed against what its two services have to do with anybody (so that a service that
everybody needs glues nobody together), and of the packages that services stand in.

An *aggregate* is a table with those that are deleted along with its rows and belong to no other: rows of an
order with the order. A table that several others point to is a root itself, whatever it is deleted with.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.naming import meaning
from decompose.cluster.places import CONTAINERS
from decompose.cluster.words import NAMELESS, spoken, stem
from decompose.graph.leiden import leiden, undirected
from decompose.model.hierarchy import Aggregate, Domain, Hierarchy
from decompose.model.program import PREFIXES, NodeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from scipy.sparse import csr_array

    from decompose.graph.analysis import Program
    from decompose.model.partition import Boundary, Capability, Partition
    from decompose.model.program import Table

FEWEST = 7
"""So many services are needed before groups of them help anybody."""
TOGETHER = 0.5
"""What standing in one package adds to the tie of two services; 1 is all that both have to do with anybody."""
WHOLE = 0.7
"""A package that holds this share of the services groups none of them."""
MOSTLY = 0.6
"""A service stands in a package that holds this share of its members; a domain is called by such a package."""
ROOT = 2
"""So many other tables have to point to one for it to be a root of its own."""
_TABLE = PREFIXES[NodeKind.TABLE]


def hierarchy(
    program: Program,
    partition: Partition,
    boundaries: Sequence[Boundary],
    before: Hierarchy | None = None,
) -> Hierarchy:
    """The hierarchy of a partition. `before`: an earlier one, whose domains stay as far as their services do."""
    return Hierarchy(
        _domains(partition.capabilities, boundaries, before), _aggregates(program, partition)
    )


def _domains(
    services: Sequence[Capability], boundaries: Sequence[Boundary], before: Hierarchy | None
) -> tuple[Domain, ...]:
    if len(services) < FEWEST:
        return ()
    packages = [_package(each) for each in services]
    ties = _ties(services, boundaries, packages)
    label = leiden(ties)
    known = {name: each.name for each in before.domains for name in each.services} if before else {}
    groups = _groups(services, label.tolist(), ties, known)
    names = _names(services, packages, groups, known, _central(services, boundaries))
    lines = {label: sum(services[row].lines for row in rows) for label, rows in groups.items()}
    return tuple(
        Domain(names[label], tuple(sorted(services[row].name for row in groups[label])))
        for label in sorted(groups, key=lambda label: (-lines[label], names[label]))
    )


def _package(service: Capability) -> tuple[str, ...]:
    """The package around the innermost one that holds most of a service, if it is about something."""
    heads: Counter[str] = Counter()
    for member in service.members:
        head = member.rpartition(".")[0]
        while head:
            heads[head] += 1
            head = head.rpartition(".")[0]
    most = [head for head, count in heads.items() if count >= MOSTLY * len(service.members)]
    innermost = max(most, key=lambda head: (head.count("."), head), default="")
    around = tuple(innermost.split("."))[:-1]
    return around if len(around) > 1 and _is_telling(around[-1]) else ()


def _is_telling(package: str) -> bool:
    words = [surface for word, surface in spoken(package) if stem(word) not in CONTAINERS]
    return any(word not in NAMELESS for word in words)


def _ties(
    services: Sequence[Capability],
    boundaries: Sequence[Boundary],
    packages: Sequence[tuple[str, ...]],
) -> csr_array:
    number = {each.name: row for row, each in enumerate(services)}
    found: dict[tuple[int, int], float] = defaultdict(float)
    for each in boundaries:
        if each.provider in number and each.consumer in number:
            a, b = sorted((number[each.provider], number[each.consumer]))
            found[a, b] += math.log1p(each.weight)
    degree: dict[int, float] = defaultdict(float)
    for (a, b), weight in found.items():
        degree[a] += weight
        degree[b] += weight
    tied = {(a, b): w / math.sqrt(degree[a] * degree[b]) for (a, b), w in found.items()}
    shared = Counter(package for package in packages if package)
    for a, package in enumerate(packages):
        for b in range(a):
            is_near = package and packages[b] == package
            if is_near and shared[package] <= WHOLE * len(services):
                tied[b, a] = tied.get((b, a), 0.0) + TOGETHER / math.sqrt(shared[package])
    rows = np.array(sorted(tied), dtype=np.int64).reshape(-1, 2)
    weights = np.array([tied[a, b] for a, b in rows.tolist()])
    return undirected(rows[:, 0], rows[:, 1], weights, len(services))


def _central(services: Sequence[Capability], boundaries: Sequence[Boundary]) -> dict[str, float]:
    """Service -> how much others need it, times the tables that it keeps: what is done is called after what is kept."""
    found: dict[str, float] = defaultdict(float)
    for each in boundaries:
        found[each.provider] += math.log1p(each.weight)
    return {each.name: found[each.name] * (1 + len(each.tables)) for each in services}


def _groups(
    services: Sequence[Capability], label: list[int], ties: csr_array, known: Mapping[str, str]
) -> dict[int, list[int]]:
    """Rows of each domain: as they were known, and others with those they are tied to; nobody alone, if possible."""
    earlier = len(set(known.values()))
    label = _continued([each.name for each in services], label, known)
    dense = ties.toarray()
    for row in range(len(label)):
        if label.count(label[row]) > 1 or label[row] < earlier:
            continue
        pull: dict[int, float] = defaultdict(float)
        for other, weight in enumerate(dense[row].tolist()):
            if weight:
                pull[label[other]] += weight
        if pull:
            label[row] = max(sorted(pull), key=lambda each: pull[each])
    groups: dict[int, list[int]] = defaultdict(list)
    for row, each in enumerate(label):
        groups[each].append(row)
    return dict(groups)


def _continued(names: Sequence[str], label: list[int], known: Mapping[str, str]) -> list[int]:
    """Labels, those of known services first: new ones go where most of their community was."""
    number = {name: index for index, name in enumerate(sorted(set(known.values())))}
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    for name, community in zip(names, label, strict=True):
        if name in known:
            votes[community][number[known[name]]] += 1
    heir = {each: min(found.items(), key=_first)[0] for each, found in votes.items()}
    return [
        number[known[name]] if name in known else heir.get(community, len(number) + community)
        for name, community in zip(names, label, strict=True)
    ]


def _first(item: tuple[int, int]) -> tuple[int, int]:
    """The most votes, then the lowest number."""
    return -item[1], item[0]


def _names(
    services: Sequence[Capability],
    packages: Sequence[tuple[str, ...]],
    groups: Mapping[int, list[int]],
    known: Mapping[str, str],
    weight: Mapping[str, float],
) -> dict[int, str]:
    """By the name it had, by the package that is most of it, else by the most central service."""
    found: dict[int, str] = {}
    for label, rows in sorted(groups.items(), key=lambda each: (-len(each[1]), each[1])):
        before = Counter(known[services[row].name] for row in rows if services[row].name in known)
        shared = [packages[row] for row in rows if packages[row] and len(rows) > 1]
        own = Counter(package[-1].replace("_", "-") for package in shared)
        leading = sorted(rows, key=lambda row: (-weight.get(services[row].name, 0.0), row))
        wanted = [
            *(name for name, _ in before.most_common()),
            *(name for name, count in own.items() if count >= MOSTLY * len(rows)),
            *(services[row].name for row in leading),
        ]
        found[label] = _free(wanted, found.values())
    return found


def _free(wanted: Sequence[str], taken: Collection[str]) -> str:
    """The first name that means something new; where all mean what others do, one that is written otherwise."""
    meant = {meaning(name) for name in taken}
    new = (name for name in wanted if meaning(name) not in meant)
    name = next(new, wanted[0])
    while name in taken:
        name = f"other-{name}"
    return name


def _aggregates(program: Program, partition: Partition) -> tuple[Aggregate, ...]:
    owner = {table: each.name for each in partition.capabilities for table in each.tables}
    pointed: Counter[str] = Counter()
    for table in program.tables:
        targets = {column.references.rpartition(".")[0] for column in table.columns}
        pointed.update(targets - {table.name, ""})
    parent = {
        table.name: above
        for table in program.tables
        if (above := _parent(table, owner)) and pointed[table.name] < ROOT
    }
    found: dict[str, list[str]] = defaultdict(list)
    for table in program.tables:
        root = _root(table.name, parent)
        if root != table.name:
            found[root].append(_TABLE + table.name)
    return tuple(
        sorted(
            (
                Aggregate(owner[_TABLE + root], _TABLE + root, tuple(sorted(tables)))
                for root, tables in found.items()
            ),
            key=lambda each: (each.service, each.root),
        )
    )


def _parent(table: Table, owner: Mapping[str, str]) -> str:
    """The table of the same service with whose rows this one's go; of several the one it is named after."""
    service = owner.get(_TABLE + table.name)
    above = [
        name
        for column in table.columns
        if (column.on_delete.upper().endswith("CASCADE") or table.implicit_of)
        and (name := column.references.rpartition(".")[0]) != table.name
        and service is not None
        and owner.get(_TABLE + name) == service
    ]
    named = [name for name in above if table.name.startswith(name)]
    return max(named, key=len, default="") or next(iter(above), "")


def _root(name: str, parent: Mapping[str, str]) -> str:
    """The end of the way up; of a circle the first by name."""
    way = [name]
    while way[-1] in parent:
        above = parent[way[-1]]
        if above in way:
            return min(way[way.index(above) :])
        way.append(above)
    return way[-1]
