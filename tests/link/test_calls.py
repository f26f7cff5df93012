"""Who is called: one small program a case, its expectations on its lines, all of them and no more."""

import importlib.util
import sys
from pathlib import Path

import pytest

from decompose.graph.columns import columns
from decompose.graph.reach import steps

_HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("link_programs", _HERE / "programs.py")
assert _spec
assert _spec.loader
programs = importlib.util.module_from_spec(_spec)
sys.modules["link_programs"] = programs
_spec.loader.exec_module(programs)

CASES = {path.stem: path for path in sorted((_HERE / "cases").glob("*.txt"))}


@pytest.mark.parametrize("case", CASES)
def test_lines_call_what_their_marks_say(case: str) -> None:
    text = CASES[case].read_text(encoding="utf-8")
    assert programs.called(programs.linked(text)) == programs.expected(text)


def test_the_order_of_files_does_not_matter() -> None:
    text = CASES["imports"].read_text(encoding="utf-8")
    files = programs.files_of(text)
    facts = [programs.facts_of(path, source) for path, source in files.items()]
    sources = [
        programs.SourceFile(each.path, each.module, programs.FileRole.PROGRAM, each.is_package, 0)
        for each in facts
    ]
    there = programs.link(facts, sources, programs.readers()).graph
    back = programs.link(facts[::-1], sources, programs.readers()).graph
    assert there.nodes == back.nodes
    assert there.edges == back.edges


def test_every_call_is_linked_or_has_a_reason() -> None:
    program = programs.linked(
        "def f(x, y):\n    x.go()\n    len(y)\n    y[0]()\n    g()\n\ndef g():\n    pass\n"
    )
    assert program.resolved == {"linked": 1, "builtin": 1, "unknown-receiver": 1, "dynamic": 1}
    texts = [program.unlinked.strings[number] for number in program.unlinked.text]
    assert texts == ["x.go", "len", "y[]"]


def test_a_definition_named_like_a_module_keeps_a_name_of_its_own() -> None:
    program = programs.linked(
        "--- pkg/__init__.py\ndef tool():\n    pass\n--- pkg/tool.py\nX = 1\n"
    )
    assert program.graph.nodes.names == ["pkg", "pkg.__init__.tool", "pkg.tool"]


def test_a_method_s_name_alone_is_a_guess_kept_apart_unless_a_library_s_object_has_it_too() -> None:
    graph = programs.linked(CASES["guesses"].read_text(encoding="utf-8")).graph
    guessed = {
        (graph.nodes.names[edge.target], site.line)
        for edge in graph
        if edge.confidence is programs.Confidence.NAME_ONLY
        for site, _ in graph.sites(edge.index)
    }
    assert guessed == {("app.Parcel.weigh", 47)}


def test_a_test_that_hands_itself_over_is_not_what_the_program_calls() -> None:
    text = (
        "--- app.py\ndef run(step):\n    step()\n\ndef real():\n    pass\n\nrun(real)\n"
        "--- tests/test_app.py\nfrom app import run\n\ndef fake():\n    pass\n\nrun(fake)\n"
    )
    graph = programs.linked(text).graph
    names = graph.nodes.names
    called = {names[edge.target] for edge in graph if names[edge.source] == "app.run"}
    assert called == {"app.real"}


def test_a_caller_of_a_decorated_function_leads_to_it_and_not_to_all_that_the_wrapper_is_around() -> (
    None
):
    program = programs.linked(
        "def mark(function):\n    def wrapper():\n        return function()\n    return wrapper\n"
        "@mark\ndef one():\n    pass\n@mark\ndef two():\n    pass\n"
        "def first():\n    one()\ndef second():\n    two()\n"
    )
    graph = program.graph
    source, target = steps(columns(graph))
    names = graph.nodes.names
    followed = {(names[a], names[b]) for a, b in zip(source, target, strict=True)}
    assert ("app.first", "app.one") in followed
    assert ("app.first", "app.mark.wrapper") in followed
    assert ("app.mark.wrapper", "app.one") not in followed
    assert ("app.first", "app.two") not in followed
