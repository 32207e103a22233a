"""What `chude check` can find: the codes, what each means, and the finding itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SEVERITIES = ("error", "warning", "info")
"""error: scores or labels are wrong because of it; warning: worth a look; info: worth knowing."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of finding: its name, how bad it is (of SEVERITIES), and what its score says ("" where it has none)."""

    name: str
    severity: str
    score: str = ""


_SIMILARITY = "estimated share of 5-syllable shingles in common, 1 for equal texts"
# Codes are for scripts and for the `checked` column: never renumber one, never give an old one a new meaning.
RULES: dict[str, Rule] = {
    "CH101": Rule("exact-duplicate", "warning", _SIMILARITY),
    "CH102": Rule("near-duplicate", "warning", _SIMILARITY),
    "CH103": Rule("duplicate-with-other-label", "error", _SIMILARITY),
    "CH201": Rule("leak-exact", "error", _SIMILARITY),
    "CH202": Rule("leak-near", "error", _SIMILARITY),
    "CH203": Rule("leak-other-label", "error", _SIMILARITY),
    "CH301": Rule("empty-text", "error"),
    "CH302": Rule("tiny-text", "warning"),
    "CH303": Rule("not-vietnamese", "warning", "share of its words that cannot be Vietnamese syllables"),
    "CH304": Rule("mojibake", "warning"),
    "CH305": Rule("lost-letters", "warning"),
    "CH306": Rule("markup", "info"),
    "CH307": Rule("segmented", "info"),
    "CH308": Rule("no-accents", "warning"),
    "CH309": Rule("odd-characters", "info"),
    "CH401": Rule("rare-label", "warning"),
    "CH402": Rule("imbalance", "info", "articles of the largest label for one of the smallest"),
    "CH403": Rule("one-label", "error"),
    "CH404": Rule("label-spelt-twice", "warning"),
    "CH501": Rule("likely-label-error", "warning", "by how much another label is more probable, 0 to 1"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a corpus that is worth a person's look.

    `source` is where (FILE:LINE), `id` and `title` (or how the text begins) which article; `other_source` and
    `other_id` the article it is compared with, if there is one; `score` as `RULES[code].score` says.
    """

    code: str
    source: str
    message: str
    id: str = ""
    title: str = ""
    other_source: str = ""
    other_id: str = ""
    score: float | None = None

    @property
    def name(self) -> str:
        """The code in words."""
        return RULES[self.code].name

    @property
    def severity(self) -> str:
        """One of SEVERITIES."""
        return RULES[self.code].severity


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Worst first: by severity, then by code, then by score; equals stay in reading order."""
    return sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.code, -(f.score or 0.0)))
