"""Photos made for tests: the codes of texts in one picture, or anything else that a phone may send."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import segno
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse


def photo_of(*texts: str, kind: str = "PNG") -> bytes:
    """The codes of these texts side by side on a white wall."""
    codes = [_code(text) for text in texts]
    width, height = sum(code.width for code in codes) + 40, max((code.height for code in codes), default=400) + 40
    wall = Image.new("L", (width, height), 255)
    left = 20
    for code in codes:
        wall.paste(code, (left, 20))
        left += code.width
    return encoded(wall, kind)


def encoded(picture: Image.Image, kind: str = "PNG") -> bytes:
    target = BytesIO()
    picture.save(target, kind)
    return target.getvalue()


def send_photo(visit: FlaskClient, photo: bytes, path: str = "/scan", **kwargs: Any) -> TestResponse:
    """Post the form. Werkzeug's client would write a large photo into a file; the body is made here, in memory."""
    head = b'--part\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n\r\n'
    body = head + photo + b"\r\n--part--\r\n"
    return visit.post(path, data=body, content_type="multipart/form-data; boundary=part", **kwargs)


def _code(text: str) -> Image.Image:
    target = BytesIO()
    segno.make(text, error="m", micro=False).save(target, kind="png", scale=4, border=4)
    return Image.open(BytesIO(target.getvalue())).convert("L")
