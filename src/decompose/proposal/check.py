"""Does the program still hold what a proposal names?"""

import difflib
from collections.abc import Iterable, Iterator

from decompose.errors import DecomposeError
from decompose.graph import DependencyGraph
from decompose.model.program import NodeKind
from decompose.model.proposal import Proposal
from decompose.proposal.labels import TABLE, atoms
from decompose.proposal.literals import legible
from decompose.proposal.places import Path, Places, places
from decompose.proposal.prefixes import with_ancestors

_MOST_SHOWN = 5
_MOST_COMPARED = 3000  # difflib is slow; the nearest name has nearly always the same parent or the same last part
_LIKENESS = 0.6


class Known:
    """The names that a proposal may use."""

    def __init__(self, graph: DependencyGraph) -> None:
        nodes = graph.nodes
        code = [node for node in atoms(graph) if nodes.kind[node] <= NodeKind.METHOD]
        self.members = with_ancestors(legible(nodes.names[node]) for node in code)
        self.inner = {
            legible(nodes.names[node]): legible(nodes.names[atom])
            for node, atom in enumerate(graph.atoms)
            if atom not in (node, -1)
        }
        self.tables = {
            legible(nodes.names[node])
            for node in atoms(graph)
            if nodes.kind[node] == NodeKind.TABLE
        }
        self.doors = {
            legible(name)
            for node, name in enumerate(nodes.names)
            if NodeKind(nodes.kind[node]).is_entry_point
        }

    def has(self, name: str) -> bool:
        """Is it a member, a prefix of one, a table, or an entry point?"""
        return name in self.members or name in self.tables or name in self.doors

    def remedy(self, name: str) -> str:
        """What was probably meant."""
        if name in self.inner:
            return f"it moves with {self.inner[name]!r}: name that"
        if name.startswith(TABLE):
            near = _nearest(
                name.removeprefix(TABLE), (each.removeprefix(TABLE) for each in self.tables)
            )
        elif name in self.members or not name.partition(" ")[0].count(":"):
            near = _nearest(name, self._like(name))
        else:
            near = _nearest(name, self.doors)
        if near:
            return f"did you mean {near!r}?"
        return "remove it if the code is gone; run `decompose analyze` if it is new"

    def _like(self, name: str) -> Iterator[str]:
        """Members beside a name, and members elsewhere that end as it does or stand one part apart."""
        parent, _, last = name.rpartition(".")
        while parent and parent not in self.members:
            parent = parent.rpartition(".")[0]
        depth = name.count(".")
        beside = f"{parent}." if parent else ""
        first = sorted(
            each for each in self.members if each.startswith(beside) and each.count(".") == depth
        )
        second = sorted(each for each in self.members if each.rpartition(".")[2] == last)
        third = sorted(each for each in self.members if each.startswith(beside))
        yield from (*second, *first, *third)


def check(text: str, proposal: Proposal, graph: DependencyGraph, where: str) -> None:
    """Raise DecomposeError, with file:line, where a proposal names what the analysis does not know."""
    known = Known(graph)
    unknown = [(path, what, name) for path, what, name in named(proposal) if not known.has(name)]
    if not unknown:
        return
    found = places(text)
    path, what, name = unknown[0]
    raise DecomposeError(
        f"the analysis knows no {what} {name.removeprefix(TABLE)!r}{_others(unknown[1:], found)}",
        where=f"{where}:{found.line(path)}",
        remedy=known.remedy(name),
    )


def named(proposal: Proposal) -> Iterator[tuple[Path, str, str]]:
    """(place, what it is called, name as claimed) of everything that a proposal names, in order of the format."""
    for number, service in enumerate(proposal.services):
        path: Path = ("service", number)
        yield from _rows((*path, "members"), service.members)
        for position, name in enumerate(service.tables):
            yield (*path, "tables", position), "table", TABLE + name
        for position, name in enumerate(service.entry_points):
            yield (*path, "entry_points", position), "entry point", name
    yield from _rows(("shared", "members"), proposal.shared)
    yield from _rows(("unused", "members"), proposal.unused)
    for member in proposal.constraints.pins:
        yield ("constraints", "pins", member), _what(member), member
    for key in ("together", "apart"):
        groups: tuple[tuple[str, ...], ...] = getattr(proposal.constraints, key)
        for position, group in enumerate(groups):
            yield from _rows(("constraints", key, position), group)


def _rows(path: Path, names: Iterable[str]) -> Iterator[tuple[Path, str, str]]:
    for position, name in enumerate(names):
        yield (*path, position), _what(name), name


def _what(name: str) -> str:
    return "table" if name.startswith(TABLE) else "member"


def _others(unknown: list[tuple[Path, str, str]], found: Places) -> str:
    if not unknown:
        return ""
    shown = ", ".join(
        f"{name!r} on line {found.line(path)}" for path, _, name in unknown[:_MOST_SHOWN]
    )
    rest = len(unknown) - _MOST_SHOWN
    return f", nor {shown}{f', and {rest} more' if rest > 0 else ''}"


def _nearest(name: str, candidates: Iterable[str]) -> str | None:
    chosen = list(dict.fromkeys(candidates))
    if len(chosen) > _MOST_COMPARED:
        chosen = sorted(chosen, key=lambda each: abs(len(each) - len(name)))[:_MOST_COMPARED]
    last = name.rpartition(".")[2]
    same = [each for each in chosen if "." in name and each.rpartition(".")[2] == last]
    near = difflib.get_close_matches(name, same or chosen, n=1, cutoff=_LIKENESS)
    near = near or difflib.get_close_matches(name, chosen, n=1, cutoff=_LIKENESS)
    return near[0] if near else None
