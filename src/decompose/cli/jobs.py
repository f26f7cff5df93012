"""What does each command do? It asks the pipeline, and tells what came out.

The pipeline is loaded by the job that needs it: with its numeric libraries it takes longer to load
than a page of help to read.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from decompose import __version__
from decompose.cli import failure, terminal
from decompose.cli.printable import printable
from decompose.cli.signals import held
from decompose.config import Options, Settings, options
from decompose.disk import write_atomic
from decompose.errors import DecomposeError
from decompose.model.program import Confidence

if TYPE_CHECKING:
    from decompose.cli.progress import Progress
    from decompose.export import ExportOptions
    from decompose.pipeline import Analyzed

DONE = 0
MOST_EXPLAINED = 2


@dataclass(frozen=True, slots=True)
class Telling:
    """How the end of an analysis is told."""

    as_json: bool = False
    quiet: bool = False
    timings: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of an export, in the user's words."""

    level: str | None
    min_confidence: str
    direct: bool
    external: bool
    lines: bool
    tests: bool
    form: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Where an analysis, its proposal and its program lie, and where to write. None: the usual place."""

    folder: Path
    proposal: Path | None
    out: Path | None
    root: Path | None


@dataclass(frozen=True, slots=True)
class Sources:
    """What an analysis starts from: the tree, a file of options, traces, or a graph of another tool instead.

    `history`: ask git, too; `start`, `resolution`, `max_size` (lines): how to cluster;
    `isolated`: without the tree's own options.
    """

    root: Path
    config: Path | None
    traces: tuple[Path, ...]
    graph: Path | None = None
    history: bool = False
    start: Path | None = None
    resolution: float | None = None
    max_size: int | None = None
    isolated: bool = False


def analyze(sources: Sources, given: Settings, telling: Telling) -> int:
    """Analyze a tree, or a graph of another tool, write the outputs, and tell the summary."""
    isolated = sources.isolated or sources.graph is not None
    chosen = replace(
        options(sources.root, given, sources.config, isolated=isolated),
        traces=sources.traces,
        graph=sources.graph,
        use_history=sources.history,
        start=sources.start,
        resolution=sources.resolution,
        max_lines=sources.max_size,
    )
    began = time.monotonic()
    with _watched(telling) as watcher:
        with held():
            from decompose import pipeline  # noqa: PLC0415

        with _no_looking_for_garbage():
            done = pipeline.analyze(chosen, watcher)
    if watcher is not None:
        cause = ": nothing has changed since the last run" if done.from_memory else ""
        failure.say(f"analyzed in {time.monotonic() - began:.1f} s{cause}")
    _tell(done, chosen, telling)
    return DONE


@contextmanager
def _no_looking_for_garbage() -> Iterator[None]:
    """The process ends soon: looking through what an analysis leaves behind would cost a tenth of it."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextmanager
def _watched(telling: Telling) -> Iterator["Progress | None"]:
    """Show progress where somebody watches and wants it."""
    if telling.quiet or sys.stderr is None or not terminal.can_move(sys.stderr):
        yield None
        return
    with held():
        from decompose.cli.progress import Progress  # noqa: PLC0415

    with Progress(terminal.console(sys.stderr)) as progress:
        yield progress


def _tell(done: "Analyzed", chosen: Options, telling: Telling) -> None:
    if telling.as_json:
        terminal.write(_as_json(done, telling))
        return
    from decompose.cli import screen  # noqa: PLC0415

    console = terminal.console(sys.stdout)
    if not telling.quiet:
        screen.show(done.summary, screen.Told(chosen.output, done.conflicts), console)
    if telling.timings:
        screen.show_times(done.times, console)


def _as_json(done: "Analyzed", telling: Telling) -> str:
    from decompose.steps.summary import summary_json  # noqa: PLC0415

    more: dict[str, object] = {"conflicts": list(done.conflicts)}
    if telling.timings:
        more["timings"] = [asdict(time) for time in done.times]
    return summary_json(done.summary, **more)


def report(folder: Path, proposal: Path | None, out: Path | None) -> int:
    """Render the report under the edited proposal."""
    with held():
        from decompose import pipeline  # noqa: PLC0415

    page = pipeline.render_report(folder, proposal, out)
    terminal.write(f"wrote {printable(page.as_posix())}\n")
    return DONE


def export(form: str, folder: Path, asked: Asked, out: Path | None) -> int:
    """Write an analysis in another format, to standard output or into a file."""
    with held():
        from decompose import pipeline  # noqa: PLC0415
        from decompose.export import FORMATS  # noqa: PLC0415

    failure.choice(form, FORMATS, "FORMAT")
    text = pipeline.render_export(folder, form, _export_options(asked))
    if out is None or out == Path("-"):
        terminal.write(text)
    else:
        write_atomic(out, text.encode("utf-8", "backslashreplace"))
    return DONE


def _export_options(asked: Asked) -> "ExportOptions":
    from decompose.export import ExportOptions, Form, Level  # noqa: PLC0415

    confidences = {each.name.lower().replace("_", "-"): each for each in Confidence}
    least = failure.choice(asked.min_confidence, confidences, "--min-confidence")
    level = asked.level and failure.choice(asked.level, list(Level), "--level")
    form = asked.form and failure.choice(asked.form, list(Form), "--as")
    return ExportOptions(
        level=Level(level) if level else None,
        form=Form(form) if form else None,
        min_confidence=confidences[least],
        direct=asked.direct,
        external=asked.external,
        lines=asked.lines,
        tests=asked.tests,
    )


def explain(
    words: tuple[str, ...], folder: Path, root: Path | None, form: str, *, most: int
) -> int:
    """Tell what ties a thing to the rest of the program, or two things to each other."""
    if len(words) > MOST_EXPLAINED:
        raise DecomposeError(
            f"{len(words)} names were given", where="NAME", remedy="name one thing, or two"
        )
    as_json = failure.choice(form, ("text", "json"), "--format") == "json"
    with held():
        from decompose import pipeline  # noqa: PLC0415
        from decompose.explain import as_json as written  # noqa: PLC0415

    found = pipeline.explanation(folder, words, root, most)
    if as_json:
        terminal.write(written(found))
        return DONE
    from decompose.cli import explained  # noqa: PLC0415

    explained.show(found, terminal.console(sys.stdout))
    return DONE


def scaffold(places: Places, services: tuple[str, ...], *, dry_run: bool) -> int:
    """Write skeletons of services, and tell what was done with each file."""
    with held():
        from decompose import pipeline  # noqa: PLC0415
        from decompose.cli import skeletons  # noqa: PLC0415

    done = pipeline.render_services(
        places.folder, places.proposal, places.out, places.root, services, dry_run=dry_run
    )
    skeletons.show(done, dry_run=dry_run, console=terminal.console(sys.stdout))
    return DONE


def record(command: tuple[str, ...], root: Path, out: Path, *, sql: bool, quiet: bool) -> int:
    """Run a person's command, write the trace, and end as the command did."""
    from decompose.cli import recording  # noqa: PLC0415

    return recording.record(command, root, out, sql=sql, quiet=quiet)


def audit(trace: Path, folder: Path, form: str, fail_under: float | None) -> int:
    """Tell how an analysis compares with a trace."""
    from decompose.cli import measured  # noqa: PLC0415

    return measured.audit(trace, folder, form, fail_under)


def schema(name: str) -> int:
    """Write the schema of a format."""
    from decompose import evidence, foreign  # noqa: PLC0415
    from decompose import export as exporting  # noqa: PLC0415

    schemas: dict[str, Callable[[], str]] = {
        **{each: partial(exporting.schema, each) for each in exporting.SCHEMAS},
        "trace": evidence.schema,
        "graph": foreign.schema,
    }
    terminal.write(schemas[failure.choice(name, schemas, "NAME")]())
    return DONE


def version() -> int:
    """Say the version."""
    terminal.write(f"decompose {__version__}\n")
    return DONE
