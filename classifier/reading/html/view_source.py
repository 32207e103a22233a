"""Undoes the saving of "view source": a page whose text is the markup of another is read as that other page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from classifier.reading.html.tree import Element

_CELLS, _FIREFOX = "line-content", "viewsource"
"""The class of the table's cells in Chromium's view, and the id of the body in Firefox's."""
_START = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype html|<html[\s>])", re.IGNORECASE)
_CELLS_LEAST = 3


def viewed_source(tree: Element) -> str | None:
    """Return the markup that a page shows as its text, or None where the page is what it seems.

    It is markup if the cells of a view's table, or all text of a view or of a page's one `pre`, begin as HTML does.
    """
    body = tree.find("body")
    if body is None:
        return None
    cells = [cell for cell in body.iter("td") if cell.get("class") == _CELLS]
    if len(cells) >= _CELLS_LEAST:
        text = "\n".join("".join(cell.itertext()) for cell in cells)
    else:
        blocks = list(body.iter("pre"))
        alone = len(body) == 1 and blocks == list(body)  # text that a browser shows as it stands
        if not alone and not (blocks and (body.get("id") == _FIREFOX or tree.get("id") == _FIREFOX)):
            return None
        text = "".join("".join(block.itertext()) for block in blocks)
    return text if _START.match(text) else None
