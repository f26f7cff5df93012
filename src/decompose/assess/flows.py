"""Sequences of entry points and transactions, as several questions look at them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from decompose.graph.doors import Door, doors
from decompose.graph.sequences import Sequence, Sequences, sequences_of

if TYPE_CHECKING:
    from decompose.graph.analysis import Program


@dataclass(frozen=True)
class Flows:
    """Worked out once, when the first question asks."""

    program: Program

    @cached_property
    def sequences(self) -> Sequences:
        """Sequences of the program."""
        return sequences_of(self.program)

    @cached_property
    def doors(self) -> tuple[Door, ...]:
        """All entry points."""
        return doors(self.program)

    def of(self, door: Door) -> Sequence:
        """What happens when the outside world comes in."""
        return self.sequences.of(door)

    @cached_property
    def transactions(self) -> tuple[Sequence, ...]:
        """What each transaction of the program does."""
        count = len(self.program.transactions)
        return tuple(self.sequences.of_transaction(number) for number in range(count))

    @cached_property
    def runs(self) -> Counter[int]:
        """Function -> how many entry points run it, as far as it leads to tables."""
        found: Counter[int] = Counter()
        for door in self.doors:
            found.update({call.node for call in self.of(door).calls})
        return found
