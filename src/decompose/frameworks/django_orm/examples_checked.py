"""Further small programs: what forms and serializers hold, look up and show."""

EXAMPLES = (
    # What a form lets choose is a row, and so is what stands for it in checked input.
    (
        {
            "models.py": """
                from django.db import models
                class Shop(models.Model): ...
                class Order(models.Model):
                    shop = models.ForeignKey(Shop, models.CASCADE)
            """,
            "views.py": """
                from django import forms
                from django.views.generic import FormView
                from models import Order, Shop
                class Choice(forms.Form):
                    orders = forms.ModelMultipleChoiceField(queryset=Order.objects.all())
                class Edit(forms.ModelForm):
                    class Meta:
                        model = Order
                        exclude = ["shop"]
                    def clean(self):
                        self.cleaned_data["shop"].delete()
                def drop(request):
                    form = Choice(request.POST)
                    for order in form.cleaned_data.get("orders"):
                        order.delete()
                class Change(FormView):
                    form_class = Choice
                    def form_valid(self, form):
                        checked = form.cleaned_data
                        checked["orders"].update(shop=None)
            """,
        },
        {
            "views.Choice reads models_order",
            "views.Edit.clean deletes models_shop ?",
            "views.drop deletes models_order in loop ?",
            "views.Change.form_valid updates models_order ?",
        },
    ),
    # Keys in the input of a serializer are looked up where something is sent; its methods are handed its rows.
    (
        {
            "models.py": """
                from django.db import models
                class Shop(models.Model): ...
                class Order(models.Model):
                    shop = models.ForeignKey(Shop, models.CASCADE, related_name="orders")
            """,
            "api.py": """
                from rest_framework import generics, serializers
                from models import Order, Shop
                class Counting(serializers.ModelSerializer):
                    numbers = serializers.SerializerMethodField()
                    @staticmethod
                    def get_numbers(row):
                        return [getattr(row, name).count() for name in ["orders", "pages"]]
                class ShopSerializer(Counting):
                    class Meta:
                        model = Shop
                        fields = "__all__"
                class OrderSerializer(serializers.ModelSerializer):
                    class Meta:
                        model = Order
                        fields = "__all__"
                    def update(self, order, validated_data):
                        validated_data["shop"].delete()
                class Orders(generics.CreateAPIView):
                    serializer_class = OrderSerializer
            """,
        },
        {
            "api.Counting.get_numbers reads models_order in loop ?",
            "api.OrderSerializer creates models_order ?",
            "api.OrderSerializer reads models_shop ?",
            "api.OrderSerializer for POST, PUT 16-16",
            "api.OrderSerializer.update deletes models_shop ?",
        },
    ),
)
