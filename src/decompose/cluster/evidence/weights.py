"""All weights of the evidence, in one place.

The unit is about one specific dependency: something that nobody else uses. A dependency on something
that many use says little, so each tie is divided by the square root of (users of the definition
times users of its unit). Several places of one dependency count ln(1 + n).

The values come from leaving signals out and scaling them on the development cases of the ground
truth (`tests/bench/truth.py`), by the mean over all of them, so figures on these cases flatter
them. The optimum is flat: a factor of two in one weight moved the mean agreement by up to 0.02,
seeds alone move it by 0.005 to 0.015.
"""

from __future__ import annotations

from decompose.model.program import Confidence, EdgeKind

KIND: dict[EdgeKind, float] = {
    EdgeKind.IMPORTS: 2.0,  # of whole modules only: a divided module imports for all its parts
    EdgeKind.CALLS: 0.5,  # a call is also an import or a use of a name: this is what it adds
    EdgeKind.INSTANTIATES: 0.5,
    EdgeKind.INHERITS: 1.0,
    EdgeKind.USES: 2.0,
    EdgeKind.READS: 1.5,
    EdgeKind.WRITES: 3.0,  # who writes a table shares its invariants
    EdgeKind.JOINS: 1.0,  # two tables in one query
    EdgeKind.REFERENCES: 1.5,  # a foreign key of no special kind
}

MEDIATED = 0.3
"""Factor for what a framework or the language calls, not the text: overrides, properties, hooks."""

CASCADE = 2.0
"""Factor for a foreign key whose child dies with its parent: both are one aggregate."""
NULLABLE = 0.5
"""Factor for a foreign key that may be empty: the child can live without."""

CONFIDENCE: dict[Confidence, float] = {
    Confidence.NAME_ONLY: 0.1,
    Confidence.INFERRED: 0.15,  # what types suggest is often right, but says less than a name
    Confidence.EXACT: 1.0,
    Confidence.OBSERVED: 0.3,  # certain, but the text that depends does not name what it depends on
}

MESSAGE = 1.0
"""From a sender to the receiver of its task, signal or queue."""
MENTION = 1.0
"""From who speaks a class's name to the class, divided by all who speak it."""
LOAD = 2.0
"""From who names a module's path in a string to the module, divided by all who do."""
TRANSACTION = 1.0
"""Between tables written in one transaction, shared among the pairs."""
CO_ACCESS = 0.5
"""Between tables that the same entry points reach, times the cosine of their sets."""

CO_CHANGE = 2.0
"""Between modules that change in the same commits, times the cosine of their commits."""

VOCABULARY = 0.2
"""Total of the vocabulary's ties, as a share of the total of all dependencies."""
VOCABULARY_FLOOR = 0.1
"""The same per unit at least: parts without dependencies are told by their words alone."""
NEIGHBOURS = 8
"""How many of the nearest units in vocabulary a unit is tied to."""
COMMON_WORD = 0.3
"""A word in more than this share of the units tells nothing."""
COMMON_WORD_UNITS = 400.0
"""Nor does one in more units than this, however large the program is."""

MODULE = 0.25
"""From a definition of a divided module to the module, at least."""
MODULE_SHARE = 0.1
"""The same as a share of the definition's other ties: it leaves only for a clear majority."""
TRIAL, TRIAL_SHARE = 0.1, 0.05
"""The same two while it is tried whether a large module holds together at all."""

PACKAGE = 3.0
"""From a unit to its package, as a share of its other ties, where packages fit perfectly."""
PARENT = 0.3
"""From a package to the one around it, as a share of what ties its units to it."""
