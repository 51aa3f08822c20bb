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


class Advice(StrEnum):
    """What to do differently with the next photo."""

    closer = "closer"
    hold_still = "hold_still"
    less_glare = "less_glare"
    more_light = "more_light"
    whole_code = "whole_code"


@dataclass(frozen=True, slots=True)
class Scan:
    texts: tuple[str, ...] = ()
    """Distinct, in reading order; empty exactly when there is a failure."""
    failure: ScanFailure | None = None
    step: str = ""
    """The step of the search that found the first of them."""
    advice: Advice | None = None
    """Only where no code was found."""
    milliseconds: int = 0


def pack(scan: Scan) -> bytes:
    return json.dumps([scan.texts, scan.failure, scan.step, scan.advice]).encode()


def unpack(reply: bytes) -> Scan:
    """Raises ValueError or RecursionError: a child that a picture has taken over may reply anything."""
    match json.loads(reply):
        case [list(texts), None, str(step), None] if texts and all(isinstance(text, str) for text in texts):
            "".join(texts).encode()  # half a surrogate pair is refused here, not by whoever prints the text
            return Scan(tuple(texts), step=step)
        case [[], str(failure), "", advice] if advice is None or isinstance(advice, str):
            return Scan(failure=ScanFailure(failure), advice=Advice(advice) if advice else None)
    raise ValueError("not a reply")
