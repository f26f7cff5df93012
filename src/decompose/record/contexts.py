"""Enters the person's program beside `statements`: notes which lines run below which functions and classes.

A context is a set of these: whatever code of the program was begun by a library, a test or nobody, or by a closure
(what decorators put around a function), with the classes and answers that `statements` tells of. What code of the
program calls directly stays in the caller's context, so that there are few of them, and every line is noted once for
each. Code of tests and text of modules has none.
It speaks the syntax of Python 3.8, as `recorder` does, and calls nothing of the program.
"""

import os
import re

_OPTIMIZED, _NESTED = 0x1, 0x10  # flags of code: a function; one inside a function
_TEST_NAME = re.compile(r"(?:test_.*|.*_tests?|tests?|conftest)\.py\Z")
_NOWHERE = 0  # the context of tests and of modules


class Ran(set):
    """Lines of a piece of code that ran in a context."""

    __slots__ = ("code", "context")

    def __init__(self, code, context):
        set.__init__(self)
        self.code = code
        self.context = context


class Contexts:
    """Which context does each frame run in? Frames are known by identity, until another takes their place."""

    def __init__(self, recorder):
        self.recorder = recorder
        self.tests = {}  # name of a file in code objects -> is it one of tests?
        self.reset()

    def reset(self):
        """Begin anew in a forked child; what is running there is in no context."""
        self.running = {}  # identity of a frame -> Ran
        self.ran = {}  # (context, identity of code) -> Ran
        self.keys = [frozenset()]  # context -> functions and classes
        self.numbers = {frozenset(): _NOWHERE}
        self.entered = {}  # (context, further functions and classes) -> context

    def enter(self, code, frame, caller):
        """Note the context that a frame of the program begins in."""
        try:
            context = self.context(code, frame, caller)
            key = (context, id(code))
            ran = self.ran.get(key)
            if ran is None:
                self.recorder.kept.append(code)
                ran = self.ran[key] = Ran(code, context)
            self.running[id(frame)] = ran
        except RecursionError:
            pass  # the program is about to meet it too
        except Exception as error:
            self.recorder.failed(error)

    def context(self, code, frame, caller):
        """The context of a frame that begins."""
        if not code.co_flags & _OPTIMIZED or self.is_test(code.co_filename):
            return _NOWHERE
        known = self.known(caller)
        if known is None:
            outer, between = self.around(caller)
            return self.inside(outer, [*between, *self.own(code, frame)])
        is_wrapped = caller.f_code.co_flags & _NESTED
        if code.co_name[:1] == "<" or (known.context != _NOWHERE and not is_wrapped):
            return known.context
        return self.inside(known.context, self.own(code, frame))

    def known(self, frame):
        """What ran in a frame that was seen to begin, else None."""
        ran = self.running.get(id(frame))
        return ran if ran is not None and ran.code is frame.f_code else None

    def around(self, frame):
        """The context of the nearest frame of the program, and what libraries work for in between."""
        statements, between, greenlet = self.recorder.statements, [], None
        while frame is not None:
            known = self.known(frame)
            if known is not None:
                return known.context, between
            between.extend(number for number, _ in statements.standing(frame))
            frame = frame.f_back
            if frame is None:
                greenlet, frame = statements.waiting(greenlet)
        return _NOWHERE, between

    def own(self, code, frame):
        """A function itself, and the class whose object's method it is."""
        if code.co_name[:1] == "<":
            return []
        return [number for number, _ in self.recorder.statements.standing(frame)]

    def inside(self, context, more):
        """The context inside another, for further functions and classes."""
        step = (context, frozenset(more))
        found = self.entered.get(step)
        if found is None:
            keys = self.keys[context] | step[1]
            found = self.numbers.get(keys)
            if found is None:
                found = self.numbers[keys] = len(self.keys)
                self.keys.append(keys)
                self.recorder.store.write("C", found, *sorted(keys))
            self.entered[step] = found
        return found

    def line(self, code, line, frame):
        """Note that a line ran; True: it needs no second look."""
        ran = self.running.get(id(frame))
        if ran is None or ran.code is not code:
            self.recorder.line(code, line)
            return False
        if line in ran:
            return False
        ran.add(line)
        if ran.context == _NOWHERE:
            self.recorder.line(code, line)
            return True
        try:
            self.recorder.store.write("B", ran.context, self.recorder.file(code.co_filename), line)
        except Exception as error:
            self.recorder.failed(error)
        return False

    def is_test(self, name):
        """Is it, by its name, a file of tests?"""
        known = self.tests.get(name)
        if known is None:
            known = self.tests[name] = _TEST_NAME.match(os.path.basename(name)) is not None
        return known
