"""Guards that outputs come whole or not at all, and that nobody's files are deleted by a slip in `-o`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import PROJECT

from classifier.disk import atomic
from classifier.disk.atomic import Contents, check_replaceable, replacing_file, replacing_folder, write_whole
from classifier.errors import UsageError

OURS = Contents("mark", ("stale", "inner/picture.png"))


def _write(folder, text="new"):
    with replacing_folder(folder, OURS) as target:
        (target / "mark").write_text(text)


def _names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(params=["exchange", "rename"])
def swap(request, monkeypatch):
    """Both ways to put a folder in place: Linux's exchange, and the two renames that other systems get."""
    if request.param == "rename":
        monkeypatch.setattr(atomic.sys, "platform", "other")


def test_a_file_takes_its_place_when_it_is_complete(tmp_path):
    """Before the block ends the old content stands; then the new, and nothing else lies about."""
    path = tmp_path / "new" / "out.txt"
    with replacing_file(path) as stream:
        stream.write("một\r\nhai\n")
        assert not path.exists()
    assert path.read_bytes() == "một\r\nhai\n".encode()
    with replacing_file(path) as stream:
        stream.write("ba")
        assert path.read_bytes() == "một\r\nhai\n".encode()
    assert path.read_text(encoding="utf-8") == "ba"
    assert _names(path.parent) == ["out.txt"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_failed_block_leaves_the_old_file(tmp_path, error):
    """Errors and interruptions leave what was there, and no rest."""
    path = tmp_path / "out.txt"
    path.write_text("old")

    def fail():
        with replacing_file(path) as stream:
            stream.write("half")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_text() == "old"
    assert _names(tmp_path) == ["out.txt"]


def test_files_get_the_usual_permissions_and_keep_old_ones(tmp_path):
    """A new file as `open` would make it; a replaced one as it was."""
    new, old, plain = tmp_path / "new", tmp_path / "old", tmp_path / "plain"
    plain.write_text("x")
    old.write_text("x")
    old.chmod(0o640)
    for path in (new, old):
        with replacing_file(path) as stream:
            stream.write("y")
    assert new.stat().st_mode == plain.stat().st_mode
    assert old.stat().st_mode & 0o777 == 0o640


def test_links_are_followed(tmp_path, swap):
    """What a link names is replaced, the link stays."""
    real, link = tmp_path / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to(real)
    with replacing_file(link) as stream:
        stream.write("new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    folder, folder_link = tmp_path / "folder", tmp_path / "folder link"
    _write(folder, "old")
    folder_link.symlink_to(folder)
    _write(folder_link)
    assert folder_link.is_symlink()
    assert (folder / "mark").read_text() == "new"
    assert _names(tmp_path) == ["folder", "folder link", "link.txt", "real.txt"]


def test_what_is_no_regular_file_is_written_to_as_it_is(tmp_path):
    """`-o /dev/null` must not replace the device, a pipe gets the text, a folder is an error before any work."""
    before = Path(os.devnull).stat()
    with replacing_file(Path(os.devnull)) as stream:
        stream.write("x")
    assert Path(os.devnull).stat().st_rdev == before.st_rdev
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    with replacing_file(pipe) as stream:
        stream.write("qua ống")
    reader.join(10)
    assert got == ["qua ống"]
    with pytest.raises(IsADirectoryError), replacing_file(tmp_path):
        raise AssertionError("the block must not run")


def test_a_folder_takes_its_place_whole(tmp_path, swap):
    """New, over an empty one, over an older one of ours: only the new files are in it."""
    folder = tmp_path / "a" / "model"
    _write(folder, "first")
    assert (folder / "mark").read_text() == "first"
    (folder / "stale").write_text("x")
    _write(folder, "second")
    assert (_names(folder), (folder / "mark").read_text()) == (["mark"], "second")
    empty = tmp_path / "empty"
    empty.mkdir()
    _write(empty)
    assert _names(empty) == ["mark"]
    assert _names(tmp_path) == ["a", "empty"]
    assert _names(tmp_path / "a") == ["model"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failed_block_leaves_the_old_folder(tmp_path, swap, error):
    """Errors and interruptions leave the old folder whole, and no rest."""
    folder = tmp_path / "model"
    _write(folder, "old")

    def fail():
        with replacing_folder(folder, OURS) as target:
            (target / "mark").write_text("half")
            raise error

    with pytest.raises(error):
        fail()
    assert (folder / "mark").read_text() == "old"
    assert _names(tmp_path) == ["model"]


def test_a_killed_run_leaves_the_old_folder_whole(tmp_path):
    """SIGKILL in the middle of writing: the old folder is there, complete, and another run can replace it."""
    folder = tmp_path / "model"
    _write(folder, "old")
    code = (
        "import os, signal, sys; from pathlib import Path; from classifier.disk.atomic import *\n"
        "with replacing_folder(Path(sys.argv[1]), Contents('mark', ())) as target:\n"
        "    (target / 'mark').write_text('half'); os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=PROJECT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert (_names(folder), (folder / "mark").read_text()) == (["mark"], "old")
    assert len(_names(tmp_path)) == 2
    _write(folder)
    assert (folder / "mark").read_text() == "new"
    assert _names(tmp_path) == ["model"]


def test_litter_of_killed_runs_is_removed_and_nothing_else(tmp_path):
    """Temporary files and folders of this target; not those of a run still at it, of other targets, of links."""
    with replacing_file(tmp_path / "out") as alive, replacing_folder(tmp_path / "model", OURS) as folder:
        alive.write("x")
        (folder / "mark").write_text("x")
        (tmp_path / ".out.abcdefgh.part").write_text("killed")
        (tmp_path / ".out.2bcdefgh.part").mkdir()
        (tmp_path / ".out.2bcdefgh.part" / "file").write_text("killed")
        others = [".other.abcdefgh.part", ".out.abc.part", ".out.abcdefgh.part.txt", "out.abcdefgh.part"]
        for name in others:
            (tmp_path / name).write_text("not ours")
        (tmp_path / "precious").write_text("x")
        (tmp_path / ".out.3bcdefgh.part").symlink_to(tmp_path / "precious")
        before = set(_names(tmp_path))
        atomic.clear_litter(tmp_path / "out")
        atomic.clear_litter(tmp_path / "model")
        assert before - set(_names(tmp_path)) == {".out.abcdefgh.part", ".out.2bcdefgh.part"}
    assert (tmp_path / "out").read_text() == "x"
    assert set(_names(tmp_path)) == {*others, "precious", ".out.3bcdefgh.part", "out", "model"}


def test_the_only_copy_of_an_old_folder_is_no_litter(tmp_path):
    """Where folders cannot be exchanged, a run killed between two renames leaves nothing at the target but this."""
    aside = tmp_path / ".model.abcdefgh.part.old"
    aside.mkdir()
    atomic.clear_litter(tmp_path / "model")
    assert aside.exists()
    _write(tmp_path / "model")
    _write(tmp_path / "model")
    assert _names(tmp_path) == ["model"]


def test_many_runs_at_once_do_not_take_each_others_files_for_litter(tmp_path):
    """Each starts by tidying up while others have just begun; the target is one of theirs, whole."""
    code = (
        "import sys; from pathlib import Path; from classifier.disk.atomic import replacing_file\n"
        "for n in range(150):\n"
        "    with replacing_file(Path(sys.argv[1])) as stream: stream.write(sys.argv[2] * 1000)\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "out")]
    runs = [subprocess.Popen([*command, name], cwd=PROJECT) for name in "abc"]
    assert [run.wait(60) for run in runs] == [0, 0, 0]
    assert (tmp_path / "out").read_text() in [name * 1000 for name in "abc"]
    assert _names(tmp_path) == ["out"]


def test_somebodys_folder_is_not_replaced(tmp_path):
    """A folder with other files, a file, a dangling link: refused before anything is written."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    file = tmp_path / "file"
    file.write_text("x")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    for path in (folder, file, link):
        with pytest.raises(UsageError), replacing_folder(path, OURS):
            raise AssertionError("the block must not run")
    assert (folder / "thesis.txt").read_text() == "years of work"
    assert _names(tmp_path) == ["documents", "file", "link"]
    check_replaceable(tmp_path / "new", OURS)


@pytest.mark.parametrize(
    "other", ["notes.txt", "inner/notes.txt", "deep/a/b/c", "empty/", "inner/picture.png/x", "a link", "inner/a link"]
)
def test_a_folder_of_ours_with_anything_else_in_it_is_not_replaced(tmp_path, other):
    """At any depth, a link and an empty folder too: one line that names it, and all is as it was."""
    folder = tmp_path / "model"
    (folder / "inner").mkdir(parents=True)
    (folder / "mark").write_text("x")
    place = folder / other
    place.parent.mkdir(parents=True, exist_ok=True)
    if other.endswith("/"):
        place.mkdir()
    elif "link" in other:
        place.symlink_to(tmp_path)
    else:
        place.write_text("years of work")
    before = sorted(str(path) for path in folder.rglob("*"))
    with pytest.raises(UsageError, match="did not write"), replacing_folder(folder, OURS):
        raise AssertionError("the block must not run")
    assert sorted(str(path) for path in folder.rglob("*")) == before
    assert _names(tmp_path) == ["model"]


def test_a_file_put_there_during_the_run_stays(tmp_path):
    """The folder is looked at again before it is replaced."""
    folder = tmp_path / "model"
    _write(folder, "old")

    def work():
        with replacing_folder(folder, OURS) as target:
            (target / "mark").write_text("new")
            (folder / "notes.txt").write_text("meanwhile")

    with pytest.raises(UsageError, match=r"notes\.txt"):
        work()
    assert (_names(folder), (folder / "mark").read_text()) == (["mark", "notes.txt"], "old")
    assert _names(tmp_path) == ["model"]


def test_what_a_killed_run_left_in_a_folder_of_ours_does_not_block_it(tmp_path):
    """A temporary of a file that the command writes is its own."""
    _write(tmp_path / "model")
    (tmp_path / "model" / ".mark.abcdefgh.part").write_text("half")
    _write(tmp_path / "model", "again")
    assert _names(tmp_path / "model") == ["mark"]


@pytest.mark.parametrize("kind", ["link", "pipe", "hard link"])
def test_a_name_that_nobody_gave_is_replaced_not_followed(tmp_path, kind):
    """A picture beside the one that was asked for: a planted link there leads nowhere, a pipe is not waited for."""
    precious, place = tmp_path / "precious", tmp_path / "map-weeks.png"
    precious.write_text("x")
    if kind == "link":
        place.symlink_to(precious)
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        os.link(precious, place)
    write_whole(place, b"picture")
    assert (place.read_bytes(), precious.read_text()) == (b"picture", "x")
    assert place.is_file()
    assert not place.is_symlink()
    assert _names(tmp_path) == ["map-weeks.png", "precious"]


def test_a_temporary_that_somebody_exchanges_for_a_link_changes_nothing(tmp_path):
    """Its permissions are set by its handle; the link's target keeps its own and its content, and the run says so."""
    precious = tmp_path / "precious"
    precious.write_text("x")
    precious.chmod(0o600)

    def work():
        with replacing_file(tmp_path / "out") as stream:
            stream.write("rows")
            (temporary,) = tmp_path.glob(".out.*.part")
            temporary.unlink()
            temporary.symlink_to(precious)

    with pytest.raises(OSError, match="exchanged"):
        work()
    assert (precious.read_text(), precious.stat().st_mode & 0o777) == ("x", 0o600)
    assert _names(tmp_path) == ["precious"]


def test_folders_are_readable_by_others_as_usual(tmp_path):
    """A written folder has the permissions that mkdir gives, not a temporary folder's."""
    _write(tmp_path / "model")
    (tmp_path / "plain").mkdir()
    assert (tmp_path / "model").stat().st_mode == (tmp_path / "plain").stat().st_mode
