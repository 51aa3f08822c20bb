"""How many pictures of codes are read, how many wrongly, and how long it takes: zxing-cpp alone, pyzbar alone, and the
portal's reader with its child process. Photographs of others in ../shared/photos, then prints of our own codes, each
spoilt in one way; the curves go to docs/reading.svg. `--prints 0` leaves the prints out."""

from __future__ import annotations

import argparse
import io
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import curves
import prints
import zxingcpp
from PIL import Image
from pyzbar import pyzbar

from portal.scanning import Reader

ROOT = Path(__file__).parent.parent
PHOTOS = ROOT.parent / "shared" / "photos"
DRAWING = ROOT / "docs" / "reading.svg"
MISLABELLED = {"zxing-2/13.png"}  # the text beside it is another picture's
QR = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)

Contestant = Callable[[bytes], list[str]]


@dataclass(slots=True)
class Tally:
    read: int = 0
    wrong: int = 0
    milliseconds: list[float] = field(default_factory=list)

    def row(self) -> str:
        times = sorted(self.milliseconds)
        median, late = statistics.median(times), times[int(len(times) * 0.95)]
        return f"{self.read:5d} {self.wrong:5d} {median:7.0f} {late:7.0f}"


def zxing_alone(picture: bytes) -> list[str]:
    found = zxingcpp.read_barcodes(grey(picture), formats=QR, text_mode=zxingcpp.TextMode.Plain)
    return [code.text for code in found if code.text]


def pyzbar_alone(picture: bytes) -> list[str]:
    found = pyzbar.decode(grey(picture), symbols=[pyzbar.ZBarSymbol.QRCODE])
    return [code.data.decode(errors="replace") for code in found]


def grey(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture)).convert("L")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--prints", type=int, default=1, help="prints of each version at each level")
    prints_a_level = options.parse_args().prints
    with Reader() as reader:
        steps: Counter[str] = Counter()

        def ours(picture: bytes) -> list[str]:
            scan = reader.read(picture)
            steps[scan.step] += 1
            return list(scan.texts)

        contestants = {"zxing-cpp": zxing_alone, "pyzbar": pyzbar_alone, "ours": ours}
        ours(next(extremes())[1])  # starts the child
        steps.clear()
        report_sets(contestants)
        report_steps(steps)
        report_extremes(reader)
        if prints_a_level:
            steps.clear()
            report_prints(contestants, prints_a_level)
            report_steps(steps)


def report_sets(contestants: dict[str, Contestant]) -> None:
    heading = "   ".join(f"{name:>12} wrong  median    p95" for name in contestants)
    print(f"\nPhotographs, in milliseconds with the reading of the file\n  {'set':10s}{'n':>4s}   {heading}")
    total = {name: Tally() for name in contestants}
    for folder in sorted(PHOTOS.iterdir()) if PHOTOS.is_dir() else ():
        if not folder.is_dir():
            continue
        tallies = {name: Tally() for name in contestants}
        files = [file for file in sorted(folder.iterdir()) if file.suffix != ".txt"]
        for file in files:
            for name, contestant in contestants.items():
                measure(contestant, file.read_bytes(), truth_of(file), tallies[name])
        print_row(folder.name, len(files), tallies)
        if folder.name.startswith("zxing-"):
            for name, tally in tallies.items():
                total[name].read += tally.read
                total[name].wrong += tally.wrong
                total[name].milliseconds += tally.milliseconds
    if any(tally.milliseconds for tally in total.values()):
        print_row("zxing-1…6", len(total["ours"].milliseconds), total)


def print_row(name: str, count: int, tallies: dict[str, Tally]) -> None:
    print(f"  {name:10s}{count:4d}   " + "   ".join(f"{'':7s}{tally.row()}" for tally in tallies.values()), flush=True)


def truth_of(file: Path) -> str | None:
    """The text beside the picture; None where nothing may be read; "" where it is known to be wrong."""
    text = file.with_suffix(".txt")
    if f"{file.parent.name}/{file.name}" in MISLABELLED:
        return ""
    return one_line_end(text.read_bytes().decode()) if text.exists() else None


def one_line_end(text: str) -> str:
    return re.sub(r"\r\n?", "\n", text).rstrip("\n")


def measure(contestant: Contestant, picture: bytes, truth: str | None, tally: Tally) -> bool:
    start = time.perf_counter()
    texts = [one_line_end(text) for text in contestant(picture)]
    tally.milliseconds.append((time.perf_counter() - start) * 1000)
    right = bool(texts) and truth is not None and (truth in texts or not truth)
    tally.read += right
    tally.wrong += bool(texts) and not right
    return right


def report_steps(steps: Counter[str]) -> None:
    told = ", ".join(f"{step or 'none'} {count}" for step, count in steps.most_common())
    print(f"\n  the first step of ours that read anything: {told}")


def extremes() -> Iterator[tuple[str, bytes, int]]:
    """Pictures with what they may take at most, in milliseconds."""
    chance = random.Random(1)
    small = prints.Spoilt(share=0.08, frame=(4032, 3024), quality=80)
    yield "12 megapixels, code on 8 %", prints.photograph(prints.licence_code(13, chance), small, chance), 1500
    yield "48 megapixels of noise", prints.noise_of_48_megapixels(), 2000


def report_extremes(reader: Reader) -> None:
    print()
    for name, picture, limit in extremes():
        scans = [reader.read(picture) for _ in range(5)]
        took = statistics.median(scan.milliseconds for scan in scans)
        found = scans[0].failure or "read"
        print(f"  {name:30s}{found:>16s}{took:7.0f} ms   at most {limit} ms, ratio {took / limit:.2f}")


def report_prints(contestants: dict[str, Contestant], count: int) -> None:
    tallies = {name: Tally() for name in contestants}
    panels = []
    for kind, levels in prints.LEVELS.items():
        read: dict[str, list[float]] = {name: [] for name in contestants}
        for level, spoilt in enumerate(levels.values()):
            right = Counter[str]()
            for version in prints.BYTES_OF_VERSION:
                for number in range(count):
                    chance = random.Random(f"{kind} {level} {version} {number}")
                    code = prints.licence_code(version, chance)
                    picture = prints.photograph(code, spoilt, chance)
                    for name, contestant in contestants.items():
                        right[name] += measure(contestant, picture, code.text, tallies[name])
            for name in contestants:
                read[name].append(right[name] / count / len(prints.BYTES_OF_VERSION))
        panels.append(curves.Panel(kind, list(levels), read))
        print(f"  {kind:28s}" + "   ".join(f"{name} {written(shares)}" for name, shares in read.items()), flush=True)
    print(f"\nPrints of our own codes, versions 8 to 18\n  {'all':10s}", end="")
    print_row("", len(tallies["ours"].milliseconds), tallies)
    DRAWING.write_text(curves.drawn(panels), "utf-8")
    print(f"  drawn in {DRAWING.relative_to(ROOT)}")


def written(shares: list[float]) -> str:
    return " ".join(f"{share:4.0%}" for share in shares)


if __name__ == "__main__":
    main()
