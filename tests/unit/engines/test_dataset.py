"""Guards how a dataset is cut into parts: every line once, the same parts every time."""

from __future__ import annotations

import pytest

pytest.importorskip("fsspec")

from classifier.engines.dataset import cut, find, plan
from classifier.engines.store import Folder, fetched
from classifier.reading import read_pages
from classifier.reading.files import read_place
from classifier.reading.walk import Place
from classifier.types import Page, Skipped


def _read(made):
    for pieces in made.parts:
        for piece in pieces:
            one = made.inputs[piece.input]
            with fetched(one.address, piece.start, piece.end) as (path, _):
                yield from read_place(Place(path, one.name, one.source, one.folder, one.chosen, piece.first_line))


@pytest.mark.parametrize("part_bytes", [1, 40, 1_000, 10**9])
@pytest.mark.parametrize("end", ["", "\n", "\n\n"])
def test_pieces_of_a_file_are_its_lines(tmp_path, part_bytes, end):
    """Wherever it is cut: the pages, their lines and ids, and what is wrong, as from the file in one."""
    lines = [f'{{"text": "Tin số {at} từ Hà Nội"}}' if at % 5 else "{broken" for at in range(40)]
    path = tmp_path / "a.jsonl"
    path.write_text("\ufeff" + "\n".join(lines) + end, encoding="utf-8")
    wrong = []
    whole = list(read_pages(path, on_skip=wrong.append))
    found = list(_read(plan([str(path)], part_bytes=part_bytes)))
    assert [one for one in found if isinstance(one, Page)] == whole
    assert [one for one in found if isinstance(one, Skipped)] == wrong


def test_small_files_share_parts_in_a_fixed_order(tmp_path):
    """A part for each page of a million would be all overhead."""
    for at in range(30):
        (tmp_path / f"{at:02}.txt").write_text("Một tin ngắn.\n" * 10, encoding="utf-8")
    inputs, skipped = find([str(tmp_path)])
    _, parts = cut(inputs, part_bytes=1_000)
    assert skipped == []
    assert [piece.input for part in parts for piece in part] == list(range(30))
    assert 1 < len(parts) < 30
    assert parts == cut(inputs, part_bytes=1_000)[1]


def test_files_of_one_name_have_ids_of_their_own(tmp_path):
    """Rows without an id are called by their file and line; parts cannot ask each other."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.jsonl").write_text('{"text": "Một tin"}\n', encoding="utf-8")
    ids = [page.id for page in _read(plan([str(tmp_path / "a"), str(tmp_path / "b")]))]
    assert ids == ["x.jsonl:1", "x.jsonl#2:1"]
    by_glob = [page.id for page in _read(plan([str(tmp_path / "*" / "*.jsonl")]))]
    assert by_glob == ["a/x.jsonl:1", "b/x.jsonl:1"]
    assert "matches no file" in str(find([str(tmp_path / "*.csv")])[1][0])


@pytest.mark.parametrize("address", ["local", "memory://place"])
def test_a_file_of_the_folder_is_whole_or_not_there(tmp_path, address):
    """A worker that dies while it writes leaves nothing under the part's name."""
    folder = Folder(str(tmp_path / "out") if address == "local" else address)
    with pytest.raises(TypeError), folder.writing("part") as stream:
        stream.writelines([b"half", None])
    assert folder.read("part") is None
    folder.write("below/part", b"whole")
    assert folder.read("below/part") == b"whole"
    assert folder.sizes("below") == {"part": 5}
    assert folder.sizes("nothing") == {}
