"""docs/cli.md says all that the command can do."""

import json
import re
from pathlib import Path

import pytest
from command_line import decompose, program

DOCS = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
COMMANDS = ("analyze", "report", "export", "scaffold", "record", "audit", "schema", "version")


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_and_variable_is_documented(tmp_path: Path, command: str) -> None:
    page = decompose(command, "--help", cwd=tmp_path, env={"COLUMNS": "200"}).out
    words = set(re.findall(r"(?<![\w-])--[a-z-]+[a-z]|DECOMPOSE_[A-Z_]+", page))

    assert "--help" in words
    assert {word for word in words if word not in DOCS} == set()


def test_each_key_of_the_json_is_documented(tmp_path: Path) -> None:
    program(tmp_path / "monolith")
    (tmp_path / "monolith" / "broken.py").write_text("def f(:\n")
    words = ("analyze", "monolith", "--services", "3", "--json", "--timings")
    found = json.loads(decompose(*words, cwd=tmp_path).out)
    keys = set(found)
    for rows in found.values():
        if isinstance(rows, list):
            keys |= {key for row in rows if isinstance(row, dict) for key in row}

    assert {key for key in keys if f"`{key}`" not in DOCS} == set()


def test_each_exit_code_is_documented() -> None:
    assert re.findall(r"^\| (\d+) \|", DOCS, re.MULTILINE) == ["0", "1", "2", "130", "141", "143"]
