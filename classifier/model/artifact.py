"""A model as a folder of plain files: written whole or not at all, read without trusting a byte of it.

model.json      what the model is, how it was made, and the sha256 of the other files and of itself
vocabulary.txt  a term a line, in the order of the weights' rows
weights.npz     plain arrays, read with pickling off and only in the shapes that model.json promises
fingerprints.npz  of the training texts, so that a test set can be searched for them
card.md         a model card for people
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.disk.atomic import Contents, replacing_folder, write_whole
from classifier.disk.untrusted import digest_of, npz, read_bounded, read_npz, unpacked
from classifier.errors import ArtifactError
from classifier.features.spec import FeatureSpec
from classifier.model.calibration import Calibration
from classifier.model.description import FILES, SCHEMA, digest, is_schema, parse, wrong_field
from classifier.model.model import Model
from classifier.model.packed import local_folder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.duplicates.fingerprints import Fingerprints

__all__ = [
    "CONTENTS",
    "FILES",
    "SCHEMA",
    "default_artifact",
    "load",
    "read_description",
    "read_fingerprints",
    "read_vocabulary",
    "save",
]

CONTENTS = Contents("model.json", FILES)
MAX_JSON_BYTES = 16 << 20
MAX_TEXT_BYTES = 512 << 20
SKETCH_BYTES = 64


def save(
    folder: str | Path, model: Model, vocabulary: list[str], card: str, trained_on: Fingerprints | None = None
) -> None:
    """Writes the artifact `folder`, replacing an old one in one step. `model.info` goes into model.json as it is.

    `trained_on` are the fingerprints of the training texts, by which `chude eval` finds them in a test set.
    """
    texts = {name: getattr(trained_on, name, np.zeros(shape, kind)) for name, (kind, shape) in _texts(0).items()}
    contents = {
        "vocabulary.txt": "".join(f"{term}\n" for term in vocabulary).encode(),
        "weights.npz": npz(_arrays(model)),
        "fingerprints.npz": npz(texts),
        "card.md": card.encode(),
    }
    description = {
        "schema": SCHEMA,
        "labels": list(model.labels),
        "display_names": model.display_names,
        "features": model.features.to_json(),
        "terms": len(vocabulary),
        "texts": int(texts["keys"].size),
        "threshold": model.calibration.threshold,
        "secondary_threshold": model.calibration.secondary_threshold,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in contents.items()},
        "info": model.info,
    }
    description["sha256"] = digest(description)
    with replacing_folder(Path(folder), CONTENTS) as target:
        for name, data in contents.items():
            write_whole(target / name, data)
        # Not sorted: labels stay in their order wherever they are keys.
        text = json.dumps(description, ensure_ascii=False, indent=1, allow_nan=False)
        write_whole(target / "model.json", f"{text}\n".encode())
        _check_usable(target, Path(folder))  # before it takes the old one's place


def _check_usable(written: Path, folder: Path) -> None:
    """Loads what was written, as whoever uses it will. Raises ArtifactError, which names `folder`, where that fails."""
    try:
        load(written)
    except ArtifactError as error:
        inside = str(folder / Path(error.where).relative_to(written))
        raise ArtifactError(inside, f"would not load ({error.what})", "nothing was replaced") from error


def load(folder: str | Path | None = None) -> Model:
    """Reads an artifact, or the one that ships with chude. No code from it runs and nothing outside its folder is read.

    folder: also a .zip of one, or `https://…/model.zip#sha256=…` (`classifier.model.packed`).

    Raises ArtifactError, which says what is wrong, for anything that `save` did not write.
    """
    path = default_artifact() if folder is None else local_folder(folder)
    if not path.is_dir():
        what = "is a file, not a model folder" if path.exists() else "there is no such model folder"
        raise ArtifactError(str(path), what, "name the folder that `chude train -o` wrote")
    description = read_description(path)
    weights = b""
    for name in FILES:
        if name == "weights.npz":
            weights = read_bounded(path / name, _limit(name, description))
            found = hashlib.sha256(weights).hexdigest()
        else:
            found, lines = digest_of(path / name, _limit(name, description))
            if name == "vocabulary.txt" and lines != description["terms"]:
                what = f"does not have the {description['terms']:,} lines that model.json says"
                raise ArtifactError(str(path / name), what, "train it again")
        if found != description["files"][name]:
            raise ArtifactError(str(path / name), "has been changed since the model was written", "train it again")
    try:
        return _model(description, read_npz(path / "weights.npz", weights, _shapes(description)))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ArtifactError(str(path), f"is not a usable model ({error})", "train it again") from error


def read_description(path: Path) -> dict[str, Any]:
    """model.json, checked against its own digest and field by field."""
    file = path / "model.json"
    data = read_bounded(file, MAX_JSON_BYTES, remedy="name the folder that `chude train -o` wrote")
    try:
        description = parse(data)
        found = digest(description) if isinstance(description, dict) else ""
    except (ValueError, RecursionError) as error:
        raise ArtifactError(str(file), f"is not readable JSON ({type(error).__name__})", "train it again") from error
    if not found or not is_schema(description.get("schema")):
        raise ArtifactError(str(file), "is not a chude model description", "name a folder that `chude train` wrote")
    if description["schema"] != SCHEMA:
        remedy = "upgrade chude" if description["schema"] > SCHEMA else "train it again"
        raise ArtifactError(str(file), f"has schema {description['schema']}, this chude reads {SCHEMA}", remedy)
    if description.pop("sha256", None) != found:
        raise ArtifactError(str(file), "has been changed since the model was written", "train it again")
    if wrong := wrong_field(description):
        raise ArtifactError(str(file), f"its field {wrong} is missing or not what chude writes", "train it again")
    fields: dict[str, Any] = description
    return fields


def read_fingerprints(folder: str | Path) -> Fingerprints:
    """The fingerprints of the texts that the model was trained on. Raises ArtifactError where they are not as `save`
    wrote them.
    """
    from classifier.duplicates.fingerprints import Fingerprints

    path = Path(folder)
    description = read_description(path)
    file = path / "fingerprints.npz"
    content = read_bounded(file, _limit(file.name, description))
    if hashlib.sha256(content).hexdigest() != description["files"][file.name]:
        raise ArtifactError(str(file), "has been changed since the model was written", "train it again")
    return Fingerprints(**read_npz(file, content, _texts(description["texts"])))


def read_vocabulary(folder: str | Path) -> list[str]:
    """The terms in the order of the weights' rows. Raises ArtifactError where they are not as `save` wrote them."""
    path = Path(folder)
    file = path / "vocabulary.txt"
    description = read_description(path)
    content = read_bounded(file, _limit(file.name, description))
    if hashlib.sha256(content).hexdigest() != description["files"][file.name]:
        raise ArtifactError(str(file), "has been changed since the model was written", "train it again")
    try:
        terms = content.decode("utf-8").split("\n")[:-1]
    except UnicodeDecodeError as error:
        raise ArtifactError(str(file), "is no UTF-8 text", "train it again") from error
    if len(terms) != description["terms"]:
        what = f"does not have the {description['terms']:,} lines that model.json says"
        raise ArtifactError(str(file), what, "train it again")
    return terms


def default_artifact() -> Path:
    """The model that ships with chude: inside the installed package, or in the project's own `artifacts/`."""
    package = Path(__file__).parents[1]
    inside = package / "default_model"
    return inside if inside.is_dir() else package.parent / "artifacts" / "world-news"


def _arrays(model: Model) -> dict[str, NDArray[Any]]:
    return {
        "hashes": model.hashes,
        "idf": model.idf,
        "weights": model.weights,
        "intercepts": model.intercepts,
        "scale": model.calibration.scale,
        "offset": model.calibration.offset,
        "secondary": model.calibration.secondary,
    }


def _shapes(description: dict[str, Any]) -> dict[str, tuple[np.dtype[Any], tuple[int, ...]]]:
    """The type and shape each array must have."""
    terms, labels = description["terms"], len(description["labels"])
    single = np.dtype("<f4")
    return {
        "hashes": (np.dtype("<u8"), (terms,)),
        "idf": (single, (terms,)),
        "weights": (single, (terms, labels)),
        "intercepts": (single, (labels,)),
        "scale": (single, (labels, labels)),
        "offset": (single, (labels,)),
        "secondary": (single, (labels, 2)),
    }


def _texts(number: int) -> dict[str, tuple[np.dtype[Any], tuple[int, ...]]]:
    """The type and shape of each array of fingerprints.npz."""
    return {
        "sizes": (np.dtype("<i4"), (number,)),
        "keys": (np.dtype("<u8"), (number,)),
        "sketches": (np.dtype("u1"), (number, SKETCH_BYTES)),
    }


def _limit(name: str, description: dict[str, Any]) -> int:
    """How large a file of the artifact may be: no honest archive is larger than its arrays and some headers."""
    if not name.endswith(".npz"):
        return MAX_TEXT_BYTES
    return unpacked(_shapes(description) if name == "weights.npz" else _texts(description["texts"])) + (1 << 16)


def _model(description: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Model:
    if np.unique(arrays["hashes"]).size != arrays["hashes"].size:
        raise ValueError("two of its terms have the same hash")
    return Model(
        labels=description["labels"],
        features=FeatureSpec.from_json(description["features"]),
        hashes=arrays["hashes"],
        idf=arrays["idf"],
        weights=arrays["weights"],
        intercepts=arrays["intercepts"],
        calibration=Calibration(
            arrays["scale"],
            arrays["offset"],
            arrays["secondary"],
            float(description["threshold"]),
            float(description["secondary_threshold"]),
        ),
        display_names=description["display_names"],
        info=description["info"],
    )
