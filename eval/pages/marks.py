"""Where the words that decided a label stand in a text, so that a page can mark them in the text itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from classifier.vietnamese.accents import with_accents
from classifier.vietnamese.language import lacks_accents
from classifier.vietnamese.normalise import normalise
from classifier.vietnamese.segmenter import nfc

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from classifier.types import Reason

# Letters and digits with their accents, composed or not; `_` joins the syllables of a segmented word.
_SYLLABLE = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+")
# What may stand between two syllables of one term: no mark that ends a phrase, over which no term reaches.
_BETWEEN = re.compile(r"\s+|[-_‐‑–.'’&/]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a text, as it is written there, and what it did: `weight` is the sum over `terms`, the reasons that
    stand in it, positive for the label and negative against it; a piece that no reason stands in has none.
    """

    text: str
    weight: float = 0.0
    terms: tuple[str, ...] = ()


def mark(text: str, reasons: Iterable[Reason]) -> list[Segment]:
    """The text cut where the terms of `reasons` begin and end; its pieces joined are the text again.

    A term is found as whole syllables, whatever their case, their accents' encoding, the place of their tone mark, and
    whether spaces or underscores stand between them. Terms that overlap are one piece. Fragments of words and
    punctuation, which some models count too, are no words and not marked.
    """
    found = list(_SYLLABLE.finditer(text))
    forms = _forms(text, [one.group() for one in found])
    joined = [bool(_BETWEEN.fullmatch(text, a.end(), b.start())) for a, b in pairwise(found)]
    runs = _runs(_hits(forms, joined, _wanted(reasons)))
    segments, done = [], 0
    for first, last, terms in runs:
        start, end = found[first].start(), found[last].end()
        if start > done:
            segments.append(Segment(text[done:start]))
        segments.append(Segment(text[start:end], sum(terms.values()), tuple(terms)))
        done = end
    return [*segments, Segment(text[done:])] if done < len(text) else segments


def _forms(text: str, written: list[str]) -> list[str]:
    """The syllables as features have them; those of a text without accents with the accents that a model reads there"""
    if lacks_accents(text):
        accented = _SYLLABLE.findall(with_accents(nfc(text)))
        written = accented if len(accented) == len(written) else written
    return [normalise(nfc(one)) for one in written]


Wanted = dict[str, list[tuple[tuple[str, ...], "Reason"]]]


def _wanted(reasons: Iterable[Reason]) -> Wanted:
    """The reasons by their first syllable, each with all of its syllables."""
    wanted: Wanted = {}
    for reason in reasons:
        if reason.term.startswith(("…", '"')):
            continue
        syllables = tuple(normalise(one) for one in _SYLLABLE.findall(nfc(reason.term)))
        if syllables and all(syllables):
            wanted.setdefault(syllables[0], []).append((syllables, reason))
    return wanted


def _hits(forms: Sequence[str], joined: Sequence[bool], wanted: Wanted) -> list[tuple[int, int, Reason]]:
    """First and last syllable of each place where a reason stands, in the order of the text."""
    return [
        (at, at + len(syllables) - 1, reason)
        for at, form in enumerate(forms)
        for syllables, reason in wanted.get(form, ())
        if tuple(forms[at : at + len(syllables)]) == syllables and all(joined[at : at + len(syllables) - 1])
    ]


def _runs(hits: Iterable[tuple[int, int, Reason]]) -> list[tuple[int, int, dict[str, float]]]:
    """Places that overlap taken together: first and last syllable, and the weight of each term there, once."""
    runs: list[tuple[int, int, dict[str, float]]] = []
    for first, last, reason in hits:
        if runs and first <= runs[-1][1]:
            begin, end, terms = runs[-1]
            terms[reason.term] = reason.weight
            runs[-1] = (begin, max(end, last), terms)
        else:
            runs.append((first, last, {reason.term: reason.weight}))
    return runs
