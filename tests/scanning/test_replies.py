"""What a child sends is believed only in its form: a picture may have taken the child over."""

import socket
import time

import pytest

from portal.scanning import Scan, ScanFailure, frames
from portal.scanning.scan import Advice, pack, unpack

NONSENSE = {
    "nothing": b"",
    "no JSON": b"\x80\x04]",
    "another value": b"{}",
    "a text that is none": b'[[1], null, "zxing", null]',
    "no text and no failure": b'[[], null, "zxing", null]',
    "a text and a failure": b'[["a"], "no_code_found", "", null]',
    "an unknown failure": b'[[], "in_force", "", null]',
    "an unknown advice": b'[[], "no_code_found", "", "open_the_address"]',
    "half a surrogate pair": b'[["\\ud800"], null, "zxing", null]',
    "a hundred thousand brackets": b"[" * 100_000,
    "a number of 5,000 digits": b"9" * 5_000,
}


@pytest.mark.parametrize(
    "scan",
    [
        Scan(("a", "亮证\x1d"), step="zxing"),
        Scan(failure=ScanFailure.unreadable_image),
        Scan(failure=ScanFailure.no_code_found, advice=Advice.closer),
    ],
    ids=["texts", "failure", "advice"],
)
def test_a_reply_arrives_as_it_was_sent(scan: Scan) -> None:
    assert unpack(pack(scan)) == scan


@pytest.mark.parametrize("kind", NONSENSE)
def test_a_nonsensical_reply_is_refused(kind: str) -> None:
    with pytest.raises((ValueError, RecursionError)):
        unpack(NONSENSE[kind])


def test_a_frame_over_the_limit_is_refused_before_it_is_taken_in() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall((2**32 - 1).to_bytes(4, "big"))
        with pytest.raises(ValueError, match="too long"):
            frames.receive(ours, most=2**20)


def test_a_frame_that_never_ends_is_given_up_at_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall((100).to_bytes(4, "big") + b"only this")
        with pytest.raises(TimeoutError):
            frames.receive(ours, most=100, deadline=time.monotonic() + 0.05)


def test_a_frame_that_nobody_takes_is_given_up_at_the_deadline() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, pytest.raises(TimeoutError):
        frames.send(ours, bytes(10**7), deadline=time.monotonic() + 0.05)
