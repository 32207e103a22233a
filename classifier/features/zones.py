"""The parts of a page that count apart: title, lead, opening and rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.vietnamese.segmenter import nfc

if TYPE_CHECKING:
    from classifier.types import Page

ZONES = ("title", "lead", "opening", "rest")


def zones(page: Page, body_characters: int = 0) -> tuple[str, str, str, str]:
    """Title, lead, opening and rest; the opening ends with the last word of the body's first `body_characters`."""
    opening, rest = page.body, ""
    if body_characters and len(opening) > body_characters:
        opening = nfc(opening)  # the same cut however the accents are written
    if body_characters and len(opening) > body_characters:
        cut = opening.rfind(" ", 0, body_characters + 1)
        cut = cut if cut > 0 else body_characters
        opening, rest = opening[:cut], opening[cut:].lstrip(" ")
    return page.title, page.lead, opening, rest
