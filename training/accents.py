"""Counts the syllables of `classifier/vietnamese/accents.npz` on large collections of real news; no text leaves them.

python -m training.accents COLLECTION… -o classifier/vietnamese/accents.npz
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.reading import read_pages
from classifier.vietnamese.accents import FILE, STEPS
from classifier.vietnamese.normalise import one_spelling
from classifier.vietnamese.segmenter import nfc
from classifier.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

LEAST, LEAST_PAIR = 10, 12
"""A syllable, and a pair of neighbours, must stand so often."""

_RUN = re.compile(r"[^\W\d_]+(?:[ \t_]+[^\W\d_]+)*")


def count(texts: Iterable[str]) -> tuple[Counter[str], Counter[tuple[str, str]]]:
    """How often each word in small letters stands in the texts, and each pair of neighbours between marks."""
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for text in texts:
        for run in _RUN.findall(nfc(text).lower()):
            found = [one_spelling(word) for word in run.replace("_", " ").split()]
            words.update(found)
            pairs.update(pairwise(found))
    return words, pairs


def build(collections: Sequence[str], target: Path) -> None:
    """Counts everything and writes the file."""
    words, pairs = count(page.text for page in read_pages(collections))
    syllables = sorted(word for word, number in words.items() if number >= LEAST and is_syllable(word))
    number_of = {syllable: number for number, syllable in enumerate(syllables)}
    kept = sorted(
        (number_of[first], number_of[second], number)
        for (first, second), number in pairs.items()
        if number >= LEAST_PAIR and first in number_of and second in number_of
    )
    table = np.array(kept, dtype=np.int64).reshape(-1, 3)
    np.savez_compressed(
        target,
        syllables=np.frombuffer("\n".join(syllables).encode(), dtype=np.uint8),
        counts=_logarithms([words[syllable] for syllable in syllables]),
        followers=np.bincount(table[:, 0], minlength=len(syllables)).astype(np.uint16),
        second=table[:, 1].astype(np.uint16),
        pairs=_logarithms(table[:, 2]),
    )


def _logarithms(numbers: Sequence[int] | NDArray[np.int64]) -> NDArray[np.uint16]:
    return np.round(STEPS * np.log2(np.asarray(numbers, dtype=np.float64))).astype(np.uint16)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("collections", nargs="+")
    parser.add_argument("-o", "--output", type=Path, default=FILE)
    arguments = parser.parse_args()
    build(arguments.collections, arguments.output)


if __name__ == "__main__":
    main()
