"""Whatever the interpreter, the same calls are seen; and the program does what it does without us."""

import ast
import json
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import jsonschema
import pytest
from recorded_programs import COMMAND, Seen, interpreters, record, write

from decompose import evidence
from decompose.record import run

PYTHONS = pytest.mark.parametrize(
    "python", interpreters(), ids=lambda path: Path(path).resolve().name
)
FOLDER = Path(run.__code__.co_filename).parent

CALLS = {
    "a written call": (
        "def f(): g()\ndef g(): pass\nf(); f()",
        ["main.<module>:3 call main.f 2", "main.f:1 call main.g 2"],
    ),
    "recursion": (
        "def f(n): return n and f(n - 1)\nf(3)",
        ["main.<module>:2 call main.f 1", "main.f:1 call main.f 3"],
    ),
    "a count beyond a thousand": (
        "def f(): pass\nfor _ in range(2500):\n    f()",
        ["main.<module>:3 call main.f 1000"],
    ),
    "a wrapper and what it wraps": (
        "def deco(f):\n    def wrapper():\n        return f()\n    return wrapper\n@deco\ndef g(): pass\ng()",
        [
            "main.<module>:DECORATOR decorator main.deco 1",
            "main.<module>:7 call main.deco.<locals>.wrapper 1",
            "main.deco.<locals>.wrapper:3 call main.g 1",
        ],
    ),
    "a generator that is resumed": (
        "def g():\n    yield 1\n    yield 2\nfor _ in g():\n    pass",
        ["main.<module>:4 iteration main.g 1"],
    ),
    "a generator that an exception is thrown into": (
        "def g():\n    try:\n        yield\n    except KeyError:\n        yield\nx = g()\nnext(x)\nx.throw(KeyError())",
        ["main.<module>:7 call main.g 1"],
    ),
    "coroutines": (
        (
            "import asyncio\nasync def f():\n    await asyncio.sleep(0)\n"
            "async def g():\n    await f()\n    await f()\nasyncio.run(g())"
        ),
        [
            "main.<module>:7 call main.g 1 through asyncio",
            "main.g:5 call main.f 1",
            "main.g:6 call main.f 1",
        ],
    ),
    "a comprehension is part of the code around it": (
        "def g(x): return x\ndef f(): return [g(x) for x in (1, 2)]\nf()",
        ["main.<module>:3 call main.f 1", "main.f:2 call main.g 2"],
    ),
    "a lambda": (
        "def g(): pass\nh = lambda: g()\nh()",
        ["main.<module>:3 call main.<lambda> 1", "main.<lambda>:2 call main.g 1"],
    ),
    "a class's text": (
        "def g(): pass\nclass A:\n    g()",
        ["main.<module>:2 definition main.A 1", "main.A:3 call main.g 1"],
    ),
    "what is written without a call": (
        (
            "class A:\n"
            "    @property\n    def p(self): pass\n"
            "    def __len__(self): return 1\n"
            "    def __add__(self, other): return self\n"
            "    def __iter__(self): return iter(())\n"
            "x = A()\nx.p\nlen(x)\nx + x\nset(x)\nfor _ in x: pass"
        ),
        [
            "main.<module>:1 definition main.A 1",
            "main.<module>:8 property main.A.p 1",
            "main.<module>:9 dunder main.A.__len__ 1",
            "main.<module>:10 operator main.A.__add__ 1",
            "main.<module>:11 iteration main.A.__iter__ 1",
            "main.<module>:12 iteration main.A.__iter__ 1",
        ],
    ),
    "a library between": (
        "import json\ndef hook(d): return d\njson.loads('{}', object_hook=hook)",
        ["main.<module>:3 call main.hook 1 through json"],
    ),
    "a dataclass's own __init__ is no library": (
        "import dataclasses\n@dataclasses.dataclass\nclass A:\n    x: int\n    def __post_init__(self): pass\nA(1)",
        [
            "main.<module>:3 definition main.A 1",
            "main.<module>:6 call main.A.__post_init__ 1",
        ],
    ),
    "functions made twice are one": (
        "def make():\n    def f(): pass\n    return f\nfor _ in '12':\n    make()()",
        ["main.<module>:5 call main.make 2", "main.<module>:5 call main.make.<locals>.f 2"],
    ),
}


@pytest.fixture(scope="module")
def seen_by(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Seen]:
    """All cases at once, by each interpreter: each is a module, which a main program runs."""

    @cache
    def run_by(python: str) -> Seen:
        folder = tmp_path_factory.mktemp("cases") / "program"
        files = {f"case_{number}.py": text for number, (text, _) in enumerate(CALLS.values())}
        write(folder, {**files, "main.py": "".join(f"import {name[:-3]}\n" for name in files)})
        return record(folder, [python, "main.py"])

    return run_by


@PYTHONS
@pytest.mark.parametrize("case", CALLS)
def test_calls_are_seen(case: str, python: str, seen_by: Callable[[str], Seen]) -> None:
    seen = seen_by(python)
    assert seen.code == 0, seen.err
    name = f"case_{list(CALLS).index(case)}."
    told = [each for each in seen.calls() if each.startswith(name)]
    line = "6" if minor_of(seen) < 11 else "5"  # the line of the definition, before 3.11
    expected = [each.replace("DECORATOR", line).replace("main.", name) for each in CALLS[case][1]]
    assert sorted(told) == sorted(expected)


def minor_of(seen: Seen) -> int:
    return int(seen.trace["pythons"][0].split(".")[1])


WAYS_TO_START = {
    "fork": "import multiprocessing as m\nm.set_start_method('fork')\n",
    "spawn": "import multiprocessing as m\nm.set_start_method('spawn')\n",
}


@PYTHONS
@pytest.mark.parametrize("way", WAYS_TO_START)
def test_processes_of_a_pool_are_watched_though_they_are_killed(
    way: str, python: str, tmp_path: Path
) -> None:
    main = f"from work import job\nif __name__ == '__main__':\n    {WAYS_TO_START[way].replace(chr(10), '; ')}\n"
    main += "    with m.Pool(2) as pool:\n        pool.map(job, range(5))\n"
    files = {
        "work.py": "def job(n):\n    return leaf(n)\ndef leaf(n):\n    return n\n",
        "main.py": main,
    }
    write(tmp_path / "program", files)
    seen = record(tmp_path / "program", [python, "main.py"])
    assert "work.job:2 call work.leaf 5" in seen.calls(), seen.err


@PYTHONS
def test_threads_are_watched(python: str, tmp_path: Path) -> None:
    text = "import threading\ndef f():\n    for _ in range(200): g()\ndef g(): pass\n"
    text += "ts = [threading.Thread(target=f) for _ in '1234']\n[t.start() for t in ts]\n[t.join() for t in ts]\n"
    write(tmp_path / "program", {"main.py": text})
    seen = record(tmp_path / "program", [python, "main.py"])
    assert "main.f:3 call main.g 800" in seen.calls()
    assert seen.roots()["main.f"] == 4


ENDINGS = {
    "import sys; sys.exit(7)": 7,
    "raise ValueError": 1,
    "import os; os._exit(9)": 9,
    "import os, signal; os.kill(os.getpid(), signal.SIGKILL)": 128 + signal.SIGKILL,
    "import os, signal; os.kill(os.getpid(), signal.SIGTERM)": 128 + signal.SIGTERM,
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_exit_codes_are_the_command_s_and_what_was_noted_is_kept(
    ending: str, tmp_path: Path
) -> None:
    write(tmp_path / "program", {"main.py": f"def f(): pass\nfor _ in range(50): f()\n{ending}\n"})
    seen = record(tmp_path / "program", [sys.executable, "main.py"])
    assert (seen.code, seen.trace["exit_code"]) == (ENDINGS[ending],) * 2
    assert seen.calls() == ["main.<module>:2 call main.f 50"]


def test_a_termination_is_handed_on(tmp_path: Path) -> None:
    text = (
        "import signal, sys, time\ndef end(*_): sys.exit(5)\nsignal.signal(signal.SIGTERM, end)\n"
    )
    text += "print('ready', flush=True)\nfor _ in range(600): time.sleep(0.1)\n"
    write(tmp_path / "program", {"main.py": text})
    words = [
        *COMMAND,
        "-o",
        "../t.json",
        "--",
        sys.executable,
        "main.py",
    ]
    with subprocess.Popen(words, cwd=tmp_path / "program", stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        child.terminate()
        assert child.wait(timeout=60) == 5
    assert json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))["exit_code"] == 5


def test_output_is_the_command_s_alone(tmp_path: Path) -> None:
    write(tmp_path / "program", {"main.py": "import sys\nprint(sys.stdin.read(), sys.argv[1:])\n"})
    seen = record(tmp_path / "program", [sys.executable, "main.py", "-q", "--out", "x"])
    assert seen.out == " ['-q', '--out', 'x']\n"


@PYTHONS
def test_a_sitecustomize_of_theirs_is_run(python: str, tmp_path: Path) -> None:
    files = {
        "main.py": "import sitecustomize, sys\nprint(sitecustomize.MARK, [p for p in sys.path if 'hook' in p])\n",
        "own/sitecustomize.py": "MARK = 'theirs'\n",
    }
    write(tmp_path / "program", files)
    seen = record(tmp_path / "program", [python, "main.py"], PYTHONPATH="own")
    assert seen.out == "theirs []\n"


@PYTHONS
def test_pythons_that_keep_us_out_are_told(python: str, tmp_path: Path) -> None:
    text = "import subprocess, sys\nfor more in (['-I'], ['-sS'], ['-OE'], []):\n"
    text += "    subprocess.run([sys.executable, *more, '-c', 'pass'], env=None if more else {})\n"
    write(tmp_path / "program", {"main.py": text})
    seen = record(tmp_path / "program", [python, "main.py"])
    assert sorted(each["reason"] for each in seen.trace["unrecorded"]) == [
        "-E",
        "-I",
        "-S",
        "environment",
    ]
    assert "not recorded (-I)" in seen.err


def test_tests_are_roots_and_no_callers(tmp_path: Path) -> None:
    files = {
        "app.py": "def f(): g()\ndef g(): pass\n",
        "tests/__init__.py": "",
        "tests/helpers.py": "import unittest\nfrom app import f\ndef help(): f()\n",
        "tests/test_app.py": "import unittest\nfrom tests.helpers import help\n"
        "class TestApp(unittest.TestCase):\n    def test(self): help()\n",
    }
    write(tmp_path / "program", files)
    seen = record(tmp_path / "program", [sys.executable, "-m", "unittest", "tests.test_app"])
    assert seen.calls() == ["app.f:1 call app.g 1"]
    assert seen.roots() == {"app.<module>": 1, "app.f": 1}


def test_what_is_installed_below_the_root_is_a_library(tmp_path: Path) -> None:
    files = {
        "main.py": "import sys\nsys.path.append('env/lib/site-packages')\nimport lib\ndef f(): pass\nlib.call(f)\n",
        "env/lib/site-packages/lib.py": "def call(f): f()\n",
    }
    write(tmp_path / "program", files)
    seen = record(tmp_path / "program", [sys.executable, "main.py"])
    assert seen.calls() == ["main.<module>:5 call main.f 1 through lib"]


def test_lines_that_ran_are_noted_where_the_interpreter_can(tmp_path: Path) -> None:
    newest = interpreters()[-1]
    write(
        tmp_path / "program",
        {"main.py": "def f(x):\n    if x:\n        return 1\n    return 2\nf(0)\n"},
    )
    seen = record(tmp_path / "program", [newest, "main.py"])
    lines = seen.trace["files"]["lines"]
    assert lines == ([[1, 2, 4, 5]] if minor_of(seen) >= 12 else [None])


def test_equal_runs_give_equal_bytes_and_fit_the_schema(tmp_path: Path) -> None:
    write(tmp_path / "program", {"main.py": CALLS["what is written without a call"][0]})
    first, second = (record(tmp_path / "program", [sys.executable, "main.py"]) for _ in "12")
    assert first.trace == second.trace
    jsonschema.validate(first.trace, json.loads(evidence.schema()))
    assert str(tmp_path) not in json.dumps(first.trace)


def test_a_command_that_is_not_there_is_a_mistake_of_the_user(tmp_path: Path) -> None:
    write(tmp_path / "program", {})
    (tmp_path / "program").mkdir(exist_ok=True)
    seen = record(tmp_path / "program", ["no-such-command"])
    assert seen.code == 2
    assert "there is no such command" in seen.err


@pytest.mark.parametrize("name", ["recorder", "statements", "contexts"])
def test_what_enters_programs_is_written_for_the_oldest_interpreter(name: str) -> None:
    ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"), feature_version=(3, 8))
