"""An audit for machines: shares with their counts, causes and edges with their sites."""

import json

from decompose.model.audit import Audit, Cause, Share, TableShares, Unseen

VERSION = 1


def as_json(found: Audit) -> str:
    """JSON; ratios are null where there is nothing to count."""
    document = {
        "version": VERSION,
        "recall": {
            **{kind.value: _share(share) for kind, share in found.recall.items()},
            "between_modules": _share(found.between_modules),
            "modules": _share(found.modules),
        },
        "by_how": {word: _share(share) for word, share in found.by_how.items()},
        "name_only": found.name_only,
        "observed": {
            "modules": _share(found.module_bound),
            **{
                bound.kind: {
                    "of_functions": _share(bound.of_functions),
                    "of_lines": None if bound.of_lines is None else _share(bound.of_lines),
                }
                for bound in found.bounds
            },
        },
        "causes": [_cause(cause) for cause in found.causes],
        "unseen": [_unseen(edge) for edge in found.unseen],
        "stale": list(found.stale),
        "unknown": found.unknown,
        "tables": None if found.tables is None else _tables(found.tables),
        "functions": found.functions,
        "calls": found.calls,
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _cause(cause: Cause) -> dict[str, object]:
    misses = [
        {
            "caller": miss.caller,
            "callee": miss.callee,
            "site": str(miss.site),
            "how": miss.how,
            "count": miss.count,
        }
        for miss in cause.misses
    ]
    return {"seen": cause.seen.value, "why": cause.why, "count": cause.count, "misses": misses}


def _unseen(edge: Unseen) -> dict[str, str]:
    return {
        "source": edge.source,
        "target": edge.target,
        "site": str(edge.site),
        "mediated_by": edge.mediated_by,
    }


def _tables(found: TableShares) -> dict[str, object]:
    return {
        "entry_points": found.doors,
        "read": {
            "recall": _share(found.read_recall),
            "precision": _share(found.read_precision),
        },
        "written": {
            "recall": _share(found.write_recall),
            "precision": _share(found.write_precision),
        },
        "cascades": found.cascades,
        "misses": [
            {
                "entry_point": miss.door,
                "table": miss.table,
                "mode": "write" if miss.is_write else "read",
                "is": "missed" if miss.is_missed else "not seen",
                "site": None if miss.site is None else str(miss.site),
            }
            for miss in found.misses
        ],
    }


def _share(share: Share) -> dict[str, float | int | None]:
    ratio = share.ratio
    return {
        "found": share.found,
        "total": share.total,
        "ratio": None if ratio is None else round(ratio, 4),
    }
