"""Enters the person's program beside `recorder` when SQL is asked for: notes statements, and below what they are run.

Below what: the functions of the program on the stack; the classes of the program whose objects' methods are on it,
also where those methods are a library's (a generic view has none of its own); and what a framework is answering with
where it goes on after that has returned (templates that ask late, dependencies, responses that are made of rows).
It speaks the syntax of Python 3.8, as `recorder` does, and calls nothing of the program.
"""

import functools
import sys
import types

_STATEMENT = {  # functions that Django and SQLAlchemy hand every statement to, and its name in them
    "_execute": "sql",
    "_executemany": "sql",
    "do_execute": "statement",
    "do_executemany": "statement",
    "do_execute_no_params": "statement",
}
_ANSWERS = {  # functions of frameworks that answer a request: their file, and their name for what answers it
    "_get_response": ("django/core/handlers/base.py", "callback"),
    "_get_response_async": ("django/core/handlers/base.py", "callback"),
    "app": ("fastapi/routing.py", "dependant"),
}
_ASKED = "dispatch"  # what class-based views are entered by, with the request as an argument
_LONGEST = 20000  # characters of a statement that are kept
_MOST = 50000  # different statements in a process
_MOST_WRAPPED = 50  # functions around each other


def is_speaker(path):
    """Does a file of a library hold functions of `_STATEMENT`?"""
    return (
        path.endswith(("django/db/backends/utils.py", "sqlalchemy/engine/default.py"))
        or "/sqlalchemy/dialects/" in path
    )


class Statements:
    """What was asked so far. `waiting`: who waits for a greenlet, and in which frame."""

    def __init__(self, recorder, waiting):
        self.recorder = recorder
        self.waiting = waiting
        self.texts = {}  # text -> number
        self.stacks = {}
        self.said = set()  # (statement, stack)
        self.classes = {}  # identity -> number of the nearest class of the program that it is or extends, or -1
        self.kept = []

    def reset(self):
        """Begin anew in a forked child."""
        for each in (self.texts, self.stacks, self.said, self.classes):
            each.clear()

    @staticmethod
    def asks(code):
        """Is it the code of a function that is handed statements?"""
        return code.co_name in _STATEMENT

    def asked(self, frame):
        """Note the statement that a library is about to hand to a database."""
        try:
            name = _STATEMENT.get(frame.f_code.co_name)
            text = frame.f_locals.get(name) if name else None
            if isinstance(text, str):
                self.note(text[:_LONGEST], frame)
        except RecursionError:
            pass
        except Exception as error:
            self.recorder.failed(error)

    def note(self, text, frame):
        """Note a statement with what it is run below, innermost first, each once."""
        stack = tuple(dict.fromkeys(self.below(frame)))
        if not stack or (text not in self.texts and len(self.texts) > _MOST):
            return
        statement = self.numbered(self.texts, text, "T", text)
        below = self.numbered(self.stacks, stack, "K", *["%d:%d" % each for each in stack])
        if (statement, below) not in self.said:
            self.said.add((statement, below))
            self.recorder.store.write("Q", statement, below)

    def numbered(self, known, key, letter, *fields):
        """The number of something, written down where it is new."""
        number = known.get(key)
        if number is None:
            if self.recorder.store.tape is None:
                self.recorder.store.begin()
            number = known[key] = len(known)
            self.recorder.store.write(letter, number, *fields)
        return number

    def below(self, frame):
        """(function or class, line) of a frame and those below it; line 0 for what stands in no frame of its own."""
        greenlet = None
        while frame is not None:
            yield from self.standing(frame)
            frame = frame.f_back
            if frame is None:
                greenlet, frame = self.waiting(greenlet)

    def standing(self, frame):
        """(function or class, line) that one frame stands for."""
        code = frame.f_code
        if self.recorder.file(code.co_filename) >= 0:
            yield self.recorder.function(code), frame.f_lineno or 0
        elif code.co_name in _ANSWERS:
            yield from self.answering(frame)
        if code.co_argcount and code.co_varnames[0] == "self":
            yield from self.working(frame)

    def working(self, frame):
        """The class whose object's method a frame is, and what it is asked by where that is told."""
        known = frame.f_locals
        number = self.class_of(known.get("self"))
        if number >= 0:
            yield number, 0
            if frame.f_code.co_name == _ASKED:
                yield from self.asked_by(number, known.get("request"))

    def answering(self, frame):
        """What a framework answers a request with, where it is the program's."""
        path, name = _ANSWERS[frame.f_code.co_name]
        if not frame.f_code.co_filename.replace("\\", "/").endswith(path):
            return
        found = frame.f_locals.get(name)
        found = getattr(found, "call", found) if name == "dependant" else found
        for _ in range(_MOST_WRAPPED):
            inner = _inner(found)
            if inner is None:
                break
            found = inner
        number = self.number_of(found)
        if number >= 0:
            yield number, 0
            if isinstance(found, type):
                yield from self.asked_by(number, frame.f_locals.get("request"))

    def asked_by(self, number, request):
        """A class that is asked by an HTTP method counts as a method of its own."""
        verb = getattr(request, "__dict__", {}).get("method") or getattr(request, "method", None)
        if isinstance(verb, str) and verb.isalpha() and number >= 0:
            yield self.recorder.asked_class(number, verb.lower()), 0

    def number_of(self, found):
        """The number of a function or class of the program, -1 for others."""
        if isinstance(found, type):
            return self.class_number(found)
        code = getattr(found, "__code__", None) if isinstance(found, types.FunctionType) else None
        if code is None or self.recorder.file(code.co_filename) < 0:
            return -1
        return self.recorder.function(code)

    def class_of(self, found):
        """The number of the class of an object, -1 where it is none of the program's."""
        number = self.classes.get(id(type(found)))
        return self.class_number(type(found)) if number is None else number

    def class_number(self, cls):
        """The number of a class of the program, or of the nearest one that it extends, else -1."""
        known = self.classes.get(id(cls))
        if known is None:
            self.kept.append(cls)
            known = -1
            for base in cls.__mro__:
                module = sys.modules.get(base.__dict__.get("__module__"))
                path = getattr(module, "__dict__", {}).get("__file__")
                if isinstance(path, str) and self.recorder.file(path) >= 0:
                    known = self.recorder.class_(base, self.recorder.file(path))
                    break
            self.classes[id(cls)] = known
        return known


def _inner(found):
    """What a callable hands on to: the class behind a view, the function that a decorator was put around."""
    if isinstance(found, functools.partial):
        return found.func
    if isinstance(found, types.MethodType):
        return found.__func__
    if isinstance(found, types.FunctionType):
        known = found.__dict__
        return known.get("view_class") or known.get("cls") or known.get("__wrapped__")
    return None
