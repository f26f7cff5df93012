"""Noted places of edges become the graph's columns: edges sorted, each once, with its best confidence and its sites."""

from array import array

import numpy as np

from decompose.graph.columns import Flags, Ints, as_ints
from decompose.graph.dependency import Edges
from decompose.graph.packing import CONFIDENCE_BITS, LOOP_BITS, MEDIATOR_BITS, NODE_BITS, SITE_BITS


def merged(
    ends: "array[int]",
    places: "array[int]",
    node_of: "array[int]",
    mediator_of: "array[int]",
) -> Edges:
    """Edges by source, target, kind, mediator; `ends` and `places` as `graph.packing` says.

    `node_of` and `mediator_of` give the final numbers of provisional ones. Costs one sort of all places.
    """
    if not len(ends):
        return Edges(site_start=array("i", [0]))
    packed, placed = _long(ends), _long(places)
    nodes, mediators = as_ints(node_of), as_ints(mediator_of)
    pairs = nodes[packed >> NODE_BITS] << NODE_BITS | nodes[packed & _ones(NODE_BITS)]
    what = placed >> CONFIDENCE_BITS & _ones(SITE_BITS - CONFIDENCE_BITS)
    sorts = (what >> MEDIATOR_BITS) << MEDIATOR_BITS | mediators[what & _ones(MEDIATOR_BITS)]
    sites = placed >> SITE_BITS
    order = np.lexsort((sites, sorts, pairs))
    pairs, sorts, sites = pairs[order], sorts[order], sites[order]
    starts = np.flatnonzero(_changes(pairs) | _changes(sorts))
    confidence = np.maximum.reduceat((placed & _ones(CONFIDENCE_BITS))[order], starts)
    kept = (sites > 0) & (_changes(pairs) | _changes(sorts) | _changes(sites))
    before = np.concatenate(([0], np.cumsum(kept)))
    return Edges(
        source=_column(pairs[starts] >> NODE_BITS),
        target=_column(pairs[starts] & _ones(NODE_BITS)),
        kind=_column(sorts[starts] >> MEDIATOR_BITS),
        confidence=_column(confidence),
        mediator=_column(sorts[starts] & _ones(MEDIATOR_BITS)),
        observed=_column(np.zeros(len(starts), dtype=np.int64)),
        site_start=_column(np.append(before[starts], before[-1])),
        site_line=_column(sites[kept] >> LOOP_BITS),
        site_loop=_column(sites[kept] & _ones(LOOP_BITS)),
    )


def _ones(bits: int) -> int:
    return (1 << bits) - 1


def _changes(values: Ints) -> Flags:
    """Which values differ from the one before; the first does."""
    return np.append(True, values[1:] != values[:-1])


def _long(values: "array[int]") -> Ints:
    return np.frombuffer(values, dtype=np.int64)


def _column(values: Ints) -> "array[int]":
    found = array("i")
    found.frombytes(values.astype(np.int32).tobytes())
    return found
