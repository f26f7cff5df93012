"""What has each process noted? The tapes and counts that `recorder` leaves, also where a process was killed."""

from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

_ESCAPES = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}
_FUNCTION_FIELDS = 7
_EDGE_FIELDS = 8


@dataclass(frozen=True, slots=True)
class Function:
    """A code object. `flags` as the interpreter has them; `qualname` "" before Python 3.11."""

    file: int
    line: int
    flags: int
    name: str
    qualname: str


@dataclass(frozen=True, slots=True)
class Edge:
    """An edge as a process noted it; `caller` is None for a call from outside the program."""

    slot: int
    caller: int | None
    line: int
    operation: str
    callee: int
    is_mediated: bool
    through: str


@dataclass(slots=True)
class Part:
    """What one process noted. Numbers are positions in the tables of this part."""

    python: str = ""
    mode: str = ""
    files: dict[int, str] = field(default_factory=dict)
    functions: dict[int, Function] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    lines: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    unrecorded: list[tuple[str, str]] = field(default_factory=list)
    statements: dict[int, str] = field(default_factory=dict)
    stacks: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """Functions with lines, innermost first."""
    queries: list[tuple[int, int]] = field(default_factory=list)
    """(statement, stack)."""
    contexts: dict[int, list[int]] = field(default_factory=dict)
    """Context -> functions and classes that are at work in it."""
    below: dict[int, dict[int, set[int]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    """Context -> file -> lines that ran in it."""
    losses: list[str] = field(default_factory=list)
    counts: "array[int]" = field(default_factory=lambda: array("Q"))

    def count(self, edge: Edge) -> int:
        """How often an edge was run, at least once."""
        return max(1, self.counts[edge.slot]) if edge.slot < len(self.counts) else 1


def parts(folder: Path) -> tuple[list[Part], int]:
    """The parts in a folder, and how many Pythons were there at all, those that ran nothing of the program too."""
    tapes: dict[str, list[tuple[int, Path]]] = defaultdict(list)
    seen = 0
    for path in sorted(folder.iterdir()):
        token, _, rest = path.name.partition(".")
        number, _, ending = rest.partition(".")
        if rest == "seen":
            seen += 1
        elif ending == "tape" and number.isdigit():
            tapes[token].append((int(number), path))
    found = []
    for token, pieces in sorted(tapes.items()):
        part = Part()
        for _, path in sorted(pieces):
            _read_tape(part, path.read_bytes())
        part.counts = _counts(folder, token)
        found.append(part)
    return found, max(seen, len(found))


def _counts(folder: Path, token: str) -> "array[int]":
    """The last of the tables: each begins with a copy of the one before."""
    tables = [(path.stat().st_size, path) for path in folder.glob(f"{token}.*.counts")]
    counts = array("Q")
    if tables:
        data = max(tables)[1].read_bytes()
        counts.frombytes(data[: len(data) // 8 * 8])
    return counts


def _read_tape(part: Part, data: bytes) -> None:
    """Read the lines of a tape; one that a dying process left unfinished is no line."""
    text = data.rstrip(b"\0").decode("utf-8", "surrogateescape")
    for line in text.split("\n")[:-1]:
        fields = [_plain(each) for each in line.split("\t")]
        try:
            _note(part, fields)
        except (ValueError, IndexError):
            part.losses.append("a line that cannot be read")


def _note(part: Part, fields: list[str]) -> None:
    match fields:
        case ["L", file, line]:
            part.lines[int(file)].add(int(line))
        case ["B", context, file, line]:
            part.below[int(context)][int(file)].add(int(line))
        case ["E", slot, caller, line, operation, callee, mediated, through]:
            part.edges.append(
                Edge(
                    int(slot),
                    int(caller),
                    int(line),
                    operation,
                    int(callee),
                    mediated == "1",
                    through,
                )
            )
        case ["R", slot, callee]:
            part.edges.append(
                Edge(int(slot), None, 0, "", int(callee), is_mediated=False, through="")
            )
        case ["F", number, file, line, flags, name, qualname]:
            part.functions[int(number)] = Function(int(file), int(line), int(flags), name, qualname)
        case ["S", number, path]:
            part.files[int(number)] = path
        case ["P", python, mode, _]:
            part.python, part.mode = python, mode
        case ["X", reason, command]:
            part.unrecorded.append((reason, command))
        case ["Z", reason]:
            part.losses.append(reason)
        case _:
            _note_statement(part, fields)


def _note_statement(part: Part, fields: list[str]) -> None:
    match fields:
        case ["T", number, text]:
            part.statements[int(number)] = text
        case ["K", number, *places]:
            ends = (place.partition(":") for place in places)
            part.stacks[int(number)] = [(int(function), int(line)) for function, _, line in ends]
        case ["Q", statement, stack]:
            part.queries.append((int(statement), int(stack)))
        case ["C", number, *functions]:
            part.contexts[int(number)] = [int(each) for each in functions]
        case _:
            raise ValueError(fields)


def _plain(text: str) -> str:
    if "\\" not in text:
        return text
    out, position = [], 0
    while position < len(text):
        pair = text[position : position + 2]
        known = _ESCAPES.get(pair)
        out.append(known if known is not None else text[position])
        position += 2 if known is not None else 1
    return "".join(out)
