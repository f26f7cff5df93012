"""Places agree with tomllib: what stands at a span is the value that tomllib reads there."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from decompose.proposal.places import Path, places

TEXTS = {
    "plain": 'version = 1\n[[service]]\nname = "a"\nmembers = ["x", "y",]\n[[service]]\nname = \'b\'\n',
    "comments": '# [no]\na = [ # one\n  "x", # "y"\n  # "z"\n  "#",\n] # end\n',
    "strings": 'a = """x\n"quoted" \\"""\n"""\nb = \'\'\'it\'s "\'\'\'\'\nc = "\\\\"\nd = "]\\"#"\n',
    "inline": 'a = {b = [1, {c = "x"}], "d e" = 2}\nservice = [{name = "a"}, {name = "b"}]\n',
    "dotted": 'a.b . "c.d" = "x"\n[t."u v".w]\nk = 2020-01-01T00:00:00Z\n',
    "sub-tables": '[[s]]\n[s.pins]\n"x.y" = "a"\n[[s]]\n[s.pins]\nz = "b"\n[[s.deep]]\nq = [[1, 2], []]\n',
    "windows": '[[service]]\r\nname = "a"\r\nmembers = [\r\n  "x",\r\n]\r\n',
    "no newline at the end": "a = 1",
    "mark": '\ufeffa = "x"\n',
    "empty": "",
}


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, (*path, key))
    elif isinstance(value, list) and value:
        for position, each in enumerate(value):
            yield from leaves(each, (*path, position))
    else:
        yield path, value


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_every_value_stands_where_it_is_said_to(text: str) -> None:
    found = places(text)
    expected = dict(leaves(tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))))
    for path, value in expected.items():
        if path:
            start, end = found.values[path]
            assert tomllib.loads(f"v = {text[start:end]}".replace("\r\n", "\n"))["v"] == value


def test_lines_count_from_one() -> None:
    found = places('version = 1\n\n[[service]]\nmembers = [\n  "x",\n  "y",\n]\n')
    assert found.line(("version",)) == 1
    assert found.line(("service", 0)) == 3
    assert found.line(("service", 0, "members", 1)) == 6
    assert found.line(("service", 0, "members", 7)) == 4, "the nearest thing around it"
    assert found.line(("nothing",)) == 1
