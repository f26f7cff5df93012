"""Which methods of a form does WTForms call when the form is checked?

`form.validate_on_submit()` and `form.validate()` call `validate_<field>`, the validators that fields are given, and
what fields of the program's own do with their input; making a form fills its fields.
"""

from collections.abc import Iterator

from decompose.model.callables import listed
from decompose.model.knowledge import Knowledge
from decompose.model.program import Mediated
from decompose.model.view import ClassView, ProgramView

NAME = "wtforms"
PHASE = 0
INTEREST = frozenset({"validate_on_submit", "validate"})

_FORM = "wtforms.Form"
_FIELD = "wtforms.Field"
_FIELDS = (
    *("StringField", "IntegerField", "BooleanField", "DateField", "DateTimeField", "DecimalField"),
    *("FileField", "FloatField", "PasswordField", "RadioField", "SelectField", "TextAreaField"),
    *("SelectMultipleField", "SelectFieldBase", "FieldList", "FormField", "HiddenField"),
)
KNOWLEDGE = Knowledge(
    bases={
        _FORM: ("wtforms.form.BaseForm",),
        "flask_wtf.FlaskForm": (_FORM,),
        "flask_wtf.Form": (_FORM,),
        "starlette_wtf.StarletteForm": (_FORM,),
        **{f"wtforms.{name}": (_FIELD,) for name in _FIELDS},
    },
    aliases={
        "flask_wtf.form.FlaskForm": "flask_wtf.FlaskForm",
        "wtforms.form.Form": _FORM,
        "wtforms.fields.Field": _FIELD,
        **{f"wtforms.fields.{name}": f"wtforms.{name}" for name in _FIELDS},
        **{f"wtforms.fields.core.{name}": f"wtforms.{name}" for name in _FIELDS},
        **{f"wtforms.fields.simple.{name}": f"wtforms.{name}" for name in _FIELDS},
    },
)

EXAMPLES = (
    (
        {
            "desk.py": """
                from flask_wtf import FlaskForm
                from wtforms import Field, StringField
                class Unique:
                    def __call__(self, form, field): ...
                def polite(form, field): ...
                class Tags(Field):
                    def process_formdata(self, values): ...
                class Ticket(FlaskForm):
                    title = StringField("Title", validators=[Unique(), polite])
                    tags = Tags()
                    def validate_title(self, field): ...
                    def save(self): ...
                def create():
                    form = Ticket()
                    if form.validate_on_submit():
                        form.save()
            """,
        },
        {
            "desk.create ~> desk.Ticket.validate_title",
            "desk.create ~> desk.Unique.__call__",
            "desk.create ~> desk.polite",
            "desk.create ~> desk.Tags.process_formdata",
        },
    ),
)

_FIELD_STEPS = ("process_formdata", "pre_validate", "post_validate", "process_data")


def settle(view: ProgramView) -> Iterator[Mediated]:
    """Calls of forms' methods that are written nowhere."""
    own = {found.name: found for found in view.subclasses(_FORM)}
    if not own:
        return
    known: dict[str, list[str]] = {}
    for call in view.calls("validate_on_submit", "validate"):
        for name in call.base.types() if call.base is not None else ():
            if name not in own:
                continue
            if name not in known:
                known[name] = list(dict.fromkeys(_checks(view, own[name])))
            is_own = call.callee is not None and call.callee.symbols()
            for target in known[name] if not is_own else ():
                if target != call.owner:
                    yield Mediated(call.owner, target, call.site, NAME)


def _checks(view: ProgramView, form: ClassView) -> Iterator[str]:
    if method := form.method("validate"):
        yield method
    for name, value, _ in form.assigned(inherited=True):
        if value is None:
            continue
        if method := form.method(f"validate_{name}"):
            yield method
        second = value.arguments[1] if len(value.arguments) > 1 else None
        yield from listed(view, value.keywords.get("validators", second))
        for type_ in value.types():
            field = view.class_named(type_)
            steps = _FIELD_STEPS if field is not None and _FIELD in field.mro else ()
            for step in steps:
                if field is not None and (method := field.method(step)):
                    yield method
