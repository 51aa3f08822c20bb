"""The three picture formats that are read, told by their first bytes; a file's name says nothing."""

from enum import StrEnum


class ImageType(StrEnum):
    """The values are Pillow's names."""

    jpeg = "JPEG"
    png = "PNG"
    webp = "WEBP"


def image_type(image: bytes) -> ImageType | None:
    if image.startswith(b"\xff\xd8\xff"):
        return ImageType.jpeg
    if image.startswith(b"\x89PNG\r\n\x1a\n"):
        return ImageType.png
    if image.startswith(b"RIFF") and image[8:12] == b"WEBP":
        return ImageType.webp
    return None
