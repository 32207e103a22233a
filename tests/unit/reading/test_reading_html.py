"""What is read out of an HTML page: the article, and apart from it the headlines that the page recommends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from conftest import SHARED

from classifier.errors import UnreadableError
from classifier.reading.html.page import parse_html
from classifier.reading.limits import MAX_PAGE, MAX_TRAFILATURA
from classifier.types import Headline, Page

if TYPE_CHECKING:
    from pathlib import Path

SHARED_PAGES = SHARED / "data" / "html_pages"

TITLE = "Hai nước láng giềng nối lại vòng đàm phán về biên giới"
LEAD = (
    "Phái đoàn hai bên gặp nhau tại thủ đô nước chủ nhà sau gần một năm gián đoạn, với hy vọng đạt được lộ trình chung."
)
PARAGRAPHS = (
    "Theo thông báo chung phát đi chiều cùng ngày, cuộc gặp kéo dài hơn bốn giờ và diễn ra trong không khí thẳng thắn.",
    "Trưởng đoàn nước chủ nhà cho biết hai bên đã trao đổi bản đồ kỹ thuật và sẽ lập một tổ công tác chung.",
    "Giới quan sát nhận định kết quả này còn khiêm tốn, song việc các bên chịu ngồi lại đã là tín hiệu đáng khích lệ.",
    "Vòng tiếp theo dự kiến được tổ chức vào tháng sau tại một nước thứ ba, với sự tham gia của quan sát viên quốc tế.",
)


def read(html: str) -> Page:
    return parse_html(html.encode(), id="page", source="page.html")


def paragraphs(tag: str = "p", css: str = "") -> str:
    return "".join(f'<{tag} class="{css}">{text}</{tag}>' for text in PARAGRAPHS)


MENU = """
<nav class="main-nav"><ul><li><a href="/the-gioi">Thế giới</a></li><li><a href="/kinh-te">Kinh tế</a></li>
<li><a href="/cang-thang">Căng thẳng ở khu vực biên giới</a></li></ul></nav>"""
FOOTER = """
<footer><p>Cơ quan chủ quản: Hội Những Người Viết. Giấy phép số 12/GP. Ghi rõ nguồn khi phát hành lại.</p>
<a href="/lien-he">Liên hệ quảng cáo với chúng tôi</a></footer>"""

NEWS_WITH_LIST = f"""<!DOCTYPE html><html><head><title>{TITLE} - Báo Thử Nghiệm</title>
<meta property="og:title" content="{TITLE}"><meta property="og:site_name" content="Báo Thử Nghiệm"></head><body>
<header class="section top-header"><h1 class="logo"><a href="/">Báo Thử Nghiệm</a></h1></header>{MENU}
<section class="page-detail"><ul class="breadcrumb"><li><a href="/tg">Tin tức thế giới hôm nay</a></li></ul>
<h1 class="title-detail">{TITLE}</h1><p class="description"><span class="location-stamp">Thủ đô</span> {LEAD}</p>
<article class="fck_detail"><p class="Normal">{PARAGRAPHS[0]}</p>
<figure><img src="a.jpg">
<figcaption><p class="Image">Hai trưởng đoàn bắt tay trước giờ họp. Ảnh: Hãng tin</p></figcaption></figure>
<p class="Normal">{PARAGRAPHS[1]} Trước đó, <a href="/x">bộ trưởng ngoại giao hai nước</a> đã điện đàm.</p>
<ul class="list-news"><li><a href="/1">Đoàn kỹ thuật bắt đầu cắm mốc ở thượng nguồn</a></li></ul>
<p class="Normal">{PARAGRAPHS[2]}</p><p class="Normal">{PARAGRAPHS[3]}</p>
<p class="Normal" style="text-align:right;"><strong>Minh An</strong></p></article>
<div class="tags"><a href="/t">đàm phán về biên giới hai nước</a></div>
<div class="social-share"><a href="https://www.facebook.com/sharer">Chia sẻ bài viết này lên mạng</a></div>
</section><div class="box-category"><h2>Đọc thêm</h2>
<article class="item-news"><div class="thumb"><a href="/2" title="t"><img src="b.jpg"></a></div>
<h3 class="title-news"><a href="/2">Lũ lớn cô lập ba huyện miền núi phía bắc</a></h3>
<p class="description"><a href="/2">Mưa hai ngày khiến nhiều tuyến đường bị chia cắt hoàn toàn.</a></p></article>
<article class="item-news">
<h3 class="title-news"><a href="/3">Quốc hội nước chủ nhà thông qua ngân sách mới</a></h3>
<p class="meta-news"><a class="cat" href="/tg">Thế giới đó đây và bạn</a> <span>2 giờ trước</span></p>
</article>
<article class="item-news">
<h3 class="title-news"><a href="/2">Lũ lớn cô lập ba huyện miền núi phía bắc</a></h3></article>
<article class="item-news"><h3 class="title-news"><a href="/me">{TITLE}</a></h3></article></div>
<div class="pr"><h3><a href="/ads">Mua căn hộ cao cấp nhận quà hấp dẫn</a></h3></div>{FOOTER}</body></html>"""


def test_article_and_recommended_headlines_are_kept_apart() -> None:
    """Title, lead and body come from the article; headlines of boxes and lists never enter them, nor the reverse."""
    page = read(NEWS_WITH_LIST)
    assert page.title == TITLE
    assert page.lead == f"Thủ đô {LEAD}"
    assert page.body.split("\n") == [
        PARAGRAPHS[0],
        f"{PARAGRAPHS[1]} Trước đó, bộ trưởng ngoại giao hai nước đã điện đàm.",
        PARAGRAPHS[2],
        PARAGRAPHS[3],
    ]
    assert page.related == (
        Headline("Đoàn kỹ thuật bắt đầu cắm mốc ở thượng nguồn", url="/1"),
        Headline(
            "Lũ lớn cô lập ba huyện miền núi phía bắc",
            "Mưa hai ngày khiến nhiều tuyến đường bị chia cắt hoàn toàn.",
            "/2",
        ),
        Headline("Quốc hội nước chủ nhà thông qua ngân sách mới", url="/3"),
    )


def test_signature_set_to_the_right_is_the_byline() -> None:
    """A name alone at the right margin under the text is the byline and no part of the body."""
    page = read(NEWS_WITH_LIST)
    assert page.byline == "Minh An"
    assert "Minh An" not in page.body


def test_json_ld_gives_author_and_lead_that_the_page_does_not_show() -> None:
    """Without a summary on the page, the description and the author of its NewsArticle are lead and byline."""
    page = read(
        f"""<html><head><script type="application/ld+json">{{"@graph": [{{"@type": "NewsArticle",
        "headline": "{TITLE}", "description": "{LEAD}", "author": [{{"@type": "Person", "name": "Lê Thu &amp; Hà"}}],
        "publisher": {{"@type": "Organization", "name": "Báo Thử"}}}}]}}</script></head>
        <body><div class="x"><h1>{TITLE}</h1><div>{paragraphs()}</div></div></body></html>"""
    )
    assert (page.title, page.byline, page.lead) == (TITLE, "Lê Thu & Hà", LEAD)
    assert page.body == "\n".join(PARAGRAPHS)


def test_the_papers_own_name_is_no_byline() -> None:
    """An author that is the paper itself tells nothing and is left out."""
    page = read(
        f"""<html><head><meta name="author" content="Báo Thử"><meta property="og:site_name" content="Báo Thử"></head>
        <body><h1>{TITLE}</h1><div>{paragraphs()}</div></body></html>"""
    )
    assert page.byline == ""


def test_first_paragraph_is_the_lead_where_the_page_states_none() -> None:
    """An article without any summary gives its first paragraph as lead, as rows of tables do."""
    page = read(f"<html><body><h1>{TITLE}</h1><div>{paragraphs()}</div></body></html>")
    assert page.lead == PARAGRAPHS[0]
    assert page.body == "\n".join(PARAGRAPHS[1:])


def test_shortened_description_gives_way_to_the_paragraph_it_begins() -> None:
    """A description cut with dots is the beginning of a paragraph, and that paragraph is the lead, once."""
    page = read(
        f"""<html><head><meta property="og:description" content="{PARAGRAPHS[0][:50]}..."></head>
        <body><h1>{TITLE}</h1><div>{paragraphs()}</div></body></html>"""
    )
    assert page.lead == PARAGRAPHS[0]
    assert page.body == "\n".join(PARAGRAPHS[1:])


def test_box_inside_the_article_goes_to_related() -> None:
    """A table or link line among the paragraphs that recommends another article is taken out of the body."""
    page = read(
        f"""<html><body><div class="detail"><h1 class="detail-title">{TITLE}</h1><h2 class="detail-sapo">{LEAD}</h2>
        <div class="detail-content afcbc-body"><p>{PARAGRAPHS[0]}</p>
        <table class="article"><tr><td><a href="/1"><h2 class="title">Ba kịch bản cho cuộc bầu cử mùa thu</h2>
        <p class="summary">Các chuyên gia đưa ra những dự báo rất khác nhau về kết quả.</p></a></td></tr></table>
        <p>{PARAGRAPHS[1]}</p><p>&gt;&gt; Xem thêm: <a href="/2">Giá dầu tăng phiên thứ năm liên tiếp</a></p>
        <p>{PARAGRAPHS[2]}</p><p><a href="/3"><strong>Cảng biển lớn nhất khu vực mở cửa trở lại</strong></a></p>
        <p>{PARAGRAPHS[3]}</p></div></div></body></html>"""
    )
    assert page.lead == LEAD
    assert page.body == "\n".join(PARAGRAPHS)
    assert page.related == (
        Headline(
            "Ba kịch bản cho cuộc bầu cử mùa thu",
            "Các chuyên gia đưa ra những dự báo rất khác nhau về kết quả.",
            "/1",
        ),
        Headline("Giá dầu tăng phiên thứ năm liên tiếp", url="/2"),
        Headline("Cảng biển lớn nhất khu vực mở cửa trở lại", url="/3"),
    )


def test_old_layout_in_tables_with_line_breaks() -> None:
    """Pages laid out in tables, their paragraphs divided by <br>, are read by the lines that a reader sees."""
    text = "<br><br>".join(PARAGRAPHS)
    page = read(
        f"""<html><body><table><tr><td><a href="/a">Thể thao</a><br><a href="/b">Văn hóa</a></td>
        <td><h1>{TITLE}</h1><div>{text}</div></td>
        <td><ul><li><a href="/1">Đội chủ nhà thắng đậm ở trận ra quân</a></li>
        <li><a href="/2">Phim mới của đạo diễn trẻ gây tranh cãi</a></li></ul></td></tr></table></body></html>"""
    )
    assert page.title == TITLE
    assert (page.lead, *page.body.split("\n")) == PARAGRAPHS
    assert [item.headline for item in page.related] == [
        "Đội chủ nhà thắng đậm ở trận ra quân",
        "Phim mới của đạo diễn trẻ gây tranh cãi",
    ]


def test_captions_are_the_body_of_a_photo_story() -> None:
    """Where captions are all the text there is, they are the article; beside an article they are left out."""
    figures = "".join(
        f"<figure><img src='p.jpg'><figcaption>{text} (Ảnh: Hãng tin).</figcaption></figure>" for text in PARAGRAPHS
    )
    story = read(
        f"<html><body><article><h1>{TITLE}</h1><h2 class='sapo'>{LEAD}</h2><div>{figures}</div></article></body>"
    )
    assert story.body.split("\n") == [f"{text} (Ảnh: Hãng tin)." for text in PARAGRAPHS]
    article = read(
        f"""<html><body><article><h1>{TITLE}</h1><h2 class='sapo'>{LEAD}</h2><div>{paragraphs()}{paragraphs()}
        <figure><figcaption>Quang cảnh nhìn từ trên cao.</figcaption></figure></div></article></body>"""
    )
    assert "Quang cảnh" not in article.body


def test_front_page_has_headlines_and_no_body() -> None:
    """A section's front page gives its own title, no text to label, and every headline with its blurb."""
    cards = "".join(
        f"""<article class="article-item"><div class="article-content"><h3 class="article-title"><a href="#">Tin số {n}:
        chuyện đáng chú ý trong ngày</a></h3><div class="article-excerpt"><a href="#">Tóm tắt của tin số {n} gồm hơn
        mười hai chữ để dài như một sapo thật sự.</a></div></div></article>"""
        for n in range(7)
    )
    page = read(
        f"""<html><head><title>Tin thế giới mới nhất trong ngày | Báo Thử</title>
        <meta property="og:site_name" content="Báo Thử"></head><body>{MENU}<h1><a href="/tg">Thế giới</a></h1>
        <main>{cards}</main>{FOOTER}</body></html>"""
    )
    assert (page.title, page.lead, page.body) == ("Tin thế giới mới nhất trong ngày", "", "")
    assert [item.headline for item in page.related] == [f"Tin số {n}: chuyện đáng chú ý trong ngày" for n in range(7)]
    assert page.related[3].blurb.startswith("Tóm tắt của tin số 3")


def test_entities_are_not_resolved_from_files(tmp_path: Path) -> None:
    """A page cannot pull in a file of the reader's machine through an entity of its own."""
    secret = tmp_path / "secret.txt"
    secret.write_text("mật khẩu nội bộ", encoding="utf-8")
    page = read(
        f"""<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><body><h1>{TITLE}</h1>
        <p>{PARAGRAPHS[0]} &x;</p><p>{PARAGRAPHS[1]} &x;</p></body></html>"""
    )
    assert page.title == TITLE
    assert "mật khẩu" not in f"{page.text} {page.related}"


def test_decomposed_and_double_escaped_text_comes_out_plain() -> None:
    """Text is NFC whatever letters and entities the page builds it from."""
    page = read("<html><body><h1>Vie&#x323;&#x302;t Nam &amp;quot;sẵn sàng&amp;quot; hỗ trợ</h1><p>x</p></body></html>")
    assert page.title == 'Việt Nam "sẵn sàng" hỗ trợ'


@pytest.mark.parametrize(
    "odd", ["\x00", "\x01", "\x0b", "\x1f", "\uffff", "&#1;", "&#x1f;", "&#xffff;", "&#xd800;", "&#0;"]
)
def test_control_characters_do_no_harm(odd: str) -> None:
    """Characters that XML forbids, raw or as entities, are as good as spaces or nothing; the page is read."""
    page = read(
        f"<html><body><h1>{TITLE}{odd}</h1><p>{PARAGRAPHS[0]}{odd}</p>{odd}<p>{PARAGRAPHS[1]}</p></body></html>"
    )
    assert page.title.strip("\ufffd") == TITLE
    assert page.lead.strip("\ufffd") == PARAGRAPHS[0]
    assert page.body.replace("\ufffd", "").strip() == PARAGRAPHS[1]


def test_declared_charset_of_an_old_page_is_used() -> None:
    """A page that is not UTF-8 is read in the charset that it declares, and comes out composed."""
    text = "Ha\u0300 Nô\u0323i đo\u0301n khách"  # windows-1258 writes tones as letters of their own
    data = f'<html><head><meta charset="windows-1258"></head><body><h1>{text}</h1></body></html>'.encode("cp1258")
    assert parse_html(data, id="x", source="x.html").title == "Hà Nội đón khách"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"<html><body>" + b"<div>" * 100_000 + "chữ".encode() + b"</div>" * 100_000, id="nested"),
        pytest.param(b"<html><body><p>" + b"a b " * 4_000_000, id="one huge text"),
        pytest.param(b" " * (MAX_PAGE + 1), id="too many bytes"),
        pytest.param(b"<html><body><h1>\xff\xfe\xfa\x00</h1>", id="no known encoding"),
    ],
)
def test_pages_beyond_the_limits_are_named_not_cut(data: bytes) -> None:
    """What the parser would silently cut off, or what nobody can decode, is an error that names the file."""
    with pytest.raises(UnreadableError, match=r"^big\.html: "):
        parse_html(data, id="x", source="big.html")


def test_page_too_large_for_trafilatura_is_read_the_plain_way() -> None:
    """A page of many megabytes still gives title and paragraphs, in time that grows with its size only."""
    filler = "<p>" + " ".join(PARAGRAPHS * 40) + "</p>"
    count = MAX_TRAFILATURA // len(filler.encode()) + 1
    html = f"<html><body><h1>{TITLE}</h1><div class='sapo'>{LEAD}</div><div>{filler * count}</div></body></html>"
    begun = time.process_time()
    page = read(html)
    assert time.process_time() - begun < 20
    assert page.title == TITLE
    assert page.lead == LEAD
    assert len(page.body.split("\n")) == count


def test_many_links_on_one_line_take_linear_time() -> None:
    """Twice the links take about twice the time: nothing is looked at again for each of them."""

    def seconds(count: int) -> float:
        html = "<html><body>" + "".join(f"<a href='/{n}'>Tin vắn đáng chú ý số {n}</a> | " for n in range(count))
        begun = time.process_time()
        assert len(read(html).related) == count
        return time.process_time() - begun

    seconds(50)  # imports
    assert seconds(4_000) < 8 * seconds(1_000) + 0.5


@pytest.mark.parametrize("data", [b"<html></html>", b"<", b"<<<>>>", b"<html><body><a></a><h1></h1></body>", b"x"])
def test_pages_of_next_to_nothing_do_not_fail(data: bytes) -> None:
    """Broken and empty markup gives a page with little or nothing in it."""
    page = parse_html(data, id="x", source="x.html")
    assert page.related == ()


@pytest.mark.skipif(not SHARED_PAGES.is_dir(), reason="shared data is not here")
def test_real_pages_keep_their_headlines_and_text() -> None:
    """On the 14 saved pages all 68 headlines in their markup are found, and each article has lead and text."""
    pages = {
        path.stem[:5]: parse_html(path.read_bytes(), id="x", source=str(path)) for path in SHARED_PAGES.glob("*.html")
    }
    counts = {name: len(page.related) for name, page in pages.items() if page.related}
    assert counts == {"12630": 28, "734db": 25, "c2d66": 3, "d8793": 2, "f1f9f": 10}
    fronts = {"734db", "f1f9f"}
    for name, page in pages.items():
        assert page.title
        assert bool(page.lead) is bool(page.body) is (name not in fronts)
        assert "Đăng Nhập" not in page.text
        assert not {item.headline for item in page.related} & set(page.body.split("\n"))
    lengths = [len(page.body) for name, page in pages.items() if name not in fronts]
    assert min(lengths) > 900
