"""The file formats that are read, recognised by their first bytes, never by a file's name."""

from enum import StrEnum

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis")
_BRANDS_END = 64  # an honest list of brands is shorter


class ImageType(StrEnum):
    """The values are Pillow's names, but for PDF, which is not Pillow's to read."""

    jpeg = "JPEG"
    png = "PNG"
    webp = "WEBP"
    heic = "HEIF"
    gif = "GIF"
    pdf = "PDF"


def image_type(image: bytes) -> ImageType | None:
    if image[4:8] == b"ftyp":
        return ImageType.heic if _is_heic(image) else None
    if image.startswith(b"RIFF"):
        return ImageType.webp if image[8:12] == b"WEBP" else None
    return next((kind for start, kind in _STARTS.items() if image.startswith(start)), None)


_STARTS = {
    b"\xff\xd8\xff": ImageType.jpeg,
    b"\x89PNG\r\n\x1a\n": ImageType.png,
    b"GIF87a": ImageType.gif,
    b"GIF89a": ImageType.gif,
    b"%PDF-": ImageType.pdf,
}


def _is_heic(image: bytes) -> bool:
    """By the main brand, or by one of the compatible brands, four bytes each from the sixteenth on."""
    end = min(int.from_bytes(image[:4], "big"), _BRANDS_END)
    return image[8:12] in _HEIC_BRANDS or any(image[at : at + 4] in _HEIC_BRANDS for at in range(16, end, 4))
