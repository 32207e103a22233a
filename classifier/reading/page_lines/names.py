"""Tells names from other short lines of a page: authors, dates, the paper and its sections."""

from __future__ import annotations

import re

_DATE = re.compile(
    r"\d+|thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|\bthứ|\bcn\b|ngày|tháng|năm|lúc|giờ|phút|trước|hôm (?:nay|qua)|"
    r"\b(?:sáng|trưa|chiều|tối)\b|cập nhật|đăng|gmt|utc|\bam\b|\bpm\b|[\W_]+",
    re.IGNORECASE,
)
_STAMP = re.compile(r"\d[:h]\d\d|\d\D+\d+\D+\d{4}")
_BESIDE = re.compile(r"[|•·]| - ")
_DAYS = frozenset(("hôm qua", "hôm nay", "hôm kia", "vừa xong", "mới đây"))
_SITE = re.compile(r"(?:https?://)?(?:[\w-]{1,40}\.){1,4}(?:vn|com|net|org|info)(?:/\S*)?", re.IGNORECASE)
_PAPER_NAME = re.compile(r"(?:Báo|BÁO|Tạp chí|TẠP CHÍ|Đài|ĐÀI|Trang tin) (?:điện tử )?[A-ZĐ][\w\s]{2,30}")
_PARTS = re.compile(r"[>»›▶►/|•·]+|\s[–-]\s")
_CATEGORY = re.compile(
    r"trang chủ|thế giới|quốc tế|thời sự(?: quốc tế)?|tin tức|tin nhanh|bình luận quốc tế|phân tích|hồ sơ|quân sự|"
    r"quốc phòng|châu (?:âu|á|mỹ|phi)|trung đông|chính trị|xã hội|kinh tế|góc nhìn|sự kiện|home|world",
    re.IGNORECASE,
)
_BYLINE_WORDS = re.compile(
    r"(?:(?:theo|by|tác giả|(?:tin|bài|tin, bài|tin bài)(?:,| và| -| &|/)? ?ảnh|"
    r"bài|pv|phóng viên|btv|thực hiện|biên dịch|dịch|lược dịch|tổng hợp|nguồn)\b\s*:?\s*)+",
    re.IGNORECASE,
)
_AND_MORE = re.compile(r"\s+(?:và|cùng) \d{1,2} (?:tác giả|người|phóng viên) khác$")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_WHOLE_IN_BRACKETS = re.compile(r"\(([^()]+,? (?:theo|Theo) [^()]+)\)")
_TASK = re.compile(r"\s(?:tổng hợp|(?:biên |lược )?dịch|thực hiện|ghi)$")
_PAPER = re.compile(r"/(?:Báo|Tạp chí|Đài) [^/]{2,25}$")
_REPLY = re.compile(r"(?:\d+ ?)?(?:thích|trả lời|like|reply)(?:[\W\d]|thích|trả lời|chia sẻ|giờ|phút|ngày|trước)*")
_NOTICE = re.compile(
    r"^\W*(?:mời (?:quý )?(?:bạn|độc giả|quý vị)|(?:bạn đọc|độc giả|quý vị) (?:có thể|quan tâm|gửi)|"
    r"gửi (?:bài|ý kiến|câu hỏi|tâm sự|bình luận)|chia sẻ (?:bài viết|ý kiến|câu chuyện|tâm sự)|"
    r"bài viết (?:thể hiện|không nhất thiết)|theo dõi (?:chúng tôi|fanpage|kênh)|"
    r"(?:mọi )?(?:thông tin|ý kiến|bài viết|thư từ|tin bài)[^.]{0,60}(?:xin|vui lòng) gửi)|"
    r"\b(?:tại đây|(?:theo|về|đến) địa chỉ|qua email)\b[\W\w]{0,60}$",
    re.IGNORECASE,
)
_NOTICES_MOST, _NOTICE_MOST = 2, 300
"""Paragraphs behind a signature in which a paper speaks to its readers, and characters of one."""
_COMMENT = re.compile(
    r"[^|]{1,60}?\s*[-–|·•,]?\s*(?:\d{1,3} (?:giây|phút|giờ|ngày|tuần|tháng|năm) trước|"
    r"\d{1,2}[:h]\d{2}[ ,-]*\d{1,2}/\d{1,2}(?:/\d{4})?)[\s|·•,-]+(?:\d+ )?(?:thích|trả lời|like|reply)[\s\d|·•]*"
    r"(?:trả lời|chia sẻ|báo vi phạm)?[\s\d|]*",
    re.IGNORECASE,
)
_COMMENT_MOST = 120
_NAME_LINKS = frozenset(("và", "theo", "and", "of", "the", "de", "van", "von", "bin", "al", "el", "tổng", "hợp", "từ"))
_NO_NAME = (".", "?", "!", ":", ";", ",", "…", '"')
_INITIALS = re.compile(r"(?:\w\.){1,6}")


def is_paper(text: str) -> bool:
    """Whether a line can be a paper's name: "Báo Thế giới", "Tạp chí Tri thức"."""
    return len(text.split()) <= 6 and _PAPER_NAME.fullmatch(text) is not None


def is_reply(text: str) -> bool:
    """Whether a line is the row of buttons below a reader's comment: "Trả lời", "12 Thích Trả lời"."""
    return len(text) <= 60 and _REPLY.fullmatch(text.lower()) is not None


def is_comment(text: str) -> bool:
    """Whether a line tells who wrote a comment and when, with its button: "Nam - 7 ngày trước Thích | 24"."""
    return len(text) <= _COMMENT_MOST and _COMMENT.fullmatch(text) is not None


def is_date(text: str) -> bool:
    """Whether a line holds nothing but a date or a time: "19/06/2017 - 10:23", "Thứ Hai, 10/1/2022", "2 giờ trước"."""
    if len(text) > 60:
        return False
    return text.lower() in _DAYS or (any(map(str.isdecimal, text)) and not _DATE.sub("", text))


def is_site_or_category(text: str) -> bool:
    """Whether a line is the site's address or a path of its categories: "Baoquocte.vn", "Trang chủ > Thế giới"."""
    if len(text) > 80:
        return False
    parts = [part.strip() for part in _PARTS.split(text)]
    return _SITE.fullmatch(text) is not None or all(
        _CATEGORY.fullmatch(part) or is_date(part) for part in parts if part
    )


def is_stamp(text: str) -> bool:
    """Whether a line is a whole date or a time, as stands below a title; "Ngày 2/11", "Năm 2015" may be headings."""
    return is_date(text) and _STAMP.search(text) is not None


def has_stamp(text: str) -> bool:
    """Whether a short line holds a whole date or a time, be it beside a section: "Đời sống | 24/12/2012 11:05"."""
    if len(text) > 90 or not any(map(str.isdecimal, text)):
        return False
    return any(is_stamp(part.strip()) for part in _BESIDE.split(text))


def byline_of(text: str) -> str:
    """Return the names in a byline or signature without the date behind them, or "" where the line is none."""
    if len(text) > 90 or (text.endswith(_NO_NAME) and not _INITIALS.fullmatch(text)):
        return ""
    if sum(word[0].islower() for word in text.split()) > 4:  # as most lines have; only saves time
        return ""
    pieces = re.split(r"\s+[|–-]\s+|\s{2,}|,\s+(?=\d|thứ |chủ nhật)", text, flags=re.IGNORECASE)
    undated = [piece for piece in pieces if not is_date(piece)]
    names = text if len(undated) == len(pieces) else " - ".join(undated)
    names = _AND_MORE.sub("", names)
    whole = _WHOLE_IN_BRACKETS.fullmatch(names)
    bare = _TASK.sub("", _PAPER.sub("", whole[1] if whole else _IN_BRACKETS.sub("", names)))
    prefix = _BYLINE_WORDS.match(bare)
    bare = (bare[prefix.end() :] if prefix else bare) or bare
    words = [word for word in re.split(r"[\s/,&|+–-]+", bare) if word and not (prefix and word == "tại")]
    return names if 0 < len(words) <= 9 and len(names) <= 70 and all(map(_is_name_word, words)) else ""


def is_notice(text: str) -> bool:
    """Whether a paragraph asks readers for something: "Mời bạn đọc gửi bài", "Chia sẻ ý kiến của bạn tại đây"."""
    return len(text) <= _NOTICE_MOST and _NOTICE.search(text) is not None


def split_signature(paragraphs: list[str]) -> tuple[list[str], str]:
    """Return the paragraphs without one or two names behind the last, and the names ("" where none stand there).

    Behind the names the paper may ask its readers for something ("Mời bạn đọc gửi ..."): that goes with them.
    """
    end = len(paragraphs)
    while end > 1 and len(paragraphs) - end < _NOTICES_MOST and is_notice(paragraphs[end - 1]):
        end -= 1
    for last in dict.fromkeys((end, len(paragraphs))):
        names = 0
        while names < min(last - 1, 3) and byline_of(paragraphs[last - 1 - names]):
            names += 1
        if names in (1, 2):  # more of them are a list of names, which is text
            return paragraphs[: last - names], byline_of(paragraphs[last - names])
    return paragraphs, ""


def _is_name_word(word: str) -> bool:
    return word in _NAME_LINKS or (word[:1].isupper() and ":" not in word and not any(map(str.isdecimal, word)))
