"""Finds the encoding of Vietnamese bytes that are no Unicode, by which one makes Vietnamese syllables of them."""

from __future__ import annotations

import html
import re
import unicodedata

from classifier.reading.raw.legacy_vietnamese import decode_legacy, legacy_name
from classifier.vietnamese.syllable import is_syllable

CANDIDATES = ("tcvn3", "vni", "cp1258", "viscii")

SAMPLE = 64 * 1024
"""Bytes that are looked at, from a little before the first that is no UTF-8 on."""

_LEAST_WORDS = 2
"""Different Vietnamese words with letters beyond ASCII that a text needs at least."""
_LEAST_SHARE = 0.75
"""Share of Vietnamese syllables among the words with letters beyond ASCII: nearly all, but for a foreign name."""
_LEAST_MARKED = 0.3
"""Share of these syllables among all words: three of four words of Vietnamese have such letters, of French one of six.
"""

# The most frequent syllables of news with letters beyond ASCII, half of all: they tell apart two encodings that both
# make syllables of the bytes.
_COMMON = frozenset(
    """biết báo bình bản bị bố bộ chiến chính chúng chỉ chủ chức cuộc các cách còn có công cùng cũng cơ cảnh cấp cầu của
    diễn dân dự giá giải giới gần hiện hàng hành hình hôm hơn hệ họ học hội hợp không kết kỳ liên là làm lãnh lên lý
    lượng lại lớn lửa lực máy một mới mỹ ngày người nhiều nhà nhân như nhưng nhất nhận những này nói năm năng nước pháp
    phát phòng phải quyền quân quốc rằng sát sẽ số sự thành tháng thông thế thể thống thời thủ thực tiên tiếp toàn triều
    trên trình trước trường tàu tên tình tôi tăng tại tấn tế tổng tới từ viên việc việt và vào vì về với vụ vực xuất ông
    đang điều điểm đây đã đó đưa đường được đại đạo đầu đến đề để định đối đồng đội động ảnh""".split()  # noqa: SIM905  a list of words
)
_UTF8 = re.compile(rb"\xe1[\xba\xbb][\x80-\xbf]")
"""A Vietnamese letter in UTF-8. In none of the candidates do such bytes stand together."""
_ADDRESSES = ("://", "@", "www.")
_WORD = re.compile(r"[^\W\d_]+")
# No part of it can fail at the end of what it took, so that a page of "<<<<" takes no longer than another.
_UNSEEN = re.compile(rb"<(script|style)\b(?:[^<]|<(?!/\1))*|<!--(?:[^-]|-(?!->))*|<[^<>]*", re.IGNORECASE)
_ENTITY = re.compile(rb"(?<=([A-Za-z\x80-\xff;]))?&(?:#(\d{3})|#[xX]([0-9a-fA-F]{2})|([A-Za-z]{3,6}));")


def find_old_encoding(data: bytes, start: int = 0, *, markup: bool = False) -> str:
    """The encoding, of CANDIDATES, in which `data` is Vietnamese; "" where none is or where two are as likely.

    `start` is the first byte that is no UTF-8. For `markup`, tags are left out and entities stand for a font's bytes.
    """
    begin = max(0, start - SAMPLE // 8)
    sample = data[begin : begin + SAMPLE]
    if markup:
        sample = _UNSEEN.sub(b" ", sample)
    if _UTF8.search(sample):  # UTF-8 with some damage, or two encodings in one file
        return ""
    found: list[tuple[float, int, str]] = []
    for name in CANDIDATES:
        words = _words(font_bytes(sample) if markup and name != "cp1258" else sample, name)
        share = _share(words)
        if share:
            found.append((share, sum(word.lower() in _COMMON for word in words), name))
    found.sort(reverse=True)
    if len(found) > 1 and found[0][:2] == found[1][:2]:
        return ""
    return found[0][2] if found else ""


def is_vietnamese(data: bytes, name: str, *, markup: bool = False) -> bool:
    """Whether what the page says of itself may be true: it is in the encoding `name`, and most words are syllables."""
    marked = _marked(_words(font_bytes(_UNSEEN.sub(b" ", data[:SAMPLE])) if markup else data[:SAMPLE], name))
    return bool(marked) and 2 * sum(map(is_syllable, marked)) > len(marked)


def _share(words: list[str]) -> float:
    """The share of Vietnamese syllables with letters beyond ASCII among the words; 0 if this is no Vietnamese."""
    marked = _marked(words)
    good = [word for word in marked if is_syllable(word)]
    if len({word.lower() for word in good}) < _LEAST_WORDS or len(good) < _LEAST_SHARE * len(marked):
        return 0.0
    share = len(good) / len(words)
    return share if share >= _LEAST_MARKED else 0.0


def _words(data: bytes, name: str) -> list[str]:
    """Words of two letters and more, without addresses; none where `data` is not in the encoding."""
    try:
        text = decode_legacy(data, name) if legacy_name(name) else unicodedata.normalize("NFC", data.decode(name))
    except UnicodeDecodeError:
        return []
    parts = (part for part in text.replace("\\n", " ").split() if not any(sign in part for sign in _ADDRESSES))
    return [word for part in parts for word in _WORD.findall(part) if len(word) > 1]


def _marked(words: list[str]) -> list[str]:
    return [word for word in words if not word.isascii()]


def is_common(word: str) -> bool:
    """Whether a word in lower case is one of the most frequent of news with a letter beyond ASCII."""
    return word in _COMMON


def font_bytes(data: bytes) -> bytes:
    """HTML in which entities that editors wrote for the bytes of a font (`&micro;`, `&#181;`) are these bytes again.

    A sign that stands alone (`&copy; 1999`) is meant as it is, and so are `&nbsp;` and the entities of markup itself.
    """

    def byte(match: re.Match[bytes]) -> bytes:
        before, decimal, hexadecimal, _ = match.groups()
        text = html.unescape(match[0].decode("ascii"))
        code = int(decimal) if decimal else int(hexadecimal, 16) if hexadecimal else ord(text[0])
        after = data[match.end() : match.end() + 1]
        is_letter = 0xC0 <= code <= 0xFF
        within = bool(before) or after.isalpha() or after == b"&" or after >= b"\x80"
        fits = len(text) == 1 and 0xA1 <= code <= 0xFF
        return bytes([code]) if fits and (is_letter or within) else match[0]

    return _ENTITY.sub(byte, data)
