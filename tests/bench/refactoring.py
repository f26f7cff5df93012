"""Does a second run keep what the first one proposed, after the code was refactored?

    python tests/bench/refactoring.py BENCH PREPARED [--cases C-oscar,…] [--seed N]

BENCH and PREPARED are what `truth.py` takes. Each original tree is copied and analyzed; then one module
in twenty is renamed, with everything that imports it, and a twentieth of new code is added to it; then
it is analyzed again, with the first run's proposal beside it. Prints, for each case, the share of
members that nobody touched (all that are not new) which are in the service they were in, under the
same name, and the share of those in renamed modules. Returns 1 where the first is below the bar
anywhere. The analyzed code is read and rewritten as text, never run.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from decompose import pipeline
from decompose.config import Options

BAR = 0.95
SHARE = 0.05
"""Of the modules that are renamed, and of the lines that are added."""
_DEFINED = re.compile(r"^(?:class|def) (\w+)", re.MULTILINE)


@dataclass(frozen=True)
class Kept:
    """Shares of members that are where they were; `moved`: how many are not."""

    untouched: float
    renamed: float
    moved: int
    members: int


def main() -> int:
    """Refactor the cases asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--cases", default="")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    failed = False
    for path in sorted((asked.bench / "cases").glob("*.json")):
        tree = asked.prepared / path.stem / "orig"
        if tree.is_dir() and (not asked.cases or path.stem in asked.cases.split(",")):
            found = measured(tree, asked.seed)
            failed |= found.untouched < BAR
            print(
                f"{path.stem:18} untouched members that stayed {found.untouched:.1%}, "
                f"renamed ones {found.renamed:.1%}; {found.moved} of {found.members} moved",
                flush=True,
            )
    return int(failed)


def measured(tree: Path, seed: int = 0) -> Kept:
    """Analyze a copy of a tree, refactor it, and analyze it again."""
    with tempfile.TemporaryDirectory() as folder:
        root, out = Path(folder) / "program", Path(folder) / "out"
        shutil.copytree(tree, root)
        before = _labels(root, out)
        renamed = refactored(root, random.Random(seed))  # noqa: S311 -- a draw, no secret
        after = _labels(root, out)
    today = {name: _today(name, renamed) for name in before}
    touched = {name for name, heir in today.items() if name != heir}
    return Kept(
        _share(before, after, {n: h for n, h in today.items() if n not in touched}),
        _share(before, after, {n: today[n] for n in touched}),
        sum(after.get(heir) != before[name] for name, heir in today.items()),
        len(before),
    )


def _labels(root: Path, out: Path) -> dict[str, str]:
    pipeline.analyze(Options(root=root, output=out, use_cache=False, jobs=1))
    return pipeline.load(out).partition.labels()


def _today(name: str, renamed: Mapping[str, str]) -> str:
    head = name
    while head and head not in renamed:
        head = head.rpartition(".")[0]
    return renamed[head] + name.removeprefix(head) if head else name


def _share(before: Mapping[str, str], after: Mapping[str, str], today: Mapping[str, str]) -> float:
    stayed = sum(after.get(heir) == before[name] for name, heir in today.items())
    return stayed / len(today) if today else 1.0


def refactored(root: Path, draw: random.Random) -> dict[str, str]:
    """Rename modules and add code, in place; dotted name -> dotted name today of each renamed module."""
    modules = {
        ".".join(path.relative_to(root).with_suffix("").parts): path
        for path in sorted(root.rglob("*.py"))
        if path.name not in {"__init__.py", "__main__.py", "manage.py"}
        and not {"migrations", "tests"} & set(path.parts)
    }
    chosen = draw.sample(sorted(modules), max(1, round(SHARE * len(modules))))
    renamed = {name: f"{name}_anew" for name in sorted(chosen)}
    _rename(root, renamed, modules)
    left = {name: path for name, path in modules.items() if name not in renamed}
    _grow(left, draw)
    return renamed


def _rename(root: Path, renamed: Mapping[str, str], modules: Mapping[str, Path]) -> None:
    for path in sorted(root.rglob("*.py")):
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        package = path.relative_to(root).parent.parts
        changed = text
        for name in renamed:
            changed = _following(changed, name, package)
        if changed != text:
            path.write_text(changed, encoding="utf-8", errors="surrogateescape")
    for name in renamed:
        modules[name].rename(modules[name].with_name(f"{modules[name].stem}_anew.py"))


def _following(text: str, name: str, package: tuple[str, ...]) -> str:
    """A file's text with the new name of a module wherever it is imported or spelled out."""
    around, _, last = name.rpartition(".")
    if last not in text:
        return text
    text = re.sub(rf"(?<![\w.]){re.escape(name)}(?!\w)", f"{name}_anew", text)
    for written in _spellings(around, package):
        stem = written if written.endswith(".") else f"{written}."
        text = re.sub(
            rf"^(\s*from {re.escape(stem)}){last}(?= import|\.)",
            rf"\1{last}_anew",
            text,
            flags=re.MULTILINE,
        )
        imported = rf"^(\s*from {re.escape(written)} import (?:\([^)]*?|[^\n]*?)\b){last}\b( as\b)?"
        text = re.sub(
            imported,
            lambda match: f"{match[1]}{last}_anew{match[2] or f' as {last}'}",
            text,
            flags=re.MULTILINE,
        )
    return text


def _spellings(around: str, package: tuple[str, ...]) -> Iterator[str]:
    """How a file of `package` may write the package `around`: absolutely, and from where it stands."""
    if around:
        yield around
    parts = tuple(around.split(".")) if around else ()
    common = 0
    while common < min(len(parts), len(package)) and parts[common] == package[common]:
        common += 1
    yield "." * (len(package) - common + 1) + ".".join(parts[common:])


def _grow(modules: Mapping[str, Path], draw: random.Random) -> None:
    """Add functions that use what stands beside them, in new modules and in old ones."""
    texts = {name: path.read_text("utf-8", "replace") for name, path in modules.items()}
    wanted = SHARE * sum(text.count("\n") for text in texts.values())
    useful = sorted(name for name, text in texts.items() if _DEFINED.search(text))
    number = 0
    while wanted > 0 and useful:
        number += 1
        name = draw.choice(useful)
        used = draw.choice(_DEFINED.findall(texts[name]))
        body = "".join(f"    step_{n} = {used}\n" for n in range(30))
        code = f"\n\ndef extra_{number}(thing):\n{body}    return thing, step_1\n"
        path = modules[name]
        if number % 2:
            path = path.with_name(f"extra_{number}.py")
            code = f"from {name} import {used}\n{code}"
        with path.open("a", encoding="utf-8") as file:
            file.write(code)
        wanted -= code.count("\n")


if __name__ == "__main__":
    sys.exit(main())
