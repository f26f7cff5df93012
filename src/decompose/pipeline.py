"""The whole program on one page: how stages follow each other. No stage knows another; this module knows them all.

    files ─ facts ─ program ─ partition ─ draft ⇄ the person's file ─ costs ─ outputs

`analyze` runs everything and writes the output folder; `report`, `export` and `scaffold` start from what it wrote.
Each function loads the stages that it runs, for loading all takes longer than an unchanged tree does; and while no
numeric library has started its threads, the workers that read files are forks, which cost least.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from decompose import evidence, source
from decompose.config import Options
from decompose.context import beside_code, earlier, held_against, unknown_rules, wanted
from decompose.disk import write_atomic
from decompose.errors import DecomposeError
from decompose.graph import Analysis, Program
from decompose.model.audit import Audit
from decompose.model.planned import PlannedFile
from decompose.model.proposal import Proposal
from decompose.model.source import Problem, Site
from decompose.model.summary import StageTime, Summary
from decompose.source import Cache, Discovery
from decompose.steps import memory, output
from decompose.steps.clock import Clock, Nobody, Watcher, no_collections
from decompose.steps.earlier import Beside, Past, asked
from decompose.steps.excerpts import excerpts
from decompose.steps.reading import read_facts, read_templates
from decompose.steps.summary import summarize, summary_from_json, summary_json

if TYPE_CHECKING:
    from decompose import export, scaffold
    from decompose.cluster import Clustering
    from decompose.explain import Explanation

_SUMMARY = "summary"
_CONFLICTS = "conflicts"
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Analyzed:
    """What `analyze` did: its figures, the files it wrote, and what of a person's edits it could not follow."""

    summary: Summary
    written: tuple[Path, ...]
    conflicts: tuple[str, ...]
    times: tuple[StageTime, ...]
    from_memory: bool


def analyze(options: Options, watcher: Watcher | None = None) -> Analyzed:
    """Analyze a tree, or the graph of another tool, and write analysis, proposal and report into the output folder."""
    run = _analyze if options.graph is None else _analyze_graph
    with no_collections():
        return run(options, Clock(watcher or Nobody()))


def _analyze(options: Options, clock: Clock) -> Analyzed:
    folder = output.usable(options.output, options.root)
    place = source.cache_folder(options.root, options.cache_folder) if options.use_cache else None
    with clock.stage("discover"):
        skip = [folder] if place is None else [folder, place]
        found = source.discover(options.root, exclude=options.exclude, skip=skip)
        beside, gaps = beside_code(options, folder, found)
        found = replace(found, problems=(*found.problems, *gaps))
    with Cache.open(place) as cache:
        key = memory.run_key(found, options, beside)
        with clock.stage("recall"):
            outputs = memory.remembered(cache, key)
        fresh = outputs is None
        if outputs is None:
            outputs = _from_tree(options, found, beside, cache, clock)
        with clock.stage("write"):
            written = _written(folder, outputs)
            output.note_root(folder, options.root)
            left = replace(beside, edited=output.persons_file(folder))
            after = memory.run_key(found, options, left)
            _remember(cache, {key, after}, outputs)
    return _analyzed(outputs, written, clock, fresh=fresh)


def _analyze_graph(options: Options, clock: Clock) -> Analyzed:
    """The same from a graph instead of a tree: nothing to read or to link, no excerpts, no cache."""
    from decompose import foreign
    from decompose.cluster.given import cluster_given

    path = options.graph or options.root
    folder = output.usable(options.output, path)
    past = Past(Beside(output.persons_file(folder)))
    with clock.stage("read"):
        given = foreign.read(path)
        program = foreign.program(given)
    with clock.stage("cluster"):
        names = [foreign.node_name(node) for node in given.nodes]
        clustering = cluster_given(given, names, wanted(program, options, past))
    found = Found(given.name or path.stem, Discovery((), (), ()), ())
    outputs = _outputs(options, found, program, clustering, past, clock)
    with clock.stage("write"):
        written = _written(folder, outputs)
    return _analyzed(outputs, written, clock, fresh=True)


def _written(folder: Path, outputs: dict[str, bytes]) -> tuple[Path, ...]:
    hidden = (_SUMMARY, _CONFLICTS)
    files = {name: data for name, data in outputs.items() if name not in hidden}
    return output.write(folder, files)


def _analyzed(
    outputs: dict[str, bytes], written: tuple[Path, ...], clock: Clock, *, fresh: bool
) -> Analyzed:
    summary = summary_from_json(outputs[_SUMMARY].decode())
    conflicts = tuple(outputs[_CONFLICTS].decode().splitlines())
    return Analyzed(summary, written, conflicts, clock.times, from_memory=not fresh)


@dataclass(frozen=True, slots=True)
class Found:
    """What an analysis is of: its name, the files that were found, and what could not be read."""

    name: str
    discovery: Discovery
    problems: tuple[Problem, ...]


def _from_tree(
    options: Options,
    found: Discovery,
    beside: Beside,
    cache: Cache,
    clock: Clock,
) -> dict[str, bytes]:
    """Every output for a tree, by name."""
    with clock.stage("read", len(found.files)):
        facts, lost = read_facts(options.root, found.files, cache, options.jobs, clock.watcher)
    from decompose.cluster import cluster
    from decompose.frameworks import readers
    from decompose.link import link

    with clock.stage("link"):
        texts = source.read_texts(options.root, found.texts)
        templates = read_templates(texts)
        program = link(
            facts, found.files, readers(), texts=texts, templates=templates, dialect=options.dialect
        )
        del facts, texts, templates
    program, gaps = _observed(program, options, found)
    with clock.stage("compare"):
        past = Past(beside, earlier(program, options, beside.edited))
    with clock.stage("cluster"):
        clustering = cluster(program, wanted(program, options, past))
    gaps += unknown_rules(program, options)
    problems = tuple(sorted({*found.problems, *lost, *cache.problems, *gaps}))
    described = Found(options.root.resolve().name, found, problems)
    return _outputs(options, described, program, clustering, past, clock)


def _outputs(
    options: Options,
    found: Found,
    program: Program,
    clustering: Clustering,
    past: Past,
    clock: Clock,
) -> dict[str, bytes]:
    """Every output of a run, by name."""
    from decompose import export, proposal, report

    with clock.stage("propose"):
        draft = proposal.draft(program, clustering.partition)
        texts = past.beside.edited.base, past.beside.edited.text
        merged = proposal.merge(*texts, draft, clustering.partition, program.graph)
        accepted = proposal.from_toml(merged.text, str(options.output / output.PROPOSAL))
    with clock.stage("assess"):
        analysis = _assessed(found, program, clustering, accepted)
        analysis = held_against(replace(analysis, asked=asked(options)), past)
    with clock.stage("report"):
        lines = excerpts(options.root, found.discovery.files)
        page = report.render(analysis, excerpt=lines)
    with clock.stage("export"):
        return {
            output.ANALYSIS: export.encode(analysis),
            output.PROPOSAL: merged.text.encode(),
            output.DRAFT: proposal.to_toml(draft, clustering.partition).encode(),
            output.REPORT: page.encode(),
            _SUMMARY: summary_json(summarize(analysis)).encode(),
            _CONFLICTS: "\n".join(merged.conflicts).encode(),
        }


def _observed(
    program: Program, options: Options, found: Discovery
) -> tuple[Program, tuple[Problem, ...]]:
    """The program with what traces saw of it, and what in them could not be used."""
    if not options.traces:
        return program, ()
    traces = {str(path): evidence.read(path) for path in options.traces}
    seen = evidence.observe(program, traces, found.files)
    return seen.program, seen.problems


def _assessed(
    found: Found, program: Program, clustering: Clustering, accepted: Proposal
) -> Analysis:
    from decompose import proposal
    from decompose.assess import assess

    partition = proposal.to_partition(accepted, program.graph, clustering.partition)
    assessment = assess(program, partition)
    return Analysis(
        name=found.name,
        files=found.discovery.files,
        problems=found.problems,
        program=program,
        partition=partition,
        alternatives=clustering.alternatives,
        proposal=accepted,
        boundaries=assessment.boundaries,
        findings=assessment.findings,
        scores=assessment.scores,
        left_out=assessment.left_out,
    )


def _remember(cache: Cache, keys: set[str], outputs: dict[str, bytes]) -> None:
    """Keep the outputs under what was asked, and under what the next run will find in the folder."""
    for each in sorted(keys):
        if memory.remembered(cache, each) is None:
            memory.remember(cache, each, outputs)


def load(folder: Path) -> Analysis:
    """A finished analysis."""
    from decompose import export

    return export.decode(output.read_analysis(folder))


def under(analysis: Analysis, path: Path) -> Analysis:
    """The analysis under a proposal that a person may have edited since, checked against the program."""
    from decompose import proposal
    from decompose.assess import assess
    from decompose.cluster import hierarchy

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DecomposeError(
            f"the proposal cannot be read: {error}",
            where=str(path),
            remedy="name another with --proposal",
        ) from error
    accepted = proposal.from_toml(text, str(path))
    proposal.check(text, accepted, analysis.program.graph, str(path))
    partition = proposal.to_partition(accepted, analysis.program.graph, analysis.partition)
    if partition == analysis.partition:
        return replace(analysis, proposal=accepted)
    assessment = assess(analysis.program, partition)
    return replace(
        analysis,
        proposal=accepted,
        partition=partition,
        boundaries=assessment.boundaries,
        findings=assessment.findings,
        scores=assessment.scores,
        left_out=assessment.left_out,
        hierarchy=hierarchy(analysis.program, partition, assessment.boundaries, analysis.hierarchy),
        teamwork=None,  # what they rest on is known to `analyze` only
        independence=None,
    )


def render_report(folder: Path, proposal_path: Path | None, target: Path | None) -> Path:
    """Render the report again, after editing; the path of the page."""
    from decompose import report

    analysis = under(load(folder), proposal_path or folder / output.PROPOSAL)
    path = target or folder / output.REPORT
    known = (folder / output.ROOT).is_file()
    lines = excerpts(output.noted_root(folder), analysis.files) if known else None
    write_atomic(path, report.render(analysis, excerpt=lines))
    return path


def render_export(folder: Path, form: str, options: export.ExportOptions) -> str:
    """A finished analysis in another format, under the proposal of its folder."""
    from decompose import export

    analysis = load(folder)
    path = folder / output.PROPOSAL
    return export.render(form, under(analysis, path) if path.is_file() else analysis, options)


def explanation(
    folder: Path, words: tuple[str, ...], root: Path | None = None, most: int | None = None
) -> Explanation:
    """What a finished analysis says of one name, or of what ties two, under the proposal of its folder."""
    from decompose.explain import MOST_ROWS, explain

    analysis = load(folder)
    path = folder / output.PROPOSAL
    found = under(analysis, path) if path.is_file() else analysis
    known = root is not None or (folder / output.ROOT).is_file()
    lines = excerpts(root or output.noted_root(folder), analysis.files) if known else _no_line
    return explain(found, words, lines, most=MOST_ROWS if most is None else most)


def _no_line(_: Site) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Scaffolded:
    """Skeletons: where they lie, which files there should be and why, and what was done with each."""

    folder: Path
    plan: tuple[PlannedFile, ...]
    written: scaffold.Written


def render_services(
    folder: Path,
    proposal_path: Path | None,
    target: Path | None,
    root: Path | None,
    services: tuple[str, ...],
    *,
    dry_run: bool,
) -> Scaffolded:
    """Write skeletons of the accepted proposal's services; refuse where sources changed since the analysis."""
    from decompose import contracts, scaffold

    analysis = under(load(folder), proposal_path or folder / output.PROPOSAL)
    stale = scaffold.stale(analysis, root or output.noted_root(folder))
    if stale:
        shown = "\n  ".join(stale[:_SHOWN]) + (
            f"\n  … {len(stale) - _SHOWN} more" if len(stale) > _SHOWN else ""
        )
        raise DecomposeError(
            f"{len(stale)} files changed since the analysis:\n  {shown}\n",
            where=str(folder),
            remedy="run `decompose analyze` again",
        )
    labels = analysis.partition.labels()
    documents = contracts.documents(analysis.program, analysis.proposal, labels)
    plan = scaffold.plan(analysis, analysis.proposal, documents, services=services or None)
    place = target or folder / "services"
    return Scaffolded(place, plan, scaffold.write(plan, place, dry_run=dry_run))


def render_audit(folder: Path, trace: Path) -> Audit:
    """A finished analysis, measured against a trace of its program."""
    from decompose import audit

    return audit.audit(evidence.read(trace), load(folder))
