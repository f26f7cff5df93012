"""Which statements of a broken file can be read?

The line that Python reports may be far from the cause: an unclosed bracket or string is noticed at
the end of the file. So the text is cut by its layout into statements, halves of a refused stretch are
tried apart until the refused statements stand alone, and of these the same is done to the body, while
the head is mended or replaced by a plain one of the same name. What remains is left out, its lines
blank: all other lines stay where they are.

A string or bracket may hold lines that look like statements, so the cut minds both. Where one has no
end, a quote too many turns strings inside out from there on: then the layout alone says where the
statement with it ends, and behind that reading begins anew.

The work is bounded by the size of the text, not by the number of its errors.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from decompose.model.source import Problem
from decompose.source.grammar import parsed, refused_line
from decompose.source.heads import ANY_HEAD, complete_head, first_word, in_place, plain_head
from decompose.source.lex import Kind, surely_starts, tokens

_CLAUSE = re.compile(r"(?:else|elif|except|finally)\b")
_COMPOUND = re.compile(
    r"(?:if|elif|else|while|for|try|except|finally|with|def|class|async|match|case)\b|.*:\Z"
)
_SURE_START = re.compile(
    r"\s*(?:(?:async[ ]+)?def |class |import |from [.\w]+ import |@\w|if __name)"
)
_DECORATED = re.compile(r"\s*(?:(?:async[ ]+)?def|class)[ ]")
_IS_CODE = re.compile(r"[ \t\f]*[^\s#]")
_READS_OF_TEXT = 30  # how often, on average, a character may be parsed
_READ_AT_LEAST = 200_000  # characters
_READ_AT_MOST = 20_000_000
_DEEPEST = 60  # statements in statements
_SHOWN = 5  # problems a file
_PREFIXES = "bBrRuUfFtT"
_TRIPLE = frozenset({'"' * 3, "'" * 3})


def salvage(
    text: str, path: str, refusal: BaseException
) -> tuple[ast.Module, str, tuple[Problem, ...]]:
    """Give what can be read of a refused text, the text as it was parsed, and what was left out."""
    salvager = _Salvager(text)
    try:
        salvager.read()
    except RecursionError:
        salvager.out = [""] * len(salvager.lines)
    read, tree = salvager.assembled()
    if not tree.body:
        return tree, read, (_nothing(path, refusal),)
    return tree, read, _left_out(path, salvager.missing(), refusal)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The lines from `start` to before `end`, as statements indented by `width` blanks."""

    start: int
    end: int
    width: int


class _Salvager:
    """Reads `lines` into `out`, where a line that is not read stays empty."""

    def __init__(self, text: str) -> None:
        self.lines = [_unindented(line) for line in text.split("\n")]
        self.out = [""] * len(self.lines)
        size = len(text)
        self._budget = min(_READ_AT_MOST, max(_READ_AT_LEAST, _READS_OF_TEXT * size))

    def read(self) -> None:
        self._region(_Stretch(0, len(self.lines), 0), 0)

    def assembled(self) -> tuple[str, ast.Module]:
        """Give the text that was read, and its tree.

        Should statements that are sound by themselves not fit together, those go that do not.
        """
        text = "\n".join(self.out)
        tree = parsed(text)
        if not isinstance(tree, ast.Module):
            again = _Salvager(text)
            again.read_statements()
            self.out = again.out
            text = "\n".join(self.out)
            tree = parsed(text)
        if isinstance(tree, ast.Module):
            return text, tree
        self.out = [""] * len(self.lines)
        return "\n".join(self.out), ast.Module(body=[], type_ignores=[])

    def read_statements(self) -> None:
        """Read the sound statements at the margin, and nothing of the others."""
        self._refused(self._units(_Stretch(0, len(self.lines), 0), minding=True))

    def missing(self) -> list[tuple[int, int]]:
        """Give the lines, from and to, counted from 1, of each stretch of code left out."""
        found: list[tuple[int, int]] = []
        for number, (line, read) in enumerate(zip(self.lines, self.out, strict=True), 1):
            if read or not _IS_CODE.match(line):
                continue
            if found and not any(self.out[found[-1][1] : number - 1]):
                found[-1] = (found[-1][0], number)
            else:
                found.append((number, number))
        return found

    def _parses(self, text: str) -> bool:
        self._budget -= len(text) + 20
        return self._budget >= 0 and isinstance(parsed(text), ast.Module)

    def _is_sound(self, stretch: _Stretch) -> bool:
        body = "\n".join(self.lines[stretch.start : stretch.end])
        around = f"if 1:\n{' ' * stretch.width}pass\n" if stretch.width else ""
        return self._parses(around + body)

    def _accept(self, stretch: _Stretch) -> None:
        self.out[stretch.start : stretch.end] = self.lines[stretch.start : stretch.end]

    def _region(self, stretch: _Stretch, depth: int) -> None:
        """Read what can be read of statements side by side."""
        while stretch.start < stretch.end and depth <= _DEEPEST and self._budget >= 0:
            refused = self._refused(self._units(stretch, minding=True))
            if not refused or not self._is_torn(stretch):
                for unit in refused:
                    self._statement(unit, depth)
                return
            first = refused[0].start
            self.out[first : stretch.end] = [""] * (stretch.end - first)
            end = self._end_of_torn(first, stretch)
            self._statement(_Stretch(first, end, stretch.width), depth)
            stretch = _Stretch(end, stretch.end, stretch.width)

    def _end_of_torn(self, first: int, stretch: _Stretch) -> int:
        """Find where the layout ends the statement in which a string or bracket has no end.

        A compound one may hold other strings, with lines at the margin: there only words will do
        that surely begin a statement.
        """
        behind = _Stretch(first, stretch.end, stretch.width)
        starts = [unit.start for unit in self._units(behind, minding=False)[1:]]
        code = self.lines[first].strip()
        if code.startswith("@") or _COMPOUND.match(code):
            sure = (start for start in starts if _SURE_START.match(self.lines[start]))
            return next(sure, starts[0] if starts else stretch.end)
        return starts[0] if starts else stretch.end

    def _refused(self, units: list[_Stretch]) -> list[_Stretch]:
        """Accept the sound ones of some statements, tried in halves, and give the others."""
        refused: list[_Stretch] = []
        waiting = [units]
        while waiting:
            some = waiting.pop()
            if not some:
                continue
            whole = _Stretch(some[0].start, some[-1].end, some[0].width)
            if self._is_sound(whole):
                self._accept(whole)
            elif len(some) == 1:
                refused.append(whole)
            else:
                half = len(some) // 2
                waiting += (some[half:], some[:half])
        return refused

    def _units(self, stretch: _Stretch, *, minding: bool) -> list[_Stretch]:
        """Cut a stretch where statements begin, minding strings and brackets or not."""
        inside = self._inside(stretch) if minding else set()
        starts: list[int] = []
        base = stretch.width  # of the statement at hand, which may be indented too little
        is_decorated = False
        for number in range(stretch.start, stretch.end):
            line = self.lines[number]
            if number in inside or not _IS_CODE.match(line) or _indent(line) > base:
                continue
            rest = line.lstrip()
            if rest[0] in ")]}":  # the end of brackets, whoever opened them
                continue
            base = _indent(line)
            if not is_decorated and not (starts and _CLAUSE.match(rest)):
                starts.append(number)
            is_decorated = rest.startswith("@")
        if not starts:
            return [stretch]
        ends = [*starts[1:], stretch.end]
        first = [_Stretch(stretch.start, starts[0], stretch.width)]
        has_code = any(map(_IS_CODE.match, self.lines[stretch.start : starts[0]]))
        pairs = zip(starts, ends, strict=True)
        return first * has_code + [_Stretch(start, end, stretch.width) for start, end in pairs]

    def _inside(self, stretch: _Stretch) -> set[int]:
        """Give the lines that begin inside a string or brackets, or continue the line before."""
        text = "\n".join(self.lines[stretch.start : stretch.end])
        self._budget -= len(text)
        inside: set[int] = set()
        number = stretch.start
        for token in tokens(text):
            count = token.text.count("\n")
            if count and (token.kind is not Kind.NEWLINE or token.depth):
                inside.update(range(number + 1, number + count + 1))
            number += count
            if token.kind is Kind.SPACE and surely_starts(text, token.end):
                inside.discard(number)  # the backslash before it is a slip
        return inside

    def _is_torn(self, stretch: _Stretch) -> bool:
        """Whether a string or a bracket has no end, so that lines behind it are misjudged."""
        text = "\n".join(self.lines[stretch.start : stretch.end])
        self._budget -= len(text)
        depth = 0
        for token in tokens(text):
            is_closing = token.kind is Kind.OP and token.text in {")", "]", "}"}
            if token.depth < depth - is_closing:
                return True
            if token.kind is Kind.UNTERMINATED and token.text.lstrip(_PREFIXES)[:3] in _TRIPLE:
                return True
            is_opening = token.kind is Kind.OP and token.text in {"(", "[", "{"}
            depth = token.depth + is_opening
        return depth > 0

    def _statement(self, unit: _Stretch, depth: int) -> None:
        """Read what can be read of one refused statement."""
        if self._interrupts(unit):
            self._accept(_Stretch(unit.start + 1, unit.end, unit.width))
            return
        unit = self._aligned(unit)
        if self._is_sound(unit):
            self._accept(unit)
            return
        start = self._decorators(unit)
        rest = _Stretch(start, unit.end, unit.width)
        if start == unit.end:
            return
        if _COMPOUND.match(self.lines[start].strip()) and start + 1 < unit.end:
            clauses = self._clauses(rest)
            places = in_place([first_word(self.lines[head.start]) for head, _ in clauses])
            for (head, body), is_fit in zip(clauses, places, strict=True):
                self._read_head(head, is_fit=is_fit)
                self._read_body(head, body, depth)
        else:
            self._lines_apart(rest, depth)

    def _interrupts(self, unit: _Stretch) -> bool:
        """Whether the lines behind its first belong to the statement before, as read so far."""
        first, rest = self.lines[unit.start], self.lines[unit.start + 1 : unit.end]
        if not rest or _COMPOUND.match(first.strip()):
            return False
        for number in range(unit.start - 1, -1, -1):
            line = self.out[number]
            if line and _indent(line) <= unit.width and _COMPOUND.match(line.strip()):
                before = self.out[number : unit.start]
                around = f"if 1:\n{' ' * unit.width}pass\n" if unit.width else ""
                return self._parses(around + "\n".join((*before, "", *rest)))
        return False

    def _aligned(self, unit: _Stretch) -> _Stretch:
        """Move a statement that is indented too much or too little to where it belongs."""
        code = [n for n in range(unit.start, unit.end) if _IS_CODE.match(self.lines[n])]
        if not code or (shift := unit.width - _indent(self.lines[code[0]])) == 0:
            return unit
        for number in code:
            line = self.lines[number]
            self.lines[number] = " " * max(0, _indent(line) + shift) + line.lstrip()
        return unit

    def _decorators(self, unit: _Stretch) -> int:
        """Accept the sound decorators that a statement begins with; give the line behind them."""
        starts = [n for n in range(unit.start, unit.end) if _indent(self.lines[n]) == unit.width]
        if not self.lines[unit.start].lstrip().startswith("@"):
            return unit.start
        head = next((n for n in starts if _DECORATED.match(self.lines[n])), unit.end)
        if head == unit.end:
            return head  # decorators of nothing are not accepted
        marks = [n for n in starts if n < head and self.lines[n].lstrip().startswith("@")]
        for start, end in zip(marks, [*marks[1:], head], strict=True):
            written = "\n".join(self.lines[start:end])[unit.width :]
            if self._parses(f"{written}\ndef f(): pass"):
                self._accept(_Stretch(start, end, unit.width))
        return head

    def _clauses(self, unit: _Stretch) -> list[tuple[_Stretch, _Stretch]]:
        """Part a compound statement into its heads and the body of each."""
        heads = [
            number
            for number in range(unit.start, unit.end)
            if number == unit.start
            or (
                _indent(self.lines[number]) == unit.width
                and _CLAUSE.match(self.lines[number].lstrip())
            )
        ]
        ends = [*heads[1:], unit.end]
        return [self._parted(head, end, unit) for head, end in zip(heads, ends, strict=True)]

    def _parted(self, head: int, end: int, unit: _Stretch) -> tuple[_Stretch, _Stretch]:
        first = self._body_start(head, end, unit.width)
        width = next(
            (
                _indent(line)
                for line in self.lines[first:end]
                if _IS_CODE.match(line) and _indent(line) > unit.width
            ),
            unit.width + 1,
        )
        return _Stretch(head, first, unit.width), _Stretch(first, end, width)

    def _body_start(self, head: int, end: int, width: int) -> int:
        """Find the first line behind a head: behind its colon, if that is found before long."""
        for number in range(head, end):
            line = self.lines[number].split("#")[0].rstrip()
            if line.endswith(":"):
                return number + 1
            if number > head and line and _indent(line) <= width and line.strip()[0] not in ")]}":
                break
        return min(head + 1, end)

    def _read_head(self, head: _Stretch, *, is_fit: bool) -> None:
        """Read a head as near to what is written as is sound; one out of place gets a plain one."""
        written = self.lines[head.start : head.end]
        word = first_word(written[0])
        with_colon = [*written[:-1], f"{written[-1].split('#')[0].rstrip()}:"]
        for lines in (written, with_colon):
            if is_fit and self._parses(
                complete_head("\n".join(lines)[head.width :], word, head.width)
            ):
                self.out[head.start : head.end] = lines
                return
        plain = plain_head(written[0].lstrip()) if is_fit else ANY_HEAD
        blank = [""] * (len(written) - 1)
        self.out[head.start : head.end] = [" " * head.width + plain, *blank]

    def _read_body(self, head: _Stretch, body: _Stretch, depth: int) -> None:
        """Read what can be read of a body, and put `pass` where that is nothing."""
        self._region(body, depth + 1)
        if any(map(_IS_CODE.match, self.out[body.start : body.end])):
            return
        if body.end > body.start:
            self.out[body.start : body.end] = [""] * (body.end - body.start)
            self.out[body.start] = f"{' ' * body.width}pass"
        else:
            last = max(number for number in range(head.start, head.end) if self.out[number])
            self.out[last] = f"{self.out[last].split('#')[0].rstrip()} pass"

    def _lines_apart(self, unit: _Stretch, depth: int) -> None:
        """Read the lines of a simple statement one by one: the first may be the broken one."""
        first = _Stretch(unit.start, unit.start + 1, unit.width)
        if unit.end - unit.start <= 1:
            return
        if self._is_sound(first):
            self._accept(first)
        rest = _Stretch(unit.start + 1, unit.end, unit.width)
        code = [line for line in self.lines[rest.start : rest.end] if _IS_CODE.match(line)]
        if code and _indent(code[0]) > unit.width:
            shift = _indent(code[0]) - unit.width
            for number in range(rest.start, rest.end):
                line = self.lines[number]
                if _IS_CODE.match(line):
                    self.lines[number] = " " * max(0, _indent(line) - shift) + line.lstrip()
            self._region(rest, depth + 1)


def _unindented(line: str) -> str:
    """Indent with blanks alone, lest lines that fit one by one do not fit together."""
    code = line.lstrip(" \t\f")
    margin = line[: len(line) - len(code)]
    return margin.replace("\f", "").expandtabs(8) + code if margin.strip(" ") else line


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _nothing(path: str, refusal: BaseException) -> Problem:
    line = refused_line(refusal)
    message = f"nothing of the file could be read: {_reason(refusal)}"
    return Problem(path, line, "syntax", message, "correct the syntax, or leave it out: --exclude")


def _reason(refusal: BaseException) -> str:
    """Say what Python found, on one line and without the text itself."""
    if isinstance(refusal, SyntaxError):
        return " ".join(str(refusal.msg).split())[:120]
    if isinstance(refusal, RecursionError | MemoryError):
        return "it is nested too deeply"
    return " ".join(str(refusal).split())[:120]


def _left_out(
    path: str, missing: Sequence[tuple[int, int]], refusal: BaseException
) -> tuple[Problem, ...]:
    """Report each stretch that was left out, or the mere fact where lines were only mended."""
    remedy = "correct the syntax; everything else in the file was read"
    reported = refused_line(refusal)
    if not missing:
        message = f"{_reason(refusal)}; the file was read with this mended"
        return (Problem(path, reported, "syntax", message, remedy),)
    problems = []
    for first, last in missing[:_SHOWN]:
        reason = _reason(refusal) if first <= reported <= last else "the syntax is broken"
        lines = f"line {first} was" if first == last else f"lines {first} to {last} were"
        problems.append(Problem(path, first, "syntax", f"{reason}; {lines} left out", remedy))
    if len(missing) > _SHOWN:
        message = f"{len(missing) - _SHOWN} more places with broken syntax were left out"
        problems.append(Problem(path, missing[_SHOWN][0], "syntax", message, remedy))
    return tuple(problems)
