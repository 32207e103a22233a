"""Service items that every page recommends and nobody reads as news: lottery, horoscope, weather, prices.

One list of patterns a kind.
"""

from __future__ import annotations

import re

_DATE = r"(?<![\d.,/])(0?[1-9]|[12]\d|3[01])[./-](0?[1-9]|1[0-2])(?![\d,])"
_DAY = rf"(hôm nay|hôm qua|ngày mai|(sáng|trưa|chiều|tối|đêm) nay|mới nhất|tuần này|ngày \d|mùng \d|{_DATE})"
_PRICED = (
    "(hồ )?tiêu|cà phê|cao su|(heo|lợn)( hơi)?|(lúa )?gạo|lúa|xăng,? dầu|xăng|dầu|gas|nông sản|sầu riêng|thép|bạc"
    "|phân bón|ca ?cao|bitcoin|tiền ảo|tiền số"
)
# A price without a day is a service item where the headline quotes it and gives no cause.
_BARE = r"(?!.*(\?|\b(sau|vì|nhờ|khi|dù)\b))"
_QUOTED = r"(đồng/(lượng|kg|tấn|chỉ)|usd/(ounce|tấn))"
_COMPETITION = "v-?league|ngoại hạng|la liga|serie a|(world|asian|asean|aff|euro|futsal) cup|sea games"
_LISTED = r"^(trực tiếp |bảng |cập nhật |dự báo |nhận định )?giá"
TICKERS: dict[str, tuple[str, ...]] = {
    "lottery": (
        r"\b(kq)?(xs|sx)(m[bnt]|kt)\b|\bkqxs|\b(soi cầu|dự đoán|kết quả|trực tiếp) xổ số\b",
        rf"\bxổ số\b.*\b{_DAY}",
        rf"^[^:|]*\b{_DAY}.*\b(vietlott|xổ số)\b",
        rf"\b(vietlott|power 6/55|mega 6/45|lotto 5/35|max 3d)\b.*({_DAY}|\b(sáng|trưa|chiều|tối) \d)",
    ),
    "horoscope": (
        r"^tử vi\b|\btử vi (hằng ngày|hàng ngày|hôm nay|tuần|ngày|tháng|năm|12)\b",
        r"\b12 con giáp\b|\b(12 )?cung hoàng đạo\b",
        r"\bcon giáp\b.*\b(tài lộc|vận may|may mắn|phát tài)\b",
    ),
    "weather": (
        rf"^(tin |bản tin )?(dự báo )?thời tiết\b.{{0,40}}\b{_DAY}",
        r"^(bản tin )?dự báo thời tiết\b|^infographic:? thời tiết\b",
    ),
    "gold price": (
        rf"{_LISTED} vàng\b.*\b({_DAY}|(sáng|trưa|chiều|tối) \d)",
        rf"{_LISTED} vàng\b{_BARE}.*\b{_QUOTED}",
    ),
    "prices": (
        rf"{_LISTED} ({_PRICED})\b.*\b({_DAY}|(sáng|trưa|chiều|tối) \d)",
        rf"{_LISTED} ({_PRICED})\b{_BARE}.*\b{_QUOTED}",
    ),
    "exchange rates": (rf"^(t[yỷỉ] giá|giá (usd|đô la|đô|euro|yen)).*\b{_DAY}",),
    "fixtures": (
        r"^lịch (thi đấu|trực tiếp|đấu|phát sóng|bóng đá)\b",
        rf"^(bảng xếp hạng|bxh)\b.*(\b{_DAY}|\bvòng \d|{_COMPETITION})",
        r"\b(xem|phát|chiếu|trực tiếp)\b[^:]{0,30}\bkênh nào\b|\bkênh nào (phát|chiếu|trực tiếp)\b",
        rf"^kết quả (bóng đá|bóng chuyền|v-?league|vòng \d|trận|các trận|thi đấu)\b.*\b{_DAY}",
    ),
    "predictions": (r"^(nhận định,? )?dự đoán t[ỉỷ] số\b",),
    "calendar": (
        rf"^(âm lịch|lịch (âm|vạn niên))\b|^{_DAY}.*\blịch (âm|vạn niên)\b|\blịch âm hôm nay\b",
        rf"^hôm nay (ngày )?{_DATE}\S* là ngày\b",
    ),
    "power cuts": (r"^lịch (cúp|cắt|mất|ngừng cấp) (điện|nước)\b",),
}
_KINDS = re.compile(
    "|".join(f"(?P<k{place}>{'|'.join(patterns)})" for place, patterns in enumerate(TICKERS.values())), re.IGNORECASE
)
# One station's results, "XSHCM" or "XSĐN"; only in capitals, since syllables can begin so.
_STATION = re.compile(r"\b(KQ)?(XS|SX)[A-ZĐ]{2,5}\b")


def ticker_kind(headline: str) -> str:
    """The kind of service item a headline is, "" for news: what names its subject and its day, not any mention of the
    subject.
    """
    found = _KINDS.search(headline[:300])
    if found is None:
        return "lottery" if _STATION.search(headline) else ""
    return list(TICKERS)[next(place for place in range(len(TICKERS)) if found[f"k{place}"])]
