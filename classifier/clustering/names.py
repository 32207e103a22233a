"""Keywords of a cluster: the phrases that tell it from the others, as people write them."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import numpy as np

from classifier.clustering.naming.phrases import Phrase, Ties, phrases
from classifier.clustering.naming.units import NAME, NOUN, QUALITY, VERB, WORD, units_of
from classifier.clustering.naming.word_lists import FORMULAS, SURNAMES
from classifier.features.kinds import word_hashes
from classifier.vietnamese.background import background
from classifier.vietnamese.syllable import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEAST, LEAST_OF_FEW, MOST = 4, 5, 6
"""Keywords of a cluster, of one of two or three headlines, and at most, where the headlines have so many."""
ONE, FEW = 3, 3
"""Keywords of a headline that is alone; headlines of which each may have told something else."""
COMMON = 0.08
"""Words that stand in a larger share of real news than this name nothing by themselves, unless they are names."""
RAREST = 20.0
"""Terms of fewer articles of real news count as if they stood in so many: what the segmenter cuts in another way there
is not rarer for it."""
CONTAINED = 0.6
"""A phrase is left for a longer one that stands in so large a share of its headlines."""
OFTEN = 1.6
"""A phrase of twice as many headlines weighs three times as much, since a name should hold for more than one."""
WEAK = 0.25
"""Keywords beyond those weigh at least so much beside the first."""
COVERED = 0.5
"""What a headline that has a keyword already counts for the next one."""
_WEIGHTS = {NAME: 1.0, NOUN: 1.0, VERB: 0.5, QUALITY: 0.3, WORD: 0.5, "": 0.0}
NAMED = 3.0
"""What is added to the idf of a name, which tells of somebody or some place however common it is."""
_SHORT = 0.7
SHARED = 0.6
"""A noun of one syllable, which may be a part of a word, must stand in so large a share of a cluster's headlines."""
_WORD = re.compile("[^\\W_]+")
_FORMULA = 0.3
"""What a word that tells of no thing, a verb of reporting for one, weighs beside others."""


def keywords(clusters: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Up to 6 keywords for each cluster of headlines: the phrases of its headlines (`phrases.py`) that weigh most.

    A phrase weighs, by class-based TF-IDF (Grootendorst 2022, BERTopic, eq. 2), tf(phrase, cluster) * ln(1 + mean
    cluster length / tf(phrase)), times its idf in real news; tf counts headlines, to the power of OFTEN. They are taken
    one after the other: headlines that have a keyword count less for the next, and what only says again what stands
    there is left out. Fewer than 3, or none, where the headlines have no more that could name anything.
    """
    holding: list[dict[str, frozenset[int]]] = []
    known: dict[str, Phrase] = {}
    written: dict[str, Counter[str]] = {}
    overall: Counter[str] = Counter()
    for units in units_of(clusters):
        ties = Ties(headline for cluster in units for headline in cluster)
        for cluster in units:
            said = phrases(cluster, ties)
            _write_down(said, known, written)
            held = _holding(said)
            overall.update({key: len(at) for key, at in held.items()})
            holding.append(held)
    weights = _weights(known)
    mean_length = sum(overall.values()) / max(len(clusters), 1)
    chosen = [
        _picked(
            held,
            {
                key: len(at) ** OFTEN * math.log(1 + mean_length / overall[key]) * weights[key]
                for key, at in held.items()
                if weights[key] and (_enough(known[key]) or _is_shared(known[key], len(at), len(cluster)))
            },
            len(cluster),
            known,
        )
        for held, cluster in zip(holding, clusters, strict=True)
    ]
    return [tuple(_form(known[key], overall[key], written) for key in keys) for keys in chosen]


def _holding(cluster: Sequence[Sequence[Phrase]]) -> dict[str, frozenset[int]]:
    """The headlines that each phrase of a cluster stands in."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for at, headline in enumerate(cluster):
        for phrase in headline:
            found[phrase.key].add(at)
    names = {phrase.key for headline in cluster for phrase in headline if phrase.kinds == (NAME,)}
    for short, whole in _names_in_short(names).items():
        found[whole] |= found.pop(short)
    return {key: frozenset(at) for key, at in found.items()}


def _names_in_short(names: set[str]) -> dict[str, str]:
    """People who are also named by the end of their name, and the whole of it: Kim Tiến, Nguyễn Thị Kim Tiến."""
    people = sorted(key for key in names if key.partition("_")[0] in SURNAMES)
    ends = {"_".join(key.split("_")[at:]): key for key in people for at in range(1, key.count("_"))}
    return {short: whole for short, whole in ends.items() if short in names and short not in people}


def _contained(holding: dict[str, frozenset[int]], known: dict[str, Phrase]) -> set[str]:
    """Phrases that a longer one nearly always holds."""
    parts = set()
    for key, at in holding.items():
        whole = known[key].units
        for first in range(len(whole)):
            for behind in range(first + 1, len(whole) + 1):
                if behind - first == len(whole):
                    continue
                part = "_".join(whole[first:behind])
                for one in (part, f"{part}+"):
                    if one in holding and len(at) >= CONTAINED * len(holding[one]):
                        parts.add(one)
    return parts


def _write_down(
    cluster: Iterable[Iterable[Phrase]], known: dict[str, Phrase], written: dict[str, Counter[str]]
) -> None:
    """Adds the phrases of a cluster to those that are known, and how often each is written in which way to `written`,
    where there are two ways.
    """
    for headline in cluster:
        for phrase in headline:
            first = known.setdefault(phrase.key, phrase)
            if phrase.written != first.written or phrase.key in written:
                written.setdefault(phrase.key, Counter())[phrase.written] += 1


def _form(phrase: Phrase, often: int, written: dict[str, Counter[str]]) -> str:
    """The commonest way in which a phrase is written; of equally common ones that in small letters."""
    ways = written.get(phrase.key)
    if ways is None:
        return phrase.written
    counted = Counter({phrase.written: often - ways.total()}) + ways
    return min(counted, key=lambda form: (-counted[form], form.swapcase()))


def _weights(known: dict[str, Phrase]) -> dict[str, float]:
    """What each phrase weighs: the idf of its units in real news, 0 for one too common to name anything."""
    names = {
        unit for phrase in known.values() for unit, kind in zip(phrase.units, phrase.kinds, strict=True) if kind == NAME
    }
    units = sorted({unit for phrase in known.values() for unit in phrase.units})
    units = sorted({*units, *(part for unit in units if unit not in names for part in unit.split("_"))})
    if not units:
        return {}
    figures = background()
    frequency = figures.document_frequency(word_hashes(units))
    idf = np.log((1 + figures.documents) / (1 + np.maximum(frequency, RAREST))) + 1
    of = dict(zip(units, idf.tolist(), strict=True))
    for unit, number in zip(units, frequency.tolist(), strict=True):
        if number < RAREST and "_" in unit and unit not in names:  # joined here, two words there
            of[unit] = max(of.get(part, of[unit]) for part in unit.split("_"))
    common = {
        unit
        for unit, number in zip(units, frequency.tolist(), strict=True)
        if number > COMMON * figures.documents and unit not in names
    }
    return {key: _weight(phrase, of, common) for key, phrase in known.items()}


def _weight(phrase: Phrase, idf: dict[str, float], common: set[str]) -> float:
    if len(phrase.units) == 1 and phrase.key.rstrip("+") in common and phrase.kinds[0] != NAME:
        return 0.0
    parts = [
        _WEIGHTS[kind]
        * (idf[unit] + (NAMED if kind == NAME else 0.0))
        * (_FORMULA if unit.replace("_", " ") in FORMULAS else 1.0)
        for unit, kind in zip(phrase.units, phrase.kinds, strict=True)
    ]
    short = 1.0 if _enough(phrase) else _SHORT
    return short * sum(parts) / math.sqrt(len(parts))


def _picked(
    holding: dict[str, frozenset[int]],
    scores: dict[str, float],
    size: int,
    known: dict[str, Phrase],
) -> list[str]:
    """The keys of phrases one after the other, the best first."""
    covered: Counter[int] = Counter()
    said: set[str] = set()
    chosen: list[str] = []
    best = 0.0
    least = ONE if size == 1 else LEAST_OF_FEW if size <= FEW else LEAST
    contained = _contained(holding, known)
    left = {key: score for key, score in scores.items() if key not in contained}
    several = {key: score for key, score in left.items() if len(holding[key]) > 1}
    if size > FEW and len(several) >= ONE:
        left = several
    while left and len(chosen) < min(MOST, size + FEW):
        gains = {
            key: score * sum(COVERED ** covered[one] for one in holding[key]) / len(holding[key])
            for key, score in left.items()
        }
        key = min(gains, key=lambda one: (-gains[one], one))
        best = best or gains[key]
        if size > FEW and len(chosen) >= ONE and len(holding[key]) == 1:
            break
        if len(chosen) >= least and gains[key] < WEAK * best:
            break
        del left[key]
        fresh = _fresh(known[key].units, said)
        if fresh != list(known[key].units):
            part = "_".join(fresh)
            for other in (part, f"{part}+"):
                if other in scores and other not in chosen:  # weighed again, without what is said
                    left[other] = scores[other]
            continue
        if any(_alike(key, other) for other in chosen):
            continue
        chosen.append(key)
        said.update(known[key].units)
        covered.update(holding[key])
    return chosen


def _fresh(units: Sequence[str], said: set[str]) -> list[str]:
    """The longest run of units that say nothing which is said already, the first of several."""
    runs: list[list[str]] = [[]]
    for unit in units:
        if unit in said:
            runs.append([])
        else:
            runs[-1].append(unit)
    return max(runs, key=len)


def _enough(phrase: Phrase) -> bool:
    """Whether it is more than a noun of one syllable."""
    return "_" in phrase.key or phrase.kinds[0] in (NAME, WORD)


def _is_shared(phrase: Phrase, headlines: int, size: int) -> bool:
    """Whether a word of one syllable stands in so many headlines of a cluster that it is no part of another."""
    return headlines >= max(2 if phrase.kinds[0] == NOUN else 3, SHARED * size)


def _alike(one: str, other: str) -> bool:
    """Whether all syllables of one keyword are in the other, with accents or without: Hồng Kông, Hong Kong."""
    first, second = (set(_WORD.findall(bare(key))) for key in (one, other))
    return first <= second or second <= first
