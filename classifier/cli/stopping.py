"""Ends a run tidily when Ctrl-C, a kill or a closed terminal asks for it."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")
"""SIGHUP is missing on Windows."""
PATIENCE = 3.0
"""Seconds in which a second signal changes nothing: many senders (`timeout`, make, an impatient hand) send two."""

DEAF = 0.5
"""Seconds until a run that is inside a long calculation, where Python hears no signal, is ended from outside it."""


class Stopped(BaseException):
    """Raised where the run happens to be. Not a KeyboardInterrupt: click, CPython and others have ends of their own for
    that.
    """


@contextmanager
def stoppable() -> Iterator[list[int]]:
    """Raises Stopped in the block when a signal asks the run to end; yields the list of the signals that came.

    A signal that was ignored before (nohup, a job in the background) stays so.
    """
    came: list[int] = []
    heard = threading.Event()
    last = -PATIENCE

    def stop(number: int, _frame: FrameType | None) -> None:
        nonlocal last
        heard.set()
        if time.monotonic() - last >= PATIENCE:
            last = time.monotonic()
            came.append(number)
            threading.excepthook = lambda _failed: None  # of a pool whose workers end: the run's last words are ours
            raise Stopped

    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in numbers}
    caught = [number for number in numbers if before[number] is not signal.SIG_IGN]
    for number in caught:
        signal.signal(number, stop)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    wakeup_before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    threading.Thread(target=_end_if_deaf, args=(reader, heard, numbers), daemon=True).start()
    try:
        yield came
    finally:
        signal.set_wakeup_fd(wakeup_before)
        os.close(writer)
        for number in caught:
            # The process ends next: a signal that comes late must not spoil the last words.
            signal.signal(number, signal.SIG_IGN if came else before[number])


def ignore_signals() -> None:
    """For the last moments of the process."""
    for name in SIGNALS:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _end_if_deaf(reader: int, heard: threading.Event, numbers: list[int]) -> None:
    """Waits for a signal, which the system tells here at once, and for the main thread to hear of it.

    An end like this is as safe as a kill: outputs are put in place whole, and the next run removes what it left.
    """
    # Read to the end: were the pipe closed, Python would tell of each further signal that it cannot be written there.
    while number := os.read(reader, 1):
        if number[0] in numbers and not heard.wait(DEAF):  # else one of another use (classifier/budget.py)
            with contextlib.suppress(OSError):
                os.write(2, b"chude: error: interrupted in a long calculation; the old output is whole\n")
            os._exit(128 + number[0])
    os.close(reader)
