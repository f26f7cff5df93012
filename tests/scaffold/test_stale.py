"""Skeletons are refused where the sources are not those that were analyzed, file by file."""

import hashlib
from pathlib import Path

import pytest
from tests.scaffold.programs import Monolith, analysis, with_files

from decompose.errors import DecomposeError
from decompose.graph.analysis import Analysis
from decompose.model.source import FileRole, SourceFile
from decompose.scaffold import stale


def source(path: str, digest: str) -> SourceFile:
    return SourceFile(path, path, FileRole.PROGRAM, is_package=False, size=0, digest=digest)


def analyzed(**texts: str) -> Analysis:
    files = [
        source(path, hashlib.sha256(text.encode()).hexdigest()) for path, text in texts.items()
    ]
    return with_files(analysis(Monolith()), *files)


def test_unchanged_sources_are_not_stale(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    assert stale(analyzed(a="1"), tmp_path) == ()


def test_each_file_that_changed_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("2")
    (tmp_path / "c").mkdir()
    found = stale(analyzed(c="1", b="1", a="1"), tmp_path)
    assert found == ("a (changed)", "b (is gone)", "c (cannot be read)")


def test_a_file_outside_of_the_tree_is_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    found = stale(analyzed(**{"../a": "1", "/etc/hostname": "1"}), tmp_path / ".")
    assert [line.partition(" ")[2] for line in found] == [
        "(lies outside of the analyzed folder)",
        "(lies outside of the analyzed folder)",
    ]


def test_a_file_that_was_never_read_cannot_be_stale(tmp_path: Path) -> None:
    assert stale(with_files(analysis(Monolith()), source("a", "")), tmp_path) == ()


def test_a_tree_that_is_gone_is_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(DecomposeError, match="not there"):
        stale(analyzed(), tmp_path / "gone")
