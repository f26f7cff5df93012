"""What is read of files that the running Python refuses, and that nothing is ever raised."""

import ast
import json
import random
import sys
import time
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import decompose
from decompose.source import Parsed, parse

OWN_FILES = sorted(Path(decompose.__file__).parent.rglob("*.py"))
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def read(text: str) -> Parsed:
    parsed = parse(text.encode(), "f.py")
    assert parsed.text.count("\n") == text.count("\n"), "lines are neither lost nor added"
    return parsed


def definitions(tree: ast.Module) -> set[tuple[str, int]]:
    nodes = (node for node in ast.walk(tree) if isinstance(node, _DEFINITIONS))
    return {(node.name, node.lineno) for node in nodes}


def kinds(parsed: Parsed) -> list[str]:
    return [problem.kind for problem in parsed.problems]


def test_a_good_file_is_parsed_as_it_stands() -> None:
    parsed = read('"""Doc."""\nx: int = 1\n')
    assert ast.dump(parsed.tree) == ast.dump(ast.parse('"""Doc."""\nx: int = 1\n'))
    assert parsed.problems == ()


def test_odd_escapes_in_the_analyzed_code_warn_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read('x = "\\d"\ny = 1 is 1\n').problems == ()


NEWER = {
    "type X = list[int]\n": "X = list[int]\n",
    "type X[T: int, *Ts, **P] = dict[T, Ts]\n": "X = dict[T, Ts]\n",
    "type = 1\ntype.x = type[2]\nprint(type)\n": "type = 1\ntype.x = type[2]\nprint(type)\n",
    "def f[T](x: T) -> T: return x\n": "def f(x: T) -> T: return x\n",
    "async def f[T: (int, str)](x): pass\n": "async def f(x): pass\n",
    "class C[T](B[T]):\n    def m[U](self): pass\n": "class C(B[T]):\n    def m(self): pass\n",
    "class C[\n    T,\n]:\n    x = 1\n": "class C:\n    x = 1\n",
    "class C[T = int]: pass\n": "class C: pass\n",
    'f"{a["b"]}"\n': "f\"{a['b']}\"\n",
    "f'{a['b']}, {c!r:>{w}}'\n": "f'{a[\"b\"]}, {c!r:>{w}}'\n",
    'f"{f"{f"{g(1)}"}"}"\n': "f'''{f\"{f'{g(1)}'}\"}'''\n",
    'f"{"\\n".join(a)}"\n': "f\"{' '.join(a)}\"\n",
    'f"""{\n    a(  # why\n    )\n}"""\n': 'f"""{a()}"""\n',
    'f"{\n    a\n}"\n': 'f"{a}"\n',
    't"{a + b}"\n': 'f"{a + b}"\n',
    "lazy import a.b\nlazy from c import d\n": "import a.b\nfrom c import d\n",
    "try: a\nexcept A, b.B: c\n": "try: a\nexcept (A, b.B): c\n",
    "try: a\nexcept A, B, C: c\n": "try: a\nexcept (A, B, C): c\n",
    "try: a\nexcept* A, B: c\n": "try: a\nexcept* (A, B): c\n",
}


@pytest.mark.parametrize("newer", NEWER)
def test_newer_syntax_is_read_all_the_same(newer: str) -> None:
    parsed = read(newer)
    if parsed.text == newer:
        pytest.skip("this Python knows the syntax")
    assert ast.unparse(bare(parsed.tree)) == ast.unparse(ast.parse(NEWER[newer]))
    assert parsed.problems == ()


def bare(tree: ast.Module) -> ast.Module:
    """Give the tree without type parameters: those read from the text are ours, and no Python can write them."""
    for node in ast.walk(tree):
        if hasattr(node, "type_params"):
            node.type_params = []
    return tree


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="this Python knows the syntax")
def test_newer_syntax_keeps_the_lines_of_what_follows() -> None:
    newer = 'class C[\n    T,\n]:\n    x = f"{\n        a["b"]\n    }"\n\n    def m(self): pass\n'
    assert definitions(read(newer).tree) == {("C", 1), ("m", 8)}


PYTHON2 = {
    "print 'a', b": "print('a', b)",
    "print": "print",
    "print >>err, 'a' % b,": "print >> err, 'a' % b,",
    "if a: print 'b'; print 'c'": "if a:\n    print('b'); print('c')",
    "exec code in names, more": "exec(code, names, more)",
    "try: a\nexcept E, e: b": "try: a\nexcept E as e: b",
    "try: a\nexcept E,e: b": "try: a\nexcept E as e: b",
    "try: a\nexcept (A, B), e: b": "try: a\nexcept (A, B) as e: b",
    "try: a\nexcept E, self.error: b": "try: a\nexcept E: b",
    "raise E, 'why'": "raise E('why')",
    "raise E, value, traceback": "raise E(value, traceback)",
    "x = `a` + `b`": "x = repr(a) + repr(b)",
    "if a <> b: pass": "if a != b: pass",
    "x = 0777, 10L, 0xFFL, 0": "x = 0o777, 10, 0xFF, 0",
    "x = ur'\\d'": "x = r'\\d'",
    "x = '\\Users'": "x = '\\\\Users'",
    "def f(a, (b, (c, d))): pass": "def f(a, b, c, d): pass",
    "f = lambda (k, v): k": "f = lambda k, v: k",
    "x = [a for a in 1, 2]": "x = [a for a in (1, 2)]",
    "f(async=True)": "f(async_=True)",
    "if a:\n        b\n\tc": "if a:\n    b\n    c",
}


@pytest.mark.parametrize("old", PYTHON2)
def test_python_2_is_read_with_one_problem(old: str) -> None:
    """A statement that only Python 2 knows stands before each case, so that it is surely tried."""
    parsed = read(f"print 'this is Python 2'\n{old}\n")
    expected = ast.parse(f"print('this is Python 2')\n{PYTHON2[old]}\n")
    assert ast.unparse(parsed.tree) == ast.unparse(expected)
    assert kinds(parsed) == ["python2"]


def test_python_2_that_is_broken_too_says_both() -> None:
    parsed = read("print 'a'\nprint 'b'\ndef f(): pass\nx = = 1\ndef g(): pass\n")
    assert definitions(parsed.tree) == {("f", 3), ("g", 5)}
    assert kinds(parsed) == ["python2", "syntax"]


def _program(*, broken: str) -> str:
    """500 lines of definitions, with one statement in the middle."""
    block = "class C{0}(Base):\n    def m{0}(self, a):\n        return a[{0}]\n\n\ndef f{0}():\n"
    block += '    """Say\n  what."""\n    return C{0}().m{0}("""\ndef no(): pass\n""")\n'
    half = [block.format(number) for number in range(46)]
    return "\n".join((*half[:23], broken, *half[23:]))


BROKEN = {
    "an operator too many": "x = = 1",
    "junk at the margin": "!?$ junk",
    "a bracket without an end": "x = f(1, [2, {3: 4}",
    "a bracket without a beginning": "x = 1))",
    "a string without an end": "x = 'abc",
    "a long string without an end": 'x = """abc',
    "a docstring without an end": 'def broken():\n    """abc\n    return 1',
    "a head without a colon": "def broken()\n    return 1",
    "a head that is cut off": "def broken(a,\n    return a",
    "a class without an end": "class Broken(A, (B:\n    x = 1",
    "a body too far in": "def broken():\n        a = 1\n            b = 2\n        return b",
    "a body too far out": "def broken():\n        a = 1\n      b = 2\n        return b",
    "a line too far in": "x = 1\n    y = 2",
    "no body": "def broken():",
    "try alone": "try:\n    x = 1",
    "else alone": "else:\n    x = 1",
    "a decorator alone": "@decorate\nx = 1",
    "a conflict of a merge": "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> theirs",
    "a template": "{% if a %}\nx = 1\n{% endif %}",
    "a backslash at the end": "x = 1 \\",
    "an old print": "print 'x'",
    "brackets in brackets": "x = " + "[" * 300 + "]" * 300,
    "an endless sum": "x = " + "1 + " * 20_000 + "1",
    "digits without end": "x = " + "9" * 10_000,
}


@pytest.mark.parametrize("case", BROKEN)
def test_one_error_costs_no_other_definition(case: str) -> None:
    text = _program(broken=BROKEN[case])
    wanted = definitions(ast.parse(_program(broken="\n" * BROKEN[case].count("\n"))))
    parsed = read(text)
    assert wanted - definitions(parsed.tree) == set()
    assert all(problem.path == "f.py" and problem.line for problem in parsed.problems)
    assert parsed.problems or case == "an endless sum"


IN_A_METHOD = ["x = = 1", "f(1, [2", "x = 'abc", 'x = """abc', "if a", "    y", "return )"]


@pytest.mark.parametrize("broken", IN_A_METHOD)
def test_an_error_in_a_method_costs_no_other_method(broken: str) -> None:
    methods = [f"    def m{number}(self):\n        '''Doc.'''\n        a()" for number in range(9)]
    methods[4] += f"\n        {broken}\n        b()"
    parsed = read("\n\n".join(["class C:\n    x = 1", *methods]))
    found = definitions(parsed.tree)
    assert {name for name, _ in found} >= {"C", *(f"m{number}" for number in range(9))}
    assert len(parsed.tree.body) == 1, "all methods are still the class's"


DECORATED = [
    "@a\n@b(\n    c,\n))\n@d\ndef f():\n    pass\n",
    "@a\n@b(\n    c,\n)\n@d\ndef f():\n    g((\n    pass\n",
    "@a(\n),\n)\nasync def f(\n    b: C,  # why\n) -> D:\n    x = = 1\n",
    "@a = 1\nclass f(\n    B,\n):\n    x = 1\n",
]


@pytest.mark.parametrize("text", DECORATED)
def test_a_broken_decorator_or_body_costs_no_decorated_definition(text: str) -> None:
    found = definitions(read(f"def e(): pass\n{text}def h(): pass\n").tree)
    assert [name for name, _ in sorted(found)] == ["e", "f", "h"]


def test_what_stands_around_a_broken_statement_is_read() -> None:
    text = "def f():\n    a()\n    x = = 1\n    try:\n        b()\n    except (:\n        c()\n    d()\n"
    calls = {
        node.func.id: node.lineno
        for node in ast.walk(read(text).tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls == {"a": 2, "b": 5, "c": 7, "d": 8}


def test_the_broken_line_is_named() -> None:
    parsed = read("a = 1\nb = = 2\nc = 3\n")
    (problem,) = parsed.problems
    assert (problem.path, problem.line, problem.kind) == ("f.py", 2, "syntax")
    assert "line 2 was left out" in problem.message
    assert problem.remedy


def test_many_errors_give_few_problems() -> None:
    parsed = read("x = = 1\ny = 2\n" * 200)
    assert len(parsed.tree.body) == 200
    assert 1 < len(parsed.problems) < 10


NOT_PYTHON = [
    b"",
    b"\0" * 1000,
    b"\xff\xfe" + b"\xd8" * 999,
    bytes(range(256)) * 20,
    b"((((" * 5000,
    b"{% for %}" * 999,
    b'"""' * 1001,
    b'f"{' * 2000,
    b"f'{f\"{" * 2000,
    b"if x:\n" * 300,
    b"".join(b" " * n + b"if x:\n" for n in range(300)),
    b"x." * 40_000 + b"y",
    b"not " * 40_000 + b"y",
    b"@a\n" * 5000,
    b"else:\n" * 5000,
    b"\\\n" * 5000,
    b"lambda: " * 5000,
    b"print `" * 5000,
    json.dumps([{"key": [None] * 50}] * 200, indent=1).encode(),
    b"<html>\n<body>\nIt's not Python.\n</body>\n" * 300,
]


@pytest.mark.parametrize("data", NOT_PYTHON, ids=lambda data: repr(data[:12]))
def test_nothing_is_raised_and_time_is_bounded(data: bytes) -> None:
    start = time.process_time()
    parsed = parse(data, "f.py")
    assert isinstance(parsed.tree, ast.Module)
    assert time.process_time() - start < 5


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="\n\t  ()[]{}\"'\\:;=,.#@`<>fbrutde xX019\0é\r", max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    parsed = parse(text.encode(), "f.py")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
    assert parsed.text.count("\n") == lines


def _hurt(text: str, chance: random.Random) -> str:
    """Delete, double or insert something at random in a few places."""
    lines = text.split("\n")
    for _ in range(chance.randrange(1, 4)):
        number = chance.randrange(len(lines))
        line = lines[number]
        cut = chance.randrange(len(line) + 1)
        lines[number] = chance.choice(
            [line[:cut] + line[cut + 1 :], line[:cut], line * 2, f" {line}", f'{line} """', ""]
            + [line[:cut] + mark + line[cut:] for mark in "()[]{}\"'\\:,=@#\t"]
        )
    return "\n".join(lines)


def test_hurt_files_lose_hardly_a_definition() -> None:
    chance = random.Random(20)  # noqa: S311  (no secret; the same files each time)
    wanted = lost = 0
    for number in range(150):
        text = OWN_FILES[number % len(OWN_FILES)].read_text()
        names = {name for name, _ in definitions(ast.parse(text))}
        hurt = _hurt(text, chance)
        found = {name for name, _ in definitions(parse(hurt.encode(), "f.py").tree)}
        wanted += len(names)
        lost += len(names - found)
    assert wanted > 500
    assert lost / wanted < 0.05
