"""Which methods does the framework call, beside the handler itself, to answer a request of a certain method?"""

from collections.abc import Iterator

from decompose.frameworks.django_urls.library import API_VIEW
from decompose.frameworks.django_urls.views import Answer
from decompose.model.view import ClassView, ProgramView

_ALWAYS = ("__init__", "setup", "dispatch", "http_method_not_allowed")
_SHOWS = (
    *(
        "get_queryset",
        "get_object",
        "get_context_data",
        "get_context_object_name",
        "get_template_names",
    ),
    *(
        "get_ordering",
        "get_paginate_by",
        "get_paginator",
        "paginate_queryset",
        "get_allow_empty",
        "get_slug_field",
    ),
    *(
        "render_to_response",
        "get_redirect_url",
        "get_dated_queryset",
        "get_dated_items",
        "get_date_list",
    ),
)
_FORMS = ("get_form", "get_form_class", "get_form_kwargs", "get_initial", "get_prefix")
_CHANGES = ("form_valid", "form_invalid", "get_success_url")
_REST = (
    *(
        "initial",
        "initialize_request",
        "perform_authentication",
        "check_permissions",
        "check_throttles",
    ),
    *(
        "get_permissions",
        "get_authenticators",
        "get_throttles",
        "get_parsers",
        "get_renderers",
        "get_parser_context",
    ),
    *("get_serializer", "get_serializer_class", "get_serializer_context", "get_renderer_context"),
    *(
        "finalize_response",
        "handle_exception",
        "get_exception_handler",
        "permission_denied",
        "determine_version",
    ),
    *("check_object_permissions",),
)
_REST_LIST = (
    "get_queryset",
    "filter_queryset",
    "paginate_queryset",
    "get_paginated_response",
    "get_object",
)
_REST_CHANGES = {
    "POST": ("perform_create", "get_success_headers"),
    "PUT": ("perform_update", "get_object"),
    "PATCH": ("perform_update", "get_object", "partial_update", "update"),
    "DELETE": ("perform_destroy", "get_object"),
}
_AUTH = "django.contrib.auth.mixins."
_MIXINS = (
    "test_func",
    "get_test_func",
    "has_permission",
    "get_permission_required",
    "handle_no_permission",
)
_PARTS = {
    "permission_classes": ("has_permission", "has_object_permission"),
    "authentication_classes": ("authenticate", "authenticate_credentials", "authenticate_header"),
    "throttle_classes": ("allow_request", "get_cache_key", "get_rate", "wait"),
    "filter_backends": ("filter_queryset", "get_search_fields", "get_ordering"),
    "pagination_class": ("paginate_queryset", "get_paginated_response", "get_page_size"),
    "renderer_classes": ("render",),
    "parser_classes": ("parse",),
}
_FILTER = ("filter_queryset", "__init__", "qs")
_READS = ("to_representation",)
_VALIDATES = ("to_internal_value", "validate", "run_validation", "is_valid")
_FORM_METHODS = ("__init__", "clean", "full_clean", "_post_clean", "is_valid")


def hooks(view: ProgramView, answer: Answer) -> list[str]:
    """Methods of the program that Django or Django REST framework calls for an answer, once each, in order."""
    found = view.class_named(answer.view) if answer.view else None
    if found is None:
        return []
    names = _rest(found, answer) if API_VIEW in found.mro else _plain(answer.method)
    own = [method for name in names if (method := found.method(name))]
    parts = list(_parts(view, found, answer.method))
    return [each for each in dict.fromkeys([*own, *parts]) if each != answer.handler]


def _plain(method: str) -> tuple[str, ...]:
    if method in ("POST", "PUT", "*"):
        return (*_ALWAYS, *_MIXINS, *_SHOWS, *_FORMS, *_CHANGES)
    if method == "DELETE":
        return (*_ALWAYS, *_MIXINS, "get_queryset", "get_object", "get_success_url", "delete")
    return (*_ALWAYS, *_MIXINS, *_SHOWS, *_FORMS)


def _rest(found: ClassView, answer: Answer) -> tuple[str, ...]:
    """A handler that the program writes calls what it needs itself; only the frame around it is mediated."""
    if answer.handler != found.name:
        return (*_ALWAYS, *_REST)
    return (*_ALWAYS, *_REST, *_REST_LIST, *_REST_CHANGES.get(answer.method, ()))


def _parts(view: ProgramView, found: ClassView, method: str) -> Iterator[str]:
    """Methods of the classes that a view names as its parts: permissions, filters, serializer, form."""
    for attribute, names in _PARTS.items():
        for part in _classes(view, found, attribute):
            yield from _methods(part, names)
    for part in _classes(view, found, "filterset_class"):
        yield from _methods(
            part, (*_FILTER, *(name for name in part.methods() if name.startswith("filter_")))
        )
    for part in _classes(view, found, "serializer_class"):
        own = sorted(part.methods())
        yield from _methods(part, (*_READS, *(name for name in own if name.startswith("get_"))))
        if method in ("POST", "PUT", "PATCH"):
            yield from _methods(
                part, (*_VALIDATES, *(name for name in own if name.startswith("validate_")))
            )
    if method in ("POST", "PUT", "*"):
        for part in _classes(view, found, "form_class"):
            cleans = (name for name in part.methods() if name.startswith("clean_"))
            yield from _methods(part, (*_FORM_METHODS, *cleans))


def _methods(found: ClassView, names: tuple[str, ...]) -> Iterator[str]:
    for name in names:
        method = found.method(name)
        if method:
            yield method


def _classes(view: ProgramView, found: ClassView, attribute: str) -> Iterator[ClassView]:
    """Program classes that a class attribute names: one, a list, or a combination (`IsAdmin | ReadOnly`)."""
    value = found.attribute(attribute)
    waiting = [value] if value is not None else []
    while waiting:
        each = waiting.pop(0)
        for name in each.symbols():
            part = view.class_named(name)
            if part is not None:
                yield part
        if not each.symbols():
            waiting.extend(each.elements)
