"""A fresh machine finds an interpreter that works, and one environment suits all three fixtures."""

import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

GOOD = f'exec "{sys.executable}" "$@"'
SHIM_OF_NOTHING = "echo 'no such release' >&2; exit 127"  # what pyenv leaves for other releases
TOO_OLD = "exit 1"
WITHOUT_ENSUREPIP = 'case "$2" in *ensurepip*) exit 1;; *) exit 0;; esac'

PATHS = {
    "the newest wins": ({"python3.11": GOOD, "python3.13": GOOD}, "python3.13"),
    "a shim that does not start is passed over": (
        {"python3.14": SHIM_OF_NOTHING, "python3.12": GOOD},
        "python3.12",
    ),
    "an old plain name is passed over": ({"python3": TOO_OLD, "python": GOOD}, "python"),
    "an older one that can make environments wins": (
        {"python3.13": WITHOUT_ENSUREPIP, "python3.11": GOOD},
        "python3.11",
    ),
    "without ensurepip is better than nothing": (
        {"python3.13": WITHOUT_ENSUREPIP, "python3": TOO_OLD},
        "python3.13",
    ),
    "nothing suits": ({"python3": TOO_OLD}, ""),
}


def _chosen(folder: Path, programs: Mapping[str, str], **variables: str) -> str:
    for name, body in programs.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
    script = str(ROOT / ".ci" / "venv.sh")
    environment = {"PATH": str(folder), **variables}
    done = subprocess.run(
        ["/bin/sh", script, "--interpreter"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.parametrize(("programs", "chosen"), PATHS.values(), ids=PATHS)
def test_the_interpreter_chosen(tmp_path: Path, programs: Mapping[str, str], chosen: str) -> None:
    assert _chosen(tmp_path, programs) == chosen


def test_a_named_interpreter_is_taken_as_it_is(tmp_path: Path) -> None:
    named = _chosen(tmp_path, {"python3.14": GOOD, "mine": GOOD}, PYTHON=str(tmp_path / "mine"))

    assert named == str(tmp_path / "mine")


def test_a_machine_without_python_is_told_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "rm").symlink_to("/bin/rm")
    done = subprocess.run(
        ["/bin/sh", str(ROOT / ".ci" / "venv.sh")],
        cwd=tmp_path,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "No Python 3.11 or newer on PATH" in done.stderr
    assert "apt install" in done.stderr


def test_the_help_lists_every_target() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (help .*)$", text, re.MULTILINE)
    assert phony is not None
    shown = subprocess.run(
        ["make", "--silent", "help"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert [line.split()[1] for line in shown.splitlines()] == phony[1].split()


def _pins(lines: list[str]) -> dict[str, str]:
    plain = (line.partition("#")[0].strip() for line in lines)
    return {line.partition("==")[0].lower(): line for line in plain if line}


def test_one_environment_suits_what_all_fixtures_pin() -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))[
        "dependency-groups"
    ]
    installed = _pins(groups["fixtures"])
    wanted = [
        (file.parent.name, name, pin)
        for file in sorted((ROOT / "fixtures").glob("*/requirements.txt"))
        for name, pin in _pins(file.read_text(encoding="utf-8").splitlines()).items()
    ]

    assert {fixture for fixture, _, _ in wanted} == {"clinic", "learn", "shop"}
    assert [want for want in wanted if installed.get(want[1]) != want[2]] == []
    assert set(installed) == {name for _, name, _ in wanted}
