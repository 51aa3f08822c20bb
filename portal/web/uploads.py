"""The upload door: a photo goes from the request to the scanning room in memory, and is never on disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import Flask, Request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, ServiceUnavailable, UnsupportedMediaType

from portal.scanning import Bounds, Scan, ScanFailure
from portal.verification.verdict import Reason, Verdict
from portal.verifier import Answer
from portal.web.parts import parts
from portal.web.portal_request import current_request

FIELD = "photo"
TEXT_FIELD = "text"
MOST_TEXTS = 8  # of one photo
# The browser sends texts without the photo in the plain form, which Werkzeug takes apart whole: seconds and 80 MB for
# each megabyte. Eight of the largest codes, of 1,817 Chinese characters with nine letters each in it, fit just so.
MOST_TEXT_BYTES = 128 * 1024
FORM_OVERHEAD = 64 * 1024  # boundaries, headers of the parts, a long file name
SECONDS_UNTIL_A_PLACE_IS_FREE = 10  # the longest that a photo may wait and be worked on
# That arrive or are answered at once. The reader has places for ten, and `portal serve` gives a worker twelve threads:
# whoever sends a photo for hours, where no proxy waits for it, leaves one to the pages.
MOST_UPLOADS = 11
_PLACES = "places_for_uploads"


def install_uploads(app: Flask) -> None:
    app.extensions[_PLACES] = BoundedSemaphore(MOST_UPLOADS)
    app.config["MAX_CONTENT_LENGTH"] = Bounds().file_bytes + FORM_OVERHEAD
    app.config["MAX_FORM_PARTS"] = 8
    app.config["MAX_FORM_MEMORY_SIZE"] = MOST_TEXT_BYTES  # of each part that is no file


@contextmanager
def place_for_an_upload() -> Iterator[None]:
    """To be held before the first byte is read; ServiceUnavailable where all are taken."""
    places: BoundedSemaphore = current_request().extensions[_PLACES]
    if not places.acquire(blocking=False):
        raise ServiceUnavailable(retry_after=SECONDS_UNTIL_A_PLACE_IS_FREE)
    try:
        yield
    finally:
        places.release()


def uploaded_photo(request: Request) -> bytes | None:
    """The photo's bytes; None where no photo was chosen."""
    upload = request.files.get(FIELD)
    return (upload.read() or None) if upload else None


def texts_read_by_the_browser(request: Request) -> list[str]:
    """The texts of a photo's codes where the browser could read them: then the photo stays with the visitor."""
    if request.mimetype != "multipart/form-data":
        request.max_content_length = MOST_TEXT_BYTES
    return request.form.getlist(TEXT_FIELD)[:MOST_TEXTS]


def answer_to_photo(image: bytes, at: int) -> Answer:
    """The answer to a photo, or the HTTP error that says why it was not read."""
    scan = parts().reader.read(image)
    if scan.failure is ScanFailure.unreadable_image:
        return Verdict(Reason.UNREADABLE_IMAGE, checked_at=at)
    if refusal := _refusal(scan):
        raise refusal
    current_request().photo_advice = scan.advice
    return parts().verifier.verify_scan(scan.texts, at)


def _refusal(scan: Scan) -> HTTPException | None:
    match scan.failure:
        case ScanFailure.too_large:
            return RequestEntityTooLarge()
        case ScanFailure.unsupported_type:
            return UnsupportedMediaType()
        case ScanFailure.overloaded:
            return ServiceUnavailable(retry_after=SECONDS_UNTIL_A_PLACE_IS_FREE)
    return None
