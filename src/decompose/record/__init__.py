"""What does the person's own command run? The only place that runs their code, and only when asked to.

run          starts the command with the recorder beside it; gives its exit code back
recorder     the file that enters their interpreter; also for interpreters much older than ours
statements   enters beside it, when SQL is asked for: below what statements are run
contexts     so does this one: below what lines run
parts        what each process has noted
merge        parts become one trace
words        what an instruction says about a call
definitions  where a file's definitions stand
"""

from decompose.record.merge import merge
from decompose.record.parts import Part, parts
from decompose.record.run import Ran, run

__all__ = ["Part", "Ran", "merge", "parts", "run"]
