"""A headline as tokens, and where runs of capitals stand in it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from classifier.vietnamese.normalise import NUMBER, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENDS = frozenset(".:?!|–—-…")
_TRIM = "\"“”‘’'()[]{}«»,;.:?!…|"
_OPENS = "\"“‘'([«"
_DASHES = frozenset("-–—")
_SHORTENED = frozenset(
    ["TP.", "Tp.", "T.", "Q.", "P.", "TT.", "TS.", "GS.", "BS.", "ThS.", "Mr.", "Mrs.", "Ms.", "Dr.", "St."]
)
"""After these a point ends no sentence."""
PARTICLES = frozenset(["al", "bin", "da", "de", "del", "der", "di", "dos", "el", "ibn", "la", "van", "von"])
"""What stands in small letters inside the names of people."""


class Token(NamedTuple):
    """A run of characters between spaces without its punctuation; `first`: a sentence begins with it; `after`: what
    stands before it ends a phrase; `begin`, `end`: its place among the headline's characters that are no spaces;
    `dash`: nothing but a dash stands before it.
    """

    text: str
    first: bool
    after: bool
    begin: int
    end: int
    dash: bool = False


def tokens_of(headline: str) -> list[Token]:
    """The tokens of a headline in composed form."""
    found: list[Token] = []
    first, after, place, dash = True, True, 0, False
    for raw in headline.split():
        text = raw.strip(_TRIM)
        if text and any(map(str.isalnum, text)):
            begin = place + raw.index(text)
            opened = raw[0] in _OPENS or after
            found.append(Token(text, first, opened, begin, begin + len(text), dash and raw[0] == text[0]))
            first = raw[-1] in _ENDS and raw not in _SHORTENED
            after = raw[-1] in _TRIM and raw not in _SHORTENED
            dash = False
        else:
            first = first or any(sign in _ENDS for sign in raw)
            dash = raw in _DASHES and bool(found) and not after
            after = True
        place += len(raw)
    return found


@lru_cache(maxsize=1 << 16)
def is_capital(text: str) -> bool:
    """Trump, NATO, COP30, U.23, el-Sheikh, iPhone."""
    return any(map(str.isupper, text)) and not (text[0].isdigit() and not text[-1].isupper())


def in_capitals(tokens: Sequence[Token]) -> bool:
    """Whether a headline is set in capitals, which then tell nothing of names."""
    return len(tokens) > 3 and sum(token.text.isupper() for token in tokens) > len(tokens) / 2


def runs(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Where runs of capitals begin and end."""
    if in_capitals(tokens):
        return []
    found: list[tuple[int, int]] = []
    for at, token in enumerate(tokens):
        if not is_capital(token.text):
            if found and found[-1][1] == at and _is_inside(tokens, at):
                found[-1] = (found[-1][0], at + 1)  # Luis de la Fuente
            continue
        if found and found[-1][1] == at and not token.after and not token.first:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found


def _is_inside(tokens: Sequence[Token], at: int) -> bool:
    """Whether a particle, or two, stand inside a name."""
    while at + 1 < len(tokens) and tokens[at].text in PARTICLES and not tokens[at].after:
        at += 1
        if is_capital(tokens[at].text):
            return not tokens[at].after and not tokens[at].first
    return False


def key_of(texts: Iterable[str]) -> str:
    """Normalised syllables joined by `_`; "" where one of them is a number."""
    parts = [_key(text) for text in texts]
    return "" if not parts or "" in parts else "_".join(parts)


def key_of_tokens(tokens: Iterable[Token]) -> str:
    """The key of their texts."""
    return key_of(token.text for token in tokens)


@lru_cache(maxsize=1 << 16)
def _key(text: str) -> str:
    parts = [normalise(part) for part in text.split("-") if part]
    return "" if any(part in ("", NUMBER) for part in parts) else "_".join(parts)
