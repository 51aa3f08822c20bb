"""The label that stands before a number where it was copied from: 编号 辽CB024100123, Licence No.: SC1146… Pure.

A label is taken off only with what parts it from the number, a colon or white space, and only before something with a
digit: a number may itself begin with Chinese characters, and so does every name.
"""

from __future__ import annotations

import re

from portal.catalogue.numbers import MAX_TYPED_LENGTH

_LABEL = re.compile(
    r"\s*(?:"
    # 编号, 许可证编号, 证号, 备案号, 广告批准文号, 统一社会信用代码, 电子证照标识
    r"[\u3400-\u9fff]{0,16}(?:编号|证号|文号|备案号|号码|代码|标识)"
    # Number, No., Licence No., Product registration/filing No., Unified social credit code, E-licence identifier
    r"|(?:[a-z/-]+\s+){0,3}(?:number|no\b\.?|code|identifier)|№"
    r")\s*(?:[:：]\s*|(?<=[\s.№]))(?=\S*\d)",
    re.IGNORECASE,
)


def without_label(typed: str) -> str:
    """What was typed, without the label before it."""
    if len(typed) > MAX_TYPED_LENGTH:
        return typed
    label = _LABEL.match(typed)
    return typed[label.end() :] if label else typed
