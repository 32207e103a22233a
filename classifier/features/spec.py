"""What a page is turned into: zones, kinds of terms, weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from classifier.features.kinds import TERM_KINDS, need_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_ZONE_WEIGHT = 1_000.0


@dataclass(frozen=True, slots=True)
class FeatureSpec:
    """What a page is turned into.

    terms: kinds of terms, of TERM_KINDS. zone_weights: how often a word of each of ZONES counts (0: not at all).
    body_characters: how many of the body's characters are its opening (0: all of them). sublinear: tf becomes 1 +
    ln(tf).
    """

    terms: tuple[str, ...] = ("w1", "w2")
    zone_weights: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    body_characters: int = 0
    sublinear: bool = True

    @property
    def marks(self) -> bool:
        """Whether pages must be tokenised with their marks."""
        return need_marks(self.terms)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> FeatureSpec:
        """From `to_json`'s values; raises ValueError, KeyError or TypeError where they are not of that form."""
        terms = tuple(str(kind) for kind in values["terms"])
        if not terms or not set(terms) <= set(TERM_KINDS):
            raise ValueError(f"unknown kinds of terms: {terms}")
        if len(set(terms)) < len(terms):
            raise ValueError(f"a kind of terms stands twice: {terms}")
        title, lead, opening, rest = (float(weight) for weight in values["zone_weights"])
        characters = int(values["body_characters"])
        # Others would make the logarithm of a count, or the sum of squares, no number.
        if not all(0 <= weight <= MAX_ZONE_WEIGHT for weight in (title, lead, opening, rest)) or characters < 0:
            raise ValueError(f"impossible zones: weights {values['zone_weights']}, {characters} characters")
        return cls(terms, (title, lead, opening, rest), characters, bool(values["sublinear"]))
