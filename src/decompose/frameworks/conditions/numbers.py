"""The conditions of functions, numbered, and what calls say of them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from decompose.frameworks.conditions.constants import Test
from decompose.model.conditions import ALWAYS, Condition, RuledOut
from decompose.model.source import Site

Key = tuple[str, Test]
"""What is tested of a function: the name of a parameter, and the test; "" and a test for the function itself."""


@dataclass(slots=True)
class Conditions:
    """What is found out; only what some call rules out is worth telling."""

    lines: dict[str, dict[Key, list[tuple[Site, int]]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    numbers: dict[tuple[str, Key], int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[RuledOut, None] = field(default_factory=dict)

    def note(self, function: str, key: Key, site: Site, last_line: int) -> None:
        """Lines of a function run only where a test holds."""
        self.lines[function].setdefault(key, []).append((site, last_line))

    def number(self, function: str, key: Key) -> int:
        """The number of a condition of a function, or of a signal that hands on what it is sent."""
        known = self.numbers.get((function, key))
        if known is None:
            known = self.numbers[function, key] = self.counts[function]
            self.counts[function] += 1
        return known

    def rule_out(
        self, caller: str, site: Site, target: tuple[str, Key], given: int = ALWAYS
    ) -> None:
        """A call leaves out what a condition of its target governs."""
        self.found[RuledOut(caller, site, target[0], self.number(*target), given)] = None

    def facts(self) -> Iterator[Condition | RuledOut]:
        """All of it."""
        for (function, key), number in self.numbers.items():
            for site, last_line in self.lines.get(function, {}).get(key, ()):
                yield Condition(function, number, site, last_line)
        yield from self.found
