"""What Python calls of a program by itself: special methods behind operations and built-in functions; descriptors.

Nothing here is computed: tables to be read, and added to, beside Python's own documentation.
"""

FALLBACKS: dict[str, tuple[str, ...]] = {
    "__bool__": ("__bool__", "__len__"),
    "__contains__": ("__contains__", "__iter__", "__getitem__"),
    "__iter__": ("__iter__", "__getitem__"),
    "__reversed__": ("__reversed__", "__getitem__"),
    "__format__": ("__format__", "__str__", "__repr__"),
    "__str__": ("__str__", "__repr__"),
    "__ne__": ("__ne__", "__eq__"),
    "__gt__": ("__gt__", "__lt__"),  # reflected, or by `functools.total_ordering`
    "__ge__": ("__ge__", "__le__", "__lt__"),
    "__le__": ("__le__", "__ge__", "__lt__"),
    "__getitem__": ("__getitem__", "__missing__"),
    **{
        f"__i{name}__": (f"__i{name}__", f"__{name}__")
        for name in (
            "add",
            "sub",
            "mul",
            "matmul",
            "truediv",
            "floordiv",
            "mod",
            "pow",
            "lshift",
            "rshift",
            "or",
            "xor",
            "and",
        )
    },
}
"""Method that is looked for first -> methods in the order in which Python tries them (Language Reference, 3.3)."""

ALSO_ASKED: dict[str, tuple[str, ...]] = {
    "__contains__": ("__eq__", "__hash__"),
    "__getitem__": ("__class_getitem__",),
}
"""Method that is looked for first -> what else the operation may call, of something else."""

SPECIAL: dict[str, str] = {
    "builtins.str": "__str__",
    "builtins.print": "__str__",
    "builtins.repr": "__repr__",
    "builtins.ascii": "__repr__",
    "builtins.format": "__format__",
    "builtins.len": "__len__",
    "builtins.bool": "__bool__",
    "builtins.int": "__int__",
    "builtins.float": "__float__",
    "builtins.complex": "__complex__",
    "builtins.bytes": "__bytes__",
    "builtins.hash": "__hash__",
    "builtins.abs": "__abs__",
    "builtins.round": "__round__",
    "builtins.divmod": "__divmod__",
    "builtins.dir": "__dir__",
    "builtins.iter": "__iter__",
    "builtins.next": "__next__",
    "builtins.aiter": "__aiter__",
    "builtins.anext": "__anext__",
    "builtins.reversed": "__reversed__",
    "builtins.list": "__iter__",
    "builtins.tuple": "__iter__",
    "builtins.set": "__iter__",
    "builtins.frozenset": "__iter__",
    "builtins.dict": "__iter__",
    "builtins.sorted": "__iter__",
    "builtins.enumerate": "__iter__",
    "builtins.zip": "__iter__",
    "builtins.sum": "__iter__",
    "builtins.any": "__iter__",
    "builtins.all": "__iter__",
    "builtins.min": "__iter__",
    "builtins.max": "__iter__",
    "collections.deque": "__iter__",
    "collections.Counter": "__iter__",
    "collections.OrderedDict": "__iter__",
    "itertools.chain": "__iter__",
    "itertools.islice": "__iter__",
    "os.fspath": "__fspath__",
    "copy.copy": "__copy__",
    "copy.deepcopy": "__deepcopy__",
    "math.floor": "__floor__",
    "math.ceil": "__ceil__",
    "math.trunc": "__trunc__",
    "operator.index": "__index__",
}
"""Function of the standard library -> special method that it calls on its arguments."""

ENTERING = frozenset(
    f"contextlib.{stack}.{method}"
    for stack in ("ExitStack", "AsyncExitStack")
    for method in ("enter_context", "enter_async_context")
)
"""Methods that do with their argument what `with` does."""

BASES: dict[str, tuple[str, ...]] = {
    "logging.StreamHandler": ("logging.Handler",),
    "logging.FileHandler": ("logging.Handler",),
    "logging.handlers.BufferingHandler": ("logging.Handler",),
    "flask.json.provider.DefaultJSONProvider": ("flask.json.provider.JSONProvider",),
    **{
        f"argparse.{name}": ("argparse.HelpFormatter",)
        for name in (
            *("RawDescriptionHelpFormatter", "RawTextHelpFormatter"),
            *("ArgumentDefaultsHelpFormatter", "MetavarTypeHelpFormatter"),
        )
    },
}
"""Class of the standard library -> its bases, where something here rests on them."""

DESCRIPTORS = {
    "builtins.property": "called:0",
    "attr.ib": "called:factory",
    "attr.attrib": "called:factory",
    "attr.field": "called:factory",
    "attrs.field": "called:factory",
    "dataclasses.field": "called:default_factory",
}
"""Callable assigned to a class's attribute -> what the attribute of an instance gives (as in `model.knowledge`)."""
