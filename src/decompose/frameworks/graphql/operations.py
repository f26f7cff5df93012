"""Which queries, mutations and subscriptions may a client ask for, and who answers them?

The root types of a schema are what it is built with: `Schema(query=Query, mutation=Mutation)`. Their fields are the
operations: in Graphene a class attribute with a resolver or a mutation class, in Strawberry a method or what a field
names as its resolver, in Ariadne a function
that is registered for a field of a root type by its name.
"""

from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.forwarding import registrations
from decompose.model.program import Operation
from decompose.model.view import ClassView, Expression, FunctionView, ProgramView

SCHEMAS = frozenset({"Schema", "build_schema", "FederationSchema"})
_SCHEMA_OF = ("graphene.", "strawberry.", "graphene_", "strawberry_")
_STRAWBERRY = ("strawberry.", "strawberry_django.")
_ROOTS = ("query", "mutation", "subscription")
_ANSWERS = ("mutate", "mutate_and_get_payload")
MARKS = frozenset({"field", "mutation", "subscription", "connection", "node"})
_BY_NAME = {
    "ariadne.QueryType": "query",
    "ariadne.MutationType": "mutation",
    "ariadne.SubscriptionType": "subscription",
}


def operations(view: ProgramView, framework: str) -> Iterator[Operation]:
    """Each operation once, in order of the schemas."""
    found: dict[tuple[str, str], Operation] = {}
    for operation in (*_of_schemas(view, framework), *_registered(view, framework)):
        found.setdefault((operation.name, operation.handler), operation)
    yield from found.values()


def _of_schemas(view: ProgramView, framework: str) -> Iterator[Operation]:
    seen: set[tuple[str, str]] = set()
    for call in registrations(filter(_is_schema, view.calls(*sorted(SCHEMAS))), view):
        plain = "auto_camelcase" in call.keywords and not call.keywords["auto_camelcase"].literal()
        for position, kind in enumerate(_ROOTS):
            for root in _roots(call, position, kind, view):
                if (kind, root.name) not in seen:
                    seen.add((kind, root.name))
                    yield from _of_root(root, kind, framework, view, plain=plain)


def _is_schema(call: Expression) -> bool:
    """Is it a library's for GraphQL? Many others are called so, and are many."""
    name = (call.callee.name() if call.callee is not None else None) or ""
    return name.startswith(_SCHEMA_OF)


def _roots(call: Expression, position: int, kind: str, view: ProgramView) -> Iterator[ClassView]:
    given = call.arguments[position] if position < len(call.arguments) else None
    given = call.keywords.get(kind, given)
    for value in given.bound() if given is not None else ():
        for symbol in value.symbols():
            found = view.class_named(symbol)
            if found is not None:
                yield found


def _of_root(
    root: ClassView, kind: str, framework: str, view: ProgramView, *, plain: bool
) -> Iterator[Operation]:
    """The fields of a root type, of all its bases."""
    fields: dict[str, Operation] = {}
    for name, value, _ in root.assigned(inherited=True):
        handler = _answer(root, name, value, view) if value is not None else None
        if handler is not None and value is not None:
            title = f"{kind} {_title(value, name, plain=plain)}"
            fields[name] = Operation(title, handler, value.site, framework)
    for base in reversed(root.mro):
        known = view.class_named(base)
        for name, method in (known.methods() if known is not None else {}).items():
            mark = _mark(method)
            if mark is not None:
                title = f"{kind} {_title(mark, name, plain=plain)}"
                fields[name] = Operation(title, method.name, method.site, framework)
    yield from fields.values()


def _answer(root: ClassView, name: str, value: Expression, view: ProgramView) -> str | None:
    """The function, or the mutation's class, that answers a field."""
    for each in _mutations(value, view):
        if any(map(each.method, _ANSWERS)):
            return each.name
    given = value.keywords.get("resolver", value.keywords.get("resolve"))
    for symbol in given.symbols() if given is not None else ():
        if view.function_named(symbol) is not None:
            return symbol
    return root.method(f"resolve_{name}") or root.method(f"subscribe_{name}")


def _mutations(value: Expression, view: ProgramView) -> Iterator[ClassView]:
    """`Pay.Field()`: the class that stands before the dot."""
    callee = value.callee if value.op is Op.CALL else None
    base = callee.base if callee is not None and callee.attribute == "Field" else None
    for symbol in base.symbols() if base is not None else ():
        found = view.class_named(symbol)
        if found is not None:
            yield found


def _mark(method: FunctionView) -> Expression | None:
    """The decorator that makes a method a field."""
    for decorator in method.decorators:
        target = decorator.callee or decorator
        if target.attribute in MARKS and (target.name() or "").startswith(_STRAWBERRY):
            return decorator
    return None


def _title(field: Expression, name: str, *, plain: bool) -> str:
    """What clients call a field."""
    given = field.keywords.get("name")
    said = given.string() if given is not None else None
    if said or plain:
        return said or name
    first, *others = name.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in others)


def _registered(view: ProgramView, framework: str) -> Iterator[Operation]:
    """`@query.field("orders")`, of an object that stands for a root type."""
    for function, decorator in view.decorated("field"):
        base = decorator.callee.base if decorator.callee is not None else None
        kinds = [_BY_NAME[each] for each in (base.types() if base else ()) if each in _BY_NAME]
        name = decorator.arguments[0].string() if decorator.arguments else None
        if kinds and name:
            yield Operation(f"{kinds[0]} {name}", function.name, function.site, framework)
