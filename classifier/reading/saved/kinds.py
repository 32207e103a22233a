"""The kinds of file that pages stand in; a further one is a file of this folder and a line here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from classifier.reading.saved import feed, mail, webarchive

if TYPE_CHECKING:
    from classifier.reading.saved.kind import Kind

KINDS: tuple[Kind, ...] = (mail.KIND, webarchive.KIND, feed.KIND)
ENDINGS = {ending: kind.name for kind in KINDS for ending in kind.endings}


def kind_of_content(head: bytes) -> Kind | None:
    """Return the kind that a file's first HEAD bytes show, or None."""
    return next((kind for kind in KINDS if kind.begins(head)), None)
