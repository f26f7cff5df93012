"""Facts as one line each, so that a reader's examples can be read and compared.

    table orders_order shop.models.Order: id* number buyer_id      `*` marks the primary key
    table orders_order_tags of shop.models.Order.tags: id* …       the join table of a many-to-many
    key orders_order.buyer_id -> people_person.id PROTECT          beside the table that holds it
    GET /orders/{pk}/ -> shop.views.show (pk integer)              parameters that are no plain strings
    task shop.mail -> shop.tasks.mail
    shop.views.pay sends signal:shop.signals.paid
    signal:shop.signals.paid -> shop.receivers.book from shop.models.Order
    command import_prices -> shop.management.commands.import_prices.Command.handle
    schedule nightly -> task:shop.mail (0 3 * * *)
    shop.views.pay reads orders_order                              creates, updates, deletes; "in loop" under one
    shop.views.pay joins orders_order people_person
    shop.views.pay opens atomic 4-9                                first and last line
    shop.views.pay waits for commit 6-7                            lines that run after it
    shop.views.View ~> shop.views.View.get_queryset                called through the framework
    shop.middleware.Clock.__call__ => route:GET /orders/           what comes is handed on

A trailing ` ?` says that the fact is inferred, ` ??` that only a name speaks for it; mediated calls are inferred
unless they end in ` !`.
"""

from collections.abc import Iterator
from functools import singledispatch

from decompose.model.conditions import Condition, MethodGuard, PathGuard, RuledOut
from decompose.model.program import (
    AccessMode,
    AfterCommit,
    Cascade,
    ChosenAccess,
    ClassChoice,
    Column,
    Command,
    Confidence,
    Fact,
    Handler,
    Held,
    Join,
    Mediated,
    ObjectAsked,
    ObjectHolds,
    ObjectMade,
    Operation,
    Publish,
    Route,
    Schedule,
    SchemaDrift,
    Shown,
    StateUse,
    Table,
    TableAccess,
    Task,
    Transaction,
)

_DOUBT = {Confidence.EXACT: "", Confidence.INFERRED: " ?", Confidence.NAME_ONLY: " ??"}
_VERBS = {
    AccessMode.CREATE: "creates",
    AccessMode.READ: "reads",
    AccessMode.UPDATE: "updates",
    AccessMode.DELETE: "deletes",
}


@singledispatch
def lines(fact: Fact) -> Iterator[str]:
    raise TypeError(f"no short form for {fact!r}")


@lines.register
def _(fact: Table) -> Iterator[str]:
    model = (
        f" of {fact.implicit_of}" if fact.implicit_of else f" {fact.model}" if fact.model else ""
    )
    columns = " ".join(
        f"{column.name}*" if column.primary_key else column.name for column in fact.columns
    )
    yield f"table {fact.name}{model}: {columns}".removesuffix(": ") + _DOUBT[fact.confidence]
    yield from (_key(fact.name, column) for column in fact.columns if column.references)


def _key(table: str, column: Column) -> str:
    return f"key {table}.{column.name} -> {column.references} {column.on_delete}".rstrip()


@lines.register
def _(fact: Route) -> Iterator[str]:
    typed = ", ".join(f"{name} {kind}" for name, kind in fact.parameters if kind != "string")
    suffix = f" ({typed})" if typed else ""
    yield f"{fact.method} {fact.path} -> {fact.handler}{suffix}{_DOUBT[fact.confidence]}"


@lines.register
def _(fact: Task) -> Iterator[str]:
    yield f"task {fact.name} -> {fact.handler}"


@lines.register
def _(fact: Publish) -> Iterator[str]:
    yield f"{fact.source} sends {fact.target}{_DOUBT[fact.confidence]}"


@lines.register
def _(fact: Handler) -> Iterator[str]:
    sender = f" from {fact.sender}" if fact.sender else ""
    yield f"{fact.signal} -> {fact.handler}{sender}"


@lines.register
def _(fact: Command) -> Iterator[str]:
    yield f"command {fact.name} -> {fact.handler}"


@lines.register
def _(fact: Operation) -> Iterator[str]:
    yield f"{fact.name} -> {fact.handler}"


@lines.register
def _(fact: Schedule) -> Iterator[str]:
    when = f" ({fact.when})" if fact.when else ""
    yield f"schedule {fact.name} -> {fact.target}{when}"


@lines.register
def _(fact: TableAccess) -> Iterator[str]:
    loop = " in loop" if fact.loop_depth else ""
    locks = " locked" if fact.locks else ""
    yield f"{fact.source} {_VERBS[fact.mode]} {fact.table}{locks}{loop}{_DOUBT[fact.confidence]}"


@lines.register
def _(fact: Join) -> Iterator[str]:
    yield f"{fact.source} joins {fact.left} {fact.right}"


@lines.register
def _(fact: Transaction) -> Iterator[str]:
    yield f"{fact.source} opens {fact.kind} {fact.first_line}-{fact.last_line}"


@lines.register
def _(fact: AfterCommit) -> Iterator[str]:
    yield f"{fact.source} waits for commit {fact.site.line}-{fact.last_line}"


@lines.register
def _(fact: Cascade) -> Iterator[str]:
    yield f"deleting {fact.table} {_VERBS[fact.mode]} {fact.target}"


@lines.register
def _(fact: MethodGuard) -> Iterator[str]:
    yield f"{fact.source} for {', '.join(fact.methods)} {fact.site.line}-{fact.last_line}"


@lines.register
def _(fact: PathGuard) -> Iterator[str]:
    kind = "paths like" if fact.begins else "paths"
    negated = "" if fact.holds else "not "
    paths = " ".join(fact.paths)
    yield f"{fact.source} for {negated}{kind} {paths} {fact.site.line}-{fact.last_line}"


@lines.register
def _(fact: Condition) -> Iterator[str]:
    yield f"{fact.source} ?{fact.number} {fact.site.line}-{fact.last_line}"


@lines.register
def _(fact: RuledOut) -> Iterator[str]:
    given = f" if without ?{fact.given}" if fact.given >= 0 else ""
    yield f"{fact.source}:{fact.site.line} without {fact.target} ?{fact.number}{given}"


@lines.register
def _(fact: ClassChoice) -> Iterator[str]:
    yield f"{fact.owner}.{fact.attribute}: {', '.join(fact.chosen)} @ {fact.site.line}"


@lines.register
def _(fact: ObjectMade) -> Iterator[str]:
    yield f"+{fact.name}"


@lines.register
def _(fact: ObjectHolds) -> Iterator[str]:
    yield f"{fact.owner}.{fact.attribute} holds {_held(fact.held)}"


@lines.register
def _(fact: ObjectAsked) -> Iterator[str]:
    yield f"{fact.source} asks {_held(fact.held)} to {fact.method}"


def _held(values: tuple[Held, ...]) -> str:
    return " | ".join(".".join(each) for each in values)


@lines.register
def _(fact: ChosenAccess) -> Iterator[str]:
    yield f"{fact.source} {_VERBS[fact.mode]} what {fact.attribute} is"


@lines.register
def _(fact: SchemaDrift) -> Iterator[str]:
    models, migrations = ", ".join(fact.only_models), ", ".join(fact.only_migrations)
    yield f"drift {fact.table}: only models {models}, only migrations {migrations}"


@lines.register
def _(_: Shown) -> Iterator[str]:
    yield from ()  # handed on to the readers of tables, whose examples show what becomes of it


@lines.register
def _(fact: StateUse) -> Iterator[str]:
    verb = "writes" if fact.writes else "reads"
    yield f"{fact.source} {verb} {fact.kind.value} {fact.key}{_DOUBT[fact.confidence]}"


@lines.register
def _(fact: Mediated) -> Iterator[str]:
    sure = " !" if fact.confidence is Confidence.EXACT else ""
    arrow = "=>" if fact.passes else "~>"
    yield f"{fact.source} {arrow} {fact.target}{sure}"
