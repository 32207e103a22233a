"""With an address space that a page does not fit in, commands name that page and do the rest."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

resource = pytest.importorskip("resource")

TEXT = "Tàu chở gạo đã rời cảng Sài Gòn sáng nay, theo ban quản lý cảng.\n"
PROGRAM = """
import re, resource, sys
from classifier.cli import main
limit = int(sys.argv.pop(1))
if limit:
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
try:
    main()
finally:
    print(re.search(r"VmPeak:\\s*(\\d+)", open("/proc/self/status").read())[1], file=sys.stderr)
"""
MORE = 60 * 2**20
"""Bytes beyond what the command needs for usual pages."""


def run(limit, *arguments):
    command = [sys.executable, "-c", PROGRAM, str(limit), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    (tmp_path / "z.jsonl").write_text(json.dumps({"id": "z", "text": TEXT}) + "\n")
    return tmp_path


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the size of a process is read from /proc")
@pytest.mark.parametrize("name", ["m.txt", "m.html", "m.jsonl", "m.csv"])
@pytest.mark.parametrize("command", ["predict", "extract"])
def test_a_page_that_does_not_fit_is_named_and_the_rest_is_done(folder, command, name):
    text = TEXT * (20 * 2**20 // len(TEXT.encode()))
    content = {
        "m.txt": text,
        "m.html": "<html><body><h1>Tàu gạo đã rời cảng</h1>" + f"<p>{TEXT}</p>" * 200_000,
        "m.jsonl": json.dumps({"id": "m", "text": text}) + "\n",
        "m.csv": f'id,text\nm,"{text.replace(chr(10), " ")}"\nn,{TEXT.strip().replace(",", "")}\n',
    }
    (folder / name).write_text(content[name])
    usual = run(0, command, folder / "a.txt", folder / "z.jsonl", "--format", "jsonl")
    peak = 1024 * int(usual.stderr.split()[-1])
    done = run(peak + MORE, command, folder, "--format", "jsonl")
    ids = [json.loads(line)["id"] for line in done.stdout.splitlines()]
    assert done.returncode == 1, done.stderr
    assert ids[0] == "a.txt"
    assert ids[-1] == "z"
    assert "Traceback" not in done.stderr
    assert f"{name}" in done.stderr
    assert "memory" in done.stderr
