"""One text in, facts out: complete, compact, and the same after a round trip."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from decompose.extract import ModuleName, decode, encode, extract
from decompose.model.facts import LOOP_SHIFT, ROLE_MASK, DefinitionKind, ModuleFacts, Op, Role

OWN = sorted((Path(__file__).parents[2] / "src").rglob("*.py"))


def facts(text: str) -> ModuleFacts:
    return extract(
        ast.parse(text), ModuleName("m.py", "m", is_package=False), line_count=text.count("\n")
    )


def uses(found: ModuleFacts, role: Role) -> list[tuple[str, int, int]]:
    """(last name, line, loop depth) of the uses in a role."""
    expressions, rows = found.expressions, []
    for row, line, flags in zip(
        found.uses.expression, found.uses.line, found.uses.flags, strict=True
    ):
        if flags & ROLE_MASK != role:
            continue
        at = expressions.a[row] if expressions.op[row] == Op.CALL else row
        text = expressions.b[at] if expressions.op[at] == Op.ATTRIBUTE else expressions.a[at]
        rows.append((found.strings[text], line, flags >> LOOP_SHIFT))
    return rows


def test_definitions_know_their_lines_parents_and_documentation() -> None:
    found = facts(
        '"""About m.\n\nMore."""\n\n@mark\nclass A(B, key=1):\n    """An A."""\n'
        "    async def f(self, *a, b=2, **c) -> int:\n"
        "        def g(): yield 1\n"
    )
    rows = [
        (each.kind, each.qualname, each.parent, each.first_line, each.line, each.doc)
        for each in found.definitions
    ]
    assert rows == [
        (DefinitionKind.MODULE, "", -1, 1, 1, "About m."),
        (DefinitionKind.CLASS, "A", 0, 5, 6, "An A."),
        (DefinitionKind.ASYNC_FUNCTION, "A.f", 1, 8, 8, ""),
        (DefinitionKind.FUNCTION, "A.f.g", 2, 9, 9, ""),
    ]
    assert [each.name for each in found.definitions[2].parameters] == ["self", "a", "b", "c"]
    assert found.definitions[3].is_generator


def test_calls_know_how_many_loops_surround_them() -> None:
    found = facts(
        "for x in start():\n  one()\n  while cond():\n    two()\n  [three() for y in z for w in y]\n"
    )
    assert uses(found, Role.CALL) == [
        ("start", 1, 0), ("one", 2, 1), ("cond", 3, 1), ("two", 4, 2), ("three", 5, 3),
    ]  # fmt: skip


def test_a_loop_that_tries_until_it_works_counts_as_none() -> None:
    found = facts(
        "def code():\n while True:\n  made = new()\n  if free(made):\n   return made\n"
        "def work():\n while True:\n  row = take()\n  if not row:\n   break\n  do(row)\n"
    )
    assert uses(found, Role.CALL) == [
        ("new", 3, 0), ("free", 4, 0), ("take", 8, 1), ("do", 11, 1),
    ]  # fmt: skip


def test_calls_of_a_chain_over_several_lines_have_lines_of_their_own() -> None:
    found = facts("(\n  a\n  .b()\n  .c()\n)\n")
    assert [(name, line) for name, line, _ in uses(found, Role.CALL)] == [("b", 3), ("c", 4)]


def test_reads_of_a_functions_own_variables_are_no_uses_but_of_globals_are() -> None:
    found = facts("def f(a):\n  b = a\n  g = b\n  return c.d + b + e\n")
    assert uses(found, Role.READ) == [("d", 4, 0), ("e", 4, 0)]


def test_imports_for_typing_only_are_told_apart() -> None:
    found = facts(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n  from a import b\nelse:\n  from c import d\n"
    )
    assert [(each.module, each.typing_only) for each in found.imports] == [
        ("typing", False), ("a", True), ("c", False),
    ]  # fmt: skip


def test_all_is_read_where_it_is_literal() -> None:
    assert facts("__all__ = ['a']\n__all__ += ['b']\n").exported == ["a", "b"]
    assert facts("x = 1\n").exported is None


def test_annotations_in_quotes_are_read() -> None:
    found = facts("def f(x: 'pkg.Thing | None', y: list['Other']): ...\n")
    assert {name for name, _, _ in uses(found, Role.ANNOTATE)} == {"Thing", "list", "Other"}


def test_a_sum_of_ten_thousand_terms_is_no_problem() -> None:
    tree = ast.parse("x = 1\n")
    total: ast.expr = ast.Constant(1, lineno=1, col_offset=0)
    for _ in range(10_000):
        total = ast.BinOp(
            total, ast.Add(), ast.Constant(2, lineno=1, col_offset=0), lineno=1, col_offset=0
        )
    tree.body[0].value = total  # type: ignore[attr-defined] # an assignment
    found = extract(tree, ModuleName("m.py", "m", is_package=False), line_count=1)
    assert not found.problems


def test_nesting_without_end_is_a_problem_and_no_crash() -> None:
    tree = ast.parse("def before(): pass\nx = 1\n")
    deep: ast.expr = ast.Constant(1, lineno=2, col_offset=0)
    for _ in range(50_000):
        deep = ast.UnaryOp(ast.Not(), deep, lineno=2, col_offset=0)
    tree.body[1].value = deep  # type: ignore[attr-defined] # an assignment
    found = extract(tree, ModuleName("m.py", "m", is_package=False), line_count=2)
    assert [problem.kind for problem in found.problems] == ["too-deep"]
    assert [each.name for each in found.definitions] == ["", "before"]
    assert decode(encode(found)) == found


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_facts_survive_a_round_trip(path: Path) -> None:
    found = facts(path.read_text(encoding="utf-8"))
    assert decode(encode(found)) == found
    assert len(found.row_start) == len(found.definitions) + 1


@given(st.binary(max_size=60))
def test_bytes_that_are_no_facts_are_refused_with_known_errors(data: bytes) -> None:
    with pytest.raises((ValueError, TypeError)):
        decode(data)
