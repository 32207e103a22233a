"""Guards that a page is read the same whatever program or archive saved it."""

from __future__ import annotations

import base64

import pytest

from classifier.reading.html.page import parse_html
from classifier.reading.html.saved_by import as_published

TITLE = "Bến đò cuối cùng trên sông Thương ngừng chở khách"
BODY = (
    "Người lái đò già neo thuyền vào gốc gạo từ đầu tuần, khi cầu bê tông nối hai xã mở cho xe máy và xe tải nhẹ qua."
)
LINK = "Hai xã ven sông góp tiền dựng lại mái đình bị bão quật"
URL = "https://song.example/ben-do.html"


def page(head="", top="", link="https://song.example/dinh.html", picture="a.png"):
    return f"""<!DOCTYPE html><html><head>{head}<title>{TITLE} - Báo Sông</title></head><body>{top}
    <h1>{TITLE}</h1><p>{BODY}</p><p>{BODY.replace("già", "trẻ")}</p><img src="{picture}">
    <h3>Tin liên quan</h3><ul><li><a href="{link}">{LINK}</a></li></ul></body></html>"""


def parsed(markup):
    return parse_html(markup.encode(), id="a", source="a.html")


BAR = """<!-- BEGIN WAYBACK TOOLBAR INSERT --><div id="wm-ipp-base"><h1>Internet Archive</h1>
<p>114 captures, from the fourteenth of April 2018 to today, of this page and of others that were below it.</p>
<a href="/web/20180414000000/https://song.example/">About this capture of the page that you see below</a></div>
<!-- END WAYBACK TOOLBAR INSERT -->"""
ARCHIVE = "https://web.archive.org/web/20180414073000/"


@pytest.mark.parametrize(
    "markup",
    [
        page(f'<link rel="canonical" href="{ARCHIVE}{URL}">', BAR, f"{ARCHIVE}https://song.example/dinh.html"),
        page(f'<link rel="canonical" href="{URL}">', BAR, "/web/20180414073000/https://song.example/dinh.html"),
        page(f'<link rel="canonical" href="http://archive.ph/20180414073000/{URL}">'),
        page(f"<!-- saved from url=(0032){URL} -->"),
        page(f"<!-- saved from url=(0080){ARCHIVE}{URL} -->", BAR),
        page(f"<!--\n Page saved with SingleFile \n url: {URL} \n saved date: Fri Nov 27 2026 08:00:00 GMT+0700 \n-->"),
        page(f'<meta name="savepage-url" content="{URL}">'),
        page(f'<link rel="canonical" href="{URL}"><!-- saved from url=(0020)https://other.example/ -->'),
    ],
)
def test_a_page_is_the_same_whoever_saved_it(markup):
    """Title, text, related headline and the addresses as the paper has them; no bar of an archive in any of them."""
    read = parsed(markup)
    assert (read.title, read.url) == (TITLE, URL)
    assert read.text.count("Người lái đò") == 2
    assert "capture" not in f"{read.text} {read.related}"
    assert [(item.headline, item.url) for item in read.related] == [(LINK, "https://song.example/dinh.html")]
    assert read.date == ""


def test_pictures_in_the_markup_take_no_part():
    """A page saved as one file is read as without them, however large they make it."""
    picture = f"data:image/png;base64,{base64.b64encode(bytes(range(256)) * 40_000).decode()}"
    one, plain = parsed(page(picture=picture)), parsed(page())
    assert (one.text, one.related) == (plain.text, plain.related)
    assert len(as_published(page(picture=picture))) < 2_000
