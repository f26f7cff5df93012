"""An analysis comes back as it went; whatever else is in the file is told, never a crash."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from export_programs import analysis, everything, shop

from decompose.errors import DecomposeError
from decompose.export import decode, encode, schema
from decompose.graph import Analysis
from decompose.model.source import FileRole, SourceFile


def plain(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(data))
    return found


def packed(document: object) -> bytes:
    return gzip.compress(json.dumps(document).encode())


@pytest.mark.parametrize(
    "made", [everything, lambda: analysis(shop().program())], ids=["full", "bare"]
)
def test_an_analysis_comes_back_as_it_went(made: Callable[[], Analysis]) -> None:
    went = made()
    came = decode(encode(went))
    graph = went.program.graph
    assert (came.program.graph.nodes, came.program.graph.edges) == (graph.nodes, graph.edges)
    assert replace(came.program, graph=graph) == went.program
    assert replace(came, program=went.program) == went
    assert came.program.graph.index == graph.index


def test_observed_edges_come_back() -> None:
    went = everything()
    went.program.graph.edges.observed[2] = 17
    assert decode(encode(went)).program.graph.edges.observed[2] == 17


def test_equal_analyses_give_equal_bytes_without_a_clock() -> None:
    data = encode(everything())
    assert data == encode(everything()) == encode(decode(data))
    assert data[4:8] == bytes(4), "the time in the header of gzip"


def test_bytes_do_not_depend_on_the_hash_seed() -> None:
    code = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]);"
        "from export_programs import everything; from decompose.export import encode, render, FORMATS;"
        "a = everything();"
        "print(hashlib.sha256(encode(a) + ''.join(render(f, a) for f in FORMATS).encode()).hexdigest())"
    )
    here = str(__file__).rpartition("/")[0]
    found = {
        subprocess.run(
            [sys.executable, "-c", code, here],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


@pytest.mark.parametrize(
    "made", [everything, lambda: analysis(shop().program())], ids=["full", "bare"]
)
def test_real_output_obeys_the_schema(made: Callable[[], Analysis]) -> None:
    document = json.loads(schema("analysis"))
    checker = jsonschema.Draft202012Validator
    checker.check_schema(document)
    checker(document).validate(plain(encode(made())))


def test_the_schema_notices_what_is_wrong() -> None:
    found = plain(encode(everything()))
    found["graph"]["edges"]["kind"][0] = "calls"
    validator = jsonschema.Draft202012Validator(json.loads(schema("analysis")))
    assert not validator.is_valid(found)


def test_every_field_is_described() -> None:
    document = json.loads(schema("analysis"))
    for name, kind in document["$defs"].items():
        assert kind["description"], name
        for field, found in kind["properties"].items():
            assert found.get("description"), f"{name}.{field}"


def test_there_is_one_schema() -> None:
    with pytest.raises(DecomposeError, match="analysis"):
        schema("analysys")


def changed(*path: str | int, to: object) -> bytes:
    document = plain(encode(everything()))
    place: Any = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = to
    return packed(document)


def cut() -> bytes:
    data = encode(everything())
    return data[: len(data) // 2]


NODES, EDGES = ("graph", "nodes"), ("graph", "edges")
SPOILT = {
    "nothing": (b"", "damaged"),
    "text": (b"hello", "not an analysis"),
    "other JSON": (packed({"a": 1}), "not an analysis"),
    "a list": (packed([]), "not an analysis"),
    "a number for text": (packed({"format": 3}), "not an analysis"),
    "other format": (changed("format", to="sarif"), "not an analysis"),
    "deep": (packed(json.loads("[" * 300 + "]" * 300)), "not an analysis"),
    "a newer version": (changed("version", to=2), "upgrade"),
    "a newer version of another shape": (
        packed({"format": "decompose-analysis", "version": 7}),
        "upgrade",
    ),
    "cut off": (cut(), "damaged"),
    "a flipped bit": (encode(everything())[:-9] + b"x" * 9, "damaged"),
    "a field missing": (packed({"format": "decompose-analysis", "version": 1}), "damaged"),
    "a wrong type": (changed(*NODES, "kind", to="x"), "damaged"),
    "columns of unequal length": (changed(*NODES, "kind", to=[0]), "damaged"),
    "an unknown kind": (changed(*NODES, "kind", 0, to=99), "damaged"),
    "a node in itself": (changed(*NODES, "parent", 1, to=1), "damaged"),
    "a file too many": (changed(*NODES, "file", 1, to=55), "damaged"),
    "an edge to nowhere": (changed(*EDGES, "target", 0, to=10**6), "damaged"),
    "a negative node": (changed(*EDGES, "source", 0, to=-1), "damaged"),
    "an enormous number": (changed(*EDGES, "site_line", 0, to=2**40), "damaged"),
    "sites that do not add up": (changed(*EDGES, "sites", 0, to=77), "damaged"),
    "no written mediator": (changed("graph", "mediators", to=["a", "b", "c", "d"]), "damaged"),
    "an unknown role": (changed("files", "role", 0, to="x"), "damaged"),
    "a legend of others": (changed("graph", "node_kinds", 0, to="atom"), "damaged"),
    "a word that is none": (changed("words", "word", 0, to=999), "damaged"),
    "a name that is none": (changed("partition", "shared", 0, to=-999), "damaged"),
    "a node that is none": (changed("partition", "shared", 0, to=999), "damaged"),
    "a reason that is none": (changed("unlinked", "reason", 0, to=99), "damaged"),
    "crossings that do not add up": (changed("boundaries", 0, "crossings", to=9), "damaged"),
    "a crossing of no kind": (changed("crossings", "kind", 0, to=99), "damaged"),
    "an access of no mode": (changed("facts", "accesses", 0, "mode", to="peek"), "damaged"),
    "a severity of none": (changed("findings", 0, "severity", to="dire"), "damaged"),
}


@pytest.mark.parametrize(("data", "said"), SPOILT.values(), ids=SPOILT)
def test_a_file_that_cannot_be_used_is_told(data: bytes, said: str) -> None:
    with pytest.raises(DecomposeError) as caught:
        decode(data)
    assert said in str(caught.value)
    assert caught.value.remedy


def test_a_file_that_somebody_unpacked_is_read() -> None:
    data = encode(everything())
    assert encode(decode(gzip.decompress(data))) == data


def test_fields_of_later_releases_are_ignored() -> None:
    document = plain(encode(everything()))
    document["more"] = document["graph"]["more"] = {"x": 1}
    assert encode(decode(packed(document))) == encode(everything())


def test_names_that_no_encoding_can_hold_are_spelled_out() -> None:
    file = SourceFile("bad\udcff.py", "bad\udcff", FileRole.PROGRAM, is_package=False, size=1)
    came = decode(encode(replace(everything(), files=(file,))))
    assert came.files[0].path == r"bad\udcff.py"


def test_undefined_figures_stay_undefined() -> None:
    went = everything()
    scores = (replace(went.scores[0], figures={"Q": float("nan")}),)
    (came,) = decode(encode(replace(went, scores=scores))).scores
    assert came.figures["Q"] != came.figures["Q"]
