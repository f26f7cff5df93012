"""Who is meant? Facts of single files become one program: names resolved, frameworks settled, edges with sites.

Steps: number all definitions (`world`); resolve names, classes and values on demand (`evaluate`, built up from
`scopes`, `attributes`, `results`, `library`, `annotations`, `generics`, `containers`, `receivers`, `outside`,
`delegating`, `supplied`, `singled`); let arguments flow to parameters, and what is stored to what reads it, in
rounds (`parameters`, `replay`, `hearing`, `cache`); let framework readers settle what they see (`view`, `expression`);
turn uses into edges (`emit`, `calls`, `references`), with what Python and libraries call behind them (`implicit`,
`accessors`, `creation`, `proxies`, `callbacks`; tables in `standard` and `hooks`), and framework facts into nodes and
edges (`resources`).
"""

from decompose.link.program import link

__all__ = ["link"]
