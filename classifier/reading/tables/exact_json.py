"""Reads a JSON row with orjson where that gives what the standard library would give; says where it does not."""

from __future__ import annotations

from typing import Any

_orjson: Any
try:
    import orjson as _orjson
except ImportError:
    _orjson = None

_WHOLE = 1e15
"""From here on a float may be a whole number that orjson has rounded."""


def exact_row(data: bytes) -> dict[str, Any] | None:
    """The JSON object in a line of UTF-8; None where the standard library must read it.

    That is so for whatever orjson refuses (NaN, lone surrogates, numbers beyond a double, wrong JSON, of which the
    standard library then tells the place), for whole numbers of more than 64 bits, which it rounds, and for what is no
    object.
    """
    if _orjson is None:
        return None
    try:
        value = _orjson.loads(data)
        exact = type(value) is dict and _is_exact(value)
    except (_orjson.JSONDecodeError, RecursionError):
        return None
    return value if exact else None


def _is_exact(value: Any) -> bool:
    if type(value) is dict:
        return all(map(_is_exact, [each for each in value.values() if type(each) is not str]))
    if type(value) is list:
        return all(map(_is_exact, [each for each in value if type(each) is not str]))
    return type(value) is not float or -_WHOLE < value < _WHOLE
