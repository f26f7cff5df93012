"""Everything about one thing: what it touches, who touches it, in which transactions, by which ways."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from decompose.explain import paths
from decompose.explain.scene import SERVICE, Scene, sure
from decompose.explain.values import Explanation, Hop, Place, Row, Section, Thing
from decompose.graph.dependency import NOBODY
from decompose.graph.doors import Door
from decompose.graph.sequences import Sequence as Accesses
from decompose.graph.sequences import Step
from decompose.model.partition import Finding
from decompose.model.program import AccessMode, EdgeKind, NodeKind, TableAccess
from decompose.model.source import Site

_DEPENDS = {
    EdgeKind.CALLS: "calls",
    EdgeKind.INSTANTIATES: "creates",
    EdgeKind.INHERITS: "extends",
    EdgeKind.USES: "uses",
    EdgeKind.IMPORTS: "imports",
    EdgeKind.PUBLISHES: "sends",
    EdgeKind.CONSUMES: "starts",
    EdgeKind.EXPOSES: "starts",
    EdgeKind.READS: "reads",
    EdgeKind.WRITES: "writes",
    EdgeKind.JOINS: "joins",
    EdgeKind.REFERENCES: "points to",
    EdgeKind.MAPS: "is declared by",
}
_VERBS = {"create": "creates", "read": "reads", "update": "updates", "delete": "deletes"}
_ALONG = {AccessMode.DELETE: "is deleted along", AccessMode.UPDATE: "is updated then"}
_WITH = {AccessMode.DELETE: "its deletion deletes", AccessMode.UPDATE: "its deletion updates"}
_MOST_NODES = 40
_DOORS = ("route", "operation", "task", "command", "schedule", "signal", "queue")


def one(scene: Scene, thing: Thing) -> Explanation:
    """The sections that suit what it is."""
    inside = scene.inside(thing)
    if thing.kind == "table":
        found = _of_table(scene, thing)
    elif thing.kind in _DOORS:
        found = _of_door(scene, thing)
    else:
        found = _of_code(scene, inside)
    told = [*found, _findings(scene, thing, inside)]
    return Explanation((scene.subject(thing),), tuple(each for each in told if each.rows))


def _of_table(scene: Scene, thing: Thing) -> Iterator[Section]:
    accesses = [each for each in scene.analysis.program.accesses if each.table == thing.name]
    yield _touched_by(scene, accesses)
    yield _keys(scene, thing.node)
    yield _cascades(scene, thing.node)
    yield _joined(scene, thing.name)
    yield _doors_at(scene, thing.node)
    touching = [
        number
        for number, found in enumerate(scene.transactions)
        if any(table == thing.node for table, _ in found.touched())
    ]
    yield transactions(scene, touching, "Transactions that touch it")


def _of_door(scene: Scene, thing: Thing) -> Iterator[Section]:
    graph = scene.graph
    doors = [door for door in scene.doors if door.node == thing.node]
    handlers = [node for door in doors for node in scene.sequences.started(door)]
    rows = [_defined(scene, node) for node in dict.fromkeys(handlers)]
    yield scene.section("answered_by", "Answered by", rows)
    sent_by = [e for e in graph.edges_to(thing.node) if graph.edges.kind[e] == EdgeKind.PUBLISHES]
    yield dependencies(scene, "sent_by", "Sent by", sent_by, outgoing=False)
    for door in doors[:1]:
        sequence = scene.sequences.of(door)
        if sequence.before is not None:
            yield steps(scene, sequence.before, "before", "First, in middleware")
        yield steps(scene, sequence, "sequence", "In this order")
        yield tables(scene, sequence)
        yield transactions(
            scene, [number for number, _ in sequence.around], "Transactions that it opens"
        )


def _of_code(scene: Scene, inside: frozenset[int]) -> Iterator[Section]:
    program, names = scene.analysis.program, scene.graph.nodes.names
    own = {names[node] for node in inside}
    yield _touches(scene, [each for each in program.accesses if each.source in own])
    yield _through_calls(scene, inside)
    yield dependencies(scene, "depends_on", "Depends on", _crossing(scene, inside, outgoing=True))
    yield dependencies(
        scene, "used_by", "Used by", _crossing(scene, inside, outgoing=False), outgoing=False
    )
    yield doors_to(scene, inside)
    opened = [n for n, each in enumerate(program.transactions) if each.source in own]
    yield transactions(scene, opened, "Transactions that it opens")
    running = [
        number
        for number, found in enumerate(scene.transactions)
        if number not in opened and any(call.node in inside for call in found.calls[1:])
    ]
    yield transactions(scene, running, "Transactions that it runs in", key="runs_in")


# Accesses


def _touched_by(scene: Scene, accesses: Iterable[TableAccess]) -> Section:
    found: dict[str, list[TableAccess]] = defaultdict(list)
    for each in accesses:
        if scene.is_ours(scene.graph.index.get(each.source, NOBODY)):
            found[each.source].append(each)
    rows = [_access_row(scene, name, name, rows) for name, rows in found.items()]
    return scene.section("touched_by", "Touched by", sorted(rows, key=_rank))


def _touches(scene: Scene, accesses: Iterable[TableAccess]) -> Section:
    found: dict[str, list[TableAccess]] = defaultdict(list)
    for each in accesses:
        found[each.table].append(each)
    rows = [_access_row(scene, name, f"table:{name}", rows) for name, rows in found.items()]
    return scene.section("touches", "Touches in its own lines", sorted(rows, key=_rank))


def _access_row(scene: Scene, name: str, node: str, accesses: list[TableAccess]) -> Row:
    modes = {each.mode for each in accesses}
    how = ", ".join(verb for mode, verb in _VERBS.items() if mode in modes)
    how += ", locks" * any(each.locks for each in accesses)
    how += ", in a loop" * any(each.loop_depth for each in accesses)
    places, count = scene.places(each.site for each in accesses)
    number = scene.graph.index.get(node, NOBODY)
    service = scene.service(number) if number != NOBODY else ""
    return Row(name, how, service, sure(max(each.confidence for each in accesses)), places, count)


def _rank(row: Row) -> tuple[bool, bool, int, str]:
    """Those that write first, then those that are sure, then those with most places."""
    reads_only = row.how.partition(",")[0] == "reads"
    return reads_only, row.sure != "exact", -row.place_count, row.name


def tables(scene: Scene, found: Accesses) -> Section:
    """The tables of a sequence, with all that is done to them."""
    modes: dict[int, set[str]] = defaultdict(set)
    for table, mode in found.touched():
        modes[table].add(mode.value)
    rows = [
        Row(
            scene.name(table),
            ", ".join(verb for mode, verb in _VERBS.items() if mode in modes[table]),
            scene.service(table),
        )
        for table in sorted(modes)
    ]
    rows += [
        Row(scene.name(table), f"{_VERBS[mode.value]}, by a deletion", scene.service(table))
        for table, mode in sorted(found.along)
    ]
    return scene.section("tables", "Tables", rows)


def _through_calls(scene: Scene, inside: frozenset[int]) -> Section:
    """Tables that are only reached by what it calls, each with the shortest way."""
    graph = scene.graph
    found = scene.sequences.of_nodes(sorted(inside)[:_MOST_NODES])
    best: dict[int, Step] = {}
    for step in found.steps:
        away = step.call != NOBODY and found.calls[step.call].node not in inside
        known = best.get(step.table)
        if step.table != NOBODY and away:
            shorter = known is None or len(found.path(step.call)) < len(found.path(known.call))
            best[step.table] = step if shorter or known is None else known
    own = {graph.edges.target[edge] for node in inside for edge in graph.edges_from(node)}
    rows = []
    for table in sorted(best.keys() - own, key=lambda each: _nearness(found, best[each], each)):
        step = best[table]
        verb = _VERBS[step.mode.value] + ", later" * step.later
        places, count = scene.places([step.site] if step.site else [])
        hops = hops_to(scene, found, step)
        rows.append(
            Row(
                scene.name(table),
                verb,
                scene.service(table),
                sure(step.confidence),
                places,
                count,
                hops,
            )
        )
    return scene.section("reaches", "Touches through what it calls", rows)


def _nearness(found: Accesses, step: Step, table: int) -> tuple[bool, bool, int, int]:
    """What is done now before what is done later, writes before reads, short ways first."""
    return step.later, not step.mode.writes, len(found.path(step.call)), table


def steps(scene: Scene, found: Accesses, key: str, title: str) -> Section:
    """A sequence, step by step."""
    rows = [_step_row(scene, found, step) for step in found.steps]
    return scene.section(key, title + " (cut)" * found.cut, rows)


def _step_row(scene: Scene, found: Accesses, step: Step) -> Row:
    places: tuple[Place, ...] = (scene.place(step.site),) if step.site else ()
    marks = ", locks" * step.locks + f", in {step.loop_depth} loops" * (step.loop_depth > 1)
    marks += ", in a loop" * (step.loop_depth == 1) + ", later" * step.later
    if step.around != NOBODY:
        marks += f", in the transaction of {scene.analysis.program.transactions[step.around].site}"
    if step.again != NOBODY:
        name, how = scene.name(found.calls[step.again].node), "again" + marks
    elif step.sent != NOBODY:
        name, how = scene.name(step.sent), "sends" + marks
    else:
        name, how = scene.name(step.table), _VERBS[step.mode.value] + marks
    owner = scene.service(step.table) if step.table != NOBODY else ""
    hops = hops_to(scene, found, step)
    return Row(name, how, owner, sure(step.confidence), places, len(places), hops)


# Tables among each other


def _keys(scene: Scene, table: int) -> Section:
    graph = scene.graph
    rows = []
    for edges, outgoing in ((graph.edges_from(table), True), (graph.edges_to(table), False)):
        for edge in edges:
            if graph.edges.kind[edge] == EdgeKind.REFERENCES:
                other = graph.edges.target[edge] if outgoing else graph.edges.source[edge]
                places, count = scene.places(site for site, _ in graph.sites(edge))
                how = "it points to" if outgoing else "points to it"
                rows.append(Row(scene.name(other), how, scene.service(other), "", places, count))
    return scene.section("keys", "Foreign keys", rows)


def _cascades(scene: Scene, table: int) -> Section:
    """What is deleted or changed as rows of it are deleted, and the other way round."""
    rows = []
    for source, targets in sorted(scene.sequences.cascades.direct.items()):
        for (target, mode), site in sorted(targets.items()):
            if table in (source, target):
                other = target if table == source else source
                how = (_ALONG if table == source else _WITH)[mode]
                place = scene.place(site)
                rows.append(Row(scene.name(other), how, scene.service(other), "", (place,), 1))
    return scene.section("cascades", "Deletions take along", rows)


def _joined(scene: Scene, table: str) -> Section:
    found: dict[str, set[Site]] = defaultdict(set)
    for join in scene.analysis.program.joins:
        if table in (join.left, join.right):
            found[join.right if join.left == table else join.left].add(join.site)
    rows = []
    for other, sites in sorted(found.items(), key=lambda each: (-len(each[1]), each[0])):
        places, count = scene.places(sites)
        node = scene.graph.index.get(f"table:{other}", NOBODY)
        rows.append(Row(other, "in one query", scene.service(node), "", places, count))
    return scene.section("joins", "Joined with", rows)


# Code


def _defined(scene: Scene, node: int) -> Row:
    site = scene.graph.site(node)
    places, count = scene.places([site] if site is not None else [])
    return Row(scene.name(node), "", scene.service(node), "", places, count)


def _crossing(scene: Scene, inside: frozenset[int], *, outgoing: bool) -> list[int]:
    """Edges to, or from, the rest of the program; accesses are told elsewhere."""
    graph = scene.graph
    edges = graph.edges
    told = (EdgeKind.READS, EdgeKind.WRITES, EdgeKind.MAPS, EdgeKind.JOINS, EdgeKind.REFERENCES)
    found = []
    for node in sorted(inside):
        for edge in graph.edges_from(node) if outgoing else graph.edges_to(node):
            other = edges.target[edge] if outgoing else edges.source[edge]
            is_other = other not in inside and scene.is_ours(other)
            if is_other and graph.kind(other) != NodeKind.EXTERNAL and edges.kind[edge] not in told:
                found.append(edge)
    return found


def dependencies(
    scene: Scene, key: str, title: str, edges: Iterable[int], *, outgoing: bool = True
) -> Section:
    """Edges by the node at their other end, those with most places first."""
    columns = scene.graph.edges
    found: dict[int, list[int]] = defaultdict(list)
    for edge in edges:
        found[columns.target[edge] if outgoing else columns.source[edge]].append(edge)
    rows = [edge_row(scene, node, scene.name(node), group) for node, group in found.items()]
    return scene.section(key, title, sorted(rows, key=lambda row: (-row.place_count, row.name)))


def edge_row(scene: Scene, node: int, name: str, edges: list[int]) -> Row:
    """Some edges as one row; `node`: the one whose service is told."""
    columns = scene.graph.edges
    kinds = sorted({EdgeKind(columns.kind[edge]) for edge in edges})
    mediators = {scene.graph.mediators[columns.mediator[edge]] for edge in edges} - {"", "typing"}
    how = ", ".join(dict.fromkeys(_DEPENDS[kind] for kind in kinds))
    how += f" by {', '.join(sorted(mediators))}" if mediators else ""
    places, count = scene.places(site for edge in edges for site, _ in scene.graph.sites(edge))
    confidence = max(columns.confidence[edge] for edge in edges)
    return Row(name, how, scene.service(node), sure(confidence), places, count)


def _doors_at(scene: Scene, table: int) -> Section:
    """Entry points whose sequences touch a table, writers and near ones first, each with its way there."""
    ranked = []
    for door in scene.doors:
        found = scene.sequences.of(door)
        touched = found.touched(before=False)
        modes = {mode.value for each, mode in touched if each == table}
        if modes:
            there = [step for step in found.steps if step.table == table]
            best = min(there, key=lambda step: _nearness(found, step, table), default=None)
            key = _nearness(found, best, table) if best is not None else (True, True, 0, 0)
            ranked.append((key, door, best, modes))
    ranked.sort(key=lambda each: each[:2])
    rows = []
    for _, door, best, modes in ranked[: scene.most]:
        verbs = ", ".join(verb for mode, verb in _VERBS.items() if mode in modes)
        hops = () if best is None else hops_to(scene, scene.sequences.of(door), best)
        places = (scene.place(best.site),) if best is not None and best.site else ()
        rows.append(
            Row(door.name, f"{door.kind}, {verbs}", _service_of(scene, door), "", places, 1, hops)
        )
    return scene.section("entry_points", "Entry points that touch it", rows, total=len(ranked))


def hops_to(scene: Scene, found: Accesses, step: Step) -> tuple[Hop, ...]:
    """The calls that lead to a step."""
    return tuple(
        Hop(scene.name(call.node), scene.place(call.site) if call.site else None)
        for call in found.path(step.call)
    )


def doors_to(scene: Scene, targets: Iterable[int]) -> Section:
    """Entry points from which something is reached, the nearest first, each with its way."""
    ways = paths.towards(scene, targets)
    entered = paths.entered(scene, ways)
    rows = [
        Row(door.name, door.kind, _service_of(scene, door), path=paths.path(scene, ways, node))
        for _, door, node in entered[: scene.most]
    ]
    return scene.section("entry_points", "Entry points that lead to it", rows, total=len(entered))


def _service_of(scene: Scene, door: Door) -> str:
    return scene.service(door.node) if door.node != NOBODY else scene.service(door.handlers[0])


def transactions(
    scene: Scene, numbers: Iterable[int], title: str, *, key: str = "transactions"
) -> Section:
    """Transactions with the tables that they touch; those that write most first."""
    rows = []
    for number in numbers:
        each = scene.analysis.program.transactions[number]
        touched = scene.transactions[number].touched()
        writes = sorted({scene.name(table) for table, mode in touched if mode.writes})
        reads = sorted({scene.name(table) for table, _ in touched} - set(writes))
        parts = [f"writes {some(writes)}"] * bool(writes) + [f"reads {some(reads)}"] * bool(reads)
        node = scene.graph.index.get(each.source, NOBODY)
        service = scene.service(node) if node != NOBODY else ""
        how = f"{each.kind}, lines {each.first_line}–{each.last_line}"
        told = "; ".join([how, *parts])
        rows.append(
            (-len(writes), Row(each.source, told, service, "", (scene.place(each.site),), 1))
        )
    return scene.section(
        key, title, [row for _, row in sorted(rows, key=lambda each: (each[0], each[1].name))]
    )


def some(names: list[str], most: int = 6) -> str:
    """The first of some names, and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _findings(scene: Scene, thing: Thing, inside: frozenset[int]) -> Section:
    """What the assessment says of it."""
    names = {thing.name, *(scene.graph.nodes.names[node] for node in inside)}
    rows = [
        finding_row(scene, each)
        for each in scene.analysis.findings
        if each.subject in names
        or not names.isdisjoint(each.subject.split(" ⋈ "))
        or (thing.kind == SERVICE and thing.name in each.services)
    ]
    return scene.section("findings", "Findings", rows)


def finding_row(scene: Scene, found: Finding) -> Row:
    """A finding as a row."""
    places, count = scene.places(found.sites)
    return Row(found.message, found.severity.value, "", "", places, count)
