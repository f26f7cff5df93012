"""Read a graph file, and say what is wrong in it and where."""

import json
from collections import Counter
from dataclasses import astuple, replace
from pathlib import Path

import msgspec

from decompose.errors import DecomposeError
from decompose.model.given import GIVEN_SCHEMA, GivenGraph

_LARGEST = 500_000_000  # bytes
_HELP = "decompose schema graph prints the format"


def read(path: Path) -> GivenGraph:
    """The graph of a file.

    Raises DecomposeError with the place in the file where it is not of the format.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise _wrong(path, f"the file is larger than {_LARGEST:,} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise DecomposeError(
            f"the graph cannot be read: {error.strerror}",
            where=str(path),
            remedy="name a file of another tool's graph with --graph",
        ) from error
    try:
        graph = msgspec.json.decode(data, type=GivenGraph)
    except msgspec.DecodeError as error:
        raise _wrong(path, str(error)) from error
    _check(graph, path)
    return _sorted(graph)


def _sorted(graph: GivenGraph) -> GivenGraph:
    """In an order of its own, so that nothing hangs on the file's."""
    return replace(
        graph,
        nodes=tuple(sorted(graph.nodes, key=lambda node: node.id)),
        edges=tuple(sorted(graph.edges, key=astuple)),
        entry_points=tuple(sorted(graph.entry_points, key=lambda entry: entry.name)),
    )


def _wrong(path: Path, what: str) -> DecomposeError:
    return DecomposeError(what, where=str(path), remedy=_HELP)


def _check(graph: GivenGraph, path: Path) -> None:
    """What the schema cannot say: ids are unique, and what is named exists."""
    if not graph.nodes:
        raise _wrong(path, "the graph has no nodes")
    twice = [name for name, times in Counter(node.id for node in graph.nodes).items() if times > 1]
    if twice:
        raise _wrong(path, f"the id {twice[0]!r} is given to {len(twice)} or more nodes")
    known = {node.id for node in graph.nodes}
    for number, edge in enumerate(graph.edges):
        for end in (edge.source, edge.target):
            if end not in known:
                raise _wrong(path, f"no node has the id {end!r} - at `$.edges[{number}]`")
        if not 0 < edge.weight < float("inf"):
            raise _wrong(path, f"a weight must be above 0 - at `$.edges[{number}]`")
    for number, entry in enumerate(graph.entry_points):
        for visit in entry.steps():
            if visit.node not in known:
                place = f"`$.entry_points[{number}]`"
                raise _wrong(path, f"no node has the id {visit.node!r} - at {place}")


def schema() -> str:
    """The JSON Schema (2020-12) of the format."""
    document = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{GIVEN_SCHEMA}",
        "title": "A program's graph, made by any tool, for decompose analyze --graph",
        **msgspec.json.schema(GivenGraph),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
