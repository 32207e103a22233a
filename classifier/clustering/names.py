"""Words that tell a cluster from the others: whole names, and words of the dictionary, written as people write them."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter, defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from classifier.clustering.english import is_english, word_of
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
SHARED, MOST_SHARED = 0.6, 2
"""A name in so large a share of a cluster's headlines belongs to its keywords, however common it is elsewhere."""
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
_LINKS = _listed(
    "bằng|bị|bởi|các|cho|có|của|cùng|do|dưới|đã|đang|đến|để|đó|được|hay|hoặc|khi|khiến|không|là|mà|một|này|ngoài|nhiều|"
    "như|những|ở|rất|rồi|sau|sẽ|tại|thêm|thì|trên|trong|trước|từ|và|vào|vì|với"
)
"""Words that only link others: none makes a pair."""
_BEFORE_NAMES = frozenset(["biển", "cầu", "châu", "hồ", "miền", "núi", "phương", "sông", "tiếng"])
_AMOUNTS = frozenset(["nghìn", "ngàn", "triệu", "tỉ", "tỷ"])
"""What stands before the currency, which pyvi joins to the next word: 220 triệu đồng tiền thưởng."""
_LONGEST_ABBREVIATION = 3
_NUMERAL = re.compile("[IVXLC]+|[A-Z]")
_LONGEST_CODE = 5
"""Characters of U.23, COP30, F-35; of one word with digits a longer one is the number of a thing: K.2015, SM3026."""
_PARTICLES = frozenset(["al", "bin", "da", "de", "di", "dos", "el", "ibn", "la", "van", "von"])
"""Of names, which stand small in the middle of them."""
_SURNAMES = _listed(
    "bùi|cao|châu|đặng|đào|đinh|đỗ|đoàn|dương|hà|hồ|hoàng|huỳnh|lâm|lê|lương|lý|mai|ngô|nguyễn|phạm|phan|phùng|quách|tạ|"
    "thái|tô|tống|trần|trịnh|trương|võ|vũ"
)
_COUNTRIES = frozenset(
    ["anh", "áo", "bỉ", "đức", "hàn", "israel", "lào", "mỹ", "nga", "nhật", "pháp", "úc", "ukraine", "ý"]
)
"""Names of one syllable, which keep their capital at the beginning of a headline too."""
_FORMULAS = _listed(
    "ban đầu|bao giờ|bao lâu|bao nhiêu|bao xa|bài học|bạn đọc|bản tin|bất ngờ|bắt đầu|chi tiết|cho biết|chuẩn bị|"
    "chính thức|chương trình|cuối cùng|cuộc gặp|cuộc sống|câu chuyện|có thể|công bố|công việc|cùng nhau|cụ thể|"
    "diễn ra|dự kiến|giải thích|gặp gỡ|hiện nay|hoạt động|hy vọng|hàng loạt|hình ảnh|hôm nay|khiến cho|"
    "khoảnh khắc|không chỉ|không còn|không ngờ|không thể|khẳng định|kinh hoàng|kêu gọi|kế hoạch|liên tiếp|"
    "liên tục|lên tiếng|lý do|lần thứ|lần đầu|mong muốn|một mình|mới nhất|nghi vấn|ngày mai|người dân|"
    "nhanh chóng|nhận định|nổi bật|phát hiện|phát triển|quan tâm|quyết định|ra mắt|sau khi|sẵn sàng|tham gia|"
    "thay đổi|thành công|thành viên|thông báo|thông tin|thế giới|thế nào|thống nhất|thực hiện|tin tức|tiếp tục|"
    "tiết lộ|toàn bộ|toàn cảnh|trường hợp|trải nghiệm|trở lại|trở thành|trở về|tuyên bố|tổ chức|từ chối|tự tin|"
    "vì sao|vấn đề|xem nhanh|xuất hiện|xảy ra|yêu cầu|đánh giá|đầu tiên|đặc biệt|đề nghị|đề xuất|đồng loạt|"
    "đổi mới"
)
"""What headlines are full of, whatever they are about."""


class _Unit(NamedTuple):
    """A name or word of a headline: its key (normalised syllables joined by `_`), how it is written there, and the
    place of its first and behind its last token; `after`: what stands before it ends a phrase.
    """

    key: str
    written: str
    name: bool
    begin: int
    end: int
    after: bool = False


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
    units = []
    for headlines, read in zip(clusters, tokens, strict=True):
        cut = [next(segmented) for _ in read]
        if is_english(headlines):
            units.append([_english_units(one) for one in read])
        else:
            own = [_units(one, words, seen) for one, words in zip(read, cut, strict=True)]
            units.append(_with_pairs(read, own, seen))
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
        best = _pick(scores, counted, _joined(cluster, counted), forms)
        shared = _shared(counted, best, forms, len(cluster))[:MOST_SHARED]
        named.append((*best[: MOST - len(shared)], *shared))
    return named


def _tokens(headline: str) -> list[_Token]:
    found, first, after, place = [], True, True, 0
    for raw in headline.split():
        text = raw.strip(_TRIM)
        if text and any(map(str.isalnum, text)):
            opened = raw[0] in "\"“‘'([«" or after
            begin = place + raw.index(text)
            found.append(_Token(text, first, opened, begin, begin + len(text)))
            abbreviated = raw[-1] == "." and text.isupper() and len(text) <= _LONGEST_ABBREVIATION  # TP. Hồ Chí Minh
            first = raw[-1] in _ENDS and not abbreviated
            after = raw[-1] in _TRIM and not abbreviated
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
        if found and found[-1][1] == at and _is_particle(tokens, at):
            found[-1] = (found[-1][0], at + 1)  # De la Fuente
            continue
        if not _is_capital(token.text):
            continue
        beside = found and found[-1] == (at - 1, at) and tokens[at - 1].text.lower() in _COUNTRIES
        if beside and not is_syllable(token.text):
            found.append((at, at + 1))  # Tổng thống Mỹ Barack Obama
        elif found and found[-1][1] == at and not token.after and not token.first:
            found[-1] = (found[-1][0], at + 1)
            if at - found[-1][0] > 1 and tokens[at - 1].text.isupper() and token.text.lower() in _SURNAMES:
                found[-1:] = [(found[-1][0], at), (at, at + 1)]  # Bộ GD-ĐT Lê Tấn Dũng
        else:
            found.append((at, at + 1))
    return found


def _is_particle(tokens: Sequence[_Token], at: int) -> bool:
    """Whether a small word stands in the middle of a name."""
    while at < len(tokens) and tokens[at].text in _PARTICLES and not tokens[at].after:
        at += 1
        if at < len(tokens) and _is_capital(tokens[at].text):
            return not tokens[at].after
    return False


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
        counted = begin > 0 and word[0].lower() == "đồng" and tokens[begin - 1].text.lower() in _AMOUNTS
        counted |= word[-1].lower() == "thứ" and end < len(tokens) and tokens[end].text[0].isdigit()  # con thứ 2
        if key and _is_word(key) and not counted:
            written = " ".join(word)
            found.append(_Unit(key, written[:1].lower() + written[1:], False, begin, end, tokens[begin].after))
    return sorted(found, key=lambda unit: unit.begin)


def _english_units(tokens: Sequence[_Token]) -> list[_Unit]:
    """The words of an English headline that name something, each by itself."""
    found = []
    for at, token in enumerate(tokens):
        key = _key_of([word_of(token.text)])
        if key:
            written = token.text[:-2] if token.text[-2:] in ("'s", "’s") else token.text
            found.append(_Unit(key, written, False, at, at + 1, token.after))
    return found


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
    if end - begin > 1 and len(tokens[begin].text) == 1 and not tokens[begin].first:
        begin += 1  # bảng F World Cup
    if tokens[begin].first and end - begin > 1:
        rest = _key_of(token.text for token in tokens[begin + 1 : end])
        whole = _key_of(token.text for token in tokens[begin:end])
        titled = tokens[begin].text.lower() in _TITLES
        is_whole = whole in _dictionary() or _is_common(whole)  # Thái Bình Dương, beside a province Bình Dương
        office = end - begin == 2 and is_syllable(tokens[begin].text) and _whole_word(tokens, begin, end) > end
        if not seen[whole] and (titled or office or ((seen[rest] or _is_word(rest)) and not is_whole)):
            begin += 1  # Bắt Giám đốc
    elif tokens[begin].first and not _alone_a_name(tokens[begin].text, seen):
        return None
    until = _whole_word(tokens, begin, end)
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
    if single and (_NUMERAL.fullmatch(texts[0]) or (any(map(str.isdigit, texts[0])) and len(texts[0]) > _LONGEST_CODE)):
        return None
    return _Unit(key, " ".join(texts), name, begin, end, tokens[begin].after)


def _whole_word(tokens: Sequence[_Token], begin: int, end: int) -> int:
    """Where a name ends whose last word goes on in small letters: Nobel Hòa bình, Liên hợp quốc; not Hà Nội tiết lộ."""
    last_two = _key_of(token.text for token in tokens[end - 2 : end]) if end - begin > 1 else ""
    for size in (2, 1):
        more = tokens[end : end + size]
        if len(more) == size and not any(token.after or _is_capital(token.text) for token in more):
            key = _key_of(token.text for token in tokens[end - 1 : end + size])
            longer = f"{last_two}_{key.partition('_')[2]}" if _is_word(last_two) else key
            if key and (longer in _dictionary() or _is_common(longer)):
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


def _with_pairs(cluster: Sequence[Sequence[_Token]], units: list[list[_Unit]], seen: Counter[str]) -> list[list[_Unit]]:
    """The units with pairs of small, rather rare words that nearly always stand side by side: hiến tạng. What stands
    beside every one of them belongs to it: về quê đón, Tây du ký.
    """
    free = []
    for tokens, found in zip(cluster, units, strict=True):
        taken = {at for unit in found for at in range(unit.begin, unit.end)}
        free.append({at for at, token in enumerate(tokens) if at not in taken and _is_small(token, seen)})
    alone = Counter(word for tokens, at in zip(cluster, free, strict=True) for word in {_small(tokens[i]) for i in at})
    places: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    for number, (tokens, at) in enumerate(zip(cluster, free, strict=True)):
        pairs = {
            (_small(tokens[i]), _small(tokens[i + 1])): i for i in sorted(at, reverse=True) if _go_on(tokens, i, at)
        }
        for pair, i in pairs.items():
            places[pair].append((number, i))
    found_at: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for pair, where in places.items():
        often = len(where) >= max(2, WHOLE * max(alone[word] for word in pair))
        if often and not _LINKS & set(pair) and all(map(_is_rather_rare, pair)):
            before = {_small(cluster[n][i - 1]) if _go_on(cluster[n], i - 1, free[n]) else "" for n, i in where}
            behind = {_small(cluster[n][i + 2]) if _go_on(cluster[n], i + 1, free[n]) else "" for n, i in where}
            more, less = (len(words) == 1 and not words & {"", *_LINKS} for words in (before, behind))
            for number, i in where:
                found_at[number].add((i - more, i + 2 + less))
    for number, spans in sorted(found_at.items()):
        whole = [one for one in spans if not any(o != one and o[0] <= one[0] and one[1] <= o[1] for o in spans)]
        for begin, end in sorted(whole):
            words = [_small(token) for token in cluster[number][begin:end]]
            if key := _key_of(words):
                units[number].append(_Unit(key, " ".join(words), False, begin, end, cluster[number][begin].after))
        units[number].sort(key=lambda unit: unit.begin)
    return _with_capitals(cluster, units)


def _with_capitals(cluster: Sequence[Sequence[_Token]], units: list[list[_Unit]]) -> list[list[_Unit]]:
    """The units with the capital that stands before every one of two or more: Quả cầu vàng, Tây du ký."""
    before: dict[str, list[str]] = defaultdict(list)
    for tokens, found in zip(cluster, units, strict=True):
        ends = {unit.end for unit in found}
        for unit in found:
            apart = unit.name or unit.after or unit.begin == 0 or unit.begin in ends
            token = None if apart else tokens[unit.begin - 1]
            before[unit.key].append(token.text if token and _is_capital(token.text) and not token.first else "")
    whole = {key: texts[0] for key, texts in before.items() if len(texts) > 1 and len(set(texts)) == 1 and texts[0]}
    return [
        [
            unit
            if unit.key not in whole
            else _Unit(
                f"{_key_of([whole[unit.key]])}_{unit.key}",
                f"{whole[unit.key]} {unit.written}",
                True,
                unit.begin - 1,
                unit.end,
                tokens[unit.begin - 1].after,
            )
            for unit in found
        ]
        for tokens, found in zip(cluster, units, strict=True)
    ]


def _small(token: _Token) -> str:
    return token.text.lower() if token.first else token.text


def _is_small(token: _Token, seen: Counter[str]) -> bool:
    """Whether a token is written small, or would be if no sentence began with it."""
    if not _is_capital(token.text):
        return True
    return token.first and token.text[1:].islower() and not _alone_a_name(token.text, seen)


def _go_on(tokens: Sequence[_Token], at: int, free: set[int]) -> bool:
    """Whether two free words stand side by side from `at` on."""
    return at in free and at + 1 in free and not tokens[at + 1].after


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
    weights = [WEAK if key.replace("_", " ") in _FORMULAS or key.startswith("có_") else 1.0 for key in keys]
    return dict(zip(keys, np.where(frequency > limits, 0.0, idf * weights).tolist(), strict=True))


def _joined(cluster: Sequence[Sequence[_Unit]], counted: Counter[str]) -> dict[str, tuple[str, str]]:
    """For a term the pair of terms that nearly always stand together, in two headlines or more: (first, second)."""
    pairs: Counter[tuple[str, str]] = Counter()
    for headline in cluster:
        beside = {
            (before.key, unit.key)
            for before, unit in itertools.pairwise(headline)
            if before.end == unit.begin and before.name == unit.name and not unit.after and before.key not in _COUNTRIES
        }
        pairs.update(beside)
    found: dict[str, tuple[str, str]] = {}
    for (one, other), number in sorted(pairs.items(), key=lambda pair: (-pair[1], pair[0])):
        if number >= max(2, WHOLE * max(counted[one], counted[other])):
            for part in (one, other):
                found.setdefault(part, (one, other))
    return found


def _shared(counted: Counter[str], best: Sequence[str], forms: dict[str, str], headlines: int) -> list[str]:
    """The names that most headlines of a cluster have and that are not among the best terms, as they are written."""
    taken = {_key_of(term.split()) for term in best}
    found = [
        key for key, number in counted.items() if number >= max(2, SHARED * headlines) and forms[key][:1].isupper()
    ]
    found = [key for key in found if not any(f"_{key}_" in f"_{other}_" for other in taken)]
    return [forms[key] for key in sorted(found, key=lambda key: (-counted[key], key))]


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
