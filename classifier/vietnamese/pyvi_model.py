"""Reads the CRF and the word list that pyvi ships, without importing pyvi and without unpickling anything.

pyvi keeps a CRFsuite model as a byte string inside a pickle. The bytes are found by their magic number and parsed here,
so no pickled code ever runs. The file format is CRFsuite's own ("lCRF" model, "CQDB" constant database), see
http://www.chokkan.org/software/crfsuite/ and crf1d_model.c there.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from classifier.errors import ChudeError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAGIC = b"lCRF"
_BINUNICODE = b"X"  # the pickle opcode before the model: a 4-byte length, then Latin-1 bytes written as UTF-8
_BINBYTES = b"B"  # or this one: a 4-byte length, then the bytes
_HEADER = struct.Struct("<4sI4s9I")
_FEATURE = np.dtype([("type", "<u4"), ("source", "<u4"), ("target", "<u4"), ("weight", "<f8")])
_STATE, _TRANSITION = 0, 1


@dataclass(frozen=True, slots=True)
class PyviModel:
    """A two-label linear-chain CRF (B_W begins a word, I_W continues it) and its word lists.

    `gain` maps an attribute to its weight for I_W minus its weight for B_W: with two labels nothing else matters.
    `transition` is 2 x 2, from (row) to (column), in the order B_W, I_W. `version` identifies the files' content.
    """

    gain: dict[str, float]
    transition: NDArray[np.float64]
    bigrams: tuple[tuple[str, str], ...]
    trigrams: tuple[tuple[str, str, str], ...]
    version: str


def _model_folder() -> Path:
    spec = find_spec("pyvi")  # looks the package up; its modules are not run
    if spec is None or not spec.submodule_search_locations:
        raise ChudeError("pyvi", "is not installed, and its word segmentation model is needed", "pip install pyvi")
    return Path(next(iter(spec.submodule_search_locations))) / "models"


def _crfsuite_bytes(pickled: bytes, where: str) -> bytes:
    at = pickled.find(_MAGIC)
    written = pickled[at - 5 : at - 4] if at >= 5 else b""
    if written not in (_BINUNICODE, _BINBYTES):
        raise ChudeError(where, "holds no CRFsuite model in the form known here", "install pyvi 0.1.1")
    (length,) = struct.unpack_from("<I", pickled, at - 4)
    found = pickled[at : at + length]
    return found if written == _BINBYTES else found.decode("utf-8").encode("latin-1")


def _strings(model: bytes, offset: int) -> list[str]:
    """The keys of a CQDB constant database in the order of their ids."""
    _, _, _, _, count, backward = struct.unpack_from("<4s5I", model, offset)
    keys = []
    for record in struct.unpack_from(f"<{count}I", model, offset + backward):
        (size,) = struct.unpack_from("<I", model, offset + record + 4)
        start = offset + record + 8
        keys.append(model[start : start + size - 1].decode("utf-8"))  # without the closing NUL
    return keys


@dataclass(frozen=True, slots=True)
class Crf:
    """A linear-chain CRF of L labels. attributes: the row of each in `state` (A, L), its weight for each label;
    transition (L, L): from (row) to (column).
    """

    labels: tuple[str, ...]
    attributes: dict[str, int]
    state: NDArray[np.float64]
    transition: NDArray[np.float64]


def read_crf(model: bytes) -> Crf:
    """A CRFsuite model as arrays."""
    _, _, _, _, _, _, attribute_count, features_at, labels_at, attributes_at, _, _ = _HEADER.unpack_from(model)
    (count,) = struct.unpack_from("<I", model, features_at + 8)
    features = np.frombuffer(model, dtype=_FEATURE, count=count, offset=features_at + 12)
    labels = _strings(model, labels_at)
    weights = np.zeros((attribute_count, len(labels)))
    transition = np.zeros((len(labels), len(labels)))
    for kind, table in ((_STATE, weights), (_TRANSITION, transition)):
        chosen = features[features["type"] == kind]
        table[chosen["source"], chosen["target"]] = chosen["weight"]
    names = _strings(model, attributes_at)
    return Crf(tuple(labels), {name: row for row, name in enumerate(names)}, weights, transition)


def parse_crfsuite(model: bytes) -> tuple[dict[str, float], NDArray[np.float64]]:
    """The state gains (attribute -> I_W minus B_W) and the 2 x 2 transition weights of a CRFsuite model."""
    crf = read_crf(model)
    if sorted(crf.labels) != ["B_W", "I_W"]:
        raise ChudeError("pyvi", f"its model has the labels {list(crf.labels)}, not B_W and I_W", "install pyvi 0.1.1")
    begin, inside = crf.labels.index("B_W"), crf.labels.index("I_W")
    gains = (crf.state[:, inside] - crf.state[:, begin]).tolist()
    return dict(zip(crf.attributes, gains, strict=True)), crf.transition[np.ix_([begin, inside], [begin, inside])]


@lru_cache(maxsize=1)  # every model and every fold has a segmenter, all of them of these files
def load_pyvi_model() -> PyviModel:
    """Reads pyvi's installed segmentation model (about 1 MB), once. Raises ChudeError if its files are missing or of
    another form.

    Do not change what it returns: all segmenters share it.
    """
    folder = _model_folder()
    model_file, words_file = folder / "pyvi3.pkl", folder / "words.txt"
    try:
        pickled, words = model_file.read_bytes(), words_file.read_bytes()
    except OSError as error:
        raise ChudeError(str(error.filename), "pyvi's model cannot be read", "reinstall pyvi 0.1.1") from error
    gain, transition = parse_crfsuite(_crfsuite_bytes(pickled, str(model_file)))
    # pyvi looks lower-cased syllables up, so an entry with a capital can never be found.
    entries = [tuple(e.split(" ")) for e in sorted(set(words.decode("utf-8").split("\n"))) if e == e.lower()]
    return PyviModel(
        gain=gain,
        transition=transition,
        bigrams=tuple((e[0], e[1]) for e in entries if len(e) == 2),
        trigrams=tuple((e[0], e[1], e[2]) for e in entries if len(e) == 3),
        version=hashlib.sha256(pickled + words).hexdigest()[:16],
    )


@lru_cache(maxsize=1)
def load_tagger() -> Crf:
    """Reads the CRF of pyvi's tagger of parts of speech (4 MB), once. Raises ChudeError where it is missing or of
    another form.
    """
    file = _model_folder() / "pyvipos3.pkl"
    try:
        pickled = file.read_bytes()
    except OSError as error:
        raise ChudeError(str(error.filename), "pyvi's model cannot be read", "reinstall pyvi 0.1.1") from error
    return read_crf(_crfsuite_bytes(pickled, str(file)))
