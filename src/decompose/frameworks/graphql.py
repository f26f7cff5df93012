"""Which methods answer the fields of a GraphQL schema?

Graphene asks a type's `resolve_<field>` and a mutation's `mutate`; Strawberry asks the methods that are marked as
fields. A library's code serves the requests, so the calls are made for the type that the methods stand in.
"""

from collections.abc import Iterator

from decompose.model.knowledge import Knowledge
from decompose.model.program import Mediated
from decompose.model.view import ClassView, ProgramView

NAME = "graphql"
PHASE = 0
INTEREST: frozenset[str] = frozenset()

_TYPES = (
    *("graphene.ObjectType", "graphene.Mutation", "graphene.Interface", "graphene.InputObjectType"),
    *("graphene_django.DjangoObjectType", "graphene.relay.ClientIDMutation"),
    *("graphene_sqlalchemy.SQLAlchemyObjectType",),
)
_ASKED = ("mutate", "mutate_and_get_payload", "get_node", "get_queryset", "is_type_of")
_FIELDS = frozenset({"field", "mutation", "subscription", "input"})
_STRAWBERRY = ("strawberry.", "strawberry_django.")

KNOWLEDGE = Knowledge(
    bases={"graphene_django.DjangoObjectType": ("graphene.ObjectType",)},
    aliases={
        "graphene.types.objecttype.ObjectType": "graphene.ObjectType",
        "graphene.types.mutation.Mutation": "graphene.Mutation",
        "graphene_django.types.DjangoObjectType": "graphene_django.DjangoObjectType",
    },
)

EXAMPLES = (
    (
        {
            "schema.py": """
                import graphene
                import strawberry
                class Query(graphene.ObjectType):
                    orders = graphene.List(graphene.String)
                    def resolve_orders(root, info): ...
                    def helper(self): ...
                class Pay(graphene.Mutation):
                    def mutate(root, info): ...
                @strawberry.type
                class Shelf:
                    @strawberry.field
                    def books(self): ...
                    @strawberry.mutation(description="buy")
                    def buy(self): ...
                    def count(self): ...
            """,
        },
        {
            "schema.Query ~> schema.Query.resolve_orders",
            "schema.Pay ~> schema.Pay.mutate",
            "schema.Shelf ~> schema.Shelf.books",
            "schema.Shelf ~> schema.Shelf.buy",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of resolvers."""
    for found in view.subclasses(*_TYPES):
        for method in dict.fromkeys(_resolvers(view, found)):
            yield Mediated(found.name, method, found.site, NAME)
    for function, decorator in view.decorated(*sorted(_FIELDS)):
        target = decorator.callee or decorator
        if (target.name() or "").startswith(_STRAWBERRY):
            yield Mediated(function.owner, function.name, function.site, NAME)


def _resolvers(view: ProgramView, found: ClassView) -> Iterator[str]:
    bases = (view.class_named(base) for base in found.mro)
    names = sorted({name for base in bases if base is not None for name in base.methods()})
    for name in names:
        method = found.method(name)
        if method and (name.startswith("resolve_") or name in _ASKED):
            yield method
