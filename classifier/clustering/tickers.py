"""Service items that every page recommends and nobody reads as news: lottery, horoscope, weather, prices. One pattern a kind."""

from __future__ import annotations

import re

TICKERS = {
    "lottery": r"\b(KQ)?(XS|SX)(M[BNT]|[A-ZĐ]{2,5})\b|\bKQXS\w*|xổ số|vietlott|power 6/55|mega 6/45",
    "horoscope": r"\btử vi\b|\b12 con giáp\b|cung hoàng đạo|con giáp .*(tài lộc|vận may|may mắn)",
    "weather": r"dự báo thời tiết|^thời tiết (hôm nay|ngày mai|ngày \d)|thời tiết (hôm nay|ngày mai|\d+ ngày)",
    "gold price": r"^(giá|bảng giá|cập nhật giá|dự báo giá) vàng\b.*(hôm nay|ngày|sáng|chiều|trưa|\d+[/-]\d+)",
    "prices": r"^(giá|bảng giá|cập nhật giá) (tiêu|hồ tiêu|cà phê|cao su|heo|lợn hơi|heo hơi|lúa gạo|xăng( dầu)?|nông sản|thép|bạc)\b"
    r".*(hôm nay|ngày|\d+[/-]\d+)",
    "exchange rates": r"^tỷ giá\b.*(hôm nay|ngày|\d+[/-]\d+)|^giá (usd|đô la) hôm nay",
    "fixtures": r"^(lịch thi đấu|bảng xếp hạng|kết quả) .*(hôm nay|\d+[/-]\d+)|^lịch (phát sóng|cúp điện|cắt điện)",
}
# Matched without case, but for the lottery's codes, which would be ordinary syllables in small letters.
_PATTERNS = {
    kind: re.compile(re.sub(r"^(.*)$", r"\1", pattern), 0 if kind == "lottery" else re.IGNORECASE)
    for kind, pattern in TICKERS.items()
}
_LOTTERY_WORDS = re.compile(r"xổ số|vietlott|power 6/55|mega 6/45", re.IGNORECASE)


def ticker_kind(headline: str) -> str:
    """The kind of service item a headline is, "" for news."""
    for kind, pattern in _PATTERNS.items():
        if pattern.search(headline):
            return kind
    return "lottery" if _LOTTERY_WORDS.search(headline) else ""
