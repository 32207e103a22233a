"""Words that tell a cluster from the others, written as people write them."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classifier.features.kinds import word_hashes
from classifier.vietnamese import Segmenter
from classifier.vietnamese.background import background
from classifier.vietnamese.normalise import NUMBER, normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEAST, MOST = 3, 6
SINGLE = 0.4
COMMON, COMMON_NAME = 0.04, 0.15
"""Single syllables that stand in a larger share of real news than COMMON name nothing; words and names may be
commoner."""
WHOLE = 0.6
"""A word that has the same neighbour in so large a share of a cluster's headlines is shown with it: hiến tạng, not
tạng."""
_ENDS = frozenset(".:?!|-–—\"“‘'")
_BEFORE_NAMES = frozenset(["biển", "cầu", "châu", "hồ", "miền", "núi", "phương", "sông"])
_COUNTRIES = frozenset(
    [
        "anh",
        "áo",
        "ấn",
        "bỉ",
        "đức",
        "hàn",
        "israel",
        "lào",
        "mỹ",
        "nga",
        "nhật",
        "pháp",
        "thái",
        "triều",
        "trung",
        "úc",
        "ukraine",
        "việt",
        "ý",
    ]
)
"""Names of one syllable, which stand alone and keep their capital at the beginning of a headline too."""
_SYLLABLE = re.compile(
    "(ngh?|nh|ch|tr|th|ph|kh|gh|gi|qu|[bcdđghklmnprstvx])?"
    "[aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵ]{1,3}(ng|nh|ch|[cmnpt])?"
)
"""What can be a syllable of Vietnamese; Estonia, al and Jong are none."""


class _Word(NamedTuple):
    """A word of a headline: its key (normalised syllables joined by `_`), how it is written there, whether a sentence
    begins with it,
    and whether the word before it stands right beside it.
    """

    key: str
    written: str
    first: bool
    follows: bool


def keywords(clusters: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """3-6 keywords for each cluster of headlines, by class-based TF-IDF (Grootendorst 2022, BERTopic, eq. 2):
    tf(term, cluster) * ln(1 + mean cluster length / tf(term)), times the term's idf in real news; tf counts
    headlines, squared,
    since a name should hold for more than one of them.

    Fewer than 3 where the headlines have no more words that could name anything.
    """
    words = _read(clusters)
    forms = _Forms(word for cluster in words for headline in cluster for word in headline)
    counts = [Counter(key for headline in cluster for key in {word.key for word in headline}) for cluster in words]
    overall: Counter[str] = Counter()
    for counted in counts:
        overall.update(counted)
    rarity = _rarity(list(overall), forms)
    mean_length = sum(overall.values()) / max(len(counts), 1)
    named = []
    for cluster, counted in zip(words, counts, strict=True):
        scores = {
            key: number**2 * math.log(1 + mean_length / overall[key]) * rarity[key] * forms.telling(key)
            for key, number in counted.items()
            if rarity[key]
        }
        named.append(_pick(scores, counted, _neighbours(cluster, scores, forms), forms))
    return named


def _read(clusters: Sequence[Sequence[str]]) -> list[list[list[_Word]]]:
    """The words of every headline of every cluster."""
    segmented = iter(Segmenter().segment(headline for cluster in clusters for headline in cluster))
    keys: dict[str, str] = {}
    return [[_words(next(segmented), keys) for _ in cluster] for cluster in clusters]


def _words(segmented: str, keys: dict[str, str]) -> list[_Word]:
    """The words of a headline that could name something; `keys` remembers the key of every form seen."""
    found, first, follows = [], True, False
    for form in _forms(segmented):
        key = keys.get(form)
        if key is None:
            key = keys[form] = _key(form)
        if key:
            found.append(_Word(key, form.replace("_", " ").strip("."), first, follows))
        follows = bool(key)
        first = form[-1:] in _ENDS or (first and not any(map(str.isalnum, form)))
    return found


def _forms(segmented: str) -> list[str]:
    """The words, where a foreign name is not one word with the Vietnamese before or after it: Estonia_tố."""
    forms = []
    for form in segmented.split(" "):
        syllables = form.split("_")
        word = syllables[0]
        for before, after in itertools.pairwise(syllables):
            strange = bool(_SYLLABLE.fullmatch(before.lower())) != bool(_SYLLABLE.fullmatch(after.lower()))
            if strange and before[:1].isupper() != after[:1].isupper():
                forms.append(word)
                word = after
            else:
                word += f"_{after}"
        forms.append(word)
    return forms


def _key(form: str) -> str:
    parts = [normalise(part) for part in form.split("_") if part]
    if not parts or any(part in ("", NUMBER) for part in parts) or (len(parts) == 1 and len(parts[0]) < 2):
        return ""
    return "_".join(parts)


class _Forms:
    """How people write each word: the commonest form, where a capital that only begins a sentence is no evidence of a
    name.
    """

    def __init__(self, words: Iterable[_Word]) -> None:
        within: dict[str, Counter[str]] = defaultdict(Counter)
        begins: dict[str, Counter[str]] = defaultdict(Counter)
        for word in words:
            (begins if word.first else within)[word.key][word.written] += 1
        self._forms = {key: _commonest(found) for key, found in within.items()}
        for key, found in begins.items():
            if key not in self._forms:
                self._forms[key] = _uncapitalised(_commonest(found))

    def written(self, key: str) -> str:
        """The word or, where `key` has a space, the two words as people write them."""
        return " ".join(self._forms[part] for part in key.split(" "))

    def telling(self, key: str) -> float:
        """A single syllable in small letters says little by itself: rẽ, phao, tầm."""
        return 1.0 if "_" in key or self._forms[key][:1].isupper() else SINGLE


def _commonest(found: Counter[str]) -> str:
    """Of equally common ones the one in small letters."""
    return min(found, key=lambda form: (-found[form], form.swapcase()))


def _uncapitalised(form: str) -> str:
    """Doanh nghiệp, which has only been seen at the beginning of a headline, is doanh nghiệp; Hà Nội and Nga stay."""
    head, _, rest = form.partition(" ")
    if not head.istitle() or not (rest.islower() if rest else _SYLLABLE.fullmatch(form.lower())):
        return form
    return form if form.lower() in _COUNTRIES else form[:1].lower() + form[1:]


def _rarity(keys: list[str], forms: _Forms) -> dict[str, float]:
    """The idf of each word in real news, 0 for words too common to name anything."""
    if not keys:
        return {}
    hashes = word_hashes(keys)
    figures = background()
    share = figures.document_frequency(hashes) / figures.documents
    limits = np.array([COMMON_NAME if forms.telling(key) == 1.0 else COMMON for key in keys])
    idf = np.where(share > limits, 0.0, figures.idf(hashes))
    return dict(zip(keys, idf.tolist(), strict=True))


def _neighbours(cluster: list[list[_Word]], scores: dict[str, float], forms: _Forms) -> Counter[str]:
    """In how many headlines two words stand side by side that may be one: `_one_thing`, and none of them too common."""
    counted: Counter[str] = Counter()
    for headline in cluster:
        pairs = {
            f"{before.key} {word.key}"
            for before, word in itertools.pairwise(headline)
            if word.follows
            and word.key in scores
            and (before.key in scores or before.written in _BEFORE_NAMES)
            and _one_thing(forms.written(before.key), forms.written(word.key))
        }
        counted.update(pairs)
    return counted


def _one_thing(before: str, after: str) -> bool:
    """Whether two neighbours may be one word or name of which one part is a lone syllable: hiến tạng, Tây Ban Nha.

    A name stands by itself beside other words: not Hàn Quốc thăm, quan hệ Nga, EU họp, Tổng thống Putin.
    """
    lone = [word for word in (before, after) if " " not in word]
    if not lone or any(word.lower() in _COUNTRIES or (word.isupper() and len(word) > 1) for word in lone):
        return False
    if before[:1].isupper() != after[:1].isupper():
        return before in _BEFORE_NAMES and after[:1].isupper()
    return before.islower() or f"{before} {after}".istitle()


def _pick(scores: dict[str, float], counted: Counter[str], pairs: Counter[str], forms: _Forms) -> tuple[str, ...]:
    """The best terms; one that only repeats syllables of a better one is left out, and a long tail too.

    In a cluster of many headlines a word that stands in only one of them is taken only where there are too few others.
    """
    ranked = sorted(scores, key=lambda key: (counted[key] == 1 and len(scores) > MOST, -scores[key], key))
    partners: dict[str, list[str]] = defaultdict(list)
    for pair, number in pairs.items():
        name = not forms.written(pair).islower()
        for part in pair.split(" "):
            # A name's parts belong together the first time, of two other words that takes more than one headline.
            if (name or "_" not in part) and number >= max(1 if name else 2, WHOLE * counted[part]):
                partners[part].append(pair)
    chosen: list[str] = []
    for key in ranked:
        weak = scores[key] < 0.25 * scores[ranked[0]] or (counted[key] == 1 and counted[ranked[0]] > 3)
        if len(chosen) >= MOST or (len(chosen) >= LEAST and weak):
            break
        term = min(partners[key], key=lambda pair: (-pairs[pair], pair)) if partners[key] else key
        if not any(_syllables(term) <= _syllables(other) for other in chosen):
            chosen = [other for other in chosen if not _syllables(other) <= _syllables(term)] + [term]
    return tuple(forms.written(term) for term in chosen)


def _syllables(term: str) -> set[str]:
    return set(term.replace("_", " ").split(" "))
