"""Rows that are put together from a model's arrays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.cli.plain_rows import FORMS, plain_rows, shares
from classifier.cli.predict import Asked, Row, row_form
from classifier.cli.writers import encode
from classifier.features.spec import FeatureSpec
from classifier.model.calibration import Calibration
from classifier.model.model import Judged, Model
from classifier.types import Page

_likely = st.one_of(
    st.floats(0, 1), st.sampled_from([0.0, 1.0, 1e-6, 1e-7, 0.5, 4.9e-7, 5e-7, 0.0000995, 0.1234565, 9.99995e-5])
)
_ODD_TEXTS = ("=1", "a;b", 'a"b', "\x1b[1m", "\u2028", "a\r\nb", "Tổng thống", "\ud800")
_texts = st.one_of(
    st.text(max_size=12), st.sampled_from(["=1", "a;b", 'a"b', "\x1b[1m", "\u2028", "a\r\nb", "Tổng thống", "\ud800"])
)


@given(st.lists(_texts, min_size=1, max_size=5, unique=True), st.data())
@settings(max_examples=150, deadline=None)
@pytest.mark.parametrize("form", FORMS)
def test_rows_from_arrays_are_those_of_predictions(form, labels, data):
    """Put together from arrays or encoded from objects: the same bytes for any text and any probability."""
    rows, size = 3, len(labels)
    likely = np.array(data.draw(st.lists(_likely, min_size=rows * size, max_size=rows * size))).reshape(rows, size)
    applies = np.array(data.draw(st.lists(st.booleans(), min_size=rows * size, max_size=rows * size))).reshape(
        rows, size
    )
    pages = [Page(data.draw(_texts), data.draw(_texts), source="a.jsonl:1") for _ in range(rows)]
    empty = np.zeros((0, size), np.float32)
    platt = Calibration(np.zeros((size, size)), np.zeros(size), np.zeros((size, 2)), 0.5, 0.5)
    model = Model(
        labels=labels,
        features=FeatureSpec(),
        hashes=np.zeros(0, np.uint64),
        idf=np.zeros(0, np.float32),
        weights=empty,
        intercepts=np.zeros(size, np.float32),
        calibration=platt,
    )
    order = np.argsort(-likely, axis=1, kind="stable")
    judged = Judged(pages, likely, order, applies, np.array([0.25, 1.0, 0.98765432]), None, None)
    wanted = row_form(Asked(form))
    as_objects = [encode(Row(*both), form, wanted) for both in zip(model.predictions(judged), pages, strict=True)]
    assert list(plain_rows(model, judged, form, None)) == as_objects


@pytest.mark.usefixtures("core")
def test_probabilities_are_written_as_python_rounds_them():
    """Also those that lie in the middle between two, and those that no text should hold."""
    values = [0.0000005, 0.0000015, 0.1234565, 0.5, 1e-300, 0.99999949999, 0.9999995, 1.0, 0.00001, 0.0001, 0.00009]
    values += [*np.random.default_rng(0).random(20_000), -0.25, 1.5]
    found = shares(np.array(values)[:, None], np.zeros((len(values), 1), np.int64), ["p="], ";", "")
    assert found == [f"p={round(float(value), 6)!r};" for value in values]
