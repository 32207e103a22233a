"""Words that tell a cluster from the others: whole names, and words of the dictionary, written as people write them."""

from __future__ import annotations

import itertools
import math
from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classifier.features.kinds import word_hashes
from classifier.vietnamese import Segmenter
from classifier.vietnamese.background import background
from classifier.vietnamese.normalise import NUMBER, normalise
from classifier.vietnamese.pyvi_model import load_pyvi_model
from classifier.vietnamese.segmenter import nfc
from classifier.vietnamese.syllable import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LEAST, MOST = 3, 6
COMMON, COMMON_NAME = 0.08, 0.15
"""Words that stand in a larger share of real news than COMMON name nothing; names may be commoner."""
RAREST = 20.0
"""Terms of fewer articles of real news count as if they stood in so many: what the segmenter cuts in another way there
is not rarer for it."""
KNOWN = 30.0
"""A word of two syllables that the dictionary lacks is one if so many articles of real news have it."""
WHOLE = 0.6
"""Two words that stand side by side in so large a share of a cluster's headlines with either are shown together."""
WEAK = 0.3
"""What a word that tells of no thing, a verb of reporting for one, weighs beside others."""

_ENDS = frozenset(".:?!|–—-…")
_TRIM = "\"“”‘’'()[]{}«»,;.:?!…|"


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split("|"))


_TITLES = _listed(
    "anh|bà|bác|bé|bộ|các|cha|chàng|chị|chồng|chú|chủ|con|cô|công|cụ|cựu|đại|đoàn|đội|em|giải|gã|hai|hàng|hãng|"
    "hậu|hội|khi|lão|lính|mẹ|một|mùa|này|nàng|ngài|ngày|người|nhà|nhóm|nữ|ông|phía|phim|phó|quân|sao|sau|sếp|"
    "siêu|sư|tàu|tân|tại|thầy|thế|thủ|thứ|trong|tổng|trước|trùm|từ|tướng|tuyển|và|vì|việc|vợ|vụ|xe"
)
"""Words that stand before a name with a capital of their own only because a headline begins with them."""
_BEFORE_NAMES = frozenset(["biển", "cầu", "châu", "hồ", "miền", "núi", "phương", "sông"])
_COUNTRIES = frozenset(
    ["anh", "áo", "bỉ", "đức", "hàn", "israel", "lào", "mỹ", "nga", "nhật", "pháp", "úc", "ukraine", "ý"]
)
"""Names of one syllable, which keep their capital at the beginning of a headline too."""
_FORMULAS = _listed(
    "bài học|bản tin|bạn đọc|ban đầu|bất ngờ|bắt đầu|câu chuyện|chi tiết|chính thức|cho biết|chuẩn bị|"
    "chương trình|có thể|công bố|công việc|cụ thể|cùng nhau|cuối cùng|cuộc gặp|cuộc sống|dự kiến|diễn ra|"
    "đánh giá|đặc biệt|đầu tiên|đề nghị|đề xuất|đổi mới|đồng loạt|gặp gỡ|giải thích|hàng loạt|hiện nay|hình ảnh|"
    "hoạt động|hôm nay|hy vọng|kêu gọi|kế hoạch|khẳng định|không còn|khoảnh khắc|không ngờ|kinh hoàng|lần đầu|"
    "lần thứ|lên tiếng|liên tiếp|liên tục|lý do|mong muốn|mới nhất|một mình|ngày mai|nghi vấn|người dân|"
    "nhanh chóng|nhận định|nổi bật|phát hiện|phát triển|quan tâm|quyết định|ra mắt|sau khi|sẵn sàng|tham gia|"
    "thay đổi|thành công|thành viên|thế giới|thế nào|thông báo|thông tin|thống nhất|thực hiện|tiếp tục|tiết lộ|"
    "tin tức|toàn bộ|toàn cảnh|tổ chức|trải nghiệm|trở lại|trở thành|trở về|trường hợp|tuyên bố|tự tin|từ chối|"
    "vấn đề|vì sao|xảy ra|xem nhanh|xuất hiện|yêu cầu"
)
"""What headlines are full of, whatever they are about."""


class _Unit(NamedTuple):
    """A name or word of a headline: its key (normalised syllables joined by `_`), how it is written there, and the
    place of its first and behind its last syllable.
    """

    key: str
    written: str
    name: bool
    begin: int
    end: int


class _Token(NamedTuple):
    """A run of characters between spaces without its punctuation; `first`: a sentence begins with it; `after`: what
    stands before it ends a phrase; `begin`, `end`: its place among the headline's characters that are no spaces.
    """

    text: str
    first: bool
    after: bool
    begin: int
    end: int


def keywords(clusters: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Up to 6 keywords for each cluster of headlines, by class-based TF-IDF (Grootendorst 2022, BERTopic, eq. 2):
    tf(term, cluster) * ln(1 + mean cluster length / tf(term)), times the term's idf in real news; tf counts headlines,
    squared, since a name should hold for more than one of them.

    Terms are names (runs of capitals, so far as a sentence's beginning does not make them) and words of two syllables
    or more that a dictionary or real news knows, with their constant neighbours; never a part of one. Fewer than 3, or
    none, where the headlines have no more that could name anything.
    """
    tokens = [[_tokens(nfc(headline)) for headline in cluster] for cluster in clusters]
    seen = _names_within(tokens)
    segmented = iter(Segmenter().segment(headline for cluster in clusters for headline in cluster))
    units = [_with_pairs(cluster, [_units(one, next(segmented), seen) for one in cluster]) for cluster in tokens]
    forms = _forms(unit for cluster in units for headline in cluster for unit in headline)
    counts = [Counter(key for headline in cluster for key in {unit.key for unit in headline}) for cluster in units]
    overall: Counter[str] = Counter()
    for counted in counts:
        overall.update(counted)
    rarity = _rarity(list(overall), {unit.key for c in units for h in c for unit in h if unit.name})
    mean_length = sum(overall.values()) / max(len(counts), 1)
    named = []
    for cluster, counted in zip(units, counts, strict=True):
        scores = {
            key: number**2 * math.log(1 + mean_length / overall[key]) * rarity[key]
            for key, number in counted.items()
            if rarity[key]
        }
        named.append(_pick(scores, counted, _joined(cluster, counted), forms))
    return named


def _tokens(headline: str) -> list[_Token]:
    found, first, after, place = [], True, True, 0
    for raw in headline.split():
        text = raw.strip(_TRIM)
        if text and any(map(str.isalnum, text)):
            opened = raw[0] in "\"“‘'([«" or after
            begin = place + raw.index(text)
            found.append(_Token(text, first, opened, begin, begin + len(text)))
            first = raw[-1] in _ENDS
            after = raw[-1] in _TRIM
        else:
            first = first or any(sign in _ENDS for sign in raw)
            after = True
        place += len(raw)
    return found


def _is_capital(text: str) -> bool:
    """Trump, NATO, COP30, U.23, el-Sheikh, iPhone."""
    return any(map(str.isupper, text)) and not (text[0].isdigit() and not text[-1].isupper())


def _shouting(tokens: Sequence[_Token]) -> bool:
    """A headline in capitals tells nothing of names."""
    return len(tokens) > 3 and sum(token.text.isupper() for token in tokens) > len(tokens) / 2


def _runs(tokens: Sequence[_Token]) -> list[tuple[int, int]]:
    """Where runs of capitals begin and end."""
    if _shouting(tokens):
        return []
    found: list[tuple[int, int]] = []
    for at, token in enumerate(tokens):
        if not _is_capital(token.text):
            continue
        if found and found[-1][1] == at and not token.after and not token.first:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return found


def _key_of(texts: Iterable[str]) -> str:
    parts = [normalise(part) for text in texts for part in text.split("-") if part]
    return "" if not parts or any(part in ("", NUMBER) for part in parts) else "_".join(parts)


def _names_within(clusters: Sequence[Sequence[Sequence[_Token]]]) -> Counter[str]:
    """How often each run of capitals stands where no sentence begins: those are names."""
    found: Counter[str] = Counter()
    for cluster in clusters:
        for tokens in cluster:
            for begin, end in _runs(tokens):
                if not tokens[begin].first:
                    found[_key_of(token.text for token in tokens[begin:end])] += 1
    return found


def _units(tokens: Sequence[_Token], segmented: str, seen: Counter[str]) -> list[_Unit]:
    """The names and the known words of a headline."""
    found = []
    taken = set()
    for begin, end in _runs(tokens):
        name = _name(tokens, begin, end, seen)
        if name is not None:
            found.append(name)
            taken |= set(range(name.begin, name.end))
    for begin, end in _words(tokens, segmented):
        word = [token.text for token in tokens[begin:end]]
        if taken & set(range(begin, end)) or any(token.after for token in tokens[begin + 1 : end]):
            continue
        if any(_is_capital(text) for text in word[1:]) or (_is_capital(word[0]) and not tokens[begin].first):
            continue
        key = _key_of(word)
        if key and _is_word(key):
            written = " ".join(word)
            found.append(_Unit(key, written[:1].lower() + written[1:], False, begin, end))
    return sorted(found, key=lambda unit: unit.begin)


def _words(tokens: Sequence[_Token], segmented: str) -> Iterator[tuple[int, int]]:
    """The tokens of each word of two or more, (first, behind the last); a word that cuts through a token is none."""
    begins = {token.begin: at for at, token in enumerate(tokens)}
    ends = {token.end: at + 1 for at, token in enumerate(tokens)}
    place = 0
    for form in segmented.split(" "):
        size = len(form) - form.count("_")
        begin, end = begins.get(place), ends.get(place + size)
        if begin is not None and end is not None and end - begin > 1:
            yield begin, end
        place += size


def _name(tokens: Sequence[_Token], begin: int, end: int, seen: Counter[str]) -> _Unit | None:
    """The name in a run of capitals, of which the first may only be a sentence's."""
    if tokens[begin].first and end - begin > 1:
        rest = _key_of(token.text for token in tokens[begin + 1 : end])
        whole = _key_of(token.text for token in tokens[begin:end])
        titled = tokens[begin].text.lower() in _TITLES
        if not seen[whole] and (titled or seen[rest] or (_is_word(rest) and not _is_word(whole))):
            begin += 1
    elif tokens[begin].first and not _alone_a_name(tokens[begin].text, seen):
        return None
    until = _whole_word(tokens, end)
    if until > end and tokens[begin].first and end - begin == 1:
        return None  # a word that a sentence begins with
    name, end = until == end or end - begin > 1, until
    if begin and tokens[begin - 1].text.lower() in _BEFORE_NAMES and not tokens[begin].after:
        begin -= 1
    texts = [token.text for token in tokens[begin:end]]
    key = _key_of(texts)
    single = end - begin == 1
    # A single syllable with a capital is a whole name only where it is a country's: Phi is a part of one.
    if not key or (
        single and (len(key) < 2 or (is_syllable(texts[0]) and not texts[0].isupper() and key not in _COUNTRIES))
    ):
        return None
    return _Unit(key, " ".join(texts), name, begin, end)


def _whole_word(tokens: Sequence[_Token], end: int) -> int:
    """Where a name ends whose last word goes on in small letters: Nobel Hòa bình, Liên hợp quốc."""
    for size in (2, 1):
        more = tokens[end : end + size]
        if len(more) == size and not any(token.after or _is_capital(token.text) for token in more):
            key = _key_of(token.text for token in tokens[end - 1 : end + size])
            if key and (key in _dictionary() or _is_common(key)):
                return end + size
    return end


def _alone_a_name(text: str, seen: Counter[str]) -> bool:
    """Whether a word that a sentence begins with is a name."""
    if text.lower() in _COUNTRIES or (text.isupper() and len(text) > 1):
        return True
    return any(map(str.isdigit, text)) or not is_syllable(text) or (seen[_key_of([text])] > 0 and len(text) > 1)


@lru_cache(maxsize=1)
def _dictionary() -> frozenset[str]:
    """The words of two and three syllables that pyvi's word list has, as keys."""
    model = load_pyvi_model()
    return frozenset("_".join(normalise(part) for part in entry) for entry in (*model.bigrams, *model.trigrams))


def _is_word(key: str) -> bool:
    """Whether a run of syllables is a word: in the dictionary, made of two that are, or common in real news."""
    words = _dictionary()
    if key in words:
        return True
    parts = key.split("_")
    if len(parts) == 2:
        return _is_common(key)
    return len(parts) == 4 and "_".join(parts[:2]) in words and "_".join(parts[2:]) in words


def _with_pairs(cluster: Sequence[Sequence[_Token]], units: list[list[_Unit]]) -> list[list[_Unit]]:
    """The units with pairs of small, rather rare words that nearly always stand side by side: hiến tạng."""
    free = []
    for tokens, found in zip(cluster, units, strict=True):
        taken = {at for unit in found for at in range(unit.begin, unit.end)}
        free.append({at for at, token in enumerate(tokens) if at not in taken and not _is_capital(token.text)})
    alone = Counter(word for tokens, at in zip(cluster, free, strict=True) for word in {tokens[i].text for i in at})
    pairs: Counter[tuple[str, str]] = Counter()
    for tokens, at in zip(cluster, free, strict=True):
        pairs.update({(tokens[i].text, tokens[i + 1].text) for i in at if i + 1 in at and not tokens[i + 1].after})
    kept = {
        pair
        for pair, number in pairs.items()
        if number >= max(2, WHOLE * max(alone[word] for word in pair)) and all(_is_rather_rare(word) for word in pair)
    }
    for tokens, found, at in zip(cluster, units, free, strict=True) if kept else ():
        for i in sorted(at):
            pair = (tokens[i].text, tokens[i + 1].text) if i + 1 in at else ("", "")
            if pair in kept and (key := _key_of(pair)):
                found.append(_Unit(key, " ".join(pair), False, i, i + 2))
        found.sort(key=lambda unit: unit.begin)
    return units


def _is_rather_rare(word: str) -> bool:
    figures = background()
    key = _key_of([word])
    return bool(key) and bool(figures.document_frequency(word_hashes([key]))[0] <= COMMON * figures.documents)


def _is_common(key: str) -> bool:
    return bool(background().document_frequency(word_hashes([key]))[0] >= KNOWN)


def _forms(units: Iterable[_Unit]) -> dict[str, str]:
    """The commonest way in which each term is written; of equally common ones that in small letters."""
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for unit in units:
        written[unit.key][unit.written] += 1
    return {key: min(found, key=lambda form: (-found[form], form.swapcase())) for key, found in written.items()}


def _rarity(keys: list[str], names: set[str]) -> dict[str, float]:
    """The idf of each term in real news, 0 for those too common to name anything."""
    if not keys:
        return {}
    figures = background()
    frequency = np.maximum(figures.document_frequency(word_hashes(keys)), RAREST)
    limits = np.array([COMMON_NAME if key in names else COMMON for key in keys]) * figures.documents
    idf = np.log((1 + figures.documents) / (1 + frequency)) + 1
    weights = [WEAK if key.replace("_", " ") in _FORMULAS else 1.0 for key in keys]
    return dict(zip(keys, np.where(frequency > limits, 0.0, idf * weights).tolist(), strict=True))


def _joined(cluster: Sequence[Sequence[_Unit]], counted: Counter[str]) -> dict[str, tuple[str, str]]:
    """For a term the pair of terms that nearly always stand together, in two headlines or more: (first, second)."""
    pairs: Counter[tuple[str, str]] = Counter()
    for headline in cluster:
        beside = {
            (before.key, unit.key)
            for before, unit in itertools.pairwise(headline)
            if before.end == unit.begin and before.name == unit.name
        }
        pairs.update(beside)
    found: dict[str, tuple[str, str]] = {}
    for (one, other), number in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
        if number >= max(2, WHOLE * max(counted[one], counted[other])):
            for part in (one, other):
                found.setdefault(part, (one, other))
    return found


def _pick(
    scores: dict[str, float], counted: Counter[str], joined: dict[str, tuple[str, str]], forms: dict[str, str]
) -> tuple[str, ...]:
    """The best terms; one that only repeats syllables of a better one is left out, and a long tail too.

    In a cluster of many headlines a term that stands in only one of them is taken only where there are too few others.
    """
    ranked = sorted(scores, key=lambda key: (counted[key] == 1 and len(scores) > MOST, -scores[key], key))
    chosen: list[tuple[set[str], str]] = []
    for key in ranked:
        weak = scores[key] < 0.25 * scores[ranked[0]] or (counted[key] == 1 and counted[ranked[0]] > 3)
        if len(chosen) >= MOST or (len(chosen) >= LEAST and weak):
            break
        parts = joined.get(key, (key,))
        term = " ".join(forms[part] for part in parts)
        syllables = {part for one in parts for part in one.split("_")}
        if not any(syllables <= other for other, _ in chosen):
            chosen = [pair for pair in chosen if not pair[0] <= syllables] + [(syllables, term)]
    return tuple(term for _, term in chosen)
