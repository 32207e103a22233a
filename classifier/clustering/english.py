"""Headlines in English: which words of them name nothing. Their capitals tell little, since many papers give every word
one, and the counts of Vietnamese news know them not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.vietnamese.language import foreign_share

if TYPE_CHECKING:
    from collections.abc import Iterable

_FUNCTION_WORDS = frozenset(
    """a about above across after again against all also am amid among an and any are around as at away back be because
    been before behind being below between both but by can cannot could day days did do does doing down during each
    even ever every few for from further get gets getting go goes going got had has have having he her here hers him his
    how i if in into is it its just let like made make makes making many may me might more most much must my near need
    new no nor not now of off on once one only onto or other our out over own per put said same say says see she should
    since so some still such take takes than that the their them then there these they this those three through to too
    toward towards two under until up upon us very via was we were what when where which while who whom whose why will
    with within without would year years yet you your""".split()  # noqa: SIM905  a list of words
)


def is_english(headlines: Iterable[str]) -> bool:
    """Whether headlines are, taken together, in English, or in another language without many accents."""
    return foreign_share(". ".join(headlines)) is not None


def word_of(text: str) -> str:
    """A word in small letters without its possessive ending; "" for one that names nothing."""
    word = text.lower().replace("\u2019", "'").removesuffix("'s").removesuffix("'")
    return "" if word in _FUNCTION_WORDS or len(word) < 2 or not any(map(str.isalpha, word)) else word


def without_function_words(headline: str) -> str:
    """An English headline as its other words, in small letters; one in Vietnamese as it is."""
    if not is_english([headline]):
        return headline
    words = (word_of(text.strip("\"\u201c\u201d\u2018\u2019'()[],;:.?!")) for text in headline.split())
    return " ".join(filter(None, words)) or headline
