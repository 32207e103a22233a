"""Articles laid out in ways that no reader was made for: whole body, right title, lead and byline in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from classifier.reading.html.page import parse_html

if TYPE_CHECKING:
    from classifier.types import Page

TITLE = "Trạm khí tượng trên đỉnh đèo có thêm người trực đêm"
LEAD = "Sau mùa bão năm ngoái, trạm nhỏ trên đèo được bổ sung hai quan trắc viên và một máy phát điện dự phòng."
TEXT = (
    "Từ đầu tuần, mỗi ca trực đêm ở trạm có hai người thay vì một như suốt hai mươi năm qua.",
    "Anh Phúc, người trẻ nhất trạm, kể rằng có đêm gió giật mạnh phải buộc dây vào lan can mới ra đọc được máy.",
    "Số liệu mưa được gửi về thành phố mỗi giờ một lần, còn khi có bão thì cứ mười lăm phút lại gửi một bản tin ngắn.",
    "Chiếc máy phát mới chạy được ba ngày liền, đủ để trạm không mất liên lạc như trong đợt lũ tháng mười.",
    "Xã dưới chân đèo đã lắp thêm bốn loa, nối thẳng với trạm để người dân nghe tin báo mưa lớn trước khi nước về.",
    "Ông trạm trưởng nói điều ông mong nhất là một con đường lên trạm không sạt mỗi khi trời đổ mưa to.",
)
ANSWERS = ("Người ở thị trấn", "Cô giáo dạy địa lý")


def read(body: str, head: str = "") -> Page:
    html = (
        f"<html lang=vi><head><meta charset=utf-8><title>{TITLE} | Báo Đèo Gió</title>{head}</head><body>{body}</body>"
    )
    return parse_html(f"<!DOCTYPE html>{html}</html>".encode(), id="page", source="page.html")


def paragraphs(texts: tuple[str, ...] = TEXT, tag: str = "p") -> str:
    return "".join(f"<{tag}>{text}</{tag}>" for text in texts)


MENU = "<nav><ul><li><a href=/a>Thời sự</a></li><li><a href=/b>Đời sống</a></li></ul></nav>"
TOP = f"{MENU}<h1>{TITLE}</h1><p class=sapo>{LEAD}</p>"

LAYOUTS = {
    "paragraphs": f"<article>{TOP}<div class=c>{paragraphs()}</div></article>",
    "bare divs between paragraphs": (
        f"<div>{TOP}<div class=f><div align=left>{TEXT[0]}<br></div><div align=center><img src=a.jpg></div>"
        f"{paragraphs(TEXT[1:])}</div></div>"
    ),
    "bare divs alone": f"<div>{TOP}<div class=f>{paragraphs(tag='div')}</div></div>",
    "line breaks alone": f"<div>{TOP}<div class=f>{'<br><br>'.join(TEXT)}</div></div>",
    "a table for a frame": (
        f"<table><tr><td width=160>{MENU}</td><td>{TOP}<table><tr><td>{paragraphs()}</table></table>"
    ),
    "a part in a table with a ground": (
        f"<div>{TOP}<div class=c>{paragraphs(TEXT[:3])}<table bgcolor=#eee><tr><td>{paragraphs(TEXT[3:5])}</td></tr>"
        f"</table>{paragraphs(TEXT[5:])}</div></div>"
    ),
    "each paragraph in a box of its own": f"<article>{TOP}"
    + "".join(f"<div class=block><div class=inner><p>{text}</p></div></div>" for text in TEXT)
    + "</article>",
    "questions and answers in boxes": f"<article>{TOP}<ul class=live>"
    + "".join(
        f"<li><div class=qa><time>09:0{number}</time><div class=q><p class=author>{name} hỏi:</p><div class=m>"
        f"<p>{question}</p></div></div><div class=a><div class=m><p>{answer}</p></div></div></div></li>"
        for number, (name, question, answer) in enumerate(
            [(ANSWERS[0], TEXT[0], TEXT[1]), (ANSWERS[1], TEXT[2], TEXT[3]), (ANSWERS[0], TEXT[4], TEXT[5])]
        )
    )
    + "</ul></article>",
    "sections with headings": f"<main>{TOP}"
    + "".join(
        f"<section class=s{number}><h2>Phần {number}</h2>{paragraphs(TEXT[2 * number - 2 : 2 * number])}</section>"
        for number in (1, 2, 3)
    )
    + "</main>",
    "a long footer": (
        f"<div>{TOP}<div><div><div>{paragraphs()}</div></div></div></div><div class=foot>"
        + "<br>".join(
            ["Cơ quan chủ quản: Hội Những Người Trực Đêm. Giấy phép số 12/GP-TTĐT cấp ngày 4/12/2008."] * 6
            + ["Chịu trách nhiệm nội dung: Lê Văn Gió. Tòa soạn: thị trấn Mây. Tel: (84-4) 3512 1806"]
        )
        + "</div>"
    ),
    "a form to write to the editors": (
        f"<div>{TOP}<div class=c>{paragraphs()}<div class=yk><div>GÓP Ý</div><div><p>Họ tên (*)</p><input></div><div>"
        "<p>Thư điện tử (*)</p><input></div><p>Đèo Gió cảm ơn mọi góp ý. Ý kiến được đọc trước khi đăng và có thể bị "
        "rút ngắn.</p></div></div></div>"
    ),
    "what is called sharing holds the text": (
        f"<div class=share-wrapper>{TOP}<div class=social>{paragraphs()}</div></div>"
    ),
    "captions that the page's body is called after": (
        f"<div class='caption-theme author'>{TOP}<div class=c>{paragraphs()}</div></div>"
    ),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_whole_body_is_found(layout: str) -> None:
    """Every paragraph once, in order, and nothing of menu, foot or form."""
    page = read(LAYOUTS[layout])
    assert page.title == TITLE
    assert page.lead == LEAD
    body = page.body.split("\n")
    assert [line for line in body if line in TEXT] == list(TEXT)
    assert len(body) <= len(TEXT) + 3  # headings, and who asks
    assert not any(word in page.body for word in ("Đời sống", "Giấy phép", "Họ tên", "cảm ơn mọi góp ý"))


def test_a_statement_that_is_the_article_over_again_is_no_lead() -> None:
    """Agencies' pages state the whole text to machines: the first paragraph is the lead then, and stands once."""
    stated = f"<meta name=description content='{' '.join(TEXT)}'>"
    page = read(f"<article><h1>{TITLE}</h1>{paragraphs()}</article>", stated)
    assert page.lead == TEXT[0]
    assert page.body.split("\n") == list(TEXT[1:])
