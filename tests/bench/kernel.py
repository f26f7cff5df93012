"""How well does `cluster.kernel` tell the kernel, and would weights fitted on the ground truth do better?

    python tests/bench/kernel.py BENCH PREPARED [--cases C-oscar,…]

BENCH and PREPARED are what `truth.py` takes; the blind trees are read. What the truth calls
infrastructure, or the remainder of an extraction, stands for kernel. Prints for each case how well the
committed weights tell its kernel from the rest (area under the curve), and how far the proposal agrees
with the truth (AMI); then the same with weights that were fitted on all *other* cases.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import truth
from scipy.optimize import minimize

from decompose.cluster import ClusterOptions, cluster
from decompose.cluster import kernel as judged
from decompose.cluster.evidence import combine
from decompose.cluster.preparation import form_scene
from decompose.graph import Program
from decompose.graph.agreement import adjusted_mutual_information

RIDGE = 0.01
"""A pull of all weights towards 0."""


@dataclass(frozen=True)
class Case:
    """The ranked figures of each unit that the truth knows, and whether it is kernel."""

    name: str
    program: Program
    units: dict[str, str]
    ranked: Any  # (unit, figure)
    is_kernel: Any


def main() -> None:
    """Score each case with the committed weights, and with those fitted without it."""
    cases = list(_cases(_arguments()))
    committed = dict(judged.WEIGHTS)
    rows = []
    print(f"{'case':18} area   AMI    fitted elsewhere: area   AMI")
    for case in cases:
        fitted = _fitted([each for each in cases if each is not case])
        rows.append([*_judged(case, committed), *_judged(case, fitted)])
        print(f"{case.name:18} " + "  ".join(f"{each:.3f}" for each in rows[-1]), flush=True)
    print(f"{'mean':18} " + "  ".join(f"{each:.3f}" for each in np.mean(rows, axis=0)))
    print("fitted on all:", {name: round(each, 2) for name, each in _fitted(cases).items()})


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--cases", default="")
    return parser.parse_args()


def _cases(asked: argparse.Namespace) -> Iterator[Case]:
    for path in sorted((asked.bench / "cases").glob("*.json")):
        tree = asked.prepared / path.stem / "blind"
        if tree.is_dir() and (not asked.cases or path.stem in asked.cases.split(",")):
            yield _case(path.stem, tree, json.loads(path.read_text()))


def _case(name: str, tree: Path, case: Mapping[str, Any]) -> Case:
    program, units = truth.linked(tree), truth.units(tree, dict(case))
    kernel = {*case.get("infrastructure_units", ()), *case.get("remainder_units", ())}
    scene = form_scene(program, ClusterOptions())
    figures = judged.figures(scene, combine(scene).direct)
    ranked = np.stack([judged.ranked(figures[name]) for name in judged.WEIGHTS], axis=1)
    home = [""] * scene.units.count
    for atom in range(len(scene.atoms) - 1, -1, -1):
        if scene.atoms.module[atom] >= 0:
            home[scene.units.of[atom]] = scene.atoms.names[scene.atoms.module[atom]]
    is_known = np.array([module in units for module in home])
    is_kernel = np.array([units.get(module) in kernel for module in home])
    return Case(name, program, units, ranked[is_known], is_kernel[is_known])


def _fitted(cases: list[Case]) -> dict[str, float]:
    """Weights by logistic regression; in each case kernel and rest count alike."""
    design = np.concatenate([case.ranked for case in cases])
    wanted = np.concatenate([case.is_kernel for case in cases]).astype(np.float64)
    say = np.concatenate([_balanced(case.is_kernel) for case in cases]) / len(cases)

    def loss(weights: Any) -> tuple[float, Any]:
        score = design @ weights
        missed = say @ (np.logaddexp(0, score) - wanted * score)
        gradient = design.T @ (say * (1 / (1 + np.exp(-score)) - wanted)) + RIDGE * weights
        return float(missed + RIDGE * weights @ weights / 2), gradient

    start = np.zeros(design.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B").x.tolist()
    return dict(zip(judged.WEIGHTS, found, strict=True))


def _balanced(is_kernel: Any) -> Any:
    kernel = max(int(is_kernel.sum()), 1)
    return np.where(is_kernel, 0.5 / kernel, 0.5 / max(len(is_kernel) - kernel, 1))


def _judged(case: Case, weights: Mapping[str, float]) -> tuple[float, float]:
    """(area under the curve, AMI of the proposal) with these weights."""
    judged.WEIGHTS = dict(weights)
    labels = cluster(case.program, ClusterOptions()).partition.labels()
    found = truth.modules(case.program, labels)
    order = sorted(case.units)
    whole = {module: found.get(module, f"alone:{module}") for module in order}
    ami = adjusted_mutual_information(
        truth.numbered(whole, order), truth.numbered(case.units, order)
    )
    return _area(case.is_kernel, case.ranked @ np.array(list(weights.values()))), ami


def _area(is_kernel: Any, score: Any) -> float:
    """The chance that a part of the kernel scores higher than another part (Mann & Whitney 1947)."""
    kernel, rest = score[is_kernel], score[~is_kernel]
    if not len(kernel) or not len(rest):
        return float("nan")
    return float(np.mean(np.sign(kernel[:, None] - rest[None, :]) / 2 + 0.5))


if __name__ == "__main__":
    main()
