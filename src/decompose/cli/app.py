"""What do the words on the command line ask for? Typer reads them; each command gives back the job that it is.

Nothing is done while words are read, so that typer's own handling of errors and signals never
stands between a running job and ours. An option that is not given and not in the environment is
None: a configuration file may then say something.
"""

import difflib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Argument, Option

from decompose.cli import jobs
from decompose.cli.options import (
    AsJson,
    CacheDir,
    Config,
    Dialect,
    Direct,
    Exclude,
    ExportForm,
    ExportFormat,
    External,
    From,
    Graph,
    History,
    Isolated,
    Jobs,
    Level,
    Lines,
    MaxSize,
    MinConfidence,
    NoCache,
    Output,
    OutputFile,
    Program,
    ProposalFile,
    Quiet,
    Resolution,
    Root,
    Seed,
    Services,
    Start,
    Tests,
    Timings,
    Traces,
)
from decompose.cli.signals import INTERRUPTED
from decompose.config import DEFAULT_OUTPUT, DEFAULT_TRACE, Settings
from decompose.errors import DecomposeError

Job = Callable[[], int]

_app = typer.Typer(
    name="decompose",
    help="Decide whether, where and in what order to split a Python monolith, and then split it.",
    epilog="Begin with: decompose analyze PATH. Exit codes: 0 done, 1 a check found something, "
    "2 usage, configuration, input or internal error, 130 interrupted.",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def read(words: Sequence[str]) -> Job | None:
    """Read the words of a command line; None where they asked for help and got it.

    Raises DecomposeError for words that are not understood.
    """
    command = typer.main.get_command(_app)
    try:
        found = command.main(
            list(words) or ["--help"], prog_name="decompose", standalone_mode=False
        )
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        raise _mistake(error) from error
    if found == INTERRUPTED:  # what typer makes of a Ctrl-C
        raise KeyboardInterrupt
    return found if callable(found) else None


def _mistake(error: Any) -> DecomposeError:
    """Say a usage error of typer (its classes are not public, and others in other versions) in our way."""
    context = getattr(error, "ctx", None)
    page = f"{context.command_path if context else 'decompose'} --help"
    possible = getattr(error, "possibilities", None)
    if possible is not None:
        near = difflib.get_close_matches(error.option_name, possible, n=1)
        guess = f"{near[0]}? " if near else ""
        return DecomposeError(
            f"there is no option {error.option_name}", remedy=f"{guess}{page} lists them"
        )
    parameter = getattr(error, "param", None)
    if parameter is not None and parameter.param_type_name == "option":
        return DecomposeError(error.message, where=max(parameter.opts, key=len), remedy=page)
    what, _, guess = str(error.format_message()).partition(". Did you mean ")
    near = [guess.replace("'", "").replace(", ", " or ")] if guess else []
    return DecomposeError(
        " ".join(what.split()).rstrip("."), remedy=" ".join([*near, f"{page} tells more"])
    )


def _version(wanted: bool) -> None:  # noqa: FBT001  (typer calls it so)
    if wanted:
        jobs.version()
        raise typer.Exit


@_app.callback()
def _everywhere(
    *,
    version: Annotated[
        bool,
        Option(
            "--version",
            "-V",
            metavar="",
            callback=_version,
            is_eager=True,
            help="Say the version and exit.",
        ),
    ] = False,
    debug: Annotated[
        bool,
        Option(
            "--debug",
            metavar="",
            envvar="DECOMPOSE_DEBUG",
            help="Show the traceback of whatever goes wrong; may stand anywhere.",
        ),
    ] = False,
) -> None:
    _ = version, debug  # both were obeyed before any command is


@_app.command(epilog="Example: decompose analyze src --exclude 'legacy/' --services 8")
def analyze(  # noqa: PLR0913  (a parameter an option)
    path: Program = Path(),
    *,
    out: Output = None,
    services: Services = None,
    dialect: Dialect = None,
    start: Start = None,
    resolution: Resolution = None,
    max_size: MaxSize = None,
    exclude: Exclude = None,
    jobs_: Jobs = None,
    seed: Seed = None,
    no_cache: NoCache = False,
    cache_dir: CacheDir = None,
    trace: Traces = None,
    history: History = False,
    graph: Graph = None,
    config: Config = None,
    isolated: Isolated = False,
    timings: Timings = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> Job:
    """Read a monolith without running it, and propose services.

    Writes the analysis, the proposal to edit (decompose.toml) and the report into the output folder.
    Run it again after changes: what you edited in the proposal stays.
    """
    given = Settings(
        exclude=tuple(exclude) if exclude else None,
        services=services,
        seed=seed,
        dialect=dialect,
        jobs=jobs_,
        cache=False if no_cache else None,
        cache_dir=cache_dir,
        out=out,
    )
    telling = jobs.Telling(as_json=as_json, quiet=quiet, timings=timings)
    sources = jobs.Sources(
        path,
        config,
        tuple(trace or ()),
        graph,
        history,
        start=start,
        resolution=resolution,
        max_size=max_size,
        isolated=isolated,
    )
    return partial(jobs.analyze, sources, given, telling)


@_app.command(epilog="Example: decompose report -o review.html")
def report(
    *,
    folder: From = DEFAULT_OUTPUT,
    proposal: ProposalFile = None,
    out: Annotated[
        Path | None,
        Option(
            "--out",
            "-o",
            metavar="FILE",
            help="The page to write.",
            show_default="report.html in --from",
        ),
    ] = None,
) -> Job:
    """Render the report again, under the proposal as you have edited it."""
    return partial(jobs.report, folder, proposal, out)


@_app.command(epilog="Example: decompose export callgraph --lines -o callgraph.json")
def export(  # noqa: PLR0913  (a parameter an option)
    form: ExportFormat,
    *,
    level: Level = None,
    form_: ExportForm = None,
    folder: From = DEFAULT_OUTPUT,
    out: OutputFile = None,
    min_confidence: MinConfidence = "inferred",
    direct: Direct = False,
    external: External = False,
    lines: Lines = False,
    tests: Tests = False,
) -> Job:
    """Give a finished analysis to other tools, sorted, in one of several formats."""
    asked = jobs.Asked(
        level=level,
        min_confidence=min_confidence,
        direct=direct,
        external=external,
        lines=lines,
        tests=tests,
        form=form_,
    )
    return partial(jobs.export, form, folder, asked, out)


@_app.command(epilog="Example: decompose explain orders_order; decompose explain billing shipping")
def explain(
    names: Annotated[
        list[str],
        Argument(
            metavar="NAME...",
            help="A table, route, task, function, class, module, file or service; or two of them.",
        ),
    ],
    *,
    folder: From = DEFAULT_OUTPUT,
    form: Annotated[
        str, Option("--format", metavar="WORD", help="text, or json for machines.")
    ] = "text",
    most: Annotated[
        int, Option(metavar="N", min=1, help="Answers to each question; all are counted.")
    ] = 8,
    root: Root = None,
) -> Job:
    """Tell what a thing touches, who touches it, in which transactions and by which ways.

    Of two names: everything that ties the one to the other.
    """
    return partial(jobs.explain, tuple(names), folder, root, form, most=most)


@_app.command(epilog="Example: decompose scaffold --service orders --dry-run")
def scaffold(
    *,
    folder: From = DEFAULT_OUTPUT,
    proposal: ProposalFile = None,
    out: Annotated[
        Path | None,
        Option(
            "--out",
            "-o",
            metavar="DIR",
            help="The folder to write to.",
            show_default="services in --from",
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        Option("--dry-run", metavar="", help="Tell what would be written, and why; write nothing."),
    ] = False,
    service: Annotated[
        list[str] | None,
        Option(metavar="NAME", help="This service only; may be repeated.", show_default="all"),
    ] = None,
    root: Root = None,
) -> Job:
    """Write a skeleton of each service, in the monolith's own framework.

    A file that you have edited is never overwritten. Refuses where sources changed since the analysis.
    """
    places = jobs.Places(folder, proposal, out, root)
    return partial(jobs.scaffold, places, tuple(service or ()), dry_run=dry_run)


@_app.command(
    epilog="Example: decompose record -- python -m pytest",
    context_settings={"allow_interspersed_args": False},
)
def record(
    command: Annotated[
        list[str],
        Argument(
            metavar="-- COMMAND…", help="What to run: your test suite, say.", show_default=False
        ),
    ],
    *,
    out: Annotated[
        Path, Option("--out", "-o", metavar="FILE", help="The trace to write.")
    ] = DEFAULT_TRACE,
    root: Annotated[
        Path,
        Option(metavar="DIR", help="The folder that holds the program.", show_default="."),
    ] = Path(),
    sql: Annotated[
        bool,
        Option(
            "--sql",
            metavar="",
            help="Note which tables are read and written, through Django and SQLAlchemy.",
        ),
    ] = False,
    quiet: Annotated[
        bool, Option("--quiet", "-q", metavar="", help="Tell nothing but what went wrong.")
    ] = False,
) -> Job:
    """Run your own command and note who calls whom in your program.

    It runs as without us, in its own interpreter (Python 3.8 or later), and its exit code is ours.
    """
    return partial(jobs.record, tuple(command), root, out, sql=sql, quiet=quiet)


@_app.command(epilog="Example: decompose audit trace.json --from decompose-out")
def audit(
    trace: Annotated[Path, Argument(metavar="TRACE", help="What `decompose record` wrote.")],
    *,
    folder: From = DEFAULT_OUTPUT,
    form: Annotated[str, Option("--format", metavar="WORD", help="text or json.")] = "text",
    fail_under: Annotated[
        float | None,
        Option(
            metavar="PERCENT",
            help="End with 1 where the recall of direct calls is lower.",
            show_default="never",
        ),
    ] = None,
) -> Job:
    """Measure an analysis against what really ran: what was missed and why, what was never seen."""
    return partial(jobs.audit, trace, folder, form, fail_under)


@_app.command(epilog="Example: decompose schema analysis > analysis.schema.json")
def schema(
    name: Annotated[
        str, Argument(metavar="NAME", help="Of which format: analysis, trace or graph.")
    ] = "analysis",
) -> Job:
    """Print the JSON Schema of a format that decompose writes or reads."""
    return partial(jobs.schema, name)


@_app.command(epilog="Example: decompose version")
def version() -> Job:
    """Say the version."""
    return jobs.version
