"""Headlines in English among Vietnamese ones: what they are compared by, and their names and words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from classifier.vietnamese.language import foreign_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from classifier.clustering.naming.tokens import Token

STOP_WORDS = frozenset(
    """a about above according after again against ago ahead all almost along also amid among an and another any are
    around as at away back be became because become been before behind being below between both but by call called
    calls came can cannot could day days despite did do does doing done down due during each either end ends even ever
    every face faces few find finds first five for found four from full further gave get gets getting give given gives
    go goes going gone got had has have having he her here him his how however i if in inside into is it its itself
    just keep keeps kept know known last late latest least left less let like likely long look looks made make makes
    making many may me might month months more most much must my near nearly need needs never new next no nor not
    now of off on once one only onto or other our out outside over own part per plan plans put puts rather re really
    report reported
    reportedly reports right said same saw say saying says second see seek seeks seen sees set sets several shall she
    should show shows since six so some still such take taken takes taking tell tells than that the their them then
    there these they thing things third this those though three through time times to today told tonight too took
    toward towards tuesday two under until unveil up upon us use used uses using very via want wants was way we week
    weeks well went were what when where whether which while who whole whose why will with within without would year
    years yesterday yet you your monday wednesday thursday friday saturday sunday people percent live update updates
    watch video photos analysis opinion breaking exclusive explained explainer announces announce announced warns warn
    warned urges urge vows vow hits hit big top key start starts begin begins begun year-old""".split()  # noqa: SIM905  read by eye
)
"""Words that tell of nothing by themselves, and what headlines are full of."""
TITLES = frozenset(
    """president prime minister pm senator sen gov governor mr mrs ms dr sir king queen prince princess chancellor
    secretary chief judge justice gen general col sgt mayor former ex-president coach captain professor""".split()  # noqa: SIM905  as above
)
"""Words before the name of a person."""
_POSSESSIVE = re.compile(r"['’](s|S)?$")
_LEAST_SHOWN = 4


@lru_cache(maxsize=1 << 14)
def is_foreign(headline: str) -> bool:
    """Whether a headline is in another language than Vietnamese."""
    return foreign_share(headline) is not None


def comparable(headline: str) -> str:
    """What a headline is compared by: a Vietnamese one as it is, another one without its small words and endings, which
    are rare in Vietnamese news and would make strangers alike.
    """
    if not is_foreign(headline):
        return headline
    return " ".join(map(stem, _content(headline))) or headline


def _content(headline: str) -> list[str]:
    """The words that are no small ones; US is a country, us is not."""
    kept = []
    for raw in headline.split():
        word = plain(raw.strip("\"“”‘’'()[]{},;:.?!…|-–—"))
        if word and ((word.isupper() and len(word) > 1) or word.lower() not in STOP_WORDS):
            kept.append(word)
    return kept


def plain(word: str) -> str:
    """A word without its possessive: Ukraine's."""
    return _POSSESSIVE.sub("", word)


def is_possessive(word: str) -> bool:
    """Whether a name ends with it, whatever stands behind: Russia's Putin."""
    return bool(_POSSESSIVE.search(word))


def stem(word: str) -> str:
    """A word without the s of a plural or a verb, by Harman's rules (1991); names in capitals stay."""
    lower = word.lower()
    if word.isupper() or len(lower) < 4 or lower.endswith(("us", "ss", "is")):
        return word
    if lower.endswith("ies") and not lower.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if lower.endswith("es") and not lower.endswith(("aes", "ees", "oes")):
        return word[:-1]
    return word[:-1] if lower.endswith("s") else word


def is_titled(tokens: Sequence[Token]) -> bool:
    """Whether a headline Has a Capital on All That Is No Small Word, so that they tell nothing of names."""
    shown = [token.text for token in tokens if token.text.isalpha() and len(token.text) >= _LEAST_SHOWN]
    shown = [text for text in shown if text.lower() not in STOP_WORDS]
    return len(shown) >= _LEAST_SHOWN and all(text[0].isupper() for text in shown)
