"""Which methods of a class-based view does the framework's own part of it call, one after the other?

What the library's methods call on `self` is written down by name. From a method that the program leaves to the
library the calls are followed until they meet the program again: those methods are called by whoever called the first.
A name with a part before a colon is a method of the class that the view names as that part (`form_class:clean`).
"""

from collections.abc import Sequence

from decompose.frameworks.django_urls.generic import ENTRY, ITSELF, VERBS, Flow, generic_flow
from decompose.frameworks.django_urls.library import API_VIEW, LIBRARY_VERBS
from decompose.frameworks.django_urls.parts import Parts
from decompose.model.asked import OPEN, Asked, asked_by
from decompose.model.view import ClassView, ProgramView

_KNOWN = ("django.", "rest_framework.", "builtins.", "abc.", "typing.")
_ALSO = {"put": ("post",), "head": ("get",)}

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
"""What all of Django's generic views together call: of a view with bases that nobody has written down."""

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


def reached(
    parts: Parts,
    found: ClassView,
    entries: Sequence[str],
    without: Sequence[str] = (),
    asked: Asked = OPEN,
) -> dict[str, None]:
    """Methods of the program that the library's own part of some methods calls first, once each, in order.

    The methods in `without` are never entered.
    """
    flow = _flow(parts, found)
    met: dict[str, None] = {}
    seen = {*entries, *without, *(() if flow is REST else _unanswered(parts.view, found))}
    waiting = [each for entry in entries for each in flow.get(entry, ())]
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if name == ITSELF:
            met.update({found.name: None} if asks_itself(found) else {})
            continue
        if ":" in name:
            met.update(dict.fromkeys(parts.methods(found, name, asked)))
            continue
        method = found.method(name.partition("|")[0])
        if method:
            met[method] = None
            if _stores(parts.view, found, method):
                waiting.extend(flow.get(name, ()))
        else:
            if name == "get_queryset" and asks_itself(found):
                met[found.name] = None
            waiting.extend(flow.get(name, ()))
    return met


def asks_itself(found: ClassView) -> bool:
    """Does the library ask for rows in the name of a view: by a query or model that it names?"""
    return found.attribute("queryset") is not None or found.attribute("model") is not None


def answering(parts: Parts, found: ClassView, verb: str, action: str) -> dict[str, None]:
    """What a request of one HTTP method (lower case; "*" for any) meets first; other verbs are not entered.

    `action`: the method of a view set that the request is mapped to, where it is known.
    """
    if verb == "*":
        return reached(parts, found, (ENTRY,))
    others = [each for each in VERBS if each not in (verb, *_ALSO.get(verb, ()))]
    if API_VIEW in found.mro:
        actions = {name for each in VERBS for name in REST.get(each, ())}
        own = {action} if action else set(REST.get(verb, ()))
        others += sorted(actions - own - ({"update"} if "partial_update" in own else set()))
        entries = (ENTRY, action) if action and not found.method(action) else (ENTRY,)
        return reached(parts, found, entries, others, asked_by(verb, action))
    return reached(parts, found, (ENTRY,), others, asked_by(verb))


def _stores(view: ProgramView, found: ClassView, method: str) -> bool:
    """Does a method of a mixin store through the serializer, which only the view that takes it in knows?"""
    if method.rpartition(".")[2] not in ("perform_create", "perform_update"):
        return False
    function = view.function_named(method)
    owner = view.class_named(function.owner) if function is not None else None
    is_told = owner is not None and owner.attribute("serializer_class") is not None
    return API_VIEW in found.mro and not is_told


def _flow(parts: Parts, found: ClassView) -> Flow:
    """Worked out once for all views with the same bases of libraries."""
    if API_VIEW in found.mro:
        return REST
    libraries = tuple(base for base in found.mro if parts.view.class_named(base) is None)
    known = parts.flows.get(libraries)
    if known is None:
        known = parts.flows[libraries] = generic_flow(libraries) or PLAIN
    return known


def _unanswered(view: ProgramView, found: ClassView) -> set[str]:
    """HTTP methods that neither the view nor what it inherits answers; none where it inherits what is not known."""
    own = [base for base in found.mro if view.class_named(base) is None]
    if not all(base.startswith(_KNOWN) for base in own):
        return set()
    generic = {verb for base in own for verb in LIBRARY_VERBS.get(base, ())}
    return {verb for verb in VERBS if verb not in generic and not found.method(verb)}
