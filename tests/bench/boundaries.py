"""Write docs/boundaries.md: the clustering beside every peer on the development cases of the ground truth.

    python tests/bench/boundaries.py BENCH PREPARED [--cases C-oscar,…] [--no-effects] [--check] [--out FILE]

BENCH and PREPARED are what `truth.py` takes. Each tree is linked once, then clustered blind and with
paths, and with each signal left out; `ceilings.py` says what the truth itself would make of the same
evidence. The means may move one way only: `--check` fails where one is lower
than the committed page says by more than chance moves it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import truth
from ceilings import Ceilings

from decompose.cluster import ClusterOptions, cluster
from decompose.graph import Program
from decompose.graph.agreement import adjusted_mutual_information, adjusted_rand
from decompose.graph.columns import Ints

PAGE = Path(__file__).parents[2] / "docs" / "boundaries.md"
PEERS = {
    "leiden": "Leiden",
    "infomap": "Infomap",
    "labelprop": "label propagation",
    "tfidf_kmeans_oracle_k": "TF-IDF k-means (true k)",
    "first_package": "packages",
}
SIGNALS = ("dependencies", "mentions", "loads", "messages", "data", "vocabulary", "kernel")
LARGEST = 2000
"""Modules beyond which no signal is left out: seven more runs would take longer than all the rest."""
CHANCE = 0.01
"""Seeds alone move a mean by so much."""
BY_HAND = "\n## Tried, and what it gave\n"
"""From here on the page is written by hand, and stays."""
TREES = {"blind": "Blind copies", "orig": "Original trees"}

Figures = dict[str, float]
NAN = float("nan")


@dataclass
class Case:
    """Figures of one case on one kind of tree."""

    name: str
    ours: Figures
    peers: dict[str, Figures]
    ceilings: Figures = field(default_factory=dict)
    without: dict[str, float] = field(default_factory=dict)


def main() -> int:
    """Measure, then write the page or compare with it."""
    asked = _arguments()
    found = {kind: list(_cases(asked, kind)) for kind in TREES}
    known = {path.stem for path in (asked.bench / "cases").glob("*.json")}
    measured = "\n".join(_page(found, sorted(known - {case.name for case in found["blind"]})))
    page = measured + BY_HAND + PAGE.read_text().partition(BY_HAND)[2]
    if asked.check:
        return _compared(PAGE.read_text(), page)
    asked.out.write_text(page)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--cases", default="")
    parser.add_argument("--no-effects", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--out", type=Path, default=PAGE)
    return parser.parse_args()


def _cases(asked: argparse.Namespace, kind: str) -> Iterator[Case]:
    baselines = json.loads((asked.bench / "baselines.json").read_text())
    for path in sorted((asked.bench / "cases").glob("*.json")):
        tree = asked.prepared / path.stem / kind
        if not tree.is_dir() or (asked.cases and path.stem not in asked.cases.split(",")):
            continue
        case = json.loads(path.read_text())
        program, units = truth.linked(tree), truth.units(tree, case)
        ours = _proposed(program, units, case, ClusterOptions())
        found = Case(path.stem, ours, baselines[path.stem][kind])
        if kind == "blind":
            kernel = {*case.get("infrastructure_units", ()), *case.get("remainder_units", ())}
            ceilings = Ceilings(program, units)
            found.ceilings = {
                "true k": ceilings.with_true_count(),
                "best resolution": ceilings.best(),
                "kernel known": ceilings.best(frozenset(kernel)),
                "fitted weights": ceilings.fitted() if len(units) <= LARGEST else NAN,
            }
        if kind == "blind" and not asked.no_effects and len(units) <= LARGEST:
            for signal in SIGNALS:
                options = ClusterOptions(left_out=frozenset({signal}))
                found.without[signal] = _proposed(program, units, case, options)["ami"]
        print(kind, path.stem, ours, flush=True)
        yield found


def _proposed(
    program: Program, units: dict[str, str], case: dict[str, Any], options: ClusterOptions
) -> Figures:
    partition = cluster(program, options).partition
    labels = truth.modules(program, partition.labels())
    found = {module: labels.get(module, f"alone:{module}") for module in units}
    figures = _agreement(found, units) | {"services": float(len(partition.capabilities))}
    if case["kind"] == "A":
        aside = set(case.get("remainder_units", ["core"]))
        figures |= {"recovery": _recovery(found, units, aside), "f1": _f1(found, units, aside)}
    return figures


def _agreement(found: dict[str, str], units: dict[str, str]) -> Figures:
    order = sorted(units)
    ours, theirs = truth.numbered(found, order), truth.numbered(units, order)
    return {
        "units": float(len(set(units.values()))),
        "ami": adjusted_mutual_information(ours, theirs),
        "ari": adjusted_rand(ours, theirs),
    }


def _recovery(found: dict[str, str], units: dict[str, str], aside: set[str]) -> float:
    """Mean over extracted units of the best cluster's Jaccard index."""
    members: dict[str, set[str]] = {}
    for module, label in found.items():
        members.setdefault(label, set()).add(module)
    best = []
    for unit in sorted(set(units.values()) - aside):
        own = {module for module, name in units.items() if name == unit}
        touching = {found[module] for module in own}
        best.append(max(len(own & members[it]) / len(own | members[it]) for it in touching))
    return float(np.mean(best))


def _f1(found: dict[str, str], units: dict[str, str], aside: set[str]) -> float:
    """Pairs put together, those of two remainder modules left out."""
    order = sorted(units)
    label, unit = truth.numbered(found, order), truth.numbered(units, order)
    is_rest = np.array([units[module] in aside for module in order])
    both = _pairs(label * (int(unit.max()) + 1) + unit, ~is_rest)
    proposed = _pairs(label, np.ones(len(label), dtype=bool)) - _pairs(label, is_rest)
    wanted = _pairs(unit, ~is_rest)
    return 2 * both / (proposed + wanted) if proposed + wanted else 0.0


def _pairs(label: Ints, chosen: Any) -> float:
    counts = np.unique(label[chosen], return_counts=True)[1].astype(float)
    return float((counts * (counts - 1) / 2).sum())


def _page(found: dict[str, list[Case]], missing: list[str]) -> Iterator[str]:
    yield "# Boundaries: what the clustering finds beside what humans did"
    yield ""
    yield "Made by `make boundaries`; the figures move one way only (`--check`). AMI and ARI, 1 is perfect, 0 is"
    yield "chance. A: modules that were extracted from a program later on; for these also the mean Jaccard index of"
    yield "the extracted units (recovery) and the pairwise F1 that leaves the remainder aside. B: several services"
    yield "in one tree. C: modular monoliths, unit = app. *Blind* copies are flat and renamed: no path tells"
    yield "anything. All thresholds were chosen on these cases, so other programs will do worse."
    yield "Ceilings, AMI that the same evidence gives to who knows the truth: *true k* the number of units;"
    yield "*best resolution* which granularity fits best; *kernel known* also which modules are infrastructure, or"
    yield "stayed behind; *fitted weights* instead how much each signal should count in this very program (not"
    yield f"tried beyond {LARGEST} modules)."
    if missing:
        yield f"Not measured: {', '.join(missing)}."
    for kind, cases in found.items():
        yield ""
        yield f"## {TREES[kind]}"
        yield ""
        yield from _table(kind, cases)
    yield from _effects(found["blind"])
    yield ""


def _table(kind: str, cases: list[Case]) -> Iterator[str]:
    peers = [peer for peer in PEERS if any(peer in case.peers for case in cases)]
    extra = list(cases[0].ceilings)
    head = ["case", "services / units", "ours AMI", "ours ARI", "recovery", "F1", *extra]
    yield _row([*head, *(PEERS[peer] for peer in peers)])
    yield _row(["---"] * (len(head) + len(peers)))
    for case in cases:
        ours = case.ours
        yield _row(
            [
                case.name,
                f"{ours['services']:.0f} / {ours['units']:.0f}",
                *(_said(ours.get(key, NAN)) for key in ("ami", "ari", "recovery", "f1")),
                *(_said(case.ceilings[each]) for each in extra),
                *(_peer(case.peers.get(peer, {})) for peer in peers),
            ]
        )
    means = [
        _mean([case.ours.get(key, NAN) for case in cases])
        for key in ("ami", "ari", "recovery", "f1")
    ]
    best = [_mean([case.ceilings[each] for case in cases]) for each in extra]
    others = [
        _peer(
            {
                key: _mean([case.peers.get(peer, {}).get(key, NAN) for case in cases])
                for key in ("ami", "ari")
            }
        )
        for peer in peers
    ]
    yield _row([f"**mean {kind}**", "", *map(_said, [*means, *best]), *others])


def _effects(cases: list[Case]) -> Iterator[str]:
    if not any(case.without for case in cases):
        return
    yield ""
    yield "## What each signal adds"
    yield ""
    yield f"Mean AMI lost by leaving one signal out, on blind copies of up to {LARGEST} modules (below 0:"
    yield "better without)."
    yield ""
    yield _row(["signal", "lost"])
    yield _row(["---", "---"])
    for signal in SIGNALS:
        lost = [case.ours["ami"] - case.without[signal] for case in cases if case.without]
        yield _row([signal, f"{_mean(lost):+.3f}"])


def _mean(values: list[float]) -> float:
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else NAN


def _said(value: float) -> str:
    return "" if np.isnan(value) else f"{value:.3f}"


def _peer(figures: Figures) -> str:
    ami, ari = figures.get("ami", NAN), figures.get("ari", NAN)
    return "" if np.isnan(ami) else f"{ami:.2f} / {ari:.2f}"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _compared(before: str, after: str) -> int:
    """1 where a mean is lower than it was."""
    failed = 0
    for kind in TREES:
        old, new = _means(before, kind), _means(after, kind)
        for was, now in zip(old, new, strict=True):
            if now < was - CHANCE:
                print(f"{kind}: {now:.3f}, was {was:.3f}")
                failed = 1
    return failed


def _means(page: str, kind: str) -> list[float]:
    """AMI, ARI, recovery, F1 of a page's line of means."""
    line = re.search(rf"^\| \*\*mean {kind}\*\* \|(.*)$", page, re.MULTILINE)
    cells = [cell.strip() for cell in line[1].split("|")] if line else []
    return [float(cell) for cell in cells[1:5] if cell]


if __name__ == "__main__":
    sys.exit(main())
