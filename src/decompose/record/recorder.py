"""Runs inside the person's program, as its `sitecustomize`, and notes who calls whom.

Of our own code this one file enters their interpreter (and `statements` and `contexts`, when SQL is asked for), so it
is a file of its own, needs nothing but the standard library, and speaks the syntax of Python 3.8. It never raises into
the program, changes no state that the program looks at, and never writes but into the folder of the recording.

Everything is kept in two mapped files a process, so that what was noted is there whenever and
however the process ends, and nothing needs to be done at its end:

tape    lines of text, fields separated by tabs; the first byte says what a line is:
        P version, "monitoring" or "profile", process id       this process
        S file, path                                           a file of the program
        F function, file, first line, flags, name, qualified name ("" before Python 3.11);
          or a class, or a class and the HTTP method that it is asked by: first line 0
        E slot, caller, line, instruction, callee, mediated (0 or 1), file of the first library frame
        R slot, callee                                         called with no frame of the program below
        L file, line                                           a line that ran (from Python 3.12)
        X reason, command                                      a Python that could not be recorded
        T number, text                                         a statement of SQL (when asked for)
        K number, function:line, …                             functions and classes, innermost first
        Q statement, functions                                 that statement was run below these functions
        C number, function, …                                  a context: functions and classes that are at work
        B context, file, line                                  a line that ran in a context (instead of L)
        Z reason                                               recording ended early
counts  64-bit numbers: how often the edge of each slot was run

A frame of the program is one whose file lies below the root and in no installed library. Other
frames between two of these make their edge mediated; generated code ("<string>") and the
import machinery do not. What is resumed (generators, coroutines) is not called again.
"""

import os
import sys

_FOLDER = "DECOMPOSE_RECORD_TO"
_ROOT = "DECOMPOSE_RECORD_ROOT"
_SQL = "DECOMPOSE_RECORD_SQL"
_TAPE = 1 << 16  # bytes of the first tape; each further one is twice as long
_SLOTS = 1 << 11  # edges of the first table of counts
_LIBRARY, _GENERATED, _STARTER, _SPEAKER = -1, -2, -3, -4  # files that are not the program's
_INSTALLED = ("site-packages", "dist-packages", "node_modules", "__pypackages__")
_RESUMABLE = 0x20 | 0x80 | 0x200  # flags of code: generator, coroutine, asynchronous generator
_RESUME = 151  # the instruction, in Python 3.11
_TOOLS = (4, 3, 5, 2, 0, 1)  # identifiers for sys.monitoring; the last ones are meant for others


class Files:
    """Tells the program's files from all others, by the name that their code objects bear."""

    def __init__(self, root):
        self.root = os.path.realpath(root)
        self.start = os.getcwd()
        self.is_speaker = None
        self.own = os.path.dirname(os.path.abspath(__file__))
        self.prefixes = [
            each + os.sep
            for each in {os.path.realpath(p) for p in (sys.prefix, sys.base_prefix)}
            if each.startswith(self.root + os.sep)
        ]

    def path(self, name):
        """The path below the root, or None for what is not the program's."""
        if name[:1] == "<":
            return None
        found = os.path.realpath(os.path.join(self.start, name))
        beyond = found[len(self.root) :].lstrip(os.sep)
        if not found.startswith(self.root.rstrip(os.sep) + os.sep) or not found.endswith(".py"):
            return None
        if any(found.startswith(each) for each in self.prefixes) or found.startswith(self.own):
            return None
        parts = beyond.split(os.sep)
        if any(each in _INSTALLED for each in parts[:-1]):
            return None
        return "/".join(parts)

    def kind(self, name):
        """What a name that is no path of the program stands for."""
        if name[:1] == "<":
            return _GENERATED
        if os.path.basename(name) == "subprocess.py":
            return _STARTER
        if self.is_speaker is not None and self.is_speaker(name.replace(os.sep, "/")):
            return _SPEAKER
        return _LIBRARY


class Store:
    """The tape and the counts of this process; made when there is something to write.

    What is outgrown stays mapped: to unmap it closes a descriptor, and a program that closed all it did not know
    (a daemon does) may by then use that number for a file of its own.
    """

    def __init__(self, folder, mode):
        self.folder = folder
        self.mode = mode
        self.outgrown = []
        self.reset()

    def reset(self):
        """Forget the files: a forked child makes its own."""
        self.tape = self.counts = None
        self.used = 0
        self.size = _TAPE
        self.next_slot = 0
        self.token = ""

    def map(self, ending, size):
        """A new file of zeros, in memory. Written, not just made longer: a full disk shows now."""
        import mmap

        path = os.path.join(self.folder, self.token + ending)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
        try:
            zeros = bytes(size)
            written = 0
            while written < size:
                written += os.write(descriptor, zeros[written:])
            return mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)

    def begin(self):
        """Make the files of this process."""
        self.token = "%d-%s" % (os.getpid(), os.urandom(6).hex())
        self.new_tape()
        self.counts = memoryview(self.map(".0.counts", _SLOTS * 8)).cast("Q")
        self.write("P", "%d.%d.%d" % sys.version_info[:3], self.mode, os.getpid())

    def new_tape(self):
        """Go on with another tape."""
        self.outgrown.append(self.tape)
        tape = self.map(".%d.tape" % self.size, self.size)
        self.tape, self.used, self.size = tape, 0, self.size * 2

    def write(self, *fields):
        """Note a line."""
        line = ("\t".join([_escaped(str(each)) for each in fields]) + "\n").encode(
            "utf-8", "surrogateescape"
        )
        tape, start = self.tape, self.used
        end = start + len(line)
        while end > len(tape):
            self.new_tape()
            tape, start = self.tape, self.used
            end = start + len(line)
        self.used = end
        tape[start:end] = line

    def slot(self):
        """A place to count an edge at."""
        found = self.next_slot
        self.next_slot = found + 1
        size = len(self.counts)
        if found >= size:
            more = memoryview(self.map(".%d.counts" % size, size * 16)).cast("Q")
            more[:size] = self.counts
            self.outgrown.append(self.counts)
            self.counts = more
        return found


def _escaped(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


class Recorder:
    """What a process has noted so far. Code objects are known by identity, and kept, so that it lasts."""

    def __init__(self, folder, root, mode, follow_lines):
        self.store = Store(folder, mode)
        self.classify = Files(root)
        self.follow_lines = follow_lines
        self.files = {}  # name in code objects -> number ≥ 0, or one of the kinds above
        self.paths = {}
        self.functions = {}  # identity of code or class -> number; of (class, HTTP method), too
        self.classes = {}  # number -> (file, qualified name)
        self.kept = []
        self.slots = {}  # (caller, instruction, callee) -> slot
        self.lost = 0
        self.statements = self.contexts = None
        if os.environ.get(_SQL):
            from decompose_contexts import Contexts  # lie beside us
            from decompose_statements import Statements, is_speaker

            self.classify.is_speaker = is_speaker
            self.statements = Statements(self, _waiting)
            self.contexts = Contexts(self)

    def reset(self):
        """Begin anew in a forked child."""
        self.store.reset()
        for each in (self.files, self.paths, self.functions, self.classes, self.slots):
            each.clear()
        if self.statements is not None:
            self.statements.reset()
            self.contexts.reset()

    def file(self, name):
        """The number of a file of the program, or the kind of any other."""
        known = self.files.get(name)
        if known is not None:
            return known
        path = self.classify.path(name)
        if path is None:
            number = self.classify.kind(name)
        else:
            number = self.paths.get(path)
            if number is None:
                if self.store.tape is None:
                    self.store.begin()
                number = self.paths[path] = len(self.paths)
                self.store.write("S", number, path)
        self.files[name] = number
        return number

    def function(self, code):
        """The number of a function of the program."""
        number = self.functions.get(id(code))
        if number is None:
            self.kept.append(code)
            number = len(self.functions)
            self.functions[id(code)] = number
            self.store.write(
                "F",
                number,
                self.file(code.co_filename),
                code.co_firstlineno,
                code.co_flags,
                code.co_name,
                getattr(code, "co_qualname", ""),
            )
            self.follow_lines(code)
        return number

    def class_(self, cls, file):
        """The number of a class of the program; where it stands is told by its name."""
        number = self.functions.get(id(cls))
        if number is None:
            if self.store.tape is None:
                self.store.begin()
            self.kept.append(cls)
            number = self.functions[id(cls)] = len(self.functions)
            self.store.write("F", number, file, 0, 0, cls.__name__, cls.__qualname__)
            self.classes[number] = (file, cls.__qualname__)
        return number

    def asked_class(self, number, verb):
        """The number of a class of the program where it is asked by an HTTP method."""
        known = self.functions.get((number, verb))
        if known is None:
            file, name = self.classes[number]
            known = self.functions[number, verb] = len(self.functions)
            self.store.write("F", known, file, 0, 1, verb, name + "." + verb)
        return known

    def called(self, code, caller):
        """Note a call that was not met before, or one that has library frames below it."""
        try:
            self.noted(code, caller)
        except RecursionError:
            pass  # the program is about to meet it too
        except Exception as error:
            self.failed(error)

    def noted(self, code, caller):
        """Count the edge from the nearest frame of the program."""
        nearest, mediated, between = self.nearest(caller)
        if nearest is None:
            key = (0, 0, id(code))
        elif nearest is caller:
            key = (id(nearest.f_code), nearest.f_lasti, id(code))
        else:
            key = (id(nearest.f_code), -2 - nearest.f_lasti * 2 - mediated, id(code))
        slot = self.slots.get(key)
        if slot is None:
            slot = self.new(code, nearest, mediated, between)
            self.slots[key] = slot
        self.store.counts[slot] += 1

    def nearest(self, frame):
        """The nearest frame of the program, whether a library's stand before it, and the file of the first of these."""
        mediated, between, greenlet = 0, "", None
        while frame is not None:
            name = frame.f_code.co_filename
            number = self.file(name)
            if number >= 0:
                break
            if number != _GENERATED:
                mediated = 1
                between = between or name
            frame = frame.f_back
            if frame is None:
                greenlet, frame = _waiting(greenlet)
        return frame, mediated, between

    def new(self, code, caller, mediated, between):
        """Write an edge down."""
        if self.store.tape is None:
            self.store.begin()
        callee = self.function(code)
        if caller is None:
            slot = self.store.slot()
            self.store.write("R", slot, callee)
            return slot
        source = self.function(caller.f_code)
        slot = self.store.slot()
        operation = _operation(caller.f_code, caller.f_lasti)
        self.store.write(
            "E", slot, source, caller.f_lineno or 0, operation, callee, mediated, between
        )
        return slot

    def line(self, code, line):
        """Note that a line ran."""
        try:
            self.store.write("L", self.file(code.co_filename), line)
        except Exception as error:
            self.failed(error)

    def failed(self, error):
        """Say once that something could not be noted."""
        self.lost += 1
        if self.lost == 1:
            try:
                self.store.write("Z", "%s: %s" % (type(error).__name__, error))
            except Exception:
                pass  # nobody is there to tell

    def started(self, frame):
        """Note a Python that the program starts in a way which keeps us out; `frame` is that of subprocess."""
        try:
            if frame.f_code.co_name == "_execute_child":
                known = frame.f_locals
                reason = _kept_out(known.get("args"), known.get("env"), self.classify.own)
                if reason is not None:
                    if self.store.tape is None:
                        self.store.begin()
                    self.store.write("X", *reason)
        except Exception as error:
            self.failed(error)


def _waiting(greenlet):
    """Who waits for a greenlet (None: for the current one), and in which frame; asynchronous SQLAlchemy does."""
    current = getattr(sys.modules.get("greenlet"), "getcurrent", None)
    if current is None:
        return None, None
    parent = (current() if greenlet is None else greenlet).parent
    return parent, None if parent is None else parent.gr_frame


def _operation(code, offset):
    """The name of the instruction that calls; inline caches behind an instruction belong to it."""
    import opcode

    if offset < 0:
        return ""
    text = code.co_code
    while offset > 0 and opcode.opname[text[offset]] == "CACHE":
        offset -= 2
    return opcode.opname[text[offset]]


def _kept_out(words, environment, own):
    """Why a command is a Python without us, and what it is; None for all other commands."""
    if isinstance(words, (str, bytes)) or not hasattr(words, "__iter__"):
        return None
    words = [os.fsdecode(each) for each in words]
    if not words or not os.path.basename(words[0]).lower().startswith(("python", "pypy")):
        return None
    reason = _isolating(words[1:])
    if reason is None and environment is not None:
        path = environment.get("PYTHONPATH") or environment.get(b"PYTHONPATH") or ""
        if own not in os.fsdecode(path):
            reason = "environment"
    return None if reason is None else (reason, " ".join(words)[:200])


def _isolating(options):
    """The option of the interpreter that keeps us out, or None."""
    for word in options:
        if word[:1] != "-" or word == "-" or word[:2] == "--":
            return None
        for letter in word[1:]:
            if letter in "SIE":
                return "-" + letter
            if letter in "cm":
                return None  # what follows is the program's
            if letter in "WX":
                break
    return None


def _monitor(folder, root):  # noqa: C901, PLR0915  (closures are faster than methods, and live as long as they run)
    """Watch by `sys.monitoring` (from Python 3.12). None: every identifier is taken."""
    monitoring = sys.monitoring
    tool = next((each for each in _TOOLS if monitoring.get_tool(each) is None), None)
    if tool is None:
        return None
    events, disable = monitoring.events, monitoring.DISABLE

    def follow_lines(code):
        monitoring.set_local_events(tool, code, events.LINE)

    recorder = Recorder(folder, root, "monitoring", follow_lines)
    files, slots, store = recorder.files, recorder.slots, recorder.store
    get_frame, called, note_line = sys._getframe, recorder.called, recorder.line
    contexts = recorder.contexts

    def start(code, _offset):
        try:
            number = files[code.co_filename]
        except KeyError:
            number = recorder.file(code.co_filename)
        if number < 0:
            if number == _STARTER and code.co_name == "_execute_child":
                recorder.started(get_frame(1))
                return None
            if number == _SPEAKER and recorder.statements.asks(code):
                recorder.statements.asked(get_frame(1))
                return None
            return disable  # of this code only, and nobody wants to know who calls it
        try:
            caller = get_frame(2)
        except ValueError:
            caller = None
        try:
            store.counts[slots[id(caller.f_code), caller.f_lasti, id(code)]] += 1
        except (AttributeError, KeyError, TypeError):
            called(code, caller)
        if contexts is not None:
            contexts.enter(code, get_frame(1), caller)
        return None

    def line(code, number):
        if contexts is not None:
            return disable if contexts.line(code, number, get_frame(1)) else None
        note_line(code, number)
        return disable

    monitoring.use_tool_id(tool, "decompose")
    monitoring.register_callback(tool, events.PY_START, start)
    monitoring.register_callback(tool, events.LINE, line)
    monitoring.set_events(tool, events.PY_START)
    return recorder


def _is_resumed(code, frame):
    """Has the generator or coroutine of a frame been begun before?"""
    offset = frame.f_lasti
    if offset < 0 or sys.version_info < (3, 11):
        return offset >= 0
    # Since 3.11 there is an instruction that says why it is run; what is thrown in lands elsewhere.
    text = code.co_code
    return text[offset] != _RESUME or text[offset + 1] & 3 != 0


def _no_lines(_code):
    """Lines are not watched: that would take the place of a debugger."""


def _profile(folder, root):
    """Watch by `sys.setprofile`."""
    import threading

    recorder = Recorder(folder, root, "profile", _no_lines)
    files, slots, store, called = recorder.files, recorder.slots, recorder.store, recorder.called

    def profile(frame, event, _argument):
        if event != "call":
            return
        code = frame.f_code
        try:
            number = files[code.co_filename]
        except KeyError:
            number = recorder.file(code.co_filename)
        if number < 0:
            if number == _STARTER:
                recorder.started(frame)
            elif number == _SPEAKER:
                recorder.statements.asked(frame)
            return
        if code.co_flags & _RESUMABLE and _is_resumed(code, frame):
            return
        caller = frame.f_back
        if caller is None:
            called(code, None)
            return
        try:
            store.counts[slots[id(caller.f_code), caller.f_lasti, id(code)]] += 1
        except (KeyError, TypeError):
            called(code, caller)

    threading.setprofile(profile)
    sys.setprofile(profile)
    return recorder


def _begin():
    """Watch this process from here on."""
    folder, root = os.environ.get(_FOLDER), os.environ.get(_ROOT)
    if not folder or not root or not os.path.isdir(folder):
        return
    recorder = None
    if hasattr(sys, "monitoring"):
        recorder = _monitor(folder, root)
    if recorder is None:
        recorder = _profile(folder, root)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=recorder.reset)
    with open(os.path.join(folder, "%d-%s.seen" % (os.getpid(), os.urandom(4).hex())), "w"):
        pass


def _chain():
    """Be the `sitecustomize` that would have been found without us."""
    own = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [each for each in sys.path if os.path.abspath(each or ".") != own]
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    found = PathFinder.find_spec("sitecustomize")
    if found is None or found.loader is None:
        return
    module = module_from_spec(found)
    sys.modules["sitecustomize"] = module
    found.loader.exec_module(module)


if __name__ == "sitecustomize":
    try:
        _begin()
    except Exception as problem:
        sys.stderr.write("decompose: this process is not recorded: %s\n" % problem)
    _chain()
