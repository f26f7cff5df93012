"""What do the classes of Django's generic views, and of packages that add to them, call on the view itself?

Written down class by class: of a view that inherits several, all are asked, for each hands on to the next. A view of
rows is not asked for a form, nor does one of a form page through rows.
"""

from collections.abc import Mapping, Sequence

from decompose.frameworks.django_urls.library import GENERIC, VIEW

Flow = Mapping[str, Sequence[str]]
"""Method -> what its own code calls on the view, one after the other."""

VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
ENTRY = "as_view"
ITSELF = "*"
"""The library does it in the name of the view: by the query or model that the view names."""
_CONTEXT = "get_context_data"
WITH_FORM = f"{_CONTEXT}|form"
"""The same method, given the form: it asks for none. What stands behind the bar tells ways into one method apart."""
_ANSWER = (_CONTEXT, "render_to_response")
_ANSWER_TO_FORM = (WITH_FORM, "render_to_response")
_ACCESS = "django.contrib.auth.mixins."
_AUTH = "django.contrib.auth.views."
_SETS = "extra_views."
_TABLES = "django_tables2."
_FILTERS = "django_filters.views."
_SILENT = (
    *("builtins.", "abc.", "typing.", "django.views."),
    *(_ACCESS, _AUTH, _SETS, _TABLES, _FILTERS),
)
"""Beginnings of the names of classes that call nothing on the view but what is written down here."""


def _of_context(*names: str) -> Flow:
    return {_CONTEXT: names, WITH_FORM: names}


_DATED = {
    "get_dated_queryset": ("get_queryset", "get_date_field", "get_allow_future"),
    "get_dated_items": (
        *("get_year", "get_month", "get_week", "get_day", "get_date_field"),
        *("get_year_format", "get_month_format", "get_week_format", "get_day_format"),
        *("get_dated_queryset", "get_date_list", "get_make_object_list"),
    ),
    "get_date_list": ("get_date_list_period",),
    "get": ("get_dated_items", *_ANSWER),
}
_REDIRECTED = {
    "get_success_url": ("get_redirect_url", "get_default_redirect_url"),
    "get_redirect_url": ("get_success_url_allowed_hosts",),
}
_SAVED = {"form_valid": ("form_class:save",)}
_WITH_INLINES = (
    *("get_form_class", "get_form", "construct_inlines", "form_class:is_valid"),
    *("form_valid", "forms_valid", "forms_invalid"),
)

_CALLS: Mapping[str, Flow] = {
    VIEW: {
        ENTRY: ("__init__", "setup", "dispatch"),
        "dispatch": ("http_method_not_allowed", *VERBS),
        "head": ("get",),
    },
    f"{GENERIC}base.TemplateResponseMixin": {
        "render_to_response": ("get_template_names",),
        "get_template_names": ("get_template_name",),
    },
    f"{GENERIC}TemplateView": {"get": _ANSWER},
    f"{GENERIC}RedirectView": {
        "get": ("get_redirect_url",),
        **dict.fromkeys(["head", "post", "options", "delete", "put", "patch"], ("get",)),
    },
    f"{GENERIC}detail.SingleObjectMixin": {
        "get_object": ("get_queryset", "get_slug_field"),
        **_of_context("get_context_object_name"),
    },
    f"{GENERIC}detail.BaseDetailView": {"get": ("get_object", *_ANSWER)},
    f"{GENERIC}list.MultipleObjectMixin": {
        "get_queryset": ("get_ordering",),
        "paginate_queryset": ("get_paginator", "get_paginate_orphans", "get_allow_empty"),
        **_of_context("get_paginate_by", "paginate_queryset", "get_context_object_name"),
    },
    f"{GENERIC}list.BaseListView": {"get": ("get_queryset", "get_allow_empty", *_ANSWER)},
    f"{GENERIC}edit.FormMixin": {
        _CONTEXT: ("get_form",),
        "get_form": ("get_form_class", "get_form_kwargs", "form_class:__init__"),
        "get_form_kwargs": ("get_initial", "get_prefix"),
        "form_valid": ("get_success_url",),
        "form_invalid": _ANSWER_TO_FORM,
    },
    f"{GENERIC}edit.ModelFormMixin": {"get_form_class": (ITSELF,), **_SAVED},
    f"{GENERIC}edit.ProcessFormView": {
        "get": _ANSWER,
        "post": ("get_form", "form_class:is_valid", "form_valid", "form_invalid"),
        "put": ("post",),
    },
    f"{GENERIC}UpdateView": {"get": ("get_object",), "post": ("get_object",)},
    f"{GENERIC}edit.DeletionMixin": {
        "post": (
            *("get_object", "delete", "get_form", "form_class:is_valid"),
            *("form_valid", "form_invalid"),
        ),
        "delete": ("get_object", "get_success_url"),
        "form_valid": ("get_success_url",),
    },
    **{f"{GENERIC}{name}ArchiveView": _DATED for name in ("Year", "Month", "Week", "Day", "Today")},
    f"{GENERIC}ArchiveIndexView": _DATED,
    f"{GENERIC}DateDetailView": {
        "get_object": ("get_year", "get_month", "get_day", "get_date_field", "get_allow_future")
    },
    f"{_ACCESS}AccessMixin": {
        "handle_no_permission": (
            *("get_permission_denied_message", "get_login_url", "get_redirect_field_name"),
        )
    },
    f"{_ACCESS}LoginRequiredMixin": {"dispatch": ("handle_no_permission",)},
    f"{_ACCESS}PermissionRequiredMixin": {
        "dispatch": ("has_permission", "handle_no_permission"),
        "has_permission": ("get_permission_required",),
    },
    f"{_ACCESS}UserPassesTestMixin": {
        "dispatch": ("get_test_func", "test_func", "handle_no_permission")
    },
    f"{_AUTH}LoginView": {
        **_REDIRECTED,
        **_of_context("get_redirect_url"),
        "dispatch": ("get_success_url",),
    },
    f"{_AUTH}LogoutView": {**_REDIRECTED, "post": ("get_success_url", *_ANSWER)},
    **{f"{_AUTH}Password{name}View": _SAVED for name in ("Change", "Reset")},
    f"{_AUTH}PasswordResetConfirmView": {"dispatch": ("get_user", *_ANSWER), **_SAVED},
    "django.contrib.messages.views.SuccessMessageMixin": {"form_valid": ("get_success_message",)},
    f"{_SETS}BaseFormSetFactory": {
        "construct_formset": ("get_formset", "get_formset_kwargs", "formset_class:__init__"),
        "get_formset": ("get_form_class", "get_factory_kwargs"),
        "get_factory_kwargs": ("get_formset_class",),
        "get_formset_kwargs": ("get_initial", "get_prefix", "get_form_kwargs"),
    },
    f"{_SETS}FormSetMixin": {
        "formset_valid": ("get_success_url",),
        "formset_invalid": _ANSWER,
    },
    f"{_SETS}ProcessFormSetView": {
        "get": ("construct_formset", *_ANSWER),
        "post": ("construct_formset", "formset_valid", "formset_invalid"),
        "put": ("post",),
    },
    f"{_SETS}ModelFormSetMixin": {
        "get_formset_kwargs": ("get_queryset",),
        "get_factory_kwargs": ("get_form_class",),
    },
    f"{_SETS}ModelFormSetView": {"get": ("get_queryset",), "post": ("get_queryset",)},
    f"{_SETS}InlineFormSetView": {"get": ("get_object",), "post": ("get_object",)},
    f"{_SETS}BaseInlineFormSetFactory": {"get_formset": ("get_inline_model",)},
    f"{_SETS}ModelFormWithInlinesMixin": {
        "construct_inlines": ("get_inlines",),
        "forms_valid": ("form_valid",),
        "forms_invalid": _ANSWER_TO_FORM,
    },
    f"{_SETS}ProcessFormWithInlinesView": {
        "get": ("get_form_class", "get_form", "construct_inlines", *_ANSWER_TO_FORM),
        "post": _WITH_INLINES,
        "put": ("post",),
    },
    f"{_SETS}UpdateWithInlinesView": {"get": ("get_object",), "post": ("get_object",)},
    f"{_SETS}NamedFormsetsMixin": _of_context("get_inlines_names"),
    f"{_SETS}SuccessMessageMixin": {"forms_valid": ("get_success_message",)},
    f"{_SETS}FormSetSuccessMessageMixin": {"formset_valid": ("get_success_message",)},
    f"{_TABLES}SingleTableMixin": {
        **_of_context("get_table", "get_context_table_name"),
        "get_table": (
            *("get_table_class", "get_table_data", "get_table_kwargs", "get_table_pagination"),
        ),
    },
    f"{_TABLES}MultiTableMixin": {
        **_of_context("get_tables", "get_table_pagination"),
        "get_tables": ("get_tables_data",),
    },
    f"{_FILTERS}FilterMixin": {
        "get_filterset": ("get_filterset_kwargs", "filterset_class:__init__"),
        "get_filterset_kwargs": ("get_queryset",),
    },
    f"{_FILTERS}FilterView": {
        "get": ("get_filterset_class", "get_filterset", "get_strict", *_ANSWER)
    },
}


def generic_flow(libraries: Sequence[str]) -> Flow | None:
    """What the library's classes among a view's bases call; None where one of them is not written down here."""
    if not all(base in _CALLS or base.startswith(_SILENT) for base in libraries):
        return None
    merged: dict[str, dict[str, None]] = {}
    for base in libraries:
        for method, called in _CALLS.get(base, {}).items():
            merged.setdefault(method, {}).update(dict.fromkeys(called))
    return {method: tuple(called) for method, called in merged.items()}


ASKED = frozenset(method for flow in _CALLS.values() for method in flow) - {ENTRY, WITH_FORM}
"""Methods of the library that a program's view may call by name."""
