"""Guards that each entry of a feed is an article, and that a stranger's XML does no harm."""

from __future__ import annotations

import pytest

from classifier.reading import read_pages

TEXT = "Bến phà chạy thêm hai chuyến mỗi tối để bà con đi chợ đêm về kịp, chủ phà cho biết như vậy hôm qua."
RSS = f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>Báo Bến Phà</title><item><title>Bến phà thêm chuyến tối</title><link>https://pha.example/1</link>
<pubDate>Fri, 20 Nov 2026 08:00:00 +0700</pubDate><dc:creator>Lê Thu</dc:creator>
<description><![CDATA[<img src="a.png"> <b>{TEXT}</b>]]></description></item>
<item><title></title></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Báo</title><entry><title>Bến phà thêm chuyến tối</title>
<link rel="alternate" href="https://pha.example/1"/><published>2026-11-20T08:00:00+07:00</published>
<author><name>Lê Thu</name></author><content type="text">{TEXT}</content></entry></feed>"""


def read(path, content):
    path.write_text(content, encoding="utf-8")
    skipped = []
    return list(read_pages([path], on_skip=skipped.append)), skipped


@pytest.mark.parametrize(("content", "left"), [(RSS, 1), (ATOM, 0)])
@pytest.mark.parametrize("name", ["a.xml", "a.rss", "a.html"])
def test_an_entry_is_an_article(tmp_path, content, left, name):
    """Title, text, day, address and author; an entry without words is named."""
    (page,), skipped = read(tmp_path / name, content)
    assert (page.id, page.title) == (f"{name}/1", "Bến phà thêm chuyến tối")
    assert (page.date, page.url, page.authors) == ("2026-11-20", "https://pha.example/1", ("Lê Thu",))
    assert TEXT in page.text
    assert "img" not in page.text
    assert len(skipped) == left


@pytest.mark.parametrize(
    "content",
    [
        '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><item><title>&a;</title></item></rss>',
        "<rss><channel><item><title>Tin",
        "<rss></rss>",
        "<rss>" + "<a>" * 5_000,
    ],
)
def test_strange_feeds_are_one_line(tmp_path, content):
    """Nothing is expanded, fetched or guessed."""
    pages, (skipped,) = read(tmp_path / "a.rss", content)
    assert pages == []
    assert "feed" in str(skipped)
