"""Work for the tests of `parallel`: functions of a module, as other processes need them."""

import os
import signal
import time
from pathlib import Path


def square(item: int) -> bytes:
    return str(item * item).encode()


def process(_item: int) -> bytes:
    time.sleep(0.001)
    return str(os.getpid()).encode()


def die_at_77(item: int) -> bytes:
    if item == 77:
        os.kill(os.getpid(), signal.SIGKILL)
    return str(item).encode()


def die_once(item: tuple[int, str]) -> bytes:
    number, mark = item
    if number == 50 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return str(number).encode()


def exhaust_at_5(item: int) -> bytes:
    if item == 5:
        raise MemoryError
    return b"fine"


def fail_at_42(item: int) -> bytes:
    if item == 42:
        raise KeyError(f"item {item}")
    return b""


def sleep(_item: int) -> bytes:
    time.sleep(60)
    return b""


def nap(_item: int) -> bytes:
    time.sleep(0.2)
    return b""
