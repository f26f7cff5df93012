"""However a run ends, nothing is half-written and nobody is left behind."""

import json
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import COMMAND, decompose, environment, files, program, started

MANY = 150  # files, enough for worker processes
LINES = 400


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program that takes seconds to read."""
    root = tmp_path_factory.mktemp("large") / "monolith"
    body = "".join(
        f"def function_{number}(a, b):\n    return [a.get(b, {number}) for b in range(a.x + b)]\n"
        for number in range(LINES)
    )
    root.mkdir()
    for number in range(MANY):
        (root / f"module_{number}.py").write_text(f"VALUE = {number}\n{body}")
    return root


def run(root: Path, place: Path) -> subprocess.Popen[bytes]:
    """Start a run in a process group of its own, with its output and cache in `place`."""
    words = ["analyze", root, "--out", place / "out", "--cache-dir", place / "cache", "--jobs", "2"]
    return subprocess.Popen(
        [*COMMAND, *map(str, words)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=_listen,  # noqa: PLW1509  (a test runner started in the background ignores Ctrl-C)
    )


def _listen() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def until(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children(process: subprocess.Popen[bytes]) -> set[int]:
    """The processes of its group besides itself. Linux only: what /proc says."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == process.pid and int(stat.parent.name) != process.pid:
            found.add(int(stat.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
@pytest.mark.parametrize(
    ("number", "code", "message"),
    [
        (signal.SIGINT, 130, b"interrupted; what was there before is as it was\n"),
        (signal.SIGTERM, 143, b""),
    ],
)
def test_a_run_that_is_stopped_leaves_no_output_and_no_process(
    large: Path, tmp_path: Path, number: signal.Signals, code: int, message: bytes
) -> None:
    process = run(large, tmp_path)
    until(lambda: len(children(process)) >= 2, process)
    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=60)

    assert (process.returncode, out, err) == (code, b"", message)
    assert not (tmp_path / "out").exists()
    assert not children(process)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at /proc")
def test_a_stopped_run_leaves_the_outputs_of_the_one_before(large: Path, tmp_path: Path) -> None:
    small = program(tmp_path / "small")
    decompose("analyze", small, "--out", "out", "--no-cache", cwd=tmp_path)
    before = files(tmp_path / "out")

    process = run(large, tmp_path)
    until(lambda: bool(children(process)), process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert process.returncode == 130
    assert files(tmp_path / "out") == before


@pytest.mark.parametrize("wait", [0.1, 0.2, 0.3, 0.4, 0.6])
def test_ctrl_c_while_libraries_load_is_not_lost(large: Path, tmp_path: Path, wait: float) -> None:
    process = run(large, tmp_path)
    until(lambda: _catches_interrupts(process.pid), process)
    time.sleep(wait)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)

    assert process.returncode == 130
    assert err == b"interrupted; what was there before is as it was\n"


def _catches_interrupts(pid: int) -> bool:
    """Is the command's own handler of SIGTERM in place? It is set as the first thing."""
    found = re.search(r"^SigCgt:\s*(\w+)$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return found is not None and bool(int(found[1], 16) & 1 << (signal.SIGTERM - 1))


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_mistake(tmp_path: Path, unbuffered: str) -> None:
    root = program(tmp_path / "monolith")
    lines = (f"def a_function_with_a_long_name_{number}():\n    pass\n" for number in range(3000))
    (root / "app" / "long.py").write_text("".join(lines))
    decompose("analyze", root, "--out", "out", cwd=tmp_path)
    process = subprocess.Popen(
        [*COMMAND, "export", "callgraph", "--from", "out"],
        cwd=tmp_path,
        env=environment({"PYTHONUNBUFFERED": unbuffered}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.read(1) == b"{"
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()

    assert (process.wait(timeout=60), err) == (141, b"")


def test_a_slow_reader_gets_everything(tmp_path: Path) -> None:
    root = program(tmp_path / "monolith")
    lines = (f"def a_function_with_a_long_name_{number}():\n    pass\n" for number in range(3000))
    (root / "app" / "long.py").write_text("".join(lines))
    decompose("analyze", root, "--out", "out", cwd=tmp_path)

    done = started(
        "export", "callgraph", "--from", "out", cwd=tmp_path, env={"PYTHONUNBUFFERED": "1"}
    )

    assert len(done.out) > 1 << 17
    assert len(json.loads(done.out)) > 3000


def test_a_full_disk_is_a_message(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    root = program(tmp_path / "monolith", ["orders"])
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "analyze", str(root), "--json", "--out", str(tmp_path / "out")],
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert done.returncode == 2
    assert done.stderr.startswith(b"error: No space left on device")


def powerless(*words: str | Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the command so that permissions hold for it, also where we are root."""
    setpriv = shutil.which("setpriv")
    if os.geteuid() == 0 and setpriv is None:
        pytest.skip("root may do everything, and setpriv is missing")
    drop = [setpriv, "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    return subprocess.run(
        [*map(str, drop), *COMMAND, *map(str, words)],
        cwd=home,
        env=environment({"HOME": str(home), "XDG_CACHE_HOME": ""}),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Path]:
    """A program that may be read and not written."""
    root = program(tmp_path / "monolith")
    folders = [root, *(path for path in root.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    yield root
    for path in folders:
        path.chmod(0o755)


def test_a_read_only_tree_is_analyzed_with_the_cache_in_the_users_folder(
    sealed: Path, tmp_path: Path
) -> None:
    done = powerless("analyze", sealed, "--out", tmp_path / "out", home=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert "Problems" not in done.stdout
    assert (tmp_path / "out" / "report.html").is_file()
    assert list((tmp_path / ".cache" / "decompose").glob("*/cache.sqlite"))
    assert not (sealed / ".decompose_cache").exists()


def test_an_output_folder_that_may_not_be_written_is_told_before_anything_is_read(
    sealed: Path,
    tmp_path: Path,
) -> None:

    done = powerless("analyze", sealed, "--out", sealed / "out", home=tmp_path)

    assert (done.returncode, done.stdout) == (2, "")
    assert f"{sealed}/out: the output folder may not be written" in done.stderr


def test_a_file_that_may_not_be_read_is_a_problem_and_no_more(sealed: Path, tmp_path: Path) -> None:
    (sealed / "app" / "orders" / "logic.py").chmod(0)
    done = powerless("analyze", sealed, "--out", tmp_path / "out", home=tmp_path)

    assert done.returncode == 0
    assert "app/orders/logic.py: the file cannot be read" in done.stdout
