"""What does the instruction that called say about how the call is written?

Names of instructions as the interpreters from 3.8 to 3.14 have them, told by what they begin with.
"""

from decompose.model.trace import Body, How

_CONTEXT = frozenset({"__enter__", "__exit__", "__aenter__", "__aexit__"})
_ITERATION = frozenset({"__iter__", "__next__", "__aiter__", "__anext__", "__reversed__"})
_CALLED_BY_WRITING = frozenset(
    {"__init__", "__new__", "__call__", "__post_init__", "__init_subclass__", "__class_getitem__"}
)
_OF_ATTRIBUTES = frozenset(
    {"__getattr__", "__getattribute__", "__setattr__", "__delattr__"}
    | {"__get__", "__set__", "__delete__"}
)
_BY_INSTRUCTION = (
    (("CALL", "PRECALL", "LOAD_BUILD_CLASS"), How.CALL),
    (
        ("LOAD_ATTR", "LOAD_METHOD", "STORE_ATTR", "DELETE_ATTR", "LOAD_SUPER", "IMPORT_FROM"),
        How.PROPERTY,
    ),
    (("BEFORE_WITH", "BEFORE_ASYNC_WITH", "SETUP_", "WITH_", "LOAD_SPECIAL"), How.CONTEXT),
    (
        (
            *("GET_ITER", "FOR_ITER", "UNPACK", "GET_AITER", "GET_ANEXT", "GET_YIELD"),
            *("YIELD_FROM", "LIST_EXTEND", "SET_UPDATE", "DICT_", "BUILD_", "END_FOR"),
        ),
        How.ITERATION,
    ),
    (("IMPORT",), How.IMPORT),
)


def how(operation: str, name: str, body: Body) -> How:
    """How a call is written, from the caller's instruction and the callee's own name."""
    if body is Body.MODULE:
        return How.IMPORT
    if body is Body.CLASS:
        return How.DEFINITION
    if name in _CONTEXT:
        return How.CONTEXT
    found = _by_instruction(operation, body)
    return _special(found, name) if name[:2] == "__" == name[-2:] else found


def _special(found: How, name: str) -> How:
    """How a special method is called: a builtin that is called, or a getter written in C, may do it."""
    if found is How.CALL and name not in _CALLED_BY_WRITING:
        return How.ITERATION if name in _ITERATION else How.DUNDER
    if found is How.PROPERTY and name not in _OF_ATTRIBUTES:
        return How.DUNDER
    return found


def _by_instruction(operation: str, body: Body) -> How:
    if operation in ("SEND", "GET_AWAITABLE", "YIELD_FROM") and body is Body.COROUTINE:
        return How.CALL  # `await name()`: it begins to run when it is awaited
    if operation == "SEND":
        return How.ITERATION
    for beginnings, word in _BY_INSTRUCTION:
        if operation.startswith(beginnings):
            return word
    return How.OPERATOR
