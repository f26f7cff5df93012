"""Results come in the order of the items, whatever happens to the processes."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from decompose.source import parallel
from decompose.source.parallel import Lost, run

WORKERS = Path(__file__).parent / "workers.py"


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Functions of an importable module, as processes need them."""
    monkeypatch.syspath_prepend(str(WORKERS.parent))
    import workers  # noqa: PLC0415  (importable only now)

    yield workers
    sys.modules.pop("workers", None)


def ignore(_count: int) -> None:
    """Take no notice of progress."""


@pytest.mark.parametrize(
    ("jobs", "method"), [(1, "fork"), (2, "fork"), (3, "fork"), (2, "forkserver"), (2, "spawn")]
)
def test_results_come_in_the_order_of_the_items(
    workers: object, monkeypatch: pytest.MonkeyPatch, jobs: int, method: str
) -> None:
    monkeypatch.setattr(parallel, "_start_method", lambda: method)
    items = list(range(200))
    told: list[int] = []
    results = list(run(workers.square, items, jobs=jobs, done=told.append))  # type: ignore[attr-defined]
    assert results == [str(item * item).encode() for item in items]
    assert sum(told) == len(items)


@pytest.mark.parametrize(
    ("siblings", "is_virtual", "cores"),
    [("0123", False, 4), ("0011", False, 2), ("0011", True, 2), ("0123", True, 2), ("0", True, 1)],
)
def test_threads_of_a_core_count_as_one(
    *, monkeypatch: pytest.MonkeyPatch, siblings: str, is_virtual: bool, cores: int
) -> None:
    usable = range(len(siblings))
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(usable), raising=False)
    monkeypatch.setattr(parallel, "_siblings", lambda each: siblings[each])
    monkeypatch.setattr(parallel, "_is_virtual", lambda: is_virtual)
    assert parallel.available_cores() == cores


def test_one_core_is_worked_on_by_one_process_beside_this(
    workers: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "available_cores", lambda: 1)
    pids = set(run(workers.process, range(200), jobs=0, done=ignore))  # type: ignore[attr-defined]
    assert len(pids) == 1
    assert str(os.getpid()).encode() not in pids


def test_nothing_to_do_starts_nothing(workers: object) -> None:
    assert list(run(workers.square, [], jobs=4, done=ignore)) == []  # type: ignore[attr-defined]


def test_a_few_items_are_done_here(workers: object) -> None:
    pids = set(run(workers.process, range(5), jobs=4, done=ignore))  # type: ignore[attr-defined]
    assert pids == {str(os.getpid()).encode()}


def test_many_items_are_done_elsewhere(workers: object) -> None:
    pids = set(run(workers.process, range(200), jobs=2, done=ignore))  # type: ignore[attr-defined]
    assert str(os.getpid()).encode() not in pids
    assert 1 <= len(pids) <= 2


def test_chunks_are_even_by_weight() -> None:
    weights = [1000, *[1] * 1000, 1000]
    chunks = parallel._chunks(weights, 2)  # noqa: SLF001  (results do not show how they were cut)
    assert [index for chunk in chunks for index in chunk] == list(range(len(weights)))
    assert max(len(chunk) for chunk in chunks) <= 256
    assert chunks[0] == range(1)


def test_an_item_that_kills_its_process_is_lost_alone(workers: object) -> None:
    results = list(run(workers.die_at_77, range(200), jobs=2, done=ignore))  # type: ignore[attr-defined]
    assert [index for index, result in enumerate(results) if isinstance(result, Lost)] == [77]
    assert results[77] == Lost("the process was ended by SIGKILL")
    assert results[78] == b"78"


def test_a_process_killed_from_outside_costs_nothing(workers: object, tmp_path: Path) -> None:
    once = tmp_path / "killed"
    items = [(number, str(once)) for number in range(200)]
    told: list[int] = []
    results = list(run(workers.die_once, items, jobs=2, done=told.append))  # type: ignore[attr-defined]
    assert once.exists()
    assert results == [str(number).encode() for number in range(200)]
    assert sum(told) == 200


def test_an_item_that_exhausts_memory_is_lost_alone(workers: object) -> None:
    results = list(run(workers.exhaust_at_5, range(100), jobs=2, done=ignore))  # type: ignore[attr-defined]
    assert results[5] == Lost("the process ran out of memory")
    assert results.count(b"fine") == 99


def test_a_bug_in_the_work_is_raised_here(workers: object) -> None:
    with pytest.raises(KeyError, match="item 42") as caught:
        list(run(workers.fail_at_42, range(200), jobs=2, done=ignore))  # type: ignore[attr-defined]
    assert "in a worker process" in caught.value.__notes__[0]
    assert "fail_at_42" in caught.value.__notes__[0]
    assert multiprocessing.active_children() == []


def test_whoever_stops_listening_leaves_no_process(workers: object) -> None:
    results = run(workers.square, range(500), jobs=2, done=ignore)  # type: ignore[attr-defined]
    assert next(results) == b"0"
    results.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_beside_other_threads_processes_are_not_forked(workers: object) -> None:
    """A fork would copy locks that the other thread holds; newer Pythons warn, which fails here."""
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert parallel._start_method() != "fork"  # noqa: SLF001  (the results are the same)
        results = list(run(workers.square, range(100), jobs=2, done=ignore))  # type: ignore[attr-defined]
    finally:
        stop.set()
        thread.join()
    assert results[9] == b"81"


_INTERRUPTED = """
import sys
sys.path.insert(0, sys.argv[1])
import workers
from decompose.source.parallel import run
if __name__ == "__main__":
    try:
        for _ in run(workers.sleep, range(100), jobs=2, done=lambda count: None):
            pass
    except KeyboardInterrupt:
        print("interrupted")
"""


@pytest.mark.parametrize("method", ["fork", "forkserver"])
def test_ctrl_c_ends_all_processes_at_once(tmp_path: Path, method: str) -> None:
    script = tmp_path / "script.py"
    forced = "from decompose.source import parallel\nparallel._start_method = lambda: {!r}\n"
    script.write_text(forced.format(method) + _INTERRUPTED)
    process = subprocess.Popen(
        [sys.executable, str(script), str(WORKERS.parent)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(2.0)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does it: to everyone
    start = time.monotonic()
    out, err = process.communicate(timeout=20)
    assert time.monotonic() - start < 5
    assert (out, err) == ("interrupted\n", "")
    assert not _group_lives(process.pid)


def _group_lives(group: int) -> bool:
    """Whether a process of the group is left, a moment for the last ones granted."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.1)
    return True


def test_workers_end_when_their_parent_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(_INTERRUPTED.replace("workers.sleep", "workers.nap"))
    process = subprocess.Popen(
        [sys.executable, str(script), str(WORKERS.parent)], start_new_session=True
    )
    time.sleep(1.5)
    process.kill()
    process.wait()
    assert not _group_lives(process.pid)
