"""Small programs with the accesses, joins and transactions that they hold: the reader's tests and its documentation."""

EXAMPLES = (
    # A chain is what its last method does; lookups and `select_related` read other tables.
    (
        {
            "shop/models.py": """
                from django.db import models
                class Person(models.Model):
                    email = models.EmailField()
                class OrderQuerySet(models.QuerySet):
                    def open(self):
                        return self.filter(status="open")
                    def total(self):
                        return self.aggregate(models.Sum("total"))
                class Order(models.Model):
                    buyer = models.ForeignKey(Person, models.CASCADE, related_name="orders")
                    status = models.TextField()
                    objects = OrderQuerySet.as_manager()
                class Line(models.Model):
                    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
                    tags = models.ManyToManyField("Tag")
                class Tag(models.Model):
                    name = models.TextField()
            """,
            "shop/services.py": """
                from django.db import transaction
                from django.shortcuts import get_object_or_404
                from shop.models import Line, Order, Person
                def by_key(buyer): return Order.objects.filter(buyer__pk=buyer)
                def by_mail(mail): return Order.objects.open().filter(buyer__email=mail)
                def close(): Order.objects.open().exclude(status="").update(status="closed")
                def buy(mail):
                    buyer, is_new = Person.objects.get_or_create(email=mail)
                    order = Order(buyer=buyer)
                    with transaction.atomic():
                        order.save()
                        for name in ("a", "b"):
                            order.lines.create()
                    return order
                def tell(order): Person.objects.filter(orders=order).update(email="")
                def pay(key):
                    with transaction.atomic():
                        order = Order.objects.select_for_update().get(pk=key)
                        transaction.on_commit(
                            lambda: tell(order)
                        )
                        transaction.on_commit(tell)
                @transaction.atomic
                def drop(key):
                    order = get_object_or_404(Order, pk=key)
                    for line in order.lines.select_related("order"):
                        line.tags.clear()
                        line.delete()
                    print(order.buyer.email)
            """,
        },
        {
            "shop.models.OrderQuerySet.total reads shop_order",
            "shop.services.by_key reads shop_order",
            "shop.services.by_mail reads shop_order",
            "shop.services.by_mail reads shop_person",
            "shop.services.by_mail joins shop_order shop_person",
            "shop.services.close updates shop_order",
            "shop.services.buy reads shop_person",
            "shop.services.buy creates shop_person",
            "shop.services.buy creates shop_order",
            "shop.services.buy creates shop_line in loop",
            "shop.services.buy opens atomic 11-14",
            "shop.services.tell updates shop_person",
            "shop.services.tell joins shop_person shop_order",
            "shop.services.tell reads shop_order",
            "shop.services.pay reads shop_order locked",
            "shop.services.pay opens atomic 18-23",
            "shop.services.pay waits for commit 20-21",
            "shop.services.pay waits for commit 23-23",
            "shop.services.pay ~> shop.services.tell",
            "shop.services.drop reads shop_order",
            "shop.services.drop reads shop_line",
            "shop.services.drop joins shop_line shop_order",
            "shop.services.drop deletes shop_line_tags in loop",
            "shop.services.drop deletes shop_line in loop",
            "shop.services.drop reads shop_person ?",
            "shop.services.drop opens atomic 24-30",
        },
    ),
    # Storing a row calls the model's own `save` and the receivers of Django's signals.
    (
        {
            "shop/models.py": """
                from django.db import models
                class Order(models.Model):
                    def save(self, *args, **kwargs):
                        super().save(*args, **kwargs)
                    def close(self): ...
                class Note(models.Model): ...
            """,
            "shop/receivers.py": """
                from django.db.models.signals import post_delete, post_save
                from django.dispatch import receiver
                from shop.models import Note, Order
                @receiver(post_save, sender=Order)
                def note(sender, instance, **kwargs):
                    Note.objects.create()
                @receiver(post_delete)
                def forget(sender, instance, **kwargs): ...
                @receiver(post_delete, sender=Order)
                def close(sender, **kwargs):
                    kwargs["instance"].close()
                    kwargs.get("instance").save()
            """,
            "shop/services.py": """
                from shop.models import Order
                def buy(): Order.objects.create()
                def change(): Order.objects.update()
                def drop(key): Order.objects.get(pk=key).delete()
            """,
        },
        {
            "shop.models.Order.save creates shop_order",
            "shop.models.Order.save updates shop_order",
            "shop.receivers.note creates shop_note",
            "shop.services.buy creates shop_order",
            "shop.services.buy ~> shop.models.Order.save",
            "shop.services.buy ~> shop.receivers.note",
            "shop.services.change updates shop_order",
            "shop.services.drop reads shop_order",
            "shop.services.drop deletes shop_order",
            "shop.services.drop ~> shop.receivers.forget",
            "shop.services.drop ~> shop.receivers.close",
            "shop.receivers.close ~> shop.models.Order.close",
            "shop.receivers.close ~> shop.receivers.note",
            "shop.receivers.close updates shop_order ?",
        },
    ),
    # A helper that takes any row or model reads and writes for its callers, who know which.
    (
        {
            "shop/models.py": """
                from django.db import models
                class Cart(models.Model): ...
                class Order(models.Model): ...
            """,
            "shop/helpers.py": """
                from contextlib import contextmanager
                from django.db import transaction
                def find(model, key):
                    return model.objects.get(pk=key)
                def store(row):
                    row.save()
                @contextmanager
                def unit():
                    with transaction.atomic():
                        yield
            """,
            "shop/services.py": """
                from shop.helpers import find, store, unit
                from shop.models import Cart, Order
                def touch(key):
                    with unit():
                        store(find(Cart, key))
                        store(Order())
                def copy(key):
                    order = Order.objects.get(pk=key)
                    order.pk = None
                    order.save()
            """,
        },
        {
            "shop.helpers.find reads shop_cart ?",
            "shop.helpers.store updates shop_cart ?",
            "shop.helpers.store creates shop_order ?",
            "shop.services.copy reads shop_order",
            "shop.services.copy creates shop_order",
            "shop.services.touch reads shop_cart ?",
            "shop.services.touch updates shop_cart ?",
            "shop.services.touch creates shop_order ?",
            "shop.services.touch opens atomic 5-7",
        },
    ),
    # Templates follow relations on behalf of the function that renders, unless the rows have come along.
    (
        {
            "shop/models.py": """
                from django.db import models
                class Person(models.Model): ...
                class Order(models.Model):
                    buyer = models.ForeignKey(Person, models.CASCADE)
                    clerk = models.ForeignKey(Person, models.CASCADE, related_name="+")
                class Line(models.Model):
                    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
                class Note(models.Model):
                    line = models.ForeignKey(Line, models.CASCADE)
            """,
            "shop/views.py": """
                from django.core.paginator import Paginator
                from django.shortcuts import render
                from shop.models import Order
                def find(key): return Order.objects.select_related("clerk").get(pk=key)
                def pages(rows, number): return Paginator(rows, 10).get_page(number)
                def several(request):
                    page = pages(Order.objects.all(), 1)
                    return render(request, "orders.html", {"orders": page})
                def show(request, key):
                    order = find(key)
                    order.clerk
                    return render(request, "order.html", {"order": order})
            """,
            "shop/templates/orders.html": "{% for order in orders %}{{ order.buyer.id }}{% endfor %}",
            "shop/templates/order.html": (
                "{{ order.clerk }}{% for line in order.lines.all %}{{ line.order.id }}"
                "{{ line.note_set.count }}{% endfor %}"
            ),
        },
        {
            "shop.views.find reads shop_order",
            "shop.views.find reads shop_person",
            "shop.views.find joins shop_order shop_person",
            "shop.views.several reads shop_order",
            "shop.views.several reads shop_person in loop ?",
            "shop.views.show reads shop_line ?",
            "shop.views.show reads shop_note in loop ?",
        },
    ),
    # Who asks a helper to render shows its own rows, not those of the helper's other callers.
    (
        {
            "shop/models.py": """
                from django.db import models
                class Person(models.Model): ...
                class Order(models.Model):
                    buyer = models.ForeignKey(Person, models.CASCADE)
                class Bill(models.Model):
                    order = models.ForeignKey(Order, models.CASCADE)
            """,
            "shop/views.py": """
                from django.shortcuts import render
                from shop.models import Bill, Order
                def page(request, name, context=None):
                    return render(request, name, context)
                def wide(request, name, context):
                    return page(request, name, context)
                def order(request, key):
                    return page(request, "order.html", {"thing": Order.objects.get(pk=key)})
                def bill(request, key):
                    return wide(request, "bill.html", {"thing": Bill.objects.get(pk=key)})
            """,
            "shop/templates/order.html": "{{ thing.buyer.id }}",
            "shop/templates/bill.html": "{{ thing.order.id }}",
        },
        {
            "shop.views.order reads shop_order",
            "shop.views.order reads shop_person ?",
            "shop.views.bill reads shop_bill",
            "shop.views.bill reads shop_order ?",
        },
    ),
    # Users are a library's, but lead to rows of the program; what middleware hangs on a request is known in views.
    (
        {
            "shop/models.py": """
                from django.contrib.auth.models import User
                from django.db import models
                class Profile(models.Model):
                    user = models.OneToOneField(User, models.CASCADE)
                class Order(models.Model):
                    buyer = models.ForeignKey(User, models.CASCADE, related_name="orders")
                    profile = models.ForeignKey(Profile, models.CASCADE)
            """,
            "shop/middleware.py": """
                from shop.models import Profile
                def with_profile(get_response):
                    def middleware(request):
                        request.profile = Profile.objects.get(user=request.user)
                        return get_response(request)
                    return middleware
            """,
            "shop/views.py": """
                def show(request):
                    return request.profile.order_set.count()
                def own(request):
                    return request.user.orders.all(), request.user.profile
            """,
        },
        {
            "shop.middleware.with_profile.middleware reads shop_profile",
            "shop.views.show reads shop_order ?",
            "shop.views.own reads shop_order ?",
            "shop.views.own reads shop_profile ?",
        },
    ),
    # A user of the program's own is loaded where a request is first asked who it is; generic keys lead where they are
    # set; an action of the admin reads the rows that it is given.
    (
        {
            "settings.py": 'AUTH_USER_MODEL = "shop.Person"',
            "shop/models.py": """
                from django.contrib.contenttypes.fields import GenericForeignKey
                from django.db import models
                class Person(models.Model): ...
                class Order(models.Model): ...
                class Entry(models.Model):
                    about = GenericForeignKey("content_type", "object_id")
            """,
            "shop/work.py": """
                from django.contrib import admin
                from django.contrib.auth.decorators import login_required
                from shop.models import Entry, Order
                def show(request):
                    return request.user.is_authenticated
                @login_required
                def known(request):
                    return request.user.is_authenticated
                def note(order: Order):
                    Entry.objects.create(about=order)
                def tell(entry: Entry):
                    return entry.about.pk
                @admin.register(Order)
                class OrderAdmin(admin.ModelAdmin):
                    def close(self, request, queryset):
                        for order in queryset: ...
            """,
        },
        {
            "shop.work.show reads shop_person ?",
            "shop.work.note creates shop_entry",
            "shop.work.tell reads shop_order ?",
            "shop.work.OrderAdmin.close reads shop_order ?",
        },
    ),
    # A class that answers through inherited code is named itself.
    (
        {
            "shop/models.py": """
                from django.db import models
                class Tag(models.Model): ...
                class Order(models.Model):
                    number = models.TextField(unique=True)
                    def total(self): ...
                    tags = models.ManyToManyField(Tag)
                class Line(models.Model):
                    order = models.ForeignKey(Order, models.CASCADE, related_name="lines")
                    def weigh(self): ...
                    def delete(self): ...
            """,
            "shop/forms.py": """
                from django import forms
                from shop.models import Line
                class LineForm(forms.ModelForm):
                    class Meta:
                        model = Line
                        fields = ["order"]
            """,
            "shop/api.py": """
                from rest_framework import generics, serializers
                from shop.models import Line, Order
                class LineSerializer(serializers.ModelSerializer):
                    class Meta:
                        model = Line
                        fields = ["id"]
                class OrderSerializer(serializers.ModelSerializer):
                    lines = LineSerializer(many=True, read_only=True)
                    class Meta:
                        model = Order
                        fields = ["number", "lines", "total"]
                class ChangeSerializer(serializers.ModelSerializer):
                    class Meta:
                        model = Order
                        fields = "__all__"
                class Orders(generics.ListCreateAPIView):
                    queryset = Order.objects.all()
                    serializer_class = OrderSerializer
                class Lines(generics.DestroyAPIView):
                    queryset = Line.objects.all()
                class Change(generics.RetrieveUpdateDestroyAPIView):
                    def get_queryset(self):
                        return Order.objects.all()
                    def get_serializer_class(self):
                        return ChangeSerializer
                    def perform_destroy(self, instance):
                        super().perform_destroy(instance)
                    def check(self):
                        self.get_object().total()
            """,
        },
        {
            "shop.api.Orders reads shop_order",
            "shop.api.OrderSerializer creates shop_order ?",
            "shop.api.OrderSerializer reads shop_order ?",
            "shop.api.OrderSerializer reads shop_line ?",
            "shop.api.Lines reads shop_line",
            "shop.api.Lines deletes shop_line ?",
            "shop.api.Lines ~> shop.models.Line.delete",
            "shop.api.Change.check ~> shop.models.Order.total",
            "shop.api.OrderSerializer ~> shop.models.Order.total",
            "shop.api.Change.get_queryset reads shop_order",
            "shop.api.Change deletes shop_order ?",
            "shop.api.ChangeSerializer updates shop_order ?",
            "shop.api.ChangeSerializer reads shop_order ?",
            "shop.api.ChangeSerializer reads shop_order_tags ?",
            "shop.api.ChangeSerializer reads shop_tag ?",
            "shop.api.ChangeSerializer creates shop_order_tags ?",
            "shop.api.ChangeSerializer deletes shop_order_tags ?",
            "shop.forms.LineForm reads shop_order ?",
        },
    ),
)
