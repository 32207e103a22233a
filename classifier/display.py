"""Labels as people say them: `arms_control` is "Arms control" wherever somebody reads; rows for programs keep labels.

What is shown is a copy in which the names stand in the labels' places, made just before a page, a picture or a table:
nothing else knows of names.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from classifier.clustering import ClusterResult
    from classifier.stories import Story
    from classifier.types import Prediction

    Names = Mapping[str, str]


def distinct(names: Names) -> dict[str, str]:
    """The names that are not empty; two labels of one name keep the label beside it, so that they stay two."""
    given = {label: " ".join(name.split()) or label for label, name in names.items()}
    often = Counter(name.casefold() for name in given.values())
    return {
        label: f"{name} ({label})" if often[name.casefold()] > 1 and name != label else name
        for label, name in given.items()
    }


def name_of(label: str, names: Names) -> str:
    """The label's name, or the label where it has none."""
    return names.get(label, label)


def shown_predictions(predictions: Iterable[Prediction], names: Names) -> list[Prediction]:
    """Predictions with names for labels."""
    names = distinct(names)
    return [
        replace(
            one,
            topic=name_of(one.topic, names),
            topics=tuple(replace(score, topic=name_of(score.topic, names)) for score in one.topics),
            secondary=tuple(name_of(label, names) for label in one.secondary),
            covering=one.covering and tuple(name_of(label, names) for label in one.covering),
        )
        for one in predictions
    ]


def shown_clusters(result: ClusterResult, names: Names) -> ClusterResult:
    """Clusters with names for the labels of their topics."""
    names = distinct(names)
    clusters = tuple(replace(one, topic=name_of(one.topic, names)) for one in result.clusters)
    return replace(result, clusters=clusters)


def shown_story(story: Story, names: Names) -> Story:
    """A story with a name for its topic's label."""
    return replace(story, topic=name_of(story.topic, distinct(names)))
