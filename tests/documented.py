"""The commands and the Python of README and docs, run as they stand.

`python tests/documented.py PAGE…` writes the outputs of pages anew. A page's fenced blocks are run in their order, in
one folder that `prepare` fills:

- `console`: each line after `$ ` is a command of bash; what follows up to the next `$ ` is its output, both streams as
  a terminal shows them. A command without output shown must merely work.
- `python`: a program. What an expression gives, or prints, stands behind it as `# → …`.

`…` in an output stands for anything, a line of `…` alone for any lines. A comment before a block changes what is done:

    <!-- not run: REASON -->      neither run nor compared
    <!-- slow -->                 run with the slow checks only
    <!-- exits with N -->         its last command ends with N
    <!-- file: NAME -->           its text is written into that file

Other fenced blocks (`text`, `json` …) are not run; a block without a language, or one that is merely indented, is an
error, because nobody would know which it is.
"""

from __future__ import annotations

import ast
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
RUN = ("console", "python")
_BLOCK = re.compile(
    r"(?:^ *<!-- (?P<note>[^\n]*?) -->\n\n?)?^(?P<indent> *)```(?P<kind>[^\n]*)\n(?P<text>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)
_CHECKED = "  # → "


@dataclass
class Block:
    """A fenced block of a page."""

    kind: str
    text: str
    line: int
    start: int
    not_run: str = ""
    slow: bool = False
    exit_code: int = 0
    file: str = ""
    wrong: list[str] = field(default_factory=list)
    """Notes that mean nothing."""

    @property
    def runs(self) -> bool:
        """Whether it is to be run at all."""
        return bool(self.file) or (self.kind in RUN and not self.not_run)


def pages() -> list[Path]:
    """README in both languages and all pages of docs and of the project's root."""
    return sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md")])


def blocks(text: str) -> list[Block]:
    """The fenced blocks of a page, in order, without the spaces that a list indents them with."""
    found = []
    for match in _BLOCK.finditer(text):
        inner = re.sub(f"^{match['indent']}", "", match["text"], flags=re.M)
        block = Block(match["kind"].strip(), inner, text.count("\n", 0, match.start("text")), match.start("text"))
        note = match["note"] or ""
        if reason := re.fullmatch(r"not run: (.{10,})", note):
            block.not_run = reason[1]
        elif code := re.fullmatch(r"exits with (\d)", note):
            block.exit_code = int(code[1])
        elif name := re.fullmatch(r"file: ([\w.-]+)", note):
            block.file = name[1]
        elif note == "slow":
            block.slow = True
        elif note:
            block.wrong.append(note)
        found.append(block)
    return found


def unmarked(text: str) -> list[str]:
    """Commands in blocks that nobody would run: without a language, or merely indented."""
    rest = _BLOCK.sub(lambda match: "\n" * match[0].count("\n"), text)
    lines = [line for line in rest.splitlines() if re.match(r"    +(chude|make|pip|python|uv|pipx|docker|\$) ", line)]
    return lines + [block.text for block in blocks(text) if not block.kind]


def commands(block: Block) -> list[tuple[str, list[str]]]:
    """Each command of a console block with the lines of its output."""
    found: list[tuple[str, list[str]]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.startswith("> ") and found and not found[-1][1]:
            found[-1] = (found[-1][0] + "\n" + line[2:], [])
        elif found:
            found[-1][1].append(line)
        else:
            raise ValueError(f"line {block.line}: output before the first `$ `")
    return found


def _lines(text: str) -> list[str]:
    """Lines without spaces at their ends, and without empty ones around them."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n").splitlines()


def agrees(documented: str, real: str) -> bool:
    """Whether an output is what the page says, `…` standing for anything."""
    pattern = ""
    for line in _lines(documented):
        if line.strip() == "…":
            pattern += r"(?:[^\n]*\n)*?"
        else:
            pattern += "[^\n]*?".join(re.escape(part) for part in line.split("…")) + "\n"
    return re.fullmatch(pattern, "".join(line + "\n" for line in _lines(real))) is not None


class Folder:
    """A folder of a reader who types what a page says."""

    def __init__(self, path: Path) -> None:
        """Fills it with what the pages take for granted."""
        self.path = path
        prepare(path)
        programs = path / ".programs"
        programs.mkdir()
        for name, module in (("chude", "-m classifier"), ("python", ""), ("python3", "")):
            program = programs / name
            program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n', encoding="utf-8")
            program.chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(PROJECT),
            "CHUDE_CACHE": str(path / ".cache"),
            "PYTHONIOENCODING": "utf-8",
        }

    def run(self, command: str) -> tuple[int, str]:
        """A command's exit code and what a terminal would show."""
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=self.path,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=600,
        )
        return done.returncode, done.stdout.decode()


def prepare(folder: Path) -> None:
    """The files that the pages speak of: samples that ship, tables of the built-in corpus and of words of our own."""
    (folder / "classifier").mkdir()
    shutil.copytree(PROJECT / "classifier" / "samples", folder / "classifier" / "samples")
    shutil.copytree(PROJECT / "classifier" / "samples", folder / "saved")
    for file in (PROJECT / "tests" / "data" / "docs").iterdir():
        shutil.copy(file, folder)
    rows = [row for path in sorted((PROJECT / "training" / "built_in").glob("*.jsonl")) for row in _some(path)]
    with (folder / "gold.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, ["id", "title", "text", "label"], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    with (folder / "news.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "title", "content"])
        writer.writerows([row["id"], row["title"], row["text"]] for row in rows[::3])


def _some(path: Path) -> list[dict[str, str]]:
    """The first articles of a file of the built-in corpus."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[:12]]


def checked_program(text: str) -> str:
    """A Python block as a program that writes, for every `# → …`, the expected and the real value as a line of JSON."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        line = lines[node.end_lineno - 1]
        if not isinstance(node, ast.Expr) or _CHECKED not in line:
            continue
        said = line.partition(_CHECKED)[2]
        code = "\n".join(lines[node.lineno - 1 : node.end_lineno]).partition(_CHECKED)[0].rstrip()
        lines[node.lineno - 1 : node.end_lineno] = [""] * (node.end_lineno - node.lineno + 1)
        lines[node.end_lineno - 1] = f"_checked({node.lineno}, {said!r}, {code!r})"
    return _CHECKER + "\n".join(lines) + "\n"


_CHECKER = """
import contextlib, io, json
def _checked(line, said, code):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        value = eval(compile(code, "docs", "eval"), globals())
    real = printed.getvalue().rstrip("\\n") if value is None else repr(value)
    print("\\0" + json.dumps([line, said, real]), flush=True)
"""


def failures(block: Block, folder: Folder) -> list[str]:
    """Runs a block; what is not as the page says, each with its line, what it says and what came."""
    if block.file:
        (folder.path / block.file).write_text(block.text, encoding="utf-8")
        return []
    return _python_failures(block, folder) if block.kind == "python" else _console_failures(block, folder)


def _short(text: str) -> str:
    """An output for a failure's message: its first and last lines."""
    lines = text.splitlines()
    return text if len(lines) <= 16 else "\n".join([*lines[:8], f"… {len(lines) - 16} lines …", *lines[-8:]])


def _python_failures(block: Block, folder: Folder) -> list[str]:
    program = folder.path / ".block.py"
    program.write_text(checked_program(block.text), encoding="utf-8")
    code, out = folder.run(f"python {program.name}")
    found = [f"line {block.line}: the program ends with {code}:\n{out}"] if code else []
    for line in out.split("\n"):
        if line.startswith("\0"):
            at, said, real = json.loads(line[1:])
            if not agrees(said, real):
                found.append(f"line {block.line + at}: says\n{said}\nbut gives\n{real}")
    return found


def _console_failures(block: Block, folder: Folder) -> list[str]:
    found = []
    all_of_them = commands(block)
    for number, (command, output) in enumerate(all_of_them):
        expected = block.exit_code if number == len(all_of_them) - 1 else 0
        code, out = folder.run(command)
        if code != expected:
            found.append(f"line {block.line}: `{command}` ends with {code}:\n{_short(out)}")
        elif output and not agrees("\n".join(output), out):
            said = "\n".join(output)
            found.append(f"line {block.line}: `{command}` says\n{said}\nbut gives\n{_short(out)}")
    return found


def rewritten(text: str, folder: Folder) -> str:
    """A page whose outputs are those of a run, where what stands there does not agree with it."""
    pieces, at = [], 0
    for block in blocks(text):
        if not block.runs or block.kind != "console":
            if block.runs:
                failures(block, folder)
            continue
        made = ""
        for command, output in commands(block):
            _, out = folder.run(command)
            kept = output if not output or agrees("\n".join(output), out) else _lines(out)
            made += "\n".join(["$ " + command.replace("\n", "\n> "), *kept]) + "\n"
        pieces += [text[at : block.start], made]
        at = block.start + len(block.text)
    return "".join([*pieces, text[at:]])


def main() -> None:
    """Writes the outputs of the pages named anew."""
    for name in sys.argv[1:]:
        page = Path(name)
        with tempfile.TemporaryDirectory() as folder:
            page.write_text(rewritten(page.read_text(encoding="utf-8"), Folder(Path(folder))), encoding="utf-8")


if __name__ == "__main__":
    main()
