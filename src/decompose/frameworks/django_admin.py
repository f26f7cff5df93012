"""What does Django's admin call of the classes that are registered with it?

The pages of the admin are the library's; what a class for them overrides, lists as a column or an action, is called
for the class.
"""

from collections.abc import Iterator

from decompose.model.facts import Op
from decompose.model.knowledge import Knowledge
from decompose.model.program import Mediated
from decompose.model.view import ClassView, Expression, ProgramView

NAME = "django.admin"
PHASE = 0
INTEREST: frozenset[str] = frozenset()

_ADMIN = "django.contrib.admin.options.BaseModelAdmin"
_SITE = "django.contrib.admin.AdminSite"
_FILTER = "django.contrib.admin.ListFilter"

KNOWLEDGE = Knowledge(
    bases={
        "django.contrib.admin.ModelAdmin": ("django.contrib.admin.options.BaseModelAdmin",),
        "django.contrib.admin.TabularInline": ("django.contrib.admin.options.InlineModelAdmin",),
        "django.contrib.admin.StackedInline": ("django.contrib.admin.options.InlineModelAdmin",),
        "django.contrib.admin.options.InlineModelAdmin": (
            "django.contrib.admin.options.BaseModelAdmin",
        ),
        "django.contrib.auth.admin.UserAdmin": ("django.contrib.admin.ModelAdmin",),
        "django.contrib.auth.admin.GroupAdmin": ("django.contrib.admin.ModelAdmin",),
        "django.contrib.admin.SimpleListFilter": (_FILTER,),
        "django.contrib.admin.FieldListFilter": (_FILTER,),
        "import_export.admin.ImportExportModelAdmin": ("django.contrib.admin.ModelAdmin",),
        "mptt.admin.MPTTModelAdmin": ("django.contrib.admin.ModelAdmin",),
    },
    aliases={
        "django.contrib.admin.options.ModelAdmin": "django.contrib.admin.ModelAdmin",
        "django.contrib.admin.options.TabularInline": "django.contrib.admin.TabularInline",
        "django.contrib.admin.options.StackedInline": "django.contrib.admin.StackedInline",
        "django.contrib.admin.filters.SimpleListFilter": "django.contrib.admin.SimpleListFilter",
        "django.contrib.admin.sites.AdminSite": _SITE,
    },
)

EXAMPLES = (
    (
        {
            "shop/admin.py": """
                from django.contrib import admin
                from shop.models import Order
                @admin.action(description="close")
                def close(modeladmin, request, queryset): ...
                @admin.register(Order)
                class OrderAdmin(admin.ModelAdmin):
                    list_display = ["number", "pieces"]
                    actions = [close, "reopen"]
                    def pieces(self, order): ...
                    def reopen(self, request, queryset): ...
                    def get_queryset(self, request): ...
                    def helper(self): ...
            """,
            "shop/models.py": """
                from django.db import models
                class Order(models.Model): ...
            """,
        },
        {
            "shop.admin.OrderAdmin ~> shop.admin.OrderAdmin.get_queryset",
            "shop.admin.OrderAdmin ~> shop.admin.OrderAdmin.pieces",
            "shop.admin.OrderAdmin ~> shop.admin.OrderAdmin.reopen",
            "shop.admin.OrderAdmin ~> shop.admin.close",
        },
    ),
)

_HOOKS = (
    *(
        "get_queryset",
        "get_object",
        "get_search_results",
        "get_list_display",
        "get_list_filter",
        "get_fields",
    ),
    *(
        "get_fieldsets",
        "get_form",
        "get_formset",
        "get_formsets_with_inlines",
        "get_inline_instances",
        "get_inlines",
    ),
    *(
        "get_readonly_fields",
        "get_prepopulated_fields",
        "get_ordering",
        "get_urls",
        "get_actions",
        "get_changelist",
    ),
    *(
        "get_list_select_related",
        "get_search_fields",
        "get_exclude",
        "get_extra",
        "get_max_num",
        "get_min_num",
    ),
    *(
        "formfield_for_foreignkey",
        "formfield_for_manytomany",
        "formfield_for_dbfield",
        "formfield_for_choice_field",
    ),
    *(
        "save_model",
        "save_form",
        "save_formset",
        "save_related",
        "delete_model",
        "delete_queryset",
        "log_addition",
    ),
    *(
        "log_change",
        "log_deletion",
        "response_add",
        "response_change",
        "response_delete",
        "response_action",
    ),
    *(
        "has_add_permission",
        "has_change_permission",
        "has_delete_permission",
        "has_view_permission",
    ),
    *(
        "has_module_permission",
        "changelist_view",
        "change_view",
        "add_view",
        "delete_view",
        "history_view",
    ),
    *(
        "construct_change_message",
        "message_user",
        "get_changeform_initial_data",
        "view_on_site",
        "get_sortable_by",
    ),
    *("lookups", "queryset", "choices", "has_permission", "each_context", "get_app_list", "index"),
)
_NAMING = ("list_display", "readonly_fields", "fields", "actions", "fieldsets", "list_filter")


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of methods of admin classes."""
    for found in view.subclasses(_ADMIN, _SITE, _FILTER):
        methods = [method for name in (*_HOOKS, *_named(found)) if (method := found.method(name))]
        for target in dict.fromkeys([*methods, *_functions(view, found)]):
            yield Mediated(found.name, target, found.site, NAME)


def _named(found: ClassView) -> list[str]:
    """Names that the class lists as columns and actions."""
    values = [value for name in _NAMING if (value := found.attribute(name)) is not None]
    return [
        text for value in values for part in _parts(value) if (text := part.string()) is not None
    ]


def _functions(view: ProgramView, found: ClassView) -> Iterator[str]:
    """Functions that the class lists as columns and actions."""
    for name in _NAMING:
        value = found.attribute(name)
        for part in _parts(value) if value is not None else ():
            for symbol in part.symbols() if part.op in (Op.NAME, Op.ATTRIBUTE) else ():
                if view.function_named(symbol) is not None:
                    yield symbol


def _parts(value: Expression) -> Iterator[Expression]:
    waiting = [value]
    while waiting:
        each = waiting.pop(0)
        yield each
        waiting.extend(each.elements)
