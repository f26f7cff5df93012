"""A small program is read, and a trace of it made up: what was found and missed is told, with why."""

import json
from pathlib import Path

import pytest

from decompose import audit, evidence, pipeline
from decompose.cli.measured import audit as told
from decompose.config import Options
from decompose.errors import CheckFailed, DecomposeError
from decompose.model.audit import Seen
from decompose.model.trace import Body, How, Trace, TracedCall, TracedFile, TracedFunction

TEXT = """\
def entry(handlers):
    direct()
    for handler in handlers:
        handler()
    Thing().size


def direct():
    if direct is None:
        never()


def never():
    pass


def called_back():
    pass


class Thing:
    @property
    def size(self):
        return 1
"""
PLACES = {
    "<module>": (1, Body.MODULE),
    "entry": (1, Body.FUNCTION),
    "direct": (8, Body.FUNCTION),
    "called_back": (17, Body.FUNCTION),
    "Thing.size": (22, Body.FUNCTION),
}
NAMES = list(PLACES)


def call(caller: str, line: int, callee: str, how: How = How.CALL, through: str = "") -> TracedCall:
    return TracedCall(NAMES.index(caller), line, NAMES.index(callee), how, through, 3)


CALLS = (
    call("entry", 2, "direct"),
    call("entry", 4, "called_back"),
    call("entry", 5, "Thing.size", How.PROPERTY),
)


def trace(
    *calls: TracedCall, path: str = "app.py", digest: str = "", lines: tuple[int, ...] = ()
) -> Trace:
    return Trace(
        command=("run",),
        exit_code=0,
        pythons=("3.12.0",),
        processes=1,
        files=(TracedFile(path, digest, is_test=False, lines=lines or None),),
        functions=tuple(
            TracedFunction(0, line, name, body) for name, (line, body) in PLACES.items()
        ),
        calls=tuple(sorted(calls)),
        roots=((1, 1),),
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("read")
    (root / "program").mkdir()
    (root / "program" / "app.py").write_text(TEXT, encoding="utf-8")
    pipeline.analyze(Options(root / "program", root / "out", jobs=1, use_cache=False))
    return root / "out"


def test_what_was_read_and_ran_is_counted_apart_from_what_was_missed(folder: Path) -> None:
    found = audit.audit(trace(*CALLS), pipeline.load(folder))
    direct, implicit = found.recall[Seen.DIRECT], found.recall[Seen.IMPLICIT]
    assert (direct.found, direct.total, implicit.found, implicit.total) == (1, 2, 1, 1)
    assert found.by_how["property"].ratio == 1.0
    assert [(cause.count, cause.misses[0].callee) for cause in found.causes] == [
        (1, "app.called_back")
    ]
    assert str(found.causes[0].misses[0].site) == "app.py:4"


def test_what_was_read_and_never_ran_bounds_precision(folder: Path) -> None:
    found = audit.audit(trace(*CALLS, lines=(1, 2, 4, 5, 8, 9)), pipeline.load(folder))
    written = next(bound for bound in found.bounds if bound.kind == "written")
    assert (written.of_functions.found, written.of_functions.total) == (1, 2)
    assert written.of_lines is not None
    assert (written.of_lines.found, written.of_lines.total) == (1, 1)
    assert [(edge.source, edge.target) for edge in found.unseen] == [("app.direct", "app.never")]


def test_without_lines_no_share_of_lines_is_claimed(folder: Path) -> None:
    found = audit.audit(trace(*CALLS), pipeline.load(folder))
    assert all(bound.of_lines is None for bound in found.bounds)


def test_calls_through_a_library_are_no_direct_calls(folder: Path) -> None:
    found = audit.audit(
        trace(call("entry", 4, "called_back", through="lib")), pipeline.load(folder)
    )
    assert (found.recall[Seen.DIRECT].total, found.recall[Seen.MEDIATED].total) == (0, 1)
    assert found.causes[0].why == "through lib"


@pytest.mark.parametrize("path", ["src/app.py", "checkout/deep/app.py"])
def test_a_trace_from_a_folder_above_is_aligned(path: str, folder: Path) -> None:
    analysis = pipeline.load(folder)
    seen = trace(*CALLS, path=path, digest=analysis.files[0].digest)
    assert audit.audit(seen, analysis).recall[Seen.DIRECT].total == 2


def test_changed_files_are_told(folder: Path) -> None:
    assert audit.audit(trace(*CALLS, digest="0" * 64), pipeline.load(folder)).stale == ("app.py",)


def test_a_trace_of_another_program_is_refused(folder: Path) -> None:
    with pytest.raises(DecomposeError, match="different programs"):
        audit.audit(trace(*CALLS, path="other.py"), pipeline.load(folder))


def test_what_only_the_trace_knows_is_not_counted_as_read(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "trace.json"
    digest = pipeline.load(folder).files[0].digest
    file.write_bytes(evidence.encode(trace(*CALLS, digest=digest)))
    root = folder.parent / "program"
    pipeline.analyze(Options(root, tmp_path / "out", jobs=1, use_cache=False, traces=(file,)))
    found = audit.audit(trace(*CALLS, digest=digest), pipeline.load(tmp_path / "out"))
    assert (found.recall[Seen.DIRECT].found, found.recall[Seen.DIRECT].total) == (1, 2)


def test_the_json_says_what_the_audit_found(folder: Path) -> None:
    said = json.loads(audit.as_json(audit.audit(trace(*CALLS), pipeline.load(folder))))
    assert said["recall"]["direct"] == {"found": 1, "total": 2, "ratio": 0.5}
    assert said["causes"][0]["misses"][0]["site"] == "app.py:4"


@pytest.mark.parametrize(("wanted", "passes"), [(50, True), (51, False)])
def test_a_recall_that_is_too_low_can_end_with_a_failure(
    wanted: float,
    *,
    passes: bool,
    folder: Path,
    tmp_path: Path,
    capsysbinary: pytest.CaptureFixture[bytes],
) -> None:
    file = tmp_path / "trace.json"
    file.write_bytes(evidence.encode(trace(*CALLS)))
    if passes:
        assert told(file, folder, "json", wanted) == 0
    else:
        with pytest.raises(CheckFailed, match=r"50\.0%"):
            told(file, folder, "json", wanted)
    assert json.loads(capsysbinary.readouterr().out)["calls"] == 3
