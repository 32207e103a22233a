"""Pages from templates: everything that is put into one is escaped, and a name that is not there is an error."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from eval.pages.markup import Html, own, without_control

if TYPE_CHECKING:
    from jinja2 import Environment


def render(name: str, **values: Any) -> Html:
    """The template `templates/NAME.j2` with these values; text is escaped, `Html` stands as it is.

    Raises jinja2.UndefinedError for a value that the template asks for and that is not given.
    """
    return Html(_environment().get_template(f"{name}.j2").render(values))


def piece(template: str, name: str, *values: Any) -> Html:
    """What the macro NAME of `templates/TEMPLATE.j2` makes of these values; escaped as by `render`."""
    return Html(getattr(_module(template), name)(*values))


@cache
def _module(template: str) -> Any:
    return _environment().get_template(f"{template}.j2").module


@cache
def _environment() -> Environment:
    """Made at first use, since nothing but a page needs it."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(lambda name: own(f"templates/{name}")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_final,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _final(value: Any) -> Any:
    return without_control(value) if isinstance(value, str) and not hasattr(value, "__html__") else value
