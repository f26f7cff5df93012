"""What ran: functions and lines, of the whole run or of one entry point.

Lines of modules and class bodies ran when they were imported, for nobody in particular: they count for everybody.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from decompose.graph import NOBODY, DependencyGraph
from decompose.graph.observed import Observed
from decompose.model.source import Site
from decompose.model.trace import Trace

_Lines = Mapping[int, set[int]]  # file of the graph -> lines


@dataclass(frozen=True, slots=True)
class Ran:
    """Functions that ran, and lines of the files in which they were watched."""

    graph: DependencyGraph
    nodes: set[int]
    lines: _Lines

    def has_run(self, node: int, site: Site | None) -> bool:
        """Did the line of a place in a function run?"""
        file = self.graph.nodes.file[node]
        if site is None or file == NOBODY or file not in self.lines:
            return node in self.nodes
        if self.graph.files[file] != site.path:
            return node in self.nodes
        return site.line in self.lines[file]

    def place(self, node: int, line: int) -> Site | None:
        """A line of a function."""
        site = self.graph.site(node)
        return None if site is None else Site(site.path, line)


@dataclass(frozen=True, slots=True)
class Reaches:
    """What ran for each entry point. `below`: key of a function or class -> file -> lines that ran for it."""

    whole: Ran
    below: Mapping[int, Mapping[int, set[int]]]
    imported: _Lines

    def of(self, keys: Iterable[int]) -> Ran:
        """What ran for the code with some keys; what ran at all, where the trace does not tell."""
        found: dict[int, set[int]] = defaultdict(set)
        for key in keys:
            for file, lines in self.below.get(key, {}).items():
                found[file] |= lines
        if not found:
            return self.whole
        return replace(
            self.whole,
            lines={
                file: found.get(file, set()) | self.imported.get(file, set())
                for file in self.whole.lines
            },
        )


def reaches(trace: Trace, over: Observed, ran: Ran, key: Callable[[int], int]) -> Reaches:
    """What a trace tells of whom lines ran for; `key`: function of the trace -> key, NOBODY for none."""
    number = {path: position for position, path in enumerate(ran.graph.files)}
    below: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    asked: dict[int, set[int]] = defaultdict(set)
    for reach in trace.reaches or ():
        file = number.get(over.path[reach.file] or "", NOBODY)
        if file == NOBODY:
            continue
        asked[file].update(reach.lines)
        of = key(reach.function)
        if of != NOBODY:
            below[of][file].update(reach.lines)
    imported = {file: lines.difference(asked[file]) for file, lines in ran.lines.items()}
    return Reaches(ran, below, imported)
