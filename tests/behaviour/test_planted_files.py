"""Guards that commands delete nothing that is not chude's, and neither follow nor believe what others planted."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

USAGE = 2
MARKERS = {"train": "model.json", "eval": "report.json", "cluster": "clusters.jsonl", "demo": "report.html"}


@pytest.fixture
def table(tmp_path, corpus_rows):
    """Twenty articles of two topics, with dates and headlines of their own."""
    rows = [row for label in ("syria", "alliances") for row in [r for r in corpus_rows if r["labels"] == [label]][:10]]
    lines = [
        {
            "id": row["id"],
            "title": row["title"],
            "text": row["text"],
            "label": row["labels"][0],
            "date": f"2024-02-{n:02}",
        }
        for n, row in enumerate(rows, 1)
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def _tree(folder):
    return {str(path): os.lstat(path).st_mtime_ns for path in sorted(folder.rglob("*"))}


@pytest.mark.parametrize("command", MARKERS)
@pytest.mark.parametrize("other", ["notes.txt", "years/of/work.txt"])
def test_a_folder_with_somebodys_files_beside_ours_is_refused(chude, table, small_artifact, tmp_path, command, other):
    """`-o .` beside any model.json or report.json: one line, exit 2, before any work, and nothing is touched."""
    folder = tmp_path / "documents"
    (folder / other).parent.mkdir(parents=True)
    (folder / MARKERS[command]).write_text("{}")
    (folder / other).write_text("precious")
    before = _tree(folder)
    inputs = {"train": [table], "eval": [table, "-m", small_artifact], "cluster": [table], "demo": []}[command]
    run = chude(command, *inputs, "-o", folder)
    assert (run.code, run.err.count("\n")) == (USAGE, 1)
    assert f"holds '{other.split('/')[0]}" in run.err
    assert _tree(folder) == before


@pytest.mark.parametrize("command", ["train", "eval", "cluster"])
def test_what_a_command_wrote_it_replaces(chude, table, small_artifact, tmp_path, command):
    """Every file that it writes is one it knows as its own."""
    inputs = {"train": [table], "eval": [table, "-m", small_artifact], "cluster": [table]}[command]
    for _ in range(2):
        assert chude(command, *inputs, "-o", tmp_path / "out").code == 0


@pytest.mark.parametrize("name", ["out.jsonl.part", "out.jsonl.part.log"])
@pytest.mark.parametrize("kind", ["link", "dangling", "pipe", "hard link", "others may write", "another user"])
def test_resume_neither_follows_nor_believes_what_was_planted(chude, table, small_artifact, tmp_path, name, kind):
    """One line, exit 2; what the link names is as it was, the pipe is not waited for, the rows are not taken over."""
    precious, planted = tmp_path / "precious", tmp_path / name
    precious.write_text("x")
    if name.endswith(".part"):
        (tmp_path / "out.jsonl.part.log").write_text("{}\n")
    if kind == "link":
        planted.symlink_to(precious)
    elif kind == "dangling":
        planted.symlink_to(tmp_path / "nowhere")
    elif kind == "pipe":
        os.mkfifo(planted)
    elif kind == "hard link":
        os.link(precious, planted)
    else:
        planted.write_text("=cmd()\n")
        planted.chmod(0o666 if kind == "others may write" else 0o644)
        if kind == "another user":
            if os.geteuid() != 0:
                pytest.skip("only root can give a file to another user")
            os.chown(planted, 12_345, -1)
    before = _tree(tmp_path)
    run = chude("predict", table, "-m", small_artifact, "-o", tmp_path / "out.jsonl", "--resume")
    assert (run.code, run.err.count("\n")) == (USAGE, 1)
    assert str(planted) in run.err
    assert _tree(tmp_path) == before
    assert precious.read_text() == "x"


def test_rows_to_go_on_from_are_for_the_user_alone_until_they_are_whole(chude, table, small_artifact, tmp_path):
    """The finished file has the usual permissions."""
    before = os.umask(0o002)
    try:
        chude("predict", table, "-m", small_artifact, "-o", tmp_path / "out.jsonl", "--resume")
    finally:
        os.umask(before)
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o664


def test_plot_follows_no_link_beside_the_picture(chude, table, tmp_path):
    """The name that was given may be a link, as with -o; the names beside it were not given."""
    real, precious = tmp_path / "real.png", tmp_path / "precious"
    precious.write_text("x")
    (tmp_path / "map.png").symlink_to(real)
    for name in ("map-silhouette.png", "map-weeks.png"):
        (tmp_path / name).symlink_to(precious)
    assert chude("cluster", table, "--plot", tmp_path / "map.png").code == 0
    assert precious.read_text() == "x"
    assert (tmp_path / "map.png").is_symlink()
    for path in (real, tmp_path / "map-silhouette.png", tmp_path / "map-weeks.png"):
        assert not path.is_symlink()
        assert path.read_bytes().startswith(b"\x89PNG")
    assert not [path for path in Path(tmp_path).iterdir() if path.suffix == ".part"]
