"""Guards the model folder: the same model is the same bytes, and nothing but what `save` wrote is ever loaded."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
import time
import zipfile

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier import load
from classifier.artifact import FILES, SCHEMA, read_description, read_fingerprints, read_vocabulary, save
from classifier.errors import ArtifactError
from classifier.types import Page
from training.card import model_card

EVERY_FILE = (*FILES, "model.json")
SECONDS = 10
PAGE = Page("x", "Nga và Mỹ bàn về hiệp ước cắt giảm vũ khí hạt nhân", body="Hai bên đối thoại tại Geneva về đầu đạn.")


@pytest.fixture
def folder(small_artifact, tmp_path):
    """A copy of the small model's folder, to be damaged."""
    return shutil.copytree(small_artifact, tmp_path / "model")


def _digest(description):
    text = json.dumps(description, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _sign(folder, **changes):
    """Makes all digests right again, as an attacker would, with `changes` to model.json."""
    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    description.pop("sha256")
    description["files"] = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
    description.update(changes)
    description["sha256"] = _digest(description)
    (folder / "model.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")


def _refused(folder):
    """The message with which the folder is refused, in bounded time."""
    started = time.perf_counter()
    with pytest.raises(ArtifactError) as caught:
        load(folder)
    assert time.perf_counter() - started < SECONDS
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    return str(caught.value)


def _arrays(folder):
    with np.load(folder / "weights.npz", allow_pickle=False) as stored:
        return dict(stored)


def _bytes_of(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_loaded_model_is_the_saved_one(trained, small_model):
    """Labels, arrays and predictions survive, to the last bit."""
    model = trained[0].model
    assert small_model.labels == model.labels
    assert small_model.features == model.features
    assert small_model.info == json.loads(json.dumps(model.info))
    for name in ("hashes", "idf", "weights", "intercepts"):
        assert getattr(small_model, name).tobytes() == getattr(model, name).tobytes()
    assert small_model.predict([PAGE], explain=5) == model.predict([PAGE], explain=5)
    assert read_vocabulary(trained[1]) == trained[0].vocabulary


def test_saving_twice_gives_the_same_bytes(trained, small_model, tmp_path):
    """At any time, from the trained model or a loaded one, into a new folder or over an old one."""
    first, folder = trained
    for model in (first.model, small_model, small_model):
        save(tmp_path / "again", model, read_vocabulary(folder), model_card(model), read_fingerprints(folder))
        assert _bytes_of(tmp_path / "again") == _bytes_of(folder)


def test_the_folder_holds_exactly_these_files(small_artifact):
    """No pickle, nothing else; model.json names the rest with their digests."""
    assert sorted(path.name for path in small_artifact.iterdir()) == sorted(EVERY_FILE)
    description = json.loads((small_artifact / "model.json").read_text(encoding="utf-8"))
    assert description["schema"] == SCHEMA
    assert sorted(description["files"]) == sorted(FILES)
    assert "\\u" not in (small_artifact / "model.json").read_text(encoding="utf-8")
    assert description["info"]["corpus_fingerprint"]
    assert {"numpy", "scikit-learn"} <= description["info"]["made_with"].keys()


@given(st.data())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_changed_byte_is_noticed(small_artifact, tmp_path_factory, data):
    """A byte flipped anywhere is refused; only spaces between model.json's values mean nothing and may differ."""
    name = data.draw(st.sampled_from(EVERY_FILE))
    original = (small_artifact / name).read_bytes()
    at = data.draw(st.integers(0, len(original) - 1))
    changed = bytearray(original)
    changed[at] ^= data.draw(st.integers(1, 255))
    folder = shutil.copytree(small_artifact, tmp_path_factory.mktemp("flip") / "model")
    (folder / name).write_bytes(changed)
    if name == "model.json" and _same_json(original, bytes(changed)):
        assert load(folder).info == load(small_artifact).info
    else:
        _refused(folder)


def _same_json(first, second):
    try:
        return json.loads(first) == json.loads(second)
    except (ValueError, RecursionError):
        return False


@given(st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_weights_with_right_digests_are_refused_or_harmless(small_artifact, tmp_path_factory, data):
    """Who changes the weights and signs them again gets an ArtifactError, or a model of finite numbers; no other
    error.
    """
    folder = shutil.copytree(small_artifact, tmp_path_factory.mktemp("sign") / "model")
    raw = bytearray((folder / "weights.npz").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        # most often where the archive's and the arrays' headers are
        near = (
            st.integers(0, 300) | st.integers(1, 900).map(lambda back: len(raw) - back) | st.integers(0, len(raw) - 1)
        )
        raw[data.draw(near)] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, 3).map(lambda n: 0 if n else 1))
    (folder / "weights.npz").write_bytes(bytes(raw[: data.draw(st.integers(0, len(raw)))] if cut else raw))
    _sign(folder)
    started = time.perf_counter()
    try:
        model = load(folder)
    except ArtifactError:
        pass
    else:
        assert np.isfinite(model.weights).all()
    assert time.perf_counter() - started < SECONDS


def _write_npz(folder, arrays, **changes):
    """Writes weights.npz with some members as raw bytes."""
    with zipfile.ZipFile(folder / "weights.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, values in {**arrays, **changes}.items():
            if isinstance(values, bytes):
                archive.writestr(f"{name}.npy", values)
            elif values is not None:
                member = io.BytesIO()
                np.lib.format.write_array(member, values, version=(1, 0), allow_pickle=True)
                archive.writestr(f"{name}.npy", member.getvalue())
    _sign(folder)


class _Opens:
    """Unpickled, it makes a file."""

    def __init__(self, path):
        self._path = path

    def __reduce__(self):
        return (open, (str(self._path), "w"))


def test_pickled_arrays_are_refused_and_never_run(folder, tmp_path):
    """An object array, or a bare pickle in its place, whose loading would write a file: refused, and no file."""
    traces = tmp_path / "ran", tmp_path / "ran too"
    objects = np.array([_Opens(traces[0])], dtype=object)
    arrays = _arrays(folder)
    for payload in (objects, pickle.dumps(_Opens(traces[1]))):
        _write_npz(folder, arrays, idf=payload)
        assert "cannot be read as arrays" in _refused(folder)
    (folder / "weights.npz").write_bytes(pickle.dumps(_Opens(traces[1])))
    _sign(folder)
    _refused(folder)
    assert not any(trace.exists() for trace in traces)


@pytest.mark.parametrize("name", ["hashes", "idf", "weights", "intercepts", "scale", "offset", "secondary"])
def test_arrays_of_another_form_are_refused(folder, name):
    """Another shape, another type, more data than the header says, less, none at all, or no such array."""
    arrays = _arrays(folder)
    good = arrays[name]
    member = io.BytesIO()
    np.lib.format.write_array(member, good, version=(1, 0))
    raw = member.getvalue()
    for bad in (
        good[:-1],
        np.concatenate((good, good)),
        good[None],
        np.asfortranarray(np.ones((3, 2))),
        good.astype(">f4"),
        good.astype(np.int64),
        raw + b"\0" * 100_000,
        raw[:-1],
        raw[:20],
        b"",
        None,
    ):
        _write_npz(folder, arrays, **{name: bad})
        _refused(folder)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_are_refused(folder, value):
    """NaN and infinity would turn every score into nothing."""
    arrays = _arrays(folder)
    for name in ("idf", "weights", "intercepts", "scale", "offset", "secondary"):
        bad = arrays[name].copy()
        bad.flat[bad.size // 2] = value
        _write_npz(folder, arrays, **{name: bad})
        assert "finite" in _refused(folder)


def test_two_terms_with_one_hash_are_refused(folder):
    """The table of terms could not be built at the first prediction."""
    arrays = _arrays(folder)
    _write_npz(folder, arrays, hashes=np.full_like(arrays["hashes"], 7))
    assert "same hash" in _refused(folder)


def _header(text):
    padded = text.encode("latin-1")
    return b"\x93NUMPY\x01\x00" + len(padded).to_bytes(2, "little") + padded


@pytest.mark.parametrize(
    "header",
    [
        "(" * 9000,
        "-" * 9000 + "1",
        "[" * 200,
        "{'descr': '<f4', 'fortran_order': False, 'shape': (",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999999,), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
        "{'descr': [('a', '<f4', (10000000,))], 'fortran_order': False, 'shape': (1,), }",
        "{'descr': {'x': 1}, 'fortran_order': False, 'shape': (1,), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
        "{'descr': 'hello', 'fortran_order': 3, 'shape': 'x', }",
        "{1: 2}",
        "__import__('os').system('true')",
        "'unfinished",
        "\x00\x01",
        "a\tb\n  c\n d",
        "",
    ],
)
def test_array_headers_are_read_without_trust(folder, header):
    """Whatever text stands where an array's type and shape should: an ArtifactError."""
    _write_npz(folder, _arrays(folder), idf=_header(header) + b"\0" * 64)
    _refused(folder)


def test_archives_that_unpack_to_more_than_promised_are_refused(folder):
    """A bomb in place of an array is read no further than the array would go."""
    arrays = _arrays(folder)
    member = io.BytesIO()
    np.lib.format.write_array(member, arrays["idf"], version=(1, 0))
    _write_npz(folder, arrays, idf=member.getvalue() + b"\0" * 300_000_000)
    assert (folder / "weights.npz").stat().st_size < 2_000_000
    _refused(folder)


def test_sizes_that_no_model_has_are_refused(folder):
    """A description that promises terabytes is not believed."""
    labels = [str(number) for number in range(10_000)]
    for changes in ({"terms": 5_000_000, "labels": labels}, {"terms": 10**30}, {"terms": -1}, {"labels": []}):
        _sign(folder, **changes)
        _refused(folder)


def test_archive_members_of_other_kinds_are_refused(folder):
    """Other compressions, encryption flags, further or doubled members."""
    arrays = _arrays(folder)
    raw = {}
    for name, values in arrays.items():
        member = io.BytesIO()
        np.lib.format.write_array(member, values, version=(1, 0))
        raw[name] = member.getvalue()

    def write(compression, extra=()):
        with zipfile.ZipFile(folder / "weights.npz", "w", compression) as archive:
            for name, content in raw.items():
                archive.writestr(f"{name}.npy", content)
            for name in extra:
                archive.writestr(name, b"x")
        _sign(folder)

    write(zipfile.ZIP_STORED, ["../../evil.npy"])
    _refused(folder)
    for compression in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        write(compression)
        damaged = bytearray((folder / "weights.npz").read_bytes())
        damaged[len(damaged) // 3] ^= 0xFF
        damaged[60:90] = b"\xff" * 30
        (folder / "weights.npz").write_bytes(damaged)
        _sign(folder)
        _refused(folder)
    for flag_at in (6, 8):  # encryption, compression method
        write(zipfile.ZIP_DEFLATED)
        damaged = bytearray((folder / "weights.npz").read_bytes())
        for signature, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):
            at = damaged.find(signature)
            damaged[at + flag_at + shift] |= 1 if flag_at == 6 else 97
        (folder / "weights.npz").write_bytes(damaged)
        _sign(folder)
        _refused(folder)


@pytest.mark.parametrize("name", EVERY_FILE)
def test_missing_linked_and_special_files_are_refused(folder, tmp_path, name):
    """Nothing outside the folder is read: no link, no pipe (which would hang), no folder in a file's place."""
    elsewhere = tmp_path / "elsewhere"
    (folder / name).rename(elsewhere)
    assert name in _refused(folder)
    (folder / name).symlink_to(elsewhere)
    assert "link" in _refused(folder)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    _refused(folder)
    (folder / name).unlink()
    (folder / name).mkdir()
    _refused(folder)


def _as_model_json(content):
    def write(folder):
        (folder / "model.json").write_bytes(content)

    return write


@pytest.mark.parametrize(
    "damage",
    [
        _as_model_json(b""),
        _as_model_json(b"[]"),
        _as_model_json(b"null"),
        _as_model_json(b"{}"),
        _as_model_json(b'{"schema": 1}'),
        _as_model_json(b'{"schema": "1"}'),
        _as_model_json(b'{"schema": true}'),
        _as_model_json(b'{"schema": 1, "x": NaN}'),
        _as_model_json(b'{"schema": 1, "x": -Infinity}'),
        _as_model_json(b'{"schema": 1, "x": 1e999}'),
        _as_model_json(b'{"schema": 1, "x": ' + b"9" * 5000 + b"}"),
        _as_model_json(b'{"schema": 1, "x": "\\ud800"}'),
        _as_model_json(b"\xff\xfe\x00"),
        _as_model_json(b"[" * 100_000 + b"]" * 100_000),
        _as_model_json(b'{"schema": 1, "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        _as_model_json(b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
        _as_model_json(b'"' + b"x" * (20 << 20) + b'"'),
    ],
    ids=lambda _: "damage",
)
def test_other_json_in_model_json_is_refused(folder, damage):
    """Empty, of another kind, without digest, not a number, no text, nested a hundred thousand deep, far too long."""
    damage(folder)
    _refused(folder)


def test_json_nested_to_just_what_can_be_read_is_refused(folder):
    """Between what the JSON reader takes and what its writer takes lies no gap to fall through."""
    for depth in range(300, 1100, 7):
        nested = b'{"schema": 1, "x": ' + b"[" * depth + b"]" * depth + b"}"
        (folder / "model.json").write_bytes(nested)
        _refused(folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"labels": ["a", "a", "b", "c", "d"]},
        {"labels": [1, 2, 3, 4, 5]},
        {"labels": "abcde"},
        {"features": {}},
        {"features": {"terms": ["w1"], "zone_weights": [1, 1, 1, 1e300], "body_characters": 0, "sublinear": True}},
        {"features": {"terms": ["w1"], "zone_weights": [1, 1, 1, -5], "body_characters": 0, "sublinear": True}},
        {"features": {"terms": [["w1"]], "zone_weights": [1, 1, 1, 1], "body_characters": 0, "sublinear": True}},
        {"features": {"terms": ["w1"], "zone_weights": [1, 1, 1, 1], "body_characters": [], "sublinear": True}},
        {"threshold": "0.5"},
        {"threshold": None},
        {"threshold": 10**400},
        {"display_names": []},
        {"info": None},
        {"info": {"articles_by_topic": {"a": 10**18}}},
        {"info": {"articles_by_topic": ["a"]}},
        {"info": {"top_terms": {"a": "b"}}},
        {"terms": 3},
        {"terms": "many"},
        {"terms": 1.5},
    ],
    ids=str,
)
def test_signed_descriptions_with_wrong_values_are_refused(folder, changes):
    """Right digests do not make up for fields of the wrong kind."""
    _sign(folder, **changes)
    _refused(folder)


def test_files_without_a_digest_are_refused(folder):
    """Digests that are left out, or are no text, match nothing."""
    description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    for files in ({}, dict.fromkeys(FILES), dict.fromkeys(FILES, "")):
        _sign(folder, files=files)
        assert "changed" in _refused(folder)
    assert description["files"]


def test_a_vocabulary_of_another_length_is_refused(folder):
    """One line a row of the weights."""
    with (folder / "vocabulary.txt").open("a", encoding="utf-8") as stream:
        stream.write("thừa\n")
    _sign(folder)
    assert "vocabulary.txt" in _refused(folder)


def test_a_schema_of_a_later_chude_asks_for_an_upgrade(folder):
    """The remedy fits: newer schemas need a newer chude, older ones a new training."""
    _sign(folder, schema=SCHEMA + 1)
    assert _refused(folder).endswith("upgrade chude")
    _sign(folder, schema=0)
    assert _refused(folder).endswith("train it again")


def test_what_is_no_model_folder_is_refused(tmp_path):
    """A missing path, a file, an empty folder: each says what it is and what to name instead."""
    (tmp_path / "file.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    assert "no such model folder" in _refused(tmp_path / "nothing")
    assert "is a file" in _refused(tmp_path / "file.txt")
    assert "is missing" in _refused(tmp_path / "empty")


def test_a_description_can_be_read_alone(small_artifact):
    """model.json without the arrays."""
    assert read_description(small_artifact)["labels"][-1] == "other"
