"""What came out of one photo: the texts of its codes, or why there are none. The texts are untrusted."""

import json
from dataclasses import dataclass
from enum import StrEnum


class ScanFailure(StrEnum):
    too_large = "too_large"
    unsupported_type = "unsupported_type"
    overloaded = "overloaded"
    unreadable_image = "unreadable_image"
    no_code_found = "no_code_found"


@dataclass(frozen=True, slots=True)
class Scan:
    texts: tuple[str, ...] = ()
    """Distinct, in reading order; empty exactly when there is a failure."""
    failure: ScanFailure | None = None
    step: str = ""
    """The step of the search that found them."""
    milliseconds: int = 0


def pack(scan: Scan) -> bytes:
    return json.dumps([scan.texts, scan.failure, scan.step]).encode()


def unpack(reply: bytes) -> Scan:
    """Raises ValueError or RecursionError: a child that a picture has taken over may reply anything."""
    match json.loads(reply):
        case [list(texts), None, str(step)] if texts and all(isinstance(text, str) for text in texts):
            "".join(texts).encode()  # half a surrogate pair is refused here, not by whoever prints the text
            return Scan(tuple(texts), step=step)
        case [[], str(failure), ""]:
            return Scan(failure=ScanFailure(failure))
    raise ValueError("not a reply")
