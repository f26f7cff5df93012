"""Partition the published graphs with `analyze --graph`, and score the result as the papers did.

    python tests/bench/papers.py PAPERS [--keep DIR]

PAPERS holds the published graphs (`decomp-bench/1`) and their `score.py`. Each graph is written as
`decompose-graph/1` and given to the command line; what `export partition` says is scored. Printed are
the five published figures beside plain Leiden and the median of each peer's non-trivial partitions
(largest service at most half, singletons at most a quarter, three services or more), in how many of
the cells we are better, and the agreement with the experts where there are any.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from statistics import median
from typing import Any

from graspologic_native import leiden

APPS = ("daytrader", "acmeair", "jpetstore", "plants")
EXPERTS = {"inesc-ldod": 0.770, "inesc-bw": 0.306}
"""Graphs with experts' partitions, and the agreement (ARI) to beat."""
FIGURES = ("bcp", "icp", "sm_pub", "ifn", "ned")
HIGHER = ("sm_pub",)
NODES = "nodes"


def main() -> None:
    """Partition and score everything."""
    asked = _arguments()
    scores = _scores(asked.papers)
    with tempfile.TemporaryDirectory() as folder:
        work = asked.keep or Path(folder)
        work.mkdir(parents=True, exist_ok=True)
        cells: Counter[str] = Counter()
        for app in APPS:
            cells += _figures(app, asked.papers, scores, work)
        print("better in, of 20:", ", ".join(f"{peer} {cells[peer]}" for peer in sorted(cells)))
        for app, wanted in EXPERTS.items():
            document = _document(asked.papers, app, scores)
            found = _partition(_entities(document, scores), app, work)
            ari = scores.ari(found, document["ground_truth"])
            print(f"{app}: ARI {ari:.3f} with the experts (to beat: {wanted:.3f})")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("papers", type=Path)
    parser.add_argument("--keep", type=Path, help="where graphs and analyses are kept")
    return parser.parse_args()


def _scores(papers: Path) -> Any:
    spec = importlib.util.spec_from_file_location("published_score", papers / "score.py")
    if spec is None or spec.loader is None:
        sys.exit(f"no score.py in {papers}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _document(papers: Path, app: str, scores: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((papers / f"{app}.json").read_text())
    if document["family"] == "fse2021":
        document["_prep"] = scores.fse_prepare(document)
    return document


def _figures(app: str, papers: Path, scores: Any, work: Path) -> Counter[str]:
    """Print one application's table; peer -> in how many figures we are better."""
    document = _document(papers, app, scores)
    ours = scores.score(document, _partition(_classes(document), app, work))
    rivals = {
        "leiden": scores.score(document, _leiden(document, scores)),
        **_peers(document, scores),
    }
    print(f"{app}: {len(document[NODES])} nodes")
    cells: Counter[str] = Counter()
    for name, row in {"decompose": ours, **rivals}.items():
        better = [figure for figure in FIGURES if _better(figure, ours[figure], row[figure])]
        cells[name] = len(better)
        told = "  ".join(f"{figure} {row[figure]:6.3f}" for figure in FIGURES)
        gates = f"largest {ours['max_share']:.2f} singletons {ours['singletons']:.2f}"
        print(
            f"  {name:12} k {row['k']:4.1f}  {told}",
            gates if row is ours else f"better in {len(better)}",
        )
    del cells["decompose"]
    return cells


def _better(figure: str, ours: float, theirs: float) -> bool:
    return ours > theirs if figure in HIGHER else ours < theirs


def _peers(document: dict[str, Any], scores: Any) -> dict[str, dict[str, float]]:
    """The median of each figure over a peer's non-trivial partitions."""
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    for peer in document["peers"]:
        inner = {node: each for node, each in peer["partition"].items() if node.lower() != "root"}
        sizes = Counter(inner.values()).values()
        alone = sum(size == 1 for size in sizes)
        if len(sizes) > 2 and max(sizes) <= len(inner) / 2 and alone <= len(inner) / 4:
            rows[peer["tool"]].append(scores.score(document, peer["partition"]))
    return {
        tool: {figure: median(row[figure] for row in found) for figure in (*FIGURES, "k")}
        for tool, found in sorted(rows.items())
    }


def _leiden(document: dict[str, Any], scores: Any) -> dict[str, int]:
    nodes, weights = scores.flat_graph(document)
    edges = [(a, b, float(weight)) for (a, b), weight in weights.items()]
    _, found = leiden(edges=edges, resolution=1.0, use_modularity=True, seed=0)
    alone = len(nodes)
    return {node: found.get(node, alone + number) for number, node in enumerate(nodes)}


def _classes(document: dict[str, Any]) -> dict[str, Any]:
    """Classes, the calls that were seen between them, and the use cases that run through them."""
    ids = [node for node in document[NODES] if node.lower() != "root"]
    uses: dict[str, list[str]] = defaultdict(list)
    for node in ids:
        for use_case in document[NODES][node].get("use_cases", []):
            uses[use_case].append(node)
    return {
        "schema": "decompose-graph/1",
        "nodes": [{"id": node} for node in ids],
        "edges": [
            {"source": source, "target": target, "kind": "calls", "weight": weight}
            for source, target, weight in document["edges"]["runtime_call"]
            if {source, target} <= set(ids)
        ],
        "entry_points": [{"name": name, "visits": sorted(uses[name])} for name in sorted(uses)],
    }


def _entities(document: dict[str, Any], scores: Any) -> dict[str, Any]:
    """Entities, and the order in which functionalities read and write them."""
    sequences = scores.inesc_prepare(document)
    mode = {"R": "read", "W": "write"}
    return {
        "schema": "decompose-graph/1",
        "nodes": [{"id": entity, "kind": "entity"} for entity in document["entities"]],
        "entry_points": [
            {"name": name, "visits": [{"node": node, "mode": mode[how]} for node, how in steps]}
            for name, steps in sequences.items()
        ],
    }


def _partition(graph: dict[str, Any], app: str, work: Path) -> dict[str, str]:
    """What the command line makes of a graph."""
    path, out = work / f"{app}.json", work / app
    path.write_text(json.dumps(graph))
    command = [sys.executable, "-m", "decompose"]
    subprocess.run([*command, "analyze", "--graph", path, "--out", out, "--quiet"], check=True)
    told = subprocess.run(
        [*command, "export", "partition", "--from", out], check=True, capture_output=True
    )
    found: dict[str, str] = json.loads(told.stdout)
    return found


if __name__ == "__main__":
    main()
