"""The score floor that CI holds: on the corpus and the sample pages that ship with chude, scores may rise and not fall.

python -m training.floor             compares; fails below the floor, or where the data is not what the floor was set on
python -m training.floor --update    raises the floor, or sets it for changed data; refuses to lower it
python -m training.floor --update --lower    lowers it, for a reason that the commit says
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from classifier.disk.atomic import write_whole
from classifier.reading import read_pages
from eval.scores.metrics import macro_f1
from training.corpus import read_corpus
from training.crossval import cross_validate, duplicate_groups
from training.fit.defaults import spec_for
from training.fit.fitting import fit

FLOOR = Path(__file__).parent.parent / "tests" / "data" / "floor.json"
SAMPLES = Path(__file__).parent.parent / "classifier" / "samples"
FOLDS = 5
SLACK = 0.005
"""Other versions of the libraries may cost so much; more is a fall."""


def measure() -> dict[str, Any]:
    """The scores of the code as it is, and a digest of the data they were measured on."""
    corpus = read_corpus()
    spec = spec_for(corpus)
    groups = duplicate_groups(corpus).tolist()
    predicted = [prediction.topic for prediction in cross_validate(corpus, spec, FOLDS, groups=groups)]
    pages = list(read_pages([SAMPLES]))
    topics = {prediction.id: prediction.topic for prediction in fit(corpus, spec).model.predict(pages)}
    texts = "\n".join(f"{page.id}\t{page.text}" for page in pages)
    return {
        "data": hashlib.sha256(f"{corpus.fingerprint()}\n{texts}".encode()).hexdigest(),
        "macro_f1": round(macro_f1(corpus.primaries, predicted), 4),
        "samples": topics,
    }


def problems(found: dict[str, Any], floor: dict[str, Any]) -> list[str]:
    """What is worse than the floor, one line each."""
    lines = []
    if found["macro_f1"] < floor["macro_f1"] - SLACK:
        lines.append(f"macro-F1 {found['macro_f1']:.4f} is below the floor of {floor['macro_f1']:.4f}")
    for page, topic in sorted(floor["samples"].items()):
        if found["samples"].get(page) != topic:
            lines.append(f"{page}: labelled {found['samples'].get(page)}, not {topic}")
    return lines


def main() -> int:
    """The command line; 0 where the floor holds or was set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--lower", action="store_true")
    arguments = parser.parse_args()
    found = measure()
    floor = json.loads(FLOOR.read_text(encoding="utf-8")) if FLOOR.exists() else None
    lines = problems(found, floor) if floor else []
    sys.stdout.writelines(f"{line}\n" for line in (f"macro-F1 {found['macro_f1']:.4f}", *lines))
    if arguments.update and (arguments.lower or not lines):
        text = json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True)
        write_whole(FLOOR, f"{text}\n".encode())
        return 0
    if floor and found["data"] != floor["data"]:
        sys.stdout.write("the corpus or the sample pages have changed: set the floor anew with --update\n")
        return 1
    return 1 if lines or not floor else 0


if __name__ == "__main__":
    sys.exit(main())
