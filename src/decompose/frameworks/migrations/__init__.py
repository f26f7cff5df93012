"""Which schema do migrations leave, where no models declare it, and where do the two disagree?

Django's operations and Alembic's `upgrade` functions are replayed, not run. An app without models of its own, and a
program with Alembic but without classes of SQLAlchemy, has those tables that its migrations leave and nothing else
declares. Where models declare tables too, a table whose columns differ is told: one of both is not what the database
has.

Known to miss: SQL in migrations, columns in loops, tables that code of a migration makes by other means.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from decompose.frameworks.migrations import alembic, django
from decompose.frameworks.migrations.state import Left
from decompose.model.program import Confidence, SchemaDrift, Table
from decompose.model.view import ProgramView

NAME = "migrations"
PHASE = 1
INTEREST = frozenset(alembic.NAMES)

EXAMPLES = (
    # Models of any mapper declare their tables; Alembic's revisions add no second ones.
    (
        {
            "migrations/versions/one.py": """
                import sqlalchemy as sa
                from alembic import op
                revision = "1"
                down_revision = None
                def upgrade():
                    op.create_table("order", sa.Column("id", sa.Integer()))
                    op.create_table("tally", sa.Column("id", sa.Integer()))
            """,
            "shop.py": """
                from peewee import Model
                class Order(Model):
                    pass
            """,
        },
        {"table tally: id ?"},
    ),
    (
        {
            "shop/migrations/0001_initial.py": """
                from django.db import migrations, models
                class Migration(migrations.Migration):
                    operations = [
                        migrations.CreateModel(
                            name="Order",
                            fields=[
                                ("id", models.AutoField(primary_key=True)),
                                ("number", models.CharField(max_length=9)),
                                ("buyer", models.ForeignKey("people.Person", models.CASCADE)),
                                ("old", models.TextField()),
                            ],
                        ),
                        migrations.CreateModel("Gone", [("id", models.AutoField(primary_key=True))]),
                    ]
            """,
            "shop/migrations/0002_more.py": """
                from django.db import migrations, models
                class Migration(migrations.Migration):
                    operations = [
                        migrations.AddField("order", "note", models.TextField(db_column="remark")),
                        migrations.RemoveField("order", "old"),
                        migrations.RenameField("order", "number", "code"),
                        migrations.DeleteModel("Gone"),
                    ]
            """,
            "people/migrations/0001_initial.py": """
                from django.db import migrations, models
                class Migration(migrations.Migration):
                    operations = [
                        migrations.CreateModel(
                            name="Person",
                            fields=[
                                ("id", models.AutoField(primary_key=True)),
                                ("name", models.TextField()),
                            ],
                        ),
                    ]
            """,
            "people/models.py": """
                from django.db import models
                class Person(models.Model):
                    mail = models.EmailField()
            """,
        },
        {
            "table shop_order: id* code buyer_id remark ?",
            "drift people_person: only models mail, only migrations name",
        },
    ),
    (
        {
            "db/versions/b.py": """
                import sqlalchemy as sa
                from alembic import op
                revision = "b"
                down_revision = "a"
                def upgrade():
                    op.add_column("orders", sa.Column("total", sa.Integer()))
                    with op.batch_alter_table("orders") as batch_op:
                        batch_op.drop_column("old")
                        batch_op.alter_column("no", new_column_name="number")
                def downgrade():
                    op.drop_table("orders")
            """,
            "db/versions/z.py": """
                import sqlalchemy as sa
                from alembic import op
                revision = "a"
                down_revision = None
                def upgrade():
                    op.create_table("orders", sa.Column("id", sa.Integer, primary_key=True),
                        sa.Column("no", sa.String(9)), sa.Column("old", sa.String(9)),
                        sa.Column("buyer_id", sa.Integer, sa.ForeignKey("people.id")))
            """,
        },
        {
            "table orders: id* number buyer_id total ?",
            "key orders.buyer_id -> people.id",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Table | SchemaDrift]:
    """Tables that only migrations know, and tables of which models say something else."""
    known = [fact for fact in view.facts(Table) if isinstance(fact, Table)]
    for app in django.replay(view):
        yield from _of_app(view, app, known)
    history = alembic.replay(view)
    left = history.tables
    mapped = {table.name: table for table in known if table.framework == "sqlalchemy"}
    declared = {table.name for table in known}
    for name, each in sorted(left.items()):
        if name in mapped and each.is_sure:
            yield from _drift(mapped[name], each, history.loose)
        elif not mapped and name not in declared:
            yield _table(each, name)


def _of_app(
    view: ProgramView, app: django.App, known: list[Table]
) -> Iterator[Table | SchemaDrift]:
    own = {
        table.model.rpartition(".")[2].lower(): table
        for table in known
        if table.model.startswith(f"{app.package}.")
    }
    has_models = view.has_module(f"{app.package}.models") or bool(own)
    for name, left in sorted(app.models.items()):
        if not has_models:
            label = app.package.rpartition(".")[2]
            yield _table(left, left.name or f"{label}_{name}")
        elif name in own and left.is_sure:
            yield from _drift(own[name], left)


def _table(left: Left, name: str) -> Table:
    columns = tuple(left.columns.values())
    return Table(name, "", left.site, NAME, columns, Confidence.INFERRED)


def _drift(
    table: Table, left: Left, loose: AbstractSet[str] = frozenset()
) -> Iterator[SchemaDrift]:
    """Columns that only one of both has. Keys may be called by their field: `buyer` is `buyer_id`."""
    models = {column.name.lower(): column.name for column in table.columns}
    migrations = {_short(name) for name in left.columns}
    only_models = [
        name
        for key, name in models.items()
        if _short(key) not in migrations and key not in loose and not key.endswith("_ptr_id")
    ]
    shorts = {_short(key) for key in models}
    only_migrations = [
        column.name for key, column in left.columns.items() if _short(key) not in shorts
    ]
    if only_models or only_migrations:
        yield SchemaDrift(
            table.name, tuple(only_models), tuple(only_migrations), table.site, left.site
        )


def _short(column: str) -> str:
    return column.removesuffix("_id")
