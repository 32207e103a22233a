"""Reads pages of many forms, text dumps and HTML, and holds every part of them to what was written into them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from conftest import PROJECT

from classifier.reading.dump.saved_page import parse_saved_page
from classifier.reading.html.page import parse_html

if TYPE_CHECKING:
    from collections.abc import Callable

FORMS = PROJECT / "tests" / "data" / "page_forms"
PARTS = json.loads((FORMS / "parts.json").read_text("utf-8"))
HTML_GOLD = json.loads((FORMS / "html_gold.json").read_text("utf-8"))


@dataclass
class Written:
    """A page as lines, and what a reader must find in it."""

    lines: list[str] = field(default_factory=list)
    title: str = ""
    byline: str = ""
    lead: str = ""
    body: list[str] = field(default_factory=list)
    related: list[list[str]] = field(default_factory=list)

    def put(self, part: str, raw: str, gold: str = "") -> None:
        """Write a line: of the title (T), byline, lead, a paragraph, a headline, its blurb (b), or none of them (-)."""
        gold = gold or raw.strip()
        self.lines.append(raw)
        if part in "TBL":
            setattr(self, {"T": "title", "B": "byline", "L": "lead"}[part], gold)
        elif part == "P":
            self.body.append(gold)
        elif part == "H":
            self.related.append([gold, ""])
        elif part == "b":
            self.related[-1][1] = gold


def shortened(blurb: str) -> str:
    words = blurb.rstrip(".").split()
    return " ".join(words[: max(8, len(words) * 2 // 3)]) + " ..."


def write_mark(page: Written, mark: str, article: dict[str, Any]) -> None:
    """Write what a mark stands for.

    T, B, L: the article's title, byline, lead; P2: its second paragraph; P*: all, with blank lines between; _: a blank
    line; of the recommended headlines H3: number 3 once, H=3: twice, HH3: twice with a blank line between, b3: its
    blurb (b3~ shortened), S3: headline and blurb, X3: as HH3, a blank line, and the blurb (X3~ shortened).
    """
    if mark in ("T", "B", "L"):
        page.put(mark, article[{"T": "title", "B": "byline", "L": "lead"}[mark]])
    elif mark == "_":
        page.lines.append("")
    elif mark == "P*":
        for number, paragraph in enumerate(article["paragraphs"]):
            page.lines += [""] * bool(number)
            page.put("P", paragraph)
    elif mark[0] == "P":
        page.put("P", article["paragraphs"][int(mark[1:]) - 1])
    else:
        headline, blurb = PARTS["recommended"][int(mark.strip("HXSb=~"))]
        if mark[0] in "HXS":
            page.put("H", headline)
        page.lines += [""] * (mark.startswith(("HH", "X")))
        page.lines += [headline] * mark.startswith(("HH", "H=", "X"))
        page.lines += [""] * mark.startswith("X")
        if mark[0] in "XSb":
            page.put("b", shortened(blurb) if mark.endswith("~") else blurb)


def read_forms() -> dict[str, Written]:
    """The pages of pages.txt: a line of tokens, or "part|text", or "part|text as printed ‖ text as it must be read"."""
    pages: dict[str, Written] = {}
    article: dict[str, Any] = {}
    for line in (FORMS / "pages.txt").read_text("utf-8").splitlines():
        if line.startswith("== "):
            name, _, number = line[3:].partition(" | ")
            page, article = pages.setdefault(name, Written()), PARTS["articles"][int(number)]
        elif line[1:2] == "|":
            raw, _, gold = line[2:].partition("‖")
            page.put(line[0], raw.rstrip(), gold.strip())
        elif not line.startswith("#"):
            for mark in line.split():
                write_mark(page, mark, article)
    return pages


PAGES = read_forms()
PRINTINGS: dict[str, Callable[[str], str]] = {
    "as written": lambda text: text,
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "no blank lines": lambda text: "\n".join(line for line in text.split("\n") if line),
    "blank lines between all": lambda text: "\n\n".join(line for line in text.split("\n") if line),
    "padded": lambda text: "\n".join(f"\xa0{line} \t" for line in text.split("\n")),
}
TELLING_BLANKS = {"doubled caption without credit", "chorus lines"}
"""Pages on which only the blank lines tell a caption or a verse from a headline."""


@pytest.mark.parametrize("printing", PRINTINGS)
@pytest.mark.parametrize("name", PAGES)
def test_every_part_of_a_page_is_where_it_belongs(name: str, printing: str) -> None:
    """Title, byline, lead, body and related headlines come out exactly, whatever the form and the blank lines."""
    if name in TELLING_BLANKS and "blank" in printing:
        pytest.skip("without its own blank lines the page says something else")
    page = PAGES[name]
    read = parse_saved_page(PRINTINGS[printing]("\n".join(page.lines)), id="", source="")
    assert [[item.headline, item.blurb] for item in read.related] == page.related
    assert read.body.split("\n") == (page.body or [""])
    assert (read.title, read.lead, read.byline) == (page.title, page.lead, page.byline)


@pytest.mark.parametrize(
    "head",
    [
        *("Tin cùng mục", "Tin đáng chú ý", "Video đang được xem nhiều", "Được quan tâm nhiều nhất", "🔥 Đọc nhiều"),
        *("📰 TIN CÙNG CHUYÊN MỤC", "[Tin liên quan]", "--- Tin liên quan ---", "★ Tin nổi bật ★", "Tin liên quan (4)"),
        *(
            "Nhiều người quan tâm",
            "Các bài đã đăng",
            "Bài báo liên quan",
            "▶ Xem thêm",
            "Tin khác »",
            "Chuyện năm châu",
        ),
    ],
)
def test_headlines_below_any_head(head: str) -> None:
    """The head may have marks of all kinds around it, or be none that is known, if a signature stands above it."""
    page = Written()
    for mark in ("T", "_", "L", "_", "P*", "_", "B", "_"):
        write_mark(page, mark, PARTS["articles"][2])
    page.lines += [head, ""]
    for mark in ("H0", "_", "H1", "_", "H3", "_", "H7"):
        write_mark(page, mark, PARTS["articles"][2])
    read = parse_saved_page("\n".join(page.lines), id="", source="")
    assert [item.headline for item in read.related] == [headline for headline, _ in page.related]
    assert read.body.split("\n") == page.body
    assert read.byline == page.byline


@pytest.mark.parametrize("place", ["above the lead", "below the lead", "at the end"])
@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("Hồng Hạnh/Báo Tin tức (Theo Reuters)", ""),
        ("Theo Thu Hà/VOV", ""),
        ("PV (TTXVN/Vietnam+)", ""),
        ("PV/Vietnam+", ""),
        ("Bài, ảnh: Quốc Khánh", ""),
        ("Huy Vũ | Tuấn Anh", ""),
        ("Hương Giang – Tuệ Minh", ""),
        ("Hoài Thu - 14/03/2025 10:30", "Hoài Thu"),
        ("Phóng viên TTXVN tại Geneva", ""),
        ("Hoàng Phạm/VOV.VN biên dịch", ""),
        ("Thanh Bình lược dịch", ""),
        ("(Minh Châu, theo AP)", ""),
        ("Thạch Lam - Phúc Minh (Theo BBC, Sky News)", ""),
        ("KIM NGỌC (từ London)", ""),
        ("N.T.Đa", ""),
    ],
)
def test_bylines_of_many_forms(line: str, byline: str, place: str) -> None:
    """A signature is read as printed, but for a date beside it, and is no part of the text, wherever it stands."""
    article = PARTS["articles"][2]
    lines = [article["title"], article["lead"], *article["paragraphs"]]
    lines.insert({"above the lead": 1, "below the lead": 2, "at the end": len(lines)}[place], line)
    read = parse_saved_page("\n\n".join(lines), id="", source="")
    assert (read.byline, read.lead) == (byline or line, article["lead"])
    assert read.body.split("\n") == article["paragraphs"]


@pytest.mark.parametrize("line", ["Trả lời:", "Ngày 2/11", "Năm 2015", "Tổng thống Mỹ", "https://example.org/so-lieu"])
def test_short_lines_of_an_article_stay(line: str) -> None:
    """What could be a button, a date or a leftover elsewhere is text between paragraphs."""
    article = PARTS["articles"][2]
    lines = [article["title"], article["lead"], article["paragraphs"][0], line, *article["paragraphs"][1:]]
    read = parse_saved_page("\n\n".join(lines), id="", source="")
    assert read.body.split("\n") == lines[2:]


def test_dated_headlines_below_an_article_are_related() -> None:
    """Lines behind the text that end each in a date in brackets are a list of headlines, though no head says so."""
    article = PARTS["articles"][0]
    listed = ["Nicosia mở thêm cửa khẩu(12/03/2025)", "Ankara cử đặc phái viên tới đảo (11/03)"]
    read = parse_saved_page(
        "\n".join([article["title"], article["lead"], *article["paragraphs"], *listed]), id="", source=""
    )
    assert [item.headline for item in read.related] == ["Nicosia mở thêm cửa khẩu", "Ankara cử đặc phái viên tới đảo"]
    assert read.body.split("\n") == article["paragraphs"]


def test_a_table_behind_a_name_stays() -> None:
    """Lines behind a name that are mostly no headlines are not taken for a list of them."""
    article = PARTS["articles"][0]
    table = ["Thanh Lam", "21,1%", "3.393 phiếu", "Nhóm hát ở làng bên kia sông", "10,6%", "1.709 phiếu"]
    read = parse_saved_page(
        "\n".join([article["title"], article["lead"], *article["paragraphs"], *table]), id="", source=""
    )
    assert read.related == ()
    assert read.body.split("\n") == [*article["paragraphs"], *table]


@pytest.mark.parametrize("name", HTML_GOLD)
def test_every_part_of_an_html_page_is_where_it_belongs(name: str) -> None:
    """Whatever the markup, the parts come out exactly: boxes, menus, captions and hidden notes are none of the text."""
    gold = HTML_GOLD[name]
    read = parse_html((FORMS / f"{name}.html").read_bytes(), id="", source="")
    assert [[item.headline, item.blurb] for item in read.related] == gold["related"]
    assert read.body == gold["body"]
    assert {part: getattr(read, part) for part in ("title", "byline", "lead")} == {
        part: gold[part] for part in ("title", "byline", "lead")
    }


def test_an_article_that_a_script_shows_is_not_hidden() -> None:
    """An element drawn only by a script that holds the whole article is read; a hidden note is not."""
    article = PARTS["articles"][0]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in article["paragraphs"] * 2)
    html = (
        f"<title>x</title><h1>{article['title']}</h1><div style='display: none'>{body}</div><p hidden>Ghi chú ẩn.</p>"
    )
    read = parse_html(html.encode(), id="", source="")
    assert article["paragraphs"][-1] in read.body
    assert "Ghi chú ẩn" not in read.body
