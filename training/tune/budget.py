"""How long a search may take, how long it will, and how far it is."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ENDLESS = float("inf")


@dataclass(slots=True)
class Budget:
    """Seconds for several searches, of which each may take its share; what it leaves, the next ones have.

    shares: of the searches, in their order. tell: called with what is done and the share of all done; say: called with
    what it will cost. cut: whether time ran out before something that would have been tried.
    """

    seconds: float = ENDLESS
    shares: tuple[float, ...] = (1.0,)
    tell: Callable[[str, float], None] = lambda _what, _share: None
    say: Callable[[str], None] = lambda _line: None
    clock: Callable[[], float] = time.monotonic
    cut: bool = False
    _started: float = field(init=False)
    _search: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def next_search(self) -> None:
        """The search after this one begins."""
        self._search += 1

    def allows(self) -> bool:
        """Whether another trial may begin; notes it where not."""
        share = sum(self.shares[: self._search + 1]) / sum(self.shares)
        if self.clock() - self._started < self.seconds * share:
            return True
        self.cut = True
        return False

    def forecast(self, seconds: float, trials: int) -> None:
        """Says what all searches will cost, where this is the first: how long it will take, by a trial of its own."""
        if self._search:
            return
        whole = (self.clock() - self._started + seconds) * sum(self.shares) / self.shares[0]
        about = f"about {whole:.0f} s" if whole < 100 else f"about {whole / 60:.0f} minutes"
        limit = f", cut at {self.seconds / 60:g}" if whole > self.seconds else ""
        every = len(self.shares)
        self.say(f"tuning takes {about}{limit}: {every} searches of some {trials} trials, {every - 1} for the score")

    def progress(self, what: str, inside: float) -> None:
        """Tells how far the search at hand is, from 0 to 1."""
        done = sum(self.shares[: self._search]) + inside * self.shares[min(self._search, len(self.shares) - 1)]
        self.tell(what, min(1.0, done / sum(self.shares)))


def rungs(articles: int, least: int) -> list[int]:
    """How many articles each rung of successive halving asks: a quarter, half, all, but `least` where there are."""
    return sorted({min(articles, max(least, round(articles * share))) for share in (0.25, 0.5, 1.0)})
