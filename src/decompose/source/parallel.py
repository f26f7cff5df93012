"""How is one function applied to thousands of files on all cores, whatever happens to a worker?

Workers are plain processes with a pipe each: a chunk of items goes in, encoded bytes come out,
and are handed on in the order of the items. A worker that dies (killed, out of memory, a crash of
the interpreter) takes nothing with it: the items of its chunk are tried one by one, each in a
process of its own, and only an item that kills again is given up, as `Lost`. An exception in the
work itself is a bug, and is raised here as it would be without processes.
"""

import contextlib
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import traceback
import types
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

Item = TypeVar("Item")

_FEW = 32  # items; below it a process costs more than it saves
_CHUNKS_A_WORKER = 12  # the more, the evener the load; the fewer, the less overhead
_LARGEST_CHUNK = 256
_ORPHAN_CHECK = 1.0  # seconds between a waiting worker's looks at whether its parent lives
_GRACE = 2.0  # seconds that a worker has to end when told to


@dataclass(frozen=True, slots=True)
class Lost:
    """Stands for the result of an item that killed every process it was given to."""

    reason: str


def available_cores() -> int:
    """Count the cores that this process may use, threads of one core as one.

    Two threads of a core that both parse take half as much again of CPU time, and are hardly sooner done than one.
    A virtual machine hides which of its processors are threads of one core; most rent them out in pairs.
    """
    if not hasattr(os, "sched_getaffinity"):
        return os.cpu_count() or 1
    usable = os.sched_getaffinity(0)
    cores = {_siblings(each) for each in usable}
    paired = len(cores) == len(usable) and _is_virtual()
    return (len(cores) + 1) // 2 if paired else len(cores)


def _siblings(processor: int) -> str:
    """The processors that are threads of the same core, as the system writes them; itself where it does not say."""
    place = Path(f"/sys/devices/system/cpu/cpu{processor}/topology/thread_siblings_list")
    try:
        return place.read_text()
    except OSError:
        return str(processor)


def _is_virtual() -> bool:
    try:
        return " hypervisor" in Path("/proc/cpuinfo").read_text()
    except OSError:
        return False


def run(
    work: Callable[[Item], bytes],
    items: Sequence[Item],
    *,
    jobs: int,
    done: Callable[[int], None],
    weigh: Callable[[Item], int] = lambda _item: 1,
) -> Iterator[bytes | Lost]:
    """Apply `work` to each item and yield what it gives, in the order of the items.

    `work` is a function of a module, `jobs` the number of processes (1: none but this; 0: one a
    core, beside this one), `done` is told how many items were finished since it was last told, `weigh` says how much
    work an item is (a file's size), so that chunks are even. Ctrl-C ends the processes at once.
    """
    workers = jobs or available_cores()
    if jobs == 1 or len(items) < _FEW:
        yield from _run_here(work, items, done)
        return
    chunks = _chunks([weigh(item) for item in items], workers)
    with _Pool(work, items, min(workers, len(chunks))) as pool:
        yield from pool.results(chunks, done)


def _run_here(
    work: Callable[[Item], bytes], items: Sequence[Item], done: Callable[[int], None]
) -> Iterator[bytes]:
    for item in items:
        result = work(item)
        done(1)
        yield result


def _chunks(weights: Sequence[int], workers: int) -> list[range]:
    """Cut the items into runs of about the same weight."""
    target = sum(weights) / (workers * _CHUNKS_A_WORKER)
    chunks = []
    start, weight = 0, 0
    for index, one in enumerate(weights):
        weight += one
        if weight >= target or index + 1 - start >= _LARGEST_CHUNK:
            chunks.append(range(start, index + 1))
            start, weight = index + 1, 0
    if start < len(weights):
        chunks.append(range(start, len(weights)))
    return chunks


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    connection: "Connection[Any, Any]"
    chunk: range = range(0)
    is_fresh: bool = True


class _Pool(Generic[Item]):
    def __init__(self, work: Callable[[Item], bytes], items: Sequence[Item], size: int) -> None:
        self._work = work
        self._items = items
        self._size = size
        self._workers: dict[Connection[Any, Any], _Worker] = {}
        self._waiting: deque[range] = deque()
        self._results: dict[int, bytes | Lost] = {}

    def __enter__(self) -> "_Pool[Item]":
        return self

    def __exit__(self, kind: object, error: object, at: object) -> None:
        """End all workers: at once where something went wrong, by themselves otherwise."""
        workers = list(self._workers.values())
        for worker in workers:
            if kind is None:
                _dismiss(worker)
            else:
                worker.process.terminate()
        for worker in workers:
            _await_end(worker)

    def results(
        self, chunks: Sequence[range], done: Callable[[int], None]
    ) -> Iterator[bytes | Lost]:
        """Keep every worker busy and yield the results as their turn comes."""
        self._waiting.extend(chunks)
        for _ in range(self._size):
            self._start_worker()
        following = 0
        while following < len(self._items):
            self._hand_out()
            for connection in wait(list(self._workers)):
                done(self._take_in(self._workers[cast("Connection[Any, Any]", connection)]))
            self._hand_out()
            while following in self._results:
                yield self._results.pop(following)
                following += 1

    def _hand_out(self) -> None:
        for worker in list(self._workers.values()):
            if not worker.chunk and self._waiting:
                self._give(worker, self._waiting.popleft())

    def _give(self, worker: _Worker, chunk: range) -> None:
        if len(chunk) == 1 and not worker.is_fresh:  # perhaps a killer: nothing else is to suffer
            self._stop(worker)
            worker = self._start_worker()
        worker.chunk = chunk
        worker.is_fresh = False
        with contextlib.suppress(OSError):  # it died while idle: its pipe will say so
            worker.connection.send([self._items[index] for index in chunk])

    def _take_in(self, worker: _Worker) -> int:
        """Receive the results of a chunk, and count the items that are finished by it."""
        chunk = worker.chunk
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            return self._bury(worker)
        if isinstance(answer, BaseException):
            raise answer
        worker.chunk = range(0)
        self._results.update(zip(chunk, answer, strict=True))
        return len(chunk)

    def _bury(self, worker: _Worker) -> int:
        """Replace a dead worker; its items are tried one by one, a single one is given up."""
        chunk = worker.chunk
        self._stop(worker)
        self._start_worker()
        if len(chunk) == 1:
            self._results[chunk[0]] = Lost(_cause_of_death(worker.process.exitcode))
            return 1
        self._waiting.extendleft(range(index, index + 1) for index in reversed(chunk))
        return 0

    def _stop(self, worker: _Worker) -> None:
        del self._workers[worker.connection]
        _dismiss(worker)
        _await_end(worker)

    def _start_worker(self) -> _Worker:
        process, connection = _start(self._work)
        worker = _Worker(process, connection)
        self._workers[connection] = worker
        return worker


def _dismiss(worker: _Worker) -> None:
    """Tell an idle worker to end: a closed pipe would not, for its siblings hold copies of it."""
    with contextlib.suppress(OSError):
        worker.connection.send(None)


def _await_end(worker: _Worker) -> None:
    worker.process.join(_GRACE)
    if worker.process.is_alive():
        worker.process.kill()
        worker.process.join()
    worker.connection.close()


def _cause_of_death(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        with contextlib.suppress(ValueError):
            return f"the process was ended by {signal.Signals(-exit_code).name}"
    if exit_code == _OUT_OF_MEMORY:
        return "the process ran out of memory"
    return f"the process ended with code {exit_code}"


_OUT_OF_MEMORY = 83  # an exit code of our own choice


def _start(work: Callable[[Any], bytes]) -> tuple[BaseProcess, "Connection[Any, Any]"]:
    method = _start_method()
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload([work.__module__])
    ours, theirs = context.Pipe()
    new = cast("Callable[..., BaseProcess]", vars(type(context))["Process"])
    process = new(target=_serve, args=(theirs, work), daemon=True)
    with _signals_held(), _main_hidden(work):
        process.start()
    theirs.close()
    return process, ours


def _start_method() -> str:
    """Fork where it is safe, for it costs least: on Linux, while no other thread runs.

    Another thread (a progress bar's, a numeric library's) may hold a lock that the child would wait
    for for ever; Python 3.12 and later warn of it.
    """
    methods = multiprocessing.get_all_start_methods()
    if sys.platform == "linux" and "fork" in methods and _threads() == 1:
        return "fork"
    return "forkserver" if "forkserver" in methods else "spawn"


def _threads() -> int:
    """Count the threads that the system sees, also those that Python knows nothing of."""
    try:
        return len(os.listdir("/proc/self/task"))  # noqa: PTH208  (names are counted, not used)
    except OSError:
        return 2


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Let a Ctrl-C wait until the child is there to be ended and has stopped listening to it.

    A request to end waits too: what it raises would be lost among the callbacks that a fork runs.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _main_hidden(work: Callable[[Any], bytes]) -> Iterator[None]:
    """Keep a child that does not fork from importing the main script, as it otherwise would.

    That costs the import of a whole command line, and runs a script that lacks the main guard.
    """
    main = sys.modules["__main__"]
    if work.__module__ == "__main__":
        yield
        return
    sys.modules["__main__"] = types.ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _serve(connection: "Connection[Any, Any]", work: Callable[[Any], bytes]) -> None:
    """Be a worker: answer chunks until told to end, or until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends us
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})  # by this, held until now
    parent = os.getppid()
    gc.freeze()  # what was inherited stays; leaving it alone also keeps its memory shared
    gc.disable()  # syntax trees hold no cycles, and collections would cost a fifth of the parsing
    with contextlib.suppress(EOFError, OSError):
        while True:
            while not connection.poll(_ORPHAN_CHECK):
                if os.getppid() != parent:
                    return
            if (items := connection.recv()) is None:
                return
            connection.send(_answer(work, items))
            gc.collect()


def _answer(work: Callable[[Any], bytes], items: Sequence[Any]) -> list[bytes] | BaseException:
    try:
        return [work(item) for item in items]
    except MemoryError:
        os._exit(_OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001  (whatever it is, it is raised again in the parent)
        return _portable(error)


def _portable(error: Exception) -> Exception:
    """Make an exception that survives the pipe, with the traceback of this side as a note."""
    text = "".join(traceback.format_exception(error))
    try:
        copy = pickle.loads(pickle.dumps(error))  # noqa: S301  (our own, made a moment ago)
    except Exception:  # noqa: BLE001  (anything may go wrong in a stranger's exception class)
        copy = RuntimeError(f"{type(error).__name__}: {error}")
    copy.add_note(f"in a worker process:\n{text}")
    return copy if isinstance(copy, Exception) else RuntimeError(str(copy))
