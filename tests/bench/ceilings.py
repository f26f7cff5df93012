"""How much better could a proposal be? What the same evidence gives to who knows the truth.

best resolution  the truth chooses the granularity
kernel known     and says which modules are infrastructure, or stayed behind: those count as one
true k           only the number of units is known, and the nearest number of clusters is taken
fitted weights   the truth chooses the granularity and, signal by signal, the weight for this very program

None of them can be had without the truth, so they are ceilings for the search, not proposals. The
fit goes once over the signals and keeps of each the factor of FACTORS that gives the best AMI.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import truth

from decompose.cluster import ClusterOptions
from decompose.cluster.core import Core, form_core
from decompose.cluster.evidence import SIGNALS, vocabulary
from decompose.cluster.evidence.paths import module_ties
from decompose.cluster.granularity import RESOLUTIONS
from decompose.cluster.kernel import likelihood, with_kernel
from decompose.cluster.preparation import Work, prepare
from decompose.graph.agreement import adjusted_mutual_information

if TYPE_CHECKING:
    from decompose.cluster.evidence.ties import Matrix
    from decompose.graph import Program
    from decompose.graph.columns import Ints

FACTORS = (0.0, 0.3, 3.0)
"""By which a signal's weight is multiplied, beside 1."""


@dataclass(frozen=True)
class Ceilings:
    """A program and its true units: module -> unit."""

    program: Program
    units: dict[str, str]

    @cached_property
    def work(self) -> Work:
        """What the search begins with, paths unseen."""
        return prepare(self.program, ClusterOptions(use_paths=False))

    def best(self, kernel: frozenset[str] = frozenset()) -> float:
        """The best AMI of any resolution, the given true units set aside as one."""
        rows = np.flatnonzero(~self._stands_in(kernel)[self.work.core.units])
        return max(self._agreements(self.work.core.part(rows)))

    def with_true_count(self) -> float:
        """The AMI at the resolution whose number of clusters is nearest to the number of units."""
        core, wanted = self.work.core, len(set(self.units.values()))
        found = [core.clusters(resolution, 0) for resolution in RESOLUTIONS]
        nearest = min(found, key=lambda label: abs(int(label.max(initial=-1)) + 1 - wanted))
        return self._agreement(core, nearest)

    def fitted(self) -> float:
        """The best AMI of any resolution with weights of signals fitted on this program's truth."""
        signals = self._signals()
        factor = dict.fromkeys(signals, 1.0)
        best = self._weighted(signals, factor)
        for name in signals:
            tried = {each: self._weighted(signals, factor | {name: each}) for each in FACTORS}
            better = max(tried, key=lambda each: tried[each])
            if tried[better] > best:
                factor[name], best = better, tried[better]
        return best

    def _signals(self) -> dict[str, Matrix]:
        scene = self.work.scene
        signals = {name: ties(scene) for name, ties in SIGNALS.items()}
        direct = sum(signals.values())
        return {
            name: ties
            for name, ties in (*signals.items(), ("vocabulary", vocabulary.ties(scene, direct)))
            if ties.nnz
        }

    def _weighted(self, signals: dict[str, Matrix], factor: dict[str, float]) -> float:
        scene = self.work.scene
        direct = sum(factor[name] * ties for name, ties in signals.items())
        direct = (direct + module_ties(scene, direct)).tocsr()
        direct.eliminate_zeros()
        ties = with_kernel(direct, likelihood(scene, direct))
        is_member = np.zeros(scene.units.count, dtype=np.bool_)
        is_member[self.work.core.units] = True
        core = replace(form_core(ties, is_member, scene.units.lines), pulls=1)
        return max(self._agreements(core))

    def _agreements(self, core: Core) -> list[float]:
        return [self._agreement(core, core.clusters(each, 0)) for each in RESOLUTIONS]

    def _agreement(self, core: Core, clusters: Ints) -> float:
        """AMI of clusters of a core's rows; all that is no row is one more."""
        scene = self.work.scene
        label = np.full(scene.units.count, -1)
        label[core.units] = clusters
        of_atom = map(str, label[scene.units.of])
        found = truth.modules(self.program, dict(zip(scene.atoms.names, of_atom, strict=True)))
        whole = {name: found.get(name, f"alone:{name}") for name in self.units}
        order = sorted(self.units)
        ours, theirs = truth.numbered(whole, order), truth.numbered(self.units, order)
        return adjusted_mutual_information(ours, theirs)

    def _stands_in(self, kernel: frozenset[str]) -> Any:
        """Units with a part in one of the true units."""
        atoms, of = self.work.scene.atoms, self.work.scene.units.of
        module = [atoms.names[each] if each >= 0 else "" for each in atoms.module.tolist()]
        found = np.zeros(self.work.scene.units.count, dtype=np.bool_)
        found[of[[self.units.get(name) in kernel for name in module]]] = True
        return found
