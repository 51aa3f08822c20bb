"""Byte strings over a socket, each after its length in four bytes. Raises OSError, EOFError or ValueError."""

import socket
import time

NEVER = float("inf")


def send(channel: socket.socket, body: bytes, deadline: float = NEVER) -> None:
    for part in (len(body).to_bytes(4, "big"), body):
        _wait_until(channel, deadline)
        channel.sendall(part)


def receive(channel: socket.socket, most: int, deadline: float = NEVER) -> bytes:
    length = int.from_bytes(_receive_exactly(channel, 4, deadline), "big")
    if length > most:
        raise ValueError("frame too long")
    return _receive_exactly(channel, length, deadline)


def _receive_exactly(channel: socket.socket, length: int, deadline: float) -> bytes:
    body = bytearray(length)
    missing = memoryview(body)
    while missing:
        _wait_until(channel, deadline)
        received = channel.recv_into(missing)
        if not received:
            raise EOFError("the other side is gone")
        missing = missing[received:]
    return bytes(body)


def _wait_until(channel: socket.socket, deadline: float) -> None:
    if deadline == NEVER:
        return
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    channel.settimeout(left)
