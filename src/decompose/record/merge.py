"""Parts of processes become one trace, which is the same whatever process saw what first."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from decompose.frameworks.raw_sql.parse import meaning
from decompose.model.trace import (
    COUNT_LIMIT,
    Body,
    How,
    Trace,
    TracedAccess,
    TracedCall,
    TracedFile,
    TracedFunction,
    TracedReach,
)
from decompose.record.definitions import Definitions, definitions
from decompose.record.parts import Edge, Function, Part
from decompose.record.words import how

_OPTIMIZED, _GENERATOR, _ASYNCHRONOUS = 0x1, 0x20, 0x80 | 0x200
_OF_THEIR_OWN = frozenset({"<module>", "<lambda>"})
_TEST_NAME = re.compile(r"(?:test_.*|.*_tests?|tests?|conftest)\.py\Z")

_Place = tuple[str, int, str, Body]  # path, line, qualified name, body
_Call = tuple[_Place, int, _Place, How, str]


@dataclass(frozen=True, slots=True)
class Run:
    """What is known of a run besides what its processes noted. `tests`: paths of files that hold tests."""

    command: Sequence[str]
    exit_code: int
    root: Path
    tests: Collection[str]
    has_sql: bool = False


@dataclass(slots=True)
class _Merged:
    """Sums over all parts."""

    calls: dict[_Call, int] = field(default_factory=lambda: defaultdict(int))
    roots: dict[_Place, int] = field(default_factory=lambda: defaultdict(int))
    lines: dict[str, set[int] | None] = field(default_factory=dict)
    accesses: set[tuple[_Place, int, str, str, bool]] = field(default_factory=set)
    reaches: dict[_Place, dict[str, set[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )


def merge(found: Sequence[Part], processes: int, ran: Run) -> Trace:
    """One trace of all parts, sorted."""
    sums = _Merged()
    texts = _Texts(ran)
    for part in found:
        _add(part, texts, sums)
    ends = {end for call in sums.calls for end in (call[0], call[2])}
    touched = {access[0] for access in sums.accesses}
    places = sorted({*sums.roots, *ends, *touched, *sums.reaches})
    paths = sorted({*sums.lines, *(place[0] for place in places)})
    file_of = {path: number for number, path in enumerate(paths)}
    number_of = {place: number for number, place in enumerate(places)}
    return Trace(
        command=tuple(ran.command),
        exit_code=ran.exit_code,
        pythons=tuple(sorted({part.python for part in found if part.python})),
        processes=processes,
        files=tuple(texts.file(path, sums.lines.get(path)) for path in paths),
        functions=tuple(
            TracedFunction(file_of[path], line, name, body) for path, line, name, body in places
        ),
        calls=tuple(
            sorted(
                TracedCall(
                    number_of[caller], line, number_of[callee], word, through, _capped(count)
                )
                for (caller, line, callee, word, through), count in sums.calls.items()
            )
        ),
        roots=tuple(sorted((number_of[place], _capped(n)) for place, n in sums.roots.items())),
        unrecorded=tuple(sorted({each for part in found for each in part.unrecorded})),
        losses=tuple(sorted({each for part in found for each in part.losses})),
        accesses=tuple(
            sorted(
                TracedAccess(number_of[place], line, table, mode, is_own)
                for place, line, table, mode, is_own in sums.accesses
            )
        )
        if ran.has_sql
        else None,
        reaches=tuple(_reaches(sums, number_of, file_of)) if sums.reaches else None,
    )


def _reaches(
    sums: _Merged, number_of: Mapping[_Place, int], file_of: Mapping[str, int]
) -> Iterator[TracedReach]:
    """In the order of functions and files."""
    for place, files in sorted(sums.reaches.items()):
        for path, lines in sorted(files.items()):
            yield TracedReach(number_of[place], file_of[path], tuple(sorted(lines)))


def _capped(count: int) -> int:
    return min(count, COUNT_LIMIT)


class _Texts:
    """What the files themselves say: digests, whether they are tests, where definitions stand."""

    def __init__(self, ran: Run) -> None:
        self.ran = ran
        self._definitions: dict[str, Definitions] = {}
        self._tests: dict[str, bool] = {}

    def is_test(self, path: str) -> bool:
        """Does a file hold tests? By what was found out about it, else by its name."""
        known = self._tests.get(path)
        if known is None:
            named = _TEST_NAME.match(PurePosixPath(path).name) is not None
            known = self._tests[path] = path in self.ran.tests or named
        return known

    def definitions(self, path: str) -> Definitions:
        """The definitions of a file as it is now."""
        known = self._definitions.get(path)
        if known is None:
            known = self._definitions[path] = definitions(self._data(path))
        return known

    def file(self, path: str, lines: set[int] | None) -> TracedFile:
        """A file of the trace."""
        data = self._data(path)
        digest = "" if data is None else hashlib.sha256(data).hexdigest()
        return TracedFile(
            path, digest, self.is_test(path), None if lines is None else tuple(sorted(lines))
        )

    def _data(self, path: str) -> bytes | None:
        try:
            return (self.ran.root / path).read_bytes()
        except OSError:
            return None


def _add(part: Part, texts: _Texts, sums: _Merged) -> None:
    """Add what one process noted."""
    places = dict(_places(part, texts))
    for number, path in part.files.items():
        if part.mode == "monitoring":
            known = sums.lines.get(path) or set()
            sums.lines[path] = known | part.lines.get(number, set())
        else:
            sums.lines.setdefault(path, None)
    for edge in part.edges:
        if edge.callee in places and (edge.caller is None or edge.caller in places):
            _add_edge(edge, part, places, texts, sums)
    for statement, stack in part.queries:
        if statement in part.statements and stack in part.stacks:
            _add_query(part.statements[statement], part.stacks[stack], places, texts, sums)
    _add_reaches(part, places, texts, sums)


def _add_reaches(part: Part, places: dict[int, _Place], texts: _Texts, sums: _Merged) -> None:
    """Add the lines that ran in each context to all that was at work in it, but tests, and to their files."""
    for context, files in part.below.items():
        at_work = [places[number] for number in part.contexts.get(context, ()) if number in places]
        for file, lines in files.items():
            path = part.files.get(file)
            if path is None or texts.is_test(path):
                continue
            sums.lines[path] = (sums.lines.get(path) or set()) | lines
            for place in at_work:
                if not texts.is_test(place[0]):
                    sums.reaches[place][path] |= lines


def _add_query(
    statement: str,
    stack: Sequence[tuple[int, int]],
    places: dict[int, _Place],
    texts: _Texts,
    sums: _Merged,
) -> None:
    """Add what a statement does to tables, for each function and class below which it ran, as far as to the test."""
    touched = [(table, mode.value) for table, mode in meaning(statement).accesses]
    is_own = True
    for number, line in stack if touched else ():
        place = places.get(number)
        if place is None or texts.is_test(place[0]):
            return
        for table, mode in touched:
            sums.accesses.add((place, line or place[1], table, mode, is_own))
        is_own &= line == 0


def _add_edge(
    edge: Edge, part: Part, places: dict[int, _Place], texts: _Texts, sums: _Merged
) -> None:
    callee = places[edge.callee]
    if _is_inline(part.functions[edge.callee].name) or texts.is_test(callee[0]):
        return
    caller = None if edge.caller is None else places[edge.caller]
    if caller is None or texts.is_test(caller[0]):
        sums.roots[callee] += part.count(edge)
        return
    word = how(edge.operation, part.functions[edge.callee].name, callee[3])
    if word is How.CALL and edge.line in texts.definitions(caller[0]).decorators:
        word = How.DECORATOR
    through = _library(edge.through) if edge.is_mediated else ""
    sums.calls[caller, edge.line, callee, word, through] += part.count(edge)


def _places(part: Part, texts: _Texts) -> Iterator[tuple[int, _Place]]:
    """Where each function of a part stands; a comprehension counts as the code around it."""
    for number, function in part.functions.items():
        path = part.files.get(function.file)
        if path is None:
            continue
        name = function.qualname or texts.definitions(path).name(function.line, function.name)
        line, body = function.line, _body(function)
        if line == 0:
            known = texts.definitions(path).lines
            line = known.get(name) or known.get(name.rpartition(".")[0], 1)
        elif _is_inline(function.name):
            name, line, body = texts.definitions(path).around(function.line)
        yield number, (path, line, name, body)


def _is_inline(name: str) -> bool:
    """Is it part of the code around it? Comprehensions, and what evaluates type parameters."""
    return name[:1] == "<" and name not in _OF_THEIR_OWN


def _body(function: Function) -> Body:
    if function.name == "<module>":
        return Body.MODULE
    if not function.flags & _OPTIMIZED:
        return Body.CLASS
    if function.flags & _ASYNCHRONOUS:
        return Body.COROUTINE
    if function.flags & _GENERATOR:
        return Body.GENERATOR
    return Body.LAMBDA if function.name == "<lambda>" else Body.FUNCTION


def _library(path: str) -> str:
    """The name of the library that a file belongs to."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    for folder in ("site-packages", "dist-packages"):
        if folder in parts[:-1]:
            parts = parts[len(parts) - parts[::-1].index(folder) :]
            return parts[0].removesuffix(".py")
    for position, part in enumerate(parts[:-1]):
        if re.fullmatch(r"(?:python|pypy)\d(?:\.\d+)?t?|Lib", part):
            return parts[position + 1].removesuffix(".py")
    return parts[-1].removesuffix(".py") if parts else "?"
