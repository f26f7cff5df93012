"""How much of what really runs does the graph know? Run by `make accuracy`.

Tests are run anew only where something changed that their trace depends on: the subject, the interpreter, or what
records. So a change of the analyzer is measured in a minute; `--fresh` runs them all the same.

A full run writes docs/accuracy.md and the figures beside this file, unless a share is lower than it was: then it says
which, and fails. `--accept` writes all the same. `--only` prints and writes nothing.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from subjects import ROOT, SUBJECTS, Subject, environment, obtain
from table import Figures, document, dumps, figures, loads, worse

_PAGE = ROOT / "docs" / "accuracy.md"
_KEPT = Path(__file__).with_name("figures.json")
_SCRATCH = ROOT / "build" / "accuracy"
_DECOMPOSE = (sys.executable, "-m", "decompose")


def main(arguments: Sequence[str]) -> int:
    """Measure, show, compare with what was, and on a full run write."""
    options = _parser().parse_args(arguments)
    chosen = [each for each in SUBJECTS if not options.only or each.name in options.only]
    found = [_measured(subject, options.python, fresh=options.fresh) for subject in chosen]
    page = document(found, "make accuracy")
    print(page)
    before = loads(_KEPT.read_text(encoding="utf-8")) if _KEPT.exists() else []
    complaints = worse(before, found)
    for complaint in complaints:
        print(f"worse: {complaint}", file=sys.stderr)
    if not options.only and (options.accept or not complaints):
        _PAGE.write_text(page, encoding="utf-8")
        _KEPT.write_text(dumps(found), encoding="utf-8")
        print(f"written: {_PAGE.relative_to(ROOT)}", file=sys.stderr)
    return 1 if complaints and not options.accept else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="accuracy.py", description=(__doc__ or "").splitlines()[0]
    )
    names = [subject.name for subject in SUBJECTS]
    parser.add_argument("--only", action="append", choices=names, help="this one; repeatable")
    parser.add_argument("--fresh", action="store_true", help="run all tests again")
    parser.add_argument("--accept", action="store_true", help="write figures that are worse, too")
    parser.add_argument(
        "--python",
        default=sys.executable,
        help="the interpreter that runs the tests (3.12: with lines)",
    )
    return parser


def _measured(subject: Subject, python: str, *, fresh: bool) -> Figures:
    print(f"{subject.name} …", file=sys.stderr)
    tree = obtain(subject, _SCRATCH)
    place = _SCRATCH / subject.name
    trace, key = place / "trace.json", place / "trace.key"
    wanted = _key(subject, tree, python)
    if fresh or not trace.exists() or not key.exists() or key.read_text("utf-8") != wanted:
        key.unlink(missing_ok=True)
        _record(subject, tree, environment(subject, tree, _SCRATCH, python), trace)
        key.write_text(wanted, encoding="utf-8")
    out = place / "out"
    analyze = ["analyze", str(tree), "--out", str(out), "--no-cache", "--quiet"]
    subprocess.run([*_DECOMPOSE, *analyze], check=True)
    audit = [*_DECOMPOSE, "audit", str(trace), "--from", str(out), "--format", "json"]
    told = subprocess.run(audit, check=True, stdout=subprocess.PIPE)
    return figures(subject.name, subject.kind, _json(trace.read_bytes()), _json(told.stdout))


def _key(subject: Subject, tree: Path, python: str) -> str:
    """Everything that a trace depends on, as a digest."""
    digest = hashlib.sha256(repr((subject, python)).encode())
    for folder in (ROOT / "src" / "decompose" / "record", tree):
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _record(subject: Subject, tree: Path, interpreter: Path, trace: Path) -> None:
    """Run the tests. Some may fail: what they ran is true all the same, and the page tells it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    asked = ["--sql"] if subject.sql else []
    words = ["record", *asked, "--out", str(trace), "--", str(interpreter), *subject.words]
    # Our own modules by path: what is on PYTHONPATH would reach their interpreter, too.
    start = (
        f"import sys; sys.path[:0] = {sys.path!r}; from decompose.cli import main; sys.exit(main())"
    )
    trace.unlink(missing_ok=True)
    log = trace.with_name("tests.log")
    with log.open("wb") as said:
        subprocess.run(
            [sys.executable, "-c", start, *words],
            cwd=tree,
            env=environment | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdout=said,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if not trace.exists():
        raise SystemExit(f"{subject.name}: nothing was recorded, see {log}")


def _json(text: bytes) -> Any:
    return json.loads(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
