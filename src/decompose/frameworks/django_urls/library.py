"""What is known of the views, view sets and routers of Django and Django REST framework."""

from decompose.model.knowledge import Knowledge

_GENERIC = "django.views.generic."
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
        f"{_GENERIC}{name}": ("get",)
        for name in ("TemplateView", "ListView", "DetailView", "ArchiveIndexView")
    },
    **{f"{_GENERIC}{name}ArchiveView": ("get",) for name in ("Year", "Month", "Week", "Day")},
    f"{_GENERIC}TodayArchiveView": ("get",),
    f"{_GENERIC}DateDetailView": ("get",),
    f"{_GENERIC}RedirectView": ("get", "post", "put", "patch", "delete"),
    f"{_GENERIC}FormView": _EDIT,
    f"{_GENERIC}CreateView": _EDIT,
    f"{_GENERIC}UpdateView": _EDIT,
    f"{_GENERIC}DeleteView": ("get", "post", "delete"),
    f"{_GENERIC}edit.ProcessFormView": _EDIT,
    f"{_GENERIC}edit.DeletionMixin": ("post", "delete"),
    f"{_GENERIC}list.BaseListView": ("get",),
    f"{_GENERIC}detail.BaseDetailView": ("get",),
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
_FORM = f"{_GENERIC}edit.ProcessFormView"
ROUTER = "rest_framework.routers.BaseRouter"
SIMPLE_ROUTER = "rest_framework.routers.SimpleRouter"
NESTED_ROUTER = "rest_framework_nested.routers.NestedMixin"

_BASES: dict[str, tuple[str, ...]] = {
    f"{_GENERIC}TemplateView": (VIEW,),
    f"{_GENERIC}RedirectView": (VIEW,),
    f"{_GENERIC}list.BaseListView": (f"{_GENERIC}list.MultipleObjectMixin", VIEW),
    f"{_GENERIC}ListView": (f"{_GENERIC}list.BaseListView",),
    f"{_GENERIC}detail.BaseDetailView": (f"{_GENERIC}detail.SingleObjectMixin", VIEW),
    f"{_GENERIC}DetailView": (f"{_GENERIC}detail.BaseDetailView",),
    _FORM: (VIEW,),
    f"{_GENERIC}FormView": (f"{_GENERIC}edit.FormMixin", _FORM),
    f"{_GENERIC}CreateView": (f"{_GENERIC}edit.ModelFormMixin", _FORM),
    f"{_GENERIC}UpdateView": (f"{_GENERIC}edit.ModelFormMixin", _FORM),
    f"{_GENERIC}edit.ModelFormMixin": (
        f"{_GENERIC}edit.FormMixin",
        f"{_GENERIC}detail.SingleObjectMixin",
    ),
    f"{_GENERIC}DeleteView": (
        f"{_GENERIC}edit.DeletionMixin",
        f"{_GENERIC}edit.FormMixin",
        f"{_GENERIC}detail.BaseDetailView",
    ),
    **{
        f"{_GENERIC}{name}ArchiveView": (f"{_GENERIC}list.BaseListView",)
        for name in ("Year", "Month", "Week", "Day")
    },
    f"{_GENERIC}ArchiveIndexView": (f"{_GENERIC}list.BaseListView",),
    f"{_GENERIC}TodayArchiveView": (f"{_GENERIC}list.BaseListView",),
    f"{_GENERIC}DateDetailView": (f"{_GENERIC}detail.BaseDetailView",),
    f"{_AUTH}LoginView": (f"{_GENERIC}FormView",),
    f"{_AUTH}LogoutView": (f"{_GENERIC}TemplateView",),
    f"{_AUTH}PasswordChangeView": (f"{_GENERIC}FormView",),
    f"{_AUTH}PasswordChangeDoneView": (f"{_GENERIC}TemplateView",),
    f"{_AUTH}PasswordResetView": (f"{_GENERIC}FormView",),
    f"{_AUTH}PasswordResetDoneView": (f"{_GENERIC}TemplateView",),
    f"{_AUTH}PasswordResetConfirmView": (f"{_GENERIC}FormView",),
    f"{_AUTH}PasswordResetCompleteView": (f"{_GENERIC}TemplateView",),
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
KNOWLEDGE = Knowledge(
    bases=_BASES,
    aliases={
        "django.views.generic.View": VIEW,
        "django.views.generic.base.View": VIEW,
        **{
            f"{_GENERIC}{module}.{name}": f"{_GENERIC}{name}"
            for module, names in _MOVED.items()
            for name in names
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
