"""What a person sees on a terminal: progress that comes and goes, then the summary."""

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import termios
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest
from command_line import COMMAND, environment, program
from rich.console import Console

from decompose.cli import terminal
from decompose.cli.progress import Progress


def on_terminal(
    *words: str, cwd: Path, size: tuple[int, int] = (24, 80), env: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """Run the command on a terminal of so many lines and columns; its exit code and all that it wrote."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, *words],
        cwd=cwd,
        env=environment({"TERM": "xterm-256color", **(env or {})}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = bytearray()
    while True:
        try:
            data = os.read(ours, 65536)
        except OSError:  # how Linux says that the other end is closed
            break
        if not data:
            break
        written += data
    os.close(ours)
    return process.wait(), written.decode()


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", text)


def test_progress_comes_and_goes_and_the_summary_stays(tmp_path: Path) -> None:
    program(tmp_path / "monolith")

    code, written = on_terminal("analyze", "monolith", "--services", "3", cwd=tmp_path)

    progress, _, summary = written.partition("analyzed in ")
    assert code == 0
    for stage in ("Finding files", "Reading files", "Linking names", "Saving"):
        assert stage in plain(progress)
        assert stage not in plain(summary)
    assert progress.count("\x1b[?25l") == progress.count("\x1b[?25h") == 1  # the cursor is back
    assert "\x1b[1m" in summary
    assert len(plain(summary).splitlines()) <= 24
    assert max(map(len, plain(summary).splitlines())) <= 80


@pytest.mark.parametrize("env", [{"TERM": "dumb"}, {"NO_COLOR": "1", "TERM": "dumb"}])
def test_a_dumb_terminal_gets_plain_text(tmp_path: Path, env: dict[str, str]) -> None:
    program(tmp_path / "monolith")

    code, written = on_terminal("analyze", "monolith", cwd=tmp_path, env=env)

    assert code == 0
    assert "\x1b" not in written
    assert "Reading files" not in written


def test_without_colours_the_progress_still_moves(tmp_path: Path) -> None:
    program(tmp_path / "monolith")

    code, written = on_terminal("analyze", "monolith", cwd=tmp_path, env={"NO_COLOR": "1"})

    assert code == 0
    assert "Reading files" in written
    assert not re.search(r"\x1b\[[\d;]*m", written)


@pytest.mark.parametrize("word", ["--quiet", "--json"])
def test_quiet_and_json_stay_what_they_are(tmp_path: Path, word: str) -> None:
    program(tmp_path / "monolith")

    _, written = on_terminal("analyze", "monolith", word, cwd=tmp_path)

    assert ("Reading files" in written) is (word == "--json")
    assert ('"services"' in written) is (word == "--json")


def test_a_mistake_is_red_where_colours_are_understood(tmp_path: Path) -> None:
    _, written = on_terminal("analyze", "absent", cwd=tmp_path)

    assert "\x1b[1;31merror:\x1b[0m absent: there is no such folder" in written


def test_progress_starts_no_thread() -> None:
    before = threading.active_count()
    with Progress(Console(file=io.StringIO(), force_terminal=True)) as progress:
        progress.begin("read", 3)
        for _ in range(3):
            progress.advance(1)
        progress.begin("link", 0)

        assert threading.active_count() == before


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, False),
        ({"FORCE_COLOR": "1", "TERM": "dumb"}, True),
    ],
)
def test_when_a_pipe_is_styled(environment: dict[str, str], *, expected: bool) -> None:
    assert terminal.has_styles(io.StringIO(), environment) is expected


def test_a_closed_stream_is_no_terminal() -> None:
    stream = io.StringIO()
    stream.close()

    assert not terminal.is_terminal(stream)
