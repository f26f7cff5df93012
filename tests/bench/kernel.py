"""Fit the weights of `cluster.kernel` on the ground truth, and say how far they can be trusted.

    python tests/bench/kernel.py BENCH PREPARED [--cases C-oscar,…]

BENCH and PREPARED are what `truth.py` takes; the blind trees are read. What the truth calls
infrastructure, or the remainder of an extraction, stands for kernel. Prints for each case how well
weights that were fitted on all *other* cases tell its kernel from the rest (area under the curve), and
its agreement with the truth when it is clustered with these weights and with the committed ones; then
the weights fitted on all cases.
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


@dataclass(frozen=True)
class Case:
    """The ranked figures of each unit that the truth knows, and whether it is kernel."""

    name: str
    program: Program
    units: dict[str, str]
    ranked: Any  # (unit, figure)
    is_kernel: Any


def main() -> None:
    """Fit without each case in turn, then on all."""
    cases = list(_cases(_arguments()))
    committed = dict(judged.WEIGHTS), judged.BIAS
    rows = []
    print(f"{'case':18} area  AMI, weights fitted elsewhere / committed")
    for case in cases:
        found = _fitted([each for each in cases if each is not case])
        area = _area(case.is_kernel, case.ranked @ found[1:])
        row = [area, _ami(case, _named(found), found[0]), _ami(case, *committed)]
        rows.append(row)
        print(f"{case.name:18} " + "  ".join(f"{each:.3f}" for each in row), flush=True)
    print(f"{'mean':18} " + "  ".join(f"{each:.3f}" for each in np.mean(rows, axis=0)))
    found = _fitted(cases)
    print("bias", round(found[0], 2), {k: round(v, 2) for k, v in _named(found).items()})


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


def _fitted(cases: list[Case]) -> Any:
    """Bias and weights by logistic regression; in each case kernel and rest count alike."""
    design = np.concatenate([case.ranked for case in cases])
    wanted = np.concatenate([case.is_kernel for case in cases]).astype(np.float64)
    say = np.concatenate([_balanced(case.is_kernel) for case in cases])

    def loss(weights: Any) -> tuple[float, Any]:
        score = weights[0] + design @ weights[1:]
        missed = say * (np.logaddexp(0, score) - wanted * score)
        slope = say * (1 / (1 + np.exp(-score)) - wanted)
        ridge = RIDGE * np.concatenate([[0.0], weights[1:]])
        gradient = np.concatenate([[slope.sum()], design.T @ slope]) / say.sum() + ridge
        return float(missed.sum() / say.sum() + ridge @ weights / 2), gradient

    start = np.zeros(design.shape[1] + 1)
    return minimize(loss, start, jac=True, method="L-BFGS-B").x


def _balanced(is_kernel: Any) -> Any:
    kernel = max(int(is_kernel.sum()), 1)
    return np.where(is_kernel, 1 / kernel, 1 / max(len(is_kernel) - kernel, 1))


def _area(is_kernel: Any, score: Any) -> float:
    """The chance that a part of the kernel scores higher than another part (Mann & Whitney 1947)."""
    kernel, rest = score[is_kernel], score[~is_kernel]
    if not len(kernel) or not len(rest):
        return float("nan")
    return float(np.mean(np.sign(kernel[:, None] - rest[None, :]) / 2 + 0.5))


def _named(weights: Any) -> dict[str, float]:
    return dict(zip(judged.WEIGHTS, weights[1:].tolist(), strict=True))


def _ami(case: Case, weights: Mapping[str, float], bias: float) -> float:
    """The agreement of the proposal that these weights lead to."""
    judged.WEIGHTS, judged.BIAS = dict(weights), bias
    labels = cluster(case.program, ClusterOptions()).partition.labels()
    found = truth.modules(case.program, labels)
    order = sorted(case.units)
    whole = {module: found.get(module, f"alone:{module}") for module in order}
    return adjusted_mutual_information(
        truth.numbered(whole, order), truth.numbered(case.units, order)
    )


if __name__ == "__main__":
    main()
