"""From identifiers to business words: split, stemmed, without what every program says.

A *word* is a stem; `surface` keeps how it is most often written, for names that people read.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_END = "\0"  # between identifiers
_PARTS_OF_MANY = re.compile(f"{_PARTS.pattern}|{_END}")
MIN_LENGTH = 3

_LAYERS = """
abstract adapter adapters admin admins alembic api apis app application apps asgi async backend backends base
bases blueprint blueprints cli client clients code command commands common component components
conf config configs configuration const constant constants consumer consumers context controller
controllers core crud dao data database db decorator decorators default defaults dependencies deps
domain dto endpoint endpoints engine entities entity enum enums error errors event events
exception exceptions ext extension extensions factories factory field fields file files filter
filters fixture fixtures form forms framework func function functions generic generics global
globals handler handlers helper helpers hook hooks impl implementation infra infrastructure init
integration integrations interface interfaces internal job jobs layer lib library libs listener
listeners local logging main manager managers mapper mappers middleware middlewares migration
migrations misc mixin mixins model models module modules object objects option options orm package
packages page pages parser parsers plugin plugins policies policy processor processors project
projects property provider providers proxy queries query queue queues receiver receivers registry
repo repositories repository request requests resource resources response responses route router
routers routes runner schema schemas script scripts serializer serializers server service services
session settings shared signal signals site sites source sources src stage state static storage
store sub support system table tables tag tags task tasks template templates templatetags test
testing tests tool tools type types url urls use user_interface util utilities utility utils
validator validators value values vendor version view views viewset viewsets web widget
widgets worker workers wrapper wsgi
"""
LAYERS = frozenset(_LAYERS.split())
"""Words for layers and technique: they tell how a part is built, not what it is about."""

_NOISE = """
above add after again all also and any append are args argument arguments attr attribute
attributes bar baz been before being below between bool boolean both byte bytes call callback can
char check class close cls com copy could count create current debug decode def default delete
dict did disabled does doing each empty enabled encode end enumerate etc every example examples
exists extend false few filter first fixme float foo for format found from get getattr given has
hasattr have here how html http https ids import index info insert int integer into invalid
isinstance item items its join json just key keys kwargs lambda last len length let line lines
list load log lower made make map max may message meta method might min missing more most msg must
name names need net new next none not note notes null num number obj old once one only open
optional org other our out over own param parameter parameters params parse path per pk pop prev
previous print raise range read remove replace required result results return run same save see
self self_ send set setattr shall should size some sort split start str string strip such sum
super temp text than that the their them then there they this tmp todo too total true tuple two
under unknown update upper usage used uses using utf uuid valid very via warn warning was were
what when where which who why will with would write www xml yield you your zip
"""
NOISE = frozenset(_NOISE.split())
"""Words that say nothing at all about what a program is for."""


_NAMELESS = """
abstract app application applications apps base bases bin cli cmd code command commands common conf config
configs configuration const constant constants contrib core decorator decorators default defaults
deps dto enum enums error errors exception exceptions ext extension extensions factories factory
framework func function functions generic generics global globals helper helpers impl
implementation infra infrastructure init interface interfaces internal layer lib library libs main
management managers middleware middlewares migration migrations misc mixin mixins mod model models
module modules object objects package packages plugin plugins script scripts
serializer serializers shared source src stage stuff sub support templatetags test testing tests
tool tools type types util utilities utility utils validators vendor version view views
viewset viewsets wrapper
"""
NAMELESS = frozenset(_NAMELESS.split())
"""Names of packages under which anything may stand: no service is called so."""
_LIKE_PLURALS = """
alias atlas aws canvas chaos cors css dns gis lens news rss series sms species tls
"""
_INVARIANT = frozenset(_LIKE_PLURALS.split())
"""Words that end like plurals and are none."""


_PLAIN = """
abc about access action actual advanced algorithm ambiguous anchor arbitrary available back bad big body built bulk
bundle check classmethod clean clear click cmd conflict content ctx custom days debug deleted denied deprecated
description detail details disabled display double dry dynamic element entry exc exist expected
extra fail failed failure false fast first fixed flag flask folder forbidden frame full good hand
hard has head hidden hour idx incl input instance irrelevant jinja kind klass known label last left legacy
limit link logger long main manual mapping mass match mock mode modified multi multiple native nested normal
output panel partial physical placeholder plain post pre prefix private process public pure quick random raw
ready recent related relative render rich right safe second selected sent short show similar simple single slow
small special specific spec standard status stdout step stop success suffix switch tab target temporary text
time title transaction translated translation try uid unit unprocessable unicode update url user_defined value virtual
wild
"""


@lru_cache(maxsize=1 << 18)
def stems(identifier: str) -> tuple[str, ...]:
    """The words of an identifier or a piece of text, in order."""
    parts = (part.lower() for part in _PARTS.findall(identifier))
    return tuple(stem(part) for part in parts if len(part) >= MIN_LENGTH)


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """A word without its plural or verbal ending, roughly: good enough to meet its relatives."""
    if word in _INVARIANT:
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) + len(instead) >= MIN_LENGTH:
            return word[: len(word) - len(ending)] + instead
    return word


_ENDINGS = (
    ("ities", "ity"),
    ("ies", "y"),
    ("sses", "ss"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("xes", "x"),
    ("ings", ""),
    ("ing", ""),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("s", ""),
    ("ed", ""),
)


def spoken(identifier: str) -> list[tuple[str, str]]:
    """(stem, as written in lower case) of each word of an identifier."""
    return [word for word in map(_word, _PARTS.findall(identifier)) if word is not None]


def spoken_of_all(identifiers: Sequence[str]) -> tuple[list[int], list[tuple[str, str]]]:
    """(positions, their words): those of many identifiers in one go."""
    positions: list[int] = []
    words: list[tuple[str, str]] = []
    at = 0
    for part in _PARTS_OF_MANY.findall(_END.join(each.replace(_END, " ") for each in identifiers)):
        if part == _END:
            at += 1
        elif (word := _word(part)) is not None:
            positions.append(at)
            words.append(word)
    return positions, words


@lru_cache(maxsize=1 << 18)
def _word(part: str) -> tuple[str, str] | None:
    lower = part.lower()
    return (stem(lower), lower) if len(part) >= MIN_LENGTH else None


STEMMED_LAYERS = frozenset(stem(word) for word in LAYERS) | LAYERS
STEMMED_NOISE = frozenset(stem(word) for word in NOISE) | NOISE
PLAIN = frozenset(stem(word) for word in _PLAIN.split())
"""Words that stand in the names of things of any kind: alone they tell nobody what a service is about."""


def is_technical(word: str) -> bool:
    """Does a stem name a layer or nothing at all, rather than a matter of the business?"""
    return word in STEMMED_LAYERS or word in STEMMED_NOISE


def is_layer(word: str) -> bool:
    """Does a stem name a layer or technique?"""
    return word in STEMMED_LAYERS
