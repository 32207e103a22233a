"""Tells by its form alone what a line of a saved page is: a section's head, a caption, a name, a headline, prose."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HEADLINE_MAX = 250
"""Characters; the longest headlines of Vietnamese papers have about 150."""
LONG_HEADLINE = 160
"""Characters; a line that stands once and is longer is rather a blurb."""
BLURB_MAX = 300
"""Characters; of 106,746 blurbs in the papers' feeds 99 % are not longer."""
CAPTION_MAX = 300
"""Characters; a longer line that ends in a credit is a paragraph with its source."""


class Form(StrEnum):
    """What a line is, as far as it can be told without its neighbours."""

    TEXT = "text"
    HEAD = "head of a section of related headlines"
    LINK = "link to one related article, behind a head or an arrow"
    TAGS = "head of a list of tags"
    FOLLOW = "line that asks to follow the site"
    END = "line after which nothing of the page follows"
    COMMENTS = "head of what readers wrote below the article, or a button to write"
    IMPRINT = "line of the site's imprint: copyright, licence, publisher"
    FURNITURE = "button or footer"
    CAPTION = "picture caption with its credit"
    MEDIA = "label of a video or a chart"
    SOURCE = "source line of the article"
    SLUG = "headline without accents, in place of a picture"


_ARROWS = ">»›▶►"
_ITEM = r"(?:tin tức|tin bài|bài viết|bài báo|thông tin|chủ đề|video|tin|bài)"
_OF = r"(?: (?:trong|trên|tại|của|về|mục|chuyên mục) [^.?!:]{2,40})"
_NEWS = (
    r"(?:khác|mới(?: nhất| cập nhật| hơn)?|cũ hơn|nổi bật|nóng|hot|đáng chú ý|nên đọc|hay|gần đây|tương tự|tiêu điểm)"
)
_HEADS = (
    rf"(?:(?:các|những) )?(?:{_ITEM} )?(?:có )?liên quan",
    r"(?:mời )?(?:bạn đọc |độc giả )?(?:xem|đọc) (?:thêm|tiếp)(?: (?:các )?(?:tin|bài|bài viết))?(?: khác)?",
    rf"(?:các )?(?:{_ITEM} )?cùng (?:chuyên mục|chuyên đề|mục|loại|tác giả|danh mục|sự kiện)(?: [^.?!:]{{2,40}})?",
    r"(?:tin|bài|tin bài) (?:mục|chuyên mục) [^.?!:]{2,40}",
    r"(?:các )?(?:tin|bài|tin bài) cùng chủ đề",
    rf"(?:{_ITEM} )?(?:đang )?(?:được )?(?:đọc|xem|quan tâm) nhiều(?: nhất)?(?: tuần| tháng| hôm nay|{_OF})?",
    rf"(?:{_ITEM} )?(?:được )?nhiều người (?:quan tâm|đọc|xem)(?: nhất)?",
    rf"(?:các )?{_ITEM} {_NEWS}{_OF}?",
    rf"(?:xem|đọc|tham khảo) thêm{_OF}|tham khảo(?: thêm)?|(?:theo )?dòng (?:sự kiện|thời sự)",
    rf"(?:các )?{_ITEM} (?:tiếp theo|đã (?:đưa|đăng))",
    r"mới nhất|nổi bật|tiêu điểm|dòng sự kiện|đừng bỏ lỡ|đáng chú ý|nên đọc|tin trong ngày|dành cho bạn",
    r"(?:có thể )?bạn (?:có thể )?(?:cũng |sẽ )?(?:quan tâm|thích|muốn đọc)|có thể bạn chưa (?:đọc|biết)",
    rf"(?:{_ITEM} )?(?:đề xuất|gợi ý)(?: cho bạn)?",
    r"related(?: news| articles| stories)?|(?:read|see) (?:more|also)|more (?:news|stories)|most read|latest(?: news)?",
)
_TAGS = r"bài viết cùng chủ đề|từ kho[áà]|từ khóa|tags?|chủ đề|thẻ|nhãn"
_END = r"(?:phiên bản|bản) (?:di động|mobile|máy tính|desktop|đầy đủ)|(?:về|lên) đầu trang"
_COMMENTS = r"(?:gửi )?(?:các )?(?:bình luận|ý kiến)(?: (?:của )?(?:bạn|bạn đọc|độc giả))?"
_NETWORK = r"(?:facebook|twitter|zalo|youtube|tiktok|instagram|linkedin|telegram|google news)"
_FURNITURE = (
    rf"chia sẻ(?: bài viết)?(?: (?:trên|lên|qua))?(?: {_NETWORK})?|(?:{_NETWORK}[ ,|/·•-]*)+|(?:\d+ )?thích|"
    r"thích trả lời|like|đăng ký nhận (?:tin|bản tin)|advertisement|lấy link|link (?:bài )?gốc|gốc|(?:#\w+ ?)+|"
    r"share|copy link|"
    r"sao chép liên kết|in bài(?: viết)?|lưu(?: bài viết)?|quay lại|liên hệ(?: quảng cáo)?|quảng cáo|đăng nhập|rss|"
    r"theo dõi|nghe đọc bài|nghe bài viết|gửi email|video|clip|info ?graphics?|ảnh|đồ h[oọ][aạ]|xem chi tiết|"
    r"xem tiếp trang sau|\d+ phút đọc|giọng (?:đọc )?(?:miền )?(?:bắc|nam|trung)|(?:cỡ|kích thước) chữ|"
    r"(?:xem )?(?:các |thêm |tất cả )*(?:bài viết |bài )?(?:khác )?(?:của |cùng )?tác giả|news google|tweet|tin gốc|"
    r"và \d{1,2} tác giả khác|icon|logo|avatar|"
    r"họ (?:và )?tên|(?:địa chỉ )?email|tiêu đề|nội dung|mã (?:xác nhận|bảo mật|kiểm tra)|nhập mã|captcha|"
    r"số điện thoại|\d{1,4} \d{1,4} người|gửi(?: đi)?|nhập lại|xóa|hủy|đóng|"
    r"lượt xem:? [\d.,]+|[\d.,]+ (?:lượt xem|lượt đọc|views?)|xem (?:thêm|tất cả|các) bình luận(?: khác)?"
)
_WHOLE_LINE = re.compile(
    rf"(?P<END>{_END})|(?P<TAGS>{_TAGS})|(?P<HEAD>{'|'.join(_HEADS)})|(?P<COMMENTS>{_COMMENTS})|"
    rf"(?P<FURNITURE>{_FURNITURE})"
)
_AROUND = re.compile(r"^[^\w\"'“”‘’«?!,;%$]+|[^\w\"'“”‘’«?!,;%$]+$")
_COUNT = re.compile(r"[\W_]*\d{1,4}(?: (?:tin|bài|bài viết))?$")
_INLINE_TAGS = re.compile(r"(?:từ kho[áà]|từ khóa|tags?)\s*:.+", re.IGNORECASE)
_LINK = re.compile(
    rf"[{_ARROWS}•\s-]*(?:xem thêm|đọc thêm|mời xem|tin liên quan|bài liên quan|có thể bạn quan tâm|read more|see also)"
    rf"(?P<mark>[\s:{_ARROWS}–-]+)(?P<headline>\w.*|[\"'“‘«(].*)",
    re.IGNORECASE,
)
_ARROW = re.compile(rf"[{_ARROWS}][\s{_ARROWS}]*(?P<headline>[^\s{_ARROWS}].*)")
_FOLLOW = re.compile(
    r"(?:mời )?(?:quý )?(?:bạn đọc |độc giả )?theo dõi .{1,60}? trên"
    r"(?: google(?: news)?| facebook| youtube| zalo| tiktok)?[\s:.]*",
    re.IGNORECASE,
)
_MEDIA = re.compile(r"(?:video|clip|info ?graphics?|đồ họa|đồ hoạ)\s*:.+", re.IGNORECASE)
_SOURCE = re.compile(r"\((?:theo|nguồn|tổng hợp|biên dịch|lược dịch)\b[^()]{0,70}\)?[.]?", re.IGNORECASE)

_IMPRINT = re.compile(
    r"(?:©|®|\(c\)|copyright\b|bản quyền\b)\W*(?:copyright|\d{4}\b|bản quyền|thuộc|của|báo|tạp chí|ghi rõ nguồn).*|"
    r"(?:® ?)?(?:ghi rõ nguồn|cơ quan chủ quản|tổng biên tập|chịu trách nhiệm nội dung)\s*[:\"“].*|"
    r"giấy phép (?:[^\W\d]+ ){0,5}(?:số ?)?:? ?\d+ ?/.*",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:®|©|copyright|bản quyền|mọi hành động sử dụng|cấm sao chép|không sao chép|việc sử dụng nội dung|"
    r"(?:\S+ ){0,6}giữ bản quyền|all rights reserved|powered by|designed by|developed by|phát triển bởi|thiết kế bởi|"
    r"giấy phép|gp(?:bc|xb)?\b|số giấy phép|cơ quan (?:chủ quản|ngôn luận|của)|đơn vị (?:chủ quản|quảng cáo)|"
    r"(?:phó )?tổng biên tập|(?:phó )?tổng thư ký|phụ trách (?:tòa soạn|toà soạn|nội dung)|chịu trách nhiệm|"
    r"(?:địa chỉ )?(?:tòa|toà) soạn\s*[:;]|trụ sở|văn phòng|địa chỉ\s*:|email\s*:|e-mail\s*:|điện thoại|đt\s*:|"
    r"tel\b|fax\b|hotline|đường dây nóng|website\s*:|liên hệ quảng cáo|quảng cáo\s*:|ghi rõ nguồn|ấn phẩm|"
    r"thư điện tử|hỗ trợ|một sản phẩm của|xuất bản|chính sách|điều khoản|rss\b)",
    re.IGNORECASE,
)
# The parts of an address are bounded (RFC 5321): else one without an end would be sought from each character on.
_ADDRESS = re.compile(r"[^\s@]{1,64}@\S{1,253}\.\w+|\(?(?:\+|\b0|\b1[89]00)[\d .()-]{7,}\d")
_SERVICE = re.compile(
    r"trang (?:trước|sau|chủ|kế)\b|chia sẻ (?:ảnh|bài|lên|trên|qua)|thích và chia sẻ|kết bạn với|"
    r"đăng (?:ký|nhập) (?:ngay|để|nhận)|gửi (?:bài|email|cho)\b.{0,20}$|tải (?:ứng dụng|app)|"
    r"(?:xem|chọn) (?:theo )?ngày|[^(]{2,40} người (?:nhận|gửi) \(\*\)|xem tất cả|hiển thị thêm|"
    r"(?:về|lên) đầu trang|bình luận (?:bài|được|của|\()|họ (?:&|và) tên|email người|thông điệp gửi|tặng sao|"
    r"(?:bạn|quý khách) vui lòng|theo dõi .{2,30} trên|truy cập (?:bản|phiên bản|trang)|thông tin cập nhật|copy link|"
    r"góp ý(?: - |$)|liên hệ(?: quảng cáo|:)|chủ đề:|từ khóa(?::|$)|(?:để )?nhận (?:gói |bản )?tin\b|"
    r"không (?:hiển thị|hiện) lại|làm trang chủ|bật thông báo|(?:off )?telex\b|bạn có biết ?\??$|"
    r"được quan tâm nhất mới nhất$",
    re.IGNORECASE,
)
_SERVICE_MOST, _LINK_MOST = 10, 4
"""Words (no numbers) of the longest line about a service, and words that several names in one line have on average."""
_PUBLISHER = re.compile(
    r"cơ quan (?:của|chủ quản|ngôn luận)\b|(?:tòa|toà) soạn\s*:|đơn vị (?:chủ quản|quảng cáo)\b|"
    r"ấn phẩm (?:của|thuộc)\b|địa chỉ\s*:|báo [^.]{2,60} – tiếng nói",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\(?\+?[0-9][\d.() -]{7,}(?: ?[-–(].{0,40})?")
_MAIL = re.compile(r"\S@\S{1,253}\.\w")
_CALL = re.compile(
    r"\b(?:điện thoại|đt|tel|fax|hotline|máy lẻ|ext|cskh|website)\s*[.:]? *"
    r"(?:https?:|www\.|\(?\+?[\d(][\d .()-]{6,}\d)|\b(?:máy lẻ|ext)\s*[.:]? *\d{2,4}\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"\([\d.,]+ (?:bình chọn|lượt|ý kiến|bình luận)[^()]*\)")
_PAGES = re.compile(r"\[\d{1,3}\], ?\d|^\[?\d{1,3}\]?(?:, ?\[?\d{1,3}\]?){2,}$")
_FILE = re.compile(r"[\w.-]+\.(?:jpe?g|png|gif|webp|mp4)|[a-z0-9]+(?:-[a-z0-9]+){3,}(?:\.html?)?")

_KIND = r"(?:Nguồn[ ]ảnh|NGUỒN[ ]ẢNH|Nguồn|NGUỒN|Ảnh[ ]minh[ ]ho?[ạọ]a?|Ảnh|ẢNH|Hình|Photo|PHOTO)"
_AGENCY = r"[A-ZĐ][\w./+&'-]*(?:[ ][A-ZĐ][\w./+&'-]*){0,4}"
_CREDIT = re.compile(
    rf"""(?:
      (?:^|(?<=[\s(\[.|/–-])){_KIND}\s*[:/]\s*[^\s:"“”?!][^:"“”?!]{{0,60}}   # Ảnh: Reuters   (Nguồn: TASS)
    | (?:^|(?<=[\s(\[.|/–-]))(?:Video|Clip|Đồ[ ]h[oọ][aạ])\s*:\s*{_AGENCY}    # Video: CNN
    | (?<=[(\[])(?:nguồn[ ]ảnh|nguồn|ảnh|photo)\s*:[^:"“”?!]{{1,60}}         # (ảnh: AFP)
    | [–-]\s(?:Ảnh|Hình)\s\d{{1,3}}                                             # a picture's name: … - Ảnh 2.
    | (?:^|[(.|/–-]\s*)(?:Ảnh|ẢNH|Photo)\s+{_AGENCY}                         # - Ảnh AFP
    | (?:^|[(.|–-]\s*)Ảnh[ ](?:minh[ ]ho?[ạọ]a?|chụp[ ]màn[ ]hình|cắt[ ]từ|tư[ ]liệu|do)\b[^:?!.]{{0,40}}
    )[)\]]?\.?$""",
    re.VERBOSE,
)
_CREDIT_WORDS = ("ảnh", "nguồn", "hình", "photo", "đồ h", "video", "clip")
_CREDIT_ALONE = re.compile(r"[(\[]?(?:nguồn|ảnh|photo|đồ h|video|clip)[^.]*\.?", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9]+(?: [a-z0-9]+){3,}")
_SLUG_FIRST = re.compile(r"(?:[a-z0-9]+ ){5,}(?=[^a-z0-9 ])")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")

_CLOCK = r"\d{1,2}[:h]\d{2}"
_DAY = r"\d{1,2}[/.-]\d{1,2}(?:[/.-](?:\d{4}|\d{2}))?"
_AGO = r"\d{1,3} (?:giây|phút|giờ|ngày|tuần|tháng|năm) trước"
# In brackets a day, "3 giờ trước" or the number of comments (no year); without them only behind a mark, or with a time.
_DATED = re.compile(
    rf"(?<!\s)\s*(?:[(\[](?:(?:{_CLOCK}[ ,-]*)?{_DAY}(?:[ ,-]*{_CLOCK})?|{_AGO}|(?!(?:19|20)\d\d\D)\d{{2,5}})[)\]]"
    rf"|[|•·–-] ?(?:{_AGO}|(?:{_CLOCK}[ ,-]*)?{_DAY}(?:[ ,-]*{_CLOCK})?|{_CLOCK})"
    rf"|(?<=\s)(?:{_CLOCK}[ ,-]*\d{{1,2}}/\d{{1,2}}/\d{{4}}|\d{{1,2}}/\d{{1,2}}/\d{{4}}[ ,-]*{_CLOCK}))$"
)
_TWO_SENTENCES = re.compile(r"[^\W\dA-Z_]{3}\. +[^\W\d_]")
_DATELINE = re.compile(
    r"\([\w.-]{2,30}\.\w{2,4}\)|\([A-ZĐ][\w ]{1,20}\)\s?[-–]|[A-ZĐ]{3,5}\.\s(?=[A-ZĐ])|[A-Z]\w{1,15}\.(?:vn|VN)\s?[-–]|"
    r"(?:TTO|TNO|TPO|PLO|NLĐO|NLDO|ANTĐ|VOV|VTV|VTC|TTXVN|TGVN|GDVN|SGGP|HNM|QĐND|LĐO|DNVN)\s?[-–]\s"
)


def form_of(text: str) -> Form:
    """Return the form of one stripped line; a line longer than any caption is text without a look."""
    if len(text) > CAPTION_MAX:
        return Form.TEXT
    whole = _WHOLE_LINE.fullmatch(_core(text)) if len(text) <= 80 else None
    if whole and whole.lastgroup:
        return Form[whole.lastgroup]
    return next((form for form, holds in _FORMS if holds(text)), Form.TEXT)


def _core(text: str) -> str:
    """Return a line without marks, brackets and a count around its words, in lower case."""
    core = text.lower()
    if not (core[0].isalnum() and core[-1].isalnum()):
        core = _AROUND.sub("", core)
    if any(map(str.isdecimal, core)):
        core = _COUNT.sub("", core)
    return " ".join(core.split())


def linked_headline(text: str) -> str:
    """Return the headline of a line such as "Xem thêm: …" or ">> …", or "" where the line is none."""
    match = _LINK.fullmatch(text)
    if match and not match["mark"].strip() and not match["headline"][0].isupper():
        match = None  # "Xem thêm các tin khác": words of a sentence, not a link
    match = match or _ARROW.fullmatch(text)
    headline = match["headline"] if match else ""
    paired = "«" in headline or "xem tiếp" in headline.casefold()  # »…« are quotes in some typography
    return headline if len(headline.split()) >= 3 and len(headline) <= HEADLINE_MAX and not paired else ""


def _has_credit(text: str) -> bool:
    lower = text.lower()
    return any(word in lower for word in _CREDIT_WORDS) and _CREDIT.search(text) is not None


_FORMS: tuple[tuple[Form, Callable[[str], object]], ...] = (
    (Form.FOLLOW, _FOLLOW.fullmatch),
    (Form.FURNITURE, _INLINE_TAGS.fullmatch),
    (Form.FURNITURE, _FILE.fullmatch),
    (Form.IMPRINT, _IMPRINT.fullmatch),
    (Form.LINK, linked_headline),
    (Form.SOURCE, _SOURCE.fullmatch),
    (Form.CAPTION, _has_credit),
    (Form.MEDIA, _MEDIA.fullmatch),
    (Form.SLUG, _SLUG.fullmatch),
)


def is_imprint(text: str) -> bool:
    """Whether a line reads like a site's foot: who publishes it, where and under which licence; how to reach them.

    In an article such lines stand too (an address, a telephone number): it tells something only outside.
    """
    if _CONTACT.match(text.lstrip("-–•· ")):
        return True
    found = _ADDRESS.search(text) if any(map(str.isdecimal, text)) or "@" in text else None
    return found is not None and 2 * len(found.group()) >= len(text)


def has_address(text: str) -> bool:
    """Whether a line gives an address to write to, or a telephone number behind a word for one: no headline does."""
    return ("@" in text and _MAIL.search(text) is not None) or _CALL.search(text) is not None


def is_service(text: str) -> bool:
    """Whether a short line belongs to the site's services, and is the headline of no article: a pager, a menu in one
    line, tags, a form's field, what to follow or to share, who publishes it, telephone numbers.
    """
    words = sum(any(map(str.isalpha, word)) for word in text.split())
    if words <= _SERVICE_MOST and _SERVICE.match(text.lstrip("-–•·[ ")):
        return True
    if text.count("#") > 1 or (text.count(" | ") > 1 and _are_short(text.split(" | "))):
        return True
    if text.count(",") > 2 and ", " not in text and _are_short(text.split(",")):
        return True
    if (words <= _SERVICE_MOST and text.endswith(":")) or text.lower().endswith("copy link"):
        return True
    if _PUBLISHER.match(text) or _PHONE.fullmatch(text):
        return True
    return _PAGES.search(text) is not None or _COUNTED.fullmatch(text) is not None


def _are_short(parts: Sequence[str]) -> bool:
    """Whether the parts of a line are names, of sections or tags, rather than a sentence's."""
    return len(" ".join(parts).split()) <= _LINK_MOST * len(parts)


def is_sentence(text: str) -> bool:
    """Whether a line ends as prose does: with a full stop (not an ellipsis), or is longer than any headline."""
    bare = text.rstrip("\"'”’»)] ")
    return len(text) > HEADLINE_MAX or (bare.endswith(".") and not bare.endswith(".."))


def is_cut(text: str) -> bool:
    """Whether a line ends in an ellipsis, as shortened blurbs do."""
    return text.endswith(("...", "…"))


def has_dateline(text: str) -> bool:
    """Whether a line opens with the paper's name, as leads and blurbs do: "(Baonghean.vn) -", "TGVN.", "TTO - "."""
    return _DATELINE.match(text) is not None


def is_prose(text: str) -> bool:
    """Whether a line can be nothing but prose: it ends as such or is cut, or has a dateline or a full stop inside."""
    return is_sentence(text) or is_cut(text) or has_dateline(text) or _TWO_SENTENCES.search(text) is not None


def is_headline(text: str) -> bool:
    """Whether a line that stands twice can be a headline: it has words, is short, and does not end as prose."""
    return not is_sentence(text) and not text.endswith((":", ";", ",")) and any(map(str.isalpha, text))


def is_lone_headline(text: str) -> bool:
    """Whether a line in a list can be a headline though it stands once; longer lines and shortened ones are blurbs.

    Of the headlines in the papers' feeds 99.9 % have at most 113 characters, of the blurbs 50 % at least 166.
    """
    if len(text) > LONG_HEADLINE or len(text.split()) < 3:
        return False
    if is_cut(text):
        return len(text) <= 130 and not text.endswith((" ...", " …")) and not has_dateline(text)
    if is_prose(text) or text.endswith((";", ",")):
        return False
    return len(text) <= 130 or text[-1] not in "?!:"


def undated(text: str) -> str:
    """Return a headline without what lists set behind it: a day, "(3 giờ trước)", the number of its comments."""
    if len(text) > HEADLINE_MAX or not (text.endswith((")", "]", "trước")) or text[-1:].isdecimal()):
        return text
    return _DATED.sub("", text) or text


def is_caption_alone(text: str) -> bool:
    """Whether a caption line holds the credit and nothing else."""
    return len(text) <= 60 and _CREDIT_ALONE.fullmatch(text) is not None


def slug_of(headline: str) -> str:
    """Return a headline as it stands in an address: without accents, lower case, words separated by one space."""
    plain = unicodedata.normalize("NFD", headline.casefold().replace("đ", "d"))
    return _NOT_SLUG.sub(" ", "".join(c for c in plain if not unicodedata.combining(c))).strip()


def after_any_slug(text: str) -> str:
    """Return the headline behind five words or more without accents, or "" where the line does not open so."""
    match = _SLUG_FIRST.match(text) if len(text) <= 2 * HEADLINE_MAX else None
    return text[match.end() :] if match else ""


def similar(first: str, second: str) -> bool:
    """Whether most words of the shorter line stand in the longer one too, as in a title and a picture's description."""
    return alike(slug_words(first), slug_words(second))


def slug_words(line: str) -> set[str]:
    """The different words of a line, as `alike` compares them."""
    return set(slug_of(line).split())


def alike(one: set[str], two: set[str]) -> bool:
    """`similar` of lines whose words are known, for one line that is compared with many."""
    return min(len(one), len(two)) >= 3 and len(one & two) >= 0.6 * min(len(one), len(two))
