"""One form for the many spellings of a syllable, used for features only; what `segment` prints is never touched."""

from __future__ import annotations

from classifier.vietnamese.names import LEAST_NAME, usual
from classifier.vietnamese.syllable import is_syllable

# Two placements of the tone mark are in use (hoà, hòa); the second is taken. Only an open syllable differs: toàn has
# one form.
_TONE_PLACES = {
    old: new
    for olds, news in (
        ("oà oá oả oã oạ", "òa óa ỏa õa ọa"),
        ("oè oé oẻ oẽ oẹ", "òe óe ỏe õe ọe"),
        ("uỳ uý uỷ uỹ uỵ", "ùy úy ủy ũy ụy"),
    )
    for old, new in zip(olds.split(), news.split(), strict=True)
}
# i and y are interchangeable as the only vowel after these consonants (Mĩ, Mỹ; Thổ Nhĩ Kì, Kỳ; hi vọng, hy vọng).
_Y_FOR_I = dict(zip("iìíỉĩị", "yỳýỷỹỵ", strict=True))
_BEFORE_LONE_I = frozenset(("h", "k", "l", "m", "s", "t", "qu"))

# Names of groups and people that have several, as papers use them side by side. Other spellings are in `names.py`.
_ALIASES = {"daesh": "is", "isis": "is", "isil": "is", "bashar": "assad"}
_ALIASES |= {"crưm": "crimea", "crimê": "crimea"}  # whose bare forms are words of other languages

NUMBER = "#"
"""Stands for every syllable that begins with a digit: a count or a year is rarely what an article is about."""


def normalise(syllable: str) -> str:
    """The form of a syllable that features use: lower case, one spelling, NATO for `NATO.`; "" for punctuation."""
    if syllable[0].isdigit():
        return NUMBER
    lower = syllable.lower()
    if lower.endswith("."):
        lower = lower.rstrip(".")
    if not lower.isalnum():  # most are, and need no closer look
        if not any(character.isalnum() for character in lower):
            return ""
        if "://" in lower or "@" in lower:
            return ""  # an address says where a page came from, not what it is about
    lower = one_spelling(lower)
    return _ALIASES.get(lower) or (_usual(lower) if len(lower) >= LEAST_NAME else "") or lower


def _usual(lower: str) -> str:
    """The usual spelling of a name in small letters, "" for one that is not listed; a syllable is no name."""
    found = usual(lower)
    if not found or is_syllable(lower):
        return ""
    return _ALIASES.get(found.lower()) or found.lower()


def one_spelling(lower: str) -> str:
    """A syllable in small letters with its tone mark and its i or y in one place and form: hoà, hòa; Mĩ, Mỹ."""
    head, end = lower[:-2], lower[-2:]
    if end in _TONE_PLACES and not head.endswith("q"):
        lower = head + _TONE_PLACES[end]
    if lower[-1] in _Y_FOR_I and lower[:-1] in _BEFORE_LONE_I:
        lower = lower[:-1] + _Y_FOR_I[lower[-1]]
    return lower
