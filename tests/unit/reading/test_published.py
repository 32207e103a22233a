"""Dates, authors and what else a page says of itself: from machines' statements, from elements, from lines of text."""

from __future__ import annotations

import pytest

from classifier.reading.dump.saved_page import parse_saved_page
from classifier.reading.html.page import parse_html
from classifier.reading.page_lines.published import authors_of, date_shown

TITLE = "Xóm chài mở lớp dạy đan lưới cho người trẻ"
PROSE = (
    "Sáng chủ nhật, ba bác thợ già mang kim và cước ra sân đình, bày từng mũi đan cho hơn hai mươi bạn trẻ "
    "trong xóm, ai cũng được mang tấm lưới đầu tay về treo trước hiên nhà mình."
)


def page_of(head: str = "", top: str = "", foot: str = ""):
    body = f"{top}<p>{PROSE}</p><p>{PROSE} Nữa.</p>{foot}"
    text = f"<html><head>{head}<title>{TITLE}</title></head><body>{body}</body></html>"
    return parse_html(text.encode(), id="a", source="a.html")


@pytest.mark.parametrize(
    "page",
    [
        page_of('<meta property="article:published_time" content="2026-03-07T08:06:00+07:00">', f"<h1>{TITLE}</h1>"),
        page_of('<meta itemprop="datePublished" content="2026-03-07">', f"<h1>{TITLE}</h1>"),
        page_of(
            '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "'
            + TITLE
            + '", "datePublished": "2026-03-07T01:06:00Z"}</script>',
            f"<h1>{TITLE}</h1>",
        ),
        page_of("", f"<h1>{TITLE}</h1><time datetime='2026-03-07T08:06'>Hôm nay</time>"),
        page_of("", f"<h1>{TITLE}</h1><span class='date'>Thứ Bảy, 07/03/2026 | 08:06 GMT+7</span>"),
        page_of("", f"<h1>{TITLE}</h1><div>Đời sống - 07/03/2026 08:06</div>"),
        page_of("", f"<div>Thứ Bảy, ngày 7 tháng 3 năm 2026</div><h1>{TITLE}</h1>"),
    ],
)
def test_a_page_of_html_has_its_day(page):
    """However it is stated: to machines, in an element called so, in a line below or above the title."""
    assert page.date == "2026-03-07"


def test_another_articles_date_is_not_taken():
    """What stands below the text, and what the text tells of, is no date of the page."""
    card = (
        "<div class='box'><h3><a href='/x'>Một bài khác về bến sông mùa nước nổi</a></h3><span>01/02/2020</span></div>"
    )
    assert page_of("", f"<h1>{TITLE}</h1>", card * 3).date == ""
    text = f"{TITLE}\n\n{PROSE}\n\n{PROSE} Ngày 02/09/2015 là hôm khai trương.\n\n{PROSE}\n\nTin khác\n\n01/02/2020\n"
    assert parse_saved_page(text, id="a", source="a.txt").date == ""


@pytest.mark.parametrize("wrapped", [TITLE, TITLE.replace(" dạy", "\ndạy")])
@pytest.mark.parametrize("stamp", ["07/03/2026 08:06", "Thứ Bảy, 7/3/2026, 08:06 (GMT+7)", "Đời sống | 7-3-2026"])
def test_a_text_copy_has_its_day(wrapped, stamp):
    """Below the title, which a text browser may have broken, or above it; the page's clock at the top is another."""
    menu = "Mục\n\n" * 12
    lines = f"Chủ nhật, 22/11/2026\n\n{menu}{wrapped}\n\n{stamp}\n\n{PROSE}\n".split("\n")
    assert date_shown(lines, TITLE) == "2026-03-07"
    assert date_shown(f"{stamp}\n{wrapped}\n\n{PROSE}".split("\n"), TITLE) == "2026-03-07"


def test_a_page_says_where_it_belongs():
    """Address, site, the narrowest section of its path, key words, picture, and links of the related headlines."""
    head = (
        '<link rel="canonical" href="https://xomchai.example/lop-dan-luoi.html">'
        '<meta property="og:site_name" content="Báo Xóm Chài"><meta name="keywords" content="đan lưới, nghề cũ,">'
        '<meta property="og:image" content="https://anh.xomchai.example/1.jpg">'
    )
    path = "<ul class='breadcrumb'><li><a href='/'>Trang chủ</a></li><li><a href='/ds'>Đời sống</a></li></ul>"
    more = "<h2>Tin liên quan</h2><ul><li><a href='/ghe-moi.html'>Chiếc ghe mới của đội kéo co bờ bắc</a></li></ul>"
    page = page_of(head, f"{path}<h1>{TITLE}</h1><p class='author'>Lê Bến (Theo Tin Sông)</p>", more)
    assert (page.url, page.site) == ("https://xomchai.example/lop-dan-luoi.html", "Báo Xóm Chài")
    assert (page.section, page.keywords) == ("Đời sống", ("đan lưới", "nghề cũ"))
    assert page.image == "https://anh.xomchai.example/1.jpg"
    assert page.authors == ("Lê Bến",)
    assert [item.url for item in page.related] == ["/ghe-moi.html"]


def test_addresses_that_run_something_are_none():
    """Only http addresses are a page's own."""
    page = page_of('<link rel="canonical" href="javascript:alert(1)"><meta property="og:image" content="data:x">')
    assert (page.url, page.image) == ("", "")


@pytest.mark.parametrize(
    ("byline", "authors"),
    [
        ("Lê Bến", ("Lê Bến",)),
        ("Lê Bến (Theo Tin Sông)", ("Lê Bến",)),
        ("Lê Bến - Mai Sóng", ("Lê Bến", "Mai Sóng")),
        ("Tin, ảnh: Vũ Thảo", ("Vũ Thảo",)),
        ("LÊ BẾN, MAI SÓNG", ("LÊ BẾN", "MAI SÓNG")),
        ("Theo Tin Sông", ()),
        ("", ()),
    ],
)
def test_authors_stand_each_by_itself(byline, authors):
    """Without the agency that the text comes from, and without what they did."""
    assert authors_of(byline) == authors
