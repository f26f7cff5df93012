"""Everything that ties two things: dependencies both ways, tables of both, keys, transactions, entry points, ways."""

from collections import defaultdict
from collections.abc import Iterator

from decompose.explain import paths
from decompose.explain.one import edge_row, finding_row, some, transactions
from decompose.explain.scene import SERVICE, Scene, sure
from decompose.explain.values import Explanation, Row, Section, Thing
from decompose.graph.dependency import NOBODY
from decompose.model.program import EdgeKind, Join, NodeKind, TableAccess

_LETTERS = {"create": "C", "read": "R", "update": "U", "delete": "D"}


def two(scene: Scene, left: Thing, right: Thing) -> Explanation:
    """The sections that hold anything."""
    ends = (scene.inside(left), scene.inside(right))
    ends = (ends[0], ends[1] - ends[0]) if left != right else ends
    found = [*_sections(scene, (left, right), ends)]
    return Explanation(
        (scene.subject(left), scene.subject(right)), tuple(each for each in found if each.rows)
    )


Ends = tuple[frozenset[int], frozenset[int]]


def _sections(scene: Scene, things: tuple[Thing, Thing], ends: Ends) -> Iterator[Section]:
    left, right = things
    yield _edges(scene, "forth", f"{left.name} depends on {right.name}", ends)
    yield _edges(scene, "back", f"{right.name} depends on {left.name}", ends[::-1])
    yield _shared(scene, things, ends)
    yield _between_tables(scene, things, ends)
    yield _queries(scene, things, ends)
    yield _functions(scene, things)
    yield _transactions(scene, ends)
    yield _doors(scene, ends)
    yield _ways(scene, things, ends)
    yield _findings(scene, things)


def _edges(scene: Scene, key: str, title: str, ends: tuple[frozenset[int], ...]) -> Section:
    """Direct dependencies of the first on the second, by the pairs that they tie."""
    graph = scene.graph
    found: dict[tuple[int, int], list[int]] = defaultdict(list)
    for node in sorted(ends[0]):
        for edge in graph.edges_from(node):
            target = graph.edges.target[edge]
            if target in ends[1] and graph.edges.kind[edge] != EdgeKind.IMPORTS:
                found[node, target].append(edge)
    rows = [
        edge_row(scene, target, f"{scene.name(source)} → {scene.name(target)}", edges)
        for (source, target), edges in found.items()
    ]
    return scene.section(key, title, sorted(rows, key=lambda row: (-row.place_count, row.name)))


def _shared(scene: Scene, things: tuple[Thing, Thing], ends: Ends) -> Section:
    """Tables that both touch in their own lines, with the letters of each."""
    names = scene.graph.nodes.names
    by_table: dict[str, tuple[list[TableAccess], list[TableAccess]]] = defaultdict(lambda: ([], []))
    sides = [{names[node] for node in end} for end in ends]
    for access in scene.analysis.program.accesses:
        for side, own in enumerate(sides):
            if access.source in own:
                by_table[access.table][side].append(access)
    rows = []
    for table, (left, right) in sorted(by_table.items()):
        if left and right:
            how = f"{things[0].name} {_modes(left)}, {things[1].name} {_modes(right)}"
            places, count = scene.places(each.site for each in (*left[:1], *right[:1]))
            node = scene.graph.index.get(f"table:{table}", NOBODY)
            confidence = sure(min(max(e.confidence for e in each) for each in (left, right)))
            rows.append(Row(table, how, scene.service(node), confidence, places, count))
    return scene.section("tables", "Tables that both touch", rows)


def _modes(accesses: list[TableAccess]) -> str:
    modes = {each.mode.value for each in accesses}
    return "".join(letter for mode, letter in _LETTERS.items() if mode in modes)


def _tables(scene: Scene, thing: Thing, inside: frozenset[int]) -> frozenset[int]:
    """The tables that a thing is, owns or touches."""
    graph = scene.graph
    owned = {node for node in inside if graph.nodes.kind[node] == NodeKind.TABLE}
    if owned or thing.kind == SERVICE:
        return frozenset(owned)
    return frozenset(
        graph.edges.target[edge]
        for node in inside
        for edge in graph.edges_from(node)
        if graph.edges.kind[edge] in (EdgeKind.READS, EdgeKind.WRITES)
    )


def _between_tables(scene: Scene, things: tuple[Thing, Thing], ends: Ends) -> Section:
    """Foreign keys and joins between tables of both; a table's own are told as dependencies."""
    graph = scene.graph
    left, right = (_tables(scene, thing, end) for thing, end in zip(things, ends, strict=True))
    if left == ends[0] and right == ends[1]:
        return scene.section("keys", "", [])
    rows = []
    for sources, targets in ((left, right - left), (right - left, left)):
        for table in sorted(sources):
            for edge in graph.edges_from(table):
                target = graph.edges.target[edge]
                tied = graph.edges.kind[edge] in (EdgeKind.REFERENCES, EdgeKind.JOINS)
                if tied and target in targets:
                    name = f"{scene.name(table)} → {scene.name(target)}"
                    rows.append(edge_row(scene, target, name, [edge]))
    return scene.section("keys", "Foreign keys and joins between their tables", rows)


def _queries(scene: Scene, things: tuple[Thing, Thing], ends: Ends) -> Section:
    """Functions with a query over tables of both."""
    sides = [
        {scene.name(table) for table in _tables(scene, thing, end)}
        for thing, end in zip(things, ends, strict=True)
    ]
    found: dict[str, list[Join]] = defaultdict(list)
    for join in scene.analysis.program.joins:
        for left, right in ((join.left, join.right), (join.right, join.left)):
            if left in sides[0] and right in sides[1] and left != right:
                found[join.source].append(join)
    rows = []
    for source, joins in found.items():
        pairs = sorted({f"{join.left} ⋈ {join.right}" for join in joins})
        places, count = scene.places(join.site for join in joins)
        node = scene.graph.index.get(source, NOBODY)
        rows.append(Row(source, some(pairs, 3), scene.service(node), "", places, count))
    return scene.section(
        "queries", "Queries over both", sorted(rows, key=lambda row: (-row.place_count, row.name))
    )


def _functions(scene: Scene, things: tuple[Thing, Thing]) -> Section:
    """Functions that touch both tables."""
    by_source: dict[str, dict[str, list[TableAccess]]] = defaultdict(lambda: defaultdict(list))
    names = [thing.name for thing in things if thing.kind == "table"]
    for access in scene.analysis.program.accesses if len(names) == len(things) else ():
        if access.table in names:
            by_source[access.source][access.table].append(access)
    rows = []
    for source, tables in by_source.items():
        node = scene.graph.index.get(source, NOBODY)
        if len(tables) == len(names) and scene.is_ours(node):
            how = ", ".join(f"{name} {_modes(tables[name])}" for name in names)
            places, count = scene.places(tables[name][0].site for name in names)
            rows.append(Row(source, how, scene.service(node), "", places, count))
    ranked = sorted(rows, key=lambda row: (_writes(row.how), row.name))
    return scene.section("functions", "Functions that touch both", ranked)


def _writes(how: str) -> int:
    """Fewer the more tables are written."""
    return -sum(not part.endswith(" R") for part in how.split(", "))


def _transactions(scene: Scene, ends: Ends) -> Section:
    """Transactions that run code, or touch tables, of both."""
    found = []
    for number, each in enumerate(scene.transactions):
        nodes = {call.node for call in each.calls} | {table for table, _ in each.touched()}
        if all(not nodes.isdisjoint(end) for end in ends):
            found.append(number)
    return transactions(scene, found, "Transactions that involve both")


def _doors(scene: Scene, ends: Ends) -> Section:
    """Entry points that lead to both."""
    ways = [paths.towards(scene, end) for end in ends]
    entered = [{door: away for away, door, _ in paths.entered(scene, way)} for way in ways]
    both = sorted(
        entered[0].keys() & entered[1].keys(),
        key=lambda door: (entered[0][door] + entered[1][door], door),
    )
    rows = [Row(door.name, door.kind, scene.service(door.handlers[0])) for door in both]
    return scene.section("entry_points", "Entry points that lead to both", rows)


def _ways(scene: Scene, things: tuple[Thing, Thing], ends: Ends) -> Section:
    """The shortest way each way: along which code runs, else along which it depends."""
    rows = []
    for source, target in ((0, 1), (1, 0)):
        title = f"{things[source].name} → {things[target].name}"
        for kinds, how in ((paths.RUNS, "runs"), (paths.DEPENDS, "depends")):
            ways = paths.towards(scene, ends[target], kinds)
            reached = [node for node in ends[source] if node in ways]
            if reached:
                best = min(reached, key=lambda node: (paths.length(scene, ways, node), node))
                rows.append(Row(title, how, path=paths.path(scene, ways, best)))
                break
    return scene.section("paths", "Shortest ways", rows)


def _findings(scene: Scene, things: tuple[Thing, Thing]) -> Section:
    names = {thing.name for thing in things}
    rows = [
        finding_row(scene, each)
        for each in scene.analysis.findings
        if names <= {*each.services, each.subject, *each.subject.split(" ⋈ ")}
    ]
    return scene.section("findings", "Findings that name both", rows)
