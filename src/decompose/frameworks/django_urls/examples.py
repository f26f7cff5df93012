"""Small programs with the routes that they offer: the reader's tests and its documentation."""

EXAMPLES = (
    # A feed is asked for its items, and for each of them.
    (
        {
            "settings.py": 'ROOT_URLCONF = "shop.urls"',
            "shop/urls.py": """
                from django.contrib.syndication.views import Feed
                from django.urls import path
                class Latest(Feed):
                    link = "/"
                    def items(self): ...
                    def item_title(self, item): ...
                    def helper(self): ...
                urlpatterns = [path("feed/", Latest())]
            """,
        },
        {
            "GET /feed/ -> shop.urls.Latest",
            "route:GET /feed/ ~> shop.urls.Latest.items",
            "route:GET /feed/ ~> shop.urls.Latest.item_title",
        },
    ),
    # A prefix that a deployment may set stands for what it is otherwise.
    (
        {
            "settings.py": 'ROOT_URLCONF = "shop.urls"',
            "shop/urls.py": """
                import os
                from django.urls import include, path
                from shop import views
                prefix = os.environ["PREFIX"]
                if prefix == "/":
                    prefix = ""
                urlpatterns = [path(prefix, include([path("orders/", views.orders)]))]
            """,
            "shop/views.py": """
                def orders(request): ...
            """,
        },
        {"* /orders/ -> shop.views.orders"},
    ),
    # View sets of other libraries offer what the framework's do.
    (
        {
            "settings.py": 'ROOT_URLCONF = "shop.urls"',
            "shop/urls.py": """
                from django.urls import include, path
                from dynamic_rest.viewsets import DynamicModelViewSet
                from rest_framework.routers import SimpleRouter
                from rest_framework_json_api.views import ReadOnlyModelViewSet
                class Orders(DynamicModelViewSet):
                    http_method_names = ["get", "delete"]
                class Shelves(ReadOnlyModelViewSet):
                    pass
                router = SimpleRouter()
                router.register("orders", Orders)
                router.register("shelves", Shelves)
                urlpatterns = [path("", include(router.urls))]
            """,
        },
        {
            "GET /orders/ -> shop.urls.Orders",
            "GET /orders/{pk}/ -> shop.urls.Orders",
            "DELETE /orders/{pk}/ -> shop.urls.Orders",
            "GET /shelves/ -> shop.urls.Shelves",
            "GET /shelves/{pk}/ -> shop.urls.Shelves",
        },
    ),
    # Prefixes add up; class-based views answer to the methods that they have, functions to any unless decorated.
    (
        {
            "site/settings.py": 'ROOT_URLCONF = "site.urls"',
            "site/urls.py": """
                from django.urls import include, path, re_path
                from site import views
                shop = [path("<slug:name>/", views.Shop.as_view())]
                urlpatterns = [
                    path("shops/<int:town>/", include(shop)),
                    path("news/", include(("site.news", "news"), namespace="news")),
                    re_path(r"^old/(?P<key>[0-9]+)/(?:page-(?P<page>\\w+)/)?$", views.old),
                ]
                urlpatterns.append(path("ping/", views.ping))
            """,
            "site/news.py": """
                from django.contrib.auth.decorators import login_required
                from django.urls import path
                from site import views
                urlpatterns = [path("", login_required(views.Latest.as_view()))]
            """,
            "site/views.py": """
                from django.views import View
                from django.views.decorators.http import require_POST
                from django.views.generic import ListView
                class Shop(View):
                    def get(self, request, town, name): ...
                    def delete(self, request, town, name): ...
                class Latest(ListView):
                    def get_queryset(self): ...
                def old(request, key, page=None): ...
                @require_POST
                def ping(request): ...
            """,
        },
        {
            "GET /shops/{town}/{name}/ -> site.views.Shop.get (town integer)",
            "DELETE /shops/{town}/{name}/ -> site.views.Shop.delete (town integer)",
            "GET /news/ -> site.views.Latest",
            "route:GET /news/ ~> site.views.Latest.get_queryset",
            "* /old/{key}/page-{page}/ -> site.views.old (key integer)",
            "POST /ping/ -> site.views.ping",
        },
    ),
    # A router makes routes of a view set; what it does not write itself, its class answers.
    (
        {
            "urls.py": """
                from django.urls import include, path
                from rest_framework.routers import DefaultRouter
                from views import OrderSet, total
                router = DefaultRouter()
                router.register("orders", OrderSet, basename="order")
                urlpatterns = [path("api/", include(router.urls)), path("total", total)]
            """,
            "settings.py": """
                ROOT_URLCONF = "urls"
                REST_FRAMEWORK = {
                    "DEFAULT_AUTHENTICATION_CLASSES": ["views.ByKey"],
                    "DEFAULT_PERMISSION_CLASSES": ("views.Staff",),
                }
            """,
            "views.py": """
                from rest_framework import mixins, viewsets
                from rest_framework.decorators import action, api_view, permission_classes
                class ByKey:
                    def authenticate(self, request): ...
                class Staff:
                    def has_permission(self, request, view): ...
                class OrderSet(mixins.ListModelMixin, mixins.UpdateModelMixin, viewsets.GenericViewSet):
                    lookup_field = "number"
                    authentication_classes = permission_classes = ()
                    def perform_update(self, serializer): ...
                    @action(detail=True, methods=["post"], url_path="pay-now")
                    def pay(self, request, number): ...
                @api_view(["GET", "PUT"])
                @permission_classes([])
                def total(request): ...
            """,
        },
        {
            "GET /api/orders/ -> views.OrderSet",
            "PUT /api/orders/{number}/ -> views.OrderSet",
            "PATCH /api/orders/{number}/ -> views.OrderSet",
            "route:PUT /api/orders/{number}/ ~> views.OrderSet.perform_update",
            "route:PATCH /api/orders/{number}/ ~> views.OrderSet.perform_update",
            "POST /api/orders/{number}/pay-now/ -> views.OrderSet.pay",
            "route:GET /total ~> views.ByKey.authenticate",
            "route:PUT /total ~> views.ByKey.authenticate",
            "GET /total -> views.total",
            "PUT /total -> views.total",
        },
    ),
    # A view set chooses its serializer by action; fields check what comes in, and make what goes out.
    (
        {
            "urls.py": """
                from django.urls import include, path
                from rest_framework.routers import DefaultRouter
                from views import OrderSet, Lines
                router = DefaultRouter()
                router.register("orders", OrderSet, basename="order")
                urlpatterns = [path("", include(router.urls)), path("lines/", Lines.as_view())]
            """,
            "settings.py": 'ROOT_URLCONF = "urls"',
            "views.py": """
                from rest_framework import generics, mixins, serializers, viewsets
                class UpperField(serializers.CharField):
                    def to_internal_value(self, data): ...
                    def to_representation(self, value): ...
                class Short(serializers.Serializer):
                    total = serializers.SerializerMethodField()
                    def get_total(self, order): ...
                class Long(serializers.Serializer):
                    number = UpperField()
                    lines = Short(many=True)
                    def validate_number(self, value): ...
                class OrderSet(mixins.ListModelMixin, mixins.CreateModelMixin, viewsets.GenericViewSet):
                    def get_serializer_class(self):
                        if self.action == "list":
                            return Short
                        return Long
                class Lines(generics.CreateAPIView):
                    serializer_class = Long
            """,
        },
        {
            "GET /orders/ -> views.OrderSet",
            "POST /orders/ -> views.OrderSet",
            "route:GET /orders/ ~> views.OrderSet.get_serializer_class",
            "route:GET /orders/ ~> views.Short",
            "route:GET /orders/ ~> views.Short.get_total",
            "route:POST /orders/ ~> views.OrderSet.get_serializer_class",
            "route:POST /orders/ ~> views.Long",
            "route:POST /orders/ ~> views.Long.validate_number",
            "route:POST /orders/ ~> views.UpperField.to_internal_value",
            "route:POST /orders/ ~> views.UpperField.to_representation",
            "route:POST /orders/ ~> views.Short.get_total",
            "POST /lines/ -> views.Lines",
            "route:POST /lines/ ~> views.Long",
            "route:POST /lines/ ~> views.Long.validate_number",
            "route:POST /lines/ ~> views.UpperField.to_internal_value",
            "route:POST /lines/ ~> views.UpperField.to_representation",
            "route:POST /lines/ ~> views.Short.get_total",
        },
    ),
    # What the library's part of a view calls is called by whoever asks it to go on.
    (
        {
            "views.py": """
                from django.views.generic import CreateView, ListView
                class Titled:
                    def get_context_data(self, **kwargs):
                        return super().get_context_data(**kwargs)
                class Form:
                    def __init__(self): ...
                    def clean_name(self): ...
                    def save(self): ...
                class Add(Titled, CreateView):
                    form_class = Form
                    def dispatch(self, request):
                        return super().dispatch(request)
                    def get_initial(self): ...
                    def get_success_url(self): ...
                    def form_valid(self, form):
                        return super().form_valid(form)
                    def form_invalid(self, form):
                        return super().form_invalid(form)
                class Shelf(Titled, ListView):
                    def get_context_data(self, **kwargs):
                        return super().get_context_data(**kwargs)
                    def get_paginate_by(self, queryset): ...
                    def get_queryset(self): ...
            """,
        },
        {
            "views.Add.dispatch ~> views.Add.form_invalid",
            "views.Add.form_invalid ~> views.Titled.get_context_data",
            "views.Add.dispatch ~> views.Add.form_valid",
            "views.Add.dispatch ~> views.Add.get_initial",
            "views.Add.dispatch ~> views.Form.__init__",
            "views.Add.dispatch ~> views.Form.clean_name",
            "views.Add.dispatch ~> views.Titled.get_context_data",
            "views.Add.form_valid ~> views.Form.save",
            "views.Add.form_valid ~> views.Add.get_success_url",
            "views.Titled.get_context_data ~> views.Add.get_initial",
            "views.Titled.get_context_data ~> views.Form.__init__",
            "views.Titled.get_context_data ~> views.Shelf.get_paginate_by",
        },
    ),
    # Nobody includes the URLs of a plug-in: where they are mounted is not seen.
    (
        {
            "plugin/urls.py": """
                from django.urls import path
                from plugin.views import Show
                urlpatterns = [path("show/", Show.as_view())]
            """,
            "plugin/views.py": """
                from django.views.generic import FormView
                class Show(FormView):
                    def form_valid(self, form): ...
            """,
        },
        {
            "GET /show/ -> plugin.views.Show ?",
            "POST /show/ -> plugin.views.Show ?",
            "PUT /show/ -> plugin.views.Show ?",
            "route:POST /show/ ~> plugin.views.Show.form_valid",
            "route:PUT /show/ ~> plugin.views.Show.form_valid",
        },
    ),
    # Functions and objects that make patterns of what they are given.
    (
        {
            "settings.py": "ROOT_URLCONF = 'shop.urls'",
            "shop/urls.py": """
                from django.urls import path
                from shop.views import Bills, Orders, ping
                def listed(prefix, view):
                    return [path(f"{prefix}/", view.as_view()), path(prefix + "/<int:pk>/", view.as_view())]
                def api(route, view):
                    return path("api/" + route, view)
                class Section:
                    prefix = "orders"
                    view = Orders
                    def urls_of(self):
                        return [path(self.prefix + "/all/", self.view.as_view())]
                class OtherSection(Section):
                    prefix = "bills"
                    view = Bills
                urlpatterns = listed("orders", Orders) + [*listed("bills", Bills), api("ping", ping)]
                urlpatterns += Section().urls_of() + OtherSection().urls_of()
            """,
            "shop/views.py": """
                from django.views.generic import View
                class Orders(View):
                    def get(self, request): ...
                class Bills(View):
                    def get(self, request): ...
                def ping(request): ...
            """,
        },
        {
            "GET /orders/ -> shop.views.Orders.get",
            "GET /orders/{pk}/ -> shop.views.Orders.get (pk integer)",
            "GET /bills/ -> shop.views.Bills.get",
            "GET /bills/{pk}/ -> shop.views.Bills.get (pk integer)",
            "* /api/ping -> shop.views.ping",
            "GET /orders/all/ -> shop.views.Orders.get",
            "GET /bills/all/ -> shop.views.Bills.get",
        },
    ),
    # Applications that register with a router which they are given; nobody is seen to call the plug-in's.
    (
        {
            "settings.py": "ROOT_URLCONF = 'urls'",
            "urls.py": """
                from django.urls import include, path
                from rest_framework.routers import DefaultRouter
                import orders, plugins
                router = DefaultRouter()
                orders.register_in(router)
                for each in plugins.found():
                    each.register_in(router)
                urlpatterns = [path("api/", include(router.urls))]
            """,
            "orders.py": """
                from rest_framework.viewsets import ViewSet
                class Orders(ViewSet):
                    def list(self, request): ...
                def register_in(router):
                    router.register("orders", Orders)
            """,
            "plugins.py": """
                from importlib.metadata import entry_points
                from rest_framework.viewsets import ViewSet
                class Bills(ViewSet):
                    def list(self, request): ...
                class Plugin:
                    @staticmethod
                    def register_in(router):
                        router.register("bills", Bills)
                def found():
                    return [each.load() for each in entry_points(group="plugins")]
            """,
        },
        {"GET /api/orders/ -> orders.Orders.list", "GET /api/bills/ -> plugins.Bills.list"},
    ),
    # What `register` of drf-extensions gives back takes registrations of its own.
    (
        {
            "settings.py": "ROOT_URLCONF = 'urls'",
            "urls.py": """
                from django.urls import include, path
                from rest_framework.viewsets import ViewSet
                from rest_framework_extensions.routers import ExtendedDefaultRouter
                class Shown(ViewSet):
                    def list(self, request): ...
                class Orders(Shown): ...
                class Lines(Shown): ...
                class Notes(Shown): ...
                router = ExtendedDefaultRouter()
                orders = router.register("orders", Orders)
                orders.register("lines", Lines, "line", parents_query_lookups=["order"]).register(
                    "notes", Notes, "note", parents_query_lookups=["line__order", "line"]
                )
                urlpatterns = [path("", include(router.urls))]
            """,
        },
        {
            "GET /orders/ -> urls.Shown.list",
            "GET /orders/{parent_lookup_order}/lines/ -> urls.Shown.list",
            "GET /orders/{parent_lookup_order}/lines/{parent_lookup_line}/notes/ -> urls.Shown.list",
        },
    ),
    # A decorator that makes a pattern of each view that it stands on.
    (
        {
            "settings.py": "ROOT_URLCONF = 'urls'",
            "urls.py": """
                from django.urls import re_path
                urlpatterns = []
                def register(view):
                    pattern = re_path(view.regex, view.as_view())
                    urlpatterns.append(pattern)
                    return view
            """,
            "views.py": """
                from django.views.generic import View
                from urls import register
                @register
                class Orders(View):
                    regex = r"^orders/$"
                    def get(self, request): ...
                @register
                class Bills(View):
                    regex = r"^bills/(?P<key>[^/]+)/$"
                    def post(self, request, key): ...
            """,
        },
        {"GET /orders/ -> views.Orders.get ?", "POST /bills/{key}/ -> views.Bills.post ?"},
    ),
    # Plug-ins whose modules are imported by a computed name.
    (
        {
            "settings.py": "ROOT_URLCONF = 'shop.urls'",
            "shop/urls.py": """
                import importlib
                from django.apps import apps
                from django.urls import include, path
                from shop import listed
                urlpatterns = []
                for app in apps.get_app_configs():
                    module = importlib.import_module(app.name + ".urls")
                    if hasattr(module, "order_patterns"):
                        patterns = listed(module.order_patterns)
                        urlpatterns.append(path("orders/<int:order>/", include(patterns)))
            """,
            "shop/__init__.py": """
                def listed(patterns):
                    return [each for each in patterns if each]
            """,
            "plugins/card/urls.py": """
                from django.urls import path
                def pay(request, order): ...
                order_patterns = [path("card/", pay)]
            """,
        },
        {"* /orders/{order}/card/ -> plugins.card.urls.pay (order integer)"},
    ),
    # A copy of Django REST framework in a package of the program.
    (
        {
            "settings.py": "ROOT_URLCONF = 'shop.urls'",
            "shop/rest/routers.py": """
                class SimpleRouter:
                    def __init__(self): self.registry = []
                    def register(self, prefix, viewset, base_name=None):
                        self.registry.append((prefix, viewset, base_name))
                    def get_routes(self, viewset): ...
                    def get_method_map(self, viewset, method_map): ...
                    def get_lookup_regex(self, viewset): ...
                    def get_urls(self): ...
                    @property
                    def urls(self): return self.get_urls()
            """,
            "shop/rest/decorators.py": "def detail_route(methods=['get']): return lambda function: function",
            "shop/urls.py": """
                from django.urls import include, path
                from shop.orders import Orders
                from shop.rest.routers import SimpleRouter
                router = SimpleRouter()
                router.register("orders", Orders, base_name="orders")
                urlpatterns = [path("api/", include(router.urls))]
            """,
            "shop/orders.py": """
                from shop.rest.decorators import detail_route
                class Orders:
                    def list(self, request): ...
                    def retrieve(self, request, pk): ...
                    @detail_route(methods=["post"])
                    def pay(self, request, pk): ...
            """,
        },
        {
            "GET /api/orders/ -> shop.orders.Orders.list",
            "GET /api/orders/{pk}/ -> shop.orders.Orders.retrieve",
            "POST /api/orders/{pk}/pay/ -> shop.orders.Orders.pay",
        },
    ),
)
