"""Guards the pictures: same bytes for same numbers, labels that do not cover each other, odd input drawn as well."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
from conftest import PROJECT
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.plots.figures import headline_map, render, save, silhouette_chart, timeline
from eval.plots.placement import overlaps, place_labels, spread
from eval.plots.scores import (
    confusion_matrix,
    coverage_accuracy,
    learning_curve,
    precision_recall,
    reliability_diagram,
    topic_scores,
)

NAN = float("nan")
NAMES = ["đàm phán hạt nhân", "Thổ Nhĩ Kỳ không kích", "thượng đỉnh NATO"]


def _map(seed=0, clusters=3, each=20):
    rng = np.random.default_rng(seed)
    ids = np.repeat(np.arange(clusters), each)
    return rng.normal(size=(clusters, 2))[ids] * 4 + rng.normal(size=(len(ids), 2)), ids


def _all_pictures():
    points, ids = _map()
    rates = {"precision": [(0.5, 0.4, 0.6), (NAN, 0, 1)], "recall": [(1, 0.9, 1), (0, NAN, NAN)]}
    return {
        "confusion": confusion_matrix([[5, 1], [0, 0]], ["Chính trị", "other"]),
        "topics": topic_scores(["Chính trị", "other"], rates, [6, 0]),
        "reliability": reliability_diagram([NAN, 0.7], [NAN, 0.5], [(NAN, NAN), (0.3, 0.7)], [0, 20], 0.2),
        "coverage": coverage_accuracy([0.5, 1], [1, 0.8], [(0.8, 1), (0.7, 0.9)], [(0.5, 1, 0.8), (0.9, 0.5, 1)]),
        "precision_recall": precision_recall({"Chính trị": [(0.5, 1), (1, 0.7)], "other": [(1, 0.2)]}, [0.9, 0.2]),
        "learning": learning_curve([10, 100], {"accuracy": [(0.5, 0.4, 0.6), (0.8, 0.7, 0.9)]}),
        "map": headline_map(points, ids, NAMES),
        "silhouette": silhouette_chart(np.linspace(-0.2, 0.8, 60), ids, NAMES),
        "timeline": timeline(["2025", "2026"], [[1, 2], [0, 3], [4, 0]], NAMES),
    }


def test_the_same_numbers_give_the_same_bytes_without_a_warning():
    """PNG and SVG twice: no date, no version, no random id in them. No missing letter, no division by zero, no layout
    that cannot be: whatever matplotlib warns of is mended.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = _all_pictures(), _all_pictures()
        for name, figure in first.items():
            assert render(figure, dpi=50) == render(second[name], dpi=50), name
        svg = render(first["map"], "svg")
        assert svg == render(second["map"], "svg")
    assert b"<dc:date>" not in svg
    assert b"Matplotlib" not in svg


def test_a_users_matplotlib_settings_change_nothing(tmp_path):
    """A matplotlibrc with another font, another palette and dark axes gives the same bytes."""
    script = (
        "import hashlib\nfrom eval.plots.scores import confusion_matrix\nfrom eval.plots.figures import render\n"
        "print(hashlib.sha256(render(confusion_matrix([[5, 1], [2, 3]], ['ă', 'ễ']))).hexdigest())"
    )
    (tmp_path / "matplotlibrc").write_text("axes.facecolor: black\nfont.size: 20\nsavefig.dpi: 30\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "MATPLOTLIBRC": str(tmp_path)},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    here = render(confusion_matrix([[5, 1], [2, 3]], ["ă", "ễ"]))
    assert run.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_plots_use_no_pyplot_and_their_import_no_matplotlib():
    """Nothing global is touched, and what only needs numbers pays nothing for pictures."""
    script = (
        "import sys, eval.plots.figures, eval.plots.scores, eval.report.report, eval.scores.compare\n"
        "assert 'matplotlib' not in sys.modules\n"
        "eval.plots.figures.render(eval.plots.scores.confusion_matrix([[1]], ['a']))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
        "import matplotlib; assert matplotlib.rcParams['svg.hashsalt'] is None"
    )
    root = str(PROJECT)
    subprocess.run([sys.executable, "-c", script], cwd=root, check=True)


def test_save_writes_what_the_name_says(tmp_path):
    """.png and .svg by their ending, anything else is refused by name."""
    figure = confusion_matrix([[1]], ["a"])
    save(figure, tmp_path / "a.png")
    save(figure, tmp_path / "a.SVG")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    assert b"<svg" in (tmp_path / "a.SVG").read_bytes()
    with pytest.raises(ValueError, match="pdf"):
        save(figure, tmp_path / "a.pdf")


def test_every_headline_label_is_clear_of_every_other():
    """Forty crowded clusters: the labels that are written do not overlap, and the largest cluster has its own."""
    rng = np.random.default_rng(2)
    ids = np.repeat(np.arange(40), np.arange(3, 43))
    points = rng.normal(size=(40, 2))[ids] * 2 + rng.normal(size=(len(ids), 2)) * 0.3
    names = [f"cụm số {i} về đàm phán và không kích" for i in range(40)]
    figure = headline_map(points, ids, names)
    texts = [text for text in figure.axes[0].texts if text.get_text()]
    boxes = [tuple(text.get_window_extent().extents) for text in texts]
    assert 5 < len(boxes) <= 32
    assert not any(overlaps(a, b) for i, a in enumerate(boxes) for b in boxes[:i])
    assert any(text.get_text().startswith("cụm số 39") for text in texts)


@given(
    st.lists(
        st.tuples(st.floats(0, 400), st.floats(0, 300), st.floats(5, 120), st.floats(5, 30)), min_size=1, max_size=25
    )
)
@settings(max_examples=60, deadline=None)
def test_placed_labels_never_overlap_and_stay_inside(rows):
    """Whatever is asked: a label has a free place inside the area, or none at all."""
    anchors, sizes = [(x, y) for x, y, _, _ in rows], [(w, h) for _, _, w, h in rows]
    places = place_labels(anchors, sizes, (0, 0, 400, 300))
    boxes = [
        (x - w / 2, y - h / 2, x + w / 2, y + h / 2)
        for (x, y), (w, h) in ((p, s) for p, s in zip(places, sizes, strict=True) if p is not None)
    ]
    assert all(box[0] >= 0 and box[1] >= 0 and box[2] <= 400 and box[3] <= 300 for box in boxes)
    assert not any(overlaps(a, b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_label_with_room_stays_on_its_anchor():
    """Moving is only for those that must."""
    assert place_labels([(50, 50), (50, 50)], [(20, 10), (20, 10)], (0, 0, 100, 100))[0] == (50, 50)
    assert place_labels([(50, 50)], [(20, 10)], (0, 0, 100, 100), obstacles=[(0, 0, 100, 100)]) == [None]


def test_line_ends_are_spread_without_changing_their_order():
    """Labels of lines that end together are pushed apart, evenly about where they were."""
    moved = spread([0.80, 0.81, 0.50], 0.1)
    assert moved[1] - moved[0] == pytest.approx(0.1)
    assert moved[2] == min(moved)
    assert sum(moved) == pytest.approx(0.80 + 0.81 + 0.50)
    assert spread([], 1.0) == []


def test_odd_input_is_drawn_all_the_same():
    """One label, many labels, one headline, a cluster of one, headlines of no cluster, no headline, no period."""
    for figure in (
        confusion_matrix([[0]], ["a"]),
        confusion_matrix(np.eye(45, dtype=int), [f"nhãn {i}" for i in range(45)]),
        coverage_accuracy([1.0], [0.0], [(0.0, 0.9)]),
        headline_map([[0.0, 0.0]], [0], ["một"]),
        headline_map(np.zeros((3, 2)), [-1, -1, -1], []),
        silhouette_chart([0.1, 0.5, 0.3], [0, 1, -1], {0: "a", 1: "b"}),
        silhouette_chart([], [], []),
        timeline([], np.zeros((1, 0)), ["a"]),
        timeline(["2025"], np.zeros((0, 1)), []),
    ):
        assert render(figure, dpi=40).startswith(b"\x89PNG")


def test_a_label_that_is_never_found_shows_its_zero():
    """An empty diagonal cell is a finding, not a blank."""
    texts = [text.get_text() for text in confusion_matrix([[0, 3], [1, 9]], ["a", "b"]).axes[0].texts]
    assert "0\n0%" in texts
    assert "3\n100%" in texts
