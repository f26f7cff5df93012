"""What has become of each part of a program since it was analyzed before?

An atom of today succeeds an earlier one of the same name. Modules that were renamed or moved are known
by their content: what they define, and the words in it. So are definitions that went to another module.

An atom is *steady* if nothing about it has changed that tells where it belongs: its own words, and most
of what it uses or is used by. Everything is counted in atoms; nothing is compared by place in a file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from decompose.graph.dependency import NOBODY
from decompose.model.program import NodeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from decompose.graph.analysis import Program

SAME_MODULE = 0.6
"""A module lives on under another name if both share this part of their definitions, by content."""
SAME_TIES = 0.5
"""Ties are the same if the atoms at their ends, then and now, overlap by this much (Jaccard index)."""
OWN_CODE = "its own code has changed"
OWN_TIES = "what it uses or is used by has changed"

Content = tuple[str, int, tuple[tuple[str, int], ...]]
"""Last name, kind and words of an atom."""


@dataclass(frozen=True, slots=True)
class Succession:
    """`names`: earlier atom -> its name today; `altered`: atom of today that was there before -> what changed.

    `added`: atoms of today that were not; `gone`: earlier ones that are no more. All sorted.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    altered: Mapping[str, str] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def succession(before: Program, now: Program) -> Succession:
    """Compare a program with an earlier state of it."""
    old, new = _atoms(before), _atoms(now)
    names = {name: name for name in old if name in new}
    _renamed_modules(before, now, names, (old, new))
    _moved_definitions(before, now, names, (old, new))
    heirs = set(names.values())
    return Succession(
        dict(sorted(names.items())),
        _altered(before, now, names, (old, new)),
        tuple(sorted(name for name in new if name not in heirs)),
        tuple(sorted(name for name in old if name not in names)),
    )


_Pair = tuple["Mapping[str, int]", "Mapping[str, int]"]
"""Atoms by name, then and now."""


def _atoms(program: Program) -> dict[str, int]:
    """Name -> node of each atom."""
    names = program.graph.nodes.names
    return {names[node]: node for node, atom in enumerate(program.graph.atoms) if node == atom}


def _content(program: Program, node: int) -> Content:
    nodes = program.graph.nodes
    words = tuple(sorted(program.words.get(node, {}).items()))
    return nodes.names[node].rpartition(".")[2], nodes.kind[node], words


def _renamed_modules(before: Program, now: Program, names: dict[str, str], atoms: _Pair) -> None:
    """Add modules that are gone, and live on under a name that is new."""
    gone = _by_module(before, (atoms[0][name] for name in atoms[0] if name not in names))
    fresh = _by_module(now, (atoms[1][name] for name in atoms[1] if name not in names))
    shared: Counter[tuple[str, str]] = Counter()
    said = defaultdict(list)
    for module, content in fresh.items():
        for each in content:
            said[each].append(module)
    for module, content in gone.items():
        for each in content:
            shared.update((module, heir) for heir in said.get(each, ()))
    taken: set[str] = set()
    for (module, heir), count in sorted(shared.items(), key=lambda each: (-each[1], each[0])):
        most = max(len(gone[module]), len(fresh[heir]))
        if module in names or heir in taken or count < SAME_MODULE * most:
            continue
        taken.add(heir)
        for name in (module, *(f"{module}.{content[0]}" for content in gone[module])):
            target = heir + name.removeprefix(module)
            if name in atoms[0] and name not in names and target in atoms[1]:
                names[name] = target


def _by_module(program: Program, found: Iterable[int]) -> dict[str, set[Content]]:
    """Module -> the content of those of its definitions; of its own code, where it defines nothing."""
    graph = program.graph
    inside: dict[str, set[Content]] = defaultdict(set)
    alone: dict[str, Content] = {}
    for node in found:
        module = graph.module_of(node) if graph.nodes.kind[node] <= NodeKind.METHOD else NOBODY
        if module == node:
            _, kind, words = _content(program, node)
            alone[graph.nodes.names[module]] = ("", kind, words)
        elif module >= 0:
            inside[graph.nodes.names[module]].add(_content(program, node))
    return {name: {each} for name, each in alone.items() if each[2]} | dict(inside)


def _moved_definitions(before: Program, now: Program, names: dict[str, str], atoms: _Pair) -> None:
    """Add definitions that went to another module as they are, where only one can be meant."""
    taken = set(names.values())
    gone, fresh = defaultdict(list), defaultdict(list)
    for name, node in atoms[0].items():
        if name not in names:
            gone[_content(before, node)].append(name)
    for name, node in atoms[1].items():
        if name not in taken:
            fresh[_content(now, node)].append(name)
    for content, left in gone.items():
        came = fresh.get(content, [])
        is_code = NodeKind.MODULE != content[1] <= NodeKind.METHOD
        if is_code and content[2] and len(left) == len(came) == 1:
            names[left[0]] = came[0]


def _altered(
    before: Program, now: Program, names: Mapping[str, str], atoms: _Pair
) -> dict[str, str]:
    then, today = _ties(before), _ties(now)
    found: dict[str, str] = {}
    for name, heir in sorted(names.items(), key=lambda each: each[1]):
        old, new = atoms[0][name], atoms[1][heir]
        if before.words.get(old, {}) != now.words.get(new, {}):
            found[heir] = OWN_CODE
            continue
        a = {names.get(each, "") for each in then.get(name, ())}
        b = today.get(heir, set())
        if len(a & b) < SAME_TIES * len(a | b):
            found[heir] = OWN_TIES
    return found


def _ties(program: Program) -> dict[str, set[str]]:
    """Atom -> the atoms that it uses or is used by."""
    graph = program.graph
    names, atoms, edges = graph.nodes.names, graph.atoms, graph.edges
    found: dict[str, set[str]] = defaultdict(set)
    pairs = {
        (atoms[source], atoms[target])
        for source, target in zip(edges.source, edges.target, strict=True)
    }
    for source, target in pairs:
        if source >= 0 and target >= 0 and source != target:
            found[names[source]].add(names[target])
            found[names[target]].add(names[source])
    return found
