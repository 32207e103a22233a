"""Reads a message as a page: its text under its subject, and the pages that are attached to it."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from classifier.errors import UnreadableError
from classifier.reading.page_lines.blocks import key_of
from classifier.types import Page, Skipped
from classifier.vietnamese.dates import day_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from classifier.reading.saved.kind import Saved

_SENT = ("To", "Cc", "Bcc", "Received", "Message-ID", "Return-Path", "Delivered-To", "Newsgroups")
"""Headers that a message has and a page that a browser saved has not."""
_HTML = ("text/html", "application/xhtml+xml")
_PAGES = (".html", ".htm", ".xhtml", ".txt")
_SHOWN, _NAME_MOST, _DEEPEST = 3, 255, 20
_TITLE = re.compile(rb"<title\b[^>]{0,200}>[^<]{0,2000}</title\s{0,9}>", re.IGNORECASE)
_HEAD = re.compile(rb"<head\b[^>]{0,500}>", re.IGNORECASE)
_ANSWER = re.compile(r"^(?:(?:re|fwd?|fw|tr|chuyển tiếp|trả lời)\s*:\s*)+", re.IGNORECASE)
_FORWARDED = re.compile(
    r"^[> \t]*(?:-{2,} ?[^\n-]{5,40} ?-{2,}|Begin forwarded message:)[^\S\n]*\n+"
    r"(?:[> \t]*(?:From|Date|Sent|Subject|To|Cc|Từ|Ngày|Date|Chủ đề|Tiêu đề|Tới|Đến|Gửi)\s?:[^\n]*\n+)+",
    re.MULTILINE,
)
_SIGNATURE = "\n-- \n"
_FIRST_LINES = 5


def is_message(message: Message) -> bool:
    """Whether somebody sent it."""
    return any(message[name] for name in _SENT)


def charset(part: Message) -> str | None:
    """What a part says that its text is in."""
    try:
        return part.get_content_charset()
    except (LookupError, ValueError):  # in a way that no charset can be told
        return None


def payload(part: Message) -> bytes:
    """The bytes of a part that has no parts."""
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def message_pages(saved: Saved, message: Message, inside: str = "") -> Iterator[Page | Skipped]:
    """Yield the message as a page, then the pages attached to it; raise UnreadableError where there is none.

    `inside` is what a message that was itself attached is called.
    """
    letter, attached = _sorted(message)
    problem: UnreadableError | None = None
    found = False
    left = []
    try:
        yield _letter(saved, message, letter, inside)
        found = True
    except UnreadableError as error:
        problem = error
    for number, part in enumerate(attached, start=1):
        name = _name_of(part) or f"part {number}"
        called = f"{inside}/{name}" if inside else name
        try:
            if part.get_content_type() == "message/rfc822":
                yield from message_pages(saved, _message_in(part, called, saved.source), called)
            elif _is_page(part, name):
                kind = "text" if name.lower().endswith(".txt") or part.get_content_type() == "text/plain" else "html"
                yield saved.page(payload(part), kind, charset(part), called)
            else:
                left.append(name)
                continue
            found = True
        except UnreadableError as error:
            yield Skipped(error.where, error.what, error.remedy)
    if left:
        count = "1 attachment is" if len(left) == 1 else f"{len(left)} attachments are"
        more = ", …" if len(left) > _SHOWN else ""
        remedy = "save what else is to be read as a file of its own"
        yield Skipped(saved.source, f"{count} no page ({', '.join(left[:_SHOWN])}{more})", remedy, count=0)
    if problem is not None and not found:
        raise problem


def _message_in(part: Message, called: str, source: str) -> Message:
    if called.count("/") > _DEEPEST:
        raise UnreadableError(source, f"holds messages in messages, more than {_DEEPEST} deep")
    return next(_parts(part), part)


def _parts(part: Message) -> Iterator[Message]:
    for one in part.get_payload() if part.is_multipart() else ():
        if not isinstance(one, str):  # what the types allow, and no parser makes
            yield one


def _sorted(message: Message) -> tuple[list[Message], list[Message]]:
    """Return the texts of the message itself, the best first, and what is attached."""
    texts: list[Message] = []
    attached: list[Message] = []
    waiting = [message]
    while waiting:
        part = waiting.pop(0)
        kind = part.get_content_type()
        if part is not message and (kind == "message/rfc822" or part.get_content_disposition() == "attachment"):
            attached.append(part)
        elif part.is_multipart():
            waiting[:0] = _parts(part)
        elif kind in (*_HTML, "text/plain") and not _name_of(part):
            texts.append(part)
        elif _name_of(part) and not part["Content-ID"]:
            attached.append(part)
    return sorted(texts, key=lambda part: part.get_content_type() not in _HTML), attached


def _letter(saved: Saved, message: Message, texts: list[Message], inside: str) -> Page:
    subject = _ANSWER.sub("", header(message, "Subject")).strip()
    sent = day_of(header(message, "Date"))
    problem = UnreadableError(saved.source, "is a message without text")
    for part in texts:
        data = payload(part)
        try:
            if part.get_content_type() in _HTML:
                page = saved.page(_titled(data, subject), "html", charset(part), inside)
            else:
                page = _plain(saved, part, subject, inside)
        except UnreadableError as error:
            problem = error
            continue
        if page.text.strip() != subject:
            return replace(page, date=page.date or (sent.isoformat() if sent else ""))
    raise problem


def _titled(data: bytes, subject: str) -> bytes:
    """The HTML with the subject as its title: those of messages say nothing, or that of the template."""
    if not subject:
        return data
    title = b"<title>" + html.escape(subject).encode("ascii", "xmlcharrefreplace") + b"</title>"
    data = _TITLE.sub(b"", data, count=1)
    head = _HEAD.search(data)
    return data[: head.end()] + title + data[head.end() :] if head else title + data


def _plain(saved: Saved, part: Message, subject: str, inside: str) -> Page:
    text = saved.text(payload(part), charset(part))
    if str(part.get_param("format") or "").lower() == "flowed":  # RFC 3676: a space before its end goes on
        text = re.sub(r"(?<!\n-- )(?<=\S) \n(?=\S)", " ", text)
    text = _FORWARDED.sub("", text).split(_SIGNATURE, 1)[0].strip()
    key = key_of(subject)
    if subject and not any(key_of(line) == key for line in text.split("\n", _FIRST_LINES)[:_FIRST_LINES]):
        text = f"{subject}\n\n{text}"
    return saved.page(text, "text", inside=inside)


def _name_of(part: Message) -> str:
    """The name of an attachment as a file, without folders and control characters."""
    name = _decoded(part.get_filename() or "").replace("\\", "/").rpartition("/")[2]
    name = "".join(char for char in name if char.isprintable()).strip()
    return name if len(name) <= _NAME_MOST else ""


def _is_page(part: Message, name: str) -> bool:
    return part.get_content_type() in (*_HTML, "text/plain") or name.lower().endswith(_PAGES)


def header(message: Message, name: str) -> str:
    """A header in plain letters on one line, "" if it is missing."""
    raw = (value for key, value in message.raw_items() if key.lower() == name.lower())  # `[]` spoils bytes past ASCII
    return " ".join(_decoded(str(next(raw, ""))).split())


def _decoded(text: str) -> str:
    from email.errors import HeaderParseError
    from email.header import decode_header, make_header

    raw = text.encode("utf-8", "surrogateescape")
    try:
        text = raw.decode("utf-8")
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return raw.decode("utf-8", "replace")
