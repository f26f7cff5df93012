"""The benchmark's own arithmetic, on commands whose cost is known."""

import sys
from pathlib import Path

import pytest

_HERE = str(Path(__file__).parent)
if _HERE not in sys.path:  # bench.py is run as a program: its neighbours are top-level modules
    sys.path.insert(0, _HERE)

from figures import Figures, Run, Size, document  # noqa: E402 - needs the path above
from measure import CommandError, Cost, measure  # noqa: E402
from parsing import parse_all  # noqa: E402
from programs import MONOLITHS, obtain, unpack  # noqa: E402

_BURN = "import time\nwhile time.process_time() < {seconds}: pass\n"
_IN_CHILD = "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {code!r}]){wait}\n"
_HOLD = """import time
held = bytearray({megabytes} << 20)
for page in range(0, len(held), 4096):
    held[page] = 1
time.sleep({seconds})
"""


def _cost(tmp_path: Path, code: str) -> Cost:
    return measure([sys.executable, "-c", code], output=tmp_path / "out")


@pytest.mark.parametrize("wait", [".wait()", ""], ids=["awaited", "outliving its parent"])
def test_cpu_of_a_grandchild_is_counted(tmp_path: Path, wait: str) -> None:
    if not wait and sys.platform != "linux":
        pytest.skip("only Linux lets a process adopt its orphaned grandchildren")
    code = _IN_CHILD.format(code=_BURN.format(seconds=0.4), wait=wait)

    assert 0.4 <= _cost(tmp_path, code).cpu < 2


def test_sleeping_costs_wall_and_no_cpu(tmp_path: Path) -> None:
    cost = _cost(tmp_path, "import time; time.sleep(0.5)")

    assert cost.wall >= 0.5
    assert cost.cpu < 0.3


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_memory_is_the_sum_over_the_processes_of_one_moment(tmp_path: Path) -> None:
    child = _HOLD.format(megabytes=60, seconds=1)
    code = _IN_CHILD.format(code=child, wait="") + _HOLD.format(megabytes=60, seconds=1)

    assert 120 << 20 <= _cost(tmp_path, code).peak_memory < 200 << 20


def test_standard_output_goes_to_the_file(tmp_path: Path) -> None:
    _cost(tmp_path, "print('what it said')")

    assert (tmp_path / "out").read_text() == "what it said\n"


def test_a_failing_command_has_no_figures(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="exited 3"):
        _cost(tmp_path, "raise SystemExit(3)")


def test_a_file_that_cannot_be_parsed_is_counted_and_not_fatal(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.py", tmp_path / "bad.py"
    good.write_text("def f():\n    return 1\n")
    bad.write_text("def (\n")

    assert parse_all([good, bad])[1:] == (3, 1)


def test_a_wheel_with_other_bytes_is_refused(tmp_path: Path) -> None:
    pinned = MONOLITHS[0]
    (tmp_path / pinned.pattern.replace("*", "py3-none-any")).write_bytes(b"something else")

    with pytest.raises(SystemExit, match="pinned is"):
        obtain(pinned, tmp_path)


def test_unpacking_replaces_what_was_there(tmp_path: Path) -> None:
    import zipfile  # noqa: PLC0415 - used by this one test

    wheel, folder = tmp_path / "a.whl", tmp_path / "tree"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pkg/__init__.py", "")
    (folder / "old").mkdir(parents=True)

    unpack(wheel, folder)

    assert sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*")) == [
        "pkg",
        "pkg/__init__.py",
    ]


def _run(cpu: float, **stages: float) -> Run:
    return Run(Cost(cpu=cpu, wall=cpu, peak_memory=1_000_000_000, memory_kind="PSS"), stages)


def _figures(monolith: str, *, cold: tuple[float, ...]) -> Figures:
    return Figures(
        monolith=monolith,
        lines=1000,
        files=10,
        parse=[2.0, 9.0, 1.0],
        runs={
            "cold": [_run(cpu, extract=cpu / 2) for cpu in cold],
            "warm": [_run(1.0, extract=0.5)],
            "one file changed": [_run(2.0, extract=0.5)],
        },
        size=Size(nodes=5, edges=6, unresolved=0.125),
    )


def test_the_table_gives_each_stage_in_multiples_of_the_median_parse() -> None:
    page = document([_figures("shop 1", cold=(8.0, 20.0, 4.0))], version="1", command="make bench")

    assert "| shop 1 | 1,000 | 10 | 2.00 | 4.00 | 0.50 | 1.00 | 0.12 | 0.25 | 8.0 | 1.0 |" in page
    assert (
        "| extract | 2.00 |\n| start-up and the rest | 2.00 |\n| **whole run** | **4.00** |" in page
    )


@pytest.mark.parametrize(
    ("cold", "verdict"), [(13.0, "**missed**"), (12.0, "reached"), (6.0, "end goal reached")]
)
def test_a_missed_figure_is_called_missed(cold: float, verdict: str) -> None:
    page = document([_figures("homeassistant 1", cold=(cold,))], version="1", command="make bench")

    assert f"| cold, × ast.parse | ≤ 6 | ≤ 3 | {cold / 2:.2f} | {verdict} |" in page
