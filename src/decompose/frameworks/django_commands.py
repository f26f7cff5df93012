"""Where else does Django start the program: management commands, settings that name code, app configurations, tags?

What settings name by a dotted string (middleware, context processors, back ends, log formatters) is called for every
request or by every use of that part; its caller is the settings module. Of a class it is the methods that its kind of
part is asked for.
"""

from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Command, Fact, Mediated
from decompose.model.unfold import strings
from decompose.model.view import ClassView, Expression, ProgramView

NAME = "django.commands"
PHASE = 0
INTEREST = frozenset(
    {"call_command", "filter", "simple_tag", "inclusion_tag", "simple_block_tag", "tag"}
)

_COMMAND = "django.core.management.BaseCommand"
_CALL = "django.core.management.call_command"
_CONFIG = "django.apps.AppConfig"
_LIBRARY = "django.template.Library"
KNOWLEDGE = Knowledge(
    bases={
        "django.core.management.LabelCommand": (_COMMAND,),
        "django.core.management.AppCommand": (_COMMAND,),
        "django.core.management.NoArgsCommand": (_COMMAND,),
        "django.core.management.templates.TemplateCommand": (_COMMAND,),
        "django_celery_beat.apps.BeatConfig": (_CONFIG,),
    },
    aliases={
        "django.core.management.base.BaseCommand": _COMMAND,
        "django.core.management.base.LabelCommand": "django.core.management.LabelCommand",
        "django.core.management.base.AppCommand": "django.core.management.AppCommand",
        "django.core.management.base.NoArgsCommand": "django.core.management.NoArgsCommand",
        "django.template.library.Library": _LIBRARY,
        "django.template.base.Library": _LIBRARY,
    },
)

EXAMPLES = (
    (
        {
            "shop/management/commands/import_prices.py": """
                from django.core.management.base import BaseCommand
                class Command(BaseCommand):
                    def add_arguments(self, parser): ...
                    def handle(self, *args, **options): ...
            """,
            "shop/management/commands/_base.py": """
                from django.core.management.base import BaseCommand
                class Quiet(BaseCommand):
                    def handle(self, *args, **options): ...
            """,
            "shop/management/commands/sweep.py": """
                from shop.management.commands._base import Quiet
                class Command(Quiet): ...
            """,
            "shop/jobs.py": """
                from django.core.management import call_command
                def nightly():
                    for name in ("import_prices", "migrate"):
                        call_command(name, verbosity=0)
            """,
        },
        {
            "command import_prices -> shop.management.commands.import_prices.Command.handle",
            "command sweep -> shop.management.commands._base.Quiet.handle",
            "shop.jobs.nightly ~> shop.management.commands.import_prices.Command.handle",
            (
                "shop.management.commands.import_prices.Command"
                " ~> shop.management.commands.import_prices.Command.add_arguments"
            ),
        },
    ),
    (
        {
            "settings.py": """
                INSTALLED_APPS = ["shop.apps.ShopConfig"]
                MIDDLEWARE = ["django.middleware.common.CommonMiddleware", "shop.middleware.Clock"]
                TEMPLATES = [{"OPTIONS": {"context_processors": ["shop.context.menu"]}}]
            """,
            "shop/apps.py": """
                from django.apps import AppConfig
                class ShopConfig(AppConfig):
                    name = "shop"
                    def ready(self): ...
            """,
            "shop/middleware.py": """
                class Clock:
                    def __init__(self, get_response): ...
                    def __call__(self, request): ...
                    def elapsed(self): ...
            """,
            "shop/context.py": "def menu(request): ...",
            "shop/templatetags/money.py": """
                from django import template
                register = template.Library()
                @register.filter
                def euro(value): ...
                @register.simple_tag(takes_context=True)
                def total(context): ...
                def cents(value): ...
                register.filter("cents", cents)
            """,
        },
        {
            "settings ~> shop.apps.ShopConfig.ready",
            "settings ~> shop.middleware.Clock.__init__",
            "settings ~> shop.middleware.Clock.__call__",
            "settings ~> shop.context.menu",
            "shop.templatetags.money ~> shop.templatetags.money.euro",
            "shop.templatetags.money ~> shop.templatetags.money.total",
            "shop.templatetags.money ~> shop.templatetags.money.cents",
        },
    ),
)

_RUNS = ("handle", "handle_label", "handle_app_config", "handle_noargs", "execute")
_PREPARES = ("__init__", "add_arguments", "create_parser")
_HOOKS = (
    *(
        "__init__",
        "__call__",
        "process_request",
        "process_view",
        "process_response",
        "process_exception",
    ),
    *(
        "process_template_response",
        "authenticate",
        "get_user",
        "has_perm",
        "user_can_authenticate",
        "ready",
    ),
    *(
        "has_permission",
        "has_object_permission",
        "allow_request",
        "get_cache_key",
        "get_paginated_response",
    ),
    *(
        "paginate_queryset",
        "filter_queryset",
        "render",
        "parse",
        "send_messages",
        "validate",
        "get_help_text",
    ),
    *(
        "password_changed",
        "format",
        "emit",
        "filter",
        "save",
        "load",
        "url",
        "_save",
        "_open",
        "exists",
    ),
    *(
        "get_storage_class",
        "stored_name",
        "find",
        "list",
        "load_template_source",
        "get_contents",
        "db_for_read",
    ),
    *("db_for_write", "allow_relation", "allow_migrate"),
)
"""Methods that Django asks of the classes that settings name: middleware, back ends, validators, storages, routers."""

_TAG_PACKAGE = "templatetags"
_TAGS = ("filter", "simple_tag", "inclusion_tag", "simple_block_tag", "tag")


def settle(view: ProgramView) -> Iterator[Fact]:
    """Commands, and calls that settings, apps and tag libraries stand for."""
    yield from _commands(view)
    yield from _called_by_name(view)
    yield from _named_in_settings(view)
    yield from _tags(view)


def _commands(view: ProgramView) -> Iterator[Fact]:
    for found in view.subclasses(_COMMAND):
        package, _, name = found.module.rpartition(".")
        if not package.endswith("management.commands") or name.startswith("_"):
            continue
        handler = next((method for run in _RUNS if (method := found.method(run))), None)
        if handler is not None and found.name.endswith(".Command"):
            yield Command(name, handler, found.site, NAME)
        for prepares in _PREPARES:
            method = found.method(prepares)
            if method is not None:
                yield Mediated(found.name, method, found.site, NAME)


def _called_by_name(view: ProgramView) -> Iterator[Mediated]:
    """`call_command("import_prices")`, or with an instance of the command."""
    calls = [
        call
        for call in view.calls("call_command")
        if call.arguments and (call.callee is not None and call.callee.name() == _CALL)
    ]
    handlers = {fact.name: fact.handler for fact in _commands(view) if isinstance(fact, Command)}
    for call in calls:
        given = call.arguments[0]
        found = [handlers[text] for text in strings(given, view) if text in handlers]
        kinds = (view.class_named(kind) for kind in given.types())
        made = [kind.method("handle") for kind in kinds if kind is not None]
        for target in dict.fromkeys([*found, *(each for each in made if each)]):
            yield Mediated(call.owner, target, call.site, NAME)


def _named_in_settings(view: ProgramView) -> Iterator[Fact]:
    configs = set()
    for module in view.modules():
        for setting in _settings(view, module):
            for text in _strings(setting):
                dotted = view.lookup(text.string() or "")
                for target in _called(view, dotted or ""):
                    configs.add(target)
                    yield Mediated(module, target, text.site, NAME)
    for config in view.subclasses(
        _CONFIG
    ):  # Django finds the only configuration of an app by itself
        ready = config.method("ready")
        if ready is not None and ready not in configs:
            yield Mediated(config.name, ready, config.site, NAME)


_NAMING = (
    *(
        "INSTALLED_APPS",
        "MIDDLEWARE",
        "MIDDLEWARE_CLASSES",
        "TEMPLATES",
        "TEMPLATE_CONTEXT_PROCESSORS",
    ),
    *(
        "AUTHENTICATION_BACKENDS",
        "AUTH_PASSWORD_VALIDATORS",
        "LOGGING",
        "REST_FRAMEWORK",
        "EMAIL_BACKEND",
    ),
    *(
        "DEFAULT_FILE_STORAGE",
        "STATICFILES_STORAGE",
        "STORAGES",
        "STATICFILES_FINDERS",
        "DATABASE_ROUTERS",
        "CACHES",
    ),
    *(
        "SESSION_ENGINE",
        "MESSAGE_STORAGE",
        "TEST_RUNNER",
        "FORM_RENDERER",
        "CSRF_FAILURE_VIEW",
        "PASSWORD_HASHERS",
    ),
    *("DEFAULT_EXCEPTION_REPORTER_FILTER", "FILE_UPLOAD_HANDLERS"),
)


def _settings(view: ProgramView, module: str) -> Iterator[Expression]:
    """The values of settings that name code, where a module is one of settings."""
    if view.module_value(module, "INSTALLED_APPS"):
        for name in _NAMING:
            for value in view.module_value(module, name):
                if value.module == module:  # a star import of other settings says nothing new
                    yield value


def _strings(value: Expression) -> Iterator[Expression]:
    waiting = [value]
    while waiting:
        each = waiting.pop(0)
        if each.op is Op.STRING:
            yield each
        waiting.extend(each.elements)


def _called(view: ProgramView, dotted: str) -> Iterator[str]:
    if view.function_named(dotted) is not None:
        yield dotted
    found = view.class_named(dotted) if dotted else None
    if found is not None:
        yield from _hooks(found)


def _hooks(found: ClassView) -> Iterator[str]:
    for name in _HOOKS:
        method = found.method(name)
        if method is not None:
            yield method


def _tags(view: ProgramView) -> Iterator[Mediated]:
    if not any(_TAG_PACKAGE in module.split(".") for module in view.modules()):
        return
    for function, decorator in view.decorated(*_TAGS):
        if _is_library(decorator):
            yield Mediated(function.module, function.name, function.site, NAME)
    for call in view.calls(*_TAGS):
        if _is_library(call):
            for name in (name for argument in call.arguments for name in argument.symbols()):
                if view.function_named(name) is not None:
                    yield Mediated(call.module, name, call.site, NAME)


def _is_library(use: Expression) -> bool:
    return use.base is not None and _LIBRARY in use.base.types()
