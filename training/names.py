"""Names of labels, as people are to read them: a user's own, and those of the built-in topics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.errors import UsageError
from classifier.types import MAX_LABEL, OTHER
from eval.prediction_files import named

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

DISPLAY_NAMES = {
    "arms_control": "Arms control",
    "ukraine_talks": "Ukraine talks",
    "syria": "Syria",
    "alliances": "Alliances",
    OTHER: "Other",
}


def display_names(labels: Sequence[str], names: Mapping[str, str] | None = None) -> dict[str, str]:
    """A name for each label: the one in `names`, else that of a built-in topic, else the label itself.

    Raises UsageError for a name of something that is no label, and for one that is empty or beyond measure.
    """
    for label, name in (names or {}).items():
        if label not in labels:
            raise UsageError("", f"{label!r} is named {name!r} but no article has it", f"the labels: {named(labels)}")
        if not name.strip() or len(name) > MAX_LABEL:
            raise UsageError("", f"the name of {label!r} has {len(name)} letters", f"give it 1 to {MAX_LABEL}")
    return {label: (names or {}).get(label) or DISPLAY_NAMES.get(label, label) for label in labels}
