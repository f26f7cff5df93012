"""What do libraries call of a program? Callables they are given, methods of its subclasses, what stands for others.

CALLED_BACK     is called by the function that is given it
HOOKS           is run by a method that a class of the program inherits from a library's
ASKED           is run by a function or method of a library, of whatever object the program has set up
PROXIES         calls a function whenever something is done with the object made from it

Nothing here is computed: tables to be read, and added to, beside the libraries' own documentation. What a framework
knows by more than names (routes, tables, signals) is its reader's.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taken:
    """Where a function takes callables: positions and keywords of its arguments."""

    positions: tuple[int, ...] = ()
    keywords: tuple[str, ...] = ()


_FIRST = Taken((0,))
_KEY = Taken((), ("key",))
_SECOND = Taken((1,))
_TARGET = Taken((1,), ("target", "function"))
_JSON = Taken(
    (), ("default", "object_hook", "object_pairs_hook", "parse_float", "parse_int", "cls")
)

_FORM_FIELDS = (
    *("BooleanField", "CharField", "ChoiceField", "DateField", "DateTimeField", "DecimalField"),
    *("DurationField", "EmailField", "Field", "FileField", "FloatField", "ImageField"),
    *("IntegerField", "JSONField", "ModelChoiceField", "ModelMultipleChoiceField"),
    *("MultiValueField", "MultipleChoiceField", "NullBooleanField", "RegexField", "SlugField"),
    *("TimeField", "TypedChoiceField", "TypedMultipleChoiceField", "URLField", "UUIDField"),
)

CALLED_BACK: dict[str, Taken] = {
    **{f"django.forms.{name}": Taken((), ("widget",)) for name in _FORM_FIELDS},
    "builtins.sorted": _KEY,
    "builtins.min": _KEY,
    "builtins.max": _KEY,
    "builtins.map": Taken((0, 1)),
    "builtins.filter": _FIRST,
    "builtins.list.sort": _KEY,
    "heapq.nlargest": _KEY,
    "heapq.nsmallest": _KEY,
    "heapq.merge": _KEY,
    "bisect.bisect": _KEY,
    "bisect.bisect_left": _KEY,
    "bisect.bisect_right": _KEY,
    "functools.reduce": _FIRST,
    "itertools.groupby": Taken((1,), ("key",)),
    "itertools.filterfalse": _FIRST,
    "itertools.takewhile": _FIRST,
    "itertools.dropwhile": _FIRST,
    "itertools.starmap": _FIRST,
    "itertools.accumulate": Taken((1,), ("func",)),
    "re.sub": Taken((1,), ("repl",)),
    "re.subn": Taken((1,), ("repl",)),
    "json.dump": _JSON,
    "json.dumps": _JSON,
    "json.load": _JSON,
    "json.loads": _JSON,
    "threading.Thread": _TARGET,
    "threading.Timer": _TARGET,
    "multiprocessing.Process": _TARGET,
    "asyncio.to_thread": _FIRST,
    "asyncio.run_coroutine_threadsafe": _FIRST,
    "atexit.register": _FIRST,
    "signal.signal": _SECOND,
    "weakref.finalize": _SECOND,
    "contextvars.copy_context.run": _FIRST,
    "shutil.copytree": Taken((), ("ignore", "copy_function")),
    "shutil.rmtree": Taken((), ("onerror", "onexc")),
    "os.walk": Taken((), ("onerror",)),
    "inspect.getmembers": _SECOND,
    "timeit.timeit": _FIRST,
    "cProfile.runctx": _FIRST,
    "tokenize.tokenize": _FIRST,
    "tokenize.generate_tokens": _FIRST,
    **{
        f"contextlib.{stack}.{method}": _FIRST
        for stack in ("ExitStack", "AsyncExitStack")
        for method in ("callback", "push", "push_async_callback", "push_async_exit")
    },
    **{
        f"concurrent.futures.{pool}.map": _FIRST
        for pool in ("ThreadPoolExecutor", "ProcessPoolExecutor")
    },
    "asgiref.sync.sync_to_async": _FIRST,
    "asgiref.sync.async_to_sync": _FIRST,
    "anyio.to_thread.run_sync": _FIRST,
    "anyio.run": _FIRST,
    "trio.run": _FIRST,
    "starlette.concurrency.run_in_threadpool": _FIRST,
    "fastapi.concurrency.run_in_threadpool": _FIRST,
}
"""Function -> where it takes what it calls."""

PROXIES = frozenset(
    {
        "werkzeug.local.LocalProxy",
        "django.utils.functional.SimpleLazyObject",
        "lazy_object_proxy.Proxy",
    }
)
"""Classes whose objects stand for what the function gives that they are made with, also as its decorator."""

CALLED_BACK_BY_METHODS: dict[str, Taken] = {
    "sort": _KEY,
    "submit": _FIRST,
    "imap": _FIRST,
    "imap_unordered": _FIRST,
    "starmap": _FIRST,
    "apply_async": Taken((0,), ("callback", "error_callback")),
    "add_done_callback": _FIRST,
    "call_soon": _FIRST,
    "call_soon_threadsafe": _FIRST,
    "call_later": _SECOND,
    "call_at": _SECOND,
    "run_in_executor": _SECOND,
    "run_sync": _FIRST,
    "start_soon": _FIRST,
}
"""Method of an object that is not the program's -> where it takes what it calls."""


_PRINTING = ("_print_message", "_get_formatter")
_PARSING = (
    "error",
    "exit",
    "print_help",
    "format_help",
    "convert_arg_line_to_args",
    "_parse_known_args",
    "_parse_optional",
    "_get_option_tuples",
    "_get_values",
    "_get_value",
    "_check_value",
    "_match_argument",
    *_PRINTING,
)
HOOKS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "ast.NodeVisitor": {
        "visit": ("visit_*", "generic_visit"),
        "generic_visit": ("visit", "visit_*"),
    },
    "ast.NodeTransformer": {
        "visit": ("visit_*", "generic_visit"),
        "generic_visit": ("visit", "visit_*"),
    },
    "argparse.ArgumentParser": {
        "parse_args": ("parse_known_args", *_PARSING),
        "parse_known_args": _PARSING,
        "parse_intermixed_args": ("parse_known_intermixed_args", *_PARSING),
        "print_help": ("format_help", *_PRINTING),
        "print_usage": ("format_usage", *_PRINTING),
        "format_help": ("_get_formatter",),
        "error": ("exit", "print_usage", "format_usage", *_PRINTING),
        "exit": _PRINTING,
        "add_argument": ("_get_optional_kwargs",),
    },
    "threading.Thread": {"start": ("run",), "run": ()},
    "flask_sqlalchemy.pagination.Pagination": {"__init__": ("_query_items", "_query_count")},
    "requests.adapters.HTTPAdapter": {
        "__init__": ("init_poolmanager",),
        "send": ("build_response", "cert_verify", "get_connection", "add_headers", "request_url"),
    },
    "multiprocessing.Process": {"start": ("run",)},
    "html.parser.HTMLParser": {
        "feed": ("handle_*", "error", "unknown_decl"),
        "close": ("handle_*",),
    },
    "cmd.Cmd": {
        "cmdloop": ("do_*", "preloop", "postloop", "precmd", "postcmd", "emptyline", "default"),
        "onecmd": ("do_*", "emptyline", "default"),
    },
    "json.JSONEncoder": {"encode": ("default", "iterencode"), "iterencode": ("default",)},
    "json.JSONDecoder": {"decode": ("raw_decode",)},
    "string.Formatter": {
        "format": ("vformat", "get_*", "format_field", "convert_field", "check_unused_args"),
        "vformat": ("get_*", "format_field", "convert_field", "check_unused_args"),
    },
    "logging.Handler": {"handle": ("emit", "filter"), "format": ("format*",)},
    "logging.Formatter": {"format": ("formatTime", "formatException", "formatMessage")},
    "socketserver.BaseServer": {"serve_forever": ("process_request", "finish_request")},
    "configparser.ConfigParser": {"read": ("optionxform",), "get": ("optionxform",)},
    "collections.UserDict": {
        "update": ("__setitem__",),
        "get": ("__getitem__", "__contains__"),
        "setdefault": ("__getitem__", "__setitem__"),
        "pop": ("__getitem__", "__delitem__"),
        "__init__": ("__setitem__",),
    },
    **{
        f"{module}.{name}": {
            "get": ("__getitem__",),
            "keys": ("__iter__",),
            "items": ("__iter__", "__getitem__"),
            "values": ("__iter__", "__getitem__"),
            "update": ("__setitem__",),
            "setdefault": ("__getitem__", "__setitem__"),
            "pop": ("__getitem__", "__delitem__"),
            "popitem": ("__iter__", "__getitem__", "__delitem__"),
            "clear": ("__iter__", "__delitem__"),
        }
        for module in ("typing", "collections.abc")
        for name in ("Mapping", "MutableMapping")
    },
    **{
        f"{module}.{name}": {
            "append": ("insert", "__len__"),
            "extend": ("append", "insert"),
            "pop": ("__getitem__", "__delitem__"),
            "remove": ("__delitem__", "index"),
            "index": ("__getitem__", "__len__"),
            "count": ("__iter__",),
        }
        for module in ("typing", "collections.abc")
        for name in ("Sequence", "MutableSequence")
    },
}
"""Class -> its method -> methods of a subclass that it runs; "visit_*": all whose name begins so."""

_TRANSLATED = ("flask_babel", "flask_babelex", "flask_babelplus")
_TRANSLATING = ("gettext", "ngettext", "pgettext", "npgettext")
_SENDING = ("send", "request", "get", "post", "put", "patch", "delete", "head", "options")
_ADAPTED = ("send", "build_response", "cert_verify", "get_connection", "add_headers", "request_url")
_FORMATTING = ("__init__", "_split_lines", "_fill_text", "_get_*", "_format_*", "add_*", "start_*")
ASKED: Mapping[str, tuple[tuple[str, str], ...]] = {
    **{
        f"{package}.{name}": ((f"{package}.Domain", "get_translations"),)
        for package in _TRANSLATED
        for name in _TRANSLATING
    },
    **{
        f"requests.{owner}{name}": (
            ("requests.auth.AuthBase", "__call__"),
            *((("requests.adapters.HTTPAdapter", each)) for each in _ADAPTED if owner),
            *(
                ("http.cookiejar.DefaultCookiePolicy", each)
                for each in ("set_ok", "return_ok", "return_ok_secure", "domain_return_ok")
                if owner
            ),
        )
        for owner in ("", "Session.")
        for name in _SENDING
    },
    "requests.Session.prepare_request": (("requests.auth.AuthBase", "__call__"),),
    **{
        f"logging.{owner}{name}": (("logging.Handler", "emit"),)
        for owner in ("", "Logger.", "LoggerAdapter.")
        for name in ("warning", "error", "exception", "critical")
    },
    "flask.jsonify": (("flask.json.provider.JSONProvider", "dumps"),),
    "flask.Request.get_json": (("flask.json.provider.JSONProvider", "loads"),),
    "flask.request.get_json": (("flask.json.provider.JSONProvider", "loads"),),
    **{
        f"argparse.ArgumentParser.{name}": (
            *((("argparse.HelpFormatter", each)) for each in _FORMATTING),
            *((("argparse.Action", "__call__"),) if "parse" in name else ()),
        )
        for name in (
            *("parse_args", "parse_known_args", "parse_intermixed_args"),
            *("format_help", "format_usage", "print_help", "print_usage"),
        )
    },
}
"""Function or method of a library -> (its class, method of a subclass that it runs wherever one is set up)."""

HANDED_HOOKS = ("default", "__call__")
"""Methods that are run of what is made from a class that is handed over (`json.dumps(…, cls=Encoder)`)."""
