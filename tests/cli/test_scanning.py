"""`portal scan`: a JSON line for each file, in real children."""

import json
from pathlib import Path

from click.testing import CliRunner
from PIL import Image

from portal.cli import main
from tests.scanning.pictures import code, encoded, png_that_claims, row

KEYS = {"file", "texts", "step", "ms", "advice"}


def scanned(*files: Path) -> list[dict[str, object]]:
    result = CliRunner().invoke(main, ["scan", *map(str, files)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_each_file_gets_a_line_with_its_texts_or_an_advice(tmp_path: Path) -> None:
    uploads = {
        "one.png": encoded(code("亮证"), "PNG"),
        "two.jpg": encoded(row("left", "right"), "JPEG"),
        "blank.png": encoded(Image.new("L", (400, 300), 255), "PNG"),
        "bomb.png": png_that_claims(60_000, 60_000),
        "notes.txt": b"no picture",
        "large.jpg": b"\xff\xd8\xff" + bytes(12 * 2**20),
    }
    files = [tmp_path / name for name in uploads]
    for file, content in zip(files, uploads.values(), strict=True):
        file.write_bytes(content)
    lines = scanned(*files)
    assert [line["file"] for line in lines] == [str(file) for file in files]
    assert all(line.keys() == KEYS and isinstance(line["ms"], int) for line in lines)
    assert [(line["texts"], line["step"], line["advice"]) for line in lines] == [
        (["亮证"], "zxing", None),
        (["left", "right"], "zxing", None),
        ([], None, "closer"),
        ([], None, "unreadable_image"),
        ([], None, "unsupported_type"),
        ([], None, "too_large"),
    ]


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["scan", str(tmp_path / "gone.jpg")])
    assert (result.exit_code, "gone.jpg" in result.output) == (2, True)


def test_a_text_that_would_command_the_terminal_is_printed_in_escapes(tmp_path: Path) -> None:
    text = "https://pay.example/\x1b]0;title\x07\x9b2J\u202e\u200b亮"
    (tmp_path / "code.png").write_bytes(encoded(code(text), "PNG"))
    result = CliRunner().invoke(main, ["scan", str(tmp_path / "code.png")], catch_exceptions=False)
    (line,) = result.stdout.split("\n")[:-1]
    assert (line.isprintable(), "亮" in line, json.loads(line)["texts"]) == (True, True, [text])


def test_a_file_that_is_far_too_large_is_not_read_to_its_end(tmp_path: Path) -> None:
    with (tmp_path / "large.jpg").open("wb") as file:
        file.truncate(2**40)  # a terabyte of nothing, which takes no room on the disk
    assert [line["advice"] for line in scanned(tmp_path / "large.jpg")] == ["too_large"]


def test_a_file_whose_name_is_no_text_has_its_line_too(tmp_path: Path) -> None:
    file = tmp_path / "\udcff.txt"  # as Python names a byte that is no UTF-8
    file.write_bytes(b"no picture")
    (line,) = scanned(file)
    assert (line["file"], line["advice"]) == (str(file), "unsupported_type")
