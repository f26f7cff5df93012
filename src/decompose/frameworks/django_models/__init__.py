"""Which tables do Django models declare?

Every concrete model is a table: its own fields and those of its abstract bases are columns, a foreign key is a column
`<field>_id`, a many-to-many field without `through` is a join table of its own. A child of a concrete model is a table
that points to its parent's; a proxy has none.

Terms
-----
label     what an app is called in table names: `AppConfig.label`, else the last name of the app's package.
concrete  a model with a table: neither abstract nor a proxy.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from decompose.frameworks.django_models.fields import Field, field_of, last
from decompose.frameworks.django_models.library import (
    KNOWLEDGE,
    LIBRARY_FIELDS,
    LIBRARY_KEYS,
    LIBRARY_PARENTS,
    library_table,
)
from decompose.frameworks.django_models.schema import (
    Model,
    Schema,
    concrete,
    option,
    read_schema,
    target_of,
)
from decompose.model.program import Column, Table
from decompose.model.source import Site
from decompose.model.view import ProgramView

__all__ = ["EXAMPLES", "INTEREST", "KNOWLEDGE", "NAME", "PHASE", "settle"]

NAME = "django.models"
INTEREST: frozenset[str] = frozenset()
PHASE = 0

EXAMPLES = (
    # Names of tables and columns follow from the app's label, the class and the field; strings name models.
    (
        {
            "shop/orders/apps.py": """
                from django.apps import AppConfig
                class OrdersConfig(AppConfig):
                    name = "shop.orders"
                    label = "ordering"
            """,
            "shop/orders/models.py": """
                from django.conf import settings
                from django.db import models
                class Stamped(models.Model):
                    created = models.DateTimeField(auto_now_add=True)
                    class Meta:
                        abstract = True
                class Order(Stamped):
                    number = models.CharField(max_length=20, primary_key=True)
                    buyer = models.ForeignKey("people.Person", models.PROTECT, null=True)
                    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
                    labels = models.ManyToManyField("Label")
                class Label(models.Model):
                    text = models.CharField(max_length=20, unique=True)
                    parent = models.ForeignKey("self", models.CASCADE, null=True)
                    class Meta:
                        db_table = "tags"
            """,
            "shop/people/models.py": """
                from django.db import models
                class Person(models.Model):
                    email = models.EmailField()
            """,
        },
        {
            "table ordering_order shop.orders.models.Order: created number* buyer_id clerk_id",
            "key ordering_order.buyer_id -> people_person.id PROTECT",
            "key ordering_order.clerk_id -> auth_user.id CASCADE",
            "table ordering_order_labels of shop.orders.models.Order.labels: id* order_id label_id",
            "key ordering_order_labels.order_id -> ordering_order.number CASCADE",
            "key ordering_order_labels.label_id -> tags.id CASCADE",
            "table tags shop.orders.models.Label: id* text parent_id",
            "key tags.parent_id -> tags.id CASCADE",
            "table people_person shop.people.models.Person: id* email",
        },
    ),
    # A child of a concrete model points to its parent; a proxy has no table, what refers to it refers to its base.
    (
        {
            "places/models.py": """
                from django.db import models
                class Place(models.Model):
                    name = models.TextField()
                class Pub(Place):
                    beers = models.IntegerField()
                class Favourite(Place):
                    class Meta:
                        proxy = True
                class Visit(models.Model):
                    place = models.OneToOneField(Favourite, models.CASCADE, primary_key=True)
                    pub = models.ForeignKey(Pub, models.SET_NULL, db_column="pub_no")
            """,
        },
        {
            "table places_place places.models.Place: id* name",
            "table places_pub places.models.Pub: place_ptr_id* beers",
            "key places_pub.place_ptr_id -> places_place.id CASCADE",
            "table places_visit places.models.Visit: place_id* pub_no",
            "key places_visit.place_id -> places_place.id CASCADE",
            "key places_visit.pub_no -> places_pub.place_ptr_id SET_NULL",
        },
    ),
    # The program's own user model, with what Django's base class brings.
    (
        {
            "settings.py": 'INSTALLED_APPS = ["accounts"]\nAUTH_USER_MODEL = "accounts.Member"\n',
            "accounts/models.py": """
                from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
                from django.conf import settings
                from django.db import models
                class Member(AbstractBaseUser, PermissionsMixin):
                    email = models.EmailField(unique=True)
                class Note(models.Model):
                    author = models.ForeignKey(to=settings.AUTH_USER_MODEL, to_field="email", on_delete=models.CASCADE)
            """,
        },
        {
            "table accounts_member accounts.models.Member: id* is_superuser password last_login email",
            "table accounts_member_groups of accounts.models.Member.groups: id* member_id group_id",
            "key accounts_member_groups.member_id -> accounts_member.id CASCADE",
            "key accounts_member_groups.group_id -> auth_group.id CASCADE",
            (
                "table accounts_member_user_permissions of accounts.models.Member.user_permissions:"
                " id* member_id permission_id"
            ),
            "key accounts_member_user_permissions.member_id -> accounts_member.id CASCADE",
            "key accounts_member_user_permissions.permission_id -> auth_permission.id CASCADE",
            "table accounts_note accounts.models.Note: id* author_id",
            "key accounts_note.author_id -> accounts_member.email CASCADE",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Table]:
    """The tables of all concrete models, and the join tables of their many-to-many fields."""
    schema = read_schema(view)
    for _, model in sorted(schema.models.items()):
        if model.is_concrete:
            yield from _tables(schema, model)


def _tables(schema: Schema, model: Model) -> Iterator[Table]:
    fields = _fields(schema, model)
    columns = tuple(_column(schema, model, one) for one in fields if one.kind != "many")
    yield Table(model.table, model.view.name, model.view.site, NAME, columns, model.confidence)
    for one in fields:
        if one.kind == "many" and not one.through:
            yield _join_table(schema, model, one)


def _fields(schema: Schema, model: Model) -> tuple[Field, ...]:
    """Fields with a place in the model's own tables, the primary key included, bases' first."""
    known = schema.fields.get(model.view.name)
    if known is None:
        schema.fields[model.view.name] = ()  # a relation that leads back here finds the default key
        known = schema.fields[model.view.name] = tuple(_own_fields(schema, model))
    return known


def _own_fields(schema: Schema, model: Model) -> list[Field]:
    parents = _parents(schema, model)
    declared = _declared(schema, model, parents)
    links = [
        _parent_link(parent) for parent in parents if not _has_link(schema, model, declared, parent)
    ]
    fields = [*links, *declared]
    if not any(one.primary_key for one in fields):
        fields = _with_key(schema, fields)
    if option(schema.program, model.view, "order_with_respect_to") is not None:
        fields.append(Field("_order", "column", "OrderWrt", column="_order"))
    return fields


def _parents(schema: Schema, model: Model) -> list[str]:
    """The nearest concrete models among the bases."""
    models = [schema.models[name] for name in model.view.mro[1:] if name in schema.models]
    above = {name for base in models if base.is_concrete for name in base.view.mro[1:]}
    own = [base.view.name for base in models if base.is_concrete]
    foreign = [name for name in model.view.mro[1:] if name in LIBRARY_PARENTS]
    return [name for name in [*own, *foreign[:1]] if name not in above]


def _declared(schema: Schema, model: Model, parents: Sequence[str]) -> list[Field]:
    """What the model and its abstract bases declare; what a concrete parent has stays in the parent's table."""
    inherited = {
        name
        for parent in parents
        if parent in schema.models
        for name in schema.models[parent].view.mro
    }
    found: dict[str, Field] = {}
    for base in reversed(model.view.mro):
        if base not in inherited:
            if LIBRARY_PARENTS.isdisjoint(parents):
                found.update((one.name, one) for one in LIBRARY_FIELDS.get(base, ()))
            _read_class(schema, base, found)
    return list(found.values())


def _read_class(schema: Schema, base: str, found: dict[str, Field]) -> None:
    """Add the fields that one class of the MRO writes; whatever else has the name of an inherited one hides it."""
    declaring = schema.models.get(base)
    if declaring is None:
        return
    for name in declaring.view.methods():
        found.pop(name, None)
    for name, value, _ in declaring.view.assigned():
        one = field_of(schema.program, name, value) if value is not None else None
        if one is not None:
            found.pop(name, None)
            found[name] = one
        elif value is not None:
            found.pop(name, None)


def _has_link(schema: Schema, model: Model, declared: Sequence[Field], parent: str) -> bool:
    """Does a field of its own say that it is the link to the parent?"""
    links = [
        one
        for one in declared
        if one.type == "OneToOneField" and (one.parent_link or one.primary_key)
    ]
    return any(target_of(schema, model, one.target) == parent for one in links)


def _parent_link(parent: str) -> Field:
    name = f"{last(parent).lower()}_ptr"
    column = f"{name}_id"
    return Field(
        name,
        "foreign",
        "OneToOneField",
        0,
        column,
        parent,
        unique=True,
        on_delete="CASCADE",
        parent_link=True,
    )


def _with_key(schema: Schema, fields: list[Field]) -> list[Field]:
    """The first link to a parent is the key; without one Django adds `id`."""
    position = next((place for place, one in enumerate(fields) if one.parent_link), None)
    if position is None:
        return [Field("id", "column", schema.key_type, column="id", primary_key=True), *fields]
    return [
        replace(one, primary_key=True) if place == position else one
        for place, one in enumerate(fields)
    ]


def _column(schema: Schema, model: Model, one: Field) -> Column:
    return Column(
        one.column,
        one.type,
        one.line or model.view.site.line,
        one.primary_key,
        one.nullable,
        one.unique or one.primary_key,
        _references(schema, model, one),
        one.on_delete,
    )


def _references(schema: Schema, model: Model, one: Field) -> str:
    """What a foreign key points to as "table.column", "" where it cannot be told."""
    target = target_of(schema, model, one.target) if one.kind == "foreign" else ""
    found = concrete(schema, target)
    if found is not None:
        return f"{found.table}.{_target_column(schema, found, one.to_field)}"
    table = library_table(target)
    return f"{table}.{one.to_field or LIBRARY_KEYS.get(table, 'id')}" if table else ""


def _target_column(schema: Schema, target: Model, to_field: str) -> str:
    """The column that a foreign key to a model refers to: its primary key unless a field is named."""
    fields = _fields(schema, target)
    wanted = (
        one.column for one in fields if (one.name == to_field if to_field else one.primary_key)
    )
    return next(wanted, to_field or "id")


def _join_table(schema: Schema, model: Model, one: Field) -> Table:
    target = target_of(schema, model, one.target)
    own, other = last(model.view.name).lower(), last(target).lower()
    if target == model.view.name:
        own, other = f"from_{own}", f"to_{own}"
    line = one.line or model.view.site.line
    return Table(
        one.table or f"{model.table}_{one.name}",
        "",
        Site(model.view.site.path, line),
        NAME,
        (
            Column("id", schema.key_type, line, primary_key=True, unique=True),
            _join_column(schema, model, own, model.view.name, line),
            _join_column(schema, model, other, target, line),
        ),
        model.confidence,
        f"{model.view.name}.{one.name}",
    )


def _join_column(schema: Schema, model: Model, name: str, target: str, line: int) -> Column:
    key = Field(name, "foreign", "ForeignKey", line, f"{name}_id", target, on_delete="CASCADE")
    return _column(schema, model, key)
