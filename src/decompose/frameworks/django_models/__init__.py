"""Which tables do Django models declare?

Every concrete model is a table: its own fields and those of its abstract bases are columns, a foreign key is a column
`<field>_id`, a many-to-many field without `through` is a join table of its own. A child of a concrete model is a table
that points to its parent's; a proxy has none.

Terms
-----
label     what an app is called in table names: `AppConfig.label`, else the last name of the app's package.
concrete  a model with a table: neither abstract nor a proxy.
"""

from collections.abc import Iterator

from decompose.frameworks.django_models.columns import column_of, fields_of
from decompose.frameworks.django_models.fields import PRESETTING, Field, last
from decompose.frameworks.django_models.library import KNOWLEDGE
from decompose.frameworks.django_models.made import INTEREST as MADE_BY
from decompose.frameworks.django_models.made import made_tables, registered, stores
from decompose.frameworks.django_models.schema import Model, Schema, read_schema, target_of
from decompose.model.program import Column, Table
from decompose.model.source import Site
from decompose.model.view import ProgramView

__all__ = ["EXAMPLES", "INTEREST", "KNOWLEDGE", "NAME", "PHASE", "settle"]

NAME = "django.models"
INTEREST = MADE_BY | frozenset(PRESETTING)
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
    # A field of the program's own says itself what it refers to.
    (
        {
            "shop/fields.py": """
                from django.db import models
                class StatusField(models.ForeignKey):
                    def __init__(self, *args, **kwargs):
                        kwargs.setdefault("to", "shop.Status")
                        super().__init__(*args, on_delete=models.PROTECT, **kwargs)
            """,
            "shop/models.py": """
                from django.db import models
                from shop.fields import StatusField
                class Status(models.Model): ...
                class Order(models.Model):
                    status = StatusField(null=True)
            """,
        },
        {
            "table shop_status shop.models.Status: id*",
            "table shop_order shop.models.Order: id* status_id",
            "key shop_order.status_id -> shop_status.id PROTECT",
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
    # What libraries make while the program starts: histories, translations, key-value stores. A swapped model has no
    # table.
    (
        {
            "settings.py": """
                INSTALLED_APPS = ["shop"]
                LANGUAGES = [("en", "English"), ("pt-br", "Portuguese")]
                SHOP_CLERK_MODEL = "shop.Manager"
            """,
            "shop/models.py": """
                from django.conf import settings
                from django.db import models
                from hierarkey.models import Hierarkey
                from parler.models import TranslatableModel, TranslatedFields
                from simple_history.models import HistoricalRecords
                config = Hierarkey(attribute_name="settings")
                class Clerk(models.Model):
                    class Meta:
                        swappable = "SHOP_CLERK_MODEL"
                class Manager(models.Model):
                    pass
                @config.add()
                class Order(models.Model):
                    number = models.CharField(unique=True)
                    clerk = models.ForeignKey(settings.SHOP_CLERK_MODEL, models.PROTECT)
                    history = HistoricalRecords(excluded_fields=["number"])
                class Product(TranslatableModel):
                    price = models.IntegerField()
                    translations = TranslatedFields(title=models.CharField(max_length=9))
                class Page(models.Model):
                    text = models.TextField()
            """,
            "shop/translation.py": """
                from modeltranslation.translator import TranslationOptions, register
                from shop.models import Page
                @register(Page)
                class PageOptions(TranslationOptions):
                    fields = ("text",)
            """,
        },
        {
            "table shop_manager shop.models.Manager: id*",
            "table shop_order shop.models.Order: id* number clerk_id",
            "key shop_order.clerk_id -> shop_manager.id PROTECT",
            (
                "table shop_historicalorder of shop.models.Order.history: id clerk_id history_id*"
                " history_date history_change_reason history_type history_user_id"
            ),
            "key shop_historicalorder.clerk_id -> shop_manager.id DO_NOTHING",
            "key shop_historicalorder.history_user_id -> auth_user.id SET_NULL",
            "table shop_order_settingsstore of shop.models.Order.settings: id* key value object_id",
            "key shop_order_settingsstore.object_id -> shop_order.id CASCADE",
            "table shop_product shop.models.Product: id* price",
            (
                "table shop_product_translation of shop.models.Product.translations:"
                " id* language_code title master_id"
            ),
            "key shop_product_translation.master_id -> shop_product.id CASCADE",
            "table shop_page shop.models.Page: id* text text_en text_pt_br",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Table]:
    """The tables of all concrete models, the join tables of their many-to-many fields, what libraries make."""
    schema = read_schema(view)
    for _, model in sorted(schema.models.items()):
        if model.is_concrete:
            yield from _tables(schema, model)
            yield from made_tables(schema, model)
    yield from registered(schema)
    yield from stores(schema)


def _tables(schema: Schema, model: Model) -> Iterator[Table]:
    fields = fields_of(schema, model)
    columns = tuple(column_of(schema, model, one) for one in fields if one.kind != "many")
    yield Table(model.table, model.view.name, model.view.site, NAME, columns, model.confidence)
    for one in fields:
        if one.kind == "many" and not one.through:
            yield _join_table(schema, model, one)


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
    return column_of(schema, model, key)
