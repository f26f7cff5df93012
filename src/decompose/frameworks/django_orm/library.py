"""What Django's managers and querysets give back, and what their methods do to rows."""

from decompose.model.knowledge import Knowledge
from decompose.model.program import AccessMode

MODEL = "django.db.models.Model"
MANAGER = "django.db.models.Manager"
QUERYSET = "django.db.models.QuerySet"
MODEL_SERIALIZER = "rest_framework.serializers.ModelSerializer"
MODEL_FORM = "django.forms.ModelForm"

NARROWING = frozenset(
    {
        *(
            "all",
            "filter",
            "exclude",
            "order_by",
            "reverse",
            "distinct",
            "select_related",
            "prefetch_related",
        ),
        *(
            "select_for_update",
            "annotate",
            "alias",
            "only",
            "defer",
            "using",
            "union",
            "intersection",
            "difference",
        ),
        *(
            "extra",
            "complex_filter",
            "values",
            "values_list",
            "dates",
            "datetimes",
            "raw",
            "none",
            "get_queryset",
        ),
        *(
            "active_translations",
            "language",
            "public",
            "specific",
            "ancestor_of",
            "child_of",
            "descendant_of",
            "live",
        ),
    }
)
"""Methods that give a query again and read nothing by themselves."""

ONE = frozenset(
    {
        "get",
        "first",
        "last",
        "earliest",
        "latest",
        "aget",
        "afirst",
        "alast",
        "aearliest",
        "alatest",
    }
)
"""Methods that read and give one row."""

COUNTING = frozenset(
    {
        "count",
        "exists",
        "aggregate",
        "contains",
        "explain",
        "acount",
        "aexists",
        "aaggregate",
        "acontains",
    }
)
LOADING = frozenset({"select_related", "prefetch_related"})
"""Methods that read related rows along."""
SEVERAL = frozenset({"iterator", "aiterator", "in_bulk", "ain_bulk"})
_CREATE, _READ, _UPDATE, _DELETE = (
    AccessMode.CREATE,
    AccessMode.READ,
    AccessMode.UPDATE,
    AccessMode.DELETE,
)
WRITING: dict[str, tuple[AccessMode, ...]] = {
    "create": (_CREATE,),
    "acreate": (_CREATE,),
    "bulk_create": (_CREATE,),
    "abulk_create": (_CREATE,),
    "create_user": (_CREATE,),
    "create_superuser": (_CREATE,),
    "get_or_create": (_READ, _CREATE),
    "aget_or_create": (_READ, _CREATE),
    "update_or_create": (_READ, _CREATE, _UPDATE),
    "aupdate_or_create": (_READ, _CREATE, _UPDATE),
    "update": (_UPDATE,),
    "aupdate": (_UPDATE,),
    "bulk_update": (_UPDATE,),
    "abulk_update": (_UPDATE,),
    "delete": (_DELETE,),
    "adelete": (_DELETE,),
    "_raw_delete": (_DELETE,),
}
"""Methods of querysets that write."""

MADE = frozenset(name for name, modes in WRITING.items() if _CREATE in modes and "bulk" not in name)
"""Methods that give the row that they make."""

PAIRED = frozenset(name for name in MADE if name.endswith("or_create"))
"""Methods that give a pair of a row and whether it is new."""

LINKING = {
    "add": (_CREATE,),
    "remove": (_DELETE,),
    "clear": (_DELETE,),
    "set": (_READ, _CREATE, _DELETE),
}
"""Methods of the manager of a many-to-many relation, and what they do to the join table."""

ROW_METHODS = {
    "save": (_UPDATE,),
    "asave": (_UPDATE,),
    "save_base": (_UPDATE,),
    "delete": (_DELETE,),
    "adelete": (_DELETE,),
    "refresh_from_db": (_READ,),
    "arefresh_from_db": (_READ,),
}
UPWARDS = {
    "save": (_CREATE, _UPDATE),
    "asave": (_CREATE, _UPDATE),
    "save_model": (_CREATE, _UPDATE),
    "delete_model": (_DELETE,),
    "delete_queryset": (_DELETE,),
}
"""Methods that store a row where an override hands it to the class above."""

QUERY_METHODS = NARROWING | ONE | COUNTING | SEVERAL | frozenset(WRITING)
USER_FUNCTIONS: dict[str, AccessMode] = {
    "django.contrib.auth.authenticate": _READ,
    "django.contrib.auth.aauthenticate": _READ,
    "django.contrib.auth.login": _UPDATE,  # stores when the user was last here
    "django.contrib.auth.alogin": _UPDATE,
    "django.contrib.auth.logout": _READ,
    "django.contrib.auth.alogout": _READ,
    "django.contrib.auth.get_user": _READ,
}
"""Functions of Django that read or write the table of users."""

SHORTCUTS = frozenset(
    {"get_object_or_404", "get_list_or_404", "aget_object_or_404", "aget_list_or_404"}
)

_SAME = dict.fromkeys(
    sorted(NARROWING - {"values", "values_list", "dates", "datetimes", "raw"}), "same"
)
_ITEM = dict.fromkeys(sorted(ONE | MADE - PAIRED), "item")
_RESULTS = {**_SAME, **_ITEM, "iterator": "items", "*iter": "items", "bulk_create": "items"}
_OF_MANAGER = dict.fromkeys(_SAME, f"of:{QUERYSET}")

KNOWLEDGE = Knowledge(
    classes={
        MODEL: dict.fromkeys(("objects", "_default_manager", "_base_manager"), f"of:{MANAGER}"),
        QUERYSET: {"as_manager": "same"},  # called, the class gives an instance of itself
    },
    instances={QUERYSET: _RESULTS, MANAGER: {**_RESULTS, **_OF_MANAGER}},
    descriptors={
        "django.db.models.ForeignKey": "argument:0",
        "django.db.models.OneToOneField": "argument:0",
        "django.db.models.ManyToManyField": f"of:{MANAGER}:0",
        "modelcluster.fields.ParentalKey": "argument:0",
        "mptt.fields.TreeForeignKey": "argument:0",
    },
    reverses={
        **dict.fromkeys(
            (
                "django.db.models.ForeignKey",
                "django.db.models.ManyToManyField",
                "modelcluster.fields.ParentalKey",
                "mptt.fields.TreeForeignKey",
            ),
            ("related_name", "{}_set", f"from:objects|of:{MANAGER}"),
        ),
        "django.db.models.OneToOneField": ("related_name", "{}", "item"),
    },
    bases={
        "django.forms.ModelForm": ("django.forms.BaseModelForm", "django.forms.Form"),
        MODEL_SERIALIZER: ("rest_framework.serializers.Serializer",),
        "rest_framework.serializers.HyperlinkedModelSerializer": (MODEL_SERIALIZER,),
        "django.contrib.auth.models.BaseUserManager": (MANAGER,),
        "django.contrib.auth.models.UserManager": ("django.contrib.auth.models.BaseUserManager",),
        "polymorphic.managers.PolymorphicManager": (MANAGER,),
        "polymorphic.query.PolymorphicQuerySet": (QUERYSET,),
        "mptt.managers.TreeManager": (MANAGER,),
        "mptt.querysets.TreeQuerySet": (QUERYSET,),
        "treebeard.mp_tree.MP_NodeManager": (MANAGER,),
        "treebeard.mp_tree.MP_NodeQuerySet": (QUERYSET,),
        "modelcluster.queryset.FakeQuerySet": (QUERYSET,),
        "django_scopes.ScopedManager": (MANAGER,),
    },
    functions={
        f"django.shortcuts.{prefix}get_{what}_or_404": result
        for prefix in ("", "a")
        for what, result in (("object", "row:0"), ("list", "rows:0"))
    },
    aliases={
        "django.forms.models.ModelForm": MODEL_FORM,
        "django.db.models.query.QuerySet": QUERYSET,
        "django.db.models.manager.Manager": MANAGER,
        "django.db.models.manager.BaseManager": MANAGER,
        "django.contrib.auth.base_user.BaseUserManager": "django.contrib.auth.models.BaseUserManager",
        "django.db.transaction.Atomic": "django.db.transaction.atomic",
    },
)
