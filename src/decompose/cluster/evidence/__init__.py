"""What speaks for two parts belonging together?

Each signal is one file with one function: it gives ties between units, in the measure that
`weights` documents. `combine` adds them up. A signal knows no other signal.
"""

from decompose.cluster.evidence.combine import SIGNALS, Evidence, combine
from decompose.cluster.scene import Scene

__all__ = ["SIGNALS", "Evidence", "Scene", "combine"]
