"""What the whole program means: nodes, edges, and the framework facts that settle which of them are data or doors.

Code, tables, routes, tasks are all nodes, so that coupling through data is ordinary coupling. A node's name is unique:
dotted for code (`orders.models.Order.save`), prefixed for the rest (`table:orders_order`, `route:GET /orders/`).
"""

from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum

from decompose.model.conditions import Condition, MethodGuard, PathGuard, RuledOut
from decompose.model.source import Site


class NodeKind(IntEnum):
    """What a node stands for."""

    MODULE = 0  # and its module-level code
    CLASS = 1
    FUNCTION = 2  # module-level or nested
    METHOD = 3
    TABLE = 4
    ROUTE = 5
    TASK = 6
    COMMAND = 7
    SCHEDULE = 8
    SIGNAL = 9
    QUEUE = 10
    EXTERNAL = 11  # a library's or another system's name
    OPERATION = 12  # of a GraphQL schema

    @property
    def is_code(self) -> bool:
        """Does it stand for text of the program?"""
        return self <= NodeKind.METHOD

    @property
    def is_entry_point(self) -> bool:
        """Does the outside world start the program here?"""
        return self in _DOORS


_DOORS = frozenset(
    {
        NodeKind.ROUTE,
        NodeKind.TASK,
        NodeKind.COMMAND,
        NodeKind.SCHEDULE,
        NodeKind.OPERATION,
    }
)
PREFIXES = {
    NodeKind.TABLE: "table:",
    NodeKind.ROUTE: "route:",
    NodeKind.TASK: "task:",
    NodeKind.COMMAND: "command:",
    NodeKind.SCHEDULE: "schedule:",
    NodeKind.SIGNAL: "signal:",
    NodeKind.QUEUE: "queue:",
    NodeKind.EXTERNAL: "external:",
    NodeKind.OPERATION: "operation:",
}


class EdgeKind(IntEnum):
    """How a source depends on its target."""

    IMPORTS = 0  # module -> module or definition
    CALLS = 1
    INSTANTIATES = 2
    INHERITS = 3
    USES = 4  # reads a name or attribute, decorates, annotates
    READS = 5  # code -> table
    WRITES = 6  # code -> table
    JOINS = 7  # table -> table in one query
    REFERENCES = 8  # table -> table: foreign key
    MAPS = 9  # table -> the class that declares it
    PUBLISHES = 10  # code -> task, signal, queue
    CONSUMES = 11  # task, signal, queue -> the function that handles it
    EXPOSES = 12  # route, command, schedule -> the function that answers
    PASSES = (
        13  # middleware -> what it hands requests on to: a route, or a class that a framework calls
    )


WRAPPED, WRAPPER = "wrapped", "wrapper"
"""Mediators of uses that stand for calls through decorators: of the decorated function by who calls its wrapper, and
of the wrapper by the function that it is put around.
"""


DECLARED = ".declared"
"""Ending of a mediator: what a framework calls *for* a function before it, as that declares, and not from within it."""


class Confidence(IntEnum):
    """How sure a link is."""

    NAME_ONLY = 0  # some definition has that name; never mixed in silently
    INFERRED = 1  # by inferred types, overrides, conventions of a framework
    EXACT = 2  # by names and imports alone
    OBSERVED = 3  # not found by reading, or by name only: seen when the program ran


class Reason(StrEnum):
    """Why a use stayed unresolved."""

    LIBRARY = "library"  # resolved into a library: known, but not the program's
    BUILTIN = "builtin"
    UNKNOWN_RECEIVER = "unknown-receiver"  # the type of what stands before the dot is not known
    UNKNOWN_ATTRIBUTE = (
        "unknown-attribute"  # the type is known, it has no such attribute in the program
    )
    UNKNOWN_NAME = (
        "unknown-name"  # no binding in sight: dynamic, star import from a library, a missing file
    )
    DYNAMIC = "dynamic"  # the callee is computed: a parameter, a subscript, the result of a call


class AccessMode(StrEnum):
    """What an access does to rows of a table."""

    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    DELETE = "delete"

    writes: bool
    """Does it change the table? Kept with the member: it is asked of every step of every sequence."""

    def __init__(self, word: str) -> None:
        self.writes = word != "read"


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `type` as the framework spells it (`CharField`, `Integer`), `references` "table.column" or ""."""

    name: str
    type: str
    line: int
    primary_key: bool = False
    nullable: bool = False
    unique: bool = False
    references: str = ""
    on_delete: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the program's database. `model`: dotted class, "" for implicit ones and plain SQL."""

    name: str
    model: str
    site: Site
    framework: str
    columns: tuple[Column, ...] = ()
    confidence: Confidence = Confidence.EXACT
    implicit_of: str = ""  # "Model.field" for the join table of a many-to-many


@dataclass(frozen=True, slots=True)
class Route:
    """An HTTP endpoint. `path` in OpenAPI spelling (`/orders/{pk}/`), `handler`: dotted function or class."""

    method: str  # "GET", …; "*" where the framework leaves it open
    path: str
    handler: str
    site: Site
    framework: str
    name: str = ""
    parameters: tuple[tuple[str, str], ...] = ()  # (path parameter, OpenAPI type)
    raw: str = ""  # as the framework spells it
    confidence: Confidence = Confidence.EXACT
    view: str = ""  # dotted class whose object is asked, where the handler is a method

    @property
    def node(self) -> str:
        """The name of its node."""
        return f"route:{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a GraphQL schema offers: `query orders`, `mutation orderCancel`. `handler`: dotted function or class."""

    name: str
    handler: str
    site: Site
    framework: str

    @property
    def node(self) -> str:
        """The name of its node."""
        return f"{PREFIXES[NodeKind.OPERATION]}{self.name}"


@dataclass(frozen=True, slots=True)
class Task:
    """A background job: name it is sent by, function that runs it."""

    name: str
    handler: str
    site: Site
    framework: str


@dataclass(frozen=True, slots=True)
class Publish:
    """Code that sends to a task, signal or queue. `target`: node name (`task:…`, `signal:…`, `queue:…`)."""

    source: str
    target: str
    site: Site
    framework: str
    confidence: Confidence = Confidence.EXACT
    call: object = field(default=None, compare=False, repr=False)
    """The call's `Expression`, where a reader tells it to others: no part of what equals what."""


@dataclass(frozen=True, slots=True)
class Handler:
    """A function that receives a signal or consumes a queue; `sender`: dotted class or ""."""

    signal: str  # node name
    handler: str
    site: Site
    framework: str
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command-line or management command."""

    name: str
    handler: str
    site: Site
    framework: str

    @property
    def node(self) -> str:
        """The name of its node."""
        return f"{PREFIXES[NodeKind.COMMAND]}{self.name}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something that runs by the clock. `target`: node name of the task or dotted function."""

    name: str
    target: str
    site: Site
    framework: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class TableAccess:
    """A function whose text reads or writes a table."""

    source: str
    table: str
    mode: AccessMode
    site: Site
    loop_depth: int = 0
    confidence: Confidence = Confidence.EXACT
    columns: tuple[str, ...] = ()
    locks: bool = False  # its rows stay locked until the transaction ends (`SELECT … FOR UPDATE`)
    whole: bool = False  # it reads all rows, without condition or limit


@dataclass(frozen=True, slots=True)
class Join:
    """Two tables in one query."""

    source: str  # the function
    left: str
    right: str
    site: Site


@dataclass(frozen=True, slots=True)
class Transaction:
    """Lines of a function that run in one transaction; the whole function where decorated.

    `site` shows it: the decorator, the `with`, the `commit()` that ends it.
    """

    source: str
    kind: str  # "atomic", "session", "begin", "request"
    site: Site
    last_line: int
    framework: str
    begins: int = 0  # its first line, where that is not the one of `site`

    @property
    def first_line(self) -> int:
        """Where it begins."""
        return self.begins or self.site.line


@dataclass(frozen=True, slots=True)
class AfterCommit:
    """Lines of a function that run only once the transaction around them is committed."""

    source: str
    site: Site
    last_line: int
    framework: str


@dataclass(frozen=True, slots=True)
class Cascade:
    """A mapper changes rows of `target` as it deletes one of `table`; what columns say themselves is none."""

    table: str
    target: str
    mode: AccessMode
    site: Site
    framework: str


@dataclass(frozen=True, slots=True)
class ClassChoice:
    """Classes of the program that a class chooses by an attribute: what generic methods of its bases then use."""

    owner: str
    attribute: str
    chosen: tuple[str, ...]
    site: Site


Held = tuple[str, ...]
"""Where a value comes from, then attributes of it (`("self", "repos", "orders")`). It comes from

"self"      the object whose method says so; of a class: any object of it
"=CLASS"    a class of the program, as a value
"+NAME"     an object that is made in one place (`ObjectMade`), or an object of just the class of that name
"!CLASS"    an object of a class or of one that extends it
"""


@dataclass(frozen=True, slots=True)
class ObjectMade:
    """An object that is told what to work with where it is made: `Repository(session, Order)`."""

    name: str  # class, file and line
    made: str  # its class, dotted
    site: Site


@dataclass(frozen=True, slots=True)
class ObjectHolds:
    """What an object has in an attribute, or gives back from a method: of a class, or as it was made in one place."""

    owner: str  # dotted class, or name of an `ObjectMade`
    attribute: str
    held: tuple[Held, ...]
    site: Site


@dataclass(frozen=True, slots=True)
class ObjectAsked:
    """Whose method a function calls, where that is known better than by the class: `self.repos.orders.create()`."""

    source: str
    method: str
    held: tuple[Held, ...]
    site: Site


@dataclass(frozen=True, slots=True)
class ChosenAccess:
    """A method that touches the table of the class that its object has in an attribute: `select(self.model)`."""

    source: str
    attribute: str
    mode: AccessMode
    site: Site
    loop_depth: int = 0


@dataclass(frozen=True, slots=True)
class SchemaDrift:
    """A table of which models and migrations say different columns."""

    table: str
    only_models: tuple[str, ...]
    only_migrations: tuple[str, ...]
    site: Site  # of the model
    migration: Site  # that made the table


class StateKind(StrEnum):
    """What holds a state that is no table."""

    CACHE = "cache"
    SESSION = "session"
    FILE = "file"
    SETTING = "setting"
    HOST = "host"
    MAIL = "mail"
    VARIABLE = "variable"


@dataclass(frozen=True, slots=True)
class StateUse:
    """A function that reads or writes a state outside of tables. `key`: a pattern, `*` for what only a run knows."""

    source: str
    kind: StateKind
    key: str
    site: Site
    framework: str
    writes: bool = False
    loop_depth: int = 0
    confidence: Confidence = Confidence.EXACT

    def written(self) -> "StateUse":
        """The same use as a write."""
        return replace(self, writes=True)


@dataclass(frozen=True, slots=True)
class Shown:
    """A template that a function renders follows a path from a value of its context; handed from reader to reader."""

    source: str
    site: Site
    given: str  # the value, as written where it stands
    path: tuple[str, ...]  # as in `model.templates`
    calls: bool  # does the language call what can be called?
    start: object = field(default=None, compare=False, repr=False)
    """The value's `Expression`: no part of what equals what."""


@dataclass(frozen=True, slots=True)
class Mediated:
    """A call that runs through a framework: `source` is not written to call `target`, but does.

    `passes`: it hands on whatever comes, as a middleware does; who is behind it is no dependency of its own.
    `at_once`: of a module or class, the call is made while its own text runs, not later on its behalf.
    """

    source: str
    target: str
    site: Site
    framework: str
    confidence: Confidence = Confidence.INFERRED
    passes: bool = False
    at_once: bool = False


Fact = (
    Table
    | Route
    | Task
    | Publish
    | Handler
    | Command
    | Operation
    | Schedule
    | TableAccess
    | Join
    | Transaction
    | AfterCommit
    | MethodGuard
    | PathGuard
    | Condition
    | RuledOut
    | ClassChoice
    | ObjectMade
    | ObjectHolds
    | ObjectAsked
    | ChosenAccess
    | Cascade
    | Mediated
    | SchemaDrift
    | Shown
    | StateUse
)


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A use that could not be linked: kept and counted, never dropped in silence."""

    source: str
    line: int
    reason: Reason
    text: str
