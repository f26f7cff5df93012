"""What may be said on the command line of an analysis, and of what it left behind: the words that help shows.

An option that is not given is None, where a configuration file may speak instead.
"""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from decompose.config import DEFAULT_OUTPUT

Program = Annotated[Path, Argument(metavar="PATH", help="The folder that holds the program.")]
Output = Annotated[
    Path | None,
    Option(
        "--out",
        "-o",
        metavar="DIR",
        help="The folder to write to.",
        envvar="DECOMPOSE_OUT",
        show_default=DEFAULT_OUTPUT.name,
    ),
]
Services = Annotated[
    int | None,
    Option(
        metavar="N",
        help="How many services to propose.",
        envvar="DECOMPOSE_SERVICES",
        show_default="as the evidence says",
    ),
]
Dialect = Annotated[
    str | None,
    Option(
        metavar="NAME",
        help="Read SQL as this dialect first (postgres, mysql, tsql, oracle, …).",
        envvar="DECOMPOSE_DIALECT",
        show_default="guessed",
    ),
]
Start = Annotated[
    Path | None,
    Option(
        metavar="FILE",
        help="Begin with this partition of yours, a proposal or JSON, and improve it.",
        envvar="DECOMPOSE_START",
    ),
]
Resolution = Annotated[
    float | None,
    Option(
        metavar="X",
        min=0.01,
        max=100,
        help="Cluster finer (above 1) or coarser (below 1).",
        envvar="DECOMPOSE_RESOLUTION",
        show_default="as the evidence says",
    ),
]
MaxSize = Annotated[
    int | None,
    Option(
        metavar="LINES",
        min=1,
        help="Cut services with more lines further.",
        envvar="DECOMPOSE_MAX_SIZE",
    ),
]
Exclude = Annotated[
    list[str] | None,
    Option(
        metavar="GLOB",
        help="Leave files out, as a line of .gitignore would; may be repeated.",
        envvar="DECOMPOSE_EXCLUDE",
    ),
]
Jobs = Annotated[
    int | None,
    Option(
        "--jobs",
        "-j",
        metavar="N",
        help="Worker processes; 0 is one a core.",
        envvar="DECOMPOSE_JOBS",
        show_default="0",
    ),
]
Seed = Annotated[
    int | None,
    Option(
        metavar="N",
        help="Another seed may group doubtful members otherwise.",
        envvar="DECOMPOSE_SEED",
        show_default="0",
    ),
]
NoCache = Annotated[
    bool,
    Option(
        "--no-cache",
        metavar="",
        help="Neither read nor keep what was worked out before.",
        envvar="DECOMPOSE_NO_CACHE",
    ),
]
CacheDir = Annotated[
    Path | None,
    Option(
        metavar="DIR",
        help="Where to keep it.",
        envvar="DECOMPOSE_CACHE_DIR",
        show_default=".decompose_cache in PATH",
    ),
]
Traces = Annotated[
    list[Path] | None,
    Option(
        metavar="FILE",
        help="Add what `decompose record` saw; may be repeated.",
        envvar="DECOMPOSE_TRACE",
    ),
]
History = Annotated[
    bool,
    Option(
        "--history",
        metavar="",
        help="Ask git which files changed together.",
        envvar="DECOMPOSE_HISTORY",
    ),
]
Graph = Annotated[
    Path | None,
    Option(
        metavar="FILE",
        help="Partition this graph of another tool instead (decompose schema graph).",
    ),
]
Config = Annotated[
    Path | None,
    Option(
        metavar="FILE",
        help="Options as TOML, before those of PATH/pyproject.toml.",
        envvar="DECOMPOSE_CONFIG",
    ),
]
Isolated = Annotated[
    bool,
    Option("--isolated", metavar="", help="Leave \\[tool.decompose] of PATH/pyproject.toml out."),
]
Timings = Annotated[bool, Option("--timings", metavar="", help="Tell what each stage took.")]
AsJson = Annotated[
    bool, Option("--json", metavar="", help="Tell the summary as JSON, for machines.")
]
Quiet = Annotated[
    bool, Option("--quiet", "-q", metavar="", help="Tell nothing but what went wrong.")
]

From = Annotated[
    Path,
    Option(
        "--from",
        metavar="DIR",
        help="The output folder of the analysis.",
        envvar=["DECOMPOSE_FROM", "DECOMPOSE_OUT"],
    ),
]
Root = Annotated[
    Path | None,
    Option(
        metavar="DIR",
        help="The analyzed folder, where it has moved since.",
        show_default="where it was",
    ),
]
ProposalFile = Annotated[
    Path | None,
    Option(metavar="FILE", help="The edited proposal.", show_default="decompose.toml in --from"),
]
ExportFormat = Annotated[
    str,
    Argument(
        metavar="FORMAT",
        help="callgraph, partition, graphml, dot, mermaid, crud, schema, accesses or sequences.",
    ),
]
Level = Annotated[
    str | None,
    Option(
        metavar="LEVEL",
        help="definition, module or service.",
        show_default="what suits the format",
    ),
]
ExportForm = Annotated[
    str | None,
    Option(
        "--as",
        metavar="FORM",
        help="crud: csv, json or markdown; schema: mermaid or dbml.",
        show_default="the first",
    ),
]
OutputFile = Annotated[
    Path | None,
    Option(
        "--out",
        "-o",
        metavar="FILE",
        help="The file to write.",
        show_default="standard output",
    ),
]
MinConfidence = Annotated[
    str,
    Option(metavar="WORD", help="The least sure edges to take: name-only, inferred or exact."),
]
Direct = Annotated[
    bool,
    Option(
        "--direct", metavar="", help="Leave out what runs through a framework: signals, tasks, …"
    ),
]
External = Annotated[bool, Option("--external", metavar="", help="Libraries too.")]
Lines = Annotated[
    bool, Option("--lines", metavar="", help="Each callee with the lines of its calls.")
]
Tests = Annotated[bool, Option("--tests", metavar="", help="Tests too.")]
