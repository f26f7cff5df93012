"""Whose wrapper calls whom where decorators of the program and of libraries are stacked?

    @program_decorator      # its wrapper calls, through the library's,
    @library_decorator
    def show(): ...         # this one

Where nothing of a library lies between, the call is written, and the linker sees it.
"""

from collections.abc import Iterator, Sequence

from decompose.model.facts import Op
from decompose.model.program import Mediated
from decompose.model.view import Expression, FunctionView, ProgramView

NAME = "decorators"
PHASE = 0
INTEREST: frozenset[str] = frozenset()

EXAMPLES = (
    (
        {
            "guard.py": """
                from functools import wraps
                def logged(function):
                    @wraps(function)
                    def wrapper(*args):
                        return function(*args)
                    return wrapper
                def needs(setting):
                    def decorator(function):
                        def inner(*args):
                            return function(*args)
                        return inner
                    return decorator
            """,
            "views.py": """
                from django.contrib.auth.decorators import login_required
                from django.views.decorators.csrf import csrf_exempt
                from guard import logged, needs
                @logged
                @login_required
                def show(request): ...
                @needs("mail")
                @csrf_exempt
                @logged
                @csrf_exempt
                def send(request): ...
                @needs("mail")
                @logged
                def plain(request): ...
                @login_required
                @logged
                def guarded(request): ...
            """,
        },
        {
            "guard.logged.wrapper ~> views.show",
            "guard.needs.decorator.inner ~> guard.logged.wrapper",
            "guard.logged.wrapper ~> views.send",
        },
    ),
)
_STACKED = 2


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of decorated functions from wrappers around them, through a library's wrapper."""
    stacks: dict[str, tuple[FunctionView, list[Expression]]] = {}
    for function, decorator in view.decorated():
        stacks.setdefault(function.name, (function, []))[1].append(decorator)
    for function, decorators in stacks.values():
        if len(decorators) >= _STACKED:
            yield from _through(view, function, decorators)


def _through(
    view: ProgramView, function: FunctionView, decorators: Sequence[Expression]
) -> Iterator[Mediated]:
    """From the outermost in: a wrapper calls what comes next of the program, if a library lies between."""
    caller = ""
    through_library = False
    for decorator in decorators:
        wrappers = _wrappers(view, decorator)
        if not wrappers:
            through_library = through_library or not _target(decorator).symbols()
            continue
        if caller and through_library and wrappers[0] != caller:
            yield Mediated(caller, wrappers[0], function.site, NAME)
        caller, through_library = wrappers[0], False
    if caller and through_library:
        yield Mediated(caller, function.name, function.site, NAME)


def _wrappers(view: ProgramView, decorator: Expression) -> list[str]:
    """The functions that a decorator of the program puts in place of what it decorates."""
    made = [each for name in _target(decorator).symbols() for each in _returned(view, name)]
    if decorator.op is not Op.CALL:
        return made
    return [each for name in made for each in _returned(view, name)]


def _target(decorator: Expression) -> Expression:
    """What is called to decorate: of `@made(option)`, `made`."""
    return decorator.callee or decorator


def _returned(view: ProgramView, name: str) -> list[str]:
    function = view.function_named(name)
    values = function.returned if function is not None else ()
    own = [each for value in values for each in value.symbols()]
    return [each for each in dict.fromkeys(own) if each.startswith(f"{name}.")]
