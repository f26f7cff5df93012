"""Which methods of a class-based view does the framework's own part of it call, one after the other?

What the library's methods call on `self` is written down by name. From a method that the program leaves to the
library the calls are followed until they meet the program again: those methods are called by whoever called the first.
A name with a part before a colon is a method of the class that the view names as that part (`form_class:clean`).
"""

from collections.abc import Iterator, Mapping, Sequence

from decompose.frameworks.django_urls.library import API_VIEW, LIBRARY_VERBS
from decompose.model.view import ClassView, ProgramView

Flow = Mapping[str, Sequence[str]]
_KNOWN = ("django.", "rest_framework.", "builtins.", "abc.", "typing.")
_ALSO = {"put": ("post",), "head": ("get",)}

ENTRY = "as_view"
VERBS = ("get", "post", "put", "patch", "delete", "head", "options")
_FORM_CHECKS = "form_class:is_valid"

PLAIN: Flow = {
    ENTRY: ("__init__", "setup", "dispatch"),
    "dispatch": (
        *("test_func", "get_test_func", "has_permission", "handle_no_permission"),
        *("http_method_not_allowed", *VERBS),
    ),
    "has_permission": ("get_permission_required",),
    "handle_no_permission": ("get_permission_denied_message", "get_login_url"),
    "head": ("get",),
    "get": (
        *("get_object", "get_queryset", "get_allow_empty", "get_paginate_by", "get_form_class"),
        *("get_form", "get_redirect_url", "get_dated_items", "get_context_data"),
        "render_to_response",
    ),
    "post": (
        *("get_object", "get_form_class", "get_form", "form_valid", "form_invalid"),
        *("get_redirect_url", "delete"),
        _FORM_CHECKS,
    ),
    "put": ("post",),
    "patch": ("get",),
    "delete": ("get_object", "get_success_url"),
    "get_context_data": (
        *("get_form", "get_context_object_name", "get_paginate_by", "paginate_queryset"),
        *("get_formset", "get_table", "get_search_form"),
    ),
    "get_form": ("get_form_class", "get_form_kwargs", "form_class:__init__"),
    "get_form_class": ("get_queryset",),
    "get_form_kwargs": ("get_initial", "get_prefix"),
    "get_object": ("get_queryset", "get_slug_field"),
    "get_queryset": ("get_ordering",),
    "form_valid": ("form_class:save", "get_success_url"),
    "form_invalid": ("get_context_data", "render_to_response"),
    "render_to_response": ("get_template_names",),
    "get_template_names": ("get_template_name",),
    "paginate_queryset": ("get_paginator", "get_allow_empty", "get_paginate_orphans"),
    "get_dated_items": ("get_date_list", "get_dated_queryset", "get_year", "get_month", "get_day"),
    "get_dated_queryset": ("get_queryset", "get_date_field", "get_allow_future"),
    "get_table": ("get_table_class", "get_table_data", "get_table_kwargs", "get_table_pagination"),
    "get_table_data": ("get_queryset",),
}
"""Method of Django's generic views (and of well-known additions) -> what its own code calls on the view."""

FORM_SETS: Flow = {
    **PLAIN,
    "get": (*PLAIN["get"], "construct_formset"),
    "post": (*PLAIN["post"], "construct_formset", "formset_valid", "formset_invalid"),
    "construct_formset": ("get_formset", "get_formset_kwargs", "formset_class:__init__"),
    "get_formset": ("get_formset_class", "get_factory_kwargs", "get_form_class"),
    "get_formset_kwargs": ("get_queryset", "get_initial", "get_prefix"),
    "formset_valid": ("get_success_url",),
    "formset_invalid": ("get_context_data", "render_to_response"),
}
"""The same for views of form sets (django-extra-views)."""

_SERIALIZED = ("get_serializer", "serializer_class:to_representation")
_CHECKED = ("get_serializer", "serializer_class:is_valid")
REST: Flow = {
    ENTRY: ("__init__", "setup", "dispatch"),
    "dispatch": (
        *("initialize_request", "initial", "http_method_not_allowed", *VERBS),
        *("handle_exception", "finalize_response", "permission_denied"),
    ),
    "initialize_request": (
        *("get_parsers", "get_authenticators", "get_content_negotiator", "get_parser_context"),
        *("authentication_classes:authenticate", "parser_classes:parse"),
    ),
    "initial": (
        *("get_format_suffix", "perform_content_negotiation", "determine_version"),
        *("perform_authentication", "check_permissions", "check_throttles"),
    ),
    "check_permissions": ("get_permissions", "permission_classes:has_permission"),
    "check_object_permissions": ("get_permissions", "permission_classes:has_object_permission"),
    "check_throttles": ("get_throttles", "throttle_classes:allow_request"),
    "perform_content_negotiation": ("get_renderers", "get_content_negotiator"),
    "handle_exception": ("get_exception_handler", "get_exception_handler_context"),
    "finalize_response": ("get_renderer_context", "renderer_classes:render"),
    "get": ("list", "retrieve"),
    "post": ("create",),
    "put": ("update",),
    "patch": ("partial_update",),
    "delete": ("destroy",),
    "list": (
        *("get_queryset", "filter_queryset", "paginate_queryset", "get_paginated_response"),
        *_SERIALIZED,
    ),
    "retrieve": ("get_object", *_SERIALIZED),
    "create": ("perform_create", "get_success_headers", *_CHECKED, *_SERIALIZED),
    "update": ("get_object", "perform_update", *_CHECKED, *_SERIALIZED),
    "partial_update": ("update",),
    "destroy": ("get_object", "perform_destroy"),
    "perform_create": ("serializer_class:create",),
    "perform_update": ("serializer_class:update",),
    "get_object": ("get_queryset", "filter_queryset", "check_object_permissions"),
    "filter_queryset": ("filter_backends:filter_queryset", "filterset_class:filter_queryset"),
    "paginate_queryset": ("pagination_class:paginate_queryset",),
    "get_paginated_response": ("pagination_class:get_paginated_response",),
    "get_serializer": (
        *("get_serializer_class", "get_serializer_context", "serializer_class:__init__"),
    ),
}
"""The same for the views, generic views and view sets of Django REST framework."""

_PART: Mapping[str, Sequence[str]] = {
    "is_valid": ("clean", "full_clean", "_post_clean", "_clean_form", "*clean_"),
    "serializer_class:is_valid": ("to_internal_value", "run_validation", "validate", "*validate_"),
    "to_representation": ("to_representation", "*get_"),
    "authenticate": ("authenticate", "authenticate_credentials", "authenticate_header"),
    "allow_request": ("allow_request", "get_cache_key", "get_rate", "wait"),
    "filterset_class:filter_queryset": ("filter_queryset", "__init__", "qs", "*filter_"),
    "paginate_queryset": ("paginate_queryset", "get_page_size", "get_page_number"),
}
"""What asking a part for something calls of the program's, where that is more than the method of that name."""


def reached(
    view: ProgramView, found: ClassView, entries: Sequence[str], without: Sequence[str] = ()
) -> dict[str, None]:
    """Methods of the program that the library's own part of some methods calls first, once each, in order.

    The methods in `without` are never entered.
    """
    flow = _flow(found)
    met: dict[str, None] = {}
    seen = {*entries, *without, *(() if flow is REST else _unanswered(view, found))}
    waiting = [each for entry in entries for each in flow.get(entry, ())]
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if ":" in name:
            met.update(dict.fromkeys(_of_part(view, found, name)))
            continue
        method = found.method(name)
        if method:
            met[method] = None
        else:
            waiting.extend(flow.get(name, ()))
    return met


def answering(view: ProgramView, found: ClassView, verb: str, action: str) -> dict[str, None]:
    """What a request of one HTTP method (lower case; "*" for any) meets first; other verbs are not entered.

    `action`: the method of a view set that the request is mapped to, where it is known.
    """
    if verb == "*":
        return reached(view, found, (ENTRY,))
    others = [each for each in VERBS if each not in (verb, *_ALSO.get(verb, ()))]
    if API_VIEW in found.mro:
        actions = {name for each in VERBS for name in REST.get(each, ())}
        own = {action} if action else set(REST.get(verb, ()))
        others += sorted(actions - own - ({"update"} if "partial_update" in own else set()))
        entries = (ENTRY, action) if action and not found.method(action) else (ENTRY,)
        return reached(view, found, entries, others)
    return reached(view, found, (ENTRY,), others)


def _flow(found: ClassView) -> Flow:
    if API_VIEW in found.mro:
        return REST
    return FORM_SETS if any(base.startswith("extra_views.") for base in found.mro) else PLAIN


def _unanswered(view: ProgramView, found: ClassView) -> set[str]:
    """HTTP methods that neither the view nor what it inherits answers; none where it inherits what is not known."""
    own = [base for base in found.mro if view.class_named(base) is None]
    if not all(base.startswith(_KNOWN) for base in own):
        return set()
    generic = {verb for base in own for verb in LIBRARY_VERBS.get(base, ())}
    return {verb for verb in VERBS if verb not in generic and not found.method(verb)}


def _of_part(view: ProgramView, found: ClassView, step: str) -> Iterator[str]:
    """Methods of the classes that a view names as one of its parts."""
    attribute, _, name = step.partition(":")
    for part in classes(view, found, attribute):
        for each in _PART.get(step, _PART.get(name, (name,))):
            if each.startswith("*"):
                yield from _beginning(view, part, each[1:])
            elif method := part.method(each):
                yield method


def _beginning(view: ProgramView, part: ClassView, prefix: str) -> Iterator[str]:
    names = {
        name
        for base in part.mro
        if (known := view.class_named(base)) is not None
        for name in known.methods()
        if name.startswith(prefix)
    }
    for name in sorted(names):
        method = part.method(name)
        if method:
            yield method


def classes(view: ProgramView, found: ClassView, attribute: str) -> Iterator[ClassView]:
    """Program classes that a class attribute names: one, a list, or a combination (`IsAdmin | ReadOnly`)."""
    value = found.attribute(attribute)
    waiting = [value] if value is not None else []
    method = view.function_named(found.method(f"get_{attribute}") or "")
    waiting.extend(method.returned if method is not None else ())
    while waiting:
        each = waiting.pop(0)
        names = [name for name in each.symbols() if view.class_named(name) is not None]
        for name in names:
            part = view.class_named(name)
            if part is not None:
                yield part
        if not names:
            waiting.extend(each.elements)
