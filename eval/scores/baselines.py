"""Two trivial ways to label articles, which any model has to beat: the largest class, and counting key words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from classifier.types import OTHER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_WORD = re.compile(r"\w+")


def largest_class(counts: Mapping[str, int], articles: int) -> list[str]:
    """The label with most training articles for every one of `articles` (of equal ones the first in the alphabet)."""
    if not counts:
        raise ValueError("no training labels to take the largest class of")
    return [min(counts, key=lambda label: (-counts[label], label))] * articles


def nearest_key_words(texts: Iterable[str], terms: Mapping[str, Sequence[str]], otherwise: str = OTHER) -> list[str]:
    """For each text the topic whose terms occur most often in it, `otherwise` where none does.

    Terms match whole words in any case; a space or an underscore joins the words of a phrase. Between equal topics the
    one with more different terms in the text wins, then the first in the alphabet.
    """
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for topic in sorted(terms):
        for phrase in sorted({tuple(_words(term)) for term in terms[topic]}):
            if phrase:
                by_first.setdefault(phrase[0], []).append((phrase, topic))
    return [_nearest(_words(text), by_first, otherwise) for text in texts]


def _nearest(words: list[str], by_first: Mapping[str, list[tuple[tuple[str, ...], str]]], otherwise: str) -> str:
    found: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for i, word in enumerate(words):
        for phrase, topic in by_first.get(word, ()):
            if tuple(words[i : i + len(phrase)]) == phrase:
                found[topic, phrase] += 1
    totals: Counter[str] = Counter()
    for (topic, _), count in found.items():
        totals[topic] += count
    different = Counter(topic for topic, _ in found)
    return min(totals, key=lambda topic: (-totals[topic], -different[topic], topic), default=otherwise)


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold().replace("_", " "))
