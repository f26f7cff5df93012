"""Which methods of a form does Django call when the form is checked?

`form.is_valid()`, `form.errors` and `form.full_clean()` call `clean`, `clean_<field>`, the `clean` of fields of the
program's own, and the validators that fields are given. A form set checks its forms, and a form of a model the
model (`clean`, `validate_unique`), as `row.full_clean()` does.
"""

from collections.abc import Iterator, Sequence

from decompose.model.callables import listed
from decompose.model.knowledge import Knowledge
from decompose.model.program import Mediated
from decompose.model.view import ClassView, Expression, ProgramView

NAME = "django.forms"
PHASE = 0
INTEREST = frozenset({"is_valid", "full_clean"})

_FORM = "django.forms.BaseForm"
_FORM_SET = "django.forms.BaseFormSet"
_FIELD = "django.forms.Field"
_FORMS = ("django.forms.", "django.contrib.")
_FIELDS = (
    "CharField",
    "ChoiceField",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "EmailField",
    "FileField",
)
_ROW = "named:Meta.model"
KNOWLEDGE = Knowledge(
    instances={
        "django.forms.ModelForm": {"instance": _ROW, "save": _ROW},
        "django.forms.BaseModelForm": {"instance": _ROW, "save": _ROW},
    },
    bases={
        "django.forms.Form": (_FORM,),
        "django.forms.BaseModelForm": (_FORM,),
        "django.forms.BaseModelFormSet": (_FORM_SET,),
        "django.forms.BaseInlineFormSet": ("django.forms.BaseModelFormSet",),
        **{f"django.forms.{name}": (_FIELD,) for name in _FIELDS},
        "django.forms.ModelChoiceField": ("django.forms.ChoiceField",),
        "django.contrib.auth.forms.AuthenticationForm": ("django.forms.Form",),
        "django.contrib.auth.forms.PasswordResetForm": ("django.forms.Form",),
        "django.contrib.auth.forms.SetPasswordForm": ("django.forms.Form",),
        "django.contrib.auth.forms.UserCreationForm": ("django.forms.ModelForm",),
        "django.contrib.auth.forms.UserChangeForm": ("django.forms.ModelForm",),
    },
    aliases={
        "django.forms.forms.Form": "django.forms.Form",
        "django.forms.forms.BaseForm": _FORM,
        "django.forms.models.BaseModelForm": "django.forms.BaseModelForm",
        "django.forms.formsets.BaseFormSet": _FORM_SET,
        "django.forms.models.BaseModelFormSet": "django.forms.BaseModelFormSet",
        "django.forms.models.BaseInlineFormSet": "django.forms.BaseInlineFormSet",
        "django.forms.models.ModelChoiceField": "django.forms.ModelChoiceField",
        **{f"django.forms.fields.{name}": f"django.forms.{name}" for name in _FIELDS},
    },
)

EXAMPLES = (
    # A form of a model has the model checked.
    (
        {
            "shop.py": """
                from django import forms
                from django.db import models
                class Order(models.Model):
                    def clean(self): ...
                    def close(self): ...
                class OrderForm(forms.ModelForm):
                    class Meta:
                        model = Order
                def change(request):
                    return OrderForm(request.POST).is_valid()
                def check(order: Order):
                    order.full_clean()
            """,
        },
        {"shop.change ~> shop.Order.clean", "shop.check ~> shop.Order.clean"},
    ),
    (
        {
            "views.py": """
                from django import forms
                def polite(value): ...
                class Short:
                    def __call__(self, value): ...
                class Word(forms.SlugField):
                    def clean(self, value): ...
                class Search(forms.Form):
                    word = Word(validators=[polite, Short()])
                    def clean_word(self): ...
                    def clean(self): ...
                    def cleaner(self): ...
                def search(request):
                    form = Search(request.GET)
                    if form.is_valid():
                        return form.cleaned_data
            """,
        },
        {
            "views.search ~> views.Search.clean",
            "views.search ~> views.Search.clean_word",
            "views.search ~> views.Word.clean",
            "views.search ~> views.polite",
            "views.search ~> views.Short.__call__",
        },
    ),
)

_MODEL = "django.db.models.Model"
_OF_MODEL = ("clean", "clean_fields", "validate_unique", "validate_constraints")
_OF_SET = ("_construct_form", "get_form_kwargs", "add_fields", "_should_delete_form", "full_clean")
_CHECKS = ("full_clean", "_clean_form", "_post_clean", "clean", "validate_unique", "add_error")
_FIELD_CHECKS = ("clean", "to_python", "validate", "run_validators")


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of forms' methods that are written nowhere."""
    known: dict[str, dict[str, None]] = {}
    for call in view.calls("is_valid", "full_clean"):
        for type_ in call.base.types() if call.base is not None else ():
            name = type_.partition("[")[0]
            if name not in known:
                found = view.class_named(name)
                known[name] = dict.fromkeys(_checks(view, found)) if found is not None else {}
            for target in known[name]:
                if target != call.owner:
                    yield Mediated(call.owner, target, call.site, NAME)


def _checks(view: ProgramView, found: ClassView) -> Iterator[str]:
    if _FORM in found.mro:
        yield from _of_form(view, found)
    elif _FORM_SET in found.mro:
        yield from _methods(found, (*_OF_SET, "clean"))
        for form in _named(view, found.attribute("form")):
            yield from _of_form(view, form)
    elif _MODEL in found.mro:
        yield from _methods(found, _OF_MODEL)


def _of_form(view: ProgramView, form: ClassView) -> Iterator[str]:
    bases = [base for name in form.mro if (base := view.class_named(name)) is not None]
    named = sorted({name for base in bases for name in base.methods() if name.startswith("clean_")})
    yield from _methods(form, (*_CHECKS, *named))
    for _, value, _ in form.assigned(inherited=True):
        if value is None:
            continue
        for type_ in value.types():
            field = view.class_named(type_)
            if field is not None and _is_field(field):
                yield from _methods(field, _FIELD_CHECKS)
                yield from listed(view, field.attribute("default_validators"))
        yield from listed(view, value.keywords.get("validators"))
    meta = form.inner("Meta")
    for model in _named(view, meta.attribute("model")) if meta is not None else ():
        yield from _methods(model, _OF_MODEL)


def _is_field(found: ClassView) -> bool:
    return any(base.startswith(_FORMS) and base.endswith("Field") for base in found.mro)


def _methods(found: ClassView, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        method = found.method(name)
        if method is not None:
            yield method


def _named(view: ProgramView, value: Expression | None) -> Iterator[ClassView]:
    """The classes that a class attribute names."""
    for name in value.symbols() if value is not None else ():
        found = view.class_named(name)
        if found is not None:
            yield found
