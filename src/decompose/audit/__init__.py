"""How much of what ran had been read, and how much of what was read ran?

statics  the calls of the graph, as pairs of functions
pairs    the calls of a trace, as pairs of functions
causes   why a pair was missed
tables   tables of entry points, where the trace holds SQL
ran      what ran, of the whole run or of one entry point
measure  all together: an `Audit`
json     an audit for machines
"""

from decompose.audit.json import as_json
from decompose.audit.measure import audit

__all__ = ["as_json", "audit"]
