"""From paths to pages: which files are read in which order, under which ids, and what is said of all the others."""

from __future__ import annotations

import gzip
import json
import lzma
import os
import socket
import subprocess
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import UsageError
from classifier.reading import read_pages
from classifier.reading.ids import Ids

if TYPE_CHECKING:
    from collections.abc import Callable

    from classifier.types import Page, Skipped

TEXT = "Hội nghị thượng đỉnh khai mạc\n\nNgày 1/3, lãnh đạo các nước đã có mặt.\n\nHọ sẽ bàn về an ninh.\n"
HTML = (
    "<html><body><h1>Hội nghị thượng đỉnh khai mạc</h1>"
    "<p>Ngày 1/3, lãnh đạo các nước đã có mặt đông đủ.</p></body></html>"
)

needs_user = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")


def read(*paths: Path | str, **options: Any) -> tuple[list[Page], list[Skipped]]:
    skipped: list[Skipped] = []
    return list(read_pages(paths, on_skip=skipped.append, **options)), skipped


def put(path: Path, content: str | bytes = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def from_stdin(data: bytes, code: str = "") -> str:
    code = code or (
        "from classifier.reading import read_pages\n"
        "for p in read_pages(['-'], on_skip=lambda s: print('skip', s)):\n"
        "    print(p.id, p.source, p.title or p.body, sep='|')"
    )
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, "-c", code], input=data, capture_output=True, check=True, env=env
    ).stdout.decode()


# Folders


def test_folder_is_read_in_a_fixed_order_with_relative_ids(tmp_path: Path) -> None:
    """Files come sorted by name on each level; their ids are paths below the folder, their folder is in `extra`."""
    for name in ("b/2.txt", "b/1.html", "a.txt", "c.txt", "b/deep/x.txt"):
        put(tmp_path / name, HTML if name.endswith("html") else TEXT)
    pages, skipped = read(tmp_path)
    assert [page.id for page in pages] == ["a.txt", "b/1.html", "b/2.txt", "b/deep/x.txt", "c.txt"]
    assert [page.extra for page in pages] == [{}, {"folder": "b"}, {"folder": "b"}, {"folder": "deep"}, {}]
    assert pages[1].source == str(tmp_path / "b" / "1.html")
    assert {page.title for page in pages} == {"Hội nghị thượng đỉnh khai mạc"}
    assert skipped == []


def test_arguments_keep_their_order_and_files_their_names(tmp_path: Path) -> None:
    """Arguments are read as given; a file that is named itself has its file name for an id."""
    second, first = put(tmp_path / "x" / "b.txt"), put(tmp_path / "a.txt")
    pages, _ = read(second, str(first))
    assert [page.id for page in pages] == ["b.txt", "a.txt"]
    assert [page.extra for page in pages] == [{}, {}]


def test_one_path_need_not_be_in_a_list(tmp_path: Path) -> None:
    """A single path is a path, not a sequence of letters."""
    path = put(tmp_path / "a.txt")
    assert [page.id for page in read_pages(str(path))] == ["a.txt"]
    assert [page.id for page in read_pages(path)] == ["a.txt"]


def test_other_kinds_are_counted_once_and_hidden_files_passed_over(tmp_path: Path) -> None:
    """Files that hold no page make one message for the folder; hidden files and folders make none."""
    for name in ("a.txt", "p.png", "s/q.PNG", "s/readme", ".hidden.txt", ".git/x.txt"):
        put(tmp_path / name)
    pages, (skipped,) = read(tmp_path)
    assert [page.id for page in pages] == ["a.txt"]
    assert skipped.source == str(tmp_path)
    assert skipped.reason == "3 files of other kinds left out (.png 2, no extension 1)"


def test_parts_of_a_saved_page_are_no_pages(tmp_path: Path) -> None:
    """The folder NAME_files that browsers save beside NAME.html holds frames of advertising, not pages."""
    for name in ("tin.html", "tin_files/frame.html", "tin_files/a.js", "khac_files/b.html"):
        put(tmp_path / name, HTML)
    pages, (skipped,) = read(tmp_path)
    assert [page.id for page in pages] == ["khac_files/b.html", "tin.html"]
    assert "NAME_files/ 1" in skipped.reason


def test_folder_without_pages_is_named(tmp_path: Path) -> None:
    """An empty folder, or one of pictures alone, is reported."""
    _, (skipped,) = read(tmp_path)
    assert (
        skipped.reason
        == "holds no page (.txt .html .jsonl .csv .tsv .parquet .zip .mhtml .mht .eml .webarchive .rss .atom)"
    )
    put(tmp_path / "a.png")
    _, skipped_ = read(tmp_path)
    assert len(skipped_) == 2


def test_tables_in_folders_are_read_among_the_pages(tmp_path: Path) -> None:
    """A folder may mix pages and tables; rows are named below the folder too."""
    put(tmp_path / "b" / "t.jsonl", '{"text": "chữ"}\n')
    put(tmp_path / "a.txt")
    pages, _ = read(tmp_path)
    assert [page.id for page in pages] == ["a.txt", "b/t.jsonl:1"]
    assert pages[1].source == f"{tmp_path / 'b' / 't.jsonl'}:1"


# Ids


def test_ids_are_unique_and_nothing_is_lost(tmp_path: Path) -> None:
    """Equal ids, from rows or from folders with equal file names, get a number; every page is kept."""
    for name in ("x/a.txt", "y/a.txt", "z/a.txt"):
        put(tmp_path / name)
    put(tmp_path / "t.jsonl", '{"id": "k", "text": "1"}\n{"id": "k", "text": "2"}\n{"id": "k#2", "text": "3"}\n')
    pages, _ = read(tmp_path / "x", tmp_path / "y", tmp_path / "z", tmp_path / "t.jsonl")
    assert [page.id for page in pages] == ["a.txt", "a.txt#2", "a.txt#3", "k", "k#2", "k#2#2"]


def test_rows_of_tables_with_one_name_stay_apart(tmp_path: Path) -> None:
    """Rows without ids of two files of the same name, and rows that carry such an id, differ."""
    for folder in ("x", "y"):
        put(tmp_path / folder / "t.jsonl", '{"text": "1"}\n{"text": "2"}\n')
    put(tmp_path / "z.jsonl", '{"id": "t.jsonl:1", "text": "3"}\n{"id": "t.jsonl:9", "text": "4"}\n')
    pages, _ = read(tmp_path / "x", tmp_path / "y", tmp_path / "z.jsonl")
    assert [page.id for page in pages] == [
        "t.jsonl:1",
        "t.jsonl:2",
        "t.jsonl:1#2",
        "t.jsonl:2#2",
        "t.jsonl:1#3",
        "t.jsonl:9",
    ]
    pages, _ = read(tmp_path / "z.jsonl", tmp_path / "x")
    assert len({page.id for page in pages}) == 4


@given(st.lists(st.one_of(st.sampled_from(["a", "a#2", "t:1", "t:2", "t:2#2", "t:x", "t"]), st.none()), max_size=40))
def test_ids_never_repeat(wishes: list[str | None]) -> None:
    """Whatever ids rows ask for, and whichever have none (None; -1 opens another table), all are different."""
    ids = Ids()
    ids.open_table("t")
    found = []
    for number, wish in enumerate(wishes, start=1):
        if number % 7 == 0:
            ids.open_table("t")
        found.append(ids.given(wish) if wish is not None else ids.row("t", 1 + number % 7))
    assert len(set(found)) == len(found)


# What cannot be read


def test_what_is_missing_or_special_is_named_and_never_waited_for(tmp_path: Path) -> None:
    """Missing paths, pipes, sockets, devices and dangling links are reported at once; what can be read is read."""
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "self.txt").symlink_to(tmp_path / "self.txt")
    put(tmp_path / "z.txt")
    with tempfile.TemporaryDirectory() as short, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{short}/s")
        begun = time.monotonic()
        pages, skipped = read(tmp_path, tmp_path / "no", f"{short}/s", "/dev/zero", "", "a\0b")
    assert time.monotonic() - begun < 5
    assert [page.id for page in pages] == ["z.txt"]
    reasons = {item.source: item.reason for item in skipped}
    assert reasons[str(tmp_path / "pipe.txt")] == "is a named pipe"
    assert reasons[str(tmp_path / "gone.txt")] == "is a link to nothing"
    assert "too many levels" in reasons[str(tmp_path / "self.txt")]
    assert reasons[str(tmp_path / "no")] == "no such file or folder"
    assert reasons[f"{short}/s"] == "is a socket"
    assert reasons["/dev/zero"] == "is a device"
    assert reasons["''"] == "no such file or folder"
    assert len(skipped) == 8
    assert all("\0" not in str(item) for item in skipped)


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    """A link that leads round or out of the folder is reported, to a folder or a file; one to a file in it is read."""
    put(tmp_path / "in" / "a.txt")
    put(tmp_path / "out" / "b.txt")
    (tmp_path / "in" / "round").symlink_to(tmp_path / "in")
    (tmp_path / "in" / "away").symlink_to(tmp_path / "out")
    (tmp_path / "in" / "link.txt").symlink_to(tmp_path / "in" / "a.txt")
    (tmp_path / "in" / "out.txt").symlink_to(tmp_path / "out" / "b.txt")
    pages, skipped = read(tmp_path / "in")
    assert [page.id for page in pages] == ["a.txt", "link.txt"]
    assert [item.source for item in skipped] == [str(tmp_path / "in" / name) for name in ("away", "out.txt", "round")]
    assert skipped[1].reason == "is a link out of the folder, which is not followed"
    assert [page.id for page in read(tmp_path / "in" / "out.txt")[0]] == ["out.txt"]
    pages, _ = read(tmp_path / "in" / "away")
    assert [page.id for page in pages] == ["b.txt"]


@needs_user
def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    """Files and folders without permission are reported, and the rest is read."""
    put(tmp_path / "a.txt").chmod(0)
    put(tmp_path / "b.txt")
    (tmp_path / "c").mkdir(mode=0)
    pages, skipped = read(tmp_path)
    assert [page.id for page in pages] == ["b.txt"]
    assert [item.reason for item in skipped] == ["cannot be read (permission denied)"] * 2


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b" \n\t\n", "is empty"),
        ("a.html", b"", "is empty"),
        ("a.csv", b"", "is empty"),
        ("a.jsonl", b"\n\n", "holds no row"),
        ("a.csv", b"title,text\n", "holds no row"),
        ("a.parquet", b"", "is empty"),
        ("a.txt.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("a.html", b"<html><body></body></html>", "holds no text"),
        ("a.txt", b"\x89PNG\r\n\x1a\n....", "looks like a binary file (a PNG image)"),
        ("a.txt", b"%PDF-1.7 ...", "looks like a binary file (a PDF)"),
        ("a.jsonl", gzip.compress(b"{}", mtime=0), "looks like a binary file (gzip data)"),
        ("a.html", b"PK\x03\x04....", "is a broken ZIP archive"),
        ("a.csv", b"title,text\0\0\0\0abc", "looks like a binary file (it holds NUL bytes)"),
        ("a.txt", b"tin m\xedi", "is not UTF-8 (at byte 5)"),
        ("a.txt.gz", b"not packed at all", "cannot be unpacked further"),
        ("a.txt.xz", b"not packed at all", "cannot be unpacked further"),
        ("a.txt.gz", gzip.compress(TEXT.encode() * 50, mtime=0)[:-20], "cannot be unpacked further"),
    ],
)
def test_unusable_files_are_named(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    """Each way in which a file can hold nothing to read has its own words."""
    path = put(tmp_path / name, content)
    pages, (skipped,) = read(path)
    assert pages == []
    assert skipped.source == str(path)
    assert skipped.reason.startswith(reason)


def test_without_a_callback_skipped_inputs_are_warnings(tmp_path: Path) -> None:
    """A caller who passes no `on_skip` still hears of every input that was left out."""
    with pytest.warns(UserWarning, match=r"no\.txt: no such file or folder; check the path"):
        assert list(read_pages([tmp_path / "no.txt"])) == []


def test_unknown_encoding_is_refused_at_once() -> None:
    """The name of the encoding is checked when reading is asked for, before the first page is."""
    with pytest.raises(UsageError, match="--encoding 'utf-9'"):
        read_pages([], encoding="utf-9")


def test_named_encoding_holds_for_pages(tmp_path: Path) -> None:
    """A saved page in an old encoding is read when the encoding is named."""
    path = put(
        tmp_path / "a.txt", "Ha\u0300 Nô\u0323i đo\u0301n khách\n\nĐoa\u0300n va\u0300o tha\u0300nh.\n".encode("cp1258")
    )
    (page,), _ = read(path, encoding="windows-1258")
    assert page.title == "Hà Nội đón khách"
    wide = put(tmp_path / "b.txt", TEXT.encode("utf-16-le"))
    (page,), _ = read(wide, encoding="utf-16-le")
    assert page.title == "Hội nghị thượng đỉnh khai mạc"


def test_names_outside_utf8_are_shown_printably(tmp_path: Path) -> None:
    """A file name in an old encoding, or with a line feed, gives ids and messages that can be printed on a line."""
    raw = os.fsencode(tmp_path) + b"/t\xedn\n.txt"
    put(Path(os.fsdecode(raw)))
    (page,), _ = read(tmp_path)
    assert page.id == "t\ufffdn\ufffd.txt"
    json.dumps(page.id + page.source, ensure_ascii=False).encode("utf-8")


# What a file holds


@pytest.mark.parametrize("suffix", ["", ".gz", ".xz"])
@pytest.mark.parametrize(("name", "content"), [("a.txt", TEXT), ("a.html", HTML), ("a.htm", HTML), ("A.HTML", HTML)])
def test_pages_may_be_packed(tmp_path: Path, name: str, content: str, suffix: str) -> None:
    """A page is the same packed or not, whatever the case of its extension."""
    packs: dict[str, Callable[[bytes], bytes]] = {"": bytes, ".gz": gzip.compress, ".xz": lzma.compress}
    pack = packs[suffix]
    (page,), skipped = read(put(tmp_path / (name + suffix), pack(content.encode())))
    assert (page.title, page.id, skipped) == ("Hội nghị thượng đỉnh khai mạc", name + suffix, [])


def test_packed_files_in_several_parts(tmp_path: Path) -> None:
    """Parts packed one by one and joined are one file, as `cat a.gz b.gz` makes them."""
    rows = [f'{{"text": "{n}"}}\n'.encode() for n in range(3)]
    for name, pack in (("t.jsonl.gz", gzip.compress), ("t.jsonl.xz", lzma.compress)):
        pages, skipped = read(put(tmp_path / name, b"".join(map(pack, rows))))
        assert [page.body for page in pages] == ["0", "1", "2"]
        assert skipped == []


def test_rows_before_the_damage_are_read(tmp_path: Path) -> None:
    """A packed table that breaks off gives the rows that came whole, and one message."""
    rows = b"".join(json.dumps({"text": f"{n} {os.urandom(40).hex()}"}).encode() + b"\n" for n in range(3000))
    for name, pack in (("t.jsonl.gz", gzip.compress), ("t.jsonl.xz", lzma.compress)):
        data = pack(rows)
        pages, skipped = read(put(tmp_path / name, data[: len(data) * 9 // 10]))
        assert len(pages) > 2000
        assert "cannot be unpacked further" in skipped[-1].reason


def test_packed_bombs_do_not_fill_the_memory(tmp_path: Path) -> None:
    """A small file that unpacks to far more than a page may have is reported, in the memory of one page."""
    bomb = put(tmp_path / "a.txt.gz", gzip.compress(b"a" * 2**20, mtime=0) * 250)
    many = gzip.compress(b"a" * 2**20, mtime=0) * 250
    line = put(tmp_path / "b.jsonl.gz", gzip.compress(b'{"text": "', mtime=0) + many)
    deep = put(tmp_path / "d.jsonl.gz", gzip.compress(b"[" * 2**20, mtime=0) * 250)
    dictionary = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**29}]
    greedy = put(tmp_path / "c.txt.xz", lzma.compress(TEXT.encode(), filters=dictionary))
    tracemalloc.start()
    pages, skipped = read(bomb, line, greedy, deep)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pages == []
    assert "is larger than 32 MiB" in skipped[0].reason
    assert "longer than 64 MiB" in skipped[1].reason
    assert "emory" in skipped[2].reason
    assert "is nested too deeply" in skipped[3].reason
    assert peak < 200 * 2**20


def test_content_decides_where_the_name_does_not(tmp_path: Path) -> None:
    """A file that the user names is read whatever it is called: as HTML, JSON lines, fastText lines or a saved page."""
    contents = {"a": HTML, "b.dat": '{"text": "chữ"}\n', "c.ft": "__label__x chữ\n", "d.saved": TEXT, "e.txt": HTML}
    pages, skipped = read(*(put(tmp_path / name, content) for name, content in contents.items()))
    title = "Hội nghị thượng đỉnh khai mạc"
    assert [page.title or page.body for page in pages] == [title, "chữ", "chữ", title, title]
    assert skipped == []


# Standard input


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (TEXT.encode(), "stdin|stdin|Hội nghị thượng đỉnh khai mạc\n"),
        (b"\n  " + HTML.encode(), "stdin|stdin|Hội nghị thượng đỉnh khai mạc\n"),
        (b' \n{"text": "a"}\n{"text": "b"}\n', "stdin:2|stdin:2|a\nstdin:3|stdin:3|b\n"),
        (b'[{"text": "a"}]', "stdin:1|stdin:1|a\n"),
        (b"__label__x a\n", "stdin:1|stdin:1|a\n"),
        ('{"text": "ữ"}\n'.encode("utf-16"), "stdin:1|stdin:1|ữ\n"),
        (b"", "skip stdin: is empty\n"),
        (
            gzip.compress(b"x", mtime=0),
            "skip stdin: looks like a binary file (gzip data); give the text that is in it\n",
        ),
    ],
)
def test_stdin_is_told_by_its_first_characters(data: bytes, expected: str) -> None:
    """What comes through a pipe has no name; its beginning says what it is."""
    assert from_stdin(data) == expected


def test_stdin_among_other_arguments(tmp_path: Path) -> None:
    """Standard input takes its place in the order, and is empty the second time."""
    path = put(tmp_path / "a.txt")
    code = (
        "from classifier.reading import read_pages\n"
        f"print([p.id for p in read_pages([{str(path)!r}, '-', '-'], on_skip=lambda s: print(s.reason))])"
    )
    assert from_stdin(b"__label__x a\n", code) == "is empty\n['a.txt', 'stdin:1']\n"


# Start-up


def test_reading_text_imports_nothing_heavy(tmp_path: Path) -> None:
    """lxml, trafilatura and pyarrow are imported only when a file needs them."""
    path = put(tmp_path / "a.txt")
    code = (
        "import sys\nfrom classifier.reading import read_pages\n"
        f"list(read_pages([{str(path)!r}]))\n"
        "print(sorted({'lxml', 'trafilatura', 'pyarrow', 'numpy', 'sklearn', 'click'} & set(sys.modules)))"
    )
    assert from_stdin(b"", code) == "[]\n"
