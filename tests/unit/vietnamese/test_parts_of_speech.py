"""Guards that parts of speech are pyvi's own, whatever stands beside a text in its batch."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from classifier.errors import ChudeError
from classifier.vietnamese import pyvi_model
from classifier.vietnamese.parts_of_speech import Tagger
from classifier.vietnamese.segmenter import segment

TEXTS = [
    "Tàu ngầm hạt nhân của Nga cập cảng La Habana lúc 7 giờ",
    "Bão số 4: 12.000 người sơ tán, NATO gửi trực thăng …",
    "Đọc",
    "“Tôi không về” - ông Trần Văn A nói với báo chí hôm 3-2",
    "KHẨN: THUỶ ĐIỆN XẢ LŨ",
    "iPhone 17 và xe VF 3 giảm giá",
]


def test_tags_are_those_of_pyvi():
    """The same tag for every word, from the same model, alone or in a batch."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tagger = pytest.importorskip("pyvi.ViPosTagger").ViPosTagger
    words = [text.split(" ") for text in segment(TEXTS)]
    found = Tagger().tag(words)
    assert found == [list(tagger.postagging_tokens(one)[1]) for one in words]
    assert [Tagger().tag([one])[0] for one in words] == found


def test_a_text_without_a_word_has_no_tags():
    """Nothing in, nothing out, in its place."""
    assert Tagger().tag([[], ["chợ"], []]) == [[], ["N"], []]
    assert Tagger().tag([]) == []


def test_more_words_than_there_was_room_for():
    """The table of words grows."""
    words = [[f"từ{number}" for number in range(40)] for _ in range(2)] + [[f"chữ{number}"] for number in range(1200)]
    tagger = Tagger()
    assert tagger.tag(words) == Tagger().tag(words)
    assert len(tagger.tag(words)) == len(words)


def test_a_tagger_that_is_missing_is_told_in_one_line(monkeypatch, tmp_path):
    """The file's name, and what to do."""
    monkeypatch.setattr(pyvi_model, "_model_folder", lambda: tmp_path)
    pyvi_model.load_tagger.cache_clear()
    try:
        with pytest.raises(ChudeError, match=r"pyvipos3\.pkl.*reinstall pyvi"):
            pyvi_model.load_tagger()
    finally:
        pyvi_model.load_tagger.cache_clear()


def test_the_model_has_its_labels():
    """Transitions and weights have a row and a column for each of 19."""
    crf = pyvi_model.load_tagger()
    assert crf.transition.shape == (19, 19)
    assert crf.state.shape == (len(crf.attributes), 19)
    assert np.isfinite(crf.state).all()
