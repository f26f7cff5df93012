"""Score the clustering against what humans really did.

    python tests/bench/truth.py BENCH PREPARED [--cases C-oscar,…] [--paths]

BENCH holds `cases/*.json` and `baselines.json`; PREPARED holds for each case `orig`, `blind` and
`mapping.json`, as the bench's own `prepare.py --blind` makes them. Prints AMI and ARI for each case
beside the baselines, and the means. With `--paths` the original trees are used instead of the blind
ones. The analyzed code is read, never run.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from decompose.cluster import ClusterOptions, cluster
from decompose.frameworks import readers
from decompose.graph import Program
from decompose.graph.agreement import adjusted_mutual_information, adjusted_rand
from decompose.link import link
from decompose.model.program import NodeKind
from decompose.source import Cache, discover, read_texts
from decompose.steps.clock import Nobody
from decompose.steps.reading import read_facts, read_templates

PEERS = ("leiden", "infomap", "labelprop", "tfidf_kmeans_oracle_k")


def main() -> None:
    """Score the cases asked for."""
    asked = _arguments()
    baselines = json.loads((asked.bench / "baselines.json").read_text())
    kind = "orig" if asked.paths else "blind"
    rows = []
    print(
        f"{'case':18} services/units   AMI   ARI   " + "  ".join(f"{peer:>12.12}" for peer in PEERS)
    )
    for path in sorted((asked.bench / "cases").glob("*.json")):
        tree = asked.prepared / path.stem / kind
        if tree.is_dir() and (not asked.cases or path.stem in asked.cases.split(",")):
            row = _score(tree, json.loads(path.read_text()))
            peers = [baselines[path.stem][kind].get(peer, {}) for peer in PEERS]
            rows.append([row["ami"], row["ari"], *(peer.get("ami", np.nan) for peer in peers)])
            print(
                f"{path.stem:18} {row['services']:8d}/{row['units']:<5d} {row['ami']:6.3f}"
                f"{row['ari']:6.3f}   "
                + "  ".join(
                    f"{peer.get('ami', np.nan):6.3f}{peer.get('ari', np.nan):6.3f}"
                    for peer in peers
                ),
                flush=True,
            )
    means = np.nanmean(np.array(rows), axis=0)
    print(
        f"{'mean':33} {means[0]:6.3f}{means[1]:6.3f}   "
        + "        ".join(f"{m:6.3f}" for m in means[2:])
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--cases", default="")
    parser.add_argument("--paths", action="store_true")
    return parser.parse_args()


def _score(tree: Path, case: dict[str, Any]) -> dict[str, Any]:
    truth = units(tree, case)
    program = linked(tree)
    partition = cluster(program, ClusterOptions()).partition
    found = modules(program, partition.labels())
    alone = {module: found.get(module, f"alone:{module}") for module in truth}
    order = sorted(truth)
    ours, theirs = numbered(alone, order), numbered(truth, order)
    return {
        "services": len(partition.capabilities),
        "units": len(set(truth.values())),
        "ami": adjusted_mutual_information(ours, theirs),
        "ari": adjusted_rand(ours, theirs),
    }


def units(tree: Path, case: dict[str, Any]) -> dict[str, str]:
    """Module as it is called in the tree -> unit."""
    truth: dict[str, str] = case["truth"]
    if tree.name == "orig":
        return truth
    mapping = json.loads((tree.parent / "mapping.json").read_text())
    package = mapping["package"]
    return {
        f"{package}.{flat}": truth[module]
        for flat, module in mapping["modules"].items()
        if module in truth
    }


def linked(tree: Path) -> Program:
    """The linked program of a tree."""
    found = discover(tree, exclude=(), skip=[])
    with Cache.open(None) as cache:
        facts, _ = read_facts(tree, found.files, cache, 0, Nobody())
    texts = read_texts(tree, found.texts)
    templates = read_templates(texts)
    return link(facts, found.files, readers(), texts=texts, templates=templates)


def modules(program: Program, labels: dict[str, str]) -> dict[str, str]:
    """Each module has the label of most of its lines."""
    graph = program.graph
    lines: dict[str, Counter[str]] = defaultdict(Counter)
    for name, label in labels.items():
        node = graph.index[name]
        module = graph.module_of(node) if graph.kind(node) <= NodeKind.METHOD else -1
        if module >= 0:
            own = node == module
            count = 1 if own else graph.nodes.end_line[node] - graph.nodes.line[node] + 1
            lines[graph.nodes.names[module]][label] += count
    return {
        module: max(sorted(counts.items()), key=lambda each: each[1])[0]
        for module, counts in lines.items()
    }


def numbered(labels: dict[str, str], order: list[str]) -> Any:
    number = {label: index for index, label in enumerate(sorted(set(labels.values())))}
    return np.array([number[labels[module]] for module in order])


if __name__ == "__main__":
    main()
