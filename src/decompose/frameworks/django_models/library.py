"""What is known of the models and fields of Django itself and of the libraries that models are often built on."""

from collections.abc import Mapping

from decompose.frameworks.django_models.fields import FIELD_BASES, VIRTUAL, Field
from decompose.model.knowledge import Knowledge

MODEL = "django.db.models.Model"
USER_MODEL = "settings.AUTH_USER_MODEL"
"""What a relation of a library's model says that it points to."""

_OAUTH = "oauth2_provider.models.Abstract"
_OTP = "django_otp.models."
_BASES = {
    **{
        f"{_OAUTH}{name}": (MODEL,)
        for name in ("Application", "Grant", "AccessToken", "RefreshToken", "IDToken")
    },
    **{
        f"{_OTP}{name}": (MODEL,)
        for name in ("Device", "CooldownMixin", "ThrottlingMixin", "TimestampMixin")
    },
    "django_otp.models.SideChannelDevice": ("django_otp.models.Device",),
    "django.contrib.auth.models.AbstractBaseUser": (MODEL,),
    "django.contrib.auth.models.PermissionsMixin": (MODEL,),
    "django.contrib.auth.models.AbstractUser": (
        "django.contrib.auth.models.AbstractBaseUser",
        "django.contrib.auth.models.PermissionsMixin",
    ),
    "django.contrib.auth.models.User": ("django.contrib.auth.models.AbstractUser",),
    "wagtail.models.Page": (MODEL,),
    "wagtail.core.models.Page": ("wagtail.models.Page",),
    "django.contrib.auth.models.Group": (MODEL,),
    "django.contrib.auth.models.Permission": (MODEL,),
    "django.contrib.contenttypes.models.ContentType": (MODEL,),
    "django.contrib.sessions.base_session.AbstractBaseSession": (MODEL,),
    "django.contrib.sessions.models.Session": (MODEL,),
    "django.contrib.sites.models.Site": (MODEL,),
    "django.contrib.flatpages.models.FlatPage": (MODEL,),
    "django.contrib.redirects.models.Redirect": (MODEL,),
    "django_extensions.db.models.TimeStampedModel": (MODEL,),
    "django_extensions.db.models.TitleDescriptionModel": (MODEL,),
    "django_extensions.db.models.TitleSlugDescriptionModel": (MODEL,),
    "django_scopes.models.ScopedModel": (MODEL,),
    "mptt.models.MPTTModel": (MODEL,),
    "model_utils.models.TimeStampedModel": (MODEL,),
    "model_utils.models.UUIDModel": (MODEL,),
    "model_utils.models.StatusModel": (MODEL,),
    "model_utils.models.SoftDeletableModel": (MODEL,),
    "modelcluster.models.ClusterableModel": (MODEL,),
    "ordered_model.models.OrderedModelBase": (MODEL,),
    "ordered_model.models.OrderedModel": ("ordered_model.models.OrderedModelBase",),
    "parler.models.TranslatableModel": (MODEL,),
    "parler.models.TranslatedFieldsModel": (MODEL,),
    "django_extensions.db.models.ActivatorModel": (MODEL,),
    "model_utils.models.TimeFramedModel": (MODEL,),
    "model_utils.models.SaveSignalHandlingModel": (MODEL,),
    "safedelete.models.SafeDeleteModel": (MODEL,),
    "safedelete.models.SafeDeleteMixin": ("safedelete.models.SafeDeleteModel",),
    "tree_queries.models.TreeNode": (MODEL,),
    "tree_queries.models.OrderableTreeNode": ("tree_queries.models.TreeNode",),
    "wagtail.models.Orderable": (MODEL,),
    "wagtail.models.TranslatableMixin": (MODEL,),
    "wagtail.contrib.settings.models.BaseSiteSetting": (MODEL,),
    "wagtail.contrib.settings.models.BaseGenericSetting": (MODEL,),
    "cms.models.CMSPlugin": (MODEL,),
    "cms.models.pluginmodel.CMSPlugin": ("cms.models.CMSPlugin",),
    "django_celery_beat.models.PeriodicTask": (MODEL,),
    "psqlextra.models.PostgresModel": (MODEL,),
    "polymorphic.models.PolymorphicModel": (MODEL,),
    "reversion.models.Version": (MODEL,),
    "rest_framework.authtoken.models.Token": (MODEL,),
    "simple_history.models.HistoricalChanges": (MODEL,),
    "solo.models.SingletonModel": (MODEL,),
    "taggit.models.TagBase": (MODEL,),
    "taggit.models.Tag": ("taggit.models.TagBase",),
    "taggit.models.ItemBase": (MODEL,),
    "taggit.models.CommonGenericTaggedItemBase": ("taggit.models.ItemBase",),
    "taggit.models.GenericTaggedItemBase": ("taggit.models.CommonGenericTaggedItemBase",),
    "taggit.models.GenericUUIDTaggedItemBase": ("taggit.models.CommonGenericTaggedItemBase",),
    "taggit.models.TaggedItemBase": ("taggit.models.ItemBase",),
    "treebeard.models.Node": (MODEL,),
    "treebeard.mp_tree.MP_Node": ("treebeard.models.Node",),
    "treebeard.ns_tree.NS_Node": ("treebeard.models.Node",),
    "treebeard.al_tree.AL_Node": ("treebeard.models.Node",),
}
"""Models of libraries that programs derive theirs from."""

_NAMES = (
    *("AutoField", "BigAutoField", "BigIntegerField", "BinaryField"),
    *("BooleanField", "CharField", "CommaSeparatedIntegerField", "DateField"),
    *("DateTimeField", "DecimalField", "DurationField", "EmailField"),
    *("Field", "FileField", "FilePathField", "FloatField"),
    *("GenericIPAddressField", "ImageField", "IntegerField", "IPAddressField"),
    *(
        "NullBooleanField",
        "PositiveBigIntegerField",
        "PositiveIntegerField",
        "PositiveSmallIntegerField",
    ),
    *("SlugField", "SmallAutoField", "SmallIntegerField", "TextField"),
    *("TimeField", "URLField", "UUIDField", "ForeignKey"),
    *("OneToOneField", "ManyToManyField"),
)

KNOWLEDGE = Knowledge(
    value_hooks=frozenset({"contribute_to_class"}),
    functions={"django.utils.functional.SimpleLazyObject": "called:0"},
    bases={**_BASES, **FIELD_BASES},
    aliases={
        **{f"django.db.models.fields.{name}": f"django.db.models.{name}" for name in _NAMES},
        **{
            f"django.db.models.fields.related.{name}": f"django.db.models.{name}"
            for name in _NAMES[-3:]
        },
        "django.db.models.fields.json.JSONField": "django.db.models.JSONField",
        "django.db.models.fields.files.FileField": "django.db.models.FileField",
        "django.db.models.fields.files.ImageField": "django.db.models.ImageField",
        "django.db.models.base.Model": MODEL,
        "django.contrib.gis.db.models.Model": MODEL,
        **{f"django.contrib.gis.db.models.{name}": f"django.db.models.{name}" for name in _NAMES},
        "django.apps.config.AppConfig": "django.apps.AppConfig",
        "django.contrib.auth.base_user.AbstractBaseUser": "django.contrib.auth.models.AbstractBaseUser",
        "django.contrib.auth.base_user.BaseUserManager": "django.contrib.auth.models.BaseUserManager",
        "django.contrib.contenttypes.generic.GenericForeignKey": VIRTUAL,
        "polymorphic.PolymorphicModel": "polymorphic.models.PolymorphicModel",
    },
)

LIBRARY_TABLES = {
    "contenttypes.contenttype": "django_content_type",
    "sessions.session": "django_session",
    "sites.site": "django_site",
    "admin.logentry": "django_admin_log",
    "flatpages.flatpage": "django_flatpage",
    "redirects.redirect": "django_redirect",
    "wagtail.page": "wagtailcore_page",
    "core.page": "wagtailcore_page",
}
"""Tables that are not named "label_model", by "label.model"."""

LIBRARY_KEYS = {"django_session": "session_key", "authtoken_token": "key"}
"""Primary keys of libraries' tables that are not named "id"."""

LIBRARY_PARENTS = frozenset(
    {
        "django.contrib.auth.models.User",
        "django.contrib.auth.models.Group",
        "wagtail.models.Page",
        "wagtail.core.models.Page",
        "cms.models.CMSPlugin",
        "taggit.models.Tag",
        "django_celery_beat.models.PeriodicTask",
    }
)
"""Concrete models of libraries: a child has a table of its own, which points to theirs."""


def library_table(name: str) -> str:
    """The table of a library's model, by its dotted class or its "label.model"."""
    parts = [part for part in name.lower().split(".") if part != "models"]
    label = ".".join(parts[-2:])
    return LIBRARY_TABLES.get(label, label.replace(".", "_") if "." in label else "")


def _columns(*names: str, type_: str) -> tuple[Field, ...]:
    return tuple(Field(name, "column", type_, column=name) for name in names)


_USER = (
    *_columns("password", type_="CharField"),
    Field("last_login", "column", "DateTimeField", column="last_login", nullable=True),
)
_OWNER = Field(
    "user", "foreign", "ForeignKey", column="user_id", target=USER_MODEL, on_delete="CASCADE"
)
_TOKEN = (
    Field("id", "column", "BigAutoField", column="id", primary_key=True),
    _OWNER,
    *_columns("created", "updated", type_="DateTimeField"),
)
_EXPIRING = (
    *_TOKEN,
    *_columns("expires", type_="DateTimeField"),
    *_columns("scope", type_="TextField"),
)
_PERMISSIONS = (
    *_columns("is_superuser", type_="BooleanField"),
    Field("groups", "many", "ManyToManyField", target="auth.Group"),
    Field("user_permissions", "many", "ManyToManyField", target="auth.Permission"),
)
LIBRARY_FIELDS: Mapping[str, tuple[Field, ...]] = {
    f"{_OAUTH}Application": (
        *_TOKEN,
        *_columns("redirect_uris", "post_logout_redirect_uris", type_="TextField"),
        *_columns(
            "client_id",
            "client_type",
            "authorization_grant_type",
            "client_secret",
            type_="CharField",
        ),
        *_columns("name", "algorithm", type_="CharField"),
        *_columns("skip_authorization", type_="BooleanField"),
    ),
    f"{_OAUTH}Grant": (
        *_EXPIRING,
        *_columns("code", "code_challenge", "code_challenge_method", "nonce", type_="CharField"),
        *_columns("redirect_uri", "claims", type_="TextField"),
    ),
    f"{_OAUTH}AccessToken": (*_EXPIRING, *_columns("token", type_="CharField")),
    f"{_OAUTH}RefreshToken": (
        *_TOKEN,
        *_columns("token", type_="CharField"),
        *_columns("revoked", type_="DateTimeField"),
    ),
    f"{_OAUTH}IDToken": (*_EXPIRING, *_columns("jti", type_="UUIDField")),
    f"{_OTP}Device": (
        _OWNER,
        *_columns("name", type_="CharField"),
        *_columns("confirmed", type_="BooleanField"),
    ),
    "django.contrib.auth.models.AbstractBaseUser": _USER,
    "django.contrib.auth.models.PermissionsMixin": _PERMISSIONS,
    "django.contrib.auth.models.AbstractUser": (
        Field("username", "column", "CharField", column="username", unique=True),
        *_columns("first_name", "last_name", type_="CharField"),
        *_columns("email", type_="EmailField"),
        *_columns("is_staff", "is_active", type_="BooleanField"),
        *_columns("date_joined", type_="DateTimeField"),
    ),
    "django.contrib.sessions.base_session.AbstractBaseSession": (
        Field("session_key", "column", "CharField", column="session_key", primary_key=True),
        *_columns("session_data", type_="TextField"),
        *_columns("expire_date", type_="DateTimeField"),
    ),
    "django_extensions.db.models.TimeStampedModel": _columns(
        "created", "modified", type_="DateTimeField"
    ),
    "django_extensions.db.models.TitleDescriptionModel": _columns(
        "title", "description", type_="TextField"
    ),
    "django_extensions.db.models.TitleSlugDescriptionModel": _columns(
        "title", "description", "slug", type_="TextField"
    ),
    "mptt.models.MPTTModel": _columns(
        "lft", "rght", "tree_id", "level", type_="PositiveIntegerField"
    ),
    "model_utils.models.TimeStampedModel": _columns("created", "modified", type_="DateTimeField"),
    "model_utils.models.UUIDModel": (
        Field("id", "column", "UUIDField", column="id", primary_key=True),
    ),
    "model_utils.models.StatusModel": (
        *_columns("status", type_="CharField"),
        *_columns("status_changed", type_="DateTimeField"),
    ),
    "model_utils.models.SoftDeletableModel": _columns("is_removed", type_="BooleanField"),
    "model_utils.models.TimeFramedModel": _columns("start", "end", type_="DateTimeField"),
    "django_extensions.db.models.ActivatorModel": (
        *_columns("status", type_="IntegerField"),
        *_columns("activate_date", "deactivate_date", type_="DateTimeField"),
    ),
    "safedelete.models.SafeDeleteModel": (
        *_columns("deleted", type_="DateTimeField"),
        *_columns("deleted_by_cascade", type_="BooleanField"),
    ),
    "parler.models.TranslatedFieldsModel": _columns("language_code", type_="CharField"),
    "tree_queries.models.TreeNode": (
        Field(
            "parent",
            "foreign",
            "TreeNodeForeignKey",
            column="parent_id",
            target="self",
            nullable=True,
            on_delete="CASCADE",
        ),
    ),
    "tree_queries.models.OrderableTreeNode": _columns("position", type_="PositiveIntegerField"),
    "wagtail.models.Orderable": _columns("sort_order", type_="IntegerField"),
    "wagtail.contrib.settings.models.BaseSiteSetting": (
        Field(
            "site",
            "foreign",
            "OneToOneField",
            column="site_id",
            target="wagtailcore.Site",
            unique=True,
            on_delete="CASCADE",
        ),
    ),
    "ordered_model.models.OrderedModel": _columns("order", type_="PositiveIntegerField"),
    "polymorphic.models.PolymorphicModel": (
        Field(
            "polymorphic_ctype",
            "foreign",
            "ForeignKey",
            column="polymorphic_ctype_id",
            target="contenttypes.ContentType",
            nullable=True,
            on_delete="CASCADE",
        ),
    ),
    "taggit.models.TagBase": (
        Field("name", "column", "CharField", column="name", unique=True),
        Field("slug", "column", "SlugField", column="slug", unique=True),
    ),
    "taggit.models.CommonGenericTaggedItemBase": (
        Field(
            "content_type",
            "foreign",
            "ForeignKey",
            column="content_type_id",
            target="contenttypes.ContentType",
            on_delete="CASCADE",
        ),
    ),
    "taggit.models.GenericTaggedItemBase": _columns("object_id", type_="IntegerField"),
    "taggit.models.GenericUUIDTaggedItemBase": _columns("object_id", type_="UUIDField"),
    "taggit.models.TaggedItemBase": (
        Field(
            "tag",
            "foreign",
            "ForeignKey",
            column="tag_id",
            target="taggit.Tag",
            on_delete="CASCADE",
        ),
    ),
    "treebeard.mp_tree.MP_Node": (
        Field("path", "column", "CharField", column="path", unique=True),
        *_columns("depth", "numchild", type_="PositiveIntegerField"),
    ),
    "treebeard.ns_tree.NS_Node": _columns(
        "lft", "rgt", "tree_id", "depth", type_="PositiveIntegerField"
    ),
}
"""Columns that abstract models of libraries bring."""
