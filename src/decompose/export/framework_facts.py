"""What the frameworks say, in the exchange format: tables, routes, tasks, accesses and the like, field by field."""

from typing import Annotated

from msgspec import Meta, Struct

from decompose.export.proposed import Site


class Column(Struct):
    """A column of a table."""

    name: Annotated[str, Meta(description="In the database.")]
    type: Annotated[str, Meta(description="As the framework spells it.")]
    line: Annotated[int, Meta(description="Where it is declared.")]
    primary_key: Annotated[bool, Meta(description="Is it (part of) the primary key?")]
    nullable: Annotated[bool, Meta(description="May it be null?")]
    unique: Annotated[bool, Meta(description="Is each value unique?")]
    references: Annotated[str, Meta(description='Foreign key: "table.column", else "".')]
    on_delete: Annotated[str, Meta(description="What happens when the row it names goes.")]


class Table(Struct):
    """A table of the program's database."""

    name: Annotated[str, Meta(description="In the database.")]
    model: Annotated[str, Meta(description='Dotted class, "" if there is none.')]
    site: Annotated[Site, Meta(description="Where it is declared.")]
    framework: Annotated[str, Meta(description="Who declares it.")]
    columns: Annotated[list[Column], Meta(description="In order of declaration.")]
    confidence: Annotated[int, Meta(description="Position in `confidences`.")]
    implicit_of: Annotated[
        str, Meta(description='"Model.field" for the join table of a many-to-many, else "".')
    ]


class Route(Struct):
    """An HTTP endpoint."""

    method: Annotated[str, Meta(description='"GET", …; "*" where the framework leaves it open.')]
    path: Annotated[str, Meta(description="In OpenAPI spelling.")]
    handler: Annotated[str, Meta(description="Dotted function or class.")]
    site: Annotated[Site, Meta(description="Where it is declared.")]
    framework: Annotated[str, Meta(description="Who routes it.")]
    name: Annotated[str, Meta(description="The name that the framework knows it by.")]
    parameters: Annotated[
        list[tuple[str, str]], Meta(description="Path parameters with their OpenAPI types.")
    ]
    raw: Annotated[str, Meta(description="The path as the framework spells it.")]
    confidence: Annotated[int, Meta(description="Position in `confidences`.")]
    view: Annotated[str, Meta(description="Class whose object is asked. Since 0.2.")] = ""


class Task(Struct):
    """A background job."""

    name: Annotated[str, Meta(description="It is sent by this name.")]
    handler: Annotated[str, Meta(description="Dotted function that runs it.")]
    site: Annotated[Site, Meta(description="Where it is declared.")]
    framework: Annotated[str, Meta(description="Who runs it.")]


class Command(Struct):
    """A command-line or management command."""

    name: Annotated[str, Meta(description="As typed.")]
    handler: Annotated[str, Meta(description="Dotted function or class.")]
    site: Annotated[Site, Meta(description="Where it is declared.")]
    framework: Annotated[str, Meta(description="Who offers it.")]


class Operation(Struct):
    """What a GraphQL schema offers."""

    name: Annotated[str, Meta(description="`query orders`, `mutation orderCancel`, …")]
    handler: Annotated[str, Meta(description="Dotted function or class.")]
    site: Annotated[Site, Meta(description="Where it is declared.")]
    framework: Annotated[str, Meta(description="Who offers it.")]


class Schedule(Struct):
    """Something that runs by the clock."""

    name: Annotated[str, Meta(description="Its name.")]
    target: Annotated[str, Meta(description="Node of a task, or dotted function.")]
    site: Annotated[Site, Meta(description="Where it is declared.")]
    framework: Annotated[str, Meta(description="Who starts it.")]
    when: Annotated[str, Meta(description="As written.")]


class Publish(Struct):
    """Code that sends to a task, signal or queue."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    target: Annotated[str, Meta(description="Name of a node.")]
    site: Annotated[Site, Meta(description="Where it sends.")]
    framework: Annotated[str, Meta(description="Who carries it.")]
    confidence: Annotated[int, Meta(description="Position in `confidences`.")]


class Handler(Struct):
    """A function that receives a signal or consumes a queue."""

    signal: Annotated[str, Meta(description="Name of a node.")]
    handler: Annotated[str, Meta(description="Dotted function.")]
    site: Annotated[Site, Meta(description="Where it is connected.")]
    framework: Annotated[str, Meta(description="Who carries it.")]
    sender: Annotated[str, Meta(description='Dotted class that it listens to, "" for all.')]


class Access(Struct):
    """A function whose text reads or writes a table."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    table: Annotated[str, Meta(description="Name of the table.")]
    mode: Annotated[str, Meta(description="create, read, update or delete.")]
    site: Annotated[Site, Meta(description="Where.")]
    loop_depth: Annotated[int, Meta(description="Loops around it.")]
    confidence: Annotated[int, Meta(description="Position in `confidences`.")]
    columns: Annotated[list[str], Meta(description="As far as known.")]
    locks: Annotated[bool, Meta(description="Do its rows stay locked? Since 0.2.")] = False
    whole: Annotated[bool, Meta(description="Are all rows read? Since 0.2.")] = False


class Join(Struct):
    """Two tables in one query."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    left: Annotated[str, Meta(description="Name of a table.")]
    right: Annotated[str, Meta(description="Name of a table.")]
    site: Annotated[Site, Meta(description="Where.")]


class Transaction(Struct):
    """Lines of a function that run in one transaction."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    kind: Annotated[str, Meta(description="atomic, session, begin or request.")]
    site: Annotated[Site, Meta(description="What shows it: a decorator, `with` or commit.")]
    last_line: Annotated[int, Meta(description="Where it ends.")]
    framework: Annotated[str, Meta(description="Who offers it.")]
    begins: Annotated[int, Meta(description="Where it begins, 0: at `site`. Since 0.2.")] = 0


class AfterCommit(Struct):
    """Lines of a function that run only once the transaction around them is committed."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    site: Annotated[Site, Meta(description="Where they begin.")]
    last_line: Annotated[int, Meta(description="Where they end.")]
    framework: Annotated[str, Meta(description="Who offers it.")]


class Cascade(Struct):
    """A mapper changes rows of one table as it deletes one of another; what columns say themselves is none."""

    table: Annotated[str, Meta(description="Whose rows are deleted.")]
    target: Annotated[str, Meta(description="Whose rows are changed.")]
    mode: Annotated[str, Meta(description="delete or update.")]
    site: Annotated[Site, Meta(description="Where it is said.")]
    framework: Annotated[str, Meta(description="Which mapper.")]


class MethodGuard(Struct):
    """Lines of a function that run only when a request comes by one of some HTTP methods."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    methods: Annotated[list[str], Meta(description="Upper case, sorted.")]
    site: Annotated[Site, Meta(description="Where they begin.")]
    last_line: Annotated[int, Meta(description="Where they end.")]


class PathGuard(Struct):
    """Lines of a function that run only for some paths of requests."""

    source: Annotated[str, Meta(description="Dotted function.")]
    paths: Annotated[list[str], Meta(description="Paths, or what they begin with.")]
    begins: Annotated[bool, Meta(description="Are they beginnings?")]
    holds: Annotated[bool, Meta(description="False: the lines run for all other paths.")]
    site: Annotated[Site, Meta(description="Where they begin.")]
    last_line: Annotated[int, Meta(description="Where they end.")]


class Condition(Struct):
    """Lines of a function that do not run where a call rules it out."""

    source: Annotated[str, Meta(description="Dotted function.")]
    number: Annotated[int, Meta(description="Among the conditions of the function.")]
    site: Annotated[Site, Meta(description="Where the lines begin.")]
    last_line: Annotated[int, Meta(description="Where they end.")]


class RuledOut(Struct):
    """A call by which a condition of whom it calls cannot hold."""

    source: Annotated[str, Meta(description="Who calls; a signal, of its receivers.")]
    site: Annotated[Site, Meta(description="The call.")]
    target: Annotated[str, Meta(description="Who is called.")]
    number: Annotated[int, Meta(description="The condition of the target.")]
    given: Annotated[
        int, Meta(description="The caller's condition that must be ruled out itself; -1: none.")
    ] = -1


class ClassChoice(Struct):
    """Classes that a class chooses by an attribute, for generic methods of its bases."""

    owner: Annotated[str, Meta(description="Dotted class, which answers a route, or a base of it.")]
    attribute: Annotated[str, Meta(description="Name of the attribute.")]
    chosen: Annotated[list[str], Meta(description="Dotted classes of the program.")]
    site: Annotated[Site, Meta(description="Where.")]


Held = list[str]
"""What a value comes from, then attributes of it; see `ObjectHolds`."""


class ObjectMade(Struct):
    """An object that is told what to work with where it is made."""

    name: Annotated[str, Meta(description="Its own: class, file and line.")]
    made: Annotated[str, Meta(description="Its class, dotted.")]
    site: Annotated[Site, Meta(description="Where.")]


class ObjectHolds(Struct):
    """What an object has in an attribute.

    Each value is what it comes from, then attributes of that. It comes from "self", "=" and a class as a value,
    "+" and the name of an object made or of a class, "!" and a class that may be extended.
    """

    owner: Annotated[str, Meta(description="Dotted class, or name of an object made.")]
    attribute: Annotated[str, Meta(description="Name of the attribute or method.")]
    held: Annotated[list[Held], Meta(description="Values.")]
    site: Annotated[Site, Meta(description="Where.")]


class ObjectAsked(Struct):
    """Whose method a function calls, where that is known better than by the class."""

    source: Annotated[str, Meta(description="Dotted function.")]
    method: Annotated[str, Meta(description="Name of the method.")]
    held: Annotated[list[Held], Meta(description="Values, as of `ObjectHolds`.")]
    site: Annotated[Site, Meta(description="Where.")]


class ChosenAccess(Struct):
    """A method that touches the table of the class that its object has in an attribute."""

    source: Annotated[str, Meta(description="Dotted method.")]
    attribute: Annotated[str, Meta(description="Name of the attribute.")]
    mode: Annotated[str, Meta(description="create, read, update or delete.")]
    site: Annotated[Site, Meta(description="Where.")]
    loop_depth: Annotated[int, Meta(description="Loops around it.")]


class StateUse(Struct):
    """A function that reads or writes a state outside of tables."""

    source: Annotated[str, Meta(description="Dotted function or module.")]
    kind: Annotated[str, Meta(description="cache, session, file, setting, host, mail or variable.")]
    key: Annotated[str, Meta(description="A pattern: `*` for what only a run knows.")]
    site: Annotated[Site, Meta(description="Where.")]
    framework: Annotated[str, Meta(description="Who found it.")]
    writes: Annotated[bool, Meta(description="Is it changed?")]
    loop_depth: Annotated[int, Meta(description="Loops around it.")]
    confidence: Annotated[int, Meta(description="Position in `confidences`.")]


class SchemaDrift(Struct):
    """A table of which models and migrations say different columns."""

    table: Annotated[str, Meta(description="Name of the table.")]
    only_models: Annotated[list[str], Meta(description="Columns that only the model has.")]
    only_migrations: Annotated[list[str], Meta(description="Columns that only migrations leave.")]
    site: Annotated[Site, Meta(description="The model.")]
    migration: Annotated[Site, Meta(description="The migration that makes the table.")]


class Facts(Struct):
    """What the frameworks say, each list sorted."""

    tables: Annotated[list[Table], Meta(description="Tables.")]
    routes: Annotated[list[Route], Meta(description="HTTP endpoints.")]
    tasks: Annotated[list[Task], Meta(description="Background jobs.")]
    commands: Annotated[list[Command], Meta(description="Commands.")]
    schedules: Annotated[list[Schedule], Meta(description="What runs by the clock.")]
    publishes: Annotated[list[Publish], Meta(description="Who sends what.")]
    handlers: Annotated[list[Handler], Meta(description="Who receives what.")]
    accesses: Annotated[list[Access], Meta(description="Who touches which table.")]
    joins: Annotated[list[Join], Meta(description="Tables in one query.")]
    transactions: Annotated[list[Transaction], Meta(description="Transactions.")]
    after_commits: Annotated[
        list[AfterCommit], Meta(description="What waits for a commit; since 0.2.")
    ] = []
    guards: Annotated[
        list[MethodGuard],
        Meta(
            description="What runs for some HTTP methods only, or for new or old rows; since 0.2."
        ),
    ] = []
    path_guards: Annotated[
        list[PathGuard], Meta(description="What runs for some paths only; since 0.2.")
    ] = []
    conditions: Annotated[
        list[Condition], Meta(description="What some calls leave out; since 0.2.")
    ] = []
    ruled_out: Annotated[list[RuledOut], Meta(description="Which calls do; since 0.2.")] = []
    class_choices: Annotated[
        list[ClassChoice], Meta(description="What views choose by attributes; since 0.2.")
    ] = []
    objects: Annotated[
        list[ObjectMade], Meta(description="Objects that are told what to work with; since 0.2.")
    ] = []
    holdings: Annotated[
        list[ObjectHolds], Meta(description="What objects have in attributes; since 0.2.")
    ] = []
    asked: Annotated[
        list[ObjectAsked], Meta(description="Who asks which of these objects; since 0.2.")
    ] = []
    chosen_accesses: Annotated[
        list[ChosenAccess], Meta(description="What these objects touch; since 0.2.")
    ] = []
    cascades: Annotated[
        list[Cascade], Meta(description="What mappers delete along; since 0.2.")
    ] = []
    operations: Annotated[
        list[Operation], Meta(description="What GraphQL schemas offer; since 0.2.")
    ] = []
    states: Annotated[
        list[StateUse], Meta(description="Who shares what beside tables; since 0.2.")
    ] = []
    drifts: Annotated[
        list[SchemaDrift], Meta(description="Where models and migrations disagree; since 0.2.")
    ] = []
