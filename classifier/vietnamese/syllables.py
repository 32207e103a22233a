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
_SYLLABLE = re.compile(f"{_BEFORE_EMAIL}|{_AFTER_EMAIL}")
_SYLLABLE_BY_SIDE = re.compile(f"({_BEFORE_EMAIL})|{_AFTER_EMAIL}")
_EMAIL_HEAD_REVERSED = re.compile(r"[a-zA-Z0-9_.+-]+")
_EMAIL_DOMAIN = re.compile(r"(?:[a-zA-Z0-9-]+\.)+[a-zA-Z0-9-]+")

# No pattern but "one character that is neither letter nor space" can end, or begin, with these.
ALONE_AT_END = frozenset(',;:?!)”"')
ALONE_AT_START = frozenset('("“‘[')
BEFORE_FULL_STOP = frozenset(string.ascii_uppercase + "Đ")  # what begins so may be an abbreviation with its full stop

MAX_RUNS = 60_000
MAX_CHARACTERS = 32_000_000
"""Past either, the table forgets its rare runs before the next batch: memory stays flat whatever the input holds."""
COMMON = 2
"""A run that was met so often since the table last forgot is kept. On VNTC a table of 60,000 runs then looks up in vain
695,259 times, one that is emptied 945,487 times, one of 130,000 runs that is emptied 595,235 times.
"""


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
    if run.isalnum():  # most runs: no pattern but the last, `\w+`, can match
        return [run]
    if "@" in run:
        return list(_cut_with_emails(run))
    if run[0] in ALONE_AT_START:
        return [run[0], *_cut_end(run[1:])]
    return _cut_end(run)


def _cut_end(run: str) -> list[str]:
    """`cut` for what has no @, with the commonest forms told without the pattern."""
    head, last = run[:-1], run[-1:]
    if head.isalnum() and (last in ALONE_AT_END or (last == "." and head[0] not in BEFORE_FULL_STOP)):
        return [head, last]
    return [run] if run.isalnum() else _SYLLABLE.findall(run)


def _cut_with_emails(run: str) -> Iterator[str]:
    position = 0
    for head, at, end in _email_spans(run):
        resume = None
        for match in _SYLLABLE_BY_SIDE.finditer(run, position):
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
    for match in _SYLLABLE_BY_SIDE.finditer(run, position):
        yield match.group()


class SyllableTable(dict[str, int]):
    """Maps runs to ids (as a dict that fills itself) and keeps what each run is cut into.

    `syllables[i]` is the string of syllable id i (0 is the pad). A table only grows within a batch; `forget_if_full`
    thins it between batches, after which all ids are new, `generation` is one more, and syllable i is what `kept[i]`
    was.
    """

    def __init__(self) -> None:
        super().__init__()
        self.generation = 0
        self.kept = np.zeros(1, dtype=np.int64)
        self.syllables: list[str] = [""]
        self._syllable_ids: dict[str, int] = {}
        self._flat, self._lengths = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)  # by run id
        self._new_flat: list[int] = []  # what is not yet in those two
        self._new_lengths: list[int] = []
        self._uses = np.zeros(1024, dtype=np.int64)
        self._characters = 0

    def __missing__(self, run: str) -> int:
        ids = self._syllable_ids
        pieces = cut(run)
        for piece in pieces:
            number = ids.get(piece)
            if number is None:
                number = ids[piece] = len(self.syllables)
                self.syllables.append(piece)
            self._new_flat.append(number)
        self._new_lengths.append(len(pieces))
        self._characters += len(run)
        self[run] = number = len(self)
        return number

    def forget_if_full(self) -> None:
        """Forgets rare runs once a stated limit is passed; call it only where no ids of this table are in use."""
        if len(self) <= MAX_RUNS and self._characters <= MAX_CHARACTERS:
            return
        flat, starts, lengths = self._as_arrays()
        (common,) = np.nonzero(self._uses[: len(self)] >= COMMON)
        runs = list(self)  # in the order of their ids
        characters = sum(len(runs[number]) for number in common.tolist())
        if 2 * common.size > MAX_RUNS or 2 * characters > MAX_CHARACTERS:  # else it would be full again at once
            common, characters = common[:0], 0
        counts = lengths[common]
        offsets = np.cumsum(counts) - counts
        pieces = flat[np.repeat(starts[common] - offsets, counts) + np.arange(counts.sum())]
        kept, numbers = np.unique(pieces, return_inverse=True)
        self.kept = np.concatenate(([PAD], kept))
        self.syllables = [self.syllables[number] for number in self.kept.tolist()]
        self._syllable_ids = {syllable: number for number, syllable in enumerate(self.syllables) if number != PAD}
        self.clear()
        self.update((runs[number], at) for at, number in enumerate(common.tolist()))
        self._flat, self._lengths = (numbers + 1).astype(np.int32), counts
        self._uses = np.zeros(max(1024, common.size), dtype=np.int64)
        self._characters = characters
        self.generation += 1

    def encode(self, texts: Iterable[str]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Syllable ids of NFC-normalised texts, one pad before each text and one at the end; where the pads stand."""
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
        self._count_uses(run_ids)
        flat, starts, lengths = self._as_arrays()
        counts = lengths[run_ids]
        offsets = np.cumsum(counts) - counts
        body = flat[np.repeat(starts[run_ids] - offsets, counts) + np.arange(counts.sum())]
        ends = np.concatenate(([0], np.cumsum(counts)))[np.array([0, *text_ends], dtype=np.int64)]
        return np.insert(body, ends, PAD), ends + np.arange(ends.size)

    def _count_uses(self, run_ids: NDArray[np.int64]) -> None:
        if self._uses.size < len(self):
            self._uses = np.pad(self._uses, (0, max(len(self), 2 * self._uses.size) - self._uses.size))
        self._uses += np.bincount(run_ids, minlength=self._uses.size)

    def _as_arrays(self) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
        """The syllable ids of all runs, one run after the other; where each run begins; how many it has."""
        if self._new_lengths:
            self._flat = np.concatenate((self._flat, np.array(self._new_flat, dtype=np.int32)))
            self._lengths = np.concatenate((self._lengths, np.array(self._new_lengths, dtype=np.int64)))
            self._new_flat.clear()
            self._new_lengths.clear()
        return self._flat, np.cumsum(self._lengths) - self._lengths, self._lengths


def is_punctuation(syllable: str) -> bool:
    """Whether pyvi treats the syllable as punctuation: a substring of `string.punctuation`, as it asks."""
    return syllable in string.punctuation
