"""Ends the work on one page that outgrows its time or the memory, and lets the run go on without that page."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from classifier.errors import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType, TracebackType

    from classifier.types import Page, Skipped

T = TypeVar("T")

SECONDS = 10
"""Processor time that a page or row of any size may take: a thousand times what a usual one needs."""
CHARACTERS_A_SECOND = 2**19
"""And what it gets beyond for its size; the slowest honest pages of 32 MiB need a third of it (docs/robustness.md)."""


class OverBudget(BaseException):
    """Not an Exception, so that no library takes it for a fault of its own and goes on."""


class Watch:
    """Hears the clock of the processor, once a second of this process's own, and knows what may still be spent."""

    def __init__(self) -> None:
        self.left: int | None = None
        """Seconds that the work under way has left; None while there is none."""

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Counts a second."""
        if self.left is None:
            return
        self.left -= 1
        if self.left <= 0:  # and again a second later, if something has caught it
            raise OverBudget


class limited:  # noqa: N801  (used as a function is)
    """In the block, work on something of `size` characters; raises OverBudget where its time is up.

    Only under `watched`, in the main thread, and on systems with such a clock (not Windows): elsewhere there is no
    limit. Blocks do not nest. A class, because every row of a table passes through one.
    """

    def __init__(self, size: int = 0) -> None:
        self._size, self._watch = size, _watch()

    def __enter__(self) -> None:
        if self._watch is not None:
            self._watch.left = SECONDS + self._size // CHARACTERS_A_SECOND

    def __exit__(self, _kind: type | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        if self._watch is not None:
            self._watch.left = None


_watching: Watch | None = None
"""What `watched` set; asking the system for the handler of its signal takes longer than reading a short row."""


def _watch() -> Watch | None:
    return _watching if _watching is not None and threading.current_thread() is threading.main_thread() else None


@contextmanager
def watched() -> Iterator[None]:
    """In the block, `limited` limits. For the program and its workers alone: it takes a signal of the process."""
    if not hasattr(signal, "SIGVTALRM") or threading.current_thread() is not threading.main_thread():
        yield
        return
    global _watching  # noqa: PLW0603  one clock a process, as its signal is
    before, outer = signal.getsignal(signal.SIGVTALRM), _watching
    _watching = Watch()
    signal.signal(signal.SIGVTALRM, _watching)
    signal.siginterrupt(signal.SIGVTALRM, False)  # what waits for a disk goes on waiting
    signal.setitimer(signal.ITIMER_VIRTUAL, 1, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
        _watching = outer


def spent(error: BaseException, where: str) -> UnreadableError:
    """What to say of a page that MemoryError or OverBudget ended the work on."""
    if isinstance(error, MemoryError):
        return UnreadableError(where, "needs more memory than there is", "give it alone, or cut it")
    what = f"takes over {SECONDS} seconds of processor time, far more than a page of its size needs"
    return UnreadableError(where, what, "cut it, or save the article's own page")


def each_or_alone(work: Callable[[list[Page]], list[T]], pages: Sequence[Page]) -> list[T | Skipped]:
    """`work` done on a batch of pages, a result a page; where memory or time runs out it is done on each alone, and
    for a page that fails alone there is what is wrong with it.
    """
    from classifier.types import Skipped

    try:
        with limited(sum(len(page.title) + len(page.lead) + len(page.body) for page in pages)):
            return [*work(list(pages))]
    except (MemoryError, OverBudget) as error:
        if len(pages) == 1:
            said = spent(error, pages[0].source or pages[0].id)
            return [Skipped(said.where, said.what, said.remedy)]
    return [one for page in pages for one in each_or_alone(work, [page])]
