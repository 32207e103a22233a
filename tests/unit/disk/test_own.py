"""Guards that what a run goes on from, and what a cache is read from, is this user's own."""

from __future__ import annotations

import os

import pytest

from classifier.disk.own import NotOurs, is_own_folder, open_own

READ = os.O_RDONLY


@pytest.fixture
def file(tmp_path):
    """A file of ours."""
    path = tmp_path / "file"
    path.write_text("x")
    path.chmod(0o644)
    return path


def test_a_file_of_ours_is_opened_and_a_new_one_is_private(file, tmp_path):
    """New ones are for this user alone, whatever the umask."""
    os.close(open_own(file, READ))
    before = os.umask(0)
    try:
        os.close(open_own(tmp_path / "new", os.O_RDWR | os.O_CREAT))
    finally:
        os.umask(before)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "folder", "second name", "others may write"])
def test_what_somebody_else_can_have_made_is_refused(file, tmp_path, kind):
    """Nothing is created through a link, nothing is waited for."""
    path = tmp_path / "planted"
    if kind == "link":
        path.symlink_to(file)
    elif kind == "dangling link":
        path.symlink_to(tmp_path / "nowhere")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    elif kind == "second name":
        os.link(file, path)
    else:
        path.write_text("x")
        path.chmod(0o666)
    before = sorted(tmp_path.iterdir())
    for flags in (READ, os.O_RDWR | os.O_APPEND | os.O_CREAT):
        with pytest.raises(NotOurs):
            open_own(path, flags)
    assert sorted(tmp_path.iterdir()) == before
    assert file.read_text() == "x"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_another_users_file_and_folder_are_refused(file, tmp_path):
    """Whatever their permissions are."""
    os.chown(file, 12_345, -1)
    with pytest.raises(NotOurs, match="another user"):
        open_own(file, READ)
    (tmp_path / "theirs" / "ours").mkdir(parents=True)
    assert is_own_folder(tmp_path / "theirs" / "ours")
    os.chown(tmp_path / "theirs", 12_345, -1)
    assert not is_own_folder(tmp_path / "theirs")
    assert not is_own_folder(tmp_path / "theirs" / "ours")


def test_a_folder_counts_with_all_that_is_above_it(tmp_path):
    """Whoever can write in a parent can put another folder in its place, unless each may remove only his own there."""
    ours = tmp_path / "parent" / "ours"
    ours.mkdir(parents=True)
    assert is_own_folder(ours)
    for mode, own in ((0o777, False), (0o1777, True), (0o755, True)):
        ours.parent.chmod(mode)
        assert is_own_folder(ours) is own
    ours.chmod(0o775)
    assert not is_own_folder(ours)
    assert not is_own_folder(tmp_path / "nowhere")
