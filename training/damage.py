"""What `chude check` says of damaged texts: what was put right while reading, and what no reader can put right."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from classifier.reading.cleaning import INVISIBLE, LOOK_ALIKE, MARKUP, MOJIBAKE
from classifier.vietnamese.language import lacks_accents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classifier.types import Page

_WORD = re.compile(r"\w+")
_JOINED = re.compile(r"[^\W\d_]_[^\W\d_]")
_JOINED_LEAST = 0.08
"""Share of words with an underscore from which they are a segmenter's, which joins every fourth or so."""
# A letter, signs that stand for lost ones, a letter: "T?ng th?ng". A question ends with one and a space.
_LOST = re.compile(r"\ufffd|(?<=[^\W\d_])\?+(?=[^\W\d_])")
_LOST_LEAST = 3
"""Question marks inside words up to which they may be an address's."""
_REPAIRS = (
    (MOJIBAKE, "CH304", "was UTF-8 read as Windows-1252; it is undone, save it as UTF-8"),
    (MARKUP, "CH306", "has tags or entities of HTML in it, which are left out"),
    (INVISIBLE, "CH309", "has invisible characters in it, which are left out"),
    (LOOK_ALIKE, "CH309", "has letters in it that only look Vietnamese; they are read as what they look like"),
)


def damages(page: Page) -> Iterator[tuple[str, str]]:
    """Yield the codes CH304 to CH309 of a page with what is the matter, each once."""
    text = page.text
    told: set[str] = set()
    for repair, code, message in _REPAIRS:
        if repair in page.repairs and code not in told:
            told.add(code)
            yield code, message
    lost = _LOST.findall(text)
    if "\ufffd" in lost or len(lost) > _LOST_LEAST:
        count = "a letter" if len(lost) == 1 else f"{len(lost)} letters"
        yield "CH305", f"has lost {count} (U+FFFD or ? within words); take it from its source again"
    if "_" in text and len(_JOINED.findall(text)) >= _JOINED_LEAST * len(_WORD.findall(text)):
        yield "CH307", "has words joined with underscores by a segmenter; they are parted, give plain text"
    if lacks_accents(text):
        yield "CH308", "is typed without accents; they are guessed, and guesses go wrong"
