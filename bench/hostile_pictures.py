"""Pictures in all formats, changed at random and given to the reader: none may end this process, give another text than
the whole picture's, or take longer than its limits. `--pictures N` for another number than 10,000."""

from __future__ import annotations

import argparse
import io
import random
import statistics
from collections import Counter

import fpdf
import prints
from PIL import Image

from portal.scanning import Bounds, Reader
from tests.scanning.pictures import HEIC, encoded

LONGEST = 1000 * (Bounds().wall_seconds + 2)  # milliseconds, with the start of a child in place of a killed one


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pictures", type=int, default=10_000)
    count = options.parse_args().pictures
    chance = random.Random(20261122)
    told, times = Counter[str](), []
    with Reader() as reader:
        whole = {picture: reader.read(picture).texts for picture in originals(chance)}
        assert all(whole.values()), "an original cannot be read"
        for _ in range(count):
            picture = chance.choice(list(whole))
            scan = reader.read(changed(picture, chance))
            assert scan.texts in ((), whole[picture]), scan.texts
            told[scan.failure or "read"] += 1
            times.append(scan.milliseconds)
    late = statistics.quantiles(times, n=100)[-1]
    print(f"\n{count} changed pictures: " + ", ".join(f"{each} {number}" for each, number in told.most_common()))
    print(f"  median {statistics.median(times):.0f} ms, 99th percentile {late:.0f} ms, longest {max(times)} ms", end="")
    print(f"   longest / limit {max(times) / LONGEST:.2f}   at most 1")


def originals(chance: random.Random) -> list[bytes]:
    photo = Image.open(io.BytesIO(prints.photograph(prints.licence_code(8, chance), prints.Spoilt(share=0.6), chance)))
    photo.thumbnail((480, 480))
    document = fpdf.FPDF()
    document.add_page()
    document.image(photo, w=80)
    return [
        *(encoded(photo, kind) for kind in ("JPEG", "PNG", "WEBP", "GIF")),
        bytes(document.output()),
        HEIC,
    ]


def changed(picture: bytes, chance: random.Random) -> bytes:
    """Some bytes replaced, mostly near the beginning, where the sizes stand; at times a part left out or doubled."""
    body = bytearray(picture)
    for _ in range(chance.choice((1, 2, 8, 40))):
        reach = chance.choice((64, 512, len(body)))
        body[chance.randrange(min(reach, len(body)))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
    match chance.randrange(6):
        case 0:
            del body[chance.randrange(16, len(body)) :]
        case 1:
            start = chance.randrange(16, len(body))
            del body[start : start + chance.randrange(1, 64)]
        case 2:
            start = chance.randrange(16, len(body))
            body[start:start] = body[start : start + chance.randrange(1, 512)]
    return bytes(body)


if __name__ == "__main__":
    main()
