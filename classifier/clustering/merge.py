"""One headline from its many copies: the same on several pages, in another case, with other quotes, or cut short by a
site.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from classifier.clustering.tickers import ticker_kind
from classifier.vietnamese.normalise import NUMBER, normalise
from classifier.vietnamese.syllables import cut

if TYPE_CHECKING:
    from collections.abc import Iterable

_CUT_SHORT = re.compile(r"(\.\.\.|…)\s*$")
_LEAST_CUT = 5
"""A headline that ends in "..." is taken for the beginning of a longer one from so many syllables on."""


@dataclass(frozen=True, slots=True)
class MergedHeadline:
    """A headline with the ids of all pages that recommend it and the dates it was seen on; `ticker` names recurring
    service items (lottery, weather …), "" for news.
    """

    headline: str
    blurb: str = ""
    pages: tuple[str, ...] = ()
    dates: tuple[str, ...] = ()
    ticker: str = ""


def is_cut_short(headline: str) -> bool:
    """Whether a site cut the headline short: it ends in dots and is long enough to be known by its beginning."""
    return bool(_CUT_SHORT.search(headline)) and len(headline_key(headline)) >= _LEAST_CUT


def headline_key(headline: str, known: dict[str, tuple[str, ...]] | None = None) -> tuple[str, ...]:
    """What two copies of a headline have in common: its syllables in one spelling, without case and punctuation.

    Numbers and part numbers stay: "(kỳ II)" is another article than "(kỳ I)". `known` remembers what became of each
    run of characters.
    """
    known = {} if known is None else known
    key: list[str] = []
    for run in headline.split():
        forms = known.get(run)
        if forms is None:
            pairs = ((syllable, normalise(syllable)) for syllable in cut(run))
            forms = known[run] = tuple(syllable if form == NUMBER else form for syllable, form in pairs if form)
        key += forms
    return tuple(key)


def merge_headlines(items: Iterable[tuple[str, str, str, str]]) -> list[MergedHeadline]:
    """Merges (headline, blurb, page id, date) items; the result is sorted by key, whatever order they came in.

    Of several copies the one most pages show is kept (then the longest, then the alphabetically first), with the
    longest blurb.
    """
    groups: dict[tuple[str, ...], list[tuple[str, str, str, str]]] = {}
    known: dict[str, tuple[str, ...]] = {}
    for item in items:
        key = headline_key(item[0], known)
        if key:
            groups.setdefault(key, []).append(item)
    _join_cut_short(groups)
    return [_merged(groups[key]) for key in sorted(groups)]


def _join_cut_short(groups: dict[tuple[str, ...], list[tuple[str, str, str, str]]]) -> None:
    keys = sorted(groups)
    for place, key in enumerate(keys[:-1]):
        if len(key) < _LEAST_CUT or not all(_CUT_SHORT.search(item[0]) for item in groups[key]):
            continue
        longer = keys[place + 1]  # in sorted order what a key begins stands right behind it
        if longer[: len(key)] == key:
            groups[longer] = [*groups[longer], *groups.pop(key)]


def _merged(items: list[tuple[str, str, str, str]]) -> MergedHeadline:
    whole = [item for item in items if not _CUT_SHORT.search(item[0])] or items
    texts = Counter(item[0] for item in whole)
    headline = min(texts, key=lambda text: (-texts[text], -len(text), text))
    blurb = min((item[1] for item in items), key=lambda text: (-len(text), text))
    pages = tuple(sorted({item[2] for item in items if item[2]}))
    dates = tuple(sorted(item[3] for item in items if item[3]))
    return MergedHeadline(headline, blurb, pages, dates, ticker_kind(headline))
