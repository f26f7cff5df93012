"""A noted place of an edge as two integers: its ends, and what stands where.

    ends    source (NODE_BITS) target
    place   line, loops (LOOP_BITS) kind, mediator (MEDIATOR_BITS), confidence (CONFIDENCE_BITS)

All but line and loops, SITE_BITS in all, is the edge's *sort*.
"""

from typing import Final

NODE_BITS: Final = 32
SITE_BITS: Final = 16
MEDIATOR_BITS: Final = 8
CONFIDENCE_BITS: Final = 4
LOOP_BITS: Final = 4
MOST_MEDIATORS: Final = 1 << MEDIATOR_BITS
SORT_MASK: Final = (1 << SITE_BITS) - 1
_DEEPEST: Final = (1 << LOOP_BITS) - 1  # loops around a place that are told apart


def site(line: int, loop_depth: int) -> int:
    """Line and loops, as they stand in a place; line 0: no place."""
    return (line << LOOP_BITS | min(loop_depth, _DEEPEST)) << SITE_BITS if line else 0


def sort(kind: int, mediator: int, confidence: int) -> int:
    """The rest of a place."""
    return (kind << MEDIATOR_BITS | mediator) << CONFIDENCE_BITS | confidence
