"""Which thing does a person mean by a name?

The nearest meaning wins: a full name, then one without its prefix (a table, a route, a service, a
file), then the end of a dotted name, then the same in other letters. Several things of one
distance are an error that lists them; a prefix (`table:orders`) tells them apart.
"""

import difflib
from collections.abc import Iterator

from decompose.errors import DecomposeError
from decompose.explain.scene import SERVICE, Scene
from decompose.explain.values import Thing
from decompose.model.program import PREFIXES, NodeKind

_MOST_SHOWN = 8
_CLOSE = 0.6
_CODE = ("module:", "class:", "function:", "method:")


def find(scene: Scene, word: str) -> Thing:
    """The thing that a word names. Raises DecomposeError."""
    wanted = word.strip()
    for tier in (_exact, _bare, _ending, _alike):
        found = sorted(set(tier(scene, wanted)), key=lambda each: (each.kind, each.name))
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(word, found)
    raise _unknown(scene, word)


def _thing(scene: Scene, node: int) -> Thing:
    return Thing(scene.graph.kind(node).name.lower(), scene.name(node), node)


def _exact(scene: Scene, word: str) -> Iterator[Thing]:
    """A node's full name; `service:NAME`; `module:NAME` and the like."""
    index = scene.graph.index
    prefix, _, rest = word.partition(":")
    if prefix == SERVICE and rest in _services(scene):
        yield Thing(SERVICE, rest)
    if word in index:
        yield _thing(scene, index[word])
    elif f"{prefix}:" in _CODE and rest in index:
        yield _thing(scene, index[rest])


def _services(scene: Scene) -> set[str]:
    return {*(each.name for each in scene.analysis.partition.capabilities), *scene.labels.values()}


def _bare(scene: Scene, word: str) -> Iterator[Thing]:
    """A table, task, … without its prefix, a service, a file."""
    index = scene.graph.index
    for kind, prefix in PREFIXES.items():
        if prefix + word in index and kind is not NodeKind.EXTERNAL:
            yield _thing(scene, index[prefix + word])
    if word in _services(scene):
        yield Thing(SERVICE, word)
    path = word.removeprefix("./")
    if path in scene.graph.files:
        modules = {file.path: file.module for file in scene.analysis.files}
        module = index.get(modules.get(path, ""))
        if module is not None:
            yield _thing(scene, module)


def _ending(scene: Scene, word: str) -> Iterator[Thing]:
    """The end of a dotted name, or a route's path."""
    end = f".{word}"
    nodes = scene.graph.nodes
    for node, name in enumerate(nodes.names):
        kind = nodes.kind[node]
        if kind != NodeKind.EXTERNAL and (name.endswith(end) or _is_path(name, kind, word)):
            yield _thing(scene, node)


def _alike(scene: Scene, word: str) -> Iterator[Thing]:
    """The same in other letters (`Orders` for `orders`), or a library's name."""
    low = word.lower()
    external = scene.graph.index.get(PREFIXES[NodeKind.EXTERNAL] + word)
    if external is not None:
        yield _thing(scene, external)
    end = f".{low}"
    nodes = scene.graph.nodes
    for node, name in enumerate(nodes.names):
        if nodes.kind[node] == NodeKind.EXTERNAL:
            continue
        known = name.lower()
        whole = low in (known, known.partition(":")[2])
        if whole or known.endswith(end) or _is_path(known, nodes.kind[node], low):
            yield _thing(scene, node)
    for service in _services(scene):
        if service.lower() == low:
            yield Thing(SERVICE, service)


def _is_path(name: str, kind: int, word: str) -> bool:
    """Does a word name the path of a route, perhaps with other parameters?"""
    if kind != NodeKind.ROUTE:
        return False
    method, _, path = name.removeprefix(PREFIXES[NodeKind.ROUTE]).partition(" ")
    asked, _, rest = word.rpartition(" ")
    return rest.startswith("/") and rest.strip("/") == path.strip("/") and asked in ("", method)


def _ambiguous(word: str, found: list[Thing]) -> DecomposeError:
    shown = [shown_name(each) for each in found[:_MOST_SHOWN]]
    rest = f" and {len(found) - _MOST_SHOWN} more" if len(found) > _MOST_SHOWN else ""
    return DecomposeError(
        f"{word!r} may mean {len(found)} things", remedy=f"one of: {', '.join(shown)}{rest}"
    )


def shown_name(thing: Thing) -> str:
    """A thing's name as `find` takes it for nothing else."""
    if thing.kind in ("module", "class", "function", "method"):
        return thing.name
    return thing.name if thing.name.startswith(f"{thing.kind}:") else f"{thing.kind}:{thing.name}"


def _unknown(scene: Scene, word: str) -> DecomposeError:
    """With the nearest names: whole ones, and ends of dotted ones."""
    nodes = scene.graph.nodes
    short: dict[str, str] = {service: service for service in sorted(_services(scene))}
    for node in range(len(scene.graph)):
        if nodes.kind[node] != NodeKind.EXTERNAL and scene.is_ours(node):
            own = scene.name(node)
            last = own.rpartition(".")[2] if nodes.kind[node] <= NodeKind.METHOD else own
            short.setdefault(last.partition(":")[2] or last, own)
    last = word.rpartition(".")[2]
    tried = [*difflib.get_close_matches(last, short, n=3, cutoff=_CLOSE)]
    near = list(dict.fromkeys(short[each] for each in tried))
    remedy = (
        f"did you mean {' or '.join(near)}?"
        if near
        else "name a table, route, task, function, class, module, file or service"
    )
    return DecomposeError(f"nothing here is called {word!r}", remedy=remedy)
