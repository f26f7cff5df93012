"""Which methods answer the fields of a GraphQL schema, and which operations does it offer?

Graphene asks a type's `resolve_<field>` and a mutation's `mutate`; Strawberry asks the methods that are marked as
fields. A library's code serves the requests, so the calls are made for the type that the methods stand in.
"""

from collections.abc import Iterator

from decompose.frameworks.graphql.operations import MARKS, SCHEMAS, operations
from decompose.model.knowledge import Knowledge
from decompose.model.program import Mediated, Operation
from decompose.model.view import ClassView, ProgramView

NAME = "graphql"
PHASE = 0
INTEREST = SCHEMAS | MARKS

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
    # What clients may ask for: fields of root types, which a helper may hand on.
    (
        {
            "schema.py": """
                import graphene
                from federation import build
                class Base(graphene.Mutation):
                    @classmethod
                    def mutate(cls, root, info): return cls.perform(info)
                class OrderCancel(Base):
                    @classmethod
                    def perform(cls, info): ...
                class Orders(graphene.ObjectType):
                    all_orders = graphene.List(graphene.String)
                    total = graphene.Int(name="sum")
                    silent = graphene.Int()
                    def resolve_all_orders(root, info): ...
                    def resolve_total(root, info): ...
                class Query(Orders):
                    pass
                class Mutation(graphene.ObjectType):
                    order_cancel = OrderCancel.Field()
                schema = build(Query, mutation=Mutation)
            """,
            "federation.py": """
                import graphene
                def build(query, mutation):
                    return graphene.Schema(query=query, mutation=mutation)
            """,
        },
        {
            "query allOrders -> schema.Orders.resolve_all_orders",
            "query sum -> schema.Orders.resolve_total",
            "mutation orderCancel -> schema.OrderCancel",
            "schema.Base ~> schema.Base.mutate",
            "schema.OrderCancel ~> schema.Base.mutate",
            "schema.Orders ~> schema.Orders.resolve_all_orders",
            "schema.Orders ~> schema.Orders.resolve_total",
            "schema.Query ~> schema.Orders.resolve_all_orders",
            "schema.Query ~> schema.Orders.resolve_total",
        },
    ),
    (
        {
            "api.py": """
                import strawberry
                from ariadne import MutationType
                from shelves import find_shelf
                changes = MutationType()
                @strawberry.type
                class Query:
                    shelf: str = strawberry.field(resolver=find_shelf)
                    @strawberry.field
                    def all_books(self): ...
                schema = strawberry.Schema(Query)
                @changes.field("sellBook")
                def sell(parent, info): ...
            """,
            "shelves.py": "def find_shelf(): ...",
        },
        {
            "query shelf -> shelves.find_shelf",
            "query allBooks -> api.Query.all_books",
            "mutation sellBook -> api.sell",
            "api.Query ~> api.Query.all_books",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Mediated | Operation]:
    """Calls of resolvers, and what clients may ask for."""
    yield from operations(view, NAME)
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
