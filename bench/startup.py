"""Start-up against importing scikit-learn: python -m bench.startup [MODEL] [--repeats N]."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from bench.measure import about, best_cpu, table
from classifier.model.artifact import default_artifact

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = "Hội đàm về vũ khí hạt nhân\nNga và Mỹ nối lại đàm phán về cắt giảm vũ khí hạt nhân chiến lược.\n"


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default=str(default_artifact()))
    parser.add_argument("--repeats", type=int, default=5, metavar="N", help="take the least of N runs")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        page = Path(name) / "page.txt"
        page.write_text(PAGE, encoding="utf-8")
        command = f"import sys; sys.argv = ['chude', 'predict', {str(page)!r}]; from classifier import cli; cli.main()"
        jobs = {
            "import sklearn.linear_model": "import sklearn.linear_model",
            "import sklearn": "import sklearn",
            "import numpy": "import numpy",
            "chude --help": "import sys; sys.argv = ['chude', '--help']; from classifier import cli; cli.main()",
            "chude predict page.txt": command,
            f"import numpy, load {Path(options.model).name}": f"from classifier import load; load({options.model!r})",
        }
        times = {job: best_cpu(code, options.repeats) for job, code in jobs.items()}
    base = next(iter(times.values()))
    print(about())
    print(
        table(
            ["a fresh process", "CPU seconds", "of the first"],
            [[k, f"{v:.3f}", f"{v / base:.2f}"] for k, v in times.items()],
        )
    )
    load = next(reversed(times.values())) - times["import numpy"]
    print(f"loading the model alone: {load / times['import sklearn']:.2f} of `import sklearn`")


if __name__ == "__main__":
    main()
