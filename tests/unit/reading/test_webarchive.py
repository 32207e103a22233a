"""Guards that what Safari saves is read as the page in it."""

from __future__ import annotations

import plistlib

import pytest

from classifier.reading import read_pages

TITLE = "Làng nghề dệt chiếu mở lớp cho người trẻ"
BODY = (
    "Lớp học mở vào cuối tuần ở nhà văn hóa, mỗi buổi có hai mươi học viên ngồi vào khung dệt cùng các cụ trong làng."
)
HTML = f"<html><body><h1>{TITLE}</h1><p>{BODY}</p><p>{BODY.replace('Lớp', 'Khóa')}</p></body></html>"


def read(path):
    skipped = []
    return list(read_pages([path], on_skip=skipped.append)), skipped


@pytest.mark.parametrize("form", [plistlib.FMT_BINARY, plistlib.FMT_XML])
@pytest.mark.parametrize("name", ["a.webarchive", "a.html"])
def test_the_page_in_a_web_archive(tmp_path, form, name):
    """In both forms of property lists, whatever the name; its address is where it was saved from."""
    main = {
        "WebResourceData": HTML.encode(),
        "WebResourceMIMEType": "text/html",
        "WebResourceTextEncodingName": "UTF-8",
    }
    main["WebResourceURL"] = "https://lang.example/chieu"
    (tmp_path / name).write_bytes(plistlib.dumps({"WebMainResource": main}, fmt=form))
    (page,), skipped = read(tmp_path / name)
    assert skipped == []
    assert (page.title, page.url) == (TITLE, "https://lang.example/chieu")
    assert BODY in page.text


@pytest.mark.parametrize(
    "content",
    [
        b"bplist00\xd1",
        b"bplist00" + b"\xff" * 200,
        plistlib.dumps({"a": 1}),
        plistlib.dumps([1], fmt=plistlib.FMT_BINARY),
        plistlib.dumps({"a": 1})[:-20],
        b'<?xml version="1.0"?><plist>' + b"<array>" * 50_000,
        b'<!DOCTYPE plist [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><plist><string>&b;</string></plist>',
    ],
)
def test_other_and_broken_property_lists_are_one_line(tmp_path, content):
    """Neither a traceback nor a page."""
    (tmp_path / "a.webarchive").write_bytes(content)
    pages, (skipped,) = read(tmp_path / "a.webarchive")
    assert pages == []
    assert "property list" in str(skipped) or "entit" in str(skipped) or "no text" in str(skipped)
