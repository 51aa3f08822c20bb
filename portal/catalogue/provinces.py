"""The provinces: their abbreviations in licence numbers, and the first two digits of their codes of GB/T 2260. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_ABBREVIATIONS = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新兵"
_CODES = (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 67))
# Two provinces have two abbreviations, and numbers begin with either. The corps in Xinjiang issues licences of its own.
_PROVINCES: Mapping[str, str] = MappingProxyType(
    {
        **dict(zip(_ABBREVIATIONS, map(str, _CODES), strict=True)),
        **{"黔": "52", "滇": "53"},
        **{str(code): str(code) for code in _CODES},
    }
)


def province_code(written: str) -> str | None:
    """The code of the province that numbers write so, as an abbreviation or as its two digits."""
    return _PROVINCES.get(written)
