"""The line of code behind a piece of evidence."""

import hashlib
from pathlib import Path

from decompose.model.source import FileRole, Site, SourceFile
from decompose.steps.excerpts import excerpts


def source(path: str, data: bytes) -> SourceFile:
    return SourceFile(
        path,
        "m",
        FileRole.PROGRAM,
        is_package=False,
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
    )


def test_a_line_is_told_without_its_indentation(tmp_path: Path) -> None:
    data = b"def f():\n    return 1\n"
    (tmp_path / "m.py").write_bytes(data)
    line = excerpts(tmp_path, [source("m.py", data)])
    assert [line(Site("m.py", number)) for number in (0, 1, 2, 3, 99)] == [
        "",
        "def f():",
        "return 1",
        "",
        "",
    ]


def test_a_file_that_changed_since_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_bytes(b"x = 2\n")
    assert excerpts(tmp_path, [source("m.py", b"x = 1\n")])(Site("m.py", 1)) == ""


def test_an_analysis_from_elsewhere_cannot_read_outside_the_tree(tmp_path: Path) -> None:
    data = b"secret\n"
    (tmp_path / "outside.py").write_bytes(data)
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "link.py").symlink_to(tmp_path / "outside.py")
    line = excerpts(tree, [source("../outside.py", data), source("link.py", data)])
    assert line(Site("../outside.py", 1)) == ""
    assert line(Site("link.py", 1)) == ""
    assert line(Site(str(tmp_path / "outside.py"), 1)) == ""
