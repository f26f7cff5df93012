"""Which classes are models, what are they called, and whom does a relation mean?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from decompose.frameworks.django_models.fields import Field, Presets, is_true, last, presets, text
from decompose.frameworks.django_models.library import MODEL, USER_MODEL
from decompose.model.facts import Op
from decompose.model.parts import setting
from decompose.model.program import Confidence
from decompose.model.view import ClassView, Expression, ProgramView

_PLAIN_BASES = ("builtins.", "typing.", "typing_extensions.", "abc.", "enum.")
_NO_MODELS = (
    "django.",
    "rest_framework.",
    "graphene",
    "django_filters.",
    "wtforms.",
    "wagtail.forms",
)
"""Libraries whose models are known, or that have none: what derives from their other classes is no model."""
_USER_MODEL = frozenset({"AUTH_USER_MODEL", "get_user_model"})
_TRANSLATIONS = "modeltranslation.translator.TranslationOptions"
_OPTIONS = frozenset({"abstract", "app_label", "db_table", "managed", "proxy", "swappable"})


@dataclass(frozen=True, slots=True)
class Model:
    """A model class of the program with what its `Meta` says."""

    view: ClassView
    label: str
    table: str
    is_abstract: bool
    is_proxy: bool
    confidence: Confidence

    @property
    def is_concrete(self) -> bool:
        """Has it a table of its own?"""
        return not (self.is_abstract or self.is_proxy)


@dataclass(frozen=True, slots=True)
class Schema:
    """All models of the program and what names them."""

    program: ProgramView
    models: Mapping[str, Model]
    by_label: Mapping[str, str]
    """"label.model" in lower case -> dotted class."""
    user: str
    """AUTH_USER_MODEL, "label.Model"."""
    key_type: str
    """Class of the primary keys that Django adds."""
    languages: tuple[str, ...]
    """Codes in LANGUAGES."""
    apps: Mapping[str, str]
    """Package of an app -> its label."""
    translated: Mapping[str, tuple[str, ...]]
    """Model -> names of fields that have a column for each language (django-modeltranslation)."""
    presets: Presets
    """What fields of the program's own set in `__init__`."""
    fields: dict[str, tuple[Field, ...]] = field(default_factory=dict)
    """Fields of the models asked for so far."""

    def label_of(self, module: str) -> str:
        """The label of the app that holds a module."""
        return _label(self.apps, module)


def read_schema(view: ProgramView) -> Schema:
    """Find the models and their names."""
    apps = _apps(view)
    models = {
        found.name: _model(view, apps, found, confidence)
        for found, confidence in _model_classes(view)
        if view.function_named(found.name.rpartition(".")[0]) is None  # made while a function runs
    }
    by_label: dict[str, str] = {}
    for name, model in sorted(models.items()):
        if not model.is_abstract:
            by_label.setdefault(f"{model.label}.{last(name)}".lower(), name)
    user = setting(view, "AUTH_USER_MODEL") or "auth.User"
    translated = dict(_translated(view))
    return Schema(
        view,
        {name: _unswapped(view, model) for name, model in models.items()},
        by_label,
        user,
        last(setting(view, "DEFAULT_AUTO_FIELD") or "AutoField"),
        tuple(_languages(view)) if translated else (),
        apps,
        translated,
        presets(view),
    )


def _unswapped(view: ProgramView, model: Model) -> Model:
    """A model that a setting replaces by another (`Meta.swappable`) has no table, as if it were abstract."""
    swappable = option(view, model.view, "swappable")
    if swappable is None:
        return model
    name = text(swappable)
    if not name and swappable.op is Op.CALL and len(swappable.arguments) > 1:
        label, short = (text(each) for each in swappable.arguments[:2])
        name = f"{label}_{short}_MODEL".upper()  # `swapper.swappablesetting("shop", "Clerk")`
    chosen = setting(view, name) if name else ""
    is_other = bool(chosen) and chosen.lower() != f"{model.label}.{last(model.view.name)}".lower()
    return replace(model, is_abstract=True) if is_other else model


def _translated(view: ProgramView) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Models registered with the fields that django-modeltranslation is to translate."""
    for options in view.subclasses(_TRANSLATIONS):
        listed = options.attribute("fields")
        names = tuple(text(each) for each in listed.elements) if listed is not None else ()
        for decorator in options.decorators:
            if decorator.attribute == "register":
                for argument in decorator.arguments:
                    for each in argument.elements or [argument]:
                        yield from ((model, names) for model in each.symbols())
    for call in view.calls("register"):
        if len(call.arguments) > 1:
            for name in call.arguments[1].symbols():
                found = view.class_named(name)
                listed = found.attribute("fields") if found and _TRANSLATIONS in found.mro else None
                names = tuple(text(each) for each in listed.elements) if listed is not None else ()
                for each in call.arguments[0].elements or [call.arguments[0]]:
                    yield from ((model, names) for model in each.symbols() if names)


def _languages(view: ProgramView) -> list[str]:
    """The codes of MODELTRANSLATION_LANGUAGES or LANGUAGES."""
    for name in ("MODELTRANSLATION_LANGUAGES", "LANGUAGES"):
        for module in view.modules():
            for value in view.module_value(module, name):
                codes = [
                    text(each.elements[0] if each.elements else each) for each in value.elements
                ]
                if any(codes):
                    return [code for code in codes if code]
    return []


def _model_classes(view: ProgramView) -> Iterator[tuple[ClassView, Confidence]]:
    known = set()
    for found in view.subclasses(MODEL):
        known.add(found.name)
        yield found, Confidence.EXACT
    # A class that derives from a library's model that nobody knows is told by its fields.
    for found in view.classes():
        if found.name not in known and _looks_like_model(view, found):
            yield found, Confidence.INFERRED


def _looks_like_model(view: ProgramView, found: ClassView) -> bool:
    foreign = [base for base in found.mro[1:] if "." in base and view.class_named(base) is None]
    if not any(not base.startswith(_PLAIN_BASES) for base in foreign):
        return False
    if any(base.startswith(_NO_MODELS) for base in foreign):
        return False
    if any(_is_django_field(value) for _, value, _ in found.assigned()):
        return True
    meta = _meta(found)
    if meta is None or not any(base.attribute == "Meta" for base in meta.bases):
        return False
    return any(name in _OPTIONS for name, _, _ in meta.assigned())  # `class Meta(Base.Meta): …`


def _is_django_field(value: Expression | None) -> bool:
    name = value.callee.name() if value is not None and value.callee is not None else None
    return (
        name is not None
        and name.startswith("django.db.models.")
        and name.endswith(("Field", "ForeignKey"))
    )


def _apps(view: ProgramView) -> dict[str, str]:
    """Package of each app -> its label."""
    labels: dict[str, str] = {}
    for config in view.classes():
        if not any(base.endswith("AppConfig") for base in config.mro[1:]):  # also libraries' own
            continue
        name = text(config.attribute("name")) or config.module.rpartition(".")[0]
        labels.setdefault(name, text(config.attribute("label")) or last(name))
    for module in view.modules():
        for value in view.module_value(module, "INSTALLED_APPS"):
            for app in _strings(value):
                if view.has_module(app):
                    labels.setdefault(app, last(app))
        package, _, name = module.rpartition(".")
        if package and name == "models" and view.has_module(f"{package}.migrations"):
            labels.setdefault(package, last(package))
    return labels


def _strings(expression: Expression) -> Iterator[str]:
    value = expression.string()
    if value is not None:
        yield value
    for element in expression.elements:
        yield from _strings(element)


def _label(apps: Mapping[str, str], module: str) -> str:
    """The label of the app that holds a module: the innermost one around it."""
    package = module
    while package:
        if package in apps:
            return apps[package]
        package = package.rpartition(".")[0]
    parts = module.split(".")
    position = parts.index("models") if "models" in parts else len(parts) - 1
    return parts[max(position - 1, 0)]


def _model(
    view: ProgramView, apps: Mapping[str, str], found: ClassView, confidence: Confidence
) -> Model:
    label = text(option(view, found, "app_label")) or _label(apps, found.module)
    table = text(option(view, found, "db_table")).replace('"', "")
    return Model(
        found,
        label,
        table or f"{label}_{last(found.name)}".lower(),
        _is_abstract(found),
        is_true(option(view, found, "proxy")),
        confidence,
    )


def option(view: ProgramView, found: ClassView, name: str) -> Expression | None:
    """An option of the model's own `Meta`, or where it writes none, of its first abstract base that has one."""
    meta = _meta(found)
    if meta is not None:
        return meta.attribute(name)
    for base in found.mro[1:]:
        parent = view.class_named(base)
        if parent is not None and _is_abstract(parent):
            inherited = _meta(parent)
            return inherited.attribute(name) if inherited is not None else None
    return None


def _meta(found: ClassView) -> ClassView | None:
    """The `Meta` that a class writes itself."""
    meta = found.inner("Meta")
    return meta if meta is not None and meta.name == f"{found.name}.Meta" else None


def _is_abstract(found: ClassView) -> bool:
    """Only a class's own words make it abstract: Django never inherits that."""
    meta = _meta(found)
    return meta is not None and any(
        name == "abstract" and is_true(value) for name, value, _ in meta.assigned()
    )


def target_of(schema: Schema, model: Model, target: Expression | str | None) -> str:
    """What a relation points to: a dotted class, "label.model" where no class of the program has that name, or ""."""
    if target is None:
        return ""
    written = target if isinstance(target, str) else target.string()
    if written is None and not isinstance(target, str):
        return _named_class(schema, target)
    if written == "self":
        return model.view.name
    if written == USER_MODEL:
        return _labelled_class(schema, "", schema.user)
    return _labelled_class(schema, model.label, written or "")


def _named_class(schema: Schema, target: Expression) -> str:
    callee = target.callee
    name = (callee.name() if callee is not None else target.name()) or ""
    if last(name) in _USER_MODEL:
        return _labelled_class(schema, "", schema.user)
    named = _named_by_setting(schema, target)
    if named:
        return _labelled_class(schema, "", named)
    if callee is not None:  # `get_model("orders", "Order")` of whatever library
        label = ".".join(argument.string() or "" for argument in target.arguments)
        return schema.by_label.get(label.lower(), "")
    symbols = [symbol for symbol in (name, *target.symbols()) if symbol in schema.models]
    if symbols:
        return symbols[0]
    made = next((each for each in target.bound() if each.op is Op.CALL), None)
    return _named_class(schema, made) if made is not None else name  # `User = get_user_model()`


def _named_by_setting(schema: Schema, target: Expression) -> str:
    """`settings.SHOP_CLERK_MODEL`, `getattr(settings, "SHOP_CLERK_MODEL", "shop.Clerk")`."""
    if target.op is Op.ATTRIBUTE and target.attribute.isupper():
        return setting(schema.program, target.attribute)
    if target.op is Op.CALL and target.attribute == "getattr" and len(target.arguments) > 1:
        name = text(target.arguments[1])
        if name in _USER_MODEL:
            return schema.user
        return setting(schema.program, name) or text(
            target.arguments[2] if len(target.arguments) > 2 else None  # noqa: PLR2004 -- the default
        )
    return ""


def _labelled_class(schema: Schema, label: str, written: str) -> str:
    if not written or written in schema.models:
        return written
    qualified = written if "." in written else f"{label}.{written}"
    return schema.by_label.get(qualified.lower(), qualified.lower())


def concrete(schema: Schema, name: str) -> Model | None:
    """The model whose table holds the rows of a class: itself, or what a proxy stands for."""
    model = schema.models.get(name)
    if model is None:
        return None
    for base in model.view.mro:
        found = schema.models.get(base)
        if found is not None and found.is_concrete:
            return found
    return model
