"""`make check-dependencies`: the fast suite with the lowest and with the newest versions that pyproject.toml allows.

Each of the two gets a fresh virtual environment in a temporary folder; the project itself stays where it is.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
EXTRAS = ("parquet", "dev", "docs")
"""Without the peers that only the benches measure."""
RANGES = ("lowest", "newest")
_LOWER = re.compile(r"([A-Za-z0-9._-]+)>=([0-9.]+)(?:,.*)?")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one range: `what` is the last line of the step that ended it."""

    name: str
    passed: bool
    what: str
    versions: str
    seconds: float


def requirements() -> list[str]:
    """Every requirement of the project and of the extras that its suite needs, as pyproject.toml writes it."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [one for name in EXTRAS for one in project["optional-dependencies"][name]]
    return list(dict.fromkeys([*project["dependencies"], *extras]))


def lowest(requirement: str) -> str:
    """`name==lower` of `name>=lower,<upper`. Raises ValueError where there is no lower bound."""
    found = _LOWER.fullmatch(requirement.replace(" ", ""))
    if found is None:
        raise ValueError(f"{requirement}: has no lower bound that could be tried")
    return f"{found[1]}=={found[2]}"


def check(name: str, folder: Path, python: str) -> Outcome:
    """Installs one range into `folder` and runs the fast suite there."""
    started = time.monotonic()
    own = folder / "venv" / "bin" / "python"
    constraints = folder / "constraints.txt"
    pinned = map(lowest, requirements()) if name == "lowest" else ()
    constraints.write_text("".join(f"{line}\n" for line in pinned), encoding="utf-8")
    pip = [own, "-m", "pip", "--disable-pip-version-check", "install", "--progress-bar", "off"]
    steps: list[list[str | Path]] = [
        [python, "-m", "venv", folder / "venv"],
        [*pip, "--constraint", constraints, "--editable", f".[{','.join(EXTRAS)}]"],
        [own, "-m", "pytest", "-n", "2", "-q", "-p", "no:cacheprovider"],
    ]
    said, passed = "", True
    for step in steps:
        print(f"== {name}: {' '.join(map(str, step))}", flush=True)
        done = subprocess.run(step, cwd=PROJECT, capture_output=True, text=True, encoding="utf-8", check=False)
        lines = (done.stdout + done.stderr).splitlines()
        print(*lines[-60 if done.returncode else -3 :], sep="\n", flush=True)
        said = next((line for line in reversed(lines) if line.strip()), "")
        if done.returncode:
            passed = False
            break
    return Outcome(name, passed, said.strip("= "), versions(own), time.monotonic() - started)


def versions(python: Path) -> str:
    """What was installed of the project's own requirements."""
    names = {re.split(r"[^A-Za-z0-9._-]", one)[0].replace("_", "-").lower() for one in requirements()}
    listed = [python, "-m", "pip", "--disable-pip-version-check", "list", "--format=freeze"]
    found = subprocess.run(listed, capture_output=True, text=True, encoding="utf-8", check=False).stdout
    return " ".join(line for line in found.splitlines() if line.split("==")[0].replace("_", "-").lower() in names)


def main() -> int:
    """The command line: 0 where both ranges pass."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="*", choices=[*RANGES, []], help="one of the two alone")
    parser.add_argument("--python", default=sys.executable, help="the Python to make the environments with")
    arguments = parser.parse_args()
    outcomes = []
    for name in arguments.only or RANGES:
        with tempfile.TemporaryDirectory(prefix=f"chude-{name}-") as folder:
            outcomes.append(check(name, Path(folder), arguments.python))
    for one in outcomes:
        print(
            f"{one.name}: {'passed' if one.passed else 'FAILED'} in {one.seconds:.0f} s: {one.what}\n  {one.versions}"
        )
    return 0 if all(one.passed for one in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
