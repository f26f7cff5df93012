"""How much CPU, time and memory does `decompose analyze` take on real monoliths?

Run by `make bench`. A full run writes docs/benchmarks.md; `--quick` and `--only` print the same
tables and write nothing, since a page with old and new figures side by side would be a lie.
"""

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from figures import KINDS, Figures, Run, Size, document
from measure import measure
from programs import MONOLITHS, Monolith, obtain, unpack

from decompose import __version__
from decompose.model.source import FileRole
from decompose.source import discover

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = _ROOT / "docs" / "benchmarks.md"
_SCRATCH = _ROOT / "build" / "bench"
_ROUNDS = 3


def main(arguments: Sequence[str]) -> None:
    """Measure what was asked for, show it, and on a full run write the page."""
    options = _parser().parse_args(arguments)
    rounds = 1 if options.quick else _ROUNDS
    figures = [_measure(monolith, rounds) for monolith in _chosen(options)]
    page = document(figures, version=__version__, command="make bench")
    print(page)
    if not options.only and not options.quick:
        _PAGE.write_text(page, encoding="utf-8")
        print(f"written: {_PAGE.relative_to(_ROOT)}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.py", description=(__doc__ or "").splitlines()[0])
    names = [monolith.name for monolith in MONOLITHS]
    parser.add_argument(
        "--only", action="append", choices=names, help="measure this one; repeatable"
    )
    parser.add_argument("--quick", action="store_true", help="one round, and the small ones only")
    return parser


def _chosen(options: argparse.Namespace) -> list[Monolith]:
    if options.only:
        return [monolith for monolith in MONOLITHS if monolith.name in options.only]
    return [monolith for monolith in MONOLITHS if monolith.quick or not options.quick]


def _measure(monolith: Monolith, rounds: int) -> Figures:
    scratch = _SCRATCH / monolith.name
    tree = unpack(obtain(monolith, _SCRATCH / "wheels"), scratch / "tree")
    files = _parsed_files(tree)
    parses: list[Mapping[str, Any]] = []
    runs: dict[str, list[Run]] = {kind: [] for kind in KINDS}
    for number in range(1, rounds + 1):
        parses.append(_parse(files))
        for kind, run in _round(tree, files, scratch):
            runs[kind].append(run)
            print(
                f"{monolith.requirement} round {number} {kind}: {run.cost.cpu:.1f} s CPU, "
                f"{run.cost.peak_memory / 1e9:.2f} GB, ast.parse {parses[-1]['cpu']:.1f} s",
                file=sys.stderr,
            )
    return Figures(
        monolith=f"{monolith.name} {monolith.version}",
        lines=parses[0]["lines"],
        files=len(files),
        parse=[parse["cpu"] for parse in parses],
        runs=runs,
        size=_size(_summary(scratch)),
    )


def _parsed_files(tree: Path) -> list[Path]:
    """Every file that an analysis parses: tests too; vendored code and unreadable files left out."""
    found = discover(tree).files
    return [
        tree / file.path for file in found if file.digest and file.role is not FileRole.VENDORED
    ]


def _parse(files: Iterable[Path]) -> Mapping[str, Any]:
    program = Path(__file__).with_name("parsing.py")
    names = "".join(f"{file}\n" for file in files)
    done = subprocess.run(
        [sys.executable, str(program)], input=names, capture_output=True, text=True, check=True
    )
    figures: Mapping[str, Any] = json.loads(done.stdout)
    return figures


def _round(tree: Path, files: Sequence[Path], scratch: Path) -> Iterable[tuple[str, Run]]:
    for leftover in ("cache", "out"):
        shutil.rmtree(scratch / leftover, ignore_errors=True)
    yield "cold", _analyze(tree, scratch)
    yield "warm", _analyze(tree, scratch)
    with _median_sized(files).open("ab") as changed:
        changed.write(b"\n# changed\n")
    yield "one file changed", _analyze(tree, scratch)


def _median_sized(files: Sequence[Path]) -> Path:
    by_size = sorted(files, key=lambda file: (file.stat().st_size, file))
    return by_size[len(by_size) // 2]


def _analyze(tree: Path, scratch: Path) -> Run:
    command = [sys.executable, "-m", "decompose", "analyze", str(tree), "--json", "--timings"]
    places = ["--out", str(scratch / "out"), "--cache-dir", str(scratch / "cache")]
    cost = measure([*command, *places], output=scratch / "summary.json", folder=scratch)
    timings = _summary(scratch)["timings"]
    return Run(cost=cost, stages={timing["stage"]: timing["cpu"] for timing in timings})


def _summary(scratch: Path) -> Mapping[str, Any]:
    summary: Mapping[str, Any] = json.loads((scratch / "summary.json").read_bytes())
    return summary


def _size(summary: Mapping[str, Any]) -> Size:
    return Size(summary["nodes"], summary["edges"], summary["unresolved_share"])


if __name__ == "__main__":
    main(sys.argv[1:])
