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
import math
import re
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.atomic import replacing_folder
from classifier.errors import ArtifactError
from classifier.features import FeatureSpec
from classifier.model import Calibration, Model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from classifier.fingerprints import Fingerprints

SCHEMA = 1
MAX_JSON_BYTES = 16 << 20
MAX_TERMS = 5_000_000
MAX_LABELS = 10_000
MAX_WEIGHTS = 500_000_000
"""Terms times labels: 2 GB, ten times what a corpus of a million articles gives."""
MAX_ARTICLES = 10**9
MAX_VOCABULARY_BYTES = 512 << 20
MAX_TEXTS = 20_000_000
SKETCH_BYTES = 64
MAX_THRESHOLD = 2.0
"""Above 1 a threshold is never reached."""
FILES = ("vocabulary.txt", "weights.npz", "fingerprints.npz", "card.md")
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same model is the same bytes, whenever it is written
# An .npy header as numpy writes it. Its own reader evaluates the text as Python, which some texts take badly.
_NPY_HEADER = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '([^']+)', 'fortran_order': False, 'shape': \((\d+),(?: (\d+))?\), \} *\n",
    re.DOTALL,
)


def save(
    folder: str | Path, model: Model, vocabulary: list[str], card: str, trained_on: Fingerprints | None = None
) -> None:
    """Writes the artifact `folder`, replacing an old one in one step. `model.info` goes into model.json as it is.

    `trained_on` are the fingerprints of the training texts, by which `chude eval` finds them in a test set.
    """
    texts = {name: getattr(trained_on, name, np.zeros(shape, kind)) for name, (kind, shape) in _texts(0).items()}
    contents = {
        "vocabulary.txt": "".join(f"{term}\n" for term in vocabulary).encode(),
        "weights.npz": _npz(_arrays(model)),
        "fingerprints.npz": _npz(texts),
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
    description["sha256"] = _digest(description)
    with replacing_folder(Path(folder), marker="model.json") as target:
        for name, data in contents.items():
            (target / name).write_bytes(data)
        # Not sorted: labels stay in their order wherever they are keys.
        text = json.dumps(description, ensure_ascii=False, indent=1, allow_nan=False)
        (target / "model.json").write_text(text + "\n", encoding="utf-8")


def load(folder: str | Path) -> Model:
    """Reads an artifact. No code from it runs and nothing outside its folder is read.

    Raises ArtifactError, which says what is wrong, for anything that `save` did not write.
    """
    path = Path(folder)
    if not path.is_dir():
        what = "is a file, not a model folder" if path.exists() else "there is no such model folder"
        raise ArtifactError(str(folder), what, "name the folder that `chude train -o` wrote")
    description = read_description(path)
    contents = {}
    for name in FILES:
        contents[name] = _read_bounded(path / name, _limit(name, description))
        if hashlib.sha256(contents[name]).hexdigest() != description["files"].get(name):
            raise ArtifactError(str(path / name), "has been changed since the model was written", "train it again")
    if contents["vocabulary.txt"].count(b"\n") != description["terms"]:
        what = f"does not have the {description['terms']:,} lines that model.json says"
        raise ArtifactError(str(path / "vocabulary.txt"), what, "train it again")
    try:
        return _model(description, _read_npz(path / "weights.npz", contents["weights.npz"], _shapes(description)))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ArtifactError(str(path), f"is not a usable model ({error})", "train it again") from error


def read_description(path: Path) -> dict[str, Any]:
    """model.json, checked against its own digest and for the fields everything else depends on."""
    file = path / "model.json"
    data = _read_bounded(file, MAX_JSON_BYTES, remedy="name the folder that `chude train -o` wrote")
    try:
        description = json.loads(data)
        signed = description if isinstance(description, dict) else {}
        digest = _digest({key: value for key, value in signed.items() if key != "sha256"})
    except (ValueError, RecursionError) as error:
        raise ArtifactError(str(file), f"is not readable JSON ({type(error).__name__})", "train it again") from error
    if not isinstance(description, dict) or not isinstance(description.get("schema"), int):
        raise ArtifactError(str(file), "is not a chude model description", "name a folder that `chude train` wrote")
    if description["schema"] != SCHEMA:
        remedy = "upgrade chude" if description["schema"] > SCHEMA else "train it again"
        raise ArtifactError(str(file), f"has schema {description['schema']}, this chude reads {SCHEMA}", remedy)
    if description.pop("sha256", None) != digest:
        raise ArtifactError(str(file), "has been changed since the model was written", "train it again")
    if not _plausible(description):
        raise ArtifactError(str(file), "lacks fields or has fields of the wrong kind", "train it again")
    return description


def read_fingerprints(folder: str | Path) -> Fingerprints:
    """The fingerprints of the texts that the model was trained on; of an artifact that `load` has accepted."""
    from classifier.fingerprints import Fingerprints

    path = Path(folder)
    description = read_description(path)
    content = _read_bounded(path / "fingerprints.npz", _limit("fingerprints.npz", description))
    return Fingerprints(**_read_npz(path / "fingerprints.npz", content, _texts(description["texts"])))


def read_vocabulary(folder: str | Path) -> list[str]:
    """The terms in the order of the weights' rows."""
    data = _read_bounded(Path(folder) / "vocabulary.txt", MAX_VOCABULARY_BYTES)
    return data.decode("utf-8").split("\n")[:-1]


def default_artifact() -> Path:
    """The model that ships with chude: inside the installed package, or in the project's own `artifacts/`."""
    package = Path(__file__).parent
    inside = package / "default_model"
    return inside if inside.is_dir() else package.parent / "artifacts" / "world-news"


def _plausible(description: dict[str, Any]) -> bool:
    """Whether the fields have the kinds and sizes that `save` gives them."""
    labels, terms = description.get("labels"), description.get("terms")
    numbers = (description.get("threshold"), description.get("secondary_threshold"))
    return (
        isinstance(labels, list)
        and 0 < len(labels) <= MAX_LABELS
        and all(isinstance(label, str) for label in labels)
        and len(set(labels)) == len(labels)
        and isinstance(terms, int)
        and 0 <= terms <= MAX_TERMS
        and terms * len(labels) <= MAX_WEIGHTS
        and isinstance(description.get("texts"), int)
        and 0 <= description["texts"] <= MAX_TEXTS
        and all(isinstance(number, int | float) and 0 <= number <= MAX_THRESHOLD for number in numbers)
        and all(isinstance(description.get(key), dict) for key in ("features", "files", "info", "display_names"))
        and _plausible_info(description["info"])
    )


def _plausible_info(info: dict[str, Any]) -> bool:
    """Whether what is counted and listed from it has the form that `train` gives it, as far as it is there."""
    counts, terms = info.get("articles_by_topic", {}), info.get("top_terms", {})
    return (
        isinstance(counts, dict)
        and all(isinstance(number, int) and 0 <= number <= MAX_ARTICLES for number in counts.values())
        and isinstance(terms, dict)
        and all(isinstance(row, list) and all(isinstance(term, str) for term in row) for row in terms.values())
    )


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
        return MAX_VOCABULARY_BYTES
    shapes = _shapes(description) if name == "weights.npz" else _texts(description["texts"])
    return sum(math.prod(shape) * kind.itemsize for kind, shape in shapes.values()) + (1 << 16)


def _npz(arrays: dict[str, NDArray[Any]]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, values in arrays.items():
            member = BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(values), version=(1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, member.getvalue())
    return buffer.getvalue()


def _read_npz(
    path: Path, content: bytes, shapes: dict[str, tuple[np.dtype[Any], tuple[int, ...]]]
) -> dict[str, NDArray[Any]]:
    """The arrays, each read only as far as its promised shape goes, so that no archive can unpack to more."""
    arrays = {}
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sorted(archive.namelist()) != sorted(f"{name}.npy" for name in shapes):
                raise ArtifactError(str(path), "does not hold the arrays of a chude model", "train it again")
            if any(member.compress_type != zipfile.ZIP_DEFLATED for member in archive.infolist()):
                raise ArtifactError(str(path), "is packed in another way than chude packs it", "train it again")
            for name, (kind, shape) in shapes.items():
                with archive.open(f"{name}.npy") as member:
                    arrays[name] = _read_array(member.read(math.prod(shape) * kind.itemsize + 4096), kind, shape, name)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, NotImplementedError, RuntimeError) as error:
        raise ArtifactError(str(path), f"cannot be read as arrays ({error})", "train it again") from error
    return arrays


def _read_array(data: bytes, kind: np.dtype[Any], shape: tuple[int, ...], name: str) -> NDArray[Any]:
    header = _NPY_HEADER.match(data[:4096])
    if header is None:
        raise ValueError(f"{name}: unknown array format")
    found_kind, *sizes = (group.decode("ascii") for group in header.groups() if group is not None)
    if found_kind != kind.str or sizes != [str(size) for size in shape]:
        raise ValueError(f"{name}: {found_kind} {'x'.join(sizes)} instead of {kind.str} {shape}")
    body = data[header.end() :]
    if len(body) != math.prod(shape) * kind.itemsize:
        raise ValueError(f"{name}: {len(body)} bytes of data for {shape}")
    values = np.frombuffer(body, dtype=kind).reshape(shape)
    if kind.kind == "f" and not np.isfinite(values).all():
        raise ValueError(f"{name}: not all of its numbers are finite")
    return values


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


def _digest(description: dict[str, Any]) -> str:
    """Of everything in model.json but the digest itself."""
    text = json.dumps(description, ensure_ascii=False, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _read_bounded(path: Path, limit: int, remedy: str = "train it again") -> bytes:
    if path.is_symlink() or not path.is_file():
        what = "is a link or a special file" if path.is_symlink() or path.exists() else "is missing"
        raise ArtifactError(str(path), what, remedy)
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise ArtifactError(str(path), f"cannot be read ({error.strerror})", remedy) from error
    if len(data) > limit:
        raise ArtifactError(str(path), f"is larger than a model's may be ({limit:,} bytes)", remedy)
    return data
