"""What runs when the outside world comes in: what a cut has to pay for, request by request.

Terms
-----
root    an entry point, as a node: a route, task, command or schedule.
run     functions that a root's sequence calls, the tables that it touches, and all that these functions reach
        by calls that lead to no table: of those sequences know nothing.
hop     a call that waits for its answer, on the way to a table. What a signal calls, its sender calls.

Tasks are sent and not waited for, and middleware is the same for all: both are no part of it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from decompose.graph.columns import LOOP_FACTOR, MAX_LOOPS, Columns, Floats, Ints, has_kind
from decompose.graph.dependency import NOBODY
from decompose.graph.doors import doors
from decompose.graph.reach import Reach, alike, followed, levels_of, reach
from decompose.graph.sequences import Sequence, sequences_of
from decompose.model.program import EdgeKind, NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scipy.sparse import csr_array

    from decompose.graph.analysis import Program
    from decompose.model.program import AccessMode

CALLS = (EdgeKind.CALLS, EdgeKind.INSTANTIATES)


@dataclass(frozen=True, slots=True)
class Requests:
    """See the module; numbers of roots are positions among the roots asked for."""

    run: Reach
    quiet: Ints  # edges: calls that lead to no table
    quiet_class: Ints  # of these edges: calls that the same roots reach are one class
    reached: csr_array  # (class, root) -> 1
    hop_root: Ints
    hop_source: Ints  # nodes, as the next one
    hop_target: Ints
    hop_calls: Floats  # ten-fold for each loop around it, the callers' too
    written_root: Ints
    written_table: Ints  # nodes


def requests(program: Program, known: Columns, roots: Ints) -> Requests:
    """What each of some entry points runs."""
    sequences = sequences_of(program)
    of_root = _sequences(program, roots)
    leads = np.array([sequences.events.matters(node) for node in range(len(known.kind))], np.bool_)
    is_quiet = followed(known) & ~leads[known.target]
    hops = [
        (n, *hop)
        for n, found in enumerate(of_root)
        for each in found
        for hop in _hops(program, each)
    ]
    written = [
        (root, table)
        for root, found in enumerate(of_root)
        for table in sorted({t for each in found for t, mode in _touched(each) if mode.writes})
    ]
    columns = np.array(hops, dtype=np.int64).reshape(-1, 4).T
    pairs = np.array(written, dtype=np.int64).reshape(-1, 2).T
    quiet = levels_of(known.source[is_quiet], known.target[is_quiet], len(known.kind))
    started = [[*_run(each), int(root)] for root, each in zip(roots, of_root, strict=True)]
    run = reach(quiet, started)
    called = np.flatnonzero(is_quiet & has_kind(known.edge_kind, *CALLS))
    classes, reached = alike(run, known.source[called])
    return Requests(
        run=run,
        quiet=called,
        quiet_class=classes,
        reached=reached,
        hop_root=columns[0],
        hop_source=columns[1],
        hop_target=columns[2],
        hop_calls=LOOP_FACTOR ** np.minimum(columns[3], MAX_LOOPS).astype(np.float64),
        written_root=pairs[0],
        written_table=pairs[1],
    )


def _sequences(program: Program, roots: Ints) -> list[list[Sequence]]:
    """For each root what its doors do; several may share a node."""
    wanted = set(roots.tolist())
    found: dict[int, list[Sequence]] = defaultdict(list)
    for door in doors(program):
        if door.node in wanted:
            found[door.node].append(sequences_of(program).of(door))
    return [found[node] for node in roots.tolist()]


def _touched(sequence: Sequence) -> Iterable[tuple[int, AccessMode]]:
    return sequence.touched(later=False, before=False)


def _run(sequences: list[Sequence]) -> list[int]:
    called = {call.node for each in sequences for call in each.calls if not call.later}
    return sorted(called | {table for each in sequences for table, _ in _touched(each)})


def _hops(program: Program, sequence: Sequence) -> Iterator[tuple[int, int, int]]:
    """(who calls, who is called, loops around it): expansions, and calls of what was expanded before."""
    kinds = program.graph.nodes.kind
    calls = sequence.calls
    homes: list[int] = []  # of each call: the function that it stands for
    for call in calls:
        parent = homes[call.parent] if call.parent != NOBODY else NOBODY
        is_code = kinds[call.node] <= NodeKind.METHOD
        homes.append(call.node if is_code else parent)
        if is_code and parent != NOBODY and not call.later:
            yield parent, call.node, call.loop_depth
    for step in sequence.steps:
        if step.again != NOBODY and not step.later:
            yield homes[step.call], homes[step.again], step.loop_depth
