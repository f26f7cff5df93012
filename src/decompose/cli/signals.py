"""What do Ctrl-C and a polite request to end do?

Ctrl-C is a KeyboardInterrupt wherever we are, SIGTERM a SystemExit: both let whatever is open clean
up behind itself.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
ENDED = 143


@contextmanager
def held() -> Iterator[None]:
    """Let a Ctrl-C wait a moment, while libraries are loaded.

    Some of them catch everything while they look for others, so that it would be lost.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def forget_interrupt() -> None:
    """Let a KeyboardInterrupt that was caught be over.

    One that passes through `exec` of a text (dataclasses are made so) makes CPython kill itself at
    its end, instead of giving our exit code, unless another text is executed in between.
    """
    exec("")  # noqa: S102  (nothing is executed)


def end_cleanly_when_asked() -> None:
    """Make SIGTERM an exception in this process; a worker, which inherits that, ends at once."""
    if hasattr(signal, "SIGTERM"):
        signal.signal(signal.SIGTERM, _ending(os.getpid()))


def _ending(ours: int) -> Callable[[int, FrameType | None], None]:
    def end(_signal: int, _frame: FrameType | None) -> None:
        if os.getpid() != ours:
            os._exit(ENDED)
        raise SystemExit(ENDED)

    return end
