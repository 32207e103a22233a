"""Finds articles of a desk by words, over the matrix it has anyway."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from classifier.features.kinds import readable
from classifier.vietnamese.normalise import normalise
from classifier.vietnamese.segmenter import nfc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from training.desk.features import Features

LONGEST = 6
"""Syllables of a phrase that is looked for as one."""
_SYLLABLE = re.compile(r"\w+")


class Search:
    """Articles that have all words of a query, those with the most weight on them first; the last query is kept.

    A segmenter joins the syllables of a query otherwise than those of a text; so phrases are looked for within words.
    """

    def __init__(self, features: Features) -> None:
        self._features = features
        self._last: tuple[str, NDArray[np.int64]] | None = None

    def rows(self, text: str) -> NDArray[np.int64]:
        """The rows found; none where a word of the query stands in fewer than two articles."""
        if self._last is None or self._last[0] != text:
            self._last = text, self._found(text)
        return self._last[1]

    @cached_property
    def _terms(self) -> list[str]:
        return [f" {readable(term)} " for term in self._features.made.vocabulary.terms]

    def _found(self, text: str) -> NDArray[np.int64]:
        weight = np.zeros(self._features.numbers.size)
        every = np.full(weight.size, text.strip() != "")
        for columns in self._phrases([normalise(match[0]) for match in _SYLLABLE.finditer(nfc(text))]):
            theirs = np.asarray(self._features.matrix[:, columns].sum(axis=1)).ravel()
            every &= theirs > 0
            weight += theirs
        found = np.flatnonzero(every)
        best: NDArray[np.int64] = found[np.argsort(-weight[found], kind="stable")]
        return best

    def _phrases(self, syllables: list[str]) -> Iterator[list[int]]:
        """The columns of each phrase, the longest that any word has first; none for what no word has."""
        at = 0
        while at < len(syllables):
            for size in range(min(LONGEST, len(syllables) - at), 0, -1):
                phrase = f" {' '.join(syllables[at : at + size])} "
                columns = [column for column, term in enumerate(self._terms) if phrase in term]
                if columns or size == 1:
                    yield columns
                    at += size
                    break
