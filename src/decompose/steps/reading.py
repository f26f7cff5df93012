"""Files become facts: in parallel, and each text only once in its life."""

import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import decompose
from decompose.extract import ModuleName, decode, encode, extract, read_template
from decompose.model.facts import FACTS_VERSION, ModuleFacts
from decompose.model.source import FileRole, Problem, SourceFile
from decompose.model.templates import Template, template_names
from decompose.source import LARGEST_FILE, Cache, Lost, parse, read_file, run
from decompose.steps.clock import Watcher

_RECURSION = 6_000
_Item = tuple[str, str, str, bool, int]
"""(root, path, module, is it a package, size): what a worker needs to know of a file."""


def read_facts(
    root: Path, files: Sequence[SourceFile], cache: Cache, jobs: int, watcher: Watcher
) -> tuple[list[ModuleFacts], tuple[Problem, ...]]:
    """The facts of all files that are the program's or its tests', in the order of the files, and what was lost."""
    wanted = [file for file in files if file.digest and file.role is not FileRole.VENDORED]
    keys = [_key(file) for file in wanted]
    known = _sound(cache.get_many(keys))
    missing = [(file, key) for file, key in zip(wanted, keys, strict=True) if key not in known]
    watcher.advance(len(wanted) - len(missing))
    items = [(str(root), file.path, file.module, file.is_package, file.size) for file, _ in missing]
    problems: list[Problem] = []
    fresh: dict[str, bytes] = {}
    results = run(_facts_of, items, jobs=jobs, done=watcher.advance, weigh=lambda item: item[4])
    for (file, key), data in zip(missing, results, strict=True):
        if isinstance(data, Lost):
            problems.append(_lost(file.path, data.reason))
        else:
            fresh[key] = data
            known[key] = decode(data)
    cache.put_many(fresh)
    facts = [known[key] for key in keys if key in known]
    problems.extend(problem for found in facts for problem in found.problems)
    return facts, tuple(sorted(problems))


def read_templates(texts: Mapping[str, str]) -> list[Template]:
    """What the templates among some texts say, by path. Reading one costs less than keeping what it said."""
    named = ((path, template_names(path)) for path in sorted(texts))
    return [read_template(path, names, texts[path]) for path, names in named if names]


def _sound(rows: dict[str, bytes]) -> dict[str, ModuleFacts]:
    """Cached rows that can be decoded; the tree that holds the cache is not trusted."""
    found: dict[str, ModuleFacts] = {}
    for key, data in rows.items():
        try:
            found[key] = decode(data)
        except (ValueError, TypeError):  # msgspec's errors are ValueErrors
            continue
    return found


def _key(file: SourceFile) -> str:
    """Everything that a file's facts depend on: its text, its name, our version, the grammar of this Python."""
    grammar = f"{sys.version_info.major}.{sys.version_info.minor}"
    parts = (
        "facts",
        decompose.__version__,
        str(FACTS_VERSION),
        grammar,
        file.digest,
        file.path,
        file.module,
    )
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _facts_of(item: _Item) -> bytes:
    """One file's facts, encoded; what a worker does."""
    root, path, module, is_package, _ = item
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION))
    name = ModuleName(path, module, is_package)
    try:
        data = read_file(f"{root}/{path}", largest=LARGEST_FILE)
    except OSError as error:
        return encode(
            extract(parse(b"", path).tree, name, line_count=0, problems=(_lost(path, str(error)),))
        )
    parsed = parse(data, path)
    lines = parsed.text.count("\n") + (not parsed.text.endswith("\n") and bool(parsed.text))
    return encode(extract(parsed.tree, name, line_count=lines, problems=parsed.problems))


def _lost(path: str, reason: str) -> Problem:
    return Problem(
        path,
        0,
        "lost",
        f"the file could not be read: {reason}",
        "exclude it, or run again with --jobs 1",
    )
