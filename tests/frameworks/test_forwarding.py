"""Registrations in helpers, read with what their callers pass."""

from tests.frameworks.programs import seen

from decompose.model.forwarding import registrations
from decompose.model.view import ProgramView

CALLERS = 9
HELPER = """
def offer(app, paths, view, *args, **kwargs):
    for path in paths:
        app.add_url_rule(path, view_func=view, *args, **kwargs)

def load(app):
"""


def test_what_a_caller_leaves_open_is_not_asked_of_all_callers_again() -> None:
    lines = [f"    offer(app, ['/{number}'], view=show)" for number in range(CALLERS)]
    text = HELPER + "\n".join(["    def show(): ...", *lines, ""])
    found: list[int] = []

    def look(view: ProgramView) -> None:
        found.append(len(list(registrations(view.calls("add_url_rule"), view))))

    seen("add_url_rule", look, {"app.py": text})
    assert found == [CALLERS]


STARRED = """
def offer(app, view, *paths):
    add(app, view, "/first", *paths)

def add(app, view, *paths):
    app.add_resource(view, *paths)

def load(app):
    class Show: ...
    offer(app, Show, "/second", "/third")
"""


def test_what_is_passed_for_a_starred_parameter_arrives_one_by_one_through_several_helpers() -> (
    None
):
    found: list[str | None] = []

    def look(view: ProgramView) -> None:
        for call in registrations(view.calls("add_resource"), view):
            found.extend(each.string() for each in call.arguments[1:])

    seen("add_resource", look, {"app.py": STARRED})
    assert found == ["/first", "/second", "/third"]
