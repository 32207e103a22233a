"""Parts of a page by evidence, not by the words in its classes: title, lead, names, headlines, lists."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pytest

from classifier.errors import UnreadableError
from classifier.reading.articles import check_article, with_article
from classifier.reading.files import page_from_bytes
from classifier.reading.html.page import parse_html
from classifier.reading.page_lines.line_forms import undated
from classifier.reading.page_lines.names import is_comment, split_signature
from classifier.types import LIST, Page
from classifier.vietnamese.dates import NotADate, read_date

if TYPE_CHECKING:
    from classifier.types import Skipped

TITLE = "Bến phà cũ được giữ lại làm chợ nổi cuối tuần"
LEAD = "Sau khi cầu mới thông xe, người dân hai bờ xin giữ bến phà cũ để họp chợ vào mỗi sáng thứ bảy."
TEXT = (
    "Từ bốn giờ sáng, mười hai chiếc ghe đã neo thành hàng dọc theo bậc đá dẫn xuống mặt nước.",
    "Bà Sáu bán bánh lá cho biết bà từng đi phà mỗi ngày suốt ba mươi năm để gánh hàng qua bên kia sông.",
    "Ủy ban xã chi tiền sơn lại mái che, còn đèn và dây điện do các hộ có ghe góp chung với nhau.",
    "Theo kế hoạch, từ tháng sau chợ sẽ có thêm một ghe sách cho trẻ con mượn đọc ngay trên bến.",
)
HEADLINES = (
    "Lớp học vá lưới mở lại sau mười năm vắng học trò",
    "Hàng dừa đôi bên lộ được trồng thay cho cột điện",
    "Đội ghe ngo của xã tập chèo trước mùa nước nổi",
    "Người thợ rèn cuối cùng của xóm nhận hai học việc",
    "Trường mẫu giáo bên sông có cầu thang mới bằng đá",
)


def page(body: str, head: str = "", title: str = f"{TITLE} | Báo Bến Nước") -> Page:
    head = f"<head><meta charset=utf-8><title>{title}</title>{head}</head>"
    text = f"<!DOCTYPE html><html lang=vi>{head}<body>{body}</body></html>"
    return parse_html(text.encode(), id="page", source="page.html")


def paragraphs(texts: tuple[str, ...] = TEXT) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def article(*, top: str = "", below: str = "", lead: str = f"<p class=sapo>{LEAD}</p>") -> str:
    return f"<article><h1>{TITLE}</h1>{top}{lead}<div class=c>{paragraphs()}</div>{below}</article>"


def links(pattern: str) -> str:
    return "".join(pattern.format(text=text, n=f"/bai-{1000100 + n}.html") for n, text in enumerate(HEADLINES))


@pytest.mark.parametrize(
    "top",
    [
        f"<h1 class=logo><a href=/>Báo Bến Nước - tin sông nước mỗi ngày</a></h1><h3 class=Title>{TITLE}</h3>",
        f"<h1><a href='https://bennuoc.example/'>Tin bến phà cũ và chợ nổi mỗi ngày</a></h1><h2>{TITLE}</h2>",
        f"<div class=title-detail>{TITLE}</div>",
        f"<h1>Đời sống</h1><h2>{TITLE}</h2>",
        f"<h1>{TITLE}</h1><h2>Hàng dừa đôi bên lộ được trồng thay cột điện</h2>",
    ],
)
@pytest.mark.parametrize("rest", [" | Báo Bến Nước", " - Ảnh | Tin sông nước mỗi ngày - Bến Nước"])
def test_the_title_is_what_the_page_calls_itself_whatever_element_holds_it(top, rest):
    read = page(f"{top}<p class=lead>{LEAD}</p>{paragraphs()}", title=TITLE + rest)
    assert read.title == TITLE
    assert read.body.split("\n")[-len(TEXT) :] == list(TEXT)


@pytest.mark.parametrize(
    "lead",
    [
        f"<p><strong>{LEAD}</strong></p>",
        f"<table class=desc_image><tr><td><img src=a.jpg><td class=caption>Ghe - Ảnh: T.H</table><p><b>{LEAD}</b></p>",
        f"<div class='desc-photo'><img src=a.jpg>Bà Sáu và gánh bánh lá trên bến phà</div><h2 class=sapo>{LEAD}</h2>",
        f"<div class=summary>{TITLE}</div><div class=sapo>{LEAD}</div>",
        f"<p class=sapo>{LEAD} &gt;&gt; <a href=/bai-1000900.html>{HEADLINES[0]}</a></p>",
    ],
)
def test_the_lead_is_the_summary_and_no_caption_no_title_no_link(lead):
    read = page(article(lead=lead))
    assert read.lead == LEAD
    assert [line for line in read.body.split("\n") if line in TEXT] == list(TEXT)
    assert HEADLINES[0] not in read.lead


def test_a_link_behind_an_arrow_is_related():
    read = page(article(lead=f"<p class=sapo>{LEAD} &gt;&gt; <a href=/bai-1000900.html>{HEADLINES[0]}</a></p>"))
    assert [item.headline for item in read.related] == [HEADLINES[0]]


def test_a_description_that_is_cut_off_is_the_line_that_the_page_shows_and_one_that_says_the_title_is_nothing():
    cut = f"<meta name=description content='{LEAD[:70]}...'>"
    assert page(article(lead=f"<div>{LEAD}</div>"), cut).lead == LEAD
    same = f"<meta property=og:description content='{TITLE}'>"
    assert page(article(lead=""), same).lead == TEXT[0]


@pytest.mark.parametrize(
    "names",
    [
        {"top": "<div class=author-share><a class=author href=/a/3>Trần Bến</a> <i class=share>f</i></div>"},
        {"top": "<div class=meta><a href='/tac-gia/tran-ben'>Trần Bến</a></div>"},
        {"below": "<p><strong>Trần Bến</strong></p><p>Mời bạn đọc gửi chuyện bến sông của mình tại đây.</p>"},
        {"below": "<p style='text-align: right'>Trần Bến</p>"},
    ],
)
def test_a_name_is_found_in_a_bar_behind_a_link_and_above_a_notice(names):
    read = page(article(**names), "<meta name=author content='Công nghệ Sóng Nước'>")
    assert read.byline == "Trần Bến"
    assert read.body.split("\n") == list(TEXT)


def test_no_button_and_no_maker_of_the_site_is_a_name():
    button = "<div style='text-align:right' class=like><a href='#'>REPORT</a></div>"
    assert page(article(below=button), "<meta name=author content='Công nghệ Sóng Nước'>").byline == ""
    shown = page(article(below="<div>Trần Bến</div>"), "<meta name=author content='Trần Bến'>")
    assert shown.byline == "Trần Bến"


@pytest.mark.parametrize(
    "pattern",
    [
        "<div class=box-category-item><h3 class=related><a href={n}>{text}</a></h3></div>",
        "<li><div class=desc_list><a href={n}>{text}</a><div class=sapo>Chuyện kể từ một sáng trên bến.</div></div>",
        "<li><a class='show-popup share' href={n}>{text}</a></li>",
        "<li><a href={n}>{text} (26/12)</a></li>",
        "<li><a href={n}>{text}</a> <span>(3 giờ trước)</span></li>",
        "<li><a href={n}>{text} <span class=time>5 phút trước</span></a></li>",
        "<li><a href={n}>{text}</a> <em>(25)</em></li>",
    ],
)
def test_headlines_are_told_by_what_they_say_and_where_they_lead(pattern):
    service = "<p><a href='#'>Đặt Bến Nước làm trang chủ</a></p><h3><a href=/doi-song>Sự Kiện - Dư Luận</a></h3>"
    read = page(article() + f"<h2>Tin khác</h2><div>{links(pattern)}</div>{service}")
    assert [item.headline for item in read.related] == list(HEADLINES)


@pytest.mark.parametrize(
    ("written", "headline"),
    [
        ("Bến phà đông khách (26/12)", "Bến phà đông khách"),
        ("Bến phà đông khách (12/03/2025)", "Bến phà đông khách"),
        ("Bến phà đông khách [08:30 12/3/2025]", "Bến phà đông khách"),
        ("Bến phà đông khách - 12/03/2025 08:30", "Bến phà đông khách"),
        ("Bến phà đông khách • 17 giờ trước", "Bến phà đông khách"),
        ("Bến phà đông khách (37)", "Bến phà đông khách"),
        ("Chuyện bến phà (2)", "Chuyện bến phà (2)"),
        ("Trận lũ lịch sử (1999)", "Trận lũ lịch sử (1999)"),
        ("Người lái phà nhớ ngày 30/4/1975", "Người lái phà nhớ ngày 30/4/1975"),
        ("Bến phà vắng khách từ 2 năm trước", "Bến phà vắng khách từ 2 năm trước"),
        ("Đội ghe ngo thắng 2-1", "Đội ghe ngo thắng 2-1"),
    ],
)
def test_dates_and_numbers_of_comments_come_off_headlines_and_nothing_else_does(written, headline):
    assert undated(written) == headline


@pytest.mark.parametrize("heading", ["", "<h1>Đời sống</h1>", "<h1>Tin đời sống sông nước trong ngày</h1>"])
def test_a_list_of_headlines_with_blurbs_is_no_article(heading):
    items = "".join(
        f"<div class=item><h2><a href=/bai-{1000100 + n}.html>{text} lần {n // 5}</a></h2>"
        f"<p class=sapo>{TEXT[n % 4]}</p>"
        f"<h3><a href=/bai-{1000200 + n}.html>Chuyện bên lề bến nước số {n}</a></h3></div>"
        for n, text in enumerate(HEADLINES * 3)
    )
    read = page(heading + items, title="Tin đời sống sông nước trong ngày | Báo Bến Nước")
    assert (read.kind, read.lead, read.body, len(read.related)) == (LIST, "", "", 30)
    with pytest.raises(UnreadableError, match="a list of headlines, with no article to label"):
        check_article(read)


def test_a_short_article_among_many_headlines_is_one():
    cards = links(
        "<div><h3><a href={n}>{text}</a></h3><p class=sapo>Chuyện kể từ một buổi sáng trên bến nước đầu xã.</p></div>"
    )
    read = page(
        f"<h1>{TITLE}</h1>{paragraphs(TEXT[:2])}{cards}{cards.replace('bai-1000', 'bai-2000').replace('Đội', 'Tốp')}"
    )
    assert read.kind == "article"
    assert read.lead == TEXT[0]


def test_pages_without_an_article_are_named_and_the_others_go_on():
    said: list[Skipped] = []
    given = [Page("a", title="Một"), Page("b", kind=LIST, source="b.html"), Page("c", source="c.txt")]
    assert [one.id for one in with_article(given, said.append)] == ["a"]
    assert [one.source for one in said] == ["b.html", "c.txt"]


def test_a_view_of_the_source_is_read_as_the_page_that_it_shows():
    source = f"<!DOCTYPE html>\n<html><head><title>{TITLE}</title></head>\n<body>\n{article()}\n</body></html>"
    lines = "".join(
        f"<tr><td class=line-number><td class=line-content>{html.escape(line)}" for line in source.split("\n")
    )
    views = (
        f"<html><body><label>Line wrap</label><table><tbody>{lines}</table></body></html>",
        f"<html><body id=viewsource><pre><span>{html.escape(source)}</span></pre></body></html>",
        f"<html><head></head><body><pre>{html.escape(source)}</pre></body></html>",
    )
    for view in views:
        read = page_from_bytes(view.encode(), "page")
        assert (read.title, read.lead, read.body.split("\n")) == (TITLE, LEAD, list(TEXT))


def test_an_article_about_html_stays_one():
    code = html.escape("<html><head><title>Trang đầu tay</title></head></html>")
    assert page(article(below=f"<pre>{code}</pre>")).title == TITLE


def test_a_year_of_two_digits_counts_where_the_day_of_the_week_confirms_it():
    assert read_date("Cập nhật thứ hai, ngày 24/12/12 11:05") == "2012-12-24"
    assert read_date("Chủ nhật, 30/12/12") == "2012-12-30"
    for unsure in ("thứ ba, ngày 24/12/12", "24/12/12", "thứ hai, 31/02/12"):
        with pytest.raises(NotADate):
            read_date(unsure)


def test_names_stand_above_what_the_paper_asks_of_its_readers():
    body = ["Chợ họp mỗi sáng.", "Trần Bến", "Bạn đọc gửi bài về địa chỉ bandoc@bennuoc.example."]
    assert split_signature(body) == (["Chợ họp mỗi sáng."], "Trần Bến")
    assert split_signature(body[:1] + body[2:]) == (body[:1] + body[2:], "")


def test_what_readers_wrote_below_a_copied_page_is_no_article():
    assert is_comment("Nam - 7 ngày trước Thích | 24")
    assert not is_comment("Ông Nam kể rằng 7 ngày trước bến phà còn vắng")
    written = "\n".join(
        f"{text}\n{name} - {n} giờ trước Thích | {n}0"
        for n, (name, text) in enumerate(
            [("Nam", TEXT[0][::-1] + "."), ("vanle", "Đọc xong thấy nhớ bến phà quê mình quá chừng.")], 2
        )
    )
    text = f"{TITLE}\n{LEAD}\n" + "\n".join(TEXT) + f"\nTrần Bến\n59 59 người\nTweet\n{written}\n"
    read = page_from_bytes(text.encode(), "page")
    assert (read.lead, read.body.split("\n"), read.byline) == (LEAD, list(TEXT), "Trần Bến")


def test_a_copy_for_machines_that_is_not_drawn_is_not_read_again():
    long = tuple(f"{text} {TEXT[(n + 1) % len(TEXT)]}" for n, text in enumerate(TEXT)) * 2
    copy = f"<div style='display: none' itemscope><a href=/b><span>{TITLE}</span></a>{paragraphs(long)}</div>"
    read = page(f"<h1>{TITLE}</h1><p class=sapo>{LEAD}</p><div class=c>{paragraphs(long)}</div>{copy}")
    assert read.body.split("\n") == list(long)
    drawn_by_a_script = page(
        f"<h1>{TITLE}</h1><p class=sapo>{LEAD}</p><div style='display:none'>{paragraphs(long)}</div>"
    )
    assert drawn_by_a_script.body.split("\n") == list(long)


def test_a_notice_of_what_the_site_stores_is_no_article():
    notice = "".join(
        f"<p>Trang này lưu lại lựa chọn số {n} của bạn trong mười hai tháng, trừ khi bạn xóa nó đi.</p>"
        for n in range(40)
    )
    read = page(f"{article()}<div id=cookie-layer>{notice}</div>")
    assert read.body.split("\n") == list(TEXT)


def test_an_article_in_a_box_that_is_called_something_else_is_found():
    text = tuple(f"{text} {TEXT[(n + 1) % len(TEXT)]}" for n, text in enumerate(TEXT))
    read = page(f"<div class=login><h1>{TITLE}</h1></div><form class=comments>{paragraphs(text)}<input name=a></form>")
    assert [line for line in (read.lead, *read.body.split("\n")) if line in text] == list(text)
