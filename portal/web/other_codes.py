"""What a code that is no licence code is for, by how its text begins; and where a host resembles this portal's. Pure.

Nothing here is a judgement of safety, and nothing is ever opened.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum


class OtherKind(StrEnum):
    PAYMENT = "payment"
    WIFI = "wifi"
    CONTACT = "contact"
    PHONE = "phone"
    MESSAGE = "message"
    PLACE = "place"
    EVENT = "event"
    CHAT = "chat"
    PROGRAM = "program"
    WEB_PAGE = "web_page"
    TEXT = "text"


# The first that matches names the code; patterns stand for the beginning of the text, in any case.
_BEGINNINGS: tuple[tuple[OtherKind, str], ...] = (
    (OtherKind.PAYMENT, r"wxp://|weixin://wxpay/|alipays?://|alipayqr://|upwallet://|unionpay://"),
    (
        OtherKind.PAYMENT,
        r"https?://(wx\.tenpay|payapp\.weixin\.qq|qr\.alipay|mobilecodec\.alipay|qr\.95516)\.com(?![\w.-])",
    ),
    (OtherKind.PAYMENT, r"https?://(ur\.alipay|render\.alipay|myun\.tenpay|pay\.weixin\.qq)\.com(?![\w.-])"),
    (OtherKind.PAYMENT, r"000201(0102|26|15)"),  # EMV merchant-presented mode, which UnionPay and others use
    (OtherKind.WIFI, r"wifi:"),
    (OtherKind.CONTACT, r"begin:vcard|mecard:|bizcard:"),
    (OtherKind.EVENT, r"begin:(vevent|vcalendar)"),
    (OtherKind.PHONE, r"tel:"),
    (OtherKind.MESSAGE, r"sms(to)?:|mmsto:|mailto:|matmsg:|smtp:"),
    (OtherKind.PLACE, r"geo:"),
    (OtherKind.CHAT, r"weixin://|https?://((u\.wechat|qm\.qq|work\.weixin\.qq)\.com(?![\w.-])|weixin\.qq\.com/[rgx]/)"),
    (OtherKind.WEB_PAGE, r"https?://"),
    (OtherKind.PROGRAM, r"[a-z][a-z0-9+.-]{1,30}:(//|\S)"),
)
_PATTERNS = tuple((kind, re.compile(beginning, re.IGNORECASE | re.ASCII)) for kind, beginning in _BEGINNINGS)

# Letters that look like Latin ones in most fonts, beyond what Unicode itself folds together.
_LOOKS_LIKE = str.maketrans("аеорсхуіѕԁɡոνωκτ01ıӏɑ", "aeopcxyisdgnvwktolila")
_RESEMBLES = 0.8  # of the characters: a letter more, fewer or other in five
_INVISIBLE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a host; `differs` where this portal's has something else."""

    text: str
    differs: bool


def kind_of(text: str) -> OtherKind:
    start = text.lstrip()
    return next((kind for kind, pattern in _PATTERNS if pattern.match(start)), OtherKind.TEXT)


def compared(host: str, own_host: str) -> tuple[Piece, ...]:
    """The host in pieces, with marks where it differs from one that it resembles; in one piece if it does not."""
    if not _resembles(host, own_host):
        return (Piece(visible(host), False),)
    changes = SequenceMatcher(None, own_host, host, autojunk=False).get_opcodes()
    return tuple(Piece(visible(host[at:end]), change != "equal") for change, _, _, at, end in changes if end > at)


def visible(text: str) -> str:
    """Each character that shows nothing, or turns what follows it around, as its number."""
    return "".join(
        f"[U+{ord(each):04X}]" if unicodedata.category(each) in _INVISIBLE and each not in " \t\r\n" else each
        for each in text
    )


def _resembles(host: str, own_host: str) -> bool:
    if not own_host:
        return False
    looks, own = _skeleton(host), _skeleton(own_host)
    return own in looks or SequenceMatcher(None, own, looks, autojunk=False).ratio() >= _RESEMBLES


def _skeleton(host: str) -> str:
    folded = unicodedata.normalize("NFKD", host).casefold().translate(_LOOKS_LIKE)
    letters = "".join(each for each in folded if unicodedata.category(each)[0] not in "MC")
    return letters.replace("rn", "m").replace("vv", "w")
