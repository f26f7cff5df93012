"""Which tables do models of peewee, Tortoise, Pony and MongoEngine declare, and who reads and writes them?

A collection of documents counts as a table. Known to miss: rows whose class nothing shows, keys of documents within
documents.
"""

from collections.abc import Iterator

from decompose.frameworks.records.accesses import Accesses
from decompose.frameworks.records.schema import Schema
from decompose.frameworks.records.styles import STYLES
from decompose.model.knowledge import Knowledge
from decompose.model.program import Fact
from decompose.model.view import ProgramView

__all__ = ["EXAMPLES", "INTEREST", "KNOWLEDGE", "NAME", "PHASE", "settle"]

NAME = "records"
PHASE = 0
INTEREST = frozenset().union(*(frozenset(style.verbs) | style.joins for style in STYLES))
KNOWLEDGE = Knowledge(
    aliases={
        "tortoise.Model": "tortoise.models.Model",
        "mongoengine.document.Document": "mongoengine.Document",
        "mongoengine.document.DynamicDocument": "mongoengine.DynamicDocument",
        "mongoengine.document.EmbeddedDocument": "mongoengine.EmbeddedDocument",
        "pony.orm.core.Database": "pony.orm.Database",
        "pony.orm.Database.Entity": "pony.orm.Entity",
        "pony.orm.core.Entity": "pony.orm.Entity",
        "playhouse.flask_utils.FlaskDB.Model": "peewee.Model",
        **{
            f"flask_mongoengine.{owner}{name}": f"mongoengine.{name}"
            for owner in ("", "MongoEngine.")
            for name in ("Document", "DynamicDocument", "EmbeddedDocument")
        },
    },
)

EXAMPLES = (
    (
        {
            "blog.py": """
                from peewee import *
                db = SqliteDatabase("x")
                class BaseModel(Model):
                    class Meta:
                        database = db
                class User(BaseModel):
                    name = CharField(unique=True)
                class Post(BaseModel):
                    author = ForeignKeyField(User, backref="posts", on_delete="CASCADE")
                    body = TextField(column_name="text", null=True)
                    tags = ManyToManyField("Tag", backref="posts")
                    class Meta:
                        table_name = "posts"
                class Tag(BaseModel):
                    word = CharField(primary_key=True)
            """,
            "work.py": """
                from blog import Post, Tag, User
                def feed(name):
                    query = Post.select().join(User).where(User.name == name)
                    return [post.author.name for post in query]
                def write(user: User):
                    post = Post(author=user)
                    post.save()
                    Tag.get_or_create(word="new")
                def tidy(key):
                    Post.delete().where(Post.id == key).execute()
                    User.update(name="").execute()
                    post = Post.get_by_id(key)
                    post.body = ""
                    post.delete_instance()
            """,
        },
        {
            "table user blog.User: id* name",
            "table posts blog.Post: id* author_id text",
            "key posts.author_id -> user.id CASCADE",
            "table tag blog.Tag: word*",
            "table posts_tag_through of blog.Post.tags: id* post_id tag_id",
            "key posts_tag_through.post_id -> posts.id",
            "key posts_tag_through.tag_id -> tag.word",
            "work.feed reads posts",
            "work.feed reads user",
            "work.feed reads user in loop ?",
            "work.feed joins posts user",
            "work.write creates posts",
            "work.write reads tag",
            "work.write creates tag",
            "work.tidy deletes posts",
            "work.tidy updates user",
            "work.tidy reads posts",
            "work.tidy updates posts",
        },
    ),
    (
        {
            "models.py": """
                from tortoise import fields
                from tortoise.models import Model
                class Stamped(Model):
                    at = fields.DatetimeField()
                    class Meta:
                        abstract = True
                class Team(Stamped):
                    key = fields.UUIDField(pk=True)
                class Player(Stamped):
                    team = fields.ForeignKeyField("models.Team", related_name="players", null=True)
                    class Meta:
                        table = "player_list"
            """,
            "work.py": """
                from models import Player, Team
                async def move(key):
                    team = await Team.get(key=key)
                    await Player.filter(team__key=key).update(team=team)
                    for player in await team.players.all():
                        await player.delete()
                async def join():
                    await Player.create(team=await Team.first())
            """,
        },
        {
            "table team models.Team: at key*",
            "table player_list models.Player: id* at team_id",
            "key player_list.team_id -> team.key CASCADE",
            "work.move reads team",
            "work.move joins player_list team",
            "work.move updates player_list",
            "work.move reads player_list ?",
            "work.move deletes player_list in loop",
            "work.join creates player_list",
            "work.join reads team",
        },
    ),
    (
        {
            "models.py": """
                from pony.orm import *
                db = Database()
                class Person(db.Entity):
                    name = Required(str)
                    cars = Set("Car")
                    clubs = Set("Club")
                class Driver(Person):
                    licence = Optional(str)
                class Car(db.Entity):
                    _table_ = "cars"
                    owner = Required(Person)
                class Club(db.Entity):
                    members = Set(Person)
            """,
            "work.py": """
                from pony.orm import delete, select
                from models import Car, Person
                def rich():
                    return select(p for p in Person if p.name)
                def buy():
                    person = Person.get(name="x")
                    Car(owner=person)
                    person.name = "y"
                def scrap():
                    delete(c for c in Car)
            """,
        },
        {
            "table Person models.Person: id* name classtype licence",
            "table cars models.Car: id* owner",
            "key cars.owner -> Person.id",
            "table Club models.Club: id*",
            "table Club_Person of models.Club.members: club* person*",
            "key Club_Person.club -> Club.id",
            "key Club_Person.person -> Person.id",
            "work.rich reads Person",
            "work.buy reads Person",
            "work.buy creates cars",
            "work.buy updates Person",
            "work.scrap deletes cars",
        },
    ),
    (
        {
            "models.py": """
                from mongoengine import *
                class Address(EmbeddedDocument):
                    city = StringField()
                class BlogUser(Document):
                    email = EmailField(primary_key=True)
                    address = EmbeddedDocumentField(Address)
                class Entry(Document):
                    author = ReferenceField(BlogUser, reverse_delete_rule=CASCADE)
                    readers = ListField(ReferenceField("BlogUser"))
                    meta = {"collection": "entries"}
            """,
            "work.py": """
                from models import BlogUser, Entry
                def show(mail):
                    for entry in Entry.objects(author=mail):
                        print(entry.author.email)
                def add(mail):
                    entry = Entry(author=mail)
                    entry.save()
                def tidy():
                    Entry.objects.filter(author=None).delete()
                    BlogUser.objects.get(email="").update(email="x")
            """,
        },
        {
            "table blog_user models.BlogUser: email* address",
            "table entries models.Entry: _id* author readers",
            "key entries.author -> blog_user.email CASCADE",
            "key entries.readers -> blog_user.email",
            "work.show reads entries",
            "work.show reads blog_user in loop ?",
            "work.add creates entries",
            "work.tidy deletes entries",
            "work.tidy updates blog_user",
        },
    ),
)


def settle(view: ProgramView) -> Iterator[Fact]:
    """Tables, then accesses, of each mapper that the program uses."""
    for style in STYLES:
        schema = Schema(view, style).read()
        yield from schema.tables()
        if schema.models:
            yield from Accesses(schema).read()
