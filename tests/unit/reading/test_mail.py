"""Guards that pages saved whole (.mhtml) and messages (.eml) are read as the pages that they hold."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from classifier.engines.callables import Extractor
from classifier.reading import read_pages

TITLE = "Đội cứu hộ đưa mười ngư dân vào bờ"
LEAD = "Mười ngư dân trôi dạt hai ngày được đưa về cảng an toàn trong đêm qua."
BODY = [
    "Con tàu hỏng máy khi cách bờ sáu mươi hải lý, đúng lúc gió mùa đông bắc tràn về và sóng cao hơn bốn mét.",
    "Trạm bờ nhận tín hiệu lúc hai giờ sáng rồi báo cho đội cứu hộ, đội này ra tới nơi sau bảy giờ chạy tàu.",
    "Thuyền trưởng cho biết cả nhóm sống nhờ nửa bao gạo và nước mưa hứng trong tấm bạt che hầm cá.",
]
HTML = (
    f'<html><head><title>{TITLE} - Báo Bến Cảng</title></head><body><h1>{TITLE}</h1><p class="sapo">{LEAD}</p>'
    f"<div>{''.join(f'<p>{line}</p>' for line in BODY)}</div></body></html>"
)
FRAME = "<html><body><p>Khung quảng cáo: giảm giá lưới đánh cá cho mọi khách hàng trong tuần này.</p></body></html>"


def read(path):
    skipped = []
    return list(read_pages([path], on_skip=skipped.append)), skipped


def saved_whole(location="https://bencang.example/cuu-ho-1.htm", encoding="quoted-printable", first=HTML):
    """A page as Chromium saves it: the page, a frame, a picture."""
    message = EmailMessage()
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = location
    message["Subject"] = TITLE
    message["Date"] = "Sat, 21 Nov 2026 08:00:00 -0000"
    message.make_related()
    for address, html in ((location, first), ("cid:frame@mhtml.blink", FRAME)):
        part = EmailMessage()
        part.set_content(html, subtype="html", cte=encoding)
        part["Content-Location"] = address
        message.attach(part)
    picture = EmailMessage()
    picture.set_content(b"\x89PNG" + bytes(range(256)) * 300, "image", "png")
    picture["Content-Location"] = "https://bencang.example/anh.png"
    message.attach(picture)
    return message


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("ending", ["mhtml", "mht", "html", "txt", "bin"])
def test_a_page_saved_whole_is_the_page_whatever_its_name(tmp_path, encoding, ending):
    """Title, lead, body and address; not the frame; the day of saving is no day of publication."""
    path = tmp_path / f"trang.{ending}"
    path.write_bytes(saved_whole(encoding=encoding).as_bytes())
    (page,), skipped = read(path)
    assert skipped == []
    assert (page.id, page.source) == (path.name, str(path))
    assert (page.title, page.lead, page.body.split("\n")) == (TITLE, LEAD, BODY)
    assert (page.url, page.date) == ("https://bencang.example/cuu-ho-1.htm", "")


def test_a_page_of_internet_explorer_in_an_old_charset(tmp_path):
    """One part, the charset in the header alone; folded headers."""
    greek = "Δελτίο ειδήσεων: ο υπουργός συναντά τους ψαράδες του λιμανιού σήμερα το πρωί στην αίθουσα του δήμου."
    head = (
        b"From: <Saved by Windows Internet Explorer 8>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: text/html;\r\n\tcharset="windows-1253"\r\nContent-Transfer-Encoding: 8bit\r\nContent-Location: http://limani.example/a\r\n\r\n'
    )
    path = tmp_path / "a.mht"
    path.write_bytes(head + f"<html><body><h1>Ψαράδες</h1><p>{greek}</p></body></html>".encode("cp1253"))
    (page,), _ = read(path)
    assert greek in page.text
    assert page.url == "http://limani.example/a"


def test_the_start_parameter_names_the_page(tmp_path):
    """RFC 2387: the root need not be the first part."""
    message = EmailMessage()
    message["Subject"], message["Snapshot-Content-Location"] = "x", ""
    message.make_related()
    for name, html in (("khung", FRAME), ("trang", HTML)):
        part = EmailMessage()
        part.set_content(html, subtype="html")
        part["Content-ID"] = f"<{name}@x>"
        message.attach(part)
    message.set_param("start", "<trang@x>")
    (tmp_path / "a.mht").write_bytes(message.as_bytes())
    (page,), _ = read(tmp_path / "a.mht")
    assert page.title == TITLE


def letter(subject=TITLE):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "toasoan@bencang.example", "bandoc@thu.example", subject
    message["Date"] = "Fri, 20 Nov 2026 23:10:00 +0700"
    return message


def test_a_message_of_plain_text_stands_under_its_subject(tmp_path):
    """Its day is when it was sent; what answers and forwards put before a subject comes off; so does the signature."""
    message = letter(f"Fwd: {TITLE}")
    message.set_content("\n\n".join([LEAD, *BODY]) + "\n\n-- \nPhòng bạn đọc Bến Cảng\n", cte="quoted-printable")
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    (page,), skipped = read(tmp_path / "a.eml")
    assert skipped == []
    assert (page.title, page.date) == (TITLE, "2026-11-20")
    assert all(line in page.text for line in BODY)
    assert "Phòng bạn đọc" not in page.text


def test_forwarded_and_flowed_text(tmp_path):
    """The block of headers that a program sets above a forwarded text is none of it; flowed lines are joined."""
    message = letter(f"Chuyển tiếp: {TITLE}")
    flowed = BODY[0].replace(", đúng", ", \nđúng")
    block = "---------- Forwarded message ----------\nFrom: An <an@x.example>\nDate: 20/11/2026\nTo: b@x.example\n\n"
    message.set_content(block + "\n\n".join([LEAD, flowed, *BODY[1:]]), cte="8bit")
    message.set_param("format", "flowed")
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    (page,), _ = read(tmp_path / "a.eml")
    assert page.title == TITLE
    assert "Forwarded" not in page.text
    assert all(line in page.text.split("\n") for line in BODY)


def test_of_two_versions_the_html_is_read_and_the_text_where_it_is_empty(tmp_path):
    """A message in two versions is one page."""
    message = letter()
    message.set_content("Xem thư này trong trình duyệt của bạn.")
    message.add_alternative(HTML, subtype="html")
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    (page,), _ = read(tmp_path / "a.eml")
    assert (page.title, page.body.split("\n")) == (TITLE, BODY)
    message = letter()
    message.set_content("\n\n".join([LEAD, *BODY]))
    message.add_alternative("<html><body><img src='cid:1'></body></html>", subtype="html")
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    (page,), _ = read(tmp_path / "a.eml")
    assert BODY[2] in page.text


def test_html_without_a_heading_has_the_subject_as_title(tmp_path):
    """Messages seldom have an h1, and their <title> is the template's."""
    message = letter()
    paragraphs = "".join(f"<p>{line}</p>" for line in [LEAD, *BODY])
    message.set_content(
        f"<html><head><title>Mẫu 3</title></head><body><div>{paragraphs}</div></body></html>", subtype="html"
    )
    (tmp_path / "a.eml").write_bytes(message.as_bytes())
    (page,), _ = read(tmp_path / "a.eml")
    assert page.title == TITLE
    assert page.body.split("\n")[-1] == BODY[2]


def test_attached_pages_are_pages_and_what_else_is_attached_is_named(tmp_path):
    """Ids are those of files in the file; a message that was attached is one too."""
    inner = letter("Thư trong thư")
    inner.set_content("\n\n".join(BODY))
    message = letter("Gửi bạn ba bài")
    message.set_content("Mời bạn đọc các bài đính kèm theo thư này nhé, bài nào cũng hay cả.")
    message.add_attachment(HTML.encode(), "text", "html", filename="../bài một.html")
    message.add_attachment(HTML.encode(), "application", "octet-stream", filename="hai.htm")
    message.add_attachment(inner, filename="thu.eml")
    message.add_attachment(b"%PDF-1.7", "application", "pdf", filename="ba.pdf")
    path = tmp_path / "a.eml"
    path.write_bytes(message.as_bytes())
    pages, skipped = read(path)
    assert [page.id for page in pages] == ["a.eml", "a.eml/bài một.html", "a.eml/hai.htm", "a.eml/thu.eml"]
    assert [page.title for page in pages] == ["Gửi bạn ba bài", TITLE, TITLE, "Thư trong thư"]
    assert [str(one) for one in skipped] == [
        f"{path}: 1 attachment is no page (ba.pdf); save what else is to be read as a file of its own"
    ]
    assert skipped[0].count == 0


def test_folders_take_them_and_name_what_holds_none(tmp_path):
    """Each that cannot be read is one line, the others are read."""
    (tmp_path / "a.eml").write_bytes(saved_whole().as_bytes())
    (tmp_path / "b.mht").write_bytes(b"From: x\r\nMIME-Version: 1.0\r\nContent-Type: image/png\r\n\r\nabcd")
    (tmp_path / "c.mhtml").write_bytes(b"")
    (tmp_path / "d.mhtml").write_text(HTML)  # by its name only
    pages, skipped = read(tmp_path)
    assert [page.title for page in pages] == [TITLE, TITLE]
    assert [str(one).removeprefix(f"{tmp_path}/") for one in skipped] == [
        "b.mht: holds no page, neither HTML nor text",
        "c.mhtml: is empty",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "From: Hà Nội\n\nTin này không phải là thư.\n",
        "Date: 20/11/2026\nTitle: Cứu hộ\n\nMười ngư dân vào bờ.\n",
        "Subject: To: From:\nMười ngư dân vào bờ\n\nĐội cứu hộ đưa họ về.\n",
    ],
)
def test_text_with_colons_is_no_message(tmp_path, text):
    """Notes above a text are not taken for headers."""
    (tmp_path / "a.txt").write_text(text)
    (page,), _ = read(tmp_path / "a.txt")
    assert page.text.split("\n")[0] == text.split("\n")[0]


def test_extractors_of_engines_read_them(tmp_path):
    """As bytes and as text; a file with more pages is named in `skipped`."""
    many = letter()
    many.set_content(LEAD)
    many.add_attachment(HTML.encode(), "text", "html", filename="a.html")
    rows = Extractor(column="page")(
        [{"page": saved_whole().as_bytes()}, {"page": saved_whole().as_string()}, {"page": many.as_bytes()}]
    )
    assert [row["title"] for row in rows[:2]] == [TITLE, TITLE]
    assert "holds more than one page" in rows[2]["skipped"]


def test_hostile_mail_is_refused_in_one_line(tmp_path):
    """Depth, numbers and sizes beyond any mail's end in a reason, not in a stall."""
    start = b"From: a\r\nTo: b\r\nMIME-Version: 1.0\r\n"
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(3000)
    )
    cases = {
        "over 64 KiB of headers": start + b"X-A: " + b"a" * 70_000 + b"\r\n\r\nx",
        "over 1,000 parameters": start + b"Content-Type: text/html" + b";" * 5_000 + b"\r\n\r\nx",
        "more than 100 parts with parts in them": start + nested,
        "is nested too deeply": start + b"Content-Type: message/rfc822\r\n\r\n" * 20_000,
        "more than 10,000 parts": start
        + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        + b"--b\r\n\r\n" * 20_000,
        "more than 32 MiB of text": start + b"\r\n" + b"a" * (33 << 20),
    }
    for number, (said, data) in enumerate(cases.items()):
        path = tmp_path / f"{number}.eml"
        path.write_bytes(data)
        pages, (skipped,) = read(path)
        assert pages == []
        assert said in str(skipped)


def test_a_subject_in_bare_utf8_is_read(tmp_path):
    """As programs write that know nothing of encoded words."""
    subject = "Cầu phao mới nối hai bờ sông Chảy"
    (tmp_path / "a.eml").write_text(f"From: a@b.example\nTo: c@d.example\nSubject: {subject}\n\nCầu mở chiều nay.\n")
    (page,) = read_pages([tmp_path / "a.eml"])
    assert page.title == subject
