"""Commits of the analyzed tree: what they say, and what a hostile repository cannot make us do."""

import os
import subprocess
from pathlib import Path

import pytest

from decompose import pipeline
from decompose.config import Options
from decompose.errors import DecomposeError
from decompose.evidence import read_history

ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
}


def git(root: Path, *words: str) -> None:
    subprocess.run(["git", "-C", root, *words], check=True, env=ENVIRONMENT, capture_output=True)


def commit(root: Path, *paths: str) -> None:
    for path in paths:
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(file.read_text() + "x = 1\n" if file.exists() else "x = 1\n")
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", "change")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    root.mkdir()
    git(root, "init", "-q")
    return root


def test_commits_tell_which_python_files_changed_newest_first(repository: Path) -> None:
    commit(repository, "app/orders.py", "app/bills.py", "notes.txt")
    commit(repository, "app/ä name\twith\nall.py")
    commit(repository, "other.md")
    found = read_history(repository)
    assert found.commits == (
        ("a@example.org", ("app/ä name\twith\nall.py",)),
        ("a@example.org", ("app/bills.py", "app/orders.py")),
    )


def test_paths_are_relative_to_the_analyzed_folder_and_others_are_left_out(
    repository: Path,
) -> None:
    commit(repository, "app/orders.py", "elsewhere/x.py")
    assert read_history(repository / "app").commits == (("a@example.org", ("orders.py",)),)


def test_a_commit_of_very_many_files_says_nothing(repository: Path) -> None:
    commit(repository, *(f"m{number}.py" for number in range(60)))
    assert read_history(repository).commits == ()


def test_no_program_of_the_repository_is_started(repository: Path, tmp_path: Path) -> None:
    commit(repository, "a.py")
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "core.pager", "gpg.program", "diff.external", "core.sshCommand"):
        git(repository, "config", key, str(trap))
    git(repository, "config", "log.showSignature", "true")
    (repository / ".gitattributes").write_text("*.py diff=evil\n")
    git(repository, "config", "diff.evil.textconv", str(trap))
    (tmp_path / "sprung").unlink(missing_ok=True)
    assert read_history(repository).commits
    assert not (tmp_path / "sprung").exists()


def test_without_a_repository_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(DecomposeError, match="git cannot tell"):
        read_history(tmp_path)


def test_what_changes_together_comes_together(repository: Path) -> None:
    names = [f"{group}{number}" for group in ("left", "right") for number in range(4)]
    for name in names:
        functions = range(40)
        body = "".join(f"def {name}_{n}(value):\n    return value\n\n\n" for n in functions)
        calls = "".join(f"{name}_{n}({n})\n" for n in functions)
        (repository / f"{name}.py").write_text(body + calls)
    (repository / "__main__.py").write_text("".join(f"import {name}\n" for name in names))
    git(repository, "add", "-A")
    for _ in range(6):
        commit(repository, *(f"left{number}.py" for number in range(4)))
        commit(repository, *(f"right{number}.py" for number in range(4)))
    out = repository.parent / "out"
    pipeline.analyze(Options(root=repository, output=out, use_history=True, use_cache=False))
    labels = pipeline.load(out).partition.labels()
    assert len({labels[f"left{number}"] for number in range(4)}) == 1
    assert labels["left0"] != labels["right0"]
