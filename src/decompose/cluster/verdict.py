"""Is it worth it? An honest sentence: what the cut gains, and what it would cost.

The proposal is held against what anybody gets for free: plain Leiden, and the packages as services.
It is worth splitting where there are several capabilities of some size, found again when the
evidence is shaken, and cut no worse than these rivals cut, each measured against random partitions
of its own sizes (more services cost more anyway). A library or a tool is not worth it: it keeps hardly any data and
hardly answers anybody, so its parts are packages to depend on.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from decompose.graph.columns import Ints
from decompose.graph.figures import Ground, bill
from decompose.graph.measures import gates
from decompose.graph.rivals import chance_bill, rivals
from decompose.model.program import NodeKind

if TYPE_CHECKING:
    from decompose.graph.analysis import Program

STABLE = 0.5
GIANT = 0.6
DUST = 0.5
BILL = ("remote_calls", "distributed_writes", "shared_writes", "cut_foreign_keys", "cut_joins")
FEW, RARE = 30, 0.5
"""A program with fewer tables and doors than FEW, and than RARE in a thousand lines, is a library or a tool."""
TOO_SMALL = 1500.0
"""A program with fewer lines is a service already."""


@dataclass(frozen=True)
class Case:
    """What speaks for and against."""

    services: int
    largest: float  # share of the lines
    lines: float
    stability: float


def judge(program: Program, found: Ground, labels: Ints, case: Case) -> tuple[str, bool]:
    """(verdict, worth it). `labels`: of nodes."""
    if case.services <= 1:
        return ("Keep it together: the evidence shows one capability only.", False)
    if case.lines < TOO_SMALL:
        return (
            f"Keep it together: {case.lines:.0f} lines are one service; the parts are modules.",
            False,
        )
    against = [*_hardly_a_service(program, case.lines), *_against(case)]
    better, worse, left_out = _compared(program, found, labels)
    agreed = f"runs on nine tenths of the evidence agree with them to {case.stability:.0%}"
    text = [f"{case.services} capabilities; {agreed}."]
    if better:
        text.append(f"Cuts better than {' and '.join(better)}.")
    if worse:
        text.append(f"Cuts no better than {' and '.join(worse)}: compare before you split.")
    text += left_out
    if against:
        return (
            " ".join([f"Keep it together, modularise first: {'; '.join(against)}.", *text]),
            False,
        )
    return (" ".join(text), bool(better) or not worse)


def _hardly_a_service(program: Program, lines: float) -> list[str]:
    """Why the program as a whole looks like no service: commands are no doors, for libraries bring some too."""
    kinds = Counter(map(NodeKind, program.graph.nodes.kind))
    doors = sum(n for kind, n in kinds.items() if kind.is_entry_point and kind != NodeKind.COMMAND)
    tables = kinds[NodeKind.TABLE]
    if tables + doors >= FEW or 1000 * (tables + doors) >= RARE * lines:
        return []
    found = f"{tables} tables and {doors} routes, tasks and the like in {lines:,.0f} lines"
    return [f"{found} are a library or a tool, no program that serves"]


def _against(case: Case) -> list[str]:
    found = []
    if case.largest > GIANT:
        found.append(f"one capability holds {case.largest:.0%} of the code")
    if case.stability < STABLE:
        found.append("the boundaries move when a tenth of the evidence is left out")
    return found


def _compared(
    program: Program, found: Ground, labels: Ints
) -> tuple[list[str], list[str], list[str]]:
    """Rivals that the proposal beats on the bill of the cut, those it does not, and why others are none."""
    others = rivals(program, found, labels)
    own = relative_cost(found, labels)
    better: list[str] = []
    worse: list[str] = []
    left_out: list[str] = []
    for name, title in (("packages", "the packages as they stand"), ("leiden", "plain clustering")):
        rival = others[name][0]
        why = _no_decomposition(found, rival)
        if why:
            left_out.append(f"Left out as a rival: {title}, for {why}.")
            continue
        (better if own < relative_cost(found, rival) else worse).append(title)
    return better, worse, left_out


def _no_decomposition(found: Ground, labels: Ints) -> str:
    """Why it is none: it does not cut, or into dust, or into a giant with crumbs around it; else ""."""
    figures = gates(labels[found.members])
    if figures["services"] <= 1:
        return "it is one service"
    if figures["largest_share"] > GIANT:
        return f"one service would hold {figures['largest_share']:.0%} of the parts"
    if figures["singleton_share"] > DUST:
        return f"{figures['singleton_share']:.0%} of its services would be single parts"
    return ""


def relative_cost(found: Ground, labels: Ints) -> float:
    """The bill as a share of what random partitions of the same sizes pay, mean over its items.

    One is added to both: where there is little to cut, little more says little.
    """
    own, chance = bill(found, labels), chance_bill(found, labels)
    return float(np.mean([(own[item] + 1) / (chance[item] + 1) for item in BILL]))
