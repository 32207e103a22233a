"""Guards the ways to cluster by name, and HDBSCAN: what lies close to nothing is set apart."""

from __future__ import annotations

import numpy as np
import pytest

from classifier import cluster_headlines
from classifier.clustering import cluster_pages
from classifier.clustering.methods import kmeans, method_named
from classifier.clustering.methods.hdbscan import hdbscan
from classifier.errors import UsageError
from classifier.types import CLUSTER_METHODS, Headline, Page

EVENTS = {
    "storm": ["Bão Sao La áp sát vịnh Bắc Bộ", "Bão Sao La áp sát đất liền Bắc Bộ", "Vịnh Bắc Bộ đón bão Sao La"],
    "talks": ["Nga và Mỹ đàm phán ở Geneva", "Đàm phán Nga - Mỹ ở Geneva", "Mỹ và Nga nối lại đàm phán Geneva"],
}
ALONE = "Giá cà phê xuất khẩu lập kỷ lục"


def three_heaps(rng, strangers=4):
    """Unit vectors of three tight heaps of ten and some that are far from all; the heap of each, -1 for those."""
    axes = np.eye(3 + strangers)
    heaps = [axes[heap] + rng.normal(0, 0.02, (10, 3 + strangers)) for heap in range(3)]
    points = np.vstack([*heaps, axes[3:]])
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points.astype(np.float32), np.array([heap for heap in range(3) for _ in range(10)] + [-1] * strangers)


@pytest.mark.parametrize("name", CLUSTER_METHODS)
def test_every_way_gives_numbers_without_gaps(name):
    """Also for no point, for one, and for equal ones; noise is -1, a cluster is 0 or more."""
    for points in (np.zeros((0, 2)), np.ones((1, 1)), np.ones((5, 1)), three_heaps(np.random.default_rng(3))[0]):
        labels = method_named(name)(points.astype(np.float32), None)
        assert labels.shape == (len(points),)
        assert np.unique(labels[labels >= 0]).tolist() == list(range(labels.max(initial=-1) + 1))


def test_another_name_is_refused():
    """In Python as on the command line."""
    with pytest.raises(UsageError, match="no way to cluster"):
        method_named("silhouette")


@pytest.mark.parametrize("cell", [2_500, 12])
def test_heaps_are_found_and_strangers_are_noise(cell, monkeypatch):
    """In one go; and where there are so many points that they are put in cells first, no heap is mixed with another."""
    monkeypatch.setattr(kmeans, "CELL", cell)
    points, truth = three_heaps(np.random.default_rng(5))
    labels = hdbscan(points, None)
    assert (labels[truth < 0] == -1).all()
    for heap in range(3):
        mine = labels[truth == heap]
        assert not set(mine[mine >= 0]) & set(labels[truth != heap])
        assert cell < len(points) or set(mine) == {mine[0]} != {-1}


def test_headlines_that_fit_nowhere_are_outliers_and_none_is_lost():
    """Events are clusters; a headline like no other is in the cluster of kind "outliers"."""
    headlines = [one for event in EVENTS.values() for one in event] + [ALONE]
    clusters = cluster_headlines(headlines, method="hdbscan")
    assert sorted(item.headline for cluster in clusters for item in cluster.headlines) == sorted(headlines)
    news = {frozenset(item.headline for item in cluster.headlines) for cluster in clusters if cluster.kind == "news"}
    assert news == {frozenset(event) for event in EVENTS.values()}
    assert [[item.headline for item in one.headlines] for one in clusters if one.kind == "outliers"] == [[ALONE]]


def test_a_number_of_clusters_is_refused():
    """The density decides."""
    with pytest.raises(UsageError, match="finds the number"):
        cluster_headlines(["Một tin", "Tin khác"], 2, method="hdbscan")


def test_the_command_takes_the_way(chude, tmp_path):
    """With its page and pictures; also where nothing but noise is left."""
    table = tmp_path / "rows.csv"
    for headlines in (
        [one for event in EVENTS.values() for one in event] + [ALONE],
        [ALONE, *map(min, EVENTS.values())],
    ):
        table.write_text("headline\n" + "".join(f"{one}\n" for one in headlines), encoding="utf-8")
        run = chude("cluster", table, "--method", "hdbscan", "-o", tmp_path / "out")
        assert run.code == 0
        assert "fit nowhere" in run.err
    assert (tmp_path / "out" / "clusters.html").is_file()


def test_tens_of_thousands_of_headlines_without_a_word_cost_no_square():
    """Each is compared with a set: of a page's headlines none is looked for in a list of the others."""

    class Text(str):
        compared = 0

        def __eq__(self, other):
            Text.compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    count = 400
    wordless = [Headline(Text("." * (1 + number))) for number in range(count)]
    others = [Headline(Text(f"Tin tức số {number} về Mỹ")) for number in range(count)]
    found = cluster_pages([Page("a", related=(*wordless, *others))], 1)
    assert (len(found.headlines), len(found.skipped)) == (count, count)
    assert Text.compared < 20 * count
