"""A given graph's partition, described as any other, and judged against plain clustering."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from decompose.cluster.given.bill import WEIGHTS, better_than_plain, ground
from decompose.cluster.given.consensus import Consensus, consensus
from decompose.cluster.given.search import MOST_NODES, refined
from decompose.cluster.given.ties import ties
from decompose.cluster.given.words import Vocabulary, vocabulary
from decompose.cluster.naming import kept_names, name_services, telling_words
from decompose.cluster.options import Clustering, ClusterOptions
from decompose.graph.agreement import adjusted_rand
from decompose.graph.leiden import leiden, renumbered
from decompose.model.partition import RESERVED, Capability, Doubt, Partition
from decompose.model.program import PREFIXES, NodeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scipy.sparse import csr_array

    from decompose.graph.columns import Floats, Ints
    from decompose.model.given import GivenGraph

DOUBTFUL = 0.5
"""Members with less agreement than this are listed as doubts."""
WORDS = 8
MOST_FIGURES = 3
"""Better in so many of the five figures is better."""
STEPS_BESIDE = (0.5, 2.0)
"""Sizes of the partitions beside the proposal, as multiples of its services."""


@dataclass(frozen=True)
class _Case:
    given: GivenGraph
    names: list[str]  # of nodes, in outputs
    ties: csr_array
    agreed: Consensus
    words: Vocabulary
    options: ClusterOptions


def cluster_given(given: GivenGraph, names: list[str], options: ClusterOptions) -> Clustering:
    """Propose services for a given graph, with coarser and finer proposals beside it.

    `names`: what each node is called in outputs. Pins of the options are kept.
    """
    words = vocabulary(given)
    found = ties(given, words.rare())
    case = _Case(given, names, found, consensus(found, options.seed), words, options)
    label = _label(case)
    count = int(label.max()) + 1
    beside = sorted({max(2, round(count * step)) for step in STEPS_BESIDE} - {count})
    return Clustering(
        _partition(case, label, judged=True),
        tuple(
            _partition(case, _sized(case, label, each), judged=False)
            for each in beside
            if each < len(names)
        ),
    )


def _label(case: _Case) -> Ints:
    """The consensus, brought to what a person asked for, with moves that lower its bill."""
    wanted, pins = case.options.services, _pins(case)
    label = case.agreed.label
    if wanted is not None:
        label = _sized(case, label, min(wanted, len(label)))
    label, movable = _pinned(label, pins)
    exactly = int(label.max()) + 1 if wanted is not None else None
    if len(label) > MOST_NODES:
        return renumbered(label)
    return refined(
        ground(case.given, case.options.seed), label, movable, case.options.seed, exactly
    )


def _pins(case: _Case) -> dict[int, str]:
    """Node -> the service that a person put it into."""
    pins = case.options.constraints.pins
    return {
        node: pins[name]
        for node, name in enumerate(case.names)
        if name in pins and pins[name] not in RESERVED
    }


def _pinned(label: Ints, pins: Mapping[int, str]) -> tuple[Ints, np.ndarray]:
    """Members of one pinned service get one label; (label, which nodes may still move)."""
    found, movable = label.copy(), np.ones(len(label), dtype=bool)
    groups: dict[str, list[int]] = defaultdict(list)
    for node, service in pins.items():
        groups[service].append(node)
        movable[node] = False
    for number, service in enumerate(sorted(groups)):
        found[groups[service]] = int(label.max()) + 1 + number
    return renumbered(found), movable


def _sized(case: _Case, label: Ints, count: int) -> Ints:
    """So many services: the closest pair is merged, or the whole is cut finer, as often as needed."""
    resolution = 1.0
    while int(label.max()) + 1 < count and resolution < 1000:  # noqa: PLR2004 -- singletons by then
        resolution *= 1.3
        label = leiden(case.ties, resolution=resolution, seed=case.options.seed)
    while int(label.max()) + 1 > count:
        label = _merged(case.ties, label)
    return label


def _merged(matrix: csr_array, label: Ints) -> Ints:
    """The smallest service joins the one that it is tied to most, by the size of both."""
    size = np.bincount(label)
    smallest = int(np.argmin(size))
    rows = np.flatnonzero(label == smallest)
    tied = np.asarray(matrix[rows].sum(axis=0)).ravel()
    toward = np.bincount(label, tied, minlength=len(size)) / size
    toward[smallest] = -1
    found = label.copy()
    found[rows] = int(np.argmax(toward))
    return renumbered(found)


def _partition(case: _Case, label: Ints, *, judged: bool) -> Partition:
    share, second = _agreement(case.agreed, label)
    service_names = _names(case, label)
    verdict, worth_it = _verdict(case, label) if judged else ("", True)
    doubts = tuple(
        sorted(
            (
                Doubt(case.names[node], round(float(share[node]), 4), service_names[second[node]])
                for node in np.flatnonzero(share < DOUBTFUL).tolist()
                if second[node] != label[node]
            ),
            key=lambda each: (each.agreement, each.member),
        )
    )
    return Partition(
        capabilities=_capabilities(case, label, share, service_names),
        shared=(),
        unused=(),
        doubts=doubts,
        table_reasons={
            case.names[node]: "tied to its service more than to any other"
            for node, each in enumerate(case.given.nodes)
            if each.kind == "table"
        },
        verdict=verdict,
        worth_it=worth_it,
    )


def _names(case: _Case, label: Ints) -> dict[int, str]:
    pins = _pins(case)
    kept: dict[int, str] = {}
    if case.options.previous:
        members: dict[int, list[tuple[str, float]]] = defaultdict(list)
        for node, name in enumerate(case.names):
            members[int(label[node])].append((name, 1.0))
        kept = kept_names(members, case.options.previous)
    kept.update({int(label[node]): service for node, service in sorted(pins.items())})
    return name_services(case.words.book(), label, kept, {})


def _capabilities(
    case: _Case, label: Ints, share: Floats, names: dict[int, str]
) -> tuple[Capability, ...]:
    vocabulary_of = telling_words(case.words.book(), label, WORDS)
    table = PREFIXES[NodeKind.TABLE]
    number = {node.id: index for index, node in enumerate(case.given.nodes)}
    doors: dict[int, list[str]] = defaultdict(list)
    for entry in case.given.entry_points:
        steps = entry.steps()
        if steps:
            doors[int(label[number[steps[0].node]])].append(PREFIXES[NodeKind.COMMAND] + entry.name)
    found = []
    for service, name in names.items():
        inside = np.flatnonzero(label == service).tolist()
        members = sorted(case.names[node] for node in inside)
        words = vocabulary_of.get(service, [])
        found.append(
            Capability(
                name=name,
                purpose=_purpose(len(members), words),
                members=tuple(each for each in members if not each.startswith(table)),
                tables=tuple(each for each in members if each.startswith(table)),
                entry_points=tuple(sorted(doors[service])),
                vocabulary=tuple(words),
                lines=sum(case.given.nodes[node].lines for node in inside),
                confidence=round(float(share[inside].mean()), 4),
            )
        )
    return tuple(sorted(found, key=lambda each: (-len(each.members), each.name)))


def _purpose(parts: int, words: list[str]) -> str:
    return f"{parts} part{'s' if parts > 1 else ''} about {', '.join(words[:3])}." if words else ""


def _agreement(agreed: Consensus, label: Ints) -> tuple[Floats, Ints]:
    """(how much of its own service a node meets in a run, the service it meets most otherwise)."""
    size = int(label.max()) + 1
    meets = np.zeros((len(label), size))
    counts = np.bincount(label, minlength=size).astype(np.float64)
    own = np.arange(len(label)), label
    for run in agreed.runs:
        both = np.zeros((int(run.max()) + 1, size))
        np.add.at(both, (run, label), 1.0)
        meets += both[run]
    others = np.tile(counts, (len(label), 1))
    others[own] -= 1
    meets[own] -= len(agreed.runs)
    mean = meets / np.maximum(others, 1) / len(agreed.runs)
    mean[own] = np.where(others[own] > 0, mean[own], 1.0)
    share = mean[own].copy()
    mean[own] = -1
    second = np.argmax(mean, axis=1) if size > 1 else label
    return share, second


def _verdict(case: _Case, label: Ints) -> tuple[str, bool]:
    """What the cut gains over plain Leiden on the same edges, and how well it is found again."""
    count = int(label.max()) + 1
    if count <= 1:
        return "Keep it together: the graph shows one capability only.", False
    again = float(np.mean([adjusted_rand(label, run) for run in case.agreed.runs]))
    text = (
        f"{count} capabilities; runs on four fifths of the evidence agree with them to {again:.0%}."
    )
    if not case.given.edges or len(label) > MOST_NODES:
        return text, True
    better = better_than_plain(ground(case.given, case.options.seed), label)
    said = f"Cuts better than plain clustering in {len(better)} of {len(WEIGHTS)} figures"
    said += f" ({', '.join(better).upper()})." if better else "."
    return f"{text} {said}", len(better) >= MOST_FIGURES
