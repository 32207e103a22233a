"""A page selected whole and pasted, or dumped by lynx, w3m or links, gives the article that stands in it."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest

from classifier.reading.dump.saved_page import parse_saved_page

if TYPE_CHECKING:
    from classifier.types import Page

TITLE = "Phà Cồn Sẻ chạy lại sau ba tuần nằm bến vì nước cạn"
LEAD = "Sáng nay hai chuyến phà đầu tiên rời bến Cồn Sẻ, chở theo học sinh, xe đạp và mấy chục giỏ xoài."
PARAGRAPHS = [
    "Ông Tư Lành, người cầm lái chuyến đầu, kể rằng mực nước đã lên thêm bốn mươi phân so với đầu tháng, đủ cho phà.",
    "Trong ba tuần phà nghỉ, người dân hai bờ đi vòng qua cầu sắt, mất thêm gần một giờ mỗi lượt và tốn xăng hơn.",
    "Ban quản lý bến cho biết phà sẽ chạy mỗi ngày tám chuyến, nghỉ trưa một tiếng và không thu tiền của trẻ em.",
    "Bà Năm bán nước ở đầu bến nói từ khi phà nghỉ bà chỉ bán được vài ly mỗi ngày, nay quán lại đông như cũ.",
]
RELATED = [
    "Chợ nổi dời giờ họp để tránh mùa nước lớn",
    "Xưởng gốm cũ thành lớp học buổi tối miễn phí",
    "Vườn rau trên mái trường cho vụ đầu tiên",
]
MENU = ["Trang chủ", "Thời sự", "Miệt vườn", "Đời sống", "Thể thao", "Rao vặt", "Bạn đọc viết", "Liên hệ tòa soạn"]
DATE = "Thứ Bảy, 07/03/2026 08:06 GMT+7"
NAME = "Trần Bến Phà"
FOOT = ["Cơ quan chủ quản: Hội Chèo Đò", "Giấy phép số 12/GP-BTTTT cấp ngày 1-1-2020", "Điện thoại: 0123 456 789"]


def read(lines: list[str] | str) -> Page:
    """The page in these lines."""
    text = lines if isinstance(lines, str) else "\n".join(lines)
    return parse_saved_page(text, id="page", source="page")


def is_whole(page: Page, *, byline: str = NAME) -> None:
    """Everything of the article is where it belongs, and nothing else."""
    assert (page.title, page.lead, page.body.split("\n")) == (TITLE, LEAD, PARAGRAPHS)
    assert page.byline == byline
    assert [item.headline for item in page.related] == RELATED


def article(gap: list[str]) -> list[str]:
    """The article's lines, `gap` between its paragraphs."""
    return [TITLE, NAME, DATE, LEAD, *(line for paragraph in PARAGRAPHS for line in (*gap, paragraph))]


@pytest.mark.parametrize("gap", [[], [""], ["", ""]], ids=["tight", "a blank line", "two blank lines"])
def test_a_page_selected_whole_and_pasted(gap: list[str]) -> None:
    """The menu above, with a headline of its own, is not the article, and the imprint below is no headline."""
    ticker = ["Lớp đan lưới mở thêm buổi tối thứ tư", "Bến đò cũ được lát lại gạch tàu"]
    is_whole(read([*MENU, *ticker, *MENU[2:5], *article(gap), "Tin liên quan", *RELATED, *FOOT, "Về đầu trang"]))


def test_a_list_below_the_article_needs_no_head_that_is_known() -> None:
    """Behind the last paragraph and the signature, headlines of five words or more are the page's."""
    lines = [*MENU, TITLE, DATE, LEAD, *PARAGRAPHS, NAME, "CHUYỆN BÊN SÔNG", *RELATED, "Đọc báo giấy", *FOOT]
    is_whole(read(lines))


def test_boxes_set_off_behind_the_article_are_headlines_with_blurbs() -> None:
    """In a page with blank lines between its paragraphs, a headline stands right above its blurb."""
    blurb = (
        "Ban quản lý chợ cho biết ghe hàng sẽ tới từ ba giờ sáng và tan lúc bảy giờ, trước khi con nước lên cao nhất."
    )
    boxes = [line for headline in RELATED for line in ("", headline, blurb)]
    page = read([*MENU, *article([""]), *boxes, "", *FOOT])
    assert page.body.split("\n") == PARAGRAPHS
    assert [(item.headline, item.blurb) for item in page.related] == [(headline, blurb) for headline in RELATED]


def test_a_title_that_the_page_says_again_wins_over_a_section() -> None:
    """No date and no name: the title is the line that stands once more at the foot, and whose words the article has."""
    lines = [*MENU, "Miệt vườn", TITLE, LEAD, *PARAGRAPHS, f"{TITLE} 10 7 1", "Tin khác", *RELATED, *FOOT]
    is_whole(read(lines), byline="")


def lynx(width: int, *, numbers: bool) -> str:
    """The page as `lynx -dump` writes it: three spaces, stars, marks of pictures, link numbers and their addresses."""
    number = iter(range(1, 100))

    def link(text: str) -> str:
        return f"[{next(number)}]{text}" if numbers else text

    lines = ["   [logo-bao.png]", "   ____________________ (BUTTON) Tìm", ""]
    lines += [f"     * {link(item)}" for item in MENU]
    lines += ["", TITLE, "", f"   {NAME}", f"   {DATE}", "", "   IFRAME: //like.example/like.php?href=a", ""]
    for paragraph in (LEAD, *PARAGRAPHS):
        lines += textwrap.wrap(paragraph, width, initial_indent="   ", subsequent_indent="   ")
        lines += ["", "   [anh-1.jpg]", ""]
    lines += ["Tin liên quan", ""]
    lines += [f"     * {link(item)}" for item in RELATED]
    lines += ["", *(f"   {line}" for line in FOOT)]
    if numbers:
        lines += ["", "References", "", "   Visible links:"]
        lines += [f"   {i}. https://bao.example/{i}" for i in range(1, next(number))]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("width", [72, 79, 132, 999])
@pytest.mark.parametrize("numbers", [True, False])
def test_a_dump_of_lynx(width: int, *, numbers: bool) -> None:
    """Whatever the terminal's width: wrapped lines are joined, link numbers and their addresses go."""
    is_whole(read(lynx(width, numbers=numbers)))


def test_a_dump_of_w3m() -> None:
    """Bullets in circles and boxes, names of pictures cut short, captions wrapped to their picture's width."""
    lines = ["[logo_bao]", "[                    ] [Tìm]", *(f"  • {item}" for item in MENU), "      □ Chợ quê", ""]
    lines += [
        TITLE,
        "",
        NAME,
        DATE,
        "",
        *textwrap.wrap(LEAD, 80),
        "",
        "[pha-con-se]",
        "Chuyến phà đầu tiên rời",
        "bến sáng nay. Ảnh: Lê",
        "Bến.",
    ]
    for paragraph in PARAGRAPHS:
        lines += ["", *textwrap.wrap(paragraph, 80)]
    lines += ["", "Tin liên quan", "", *(f"  • {item} {item}" for item in RELATED), "", *FOOT]
    is_whole(read(lines))


def test_columns_of_w3m_are_read_one_by_one() -> None:
    """In a layout of tables the menu stands to the left of the article, and other headlines to the right."""
    middle = [TITLE, "", NAME, DATE, ""]
    for paragraph in (LEAD, *PARAGRAPHS):
        middle += [*textwrap.wrap(paragraph, 60), ""]
    left = [f"• {item}" for item in MENU * 4][: len(middle)]
    left += [""] * (len(middle) - len(left))
    right = [headline if i % 5 == 0 else "" for i, headline in enumerate(["Giá lúa", "Thời tiết"] * len(middle))]
    rows = [f"  {a:24}{b:64}{c}".rstrip() for a, b, c in zip(left, middle, right, strict=False)]
    page = read([*rows, "", "Tin liên quan", *(f"  • {item}" for item in RELATED), *FOOT])
    assert (page.title, page.lead, page.body.split("\n")) == (TITLE, LEAD, PARAGRAPHS)


def test_a_page_cut_to_its_article_is_left_alone() -> None:
    """A title at the very top stays the title, whatever headline below it has more of the article's words."""
    page = read(
        [TITLE, LEAD, PARAGRAPHS[0], "Tin liên quan", *RELATED, "Phà chạy mỗi ngày tám chuyến", *PARAGRAPHS[1:]]
    )
    assert page.title == TITLE
