"""The byte forms of SM2 numbers and keys, written out so that the tests do not lean on the code under test."""

EC_PUBLIC_KEY = bytes.fromhex("06072a8648ce3d0201")
SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")


def octets(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(32, "big") for number in numbers)


def der(tag: int, content: bytes) -> bytes:
    assert len(content) < 128, "longer contents have another form of length"
    return bytes([tag, len(content)]) + content


def spki(point: bytes, algorithm: bytes = EC_PUBLIC_KEY, curve: bytes = SM2_CURVE) -> bytes:
    return der(0x30, der(0x30, algorithm + curve) + der(0x03, b"\x00" + point))


def uncompressed(x: int, y: int) -> bytes:
    return b"\x04" + octets(x, y)
