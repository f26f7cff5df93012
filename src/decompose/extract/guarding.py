"""Regions: the lines of a scope that run inside something, or only where a test holds."""

import ast
from itertools import pairwise

from decompose.extract import asking, testing
from decompose.extract.nesting import Nesting
from decompose.model.facts import MAX_ELEMENTS, Op, RegionKind

_ASKED, _NOT_ASKED = int(RegionKind.ASKED), int(RegionKind.NOT_ASKED)
_BINARY, _DISPLAY = int(Op.BINARY), int(Op.DISPLAY)
_DISPLAYS = {ast.Tuple: "tuple", ast.List: "list", ast.Set: "set"}


class Guarding(Nesting):
    """The part of the pass that notes under which conditions lines run."""

    def __init__(self) -> None:
        super().__init__()
        self.governed: list[int] = []  # regions: scope, kind, expression, first line, last line
        self.block: list[ast.stmt] = []  # the statements that are being read, one after the other
        self.parameters: frozenset[str] = frozenset()  # of the scope

    def region(self, kind: int, row: int, body: list[ast.stmt]) -> None:
        """Note what governs some statements."""
        last = body[-1].end_lineno or body[-1].lineno
        self.governed += (self.scope, kind, row, body[0].lineno, last)

    def asked(self, node: ast.If, ends: tuple[bool, bool]) -> None:
        """Note what runs where a test holds or fails only; a branch that ends leaves what follows to the other."""
        if type(node.test) is ast.BoolOp:
            self._guarded(node.test)
        for holds, body, ending in ((True, node.body, ends[1]), (False, node.orelse, ends[0])):
            if not body and not ending:
                continue
            for part, truth in testing.parts(node.test, holds=holds):
                regions = self._told(part, truth)
                following = self._following(node) if regions and ending else []
                for kind, row in regions:
                    for each in filter(None, (body, following)):
                        self.region(kind, row, each)

    def _following(self, node: ast.stmt) -> list[ast.stmt]:
        return self.block[self.block.index(node) + 1 :]

    def _guarded(self, test: ast.BoolOp) -> None:
        """Note what of a test runs only where what stands before it holds, or fails, if that looks at values alone."""
        regions: list[tuple[int, int]] = []
        for before, after in pairwise(test.values):
            if not testing.is_quiet(before):
                return
            for part, truth in testing.parts(before, holds=type(test.op) is ast.And):
                regions += self._told(part, truth)
            last = after.end_lineno or after.lineno
            for kind, row in regions:
                self.governed += (self.scope, kind, row, after.lineno, last)

    def _told(self, test: ast.expr, holds: bool) -> list[tuple[int, int]]:  # noqa: FBT001 -- as the parts of a test
        """Kinds and expressions of the regions where a test holds, or fails."""
        line = test.lineno
        found = []
        for told in asking.told(test, holds=holds):
            written = told.expression
            row = self.table.text(told.names, line) if written is None else self.unused(written)
            found.append((_NOT_ASKED if told.is_not else _ASKED, row))
        tested = testing.tested(test, self.parameters, holds=holds)
        if tested is not None:
            row = self.unused(tested.subject)
            if tested.against is not None:
                row = self.table.row(_BINARY, row, self._again(tested.against), line)
            found.append((tested.kind, row))
        return found

    def _again(self, node: ast.expr) -> int:
        """The row of constants that are read elsewhere already."""
        kind = _DISPLAYS.get(type(node))
        if kind is None:
            return self.unused(node)
        rows = [self._again(each) for each in node.elts[:MAX_ELEMENTS]]  # type: ignore[attr-defined] # by kind
        items = self.table.items(rows)
        return self.table.row(_DISPLAY, self._strings[kind], items, node.lineno)
