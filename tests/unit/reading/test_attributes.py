"""Guards the parser against a tag whose attributes alone would take minutes."""

from __future__ import annotations

import pytest

from classifier.errors import UnreadableError
from classifier.reading.files import page_from_bytes
from classifier.reading.limits import MAX_ATTRIBUTES

BODY = "<h1>Hai bên gặp nhau</h1><p>Hai bên nói cuộc gặp diễn ra thẳng thắn và sẽ gặp lại vào tuần tới.</p>"


@pytest.mark.parametrize("attribute", ["a{}", "a{}=1", "a{}='>'", 'a{}="<b>"'])
def test_a_tag_of_endless_attributes_is_refused(attribute):
    """However they are written: quotes may hold what would end the tag, or begin another."""
    many = " ".join(attribute.format(number) for number in range(MAX_ATTRIBUTES + 1))
    with pytest.raises(UnreadableError, match="a tag of more than 20,000 attributes"):
        page_from_bytes(f"<html><body {many}>{BODY}</body></html>", "a.html")


def test_many_tags_with_some_attributes_are_read():
    """Far more attributes, in many tags; and a long text with a sign that opens a tag."""
    many = "".join(f'<i a="{number}" b="2" c=3></i>' for number in range(MAX_ATTRIBUTES))
    page = page_from_bytes(f"<html><body>{BODY}{many}<p>1 &lt; 2 {'và thêm nữa ' * 9}</p></body></html>", "a.html")
    assert page.title == "Hai bên gặp nhau"
