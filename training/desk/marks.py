"""Where in a text the words stand that decided, for the page to mark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classifier.vietnamese.normalise import normalise
from classifier.vietnamese.segmenter import nfc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from classifier.types import Reason

MOST = 20
"""Words that are marked in an article."""
LEAST = 0.1
"""Part of the strongest one's weight from which a word is worth a mark."""
_SYLLABLE = re.compile(r"\w+")


def strongest(reasons: Sequence[Reason]) -> dict[str, float]:
    """The terms worth a mark with their weights, 1 for the strongest; negative: against."""
    top = max((abs(reason.weight) for reason in reasons), default=0.0)
    kept = [reason for reason in reasons[:MOST] if top and abs(reason.weight) >= LEAST * top]
    return {reason.term: reason.weight / top for reason in kept}


def marked(text: str, weights: Mapping[str, float]) -> list[tuple[str, float]]:
    """The text in pieces, each with the weight of the term that it is, 0 for what lies between."""
    text = nfc(text)
    found = [(match.start(), match.end(), normalise(match[0])) for match in _SYLLABLE.finditer(text)]
    longest = max((term.count(" ") + 1 for term in weights), default=0)
    pieces: list[tuple[str, float]] = []
    at = place = 0
    while place < len(found):
        for size in range(min(longest, len(found) - place), 0, -1):
            weight = weights.get(" ".join(one[2] for one in found[place : place + size]))
            if weight is not None:
                begin, end = found[place][0], found[place + size - 1][1]
                pieces += [(text[at:begin], 0.0), (text[begin:end], round(weight, 3))]
                at, place = end, place + size
                break
        else:
            place += 1
    return [piece for piece in [*pieces, (text[at:], 0.0)] if piece[0]]
