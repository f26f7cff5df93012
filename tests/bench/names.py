"""Do services have the names that humans gave them? Scored on the development cases of the ground truth.

    python tests/bench/names.py BENCH PREPARED [--cases C-oscar,…] [--every]

BENCH and PREPARED are what `truth.py` takes; the original trees are clustered. A true unit counts as
recovered if some service shares at least half of both their modules with it (Jaccard index). Its
name is met if one of its words is in the service's name or among the first three words of its
vocabulary, stems compared. Words that many units of a case have in common (`plugin_app`,
`plugin_user`) tell none of them, and count only where a unit has no other. Prints each recovered
unit that is not met (`--every`: all), the share of each case, and the share over all units; returns
1 where that is below the bar.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import truth

from decompose.cluster import ClusterOptions, cluster
from decompose.cluster.words import stems
from decompose.graph import Program
from decompose.model.partition import RESERVED, Capability, Partition

BAR = 0.7
RECOVERED = 0.5
FIRST = 3
"""So many words of the vocabulary count as names."""
COMMON, COMMON_SHARE = 3, 0.1
"""A word that so many units have, absolutely and as a share, tells none of them."""


@dataclass(frozen=True)
class Met:
    """A recovered unit and the service that recovers it."""

    unit: str
    service: Capability
    jaccard: float
    is_met: bool

    def __str__(self) -> str:
        said = ", ".join(self.service.vocabulary[:FIRST])
        mark = "+" if self.is_met else "-"
        return f"  {mark} {self.unit:28} {self.jaccard:.2f}  {self.service.name} ({said})"


def main() -> int:
    """Score the cases asked for."""
    asked = _arguments()
    found: list[Met] = []
    for path in sorted((asked.bench / "cases").glob("*.json")):
        tree = asked.prepared / path.stem / "orig"
        if not tree.is_dir() or (asked.cases and path.stem not in asked.cases.split(",")):
            continue
        units = truth.units(tree, json.loads(path.read_text()))
        program = truth.linked(tree)
        rows = list(score(program, cluster(program, ClusterOptions()).partition, units))
        found += rows
        print(f"{path.stem}: {_share(rows)}")
        for row in rows:
            if asked.every or not row.is_met:
                print(row, flush=True)
    print(f"all: {_share(found)}")
    return 0 if sum(row.is_met for row in found) >= BAR * len(found) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--cases", default="")
    parser.add_argument("--every", action="store_true")
    return parser.parse_args()


def score(program: Program, partition: Partition, units: Mapping[str, str]) -> Iterator[Met]:
    """Every recovered unit, by its name. `units`: module -> true unit."""
    services = {each.name: each for each in partition.capabilities}
    label = truth.modules(program, partition.labels())
    members = _grouped({module: label[module] for module in units if module in label})
    telling = telling_words(set(units.values()))
    for unit, own in sorted(_grouped(units).items()):
        known = {label[module] for module in own if module in label} - set(RESERVED)
        ranked = [(len(own & members[it]) / len(own | members[it]), it) for it in sorted(known)]
        best, name = max(ranked, default=(0.0, ""))
        if best >= RECOVERED:
            said = stems(" ".join([name, *services[name].vocabulary[:FIRST]]))
            yield Met(unit, services[name], best, bool(telling[unit] & set(said)))


def telling_words(units: set[str]) -> dict[str, set[str]]:
    """Unit -> the stems of its name that tell it from others; all of them where none does."""
    words = {unit: set(stems(unit)) for unit in units}
    counts = Counter(word for found in words.values() for word in found)
    most = max(COMMON, COMMON_SHARE * len(units))
    rare = {unit: {word for word in found if counts[word] < most} for unit, found in words.items()}
    return {unit: rare[unit] or words[unit] for unit in units}


def _grouped(labels: Mapping[str, str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for module, label in labels.items():
        found[label].add(module)
    return found


def _share(rows: list[Met]) -> str:
    met = sum(row.is_met for row in rows)
    share = f" = {met / len(rows):.0%}" if rows else ""
    return f"{met} of {len(rows)} recovered units are called as humans call them{share}"


if __name__ == "__main__":
    sys.exit(main())
