"""Cuts text into pyvi's syllables, once for every distinct run of non-space characters.

No pattern of pyvi's reaches over white space (the newline is a syllable of its own), so what a run is cut into depends
on the run alone: it is worked out once and looked up ever after. Syllables and runs become small integers; strings come
back at the end.
"""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

PAD = 0
"""The syllable id that stands between two texts."""

_BEFORE_EMAIL = r"[A-ZĐ]+\.|Tp\.|Mr\.|Mrs\.|Ms\.|Dr\.|ThS\.|==>|->|\.\.\.|>>|\n|\w+://\S+"
_AFTER_EMAIL = r"\d+(?:[.,_]\d+)+|[^\w\s]|\w+"
_SYLLABLE = re.compile(f"({_BEFORE_EMAIL})|{_AFTER_EMAIL}")
_EMAIL_HEAD_REVERSED = re.compile(r"[a-zA-Z0-9_.+-]+")
_EMAIL_DOMAIN = re.compile(r"(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+")

# After letters these are a syllable of their own; a full stop may belong to an abbreviation.
_ALONE = frozenset(',;:?!)”"')

MAX_RUNS = 130_000
MAX_CHARACTERS = 32_000_000
"""Past either, the table is emptied before the next batch: memory stays flat whatever the input holds."""


def _email_spans(run: str) -> list[tuple[int, int, int]]:
    """(first possible start, position of the @, end) of every e-mail address that may begin in `run`.

    pyvi tries its e-mail pattern at every syllable, which costs quadratic time on a long run of dots; finding the @
    first is linear.
    """
    spans = []
    after = 0
    for at in (match.start() for match in re.finditer("@", run)):
        domain = _EMAIL_DOMAIN.match(run, at + 1)
        head = _EMAIL_HEAD_REVERSED.match(run[after:at][::-1])
        if domain and head:
            spans.append((at - head.end(), at, domain.end()))
        after = at + 1
    return spans


def cut(run: str) -> list[str]:
    """The syllables of a run of non-space characters, as pyvi's `sylabelize` finds them, in linear time."""
    if run.isalpha():  # most runs: no pattern but the last, `\w+`, can match
        return [run]
    if run[-1:] in _ALONE and run[:-1].isalpha():
        return [run[:-1], run[-1]]
    if "@" not in run:
        return [match.group() for match in _SYLLABLE.finditer(run)]
    return list(_cut_with_emails(run))


def _cut_with_emails(run: str) -> Iterator[str]:
    position = 0
    for head, at, end in _email_spans(run):
        resume = None
        for match in _SYLLABLE.finditer(run, position):
            start = match.start()
            if start >= at:
                resume = start
                break
            if start >= head and match.group(1) is None:
                yield run[start:end]
                resume = end
                break
            yield match.group()
        if resume is None:
            return
        position = resume
    for match in _SYLLABLE.finditer(run, position):
        yield match.group()


class SyllableTable(dict[str, int]):
    """Maps runs to ids (as a dict that fills itself) and keeps what each run is cut into.

    `syllables[i]` is the string of syllable id i (0 is the pad). A table only grows within a batch; `reset_if_full`
    empties it between batches, after which all ids are new and `generation` has changed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.generation = 0
        self._empty()

    def _empty(self) -> None:
        self.clear()
        self.syllables: list[str] = [""]
        self._syllable_ids: dict[str, int] = {}
        self._flat: list[int] = []
        self._lengths: list[int] = []
        self._characters = 0
        self._arrays: tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]] | None = None

    def __missing__(self, run: str) -> int:
        ids = self._syllable_ids
        pieces = cut(run)
        for piece in pieces:
            if piece not in ids:
                ids[piece] = len(self.syllables)
                self.syllables.append(piece)
        self._flat.extend(ids[piece] for piece in pieces)
        self._lengths.append(len(pieces))
        self._characters += len(run)
        self._arrays = None
        self[run] = number = len(self)
        return number

    def reset_if_full(self) -> None:
        """Forgets everything once a stated limit is passed; call it only where no ids of this table are in use."""
        if len(self) > MAX_RUNS or self._characters > MAX_CHARACTERS:
            self._empty()
            self.generation += 1

    def encode(self, texts: Iterable[str]) -> NDArray[np.int32]:
        """Syllable ids of NFC-normalised texts, one pad before each text and one at the end."""
        runs: list[str] = []
        text_ends = []
        for text in texts:
            if "\n" in text:
                for line in text.split("\n"):
                    runs += line.split()
                    runs.append("\n")
                runs.pop()
            else:
                runs += text.split()
            text_ends.append(len(runs))
        run_ids = np.fromiter(map(self.__getitem__, runs), dtype=np.int64, count=len(runs))
        flat, starts, lengths = self._as_arrays()
        counts = lengths[run_ids]
        offsets = np.cumsum(counts) - counts
        body = flat[np.repeat(starts[run_ids] - offsets, counts) + np.arange(counts.sum())]
        ends = np.concatenate(([0], np.cumsum(counts)))[np.array([0, *text_ends], dtype=np.int64)]
        return np.insert(body, ends, PAD)

    def _as_arrays(self) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
        if self._arrays is None:
            lengths = np.array(self._lengths, dtype=np.int64)
            self._arrays = np.array(self._flat, dtype=np.int32), np.cumsum(lengths) - lengths, lengths
        return self._arrays


def is_punctuation(syllable: str) -> bool:
    """Whether pyvi treats the syllable as punctuation: a substring of `string.punctuation`, as it asks."""
    return syllable in string.punctuation
