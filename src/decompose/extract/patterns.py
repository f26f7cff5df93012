"""What do the names that `case` patterns bind stand for?"""

import ast

from decompose.extract.operations import Operations
from decompose.model.facts import NOTHING, Op

_ITEM, _NARROW, _MATCHED, _UNION, _SUBSCRIPT = (
    int(op) for op in (Op.ITEM, Op.NARROW, Op.MATCHED, Op.UNION, Op.SUBSCRIPT)
)


class Patterns(Operations):
    """The part of the pass that reads patterns: each gives the row of what it fits."""

    def pattern(self, pattern: ast.pattern, subject: int) -> int:
        """Bind the names of a pattern that is held against the value of a row."""
        made = subject
        if isinstance(pattern, ast.MatchClass):
            made = self._class_pattern(pattern, subject)
        elif isinstance(pattern, ast.MatchSequence):
            self._sequence_pattern(pattern, subject)
        elif isinstance(pattern, ast.MatchMapping):
            for key, each in zip(pattern.keys, pattern.patterns, strict=True):
                item = self.table.row(_SUBSCRIPT, subject, self.value(key), key.lineno)
                self.pattern(each, item)
        elif isinstance(pattern, ast.MatchOr):
            made = self._either_pattern(pattern, subject)
        elif isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
            made = self.pattern(pattern.pattern, subject)
        elif isinstance(pattern, ast.MatchValue):
            self.value(pattern.value)
        self._capture(pattern, made)
        return made

    def _capture(self, pattern: ast.pattern, made: int) -> None:
        name = getattr(pattern, "name", None) or getattr(pattern, "rest", None)
        if name:
            is_whole = isinstance(pattern, ast.MatchAs)
            self.bind_name(name, made if is_whole else self.table.unknown(), pattern.lineno)

    def _class_pattern(self, pattern: ast.MatchClass, subject: int) -> int:
        """`Point(x, y=late)`."""
        table, line = self.table, pattern.lineno
        made = table.row(_NARROW, subject, self.value(pattern.cls), line)
        for position, each in enumerate(pattern.patterns):
            self.pattern(each, table.row(_MATCHED, made, position, line))
        for name, each in zip(pattern.kwd_attrs, pattern.kwd_patterns, strict=True):
            self.pattern(each, table.attribute(made, name, line))
        return made

    def _sequence_pattern(self, pattern: ast.MatchSequence, subject: int) -> None:
        """`[first, *rest, last]`; behind the star, counted from the end."""
        parts = pattern.patterns
        starred = next(
            (at for at, each in enumerate(parts) if isinstance(each, ast.MatchStar)), len(parts)
        )
        for position, each in enumerate(parts):
            if position == starred:
                self._capture(each, NOTHING)
                continue
            place = position if position < starred else position - len(parts)
            self.pattern(each, self.table.row(_ITEM, subject, place, each.lineno))

    def _either_pattern(self, pattern: ast.MatchOr, subject: int) -> int:
        made = self.pattern(pattern.patterns[0], subject)
        for each in pattern.patterns[1:]:
            made = self.table.row(_UNION, made, self.pattern(each, subject), each.lineno)
        return made
