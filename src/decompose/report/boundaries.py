"""What does one service need of another? Each boundary with its crossings, each crossing with its lines."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from decompose.model.partition import Boundary, Crossing
from decompose.model.program import PREFIXES, Confidence, EdgeKind, NodeKind
from decompose.model.source import Site
from decompose.report import limits
from decompose.report.findings import Findings, FindingView, shown_between
from decompose.report.limits import Cuts
from decompose.report.lookup import Lookup, Place
from decompose.report.text import counted, figure, shortened

DATA = (EdgeKind.REFERENCES, EdgeKind.JOINS, EdgeKind.WRITES, EdgeKind.READS)
"""Kinds that bind two services by data: the costly ones, so they come first."""
KIND_ORDER = (*DATA, *(kind for kind in EdgeKind if kind not in DATA))
KIND_WORDS = {
    EdgeKind.IMPORTS: ("import", "imports"),
    EdgeKind.CALLS: ("call", "calls"),
    EdgeKind.INSTANTIATES: ("instantiation", "instantiates"),
    EdgeKind.INHERITS: ("inheritance", "inherits from"),
    EdgeKind.USES: ("use", "uses"),
    EdgeKind.READS: ("table read", "reads"),
    EdgeKind.WRITES: ("table write", "writes"),
    EdgeKind.JOINS: ("join", "is joined with"),
    EdgeKind.REFERENCES: ("foreign key", "has a foreign key to"),
    EdgeKind.MAPS: ("mapping", "is mapped by"),
    EdgeKind.PUBLISHES: ("message", "sends to"),
    EdgeKind.CONSUMES: ("handler", "is handled by"),
    EdgeKind.EXPOSES: ("entry point", "is answered by"),
    EdgeKind.PASSES: ("middleware", "hands requests on to"),
}
"""(noun, verb) of each kind; a crossing reads "source verb target"."""
CONFIDENCE_WORDS = {
    Confidence.OBSERVED: "seen when it ran",
    Confidence.EXACT: "",
    Confidence.INFERRED: "inferred",
    Confidence.NAME_ONLY: "by name only",
}


@dataclass(frozen=True, slots=True)
class CrossingView:
    """One crossing as a sentence with evidence."""

    kind: str
    verb: str
    is_data: bool
    source: str
    target: str
    confidence: str
    places: tuple[Place, ...]
    more_sites: int
    weight: str


@dataclass(frozen=True, slots=True)
class BoundaryView:
    """A boundary with the crossings that fit; `more` counts those that only the embedded data holds."""

    anchor: str
    consumer: str
    provider: str
    weight: str
    share: float  # of the heaviest boundary
    is_data: bool
    kinds: tuple[tuple[str, bool], ...]  # ("3 foreign keys", binds by data)
    first_site: str
    crossings: tuple[CrossingView, ...]
    total: int
    findings: tuple[FindingView, ...]  # the gravest of those that name both services
    finding_count: int


@dataclass(frozen=True, slots=True)
class Boundaries:
    """All boundaries that fit; `kept` unfolds on demand: [kind, verb, source, target, confidence, sites]."""

    shown: tuple[BoundaryView, ...]
    total: int
    kept: dict[str, list[list[object]]]


def boundaries(lookup: Lookup, costs: Findings, cuts: Cuts) -> Boundaries:
    """Boundaries, heaviest first."""
    every = lookup.analysis.boundaries
    chosen = cuts.head(every, limits.BOUNDARIES, "boundaries")
    views, shown_left, kept_left = [], limits.CROSSINGS_SHOWN_IN_ALL, limits.CROSSINGS_KEPT_IN_ALL
    kept: dict[str, list[list[object]]] = {}
    for number, boundary in enumerate(chosen):
        anchor = f"boundary-{number + 1}"
        crossings = sorted(boundary.crossings, key=_costliest_first)
        shown = crossings[: min(limits.CROSSINGS_SHOWN, shown_left)]
        later = crossings[len(shown) : len(shown) + min(limits.CROSSINGS_KEPT, kept_left)]
        views.append(_view(lookup, costs, boundary, anchor, shown))
        if later:
            kept[anchor] = [_row(crossing) for crossing in later]
        shown_left -= len(shown)
        kept_left -= len(later)
    total = sum(len(boundary.crossings) for boundary in every)
    held = sum(len(view.crossings) for view in views) + sum(map(len, kept.values()))
    cuts.note(held, total, "crossings of boundaries")
    return Boundaries(tuple(views), len(every), kept)


def _costliest_first(crossing: Crossing) -> tuple[int, float, str, str]:
    return KIND_ORDER.index(crossing.kind), -crossing.weight, crossing.source, crossing.target


def _view(
    lookup: Lookup, costs: Findings, boundary: Boundary, anchor: str, shown: Sequence[Crossing]
) -> BoundaryView:
    grave = shown_between(costs, boundary.consumer, boundary.provider)
    sites = [crossing.sites[0] for crossing in boundary.crossings if crossing.sites]
    return BoundaryView(
        anchor=anchor,
        consumer=boundary.consumer,
        provider=boundary.provider,
        weight=figure(boundary.weight),
        share=boundary.weight / (lookup.analysis.boundaries[0].weight or 1.0),
        is_data=any(crossing.kind in DATA for crossing in boundary.crossings),
        kinds=tuple(_kinds(boundary)),
        first_site=str(sites[0]) if sites else "",
        crossings=tuple(_crossing(lookup, crossing) for crossing in shown),
        total=len(boundary.crossings),
        findings=grave[: limits.BOUNDARY_FINDINGS],
        finding_count=len(grave),
    )


def _kinds(boundary: Boundary) -> Iterator[tuple[str, bool]]:
    counts = Counter(crossing.kind for crossing in boundary.crossings)
    for kind in KIND_ORDER:
        if counts[kind]:
            yield counted(counts[kind], KIND_WORDS[kind][0]), kind in DATA


def _crossing(lookup: Lookup, crossing: Crossing) -> CrossingView:
    noun, verb = KIND_WORDS[crossing.kind]
    return CrossingView(
        kind=noun,
        verb=verb,
        is_data=crossing.kind in DATA,
        source=readable(crossing.source),
        target=readable(crossing.target),
        confidence=CONFIDENCE_WORDS[crossing.confidence],
        places=_places(lookup, crossing.sites[: limits.SITES]),
        more_sites=max(0, len(crossing.sites) - limits.SITES),
        weight=figure(crossing.weight),
    )


def _places(lookup: Lookup, sites: Sequence[Site]) -> tuple[Place, ...]:
    """The first with its excerpt: one is enough to judge a crossing, more would bury the next."""
    return (*map(lookup.place, sites[:1]), *(Place(str(site)) for site in sites[1:]))


def readable(node: str) -> str:
    """A node's name without the prefix where the sentence around it says that it is a table."""
    return node.removeprefix(PREFIXES[NodeKind.TABLE])


def _row(crossing: Crossing) -> list[object]:
    noun, verb = KIND_WORDS[crossing.kind]
    sites = [str(site) for site in crossing.sites[: limits.SITES]]
    return [
        noun,
        verb,
        shortened(readable(crossing.source), 200),
        shortened(readable(crossing.target), 200),
        CONFIDENCE_WORDS[crossing.confidence],
        sites,
        max(0, len(crossing.sites) - limits.SITES),
    ]
