"""Which lines of functions run on some of the ways only that lead there? Guards, with constants known on the path.

    if notify: …                                     who passes `notify=False` does not run it
    if request.path in SILENT: return                what follows does not run for these routes
    if iscoroutinefunction(handler): continue        coroutines hear nothing of what is sent so
    if not getattr(instance, "_restocked", False):   the rest runs only where somebody has marked the row

Who calls may tell a constant, or hand on what he was told himself: those conditions get numbers, which the calls name
that rule them out. What is not known may hold.
"""

from collections.abc import Iterator

from decompose.frameworks.conditions.arguments import follow_calls
from decompose.frameworks.conditions.constants import test_of
from decompose.frameworks.conditions.numbers import Conditions
from decompose.frameworks.conditions.paths import path_guard
from decompose.frameworks.conditions.receivers import follow_signals
from decompose.model.program import Fact
from decompose.model.source import Site
from decompose.model.view import ProgramView

NAME = "conditions"
PHASE = 2
INTEREST: frozenset[str] = frozenset()

EXAMPLES = (
    (
        {
            "shop.py": """
                QUIET = {"draft", "void"}
                def send(order, notify=True, state=None):
                    if notify:
                        mail()
                    if state in QUIET:
                        return
                    if state is None:
                        guess()
                    log()
                def quick(order):
                    send(order, notify=False)
                def close(order):
                    send(order, state="void")
                def hand_on(order, notify):
                    send(order, notify, "open")
                def both(order):
                    hand_on(order, False)
                def any(order, notify):
                    notify = notify or order.wants
                    send(order, notify, order.state)
            """,
        },
        {
            "shop.send ?0 5-5",
            "shop.send ?1 7-7",
            "shop.send ?2 8-10",
            "shop.send ?3 9-9",
            "shop.quick:12 without shop.send ?0",
            "shop.quick:12 without shop.send ?1",
            "shop.close:14 without shop.send ?2",
            "shop.close:14 without shop.send ?3",
            "shop.hand_on:16 without shop.send ?0 if without ?0",
            "shop.hand_on:16 without shop.send ?1",
            "shop.hand_on:16 without shop.send ?3",
            "shop.both:18 without shop.hand_on ?0",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Guards by paths, then conditions and what rules them out."""
    conditions = Conditions()
    only_sync: set[str] = set()
    for tested in view.tests():
        subject = tested.subject
        if tested.operator == "async":
            only_sync.update([subject.owner] * (not tested.holds))
            continue
        test = test_of(tested)
        if test is None:
            continue
        parameter = subject.parameter
        if parameter:
            site = Site(subject.site.path, tested.first_line)
            conditions.note(subject.owner, (parameter, test), site, tested.last_line)
            continue
        guard = path_guard(tested, test)
        if guard is not None:
            yield guard
    follow_calls(conditions, view)
    follow_signals(conditions, view, only_sync)
    yield from conditions.facts()
