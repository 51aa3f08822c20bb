"""A PDF's first pages as grey pictures, for e-licences that were downloaded. Runs only in a child.

Raises one of NOT_A_DOCUMENT.
"""

from collections.abc import Iterator

import pypdfium2
from PIL import Image

NOT_A_DOCUMENT = (pypdfium2.PdfiumError, ValueError)

_LONGEST_SIDE = 2400  # pixels; of A4 some 200 to the inch: a printed module of 0.5 mm gets 4
_MOST_PAGES = 3
_A4_LENGTH = 842  # points: a smaller page is not enlarged above this


def pages(document: bytes) -> Iterator[Image.Image]:
    with pypdfium2.PdfDocument(document) as opened:
        for number in range(min(len(opened), _MOST_PAGES)):
            page = opened[number]
            scale = _LONGEST_SIDE / max(*page.get_size(), _A4_LENGTH)
            yield page.render(scale=scale, grayscale=True, may_draw_forms=False).to_pil()
