"""What does `manage.py` run besides the program's own commands? The functions of data migrations, and system checks.

Who hands the command line to Django (`execute_from_command_line(sys.argv)`) has it migrate, and check before each
command.
"""

from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.program import Mediated
from decompose.model.view import Expression, ProgramView

NAME = "django.manage"
PHASE = 0
_RUN = "execute_from_command_line"
_MIGRATED = "RunPython"
_CHECKED = "register"
INTEREST = frozenset({_RUN, _MIGRATED, _CHECKED})
_CHECKS = "django.core.checks"

EXAMPLES = (
    (
        {
            "manage.py": """
                import sys
                from django.core.management import execute_from_command_line
                def main():
                    execute_from_command_line(sys.argv)
                if __name__ == "__main__":
                    execute_from_command_line(sys.argv)
            """,
            "shop/migrations/0002_fill.py": """
                from django.db import migrations
                def fill(apps, schema_editor): ...
                def empty(apps, schema_editor): ...
                class Migration(migrations.Migration):
                    operations = [migrations.RunPython(fill, empty)]
            """,
            "shop/apps.py": """
                from django.apps import AppConfig
                from django.core.checks import Tags, register
                @register(Tags.security)
                def is_safe(app_configs, **options): ...
                def is_fast(app_configs, **options): ...
                class ShopConfig(AppConfig):
                    def ready(self):
                        register(is_fast, Tags.database)
                        admin.register(is_slow)
                def is_slow(): ...
            """,
        },
        {
            "manage ~> shop.migrations.0002_fill.fill",
            "manage ~> shop.apps.is_safe",
            "manage ~> shop.apps.is_fast",
            "manage.main ~> shop.migrations.0002_fill.fill",
            "manage.main ~> shop.apps.is_safe",
            "manage.main ~> shop.apps.is_fast",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls from where command lines are handed over."""
    runs = list(view.calls(_RUN))
    targets = dict.fromkeys(_run(view)) if runs else {}
    for call in runs:
        at_once = view.function_named(call.owner) is None
        for target in targets:
            yield Mediated(call.owner, target, call.site, NAME, at_once=at_once)


def _run(view: ProgramView) -> Iterator[str]:
    for call in view.calls(_MIGRATED):
        yield from _functions(view, call.arguments[0] if call.arguments else None)
    for function, decorator in view.decorated(_CHECKED):
        if _is_check(decorator):
            yield function.name
    for call in view.calls(_CHECKED):
        if _is_check(call) and call.arguments:
            yield from _functions(view, call.arguments[0])


def _is_check(expression: Expression) -> bool:
    target = expression.callee if expression.op is Op.CALL else expression
    return target is not None and (target.name() or "").startswith(_CHECKS)


def _functions(view: ProgramView, given: Expression | None) -> Iterator[str]:
    for name in given.symbols() if given is not None else ():
        if view.function_named(name) is not None:
            yield name
