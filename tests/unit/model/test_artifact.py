"""Guards the model folder: the same model is the same bytes, and nothing but what `save` wrote is ever loaded."""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import shutil
import subprocess
import sys
import time
import zipfile
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from conftest import PROJECT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from classifier import load
from classifier.cli import main
from classifier.cli.show import as_text
from classifier.disk.untrusted import MAX_NUMBER
from classifier.duplicates.fingerprints import fingerprint
from classifier.duplicates.near_duplicates import find_copies
from classifier.errors import ArtifactError
from classifier.features.tokens import Tokeniser
from classifier.model.artifact import FILES, SCHEMA, read_description, read_fingerprints, read_vocabulary, save
from classifier.model.description import MAX_LABEL
from classifier.types import Page
from training.card import model_card

EVERY_FILE = (*FILES, "model.json")
SECONDS = 10
OLD = PROJECT / "tests" / "data" / "artifacts" / "v1" / "model"
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
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
    _write_npz(folder, arrays, idf=member.getvalue() + b"\0" * 120_000_000)
    assert (folder / "weights.npz").stat().st_size < 1_000_000
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
        assert "field files" in _refused(folder)
    _sign(folder, files={**description["files"], "card.md": "0" * 64})
    assert "changed" in _refused(folder)


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


def _leaves(value, path=()):
    """The path of every value in a JSON value, containers too."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _leaves(inner, (*path, key))


def _with(description, path, value):
    """A deep copy with another value in one place; `...` takes the place away."""
    changed = json.loads(json.dumps(description))
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    if value is ...:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return changed


WRONG = (..., None, True, -1, 1.5, 10**18, 10**300, 1e308, "", "x", "../x", "\x1b[31m", [], {}, [None], {"x": None})


@lru_cache
def _tokeniser():
    return Tokeniser()


def _usable_or_refused(folder):
    """Loads the folder, shows it and labels with it: whether all of that works; else it is refused in one line."""
    started = time.perf_counter()
    said, model, shown = "", None, ""
    try:
        model = load(folder)
        model._tokeniser = _tokeniser()  # a model makes one of its own, which takes longer than all the rest
        prediction = model.predict([PAGE], explain=3)[0]
        shown = as_text(model)
    except ArtifactError as error:
        said = str(error)
    except (AttributeError, KeyError, TypeError, ValueError):
        # What a model says of its making is only looked at to be shown.
        said = "" if model is None else "refused by chude show"
        assert _run_show(folder) == 4
    assert time.perf_counter() - started < SECONDS
    assert "\n" not in said
    assert "\x1b" not in said
    if not shown:
        assert said
        return False
    assert all(0 <= score.probability <= 1 for score in prediction.topics)
    assert "\x1b" not in shown
    return True


def _run_show(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["chude", "show", str(folder)])
        with pytest.raises(SystemExit) as ended:
            main()
    return ended.value.code


@pytest.mark.filterwarnings("error")
@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_field_of_another_kind_is_refused_or_harmless(tmp_path_factory, data):
    """Each value in model.json in turn replaced, taken away or made something else, and signed again."""
    description = json.loads((OLD / "model.json").read_text(encoding="utf-8"))
    path = data.draw(st.sampled_from(list(_leaves(description))))
    changed = _with(description, path, data.draw(st.sampled_from(WRONG)))
    folder = shutil.copytree(OLD, tmp_path_factory.mktemp("leaf") / "model")
    changed["sha256"] = _digest({key: value for key, value in changed.items() if key != "sha256"})
    (folder / "model.json").write_text(json.dumps(changed), encoding="utf-8")
    _usable_or_refused(folder)


@pytest.mark.slow
def test_every_field_of_every_wrong_kind_is_refused_or_harmless(tmp_path):
    """The same for all fields and all wrong values; the fields that predictions depend on are always refused."""
    description = json.loads((OLD / "model.json").read_text(encoding="utf-8"))
    folder = shutil.copytree(OLD, tmp_path / "model")
    for path in _leaves(description):
        for wrong in WRONG:
            changed = _with(description, path, wrong)
            if changed == description or path == ("sha256",):
                continue
            changed["sha256"] = _digest({key: value for key, value in changed.items() if key != "sha256"})
            (folder / "model.json").write_text(json.dumps(changed), encoding="utf-8")
            usable = _usable_or_refused(folder)
            text = path[0] == "display_names" or (path[0] == "labels" and len(path) == 2)
            value = path[:2] == ("features", "body_characters") or (path[0] == "features" and len(path) > 2)
            if path[0] != "info" and not text and not value and path[0] not in ("threshold", "secondary_threshold"):
                assert not usable, (path, wrong)


def test_unexpected_names_keys_and_numbers_are_refused(folder):
    """One key twice, files of other names, true for 1, numbers of a thousand digits, text that is no Unicode."""
    _sign(folder)
    text = (folder / "model.json").read_text(encoding="utf-8")
    description = json.loads(text)
    files = description["files"]
    for changes in (
        {"files": {**files, "../x": "0" * 64}},
        {"files": {**files, "/etc/passwd": "0" * 64}},
        {"schema": True},
        {"schema": 10**1000},
        {"texts": True},
        {"texts": 10**1000},
        {"threshold": True},
        {"labels": ["", "b", "c", "d", "e"]},
        {"display_names": {"a": 1}},
        {"features": {**description["features"], "sublinear": 1}},
        {"features": {**description["features"], "body_characters": "5"}},
        {"info": {"articles_by_topic": {"a": 10**10}}},
        {"info": {"made_with": {"numpy": ["x"]}}},
    ):
        (folder / "model.json").write_text(text, encoding="utf-8")
        _sign(folder, **changes)
        assert len(_refused(folder)) < 400
    (folder / "model.json").write_text(text.replace('{"schema": 1,', '{"schema": 2, "schema": 1,'), encoding="utf-8")
    assert "not readable JSON" in _refused(folder)
    (folder / "model.json").write_text(text.replace('"info": {', '"info": {"x": "\\ud800", '), encoding="utf-8")
    assert "not readable JSON" in _refused(folder)


def test_hashes_that_are_chosen_to_collide_are_a_model_like_any(folder):
    """An honest corpus may be made to give such; every table of terms spreads them in a way of its own."""
    arrays = _arrays(folder)
    inverse = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
    _write_npz(folder, arrays, hashes=np.arange(arrays["hashes"].size, dtype=np.uint64) * inverse)
    assert load(folder).predict([Page("1", "Mỹ và Nga")])[0].topic


def test_texts_and_lists_that_would_stall_a_run_are_refused(folder):
    """A kind of terms a thousand times, labels of megabytes, more top terms than anybody reads, endless texts."""
    text = (folder / "model.json").read_text(encoding="utf-8")
    description = json.loads(text)
    labels, features = description["labels"], description["features"]
    for changes in (
        {"features": {**features, "terms": ["w1"] * 2}},
        {"features": {**features, "terms": ["w1", "w2"] * 100_000}},
        {"labels": [*labels[:-1], "x" * 3_000_000]},
        {"labels": [*labels[:-1], "x" * (MAX_LABEL + 1)]},
        {"display_names": {labels[0]: "x" * 3_000_000}},
        {"info": {**description["info"], "top_terms": {labels[0]: ["nga"] * 160_000}}},
        {"info": {**description["info"], "top_terms": {labels[0]: ["x" * 3_000_000]}}},
        {"info": {**description["info"], "top_terms": {f"t{n}": ["nga"] for n in range(160_000)}}},
        {"info": {**description["info"], "made_with": {"x" * 3_000_000: "1"}}},
        {"info": {**description["info"], "name": "x" * 3_000_000}},
    ):
        (folder / "model.json").write_text(text, encoding="utf-8")
        _sign(folder, **changes)
        assert len(_refused(folder)) < 400


def test_what_cannot_be_loaded_is_not_written(folder, small_model, tmp_path):
    """`save` reads what it wrote before the old model is replaced."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    small_model.display_names = {"syria": "x" * 3_000_000}
    try:
        with pytest.raises(ArtifactError, match="nothing was replaced") as refused:
            save(folder, small_model, ["x"] * small_model.hashes.size, "")
    finally:
        small_model.display_names = {}
    assert str(folder) in str(refused.value)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [MAX_NUMBER, -MAX_NUMBER, 3e38])
def test_weights_of_any_size_give_probabilities(folder, value):
    """Up to the largest that is taken, no sum overflows; beyond, the model is refused."""
    arrays = _arrays(folder)
    rng = np.random.default_rng(1)
    for name in ("idf", "weights", "intercepts", "scale", "offset", "secondary"):
        arrays[name] = (value * rng.choice([-1, 1], arrays[name].shape)).astype(np.float32)
    _write_npz(folder, arrays)
    if abs(value) > MAX_NUMBER:
        assert "beyond" in _refused(folder)
        return
    prediction = load(folder).predict([PAGE], explain=3)[0]
    assert sum(score.probability for score in prediction.topics) == pytest.approx(1)


def test_a_bomb_within_its_promise_is_refused(folder):
    """Two gigabytes that model.json promises and a small archive holds are not unpacked."""
    labels = [str(number) for number in range(100)]
    arrays = _arrays(folder)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, values in arrays.items():
            packed.writestr(f"{name}.npy", values.tobytes())
        packed.writestr("bomb", b"\0" * 3_000_000)
    (folder / "weights.npz").write_bytes(archive.getvalue())
    _sign(folder, terms=5_000_000, labels=labels)
    with (folder / "vocabulary.txt").open("wb") as stream:
        stream.write(b"\n" * 5_000_000)
    _sign(folder, terms=5_000_000, labels=labels)
    assert "packed tighter" in _refused(folder)


@pytest.mark.parametrize("name", ["vocabulary.txt", "weights.npz", "fingerprints.npz", "card.md", "model.json"])
def test_huge_files_are_refused_unread(folder, name):
    """Five gigabytes of nothing, which take no room on the disk, cost no time and no memory either."""
    os.truncate(folder / name, 5 << 30)
    started = time.perf_counter()
    assert "is larger" in _refused(folder)
    assert time.perf_counter() - started < 1


def test_members_that_lie_over_each_other_are_refused(folder):
    """Two entries of the archive's list that name one place: the name there is another."""
    raw = bytearray((folder / "weights.npz").read_bytes())
    first, second = raw.find(b"PK\x01\x02"), 0
    second = raw.find(b"PK\x01\x02", first + 4)
    raw[second + 42 : second + 46] = raw[first + 42 : first + 46]
    (folder / "weights.npz").write_bytes(bytes(raw))
    _sign(folder)
    assert "cannot be read as arrays" in _refused(folder)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_fingerprints_with_right_digests_are_refused_or_harmless(tmp_path_factory, data):
    """Likewise for the fingerprints, which `chude eval` reads: refused, or arrays that texts can be looked up in."""
    folder = shutil.copytree(OLD, tmp_path_factory.mktemp("prints") / "model")
    raw = bytearray((folder / "fingerprints.npz").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, 300) | st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    (folder / "fingerprints.npz").write_bytes(bytes(raw))
    _sign(folder)
    load(folder)
    try:
        known = read_fingerprints(folder)
    except ArtifactError as error:
        found = str(error)
    else:
        found = "usable"
        assert find_copies(known, fingerprint([PAGE])).known.size == 1
    assert found
    assert "\n" not in found


def test_fingerprints_and_vocabulary_changed_after_loading_are_noticed(folder):
    """They are read later than the weights, and looked at again."""
    load(folder)
    raw = (folder / "fingerprints.npz").read_bytes()
    (folder / "fingerprints.npz").write_bytes(raw[:-1] + b"\1")
    with pytest.raises(ArtifactError, match="changed"):
        read_fingerprints(folder)
    terms = read_vocabulary(folder)
    (folder / "vocabulary.txt").write_text("".join(f"{term}\n" for term in reversed(terms)), encoding="utf-8")
    with pytest.raises(ArtifactError, match="changed"):
        read_vocabulary(folder)


def test_a_signed_vocabulary_is_text_and_as_long_as_the_model_says(folder):
    """Whoever can sign can also write another number of lines, or what is no text."""
    (folder / "vocabulary.txt").write_bytes(b"\xff\n")
    _sign(folder)
    with pytest.raises(ArtifactError, match="UTF-8"):
        read_vocabulary(folder)
    (folder / "vocabulary.txt").write_bytes(b"nga\n")
    _sign(folder)
    with pytest.raises(ArtifactError, match=r"lines that model\.json says"):
        read_vocabulary(folder)


def test_a_folder_that_is_a_link_is_the_users_choice(folder, tmp_path):
    """A link that the user names is followed; what lies in the folder must be plain files all the same."""
    (tmp_path / "current").symlink_to(folder)
    assert load(tmp_path / "current").labels == load(folder).labels


BOUNDED = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
from classifier import load
from classifier.cli import main
from classifier.cli.show import as_text
from classifier.errors import ArtifactError
from classifier.duplicates.fingerprints import fingerprint
from classifier.duplicates.near_duplicates import find_copies
def peak():  # of this program: getrusage would count what its parent had
    (line,) = [line for line in open("/proc/self/status") if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024
before = peak()
for folder in sys.argv[1:]:
    started = time.perf_counter()
    try:
        load(folder)
        said = ""
    except ArtifactError as error:
        said = str(error)
    print(json.dumps([said, time.perf_counter() - started, peak() - before]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_hostile_folders_are_refused_in_little_memory(folder, tmp_path):
    """With a gigabyte of address space: bombs, huge files and endless JSON are refused within 100 MB and seconds."""
    made = [shutil.copytree(folder, tmp_path / str(number)) for number in range(5)]
    arrays = _arrays(folder)
    member = io.BytesIO()
    np.lib.format.write_array(member, arrays["idf"], version=(1, 0))
    _write_npz(made[0], arrays, idf=member.getvalue() + b"\0" * 60_000_000)
    os.truncate(made[1] / "vocabulary.txt", 5 << 30)
    (made[2] / "vocabulary.txt").write_bytes(b"")
    os.truncate(made[2] / "vocabulary.txt", 300 << 20)
    _sign(made[2])
    (made[3] / "model.json").write_bytes(b"[" * 8_000_000)
    _sign(made[4], terms=5_000_000, labels=[str(number) for number in range(100)])
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED, *made],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        timeout=100,
    )
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(found) == len(made)
    for said, seconds, megabytes in found:
        assert said
        assert seconds < SECONDS
        assert megabytes < 100
