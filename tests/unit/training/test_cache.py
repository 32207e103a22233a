"""Guards the cache of segmented corpora: same result, never trusted, never in the way, never without bound."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import PROJECT

from classifier.types import Page
from training.fit import cache, matrix
from training.fit.cache import cache_folder, code_digest, corpus_key, prune, read_entry, tokenise_cached, write_entry

PAGES = [
    Page(
        "1",
        title="Việt Nam hôm nay",
        lead="Hội đàm ở Giơ-ne-vơ.",
        body="Nga và Mỹ nối lại đàm phán về vũ khí hạt nhân.",
    ),
    Page("2", body="Chỉ có thân bài, 12 trang; http://vi.du/a và a@b.vn."),
    Page("3", title="", body="…"),
    Page("4", title="\ud800 lạ", body="Dòng một\nDòng hai"),
]


def same(one, other):
    """Whether two tokenised corpora hold the same integers and strings."""
    names = ("syllables", "joined", "broken", "zone_ends")
    return (
        one.lexicon.strings == other.lexicon.strings
        and all(
            np.array_equal(getattr(a, name), getattr(b, name))
            for a, b in zip(one.batches, other.batches, strict=True)
            for name in names
        )
        and all(
            np.array_equal(getattr(a.marks, name), getattr(b.marks, name))
            for a, b in zip(one.batches, other.batches, strict=True)
            for name in ("ids", "broken", "ends")
        )
    )


@pytest.fixture
def every_corpus(monkeypatch):
    """Small corpora are cached too."""
    monkeypatch.setattr(cache, "FEWEST_PAGES", 1)


def test_a_second_segmentation_comes_from_the_cache_and_is_the_same(tmp_path, every_corpus, monkeypatch):
    """What is read is what was segmented, over several batches, and nothing is segmented again."""
    monkeypatch.setattr("classifier.vietnamese.segmenter.BATCH_CHARACTERS", 60)
    first = tokenise_cached(PAGES, folder=tmp_path)
    assert len(first.batches) > 1
    monkeypatch.setattr(cache, "tokenise", lambda *_: pytest.fail("segmented again"))
    assert same(tokenise_cached(PAGES, folder=tmp_path), first)


def test_small_corpora_are_not_kept(tmp_path):
    """The built-in corpus leaves no trace in anybody's home."""
    tokenise_cached(PAGES, folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_other_texts_order_or_zones_have_another_key():
    """Moving a word from the title to the lead is another corpus."""
    moved = [Page("1", title="Việt", lead="Nam"), Page("1", title="Việt Nam"), Page("1", lead="Việt Nam")]
    keys = {corpus_key([page], 0) for page in moved}
    keys |= {corpus_key(PAGES, 0), corpus_key(PAGES[::-1], 0), corpus_key(PAGES, 5)}
    assert len(keys) == 6


@pytest.fixture
def copied_code(tmp_path):
    """A copy of chude's packages, to be changed."""
    for name in ("classifier", "training"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.npz", "*.txt"))
    return tmp_path


def test_a_change_of_any_file_that_segmentation_runs_through_is_another_key(copied_code):
    """Every module that tokenising a corpus loads, found by doing it, and the native core: a comment more is enough."""
    code = (
        "import sys\nfrom training.fit import cache, matrix\nfrom classifier.types import Page\n"
        "matrix.tokenise([Page('1', 'Việt Nam hôm nay')])\n"
        "print(*(m.__file__ for m in sys.modules.values() if getattr(m, '__file__', None)), sep='\\n')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    loaded = {Path(line).resolve() for line in done.stdout.splitlines()}
    ours = {file.relative_to(PROJECT) for file in loaded if file.is_relative_to(PROJECT) and ".venv" not in file.parts}
    # What a package says of itself, and defaults that are arguments by then, do not lie on the way.
    matters = {*ours, Path("classifier/core/native.c")} - {
        Path("training/__init__.py"),
        Path("training/fit/__init__.py"),
    }
    assert {Path("classifier/vietnamese/pyvi_model.py"), Path("training/fit/matrix.py")} <= matters
    before = code_digest(copied_code)
    for name in sorted(matters):
        file = copied_code / name
        was = file.read_bytes()
        file.write_bytes(was + b"\n")
        assert code_digest(copied_code) != before, name
        file.write_bytes(was)
    assert code_digest(copied_code) == before
    (copied_code / "classifier" / "vietnamese" / "new.py").write_text("")
    assert code_digest(copied_code) != before


def test_the_key_takes_the_code_that_runs(monkeypatch):
    """The digest of the code is part of the key."""
    before = corpus_key(PAGES, 0)
    monkeypatch.setattr(cache, "code_digest", lambda _root: b"other")
    assert corpus_key(PAGES, 0) != before


@pytest.mark.parametrize("size", [0, 10, 300, -40])
def test_a_damaged_entry_is_segmented_again_and_replaced(tmp_path, every_corpus, size):
    """A cut file is as good as none."""
    first = tokenise_cached(PAGES, folder=tmp_path)
    (entry,) = tmp_path.iterdir()
    entry.write_bytes(entry.read_bytes()[:size])
    assert read_entry(entry, len(PAGES)) is None
    assert same(tokenise_cached(PAGES, folder=tmp_path), first)
    assert read_entry(entry, len(PAGES)) is not None


def test_any_flipped_byte_gives_the_same_corpus_or_none(tmp_path):
    """The archive's own checksums catch what the checks of shapes cannot."""
    tokens = matrix.tokenise(PAGES)
    entry = tmp_path / "e.npz"
    write_entry(entry, tokens)
    data = entry.read_bytes()
    for at in range(0, len(data), 7):
        entry.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        found = read_entry(entry, len(PAGES))
        assert found is None or same(found, tokens)


def test_a_pickle_in_the_folder_is_never_run(tmp_path):
    """An object array, which only unpickling could read, is refused."""

    class Bomb:
        def __reduce__(self):
            return (os.mkdir, (str(tmp_path / "boom"),))

    entry = tmp_path / "e.npz"
    np.savez(entry, **dict.fromkeys(cache._ARRAYS, np.array([Bomb()], dtype=object)), allow_pickle=True)
    assert read_entry(entry, 1) is None
    assert not (tmp_path / "boom").exists()


def test_arrays_that_contradict_each_other_are_refused(tmp_path):
    """Well-formed files of another corpus, or with ids past the lexicon, are not used."""
    tokens = matrix.tokenise(PAGES)
    entry = tmp_path / "e.npz"
    write_entry(entry, tokens)
    assert read_entry(entry, len(PAGES) + 1) is None
    with np.load(entry) as stored:
        arrays = dict(stored)
    for name, change in {
        "syllables": 10_000,
        "zone_ends": 1,
        "batch_pages": 1,
        "marks": 10_000,
        "mark_ends": 1,
    }.items():
        np.savez(entry, **arrays | {name: arrays[name] + change})
        assert read_entry(entry, len(PAGES)) is None


def test_the_folder_never_outgrows_its_limit(tmp_path, every_corpus):
    """The entries used least recently go first; files of other names stay."""
    other = tmp_path / "notes.txt"
    other.write_text("mine")
    names = [f"{digit * 64}.npz" for digit in "abc"]
    for age, name in enumerate(names):
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (1_000 + age, 1_000 + age))
    (tmp_path / "unfinished-1.tmp").write_bytes(b"x")
    os.utime(tmp_path / "unfinished-1.tmp", (1_000, 1_000))
    prune(tmp_path, limit=200)
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names[1:], "notes.txt"]


def test_the_user_says_where_the_cache_is_or_that_there_is_none(tmp_path):
    """CHUDE_CACHE comes first; empty or "off" disables."""
    assert cache_folder({"CHUDE_CACHE": ""}) is None
    assert cache_folder({"CHUDE_CACHE": "off", "XDG_CACHE_HOME": "/x"}) is None
    assert cache_folder({"CHUDE_CACHE": str(tmp_path), "XDG_CACHE_HOME": "/x"}) == tmp_path
    assert cache_folder({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "chude"


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="folders have no owner here")
def test_a_new_folder_is_the_users_alone_and_one_that_others_can_write_to_is_not_used(tmp_path, every_corpus):
    """Whoever can write there could change what a model learns."""
    new = tmp_path / "deep" / "cache"
    tokenise_cached(PAGES, folder=new)
    assert new.stat().st_mode & 0o777 == 0o700
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    tokenise_cached(PAGES, folder=shared)
    assert list(shared.iterdir()) == []


def test_a_folder_that_cannot_be_made_costs_nothing_but_the_cache(tmp_path, every_corpus):
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("")
    assert same(tokenise_cached(PAGES, folder=tmp_path / "file"), matrix.tokenise(PAGES))
