"""What is known of the views, view sets and routers of Django and Django REST framework."""

from decompose.model.knowledge import Knowledge

GENERIC = "django.views.generic."
_EDIT = ("get", "post", "put")
_AUTH = "django.contrib.auth.views."
_REST = "rest_framework.generics."
_MIXINS = "rest_framework.mixins."
_SETS = "rest_framework.viewsets."

VIEW = "django.views.View"
FEED = "django.contrib.syndication.views.Feed"
API_VIEW = "rest_framework.views.APIView"
VIEW_SET = "rest_framework.viewsets.ViewSetMixin"

LIBRARY_VERBS: dict[str, tuple[str, ...]] = {
    **{
        f"{GENERIC}{name}": ("get",)
        for name in ("TemplateView", "ListView", "DetailView", "ArchiveIndexView")
    },
    **{f"{GENERIC}{name}ArchiveView": ("get",) for name in ("Year", "Month", "Week", "Day")},
    f"{GENERIC}TodayArchiveView": ("get",),
    f"{GENERIC}DateDetailView": ("get",),
    f"{GENERIC}RedirectView": ("get", "post", "put", "patch", "delete"),
    f"{GENERIC}FormView": _EDIT,
    f"{GENERIC}CreateView": _EDIT,
    f"{GENERIC}UpdateView": _EDIT,
    f"{GENERIC}DeleteView": ("get", "post", "delete"),
    f"{GENERIC}edit.ProcessFormView": _EDIT,
    f"{GENERIC}edit.DeletionMixin": ("post", "delete"),
    f"{GENERIC}list.BaseListView": ("get",),
    f"{GENERIC}detail.BaseDetailView": ("get",),
    f"{_AUTH}LoginView": _EDIT,
    f"{_AUTH}LogoutView": ("post",),
    f"{_AUTH}PasswordChangeView": _EDIT,
    f"{_AUTH}PasswordChangeDoneView": ("get",),
    f"{_AUTH}PasswordResetView": _EDIT,
    f"{_AUTH}PasswordResetDoneView": ("get",),
    f"{_AUTH}PasswordResetConfirmView": _EDIT,
    f"{_AUTH}PasswordResetCompleteView": ("get",),
    **{
        f"{package}.{name}": ("get", "post")
        for package in ("extra_views", "extra_views.formsets", "extra_views.advanced")
        for name in (
            *("FormSetView", "ModelFormSetView", "InlineFormSetView"),
            *("CreateWithInlinesView", "UpdateWithInlinesView"),
        )
    },
    **dict.fromkeys(
        [
            *("django_tables2.SingleTableView", "django_tables2.views.SingleTableView"),
            *("django_filters.views.FilterView", "haystack.generic_views.SearchView"),
            *("haystack.generic_views.FacetedSearchView", FEED),
        ],
        ("get",),
    ),
    "django.views.i18n.JavaScriptCatalog": ("get",),
    "django.views.i18n.JSONCatalog": ("get",),
    f"{_REST}CreateAPIView": ("post",),
    f"{_REST}ListAPIView": ("get",),
    f"{_REST}RetrieveAPIView": ("get",),
    f"{_REST}DestroyAPIView": ("delete",),
    f"{_REST}UpdateAPIView": ("put", "patch"),
    f"{_REST}ListCreateAPIView": ("get", "post"),
    f"{_REST}RetrieveUpdateAPIView": ("get", "put", "patch"),
    f"{_REST}RetrieveDestroyAPIView": ("get", "delete"),
    f"{_REST}RetrieveUpdateDestroyAPIView": ("get", "put", "patch", "delete"),
    "rest_framework.authtoken.views.ObtainAuthToken": ("post",),
    "rest_framework.schemas.views.SchemaView": ("get",),
    "drf_spectacular.views.SpectacularAPIView": ("get",),
    "drf_spectacular.views.SpectacularSwaggerView": ("get",),
    "drf_spectacular.views.SpectacularRedocView": ("get",),
    **{
        f"rest_framework_simplejwt.views.Token{name}View": ("post",)
        for name in (
            "ObtainPair",
            "Refresh",
            "Verify",
            "ObtainSliding",
            "RefreshSliding",
            "Blacklist",
        )
    },
}
"""Methods that a library's class-based view answers by itself."""

LIST_ACTIONS = {"get": "list", "post": "create"}
DETAIL_ACTIONS = {
    "get": "retrieve",
    "put": "update",
    "patch": "partial_update",
    "delete": "destroy",
}
MIXIN_ACTIONS = {
    f"{_MIXINS}ListModelMixin": ("list",),
    f"{_MIXINS}CreateModelMixin": ("create",),
    f"{_MIXINS}RetrieveModelMixin": ("retrieve",),
    f"{_MIXINS}UpdateModelMixin": ("update", "partial_update"),
    f"{_MIXINS}DestroyModelMixin": ("destroy",),
}
"""Actions that a library's mixin gives a view set."""

_READ = (f"{_MIXINS}RetrieveModelMixin", f"{_MIXINS}ListModelMixin")
_WRITE = (f"{_MIXINS}CreateModelMixin", f"{_MIXINS}UpdateModelMixin", f"{_MIXINS}DestroyModelMixin")
_API = f"{_REST}GenericAPIView"
_FORM = f"{GENERIC}edit.ProcessFormView"
_MODEL_FORM = f"{GENERIC}edit.ModelFormMixin"
_OBJECT = f"{GENERIC}detail.SingleObjectMixin"
_TEMPLATE = f"{GENERIC}base.TemplateResponseMixin"
_ACCESS = "django.contrib.auth.mixins."
_EXTRA = "extra_views."
_TABLE = "django_tables2.SingleTableMixin"
ROUTER = "rest_framework.routers.BaseRouter"
SIMPLE_ROUTER = "rest_framework.routers.SimpleRouter"
NESTED_ROUTER = "rest_framework_nested.routers.NestedMixin"

_SAME = {name: name for name in ("GenericViewSet", "ModelViewSet", "ReadOnlyModelViewSet")}
_OTHER_SETS: dict[str, dict[str, str]] = {
    "drf_haystack.viewsets": {"HaystackViewSet": "ReadOnlyModelViewSet"},
    "drf_rw_serializers.viewsets": _SAME,
    "dynamic_rest.viewsets": {"DynamicModelViewSet": "ModelViewSet"},
    "rest_framework_bulk": {"BulkModelViewSet": "ModelViewSet"},
    "rest_framework_bulk.generics": {"BulkModelViewSet": "ModelViewSet"},
    "rest_framework_json_api.views": {
        name: name for name in ("ModelViewSet", "ReadOnlyModelViewSet")
    },
    "rest_framework_mongoengine.viewsets": _SAME,
}
"""View sets of other libraries, by module: which of the framework's they are a kind of.

Known to miss: that JSON:API allows no PUT.
"""

_BASES: dict[str, tuple[str, ...]] = {
    f"{GENERIC}TemplateView": (_TEMPLATE, VIEW),
    f"{GENERIC}RedirectView": (VIEW,),
    f"{GENERIC}list.BaseListView": (f"{GENERIC}list.MultipleObjectMixin", VIEW),
    f"{GENERIC}list.MultipleObjectTemplateResponseMixin": (_TEMPLATE,),
    f"{GENERIC}ListView": (_TEMPLATE, f"{GENERIC}list.BaseListView"),
    f"{GENERIC}detail.BaseDetailView": (_OBJECT, VIEW),
    f"{GENERIC}detail.SingleObjectTemplateResponseMixin": (_TEMPLATE,),
    f"{GENERIC}DetailView": (_TEMPLATE, f"{GENERIC}detail.BaseDetailView"),
    _FORM: (VIEW,),
    f"{GENERIC}edit.BaseFormView": (f"{GENERIC}edit.FormMixin", _FORM),
    f"{GENERIC}FormView": (_TEMPLATE, f"{GENERIC}edit.BaseFormView"),
    f"{GENERIC}edit.BaseCreateView": (_MODEL_FORM, _FORM),
    f"{GENERIC}edit.BaseUpdateView": (_MODEL_FORM, _FORM),
    f"{GENERIC}CreateView": (_TEMPLATE, f"{GENERIC}edit.BaseCreateView"),
    f"{GENERIC}UpdateView": (_TEMPLATE, f"{GENERIC}edit.BaseUpdateView"),
    _MODEL_FORM: (f"{GENERIC}edit.FormMixin", _OBJECT),
    f"{GENERIC}edit.BaseDeleteView": (
        *(f"{GENERIC}edit.DeletionMixin", f"{GENERIC}edit.FormMixin"),
        f"{GENERIC}detail.BaseDetailView",
    ),
    f"{GENERIC}DeleteView": (_TEMPLATE, f"{GENERIC}edit.BaseDeleteView"),
    **{
        f"{GENERIC}{name}ArchiveView": (f"{GENERIC}list.BaseListView",)
        for name in ("Year", "Month", "Week", "Day")
    },
    f"{GENERIC}ArchiveIndexView": (f"{GENERIC}list.BaseListView",),
    f"{GENERIC}TodayArchiveView": (f"{GENERIC}list.BaseListView",),
    f"{GENERIC}DateDetailView": (f"{GENERIC}detail.BaseDetailView",),
    f"{_AUTH}LoginView": (f"{GENERIC}FormView",),
    f"{_AUTH}LogoutView": (f"{GENERIC}TemplateView",),
    f"{_AUTH}PasswordChangeView": (f"{GENERIC}FormView",),
    f"{_AUTH}PasswordChangeDoneView": (f"{GENERIC}TemplateView",),
    f"{_AUTH}PasswordResetView": (f"{GENERIC}FormView",),
    f"{_AUTH}PasswordResetDoneView": (f"{GENERIC}TemplateView",),
    f"{_AUTH}PasswordResetConfirmView": (f"{GENERIC}FormView",),
    f"{_AUTH}PasswordResetCompleteView": (f"{GENERIC}TemplateView",),
    **{
        f"{_ACCESS}{name}Mixin": (f"{_ACCESS}AccessMixin",)
        for name in ("LoginRequired", "PermissionRequired", "UserPassesTest")
    },
    f"{_EXTRA}ProcessFormSetView": (VIEW,),
    f"{_EXTRA}FormSetMixin": (f"{_EXTRA}BaseFormSetFactory",),
    f"{_EXTRA}ModelFormSetMixin": (
        *(f"{_EXTRA}FormSetMixin", f"{GENERIC}list.MultipleObjectMixin"),
    ),
    f"{_EXTRA}BaseInlineFormSetFactory": (f"{_EXTRA}BaseFormSetFactory",),
    f"{_EXTRA}InlineFormSetFactory": (f"{_EXTRA}BaseInlineFormSetFactory",),
    f"{_EXTRA}InlineFormSetMixin": (
        *(f"{_EXTRA}BaseInlineFormSetFactory", _OBJECT, f"{_EXTRA}FormSetMixin"),
    ),
    f"{_EXTRA}FormSetView": (_TEMPLATE, f"{_EXTRA}FormSetMixin", f"{_EXTRA}ProcessFormSetView"),
    f"{_EXTRA}ModelFormSetView": (
        *(_TEMPLATE, f"{_EXTRA}ModelFormSetMixin", f"{_EXTRA}ProcessFormSetView"),
    ),
    f"{_EXTRA}InlineFormSetView": (
        *(_TEMPLATE, f"{_EXTRA}InlineFormSetMixin", f"{_EXTRA}ProcessFormSetView"),
    ),
    f"{_EXTRA}ModelFormWithInlinesMixin": (_MODEL_FORM,),
    f"{_EXTRA}ProcessFormWithInlinesView": (f"{GENERIC}FormView",),
    **{
        f"{_EXTRA}{name}WithInlinesView": (
            *(f"{_EXTRA}ModelFormWithInlinesMixin", f"{_EXTRA}ProcessFormWithInlinesView"),
        )
        for name in ("Create", "Update")
    },
    "django_tables2.SingleTableView": (_TABLE, f"{GENERIC}ListView"),
    "django_filters.views.FilterView": (
        *(_TEMPLATE, "django_filters.views.FilterMixin", f"{GENERIC}list.MultipleObjectMixin"),
        VIEW,
    ),
    API_VIEW: (VIEW,),
    _API: (API_VIEW,),
    f"{_REST}CreateAPIView": (_WRITE[0], _API),
    f"{_REST}ListAPIView": (_READ[1], _API),
    f"{_REST}RetrieveAPIView": (_READ[0], _API),
    f"{_REST}DestroyAPIView": (_WRITE[2], _API),
    f"{_REST}UpdateAPIView": (_WRITE[1], _API),
    f"{_REST}ListCreateAPIView": (_READ[1], _WRITE[0], _API),
    f"{_REST}RetrieveUpdateAPIView": (_READ[0], _WRITE[1], _API),
    f"{_REST}RetrieveDestroyAPIView": (_READ[0], _WRITE[2], _API),
    f"{_REST}RetrieveUpdateDestroyAPIView": (_READ[0], *_WRITE[1:], _API),
    f"{_SETS}ViewSet": (VIEW_SET, API_VIEW),
    f"{_SETS}GenericViewSet": (VIEW_SET, _API),
    f"{_SETS}ReadOnlyModelViewSet": (*_READ, f"{_SETS}GenericViewSet"),
    f"{_SETS}ModelViewSet": (*_WRITE, *_READ, f"{_SETS}GenericViewSet"),
    **{
        f"{module}.{name}": (f"{_SETS}{kind}",)
        for module, names in _OTHER_SETS.items()
        for name, kind in names.items()
    },
    SIMPLE_ROUTER: (ROUTER,),
    "rest_framework.routers.DefaultRouter": (SIMPLE_ROUTER,),
    "rest_framework_nested.routers.SimpleRouter": (SIMPLE_ROUTER,),
    "rest_framework_nested.routers.DefaultRouter": ("rest_framework.routers.DefaultRouter",),
    "rest_framework_nested.routers.NestedSimpleRouter": (NESTED_ROUTER, SIMPLE_ROUTER),
    "rest_framework_nested.routers.NestedDefaultRouter": (
        NESTED_ROUTER,
        "rest_framework.routers.DefaultRouter",
    ),
    "rest_framework_extensions.routers.ExtendedSimpleRouter": (SIMPLE_ROUTER,),
    "rest_framework_extensions.routers.ExtendedDefaultRouter": (
        "rest_framework.routers.DefaultRouter",
    ),
    "rest_framework_bulk.routes.BulkRouter": ("rest_framework.routers.DefaultRouter",),
}
_MOVED = {
    "list": ("ListView",),
    "detail": ("DetailView",),
    "edit": ("FormView", "CreateView", "UpdateView", "DeleteView"),
    "base": ("TemplateView", "RedirectView"),
    "dates": (
        *("ArchiveIndexView", "YearArchiveView", "MonthArchiveView", "WeekArchiveView"),
        *("DayArchiveView", "TodayArchiveView", "DateDetailView"),
    ),
}
_EXTRA_VIEWS = {
    "formsets": (
        *("BaseFormSetFactory", "FormSetMixin", "ModelFormSetMixin", "BaseInlineFormSetFactory"),
        *("InlineFormSetMixin", "ProcessFormSetView", "FormSetView", "ModelFormSetView"),
        "InlineFormSetView",
    ),
    "advanced": (
        *("InlineFormSetFactory", "ModelFormWithInlinesMixin", "ProcessFormWithInlinesView"),
        *("CreateWithInlinesView", "UpdateWithInlinesView", "NamedFormsetsMixin"),
        *("SuccessMessageMixin", "FormSetSuccessMessageMixin"),
    ),
}
_ROW = "named:model|named:queryset"
KNOWLEDGE = Knowledge(
    bases=_BASES,
    functions={"django.utils.decorators.method_decorator": "itself:0"},
    instances={
        _OBJECT: {"get_object": _ROW, "object": _ROW},
        f"{GENERIC}edit.FormMixin": {"get_form": "named:form_class"},
        f"{_EXTRA}BaseFormSetFactory": {"construct_formset": "named:formset_class"},
        _API: {"get_object": "named:queryset", "get_serializer": "named:serializer_class"},
    },
    handed={
        f"{GENERIC}edit.FormMixin": {
            "form_valid:0": "named:form_class",
            "form_invalid:0": "named:form_class",
        },
        f"{_EXTRA}FormSetMixin": {
            "formset_valid:0": "named:formset_class",
            "formset_invalid:0": "named:formset_class",
        },
        _API: {
            "perform_create:0": "named:serializer_class",
            "perform_update:0": "named:serializer_class",
            "perform_destroy:0": "named:queryset",
        },
    },
    aliases={
        "django.views.generic.View": VIEW,
        "django.views.generic.base.View": VIEW,
        **{
            f"{GENERIC}{module}.{name}": f"{GENERIC}{name}"
            for module, names in _MOVED.items()
            for name in names
        },
        **{
            f"extra_views.{module}.{name}": f"extra_views.{name}"
            for module, names in _EXTRA_VIEWS.items()
            for name in names
        },
        **{
            f"django_tables2.views.{name}": f"django_tables2.{name}"
            for name in ("SingleTableMixin", "SingleTableView", "MultiTableMixin")
        },
        "django.conf.urls.include": "django.urls.include",
        "django.conf.urls.url": "django.urls.re_path",
        "django.conf.urls.re_path": "django.urls.re_path",
        "django.conf.urls.path": "django.urls.path",
        "django.urls.conf.path": "django.urls.path",
        "django.urls.conf.re_path": "django.urls.re_path",
        "django.urls.conf.include": "django.urls.include",
    },
)
