"""An explanation as JSON, for other programs."""

import json
from dataclasses import asdict

from decompose.explain.values import Explanation, Hop, Place, Row

SCHEMA = 1


def as_json(found: Explanation) -> str:
    """One object; keys stay what they are while `schema` does. Places are `path:line` with the code there."""
    document = {
        "schema": SCHEMA,
        "subjects": [{**asdict(each), "place": _place(each.place)} for each in found.subjects],
        "sections": [
            {
                "key": each.key,
                "title": each.title,
                "total": each.total,
                "rows": [_row(row) for row in each.rows],
            }
            for each in found.sections
        ],
    }
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"


def _row(row: Row) -> dict[str, object]:
    return {
        "name": row.name,
        "how": row.how,
        "service": row.service,
        "confidence": row.sure,
        "places": [_place(place) for place in row.places],
        "place_count": row.place_count,
        "path": [_hop(hop) for hop in row.path],
    }


def _place(place: Place | None) -> dict[str, str] | None:
    return None if place is None else {"site": str(place.site), "code": place.text}


def _hop(hop: Hop) -> dict[str, object]:
    return {"name": hop.name, "place": _place(hop.place)}
