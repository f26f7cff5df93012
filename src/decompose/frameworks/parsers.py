"""Which function does a command line lead to, where `argparse` keeps it?

    parser.set_defaults(func=migrate)
    …
    arguments.func(arguments)

Who calls the attribute calls every function that any parser was given under that name.
"""

from collections.abc import Iterator

from decompose.model.program import Mediated
from decompose.model.unfold import unfold
from decompose.model.view import ProgramView

NAME = "argparse"
PHASE = 0
INTEREST = frozenset({"set_defaults"})

EXAMPLES = (
    (
        {
            "tool.py": """
                import argparse
                def migrate(arguments): ...
                def check(arguments): ...
                def main():
                    parser = argparse.ArgumentParser()
                    commands = parser.add_subparsers()
                    commands.add_parser("migrate").set_defaults(func=migrate, dry=True)
                    commands.add_parser("check").set_defaults(func=check)
                    arguments = parser.parse_args()
                    return arguments.func(arguments)
            """,
        },
        {"tool.main ~> tool.migrate", "tool.main ~> tool.check"},
    ),
)


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of the functions that parsers keep."""
    kept: dict[str, dict[str, None]] = {}
    for call in view.calls("set_defaults"):
        for word, given in call.keywords.items():
            for value in unfold(given, view):
                for name in value.symbols():
                    if view.function_named(name) is not None:
                        kept.setdefault(word, {})[name] = None
    for call in view.calls(*sorted(kept)) if kept else ():
        if call.base is None or (call.callee is not None and call.callee.symbols()):
            continue
        for target in kept[call.attribute]:
            if target != call.owner:
                yield Mediated(call.owner, target, call.site, NAME)
