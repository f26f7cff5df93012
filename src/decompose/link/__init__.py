"""Who is meant? Facts of single files become one program: names resolved, frameworks settled, edges with sites.

Steps: number all definitions (`world`), resolve names, classes and values on demand (`scopes`, `hierarchy`,
`attributes`, `results`, `annotations`, `evaluate`), let framework readers settle what they see (`view`,
`expression`), turn uses into edges (`emit`) and framework facts into nodes and edges (`resources`).
"""

from decompose.link.program import link

__all__ = ["link"]
