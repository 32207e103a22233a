"""What hostile files look like at any size, and the clock that tells how the time grows: for test_square.py.

Each maker takes a number of repeated parts and gives the bytes of a file; START is a number at which reading takes a
tenth of a second or so.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PROSE = "Hai bên nói cuộc gặp diễn ra thẳng thắn và sẽ gặp lại vào tuần tới tại cùng một thành phố."


def _page(inside: str, head: str = "") -> bytes:
    whole = f"<html><head><title>Hai nước đàm phán</title>{head}</head><body><h1>Hai nước đàm phán</h1>"
    return f"{whole}<p>{PROSE}</p><p>{PROSE}</p>{inside}<p>{PROSE}</p></body></html>".encode()


def _repeated(part: str, head: str = "") -> Callable[[int], bytes]:
    """A page with the part n times; `{}` in it is the number."""
    return lambda n: _page("".join(part.replace("{}", str(i)) for i in range(n)), head)


def _nested(opening: str, closing: str, inside: str = PROSE) -> Callable[[int], bytes]:
    return lambda n: _page(opening * n + inside + closing * n)


def _in_head(part: str) -> Callable[[int], bytes]:
    return lambda n: _page("", "".join(part.replace("{}", str(i)) for i in range(n)))


def _text(part: str, top: str = "Hai nước đàm phán\n\n") -> Callable[[int], bytes]:
    return lambda n: (top + "".join(part.replace("{}", str(i)) for i in range(n))).encode()


def _csv(part: str, head: str = "id,title,text,label\n") -> Callable[[int], bytes]:
    return _text(part, head)


def _multipart(n: int) -> bytes:
    parts = "".join(f"--b\nContent-Type: text/html; charset=utf-8\n\n<p>{PROSE}</p>\n" for _ in range(n))
    return f"Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n".encode()


def _headers(n: int) -> bytes:
    lines = "".join(f"X-{i}: =?utf-8?b?{base64.b64encode(b'abc').decode()}?=\n" for i in range(n))
    return f"Subject: x\nMIME-Version: 1.0\nContent-Type: text/html\n{lines}\n<p>{PROSE}</p>".encode()


def _feed(n: int) -> bytes:
    items = "".join(f"<item><title>Tin {i}</title><description>{PROSE}</description></item>" for i in range(n))
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>{items}</channel></rss>'.encode()


def _zip(n: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for i in range(n):
            archive.writestr(f"{i}.txt", f"Tin số {i}\n\n{PROSE}")
    return out.getvalue()


def _parquet(n: int) -> bytes:
    import pyarrow
    from pyarrow import parquet

    out = io.BytesIO()
    rows = {"text": [PROSE] * n, "labels": [["a", "b"]] * n, "title": [str(i) for i in range(n)]}
    parquet.write_table(pyarrow.table(rows), out)
    return out.getvalue()


def _array(n: int) -> bytes:
    return json.dumps([{"title": str(i), "text": PROSE} for i in range(n)]).encode()


def _keys(n: int) -> bytes:
    return (json.dumps({"text": PROSE, **{f"k{i}": i for i in range(n)}}) + "\n").encode() * 20


def _attributes(n: int) -> bytes:
    return _page("<p " + " ".join(f"a{i}=1" for i in range(n)) + f">{PROSE}</p>")


def _columns(n: int) -> bytes:
    return (",".join(f"c{i}" for i in range(n)) + ",text\n").encode() + b"1," * n + b"x y\n"


def _old_encoding(name: str) -> Callable[[int], bytes]:
    line = "Th\u00d1 gi\u00edi h\u00abm nay\n".encode("latin-1") if name == "tcvn3" else PROSE.encode(name)
    return lambda n: line * n


LINK = '<a href="/bai-{}{}.html">Tin số {} của ngày hôm nay là gì</a>'
READERS: dict[str, tuple[str, int, Callable[[int], bytes]]] = {
    # name: (ending of the file, START, maker)
    "html paragraphs": ("html", 1_000, _repeated(f"<p>{PROSE} {{}}</p>")),
    "html bare boxes": ("html", 1_000, _repeated(f"<div>{PROSE} {{}}</div>")),
    "html tags without a name": ("html", 3_000, _repeated("<p>")),
    "html unclosed bold": ("html", 400, _repeated("<b><i>{}")),
    "html links": ("html", 800, _repeated(f"<div>{LINK}</div>")),
    "html links in one list": ("html", 800, lambda n: _page("<ul>" + LINK.replace("{}", "12345") * n + "</ul>")),
    "html cards": ("html", 300, _repeated(f"<article><h3>{LINK}</h3><p>{PROSE}</p></article>")),
    "html picture links": ("html", 800, _repeated('<a href="/{}"><img alt="Ảnh của bài số {} hôm nay"></a>')),
    "html boxes in boxes": ("html", 60, _nested('<div class="share">', "</div>")),
    "html boxes called related": ("html", 500, _repeated(f'<div class="related">{LINK}</div>')),
    "html tables in tables": ("html", 40, _nested("<table><tr><td>", "</td></tr></table>")),
    "html many h1": ("html", 800, _repeated("<h1>Tiêu đề số {}</h1>", f'<meta property="og:title" content="{PROSE}">')),
    "html hidden and captions": ("html", 800, _repeated("<p hidden>x {}</p><figcaption>Ảnh: AP {}</figcaption>")),
    "html comments": ("html", 3_000, _repeated("<!-- {} -->")),
    "html comments left open": ("html", 3_000, _repeated("<!-- {} ")),
    "html scripts": ("html", 1_500, _repeated("<script>var a={};</script>")),
    "html entities": ("html", 20_000, _repeated("&amp;")),
    "html spaces": ("html", 100_000, _repeated(" ")),
    "html line ends": ("html", 60_000, _repeated("\n")),
    "html attributes": ("html", 3_000, _attributes),
    "html quotes left open": ("html", 8_000, _repeated('<b a="{} ')),
    "html classes": ("html", 8_000, lambda n: _page(f'<p class="{"share related " * n}">{PROSE}</p>')),
    "html title with bars": ("html", 4_000, lambda n: _page("", "<title>" + " | a" * n + "</title>")),
    "html metadata": ("html", 2_000, _in_head('<meta name="keywords" content="từ khóa {}">')),
    "html authors for machines": (
        "html",
        2_000,
        lambda n: _page(
            "",
            '<script type="application/ld+json">'
            + json.dumps({"@type": "NewsArticle", "author": [{"name": f"Tên Số {i}"} for i in range(n)]})
            + "</script>",
        ),
    ),
    "html nested for machines": (
        "html",
        1_500,
        lambda n: _page("", '<script type="application/ld+json">' + '{"a":' * n + "1" + "}" * n + "</script>"),
    ),
    "html dates": ("html", 1_500, _repeated("<time>14/04/2025 07:30</time>")),
    "text lines": ("txt", 2_000, _text(f"{PROSE} {{}}\n\n")),
    "text lines twice": ("txt", 1_500, _text("Tin số {} của ngày hôm nay\nTin số {} của ngày hôm nay\n\n")),
    "text short lines": ("txt", 5_000, _text("Mục {}\n")),
    "text heads": ("txt", 1_500, _text("Tin liên quan\nTin số {} của ngày hôm nay\n")),
    "text arrows": ("txt", 2_000, _text(">> Tin số {} của ngày hôm nay\n")),
    "text captions": ("txt", 2_000, _text("Cảnh số {} của buổi lễ. Ảnh: AP\n")),
    "text comments": ("txt", 1_500, _text("Bạn đọc {}\n07:30 14/04/2025\nHay quá\nTrả lời Thích\n")),
    "text names": ("txt", 3_000, _text("Nguyễn Văn {}\n")),
    "text pages": ("txt", 3_000, _text("Trang trước, [1], 2, 3, {}\n")),
    "text one line": ("txt", 40_000, _text("lời ")),
    "text no spaces": ("txt", 200_000, _text("a")),
    "text dots": ("txt", 200_000, _text(".")),
    "text accents": ("txt", 50_000, _text("\u0301")),
    "text hyphens": ("txt", 30_000, _text("Xy-")),
    "text spaces": ("txt", 200_000, _text(" ")),
    "text addresses": ("txt", 10_000, _text("a@b.")),
    "text digits and commas": ("txt", 50_000, _text("1,")),
    "text tags": ("txt", 20_000, _text("a,b #c ")),
    "text at signs": ("txt", 50_000, _text("a@")),
    "text letters and digits": ("txt", 100_000, _text("a1")),
    "text links of lynx": ("txt", 1_500, _text("   * [{}]Tin số {} của ngày hôm nay\n", "Hai nước đàm phán\n")),
    "old letters": ("txt", 2_000, _old_encoding("tcvn3")),
    "UTF-16": ("txt", 2_000, _old_encoding("utf-16")),
    "misread letters": ("txt", 800, lambda n: (PROSE * n).encode().decode("cp1252", "replace").encode()),
    "csv rows": ("csv", 1_500, _csv(f'{{}},Tin {{}},"{PROSE}",a\n')),
    "csv quotes left open": ("csv", 300, _csv(f'{{}},Tin,"{PROSE},a\n')),
    "csv doubled quotes": ("csv", 20_000, lambda n: b'id,text\n1,"' + b'""' * n + b'"\n'),
    "csv fields": ("csv", 20_000, lambda n: b"id,text\n1," + b"a," * n + b"\n"),
    "csv columns": ("csv", 500, _columns),
    "csv headers again": ("csv", 1_500, _csv(f'{{}},Tin {{}},"{PROSE}",a\nid,title,text,label\n')),
    "csv broken rows": ("csv", 1_500, _csv("{},a\n")),
    "csv labels in a cell": ("csv", 4_000, lambda n: b'text,labels\nx y z,"' + b"a|b," * n + b'"\n'),
    "csv ids alike": ("csv", 1_500, _csv(f'x,Tin,"{PROSE}",a\n')),
    "tsv rows": ("tsv", 1_500, _text(f"{{}}\t{PROSE}\ta\n", "id\ttext\tlabel\n")),
    "json array": ("json", 1_500, _array),
    "json nested": ("json", 400, lambda n: b"[" * n + b"]" * n),
    "json escapes": ("json", 10_000, lambda n: b'[{"text": "' + b"\\u0103\\n" * n + b'"}]'),
    "jsonl keys": ("jsonl", 500, _keys),
    "jsonl broken": ("jsonl", 2_000, _text('{"text": "x{}\n', "")),
    "fasttext labels": ("txt", 1_500, _text(f"__label__a __label__b{{}} {PROSE}\n", "")),
    "fasttext one line": ("txt", 3_000, lambda n: ("__label__a " * n + PROSE + "\n").encode() * 3),
    "parquet rows": ("parquet", 1_000, _parquet),
    "mail parts": ("eml", 200, _multipart),
    "mail headers": ("eml", 300, _headers),
    "feed items": ("xml", 400, _feed),
    "archive members": ("zip", 300, _zip),
}

_CLOCK = """
import sys, time
from classifier.reading import read_pages
from classifier.vietnamese import Segmenter
def run(path):
    pages = list(read_pages([path], on_skip=lambda skipped: None))
    for _ in Segmenter().segment([page.text for page in pages]): pass
run(sys.argv[1])
for path in sys.argv[1:]:
    best = 1e9
    for _ in range(2):
        began = time.process_time(); run(path); best = min(best, time.process_time() - began)
        if best > 5: break
    print(best)
"""


def _rows(n: int, text: Callable[[int], str]) -> bytes:
    lines = ({"id": str(i), "title": f"Tin {i}", "text": text(i), "label": "ab"[i % 2]} for i in range(n))
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _headlines(n: int, headline: Callable[[int], str]) -> bytes:
    lines = ({"id": str(i), "headline": headline(i), "date": f"2026-01-{1 + i % 28:02}"} for i in range(n))
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


COMMANDS: dict[str, tuple[list[str], int, Callable[[int], bytes]]] = {
    # name: (arguments, FILE and OUT in them, START, maker)
    "check articles alike": (
        ["check", "FILE", "--no-label-errors"],
        1_000,
        lambda n: _rows(n, lambda i: f"{PROSE} {i}"),
    ),
    "check one article": (["check", "FILE", "--no-label-errors"], 2_000, lambda n: _rows(n, lambda _: PROSE)),
    "eval": (["eval", "FILE", "-m", "MODEL", "-o", "OUT"], 2_000, lambda n: _rows(n, lambda i: f"{PROSE} {i}")),
    "compare": (["compare", "MODEL", "MODEL", "FILE"], 2_000, lambda n: _rows(n, lambda i: f"{PROSE} {i}")),
    "predict with reasons": (
        ["predict", "FILE", "-m", "MODEL", "--explain", "5", "-o", "OUT.jsonl"],
        1_000,
        lambda n: _rows(n, lambda i: f"{PROSE} {i}"),
    ),
    "cluster headlines without words": (
        ["cluster", "FILE", "--format", "jsonl"],
        2_000,
        lambda n: _headlines(n, lambda i: f"{i} ... {i + 1}"),
    ),
    "cluster headlines alike": (
        ["cluster", "FILE", "--format", "jsonl"],
        2_000,
        lambda n: _headlines(n, lambda i: f"Bão số {i} đổ bộ miền Trung"),
    ),
    "stories of headlines alike": (
        ["stories", "FILE", "-s", "OUT.db"],
        500,
        lambda n: _headlines(n, lambda i: f"Bão số {i} đổ bộ miền Trung"),
    ),
    "stories of headlines that have nothing in common": (
        ["stories", "FILE", "-s", "OUT.db"],
        500,
        lambda n: _headlines(n, lambda i: " ".join(f"x{i * 7 + k}q" for k in range(6))),
    ),
}


def time_of(arguments: list[str], folder: Path) -> float:
    """CPU seconds that a command takes, its start included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "classifier", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder, timeout=600)
    if done.returncode not in (0, 1):
        raise ValueError(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def times(paths: list[Path]) -> list[float]:
    """CPU seconds that reading and segmenting each file takes, the least of two tries, in a process of their own."""
    run = subprocess.run([sys.executable, "-c", _CLOCK, *map(str, paths)], capture_output=True, text=True, check=True)
    return [float(line) for line in run.stdout.split()]
