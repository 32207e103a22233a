"""Damages valid inputs of every form and sees what becomes of them: the fuzzer behind test_hostile_input.

`python -m tests.hostile --seconds 600 --keep FOLDER` runs it for longer and keeps every input that broke a promise.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import lzma
import random
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classifier.reading import read_pages
from classifier.reading.raw.legacy_vietnamese import encode_legacy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from classifier.model.model import Model
    from classifier.types import Skipped

SECONDS_AN_INPUT = 10.0
"""Of the processor. A damaged input of a few KiB takes milliseconds; only what hangs takes so long."""

TITLE = "Hai nước nối lại đàm phán về biên giới phía bắc"
LEAD = "Ngoại trưởng hai nước gặp nhau ở thủ đô để bàn việc rút quân khỏi vùng tranh chấp."
BODY = (
    "Cuộc gặp kéo dài bốn giờ và kết thúc mà không có tuyên bố chung, theo một quan chức có mặt.\n"
    "Bộ Quốc phòng cho biết tàu tuần tra đã rời khỏi khu vực từ sáng sớm; binh sĩ vẫn ở lại các chốt.\n"
    "Vòng đàm phán tiếp theo sẽ diễn ra vào tháng sau, sau cuộc bầu cử ở nước láng giềng."
)
HEADLINES = ("Tổng thống thăm ba nước láng giềng trong tuần tới", "Quân đội tập trận bắn đạn thật trên biển")

_HTML = (
    f"<!doctype html><html><head><meta charset='utf-8'><title>{TITLE} - Báo Thử</title></head><body>"
    f"<nav><a href='/'>Trang chủ</a></nav><article><h1>{TITLE}</h1><p class='sapo'>{LEAD}</p>"
    + "".join(f"<p>{line}</p>" for line in BODY.split("\n"))
    + "</article><div class='related'><h2>Tin liên quan</h2><ul>"
    + "".join(f"<li><a href='/tin-{i}.html'>{line}</a></li>" for i, line in enumerate(HEADLINES))
    + "</ul></div></body></html>"
)
_TEXT = f"{TITLE}\n\n{LEAD}\n\n{BODY}\n\nTin liên quan\n\n" + "\n\n".join(HEADLINES) + "\n"
_ROWS = [
    {"id": f"r{i}", "title": TITLE, "text": f"{LEAD}\n{BODY}", "label": label, "headline": HEADLINES[i % 2]}
    for i, label in enumerate(("a", "b", "a", "other"))
]
_NASTY = (
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r",
    b"\r\n",
    b'"',
    b"\\ud800",
    b"\xed\xa0\x80",
    b"\xe2\x80\xa8",
    b"[" * 5000,
    b'{"a":' * 2000,
    b"9" * 5000,
    b"-1e999",
    b"NaN",
    b"<div>" * 3000,
    b"<!--",
    b"<script>",
    b"]]>",
    b"&#x110000;",
    b"&" * 500,
    b"__label__",
    "e\u0301".encode() * 500,
    b"\xcc\x81" * 5000,
    b"\x1b[31m",
    b"=1+1",
    b"\xb5\xf9\xd6" * 20,
    b"a" * 20000,
    b"\x1f\x8b",
    b"PAR1",
)


def seeds() -> dict[str, bytes]:
    """A small valid input of every form, by file name."""
    table = io.StringIO()
    writer = csv.DictWriter(table, list(_ROWS[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(_ROWS)
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _ROWS)
    found = {
        "page.txt": _TEXT.encode(),
        "page.html": _HTML.encode(),
        "rows.jsonl": lines.encode(),
        "rows.json": json.dumps(_ROWS, ensure_ascii=False, indent=1).encode(),
        "rows.csv": table.getvalue().encode(),
        "rows.tsv": "".join(f"{row['id']}\t{TITLE}\t{LEAD}\n" for row in [{"id": "id"}, *_ROWS]).encode(),
        "lines.txt": f"__label__a {TITLE}\n__label__b __label__a {LEAD}\n".encode(),
        "wide.txt": _TEXT.encode("utf-16"),
        "wide.csv": table.getvalue().encode("utf-16"),
        "old.txt": encode_legacy(_TEXT, "tcvn3"),
        "old.csv": encode_legacy(table.getvalue(), "vni"),
        "old.html": encode_legacy(_HTML.replace("utf-8", "x-viet-tcvn"), "tcvn3"),
        "rows.parquet": _parquet(),
    }
    found["rows.tsv"] = found["rows.tsv"].replace(TITLE.encode(), b"title", 1).replace(LEAD.encode(), b"text", 1)
    return {name: data for name, data in found.items() if data}


def _parquet() -> bytes:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        return b""
    out = io.BytesIO()
    parquet.write_table(pyarrow.Table.from_pylist(_ROWS), out)
    return out.getvalue()


def damaged(rng: random.Random, names: dict[str, bytes]) -> tuple[str, bytes]:
    """A file name and what a fuzzer makes of one of the seeds; sometimes packed, before or after the damage."""
    name = rng.choice(sorted(names))
    data = bytearray(names[name])
    packing = rng.choice(("", "", "", ".gz", ".xz")) if not name.endswith(".parquet") else ""
    late = rng.random() < 0.3
    if packing and late:
        data = bytearray(_pack(bytes(data), packing))
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        _damage(rng, data, names)
    if packing and not late:
        data = bytearray(_pack(bytes(data), packing))
    if rng.random() < 0.1:
        name = rng.choice(sorted(names))
        packing = ""
    return name + packing, bytes(data)


def _pack(data: bytes, packing: str) -> bytes:
    return gzip.compress(data, mtime=0) if packing == ".gz" else lzma.compress(data)


def _damage(rng: random.Random, data: bytearray, names: dict[str, bytes]) -> None:
    at = rng.randrange(len(data) + 1)
    end = min(len(data), at + rng.choice((1, 3, 20, 400)))
    kind = rng.randrange(8)
    if kind == 0 and at < len(data):
        data[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        del data[at:]
    elif kind == 2:
        del data[at:end]
    elif kind == 3:
        data[at:at] = rng.choice(_NASTY)
    elif kind == 4:
        other = names[rng.choice(sorted(names))]
        begin = rng.randrange(len(other))
        data[at:end] = other[begin : begin + rng.choice((5, 50, 2000))]
    elif kind == 5:
        data[at:at] = data[at:end] * rng.choice((1, 2, 50))
    elif kind == 6:
        data[at:end] = rng.randbytes(end - at)
    else:
        data[at:end] = bytes(rng.choice(b'"\n\t,;<>&[]{}\\\0') for _ in range(end - at))


def broken_promises(path: Path, model: Model, encoding: str | None = None) -> list[str]:
    """What an input did that none may do: an exception, an answer that cannot be written, silence, or too long."""
    from classifier.errors import ChudeError
    from training.corpus import gold_labels

    begun = time.process_time()  # not the wall's: other work may hold up this
    skipped: list[Skipped] = []
    found: list[str] = []
    count = 0
    try:
        for page in read_pages([path], on_skip=skipped.append, encoding=encoding):
            count += 1
            prediction = model.predict([page], explain=3)[0]
            gold_labels(page)
            if not 0 <= prediction.probability <= 1:
                found.append(f"probability {prediction.probability}")
            _written(page.id, page.title, page.byline, page.text, page.source, [h.headline for h in page.related])
        for item in skipped:
            _written(str(item))
    except ChudeError:
        pass  # a message, which is all that is asked
    except Exception as error:  # noqa: BLE001  the fuzzer is there to find them
        found.append(f"{type(error).__name__}: {error}"[:300])
    if not count and not skipped and not found:
        found.append("neither a page nor a word about it")
    if time.process_time() - begun > SECONDS_AN_INPUT:
        found.append(f"took {time.process_time() - begun:.0f} s")
    return found


def _written(*values: Any) -> None:
    text = json.dumps(values, ensure_ascii=False)
    text.encode("utf-8")
    if "\0" in text:
        raise ValueError("a NUL in the output")


def fuzz(model: Model, folder: Path, seed: int, seconds: float, most: int) -> Iterator[tuple[str, bytes, list[str]]]:
    """Damaged inputs, one after the other, with what each broke; ends after `most` inputs or after `seconds`."""
    rng = random.Random(seed)  # noqa: S311  no secret
    names = seeds()
    begun = time.monotonic()
    for number in range(most):
        if time.monotonic() - begun > seconds:
            return
        name, data = damaged(rng, names)
        path = folder / f"{number % 8}-{name}"
        path.write_bytes(data)
        encoding = rng.choice((None, None, None, None, None, "tcvn3", "vni", "windows-1258", "utf-16", "viscii"))
        yield name, data, broken_promises(path, model, encoding)
        path.unlink()


def main() -> None:
    """Fuzzes for a while and prints what was tried and found."""
    from classifier.model.artifact import default_artifact, load

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=None)
    given = parser.parse_args()
    model = load(default_artifact())
    tried: Counter[str] = Counter()
    broken: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, data, found in fuzz(model, Path(folder), given.seed, given.seconds, 10**9):
            tried[name] += 1
            for what in found:
                broken[what] += 1
                if given.keep and broken[what] <= 2:
                    (given.keep / f"{sum(broken.values())}-{name}").write_bytes(data)
                    print(name, what, flush=True)
    print(f"{tried.total()} inputs, {sum(broken.values())} broken promises", dict(tried), dict(broken))


if __name__ == "__main__":
    main()
