"""Guards that archives of pages are read as folders of them are, under limits, and that nothing lands on the disk."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from classifier.reading import read_pages, zipped

TITLE = "Hồ thủy lợi đầu nguồn tích đủ nước trước vụ xuân"
BODY = "Ban quản lý mở cống từ sáng thứ hai, nước về đến ba xã cuối kênh sau hai ngày và đủ cho bốn nghìn héc ta lúa."
HTML = f"<html><body><h1>{TITLE}</h1><p>{BODY}</p><p>{BODY.replace('Ban', 'Tổ')}</p></body></html>"


def packed(files, method=zipfile.ZIP_DEFLATED):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", method) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return archive.getvalue()


def read(path, content):
    path.write_bytes(content)
    skipped = []
    return list(read_pages([path], on_skip=skipped.append)), [str(one) for one in skipped]


def test_an_archive_is_read_as_the_folder_in_it(tmp_path):
    """Pages, packed pages, tables and messages by name; parts of pages and hidden files are no pages."""
    files = {
        "tuần/bài.html": HTML,
        "tuần/bài_files/quảng cáo.html": HTML,
        "a.txt.gz": gzip.compress(f"{TITLE}\n\n{BODY}\n".encode()),
        "__MACOSX/._a.txt": BODY,
        ".an.txt": BODY,
        "c.csv": f'id,text\n7,"{BODY}"\n',
        "logo.png": b"\x89PNG",
        "b.eml": f"From: a@b.example\nSubject: {TITLE}\nTo: c@d.example\n\n{BODY}\n",
    }
    pages, skipped = read(tmp_path / "t.zip", packed(files))
    assert [page.id for page in pages] == ["t.zip/a.txt.gz", "t.zip/b.eml", "7", "t.zip/tuần/bài.html"]
    assert [page.title for page in pages] == [TITLE, TITLE, "", TITLE]
    assert [page.extra.get("folder") for page in pages] == [None, None, None, "tuần"]
    assert all(BODY in page.text for page in pages)
    assert len(skipped) == 1
    assert "2 files of other kinds left out (.png 1, .html 1)" in skipped[0]
    assert [path.name for path in tmp_path.iterdir()] == ["t.zip"]


@pytest.mark.parametrize("name", ["t.zip", "t.html", "t"])
def test_an_archive_is_known_by_its_content(tmp_path, name):
    """Whatever it is called, and also packed once more."""
    for path, content in ((name, packed({"a.html": HTML})), ("t.zip.gz", gzip.compress(packed({"a.html": HTML})))):
        pages, skipped = read(tmp_path / path, content)
        assert ([page.title for page in pages], skipped) == ([TITLE], [])


def test_a_name_that_does_not_say_it_is_utf8_is_read_as_that(tmp_path):
    """As many programs write them."""
    raw = packed({"bài.html": HTML}).replace("bài".encode(), b"b\xc3\xa0i")
    local, central = raw.index(b"PK\x03\x04"), raw.index(b"PK\x01\x02")
    raw = bytearray(raw)
    raw[local + 7] &= ~0x08
    raw[central + 9] &= ~0x08
    (page,), _ = read(tmp_path / "t.zip", bytes(raw))
    assert page.id == "t.zip/bài.html"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "holds no page"),
        ({"a.png": b"\x89PNG"}, "holds no page"),
        ({"a.zip": packed({"a.html": HTML})}, "unpack it"),
        ({"a.parquet": b"PAR1"}, "is Parquet inside another packing"),
        ({"a.txt": b""}, "is empty"),
    ],
)
def test_what_an_archive_does_not_give_is_named(tmp_path, files, said):
    """In one line of its own, with the file's name in the archive."""
    pages, skipped = read(tmp_path / "t.zip", packed(files))
    assert pages == []
    assert said in " ".join(skipped)


@pytest.mark.parametrize("cut", [4, 30, 60, -30, -4])
def test_a_broken_archive_is_one_line(tmp_path, cut):
    """Cut anywhere."""
    pages, (skipped,) = read(tmp_path / "t.zip", packed({"a.html": HTML, "b.html": HTML})[:cut])
    assert pages == []
    assert "is a broken ZIP archive" in skipped


def test_a_damaged_file_leaves_the_others(tmp_path):
    """Wrong bytes, a password, and packing of a kind that takes any memory it likes."""
    raw = bytearray(packed({"a.txt": BODY, "b.txt": BODY, "c.html": HTML}, zipfile.ZIP_STORED))
    raw[raw.index(BODY.encode()) + 3] ^= 1
    second = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 4)
    raw[second + 8] |= 1
    pages, skipped = read(tmp_path / "t.zip", bytes(raw))
    assert [page.id for page in pages] == ["t.zip/c.html"]
    assert "t.zip/a.txt: is damaged" in skipped[0]
    assert "t.zip/b.txt: is locked with a password" in skipped[1]
    _, (skipped,) = read(tmp_path / "t.zip", packed({"a.txt": BODY}, zipfile.ZIP_LZMA))
    assert "is packed in a way that is not read" in skipped


def test_an_archive_that_unpacks_without_end_stops(tmp_path, monkeypatch):
    """However many of its files there are, and a list of files of any length is not taken into memory."""
    monkeypatch.setattr(zipped, "MAX_SAVED", 2**20)
    monkeypatch.setattr(zipped, "MAX_ZIP_RATIO", 10)
    bomb = packed({f"{number}.txt": f"{BODY} " * 10_000 for number in range(3)})
    pages, skipped = read(tmp_path / "t.zip", bomb)
    assert (pages, len(skipped)) == ([], 3)
    assert all("unpacks to over 10 times its size" in one for one in skipped)
    monkeypatch.setattr(zipped, "MAX_ZIP_DIRECTORY", 1000)
    _, (skipped,) = read(tmp_path / "t.zip", packed({f"{number}.txt": BODY for number in range(100)}))
    assert "is an archive of too many files" in skipped
