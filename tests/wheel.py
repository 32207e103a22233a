"""`make check-wheel`: the built wheel in a clean environment outside the source tree: what it prints, and its types.

The environment has the wheel, what the wheel asks for, and mypy; the working folder is empty and holds no source.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
USER = '''"""A small program of a user, checked by mypy as they would."""

from classifier import cluster_headlines, load, read_pages, segment
from classifier.model.artifact import default_artifact
from training import read_corpus

model = load(default_artifact())
for page in read_pages(["page.txt"]):
    prediction = model.predict([page])[0]
    topic: str = prediction.topic
    probability: float = prediction.probability
    print(topic, probability, [reason.term for reason in model.explain(page)[:5]])
    print([headline.headline for headline in page.related])
lines: list[str] = segment(["Mỹ sẵn sàng đối thoại với Nga"])
print(lines, [cluster.size for cluster in cluster_headlines(["Nga", "Mỹ"], k="auto")], len(read_corpus().articles))
'''
WRONG = "from classifier import segment\n\nnumber: int = segment(['Nga'])\n"
PAGE = "Syria: quân đội tái chiếm thị trấn ở Idlib\n\nQuân đội Syria ngày 3/2 giành lại một thị trấn ở Idlib.\n"


def run(*command: str | Path, folder: Path, fails: bool = False) -> str:
    """Runs a command; stops all where it ends in another way than it should. Gives its output."""
    print("==", *command, flush=True)
    done = subprocess.run([*map(str, command)], cwd=folder, capture_output=True, text=True, check=False)
    if (done.returncode != 0) != fails:
        sys.exit(f"{done.stdout}{done.stderr}\nended with {done.returncode}")
    return done.stdout


def main() -> None:
    """Builds, installs, runs, checks."""
    with tempfile.TemporaryDirectory(prefix="chude-wheel-") as name:
        folder = Path(name)
        away = folder / "away"
        away.mkdir()
        pip = ("-m", "pip", "--disable-pip-version-check", "-q")
        run(sys.executable, *pip, "wheel", "--no-deps", "-w", folder, PROJECT, folder=away)
        (wheel,) = folder.glob("chude-*.whl")
        run(sys.executable, "-m", "venv", folder / "venv", folder=away)
        python = folder / "venv" / "bin" / "python"
        run(python, *pip, "install", wheel, "mypy", folder=away)
        (away / "page.txt").write_text(PAGE, encoding="utf-8")
        (away / "user.py").write_text(USER, encoding="utf-8")
        (away / "wrong.py").write_text(WRONG, encoding="utf-8")
        where = run(python, "-c", "import classifier; print(classifier.__file__)", folder=away)
        if not Path(where.strip()).is_relative_to(folder):
            sys.exit(f"not the wheel was imported but {where}")
        for arguments in (["--version"], ["predict", "page.txt", "--format", "jsonl"], ["show"]):
            print(run(folder / "venv" / "bin" / "chude", *arguments, folder=away)[:300])
        print(run(python, "user.py", folder=away))
        print(run(python, "-m", "mypy", "--strict", "user.py", folder=away))
        said = run(python, "-m", "mypy", "--strict", "wrong.py", folder=away, fails=True)
        if "list[str]" not in said:
            sys.exit(f"mypy does not know what segment gives: {said}")


if __name__ == "__main__":
    main()
