"""The meanings of expression rows (`facts.Op`) as plain integers, for the loops that look at millions of rows.

Naming an enum's member looks it up in the enum each time, and comparing with it is a call: together four times the
cost of comparing a row's number with a number.
"""

from decompose.model.facts import Op

(
    UNKNOWN,
    NAME,
    ATTRIBUTE,
    CALL,
    SUBSCRIPT,
    STRING,
    LITERAL,
    DISPLAY,
    UNION,
    ELEMENT,
    ITEM,
    ENTER,
    AWAIT,
    LAMBDA,
    FORMAT,
    BINARY,
    STAR,
    COMPREHENSION,
    DEFINITION,
    SLICE,
    NARROW,
    BELOW,
    GUARDED,
    MATCHED,
) = map(int, Op)
NARROWING = (NARROW, BELOW, GUARDED)
"""Rows that tell more of the value of another."""
