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
