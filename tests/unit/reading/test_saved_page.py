"""The reader of text dumps: the article on one side, related headlines on the other, nothing in both."""

from __future__ import annotations

import hashlib
import html
import json
import time
import unicodedata
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import pytest
from conftest import PROJECT
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.reading.dump.saved_page import parse_saved_page
from classifier.types import Headline, Page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HERE = PROJECT / "tests"
SEEDS = HERE.parents[1] / "shared" / "seeds"
GOLD = sorted((HERE / "data" / "gold" / "seeds").glob("*.json"))
SAMPLES = sorted((HERE.parent / "classifier" / "samples").glob("*.txt"))


def read(*lines: str, newline: str = "\n") -> Page:
    """The page read from lines; "" is a blank one."""
    return parse_saved_page(newline.join(lines), id="page", source="page.txt")


def pairs(page: Page) -> list[tuple[str, str]]:
    return [(item.headline, item.blurb) for item in page.related]


TITLE = "Hội nghị Oslo mở lại hồ sơ thanh sát kho đạn"
LEAD = "Ngày 4/3, đại diện mười nước nhóm họp tại Oslo nhằm nối lại việc thanh sát các kho đạn ở vùng biên."
P1 = (
    "Trưởng đoàn chủ nhà cho hay các bên đã thống nhất chương trình làm việc trong ba ngày, song chưa nước nào chịu "
    "công bố số lượng đạn pháo còn tồn trong kho. Theo ông, buổi họp kín đầu tiên kéo dài hơn dự kiến gần hai giờ."
)
P2 = "Một nhà ngoại giao có mặt trong phòng họp kể rằng không khí khá căng thẳng nhưng không ai bỏ về."
P3 = "Vòng họp kế tiếp dự kiến diễn ra vào tháng Năm tại Vienna."
H1, B1 = "Nam Cực ấm lên nhanh hơn mọi dự báo", "Trạm đo trên thềm băng ghi nhận một mùa hè nóng chưa từng thấy."
H2, B2 = "Lisbon đón chuyến tàu đêm đầu tiên sau mười năm", "Đoàn tàu chở gần ba trăm khách đã cập ga trung tâm lúc ..."
H3, B3 = "Vì sao cà phê Kenya tăng giá?", "Hạn hán kéo dài khiến sản lượng của cả vùng cao nguyên giảm gần một nửa."
ARTICLE = (TITLE, "", "Minh Khuê", LEAD, "", P1, "", P2, "")


# ---------------------------------------------------------------- the five real pages


def digest(text: str) -> str:
    """The first 16 hex digits of sha256 over the NFC string: enough to compare, nothing to read."""
    return hashlib.sha256(unicodedata.normalize("NFC", text).encode()).hexdigest()[:16]


PRINTINGS: dict[str, Callable[[str], str]] = {
    "as saved": lambda text: text,
    "without blank lines": lambda text: "\n".join(line for line in text.split("\n") if line.strip()),
    "with blank lines only": lambda text: text.replace("\n", "\n\n"),
    "with CRLF": lambda text: text.replace("\n", "\r\n"),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "escaped twice": lambda text: html.escape(html.escape(text)),
}


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the real pages lie beside the project, not in it")
@pytest.mark.parametrize("printing", PRINTINGS)
@pytest.mark.parametrize("path", GOLD, ids=lambda path: path.stem)
def test_real_pages_are_read_as_a_reader_marked_them(path: Path, printing: str) -> None:
    """Every part of the real pages is found, in order, and nothing else, however the dump was written.

    How the gold was made: each page was read from end to end, and the numbers of the lines that hold its title,
    byline, lead, paragraphs, headlines and blurbs were written down by hand; the digests were computed from those
    lines, not from what the reader returns.
    """
    gold = json.loads(path.read_text(encoding="utf-8"))
    text = PRINTINGS[printing]((SEEDS / f"{path.stem}.txt").read_text(encoding="utf-8"))
    page = parse_saved_page(text, id=path.stem, source="")
    assert digest(page.title) == gold["title"]
    assert digest(page.byline) == gold["byline"]
    assert digest(page.lead) == gold["lead"]
    assert [digest(line) for line in page.body.split("\n")] == gold["body"]
    assert [[digest(item.headline), digest(item.blurb)] for item in page.related] == gold["related"]


def test_all_real_pages_have_gold() -> None:
    """A page without gold would go unchecked."""
    if SEEDS.is_dir():
        assert [path.stem for path in GOLD] == sorted(path.stem for path in SEEDS.glob("*.txt"))


# ---------------------------------------------------------------- the article


def test_a_page_as_the_papers_print_it_falls_into_its_parts() -> None:
    """Title, byline, lead and body are found between picture, boxes, tags and lists, and nothing of these leaks."""
    page = read(
        TITLE, "", "Minh Khuê", LEAD, "Theo dõi Bản Tin Xanh trên", "Hội nghị Oslo về thanh sát kho đạn",
        "Phòng họp chính trước giờ khai mạc. (Nguồn: NTB)", "", P1, "", H1, "", H1, "", B1, "", P2, "",
        "(theo NTB)", "", "Bài viết cùng chủ đề", "", "Kho đạn vùng biên", "", "Đọc thêm", "", H2, "", H2, "", B2,
        H3, "", H3, "", B3, "Phiên bản di động",
    )  # fmt: skip
    assert page == Page(
        id="page",
        title=TITLE,
        byline="Minh Khuê",
        lead=LEAD,
        body=f"{P1}\n{P2}",
        related=(Headline(H1, B1), Headline(H2, B2), Headline(H3, B3)),
        source="page.txt",
        authors=("Minh Khuê",),
    )


def test_a_plain_article_keeps_every_paragraph() -> None:
    """Title line, then paragraphs and nothing else: the first is the lead, all others the body."""
    page = read(TITLE, LEAD, P1, P2, P3)
    assert (page.title, page.lead, page.body, page.related) == (TITLE, LEAD, f"{P1}\n{P2}\n{P3}", ())


def test_sub_headlines_are_body() -> None:
    """A short line between paragraphs stays where it stands."""
    page = read(TITLE, "", LEAD, "", P1, "", "Ba điểm còn vướng", "", P2, "", "Chặng đường phía trước", "", P3)
    assert page.body.split("\n") == [P1, "Ba điểm còn vướng", P2, "Chặng đường phía trước", P3]
    assert page.related == ()


@pytest.mark.parametrize("line", [TITLE, "Ngừng bắn"])
def test_a_single_short_line_is_the_title(line: str) -> None:
    """Text of one line is a headline if it is short enough for one."""
    assert (read(line).title, read(line).text) == (line, line)


def test_a_single_long_paragraph_has_no_title() -> None:
    """Text of one line that no headline could be is the lead, and nothing of it is lost."""
    page = read(P1 + " " + P1)
    assert (page.title, page.lead, page.body) == ("", P1 + " " + P1, "")


@pytest.mark.parametrize("text", ["", "\n", " \r\n\t\n", "\ufeff", "\u200b\n\x0c\n", "&nbsp;", "\x00"])
def test_empty_text_gives_an_empty_page(text: str) -> None:
    """What holds no word is reported by the caller, not here."""
    assert parse_saved_page(text, id="7", source="s") == Page(id="7", source="s")


def test_a_repeated_page_title_starts_the_article_anew() -> None:
    """The window's title, lead and byline above the headline are not read twice."""
    page = read(
        f"{TITLE} - Bantinxanh.vn", "", LEAD, "Thế giới", "", TITLE, "04/03/2024 - 10:15", "Minh Khuê", LEAD, "", P1
    )
    assert (page.title, page.byline, page.lead, page.body) == (TITLE, "Minh Khuê", LEAD, P1)


def test_a_lead_only_above_the_repeated_title_is_kept() -> None:
    """A summary that the article itself does not repeat is its lead."""
    page = read(TITLE, "", LEAD, "", TITLE, "Minh Khuê", "", P1, "", P2)
    assert (page.title, page.byline, page.lead, page.body) == (TITLE, "Minh Khuê", LEAD, f"{P1}\n{P2}")


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("Minh Khuê", "Minh Khuê"),
        ("MINH KHUÊ", "MINH KHUÊ"),
        ("Minh Khuê (theo NTB)", "Minh Khuê (theo NTB)"),
        ("Minh Khuê/Vietnam Post", "Minh Khuê/Vietnam Post"),
        ("By Nora Lindqvist", "By Nora Lindqvist"),
        ("Nora Lindqvist and Pieter de Vries", "Nora Lindqvist and Pieter de Vries"),
        ("Minh Khuê - 08:30 04/03/2024", "Minh Khuê"),
        ("PV", "PV"),
        ("Theo Minh Khuê", "Theo Minh Khuê"),
        ("Thực hiện: Minh Khuê", "Thực hiện: Minh Khuê"),
    ],
)
def test_a_byline_is_found_above_the_lead(line: str, byline: str) -> None:
    """Names, with an agency or in English too; a date beside them is left out."""
    page = read(TITLE, line, LEAD, P1)
    assert (page.byline, page.lead, page.body) == (byline, LEAD, P1)


def test_a_signature_is_the_byline_when_none_stands_on_top() -> None:
    """An author at the end is no paragraph."""
    page = read(TITLE, "", LEAD, "", P1, "", "Minh Khuê", "", "(Theo NTB, Aftenposten)", "", "tin mới", "", H1, "", H1)
    assert (page.byline, page.body, pairs(page)) == ("Minh Khuê", P1, [(H1, "")])
    page = read(*ARTICLE, "Lê Thu (theo NTB)", "", "Đọc thêm", "", H1, "", H1, "", B1)
    assert (page.byline, page.body) == ("Minh Khuê", f"{P1}\n{P2}")


def test_an_author_between_lead_and_picture_is_the_byline() -> None:
    """Some papers print it there."""
    page = read(
        TITLE, "", LEAD, "Minh Khuê", "Theo dõi Bản Tin Xanh trên", "Phòng họp", "Phòng họp. (Nguồn: NTB)", "", P1
    )
    assert (page.byline, page.lead, page.body) == ("Minh Khuê", LEAD, P1)


def test_a_list_of_names_at_the_end_is_text() -> None:
    """Two lines may be a signature; a whole list of names belongs to the article."""
    names = ["Đỗ Văn An", "Lê Thu Bình", "Trần Hải Châu", "Phạm Gia Định"]
    assert read(TITLE, LEAD, P1, *names).body.split("\n") == [P1, *names]


@pytest.mark.parametrize(
    "caption",
    [
        "Quang cảnh phòng họp. (Nguồn: NTB)",
        "Quang cảnh phòng họp. Ảnh: Reuters",
        "Quang cảnh phòng họp - Ảnh: REUTERS",
        "Quang cảnh phòng họp (Ảnh: Lê Thu)",
        "Quang cảnh phòng họp. (Nguồn ảnh: AP).",
        "Quang cảnh phòng họp (ảnh: AFP)",
        "Ảnh minh họa: Reuters",
        "Quang cảnh phòng họp. Ảnh chụp màn hình",
        "Photo: AFP",
        "Đồ họa: BBC",
    ],
)
@pytest.mark.parametrize("times", [1, 2])
def test_captions_belong_to_neither_side(caption: str, times: int) -> None:
    """A line with a picture's credit is dropped, once or twice in a row, between paragraphs and below the lead."""
    page = read(TITLE, "", LEAD, "", *[caption] * times, "", P1, "", *[caption] * times, "", P2)
    assert (page.lead, page.body, page.related) == (LEAD, f"{P1}\n{P2}", ())


@pytest.mark.parametrize("blank", [True, False])
def test_a_picture_is_dropped_with_its_description(blank: bool) -> None:
    """The description before a caption, often close to the title, goes with it."""
    gap = [""] if blank else []
    page = read(
        TITLE, *gap, LEAD, *gap, "Hội nghị Oslo mở hồ sơ thanh sát", "Phòng họp. (Nguồn: NTB)", *gap, P1, *gap, P2
    )
    assert (page.lead, page.body) == (LEAD, f"{P1}\n{P2}")


def test_a_paragraph_before_a_caption_stays() -> None:
    """Prose right above a picture is no description of it."""
    assert read(TITLE, LEAD, P1, "Phòng họp. (Nguồn: NTB)", P2).body == f"{P1}\n{P2}"


def test_a_paragraph_with_its_source_stays() -> None:
    """A long paragraph may end in its source."""
    assert read(TITLE, LEAD, P1 + " " + P2 + " (Nguồn: NTB)", P3).body == f"{P1} {P2} (Nguồn: NTB)\n{P3}"


def test_an_uncredited_caption_printed_twice_is_no_headline() -> None:
    """Among spaced lines, a line twice in a row without a blank between is a picture's; the headlines are spaced."""
    page = read(TITLE, "", LEAD, "", P1, "", "Trưởng đoàn Na Uy", "Trưởng đoàn Na Uy", "", P1 + " " + P2, "", P3)
    assert (page.body, page.related) == (f"{P1}\n{P1} {P2}\n{P3}", ())


@pytest.mark.parametrize("line", ["(theo NTB)", "(Theo Sputnik, TASS)", "(Nguồn: NTB)", "(Theo AFP, Reuters.)"])
def test_source_lines_are_dropped(line: str) -> None:
    """The agencies named at the end are not the article."""
    assert read(*ARTICLE, line).body == f"{P1}\n{P2}"


@pytest.mark.parametrize(
    "line", ["Video", "Infographic", "Video: Toàn cảnh phiên họp kín", "Infographic: Kho đạn vùng biên"]
)
def test_media_labels_are_dropped_between_paragraphs(line: str) -> None:
    """The label of a video or a chart is not the article."""
    assert read(TITLE, "", LEAD, "", P1, "", line, "", P2).body == f"{P1}\n{P2}"


@pytest.mark.parametrize("title", ["Video: Tàu hàng mắc cạn ở Oslo", "Infographic: Mười năm thanh sát kho đạn"])
def test_media_labels_stay_in_headlines(title: str) -> None:
    """As a title, or as a recommended headline, such a line is one."""
    page = read(title, "", LEAD, "", P1, "", "Đọc thêm", "", title + " khác", "", title + " khác", "", B1)
    assert (page.title, pairs(page)) == (title, [(title + " khác", B1)])


def test_a_body_sentence_that_is_repeated_stays_body() -> None:
    """Repeated prose is no headline, near or far."""
    page = read(TITLE, LEAD, P2, P1, P2, P2, P3)
    assert (page.body, page.related) == (f"{P2}\n{P1}\n{P2}\n{P2}\n{P3}", ())


# ---------------------------------------------------------------- boxes between paragraphs


def test_a_box_between_paragraphs_takes_nothing_of_them() -> None:
    """Headline twice, blurb, and the article goes on."""
    page = read(TITLE, "", LEAD, "", P1, "", H1, "", H1, "", B1, "", P2, "", P3)
    assert (page.body, pairs(page)) == (f"{P1}\n{P2}\n{P3}", [(H1, B1)])


def test_boxes_in_a_row_without_blurbs_leave_the_next_paragraph_alone() -> None:
    """When the boxes before had no blurb, the text below the last one has none either."""
    page = read(TITLE, "", LEAD, "", P1, "", H1, "", H1, "", H2, "", H2, "", P2, "", P3)
    assert (page.body, pairs(page)) == (f"{P1}\n{P2}\n{P3}", [(H1, ""), (H2, "")])


def test_a_box_without_blurb_leaves_a_long_paragraph_alone() -> None:
    """What is too long for a blurb is the article."""
    page = read(TITLE, "", LEAD, "", P2, "", H1, "", H1, "", P1 + " " + P1, "", P3)
    assert (page.body, pairs(page)) == (f"{P2}\n{P1} {P1}\n{P3}", [(H1, "")])


def test_boxes_behind_the_slug_of_the_page_are_read() -> None:
    """The 2020 form: entries behind the page's own headline without accents, boxes with the headline once."""
    slug = "hoi nghi oslo mo lai ho so thanh sat kho dan"
    page = read(
        TITLE, "", LEAD, "Theo dõi Bản Tin Xanh trên", "TIN LIÊN QUAN", f"{slug} {H1}", f"{slug} {H2}", slug,
        "Phòng họp. (Nguồn: NTB)", "", P1, "", P2, "", slug, "", H3, "", B3, "", "Minh Khuê (theo NTB)",
    )  # fmt: skip
    assert pairs(page) == [(H1, ""), (H2, ""), (H3, B3)]
    assert (page.byline, page.lead, page.body) == ("Minh Khuê (theo NTB)", LEAD, f"{P1}\n{P2}")


def test_a_slug_that_is_not_the_title_is_known_by_its_form() -> None:
    """The title may have been changed since the address was made."""
    slug = "oslo hop ve kho dan vung bien gioi"
    page = read(TITLE, "", LEAD, "Tin liên quan:", f"{slug} {H1}", f"{slug} {H2}", slug, "", P1, "", P2)
    assert (pairs(page), page.body) == ([(H1, ""), (H2, "")], f"{P1}\n{P2}")


@pytest.mark.parametrize(
    "mark", ["Xem thêm: ", "Xem thêm > > > ", "Đọc thêm » ", ">> ", ">>> Xem thêm: ", "» ", "Xem thêm "]
)
def test_links_on_one_line_are_related(mark: str) -> None:
    """A headline behind "Xem thêm:" or arrows, in the middle of the article."""
    page = read(TITLE, LEAD, P1, mark + H1, P2)
    assert (page.body, pairs(page)) == (f"{P1}\n{P2}", [(H1, "")])


# ---------------------------------------------------------------- sections below a head


HEADS = [
    "Tin liên quan", "TIN LIÊN QUAN", "Tin liên quan (12)", "Bài liên quan", "Bài viết liên quan", "Related news",
    "Xem thêm", "XEM THÊM:", "Đọc thêm", "Đọc thêm »", "» Đọc thêm", "ĐỌC THÊM >>", "Cùng chuyên mục",
    "Tin cùng chuyên mục", "Bài cùng chuyên mục", "Đọc nhiều", "Đọc nhiều 10", "Đọc nhiều nhất", "Xem nhiều",
    "Tin khác", "Tin khác: 5", "Các tin khác", "Tin mới", "tin mới", "Tin mới nhất", "Tin nổi bật",
    "Có thể bạn quan tâm",
    "Bạn có thể quan tâm",
]  # fmt: skip


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("copies", [1, 2])
def test_a_section_is_read_below_any_head(head: str, copies: int) -> None:
    """Whatever it is called, and whether its headlines stand once or twice."""
    items = [line for h, b in ((H1, B1), (H2, B2), (H3, B3)) for line in [*[h] * copies, b]]
    page = read(*ARTICLE, head, "", *items)
    assert (page.body, pairs(page)) == (f"{P1}\n{P2}", [(H1, B1), (H2, B2), (H3, B3)])


@pytest.mark.parametrize("copies", [1, 2])
def test_blurbs_may_be_missing(copies: int) -> None:
    """A headline without a blurb does not take the next headline for one."""
    page = read(*ARTICLE, "(theo NTB)", "Đọc thêm", *[H1] * copies, *[H2] * copies, B2, *[H3] * copies)
    assert pairs(page) == [(H1, ""), (H2, B2), (H3, "")]


def test_a_list_among_the_paragraphs_ends_where_the_article_goes_on() -> None:
    """Two headlines below a head in mid-article take no paragraph."""
    page = read(TITLE, LEAD, P1, "Tin liên quan", H1, H2, P2, P3, P1)
    assert (page.body, pairs(page)) == (f"{P1}\n{P2}\n{P3}\n{P1}", [(H1, ""), (H2, "")])


def test_a_list_on_top_ends_at_the_picture() -> None:
    """The picture between the list and the article is dropped with its description."""
    page = read(
        TITLE,
        "",
        LEAD,
        "TIN LIÊN QUAN",
        H1,
        H2,
        "",
        "Hội nghị Oslo về kho đạn",
        "Phòng họp. (Nguồn: NTB)",
        "",
        P1,
        "",
        P2,
    )
    assert (page.body, pairs(page)) == (f"{P1}\n{P2}", [(H1, ""), (H2, "")])


def test_two_sections_are_both_read() -> None:
    """A second head goes on where the first list ends; a headline in both is found once, with its blurb."""
    page = read(*ARTICLE, "Tin liên quan", H1, H2, "Đọc nhiều", H2, H2, B2, H3, H3, B3, "Phiên bản di động")
    assert (page.body, pairs(page)) == (f"{P1}\n{P2}", [(H1, ""), (H2, B2), (H3, B3)])


def test_tags_dates_and_categories_are_no_headlines() -> None:
    """Lists carry dates, ranks and categories between their items."""
    page = read(
        *ARTICLE,
        "Từ khóa:",
        "Kho đạn",
        "Na Uy",
        "Đọc nhiều",
        "1",
        "Thế giới",
        H1,
        "04/03/2024 08:00",
        B1,
        "2",
        H2,
        "2 giờ trước",
    )
    assert (page.body, pairs(page)) == (f"{P1}\n{P2}", [(H1, B1), (H2, "")])


def test_blurbs_that_open_with_the_paper_s_name_are_blurbs() -> None:
    """The blurb's opening stays as printed."""
    blurb = "(Bantinxanh.vn) - " + P1
    page = read(*ARTICLE, "tin mới", "", H1, "", H1, "", blurb, "", H2, "", H2, "", "BTX. Tàu đêm đã trở lại")
    assert pairs(page) == [(H1, blurb), (H2, "BTX. Tàu đêm đã trở lại")]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("'Luồng gió'  mới ở Lisbon", "'Luồng gió' mới ở Lisbon"),
        ("'Luồng gió' mới ở Lisbon", "‘Luồng gió’ mới ở Lisbon"),
        ('"Luồng gió" mới ở Lisbon', "“Luồng gió” mới ở Lisbon"),
        ("«Luồng gió» mới ở Lisbon", '"Luồng gió" mới ở Lisbon'),
        ("&amp;quot;Luồng gió&amp;quot; mới ở Lisbon", '"Luồng gió" mới ở Lisbon'),
        ("&quot;Luồng gió&quot; mới ở Lisbon", "&#8220;Luồng gió&#8221; mới ở Lisbon"),
        ("Luồng\u00a0gió mới ở Lisbon", "Luồng gió mới ở\u200b Lisbon"),
        ("Luồng gió mới – Lisbon", "Luồng gió mới - Lisbon"),
        (unicodedata.normalize("NFD", "Luồng gió mới ở Lisbon"), "Luồng gió mới ở Lisbon"),
    ],
)
@pytest.mark.parametrize("in_section", [True, False])
def test_two_printings_of_a_headline_are_one(first: str, second: str, in_section: bool) -> None:
    """Printings that differ in quotes, spaces, entities or composition are the same headline."""
    head = ["Đọc thêm", ""] if in_section else []
    page = read(*ARTICLE, *head, first, "", second, "", B1, "", H2, "", H2, "", B2)
    assert len(page.related) == 2
    assert "  " not in page.related[0].headline
    assert page.related[0].blurb == B1
    assert unicodedata.is_normalized("NFC", page.related[0].headline)


def test_a_headline_found_twice_on_the_page_is_one() -> None:
    """In the body and again below, it keeps its place and its blurb."""
    page = read(*ARTICLE, H1, "", H1, "", B1, "", "Đọc thêm", "", H2, "", H2, "", B2, H1, "", H1, "", B1)
    assert pairs(page) == [(H1, B1), (H2, B2)]


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_page_cut_anywhere_gives_what_is_left(cut: int) -> None:
    """A dump cut inside an item holds at most the beginning of one more headline or blurb, and the article is whole."""
    tail = f"Đọc thêm\n\n{H1}\n\n{H1}\n\n{B1}\n{H2}\n\n{H2}\n\n{B2}"
    whole = "\n".join(ARTICLE) + "\n" + tail
    page = parse_saved_page(whole[: len(whole) - cut * (len(tail) - 12) // 60], id="", source="")
    assert (page.lead, page.body) == (LEAD, f"{P1}\n{P2}")
    assert all(H1.startswith(item.headline) or H2.startswith(item.headline) for item in page.related)
    assert all(B1.startswith(item.blurb) or B2.startswith(item.blurb) for item in page.related)
    assert len(page.related) <= 2


@pytest.mark.parametrize("blank", [True, False])
def test_a_page_cut_inside_its_slugs_invents_no_headline(blank: bool) -> None:
    """The beginning of a slug, as the last line, is no headline."""
    gap = [""] if blank else []
    slug = "hoi nghi oslo mo lai ho so thanh sat kho dan"
    page = read(TITLE, *gap, LEAD, "Theo dõi Bản Tin Xanh trên", "TIN LIÊN QUAN", f"{slug} {H1}", slug[:19])
    assert (page.lead, page.body, pairs(page)) == (LEAD, "", [(H1, "")])


def test_a_headline_cut_off_at_the_end_is_found() -> None:
    """Once, since the page ends before its second printing."""
    assert pairs(read(*ARTICLE, "Đọc thêm", "", H1, "", H1, "", B1, H2)) == [(H1, B1), (H2, "")]
    assert pairs(read(*ARTICLE, H1, "", H1, "", B2, "", H3[:-1])) == [(H1, B2), (H3[:-1], "")]
    assert pairs(read(*ARTICLE, "Đọc thêm", "", H1, "", H1, "", B1, H2, "", H2[:20])) == [(H1, B1), (H2, "")]


# ---------------------------------------------------------------- encodings and line ends


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\x0c", "\n\n", "\n \t\n", "\n\u200b\n"])
def test_line_ends_of_all_kinds(newline: str) -> None:
    """The same page comes out, whatever ends its lines."""
    page = read(TITLE, "Minh Khuê", LEAD, P1, H1, H1, B1, P2, "Đọc thêm", H2, H2, B2, H3, H3, B3, newline=newline)
    assert (page.title, page.byline, page.lead, page.body) == (TITLE, "Minh Khuê", LEAD, f"{P1}\n{P2}")
    assert pairs(page) == [(H1, B1), (H2, B2), (H3, B3)]


def test_text_comes_out_in_nfc_without_entities_and_odd_characters() -> None:
    """Decomposed letters, entities escaped once or twice, zero-width and non-breaking characters."""
    title = unicodedata.normalize("NFD", "Hoà đàm ở Oslo: bên trong “phòng kín”")
    page = read(
        title,
        "Đại diện\u00a0hai bên nói &amp;quot;có tiến triển&amp;quot; &ndash; theo A&amp;B\u200b.",
        "&lt;5 % số kho.",
    )
    assert page.title == "Hoà đàm ở Oslo: bên trong “phòng kín”"
    assert page.lead == 'Đại diện hai bên nói "có tiến triển" – theo A&B.'
    assert page.body == "<5 % số kho."


# ---------------------------------------------------------------- pages built from random parts


SYLLABLES = (
    "an", "biển", "cao", "dân", "đoàn", "gió", "giao", "hòa", "họp", "hội", "kho", "khu", "lúa", "lửa", "mây", "miền",
    "mùa", "năm", "núi", "nước", "phố", "quân", "rừng", "sông", "thuyền", "tháng", "thợ", "tiếng", "tin", "trà",
    "trăng", "trường", "ven", "việc", "vụ", "vườn", "xanh", "xây", "yên", "đảo", "đất", "điện", "đồng", "ổn", "ước",
)  # fmt: skip


def some_words(random: Random, low: int = 5, high: int = 18) -> str:
    return " ".join(random.choices(SYLLABLES, k=random.randint(low, high)))


def a_sentence(random: Random) -> str:
    """A sentence that no other draw repeats."""
    return f"{some_words(random).capitalize()} {random.getrandbits(40)} {some_words(random)}."


def a_headline(random: Random) -> str:
    form = random.choice(["{} {}", "{} {}?", "'{}' {}", "“{}” {}", "{}: {} ‘mới’", "{} - {}", '"{}" {}!', "{}... {}"])
    return form.format(some_words(random).capitalize(), random.getrandbits(40))


def a_blurb(random: Random) -> str:
    text = a_sentence(random)
    return random.choice([text, text[:-1] + " ...", text[:-1] + "...", "(Bantinxanh.vn) - " + text])


@dataclass
class Parts:
    """A page's true content and the lines it is printed as."""

    title: str
    byline: str
    paragraphs: list[str]
    related: list[tuple[str, str]]
    lines: list[str]


def a_page(random: Random) -> Parts:
    """A page in one of the papers' forms."""
    gap = [""] * random.randint(0, 1)
    title, byline = a_headline(random), random.choice(["", "Minh Khuê", "Đỗ An (theo NTB)"])
    body = [" ".join(a_sentence(random) for _ in range(random.randint(1, 4))) for _ in range(random.randint(2, 7))]
    related: list[tuple[str, str]] = []
    lines = [title, "", *([byline] if byline else []), body[0]]
    if random.random() < 0.5:
        lines += ["Theo dõi Bản Tin Xanh trên", "Phòng họp ven sông", "Phòng họp ven sông sáng 4/3. (Nguồn: NTB)"]
    lines += gap
    for paragraph in body[1:]:
        lines += [paragraph, *gap]
        if random.random() < 0.3:
            lines += ["Phố cổ trong sương. Ảnh: Lê Thu"] * random.randint(1, 2) + gap
        for _ in range(random.choice([0, 0, 1, 2])):
            related.append((a_headline(random), a_blurb(random)))
            lines += [related[-1][0], *gap, related[-1][0], *gap, related[-1][1], *gap]
    if random.random() < 0.5:
        lines += ["(theo NTB)", *gap, "Bài viết cùng chủ đề", *gap, "Kho thóc", *gap]
    for head in random.sample(HEADS, random.randint(0, 2)):
        lines += [head, *gap]
        copies, with_blurbs = random.randint(1, 2), random.random() < 0.7
        for _ in range(random.randint(1, 7)):
            related.append((a_headline(random), a_blurb(random) if with_blurbs else ""))
            lines += [line for _ in range(copies) for line in (related[-1][0], *gap)] + [related[-1][1]] * with_blurbs
    return Parts(title, byline, body, related, lines + ["Phiên bản di động"] * random.randint(0, 1))


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.integers(0, 2**32), st.sampled_from(["\n", "\r\n"]))
def test_pages_of_random_parts_come_back_exactly(seed: int, newline: str) -> None:
    """Whatever a page is put together from, each part is where it belongs, and only there."""
    parts = a_page(Random(seed))  # noqa: S311  not for secrets
    page = read(*parts.lines, newline=newline)
    assert (page.title, page.byline) == (parts.title, parts.byline)
    assert [page.lead, *page.body.split("\n")] == parts.paragraphs
    assert pairs(page) == parts.related


special = st.sampled_from(
    [*HEADS, TITLE, LEAD, P1, H1, H1, B1, B2, "", "", "Từ khóa:", "Theo dõi X trên", "abc def ghi kl mn", "Ảnh: AFP",
     "(theo AFP)", "Phiên bản di động", "Minh Khuê", ">> Nga", "Xem thêm: Nga họp Mỹ", "…", "-", "4/3"]
)  # fmt: skip


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(special | st.text(max_size=40), max_size=30))
def test_any_text_is_read_without_an_error(lines: list[str]) -> None:
    """No text raises, every part is clean, and the headlines of a page are all different."""
    page = parse_saved_page("\n".join(lines), id="x", source="y")
    for part in (page.title, page.byline, page.lead, *(text for pair in pairs(page) for text in pair)):
        assert part == part.strip()
        assert "\n" not in part
    assert all(line == line.strip() and line for line in page.body.split("\n")) or not page.body
    assert len({item.headline for item in page.related}) == len(page.related)


def large_texts(size: int) -> dict[str, str]:
    """Texts of `size` lines, or of 50 times as many characters in one line, that tempt a reader to look back."""
    news = [f"Tin {i} về kho thóc" for i in range(size)]
    return {
        "letters": "a" * 50 * size,
        "words": "đàm phán " * 5 * size,
        "entities": "&amp;" * 10 * size,
        "arrows": "> " * 25 * size,
        "accents": "a" + "\u0323\u0301" * 5 * size,
        "lines": "\n".join(news),
        "blurbs": "\n".join([*ARTICLE, "(theo NTB)", "Đọc thêm", H1, *(line + "." for line in news)]),
        "heads": "\n".join(f"{line}.\nĐọc thêm" for line in news[: size // 2]),
        "section": "\n".join(["Đọc thêm", *(line + f"\n{line} ..." for line in news[: size // 2])]),
        "furniture": "\n\n".join(["Ảnh: AFP", "Đọc thêm", "Minh Khuê", "Tin về kho thóc"] * (size // 4)),
    }


@pytest.mark.parametrize("name", list(large_texts(4)))
def test_reading_time_is_linear(name: str) -> None:
    """A text of ten thousand lines, or of half a million characters in one line, takes a second or so."""
    start = time.process_time()
    parse_saved_page(large_texts(10_000)[name], id="", source="")
    assert time.process_time() - start < 3


@pytest.mark.slow
@pytest.mark.parametrize("name", list(large_texts(4)))
def test_very_large_texts_take_seconds(name: str) -> None:
    """Ten times as much: ten megabytes in one line, and two hundred thousand short lines."""
    start = time.process_time()
    parse_saved_page(large_texts(200_000)[name], id="", source="")
    assert time.process_time() - start < 30


# ---------------------------------------------------------------- what ships


def test_reading_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """The reader is a function; what is to be said about a page its caller says."""
    for text in ("", TITLE, "\n".join(ARTICLE)):
        parse_saved_page(text, id="", source="")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_sample_pages_read_as_articles_with_related_headlines(path: Path) -> None:
    """Each page that ships with the project has all its parts, and the article has no line of the page around it."""
    page = parse_saved_page(path.read_text(encoding="utf-8"), id=path.stem, source=str(path))
    body = page.body.split("\n")
    assert page.title
    assert page.byline
    assert page.lead
    assert 5 <= len(body) <= 9
    assert 10 <= len(page.related) <= 24
    assert all(line.rstrip('"”)').endswith(".") and len(line) > 100 for line in body)
    assert not {item.headline for item in page.related} & set(body)


def test_seven_samples_ship() -> None:
    """`chude demo` has pages to show."""
    assert len(SAMPLES) == 7
