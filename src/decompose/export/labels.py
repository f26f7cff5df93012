"""Which service does each atom, module and test belong to, for whoever wants one answer each?"""

from collections import Counter
from collections.abc import Mapping

from decompose.graph import DependencyGraph
from decompose.graph.lines import own_lines
from decompose.model.partition import SHARED, Partition
from decompose.model.program import EdgeKind, NodeKind
from decompose.model.source import FileRole


def atom_labels(graph: DependencyGraph, partition: Partition, *, tests: bool) -> dict[int, str]:
    """Atom of the program (also tables; tests if wanted) -> its service, `shared` or `unused`. Total."""
    known = partition.labels()
    found: dict[int, str] = {}
    for node, atom in enumerate(graph.atoms):
        if node == atom and graph.role(node).takes_part:
            found[node] = known.get(graph.nodes.names[node], SHARED)
    if tests:
        found.update(_of_tests(graph, found))
    return found


def module_labels(graph: DependencyGraph, atoms: Mapping[int, str]) -> dict[int, str]:
    """Module -> the label of most of its lines.

    An `__init__` without definitions goes with the majority of its package, by lines of the modules below it.
    """
    votes: dict[int, Counter[str]] = {}
    sizes = own_lines(graph)
    defining: set[int] = set()
    for node, label in atoms.items():
        if graph.nodes.kind[node] == NodeKind.TABLE:
            continue
        module = graph.module_of(node)
        votes.setdefault(module, Counter())[label] += sizes.get(node, 0)
        if module != node:
            defining.add(module)
    found = {module: _winner(counts, atoms.get(module)) for module, counts in votes.items()}
    below = _below(graph, found, votes)
    for module in found:
        if module not in defining and _is_init(graph, module) and below.get(module):
            found[module] = _winner(below[module], atoms.get(module))
    return found


def _winner(counts: Mapping[str, int], own: str | None) -> str:
    return min(counts, key=lambda label: (-counts[label], label != own, label))


def _is_init(graph: DependencyGraph, module: int) -> bool:
    file = graph.nodes.file[module]
    return file >= 0 and graph.files[file].rpartition("/")[2] == "__init__.py"


def _below(
    graph: DependencyGraph, labels: Mapping[int, str], votes: Mapping[int, Counter[str]]
) -> dict[int, Counter[str]]:
    """Package -> lines by label of the modules below it."""
    found: dict[int, Counter[str]] = {}
    for module in labels:
        head = graph.nodes.names[module].rpartition(".")[0]
        while head:
            package = graph.index.get(head)
            if package is not None and package in labels:
                found.setdefault(package, Counter()).update(votes[module])
            head = head.rpartition(".")[0]
    return found


def _of_tests(graph: DependencyGraph, labels: Mapping[int, str]) -> dict[int, str]:
    """Atoms of test files -> the label of what their module imports most; `shared` if it imports nothing of ours."""
    votes: dict[int, Counter[str]] = {}
    edges = graph.edges
    tests = [
        node
        for node, atom in enumerate(graph.atoms)
        if node == atom and graph.role(node) is FileRole.TEST
    ]
    for edge in range(graph.edge_count):
        source, target = graph.atoms[edges.source[edge]], graph.atoms[edges.target[edge]]
        if edges.kind[edge] == EdgeKind.IMPORTS and source >= 0 and target in labels:
            module = graph.module_of(source)
            votes.setdefault(module, Counter())[labels[target]] += max(graph.site_count(edge), 1)
    return {node: _preferred(votes.get(graph.module_of(node), Counter())) for node in tests}


def _preferred(counts: Mapping[str, int]) -> str:
    """The service imported most; the shared library only where no service is."""
    services = {label: count for label, count in counts.items() if label != SHARED}
    return _winner(services or counts, None) if counts else SHARED
