"""Undoes what a program that saved a page put into it: an archive's bar and addresses, pictures in the markup."""

from __future__ import annotations

import re

_HEAD = 4096
"""Characters in which a program notes where it saved from."""
# Browsers: `saved from url=(0023)https://…`; SingleFile: `url: https://…`; Save Page WE: a meta element.
_SAVED_FROM = re.compile(
    r"<!--\s{0,9}saved from url=\(\d{1,6}\)(https?://[^\s<>]{1,2000})"
    r"|<!--\s{0,9}Page saved with SingleFile\s{1,9}url:\s{0,9}(https?://[^\s<>]{1,2000})"
    r"|<meta name=.?savepage-url.? content=[\"']?(https?://[^\s<>\"']{1,2000})",
    re.IGNORECASE,
)
_BAR, _BAR_END = "<!-- BEGIN WAYBACK TOOLBAR INSERT -->", "<!-- END WAYBACK TOOLBAR INSERT -->"
_ARCHIVED = re.compile(
    r"(?:(?:https?:)?//web\.archive\.org)?/web/\d{4,14}(?:[a-z]{2}_)?/(?=https?:/)"
    r"|https?://archive\.(?:today|ph|is|li|fo|vn|md)/(?:\d{4,14}|[\d.]{10}-\d{6})/(?=https?:/)"
)
_PICTURE = re.compile(r"(?<=data:)[a-z]{1,20}/[a-z0-9.+-]{1,40};base64,[A-Za-z0-9+/=\s]{100,}", re.IGNORECASE)


def as_published(markup: str) -> str:
    """Return a page's markup without the bar of the Wayback Machine, with the addresses that stood in it before an
    archive changed them, and without the bytes of pictures and fonts, of which a page saved as one file mostly is.
    """
    before, bar, behind = markup.partition(_BAR)
    if bar:
        markup = before + behind.partition(_BAR_END)[2]
    if "archive." in markup or "/web/" in markup:
        markup = _ARCHIVED.sub("", markup)
    return _PICTURE.sub("", markup) if ";base64," in markup else markup


def saved_from(markup: str) -> str:
    """Return the address that the program which saved a page noted in it, "" if there is none."""
    found = _SAVED_FROM.search(markup, 0, _HEAD)
    address = next(filter(None, found.groups()), "") if found else ""
    return _ARCHIVED.sub("", address)
