"""How long the lines are and how they end: Chinese has no spaces, so a browser may break it before any character."""

from __future__ import annotations

import pytest

from tests.end_to_end.browsing import Visit
from tests.end_to_end.served import Demonstration

DESKTOP = {"width": 1280, "height": 900}
# In Chinese characters, two letters each: from the end of a longer line the eye does not find the next one.
LONGEST = 46
TEXT_PAGES = ("/about", "/fake", "/privacy", "/report", "/keys", "/keys/history", "/coverage", "/search", "/nowhere")

# The lines of each text, without its punctuation.
LINES = """elements => elements.map(element => {
  const lines = [], range = document.createRange();
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(), bottom = 0; text; text = texts.nextNode())
    for (let at = 0; at < text.length; at++) {
      range.setStart(text, at);
      range.setEnd(text, at + 1);
      const box = range.getBoundingClientRect();
      if (!box.width || /[\\s，。、；：？（）《》.]/.test(text.data[at])) continue;
      if (!lines.length || box.bottom - bottom > box.height / 2) lines.push("");
      bottom = box.bottom;
      lines[lines.length - 1] += text.data[at];
    }
  return lines;
})"""

# The width of each text's widest line, in its own characters.
WIDTHS = """elements => elements.map(element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const widths = [...range.getClientRects()].map(each => each.width);
  return Math.max(0, ...widths) / parseFloat(getComputedStyle(element).fontSize);
})"""


def test_no_character_of_a_verdict_stands_alone_on_its_last_line(demonstration: Demonstration, visitor: Visit) -> None:
    alone, seen = [], 0
    for sample in demonstration.samples:
        if sample.page_at(visitor.url, ""):
            visitor.open(f"/v/{sample.token}")
            texts = visitor.page.locator(".verdict :is(h1, p, li), .checks p").evaluate_all(LINES)
            seen += len(texts)
            alone += [lines for lines in texts if len(lines) > 1 and len(lines[-1]) < 2]
    assert alone == []
    assert seen > 200


def test_a_sentence_is_broken_where_it_pauses(demonstration: Demonstration, visitor: Visit) -> None:
    visitor.open(f"/v/{demonstration.sample('revoked').token}")
    assert visitor.page.locator(".sentence").evaluate_all(LINES) == [["发证机关已吊销该证照", "不能据此经营"]]


def test_the_time_of_a_check_keeps_its_words_whole(demonstration: Demonstration, visitor: Visit) -> None:
    for path in (f"/v/{demonstration.sample('malformed').token}", "/h/91210100MA0DE0001E"):
        visitor.open(path)
        (lines,) = visitor.page.locator(".moment").evaluate_all(LINES)
        assert lines[-1].endswith("北京时间")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_on_a_wide_screen_no_line_of_a_text_is_too_long(visitor: Visit, prefix: str) -> None:
    visitor.page.set_viewport_size(DESKTOP)
    for path in TEXT_PAGES:
        visitor.open(prefix + path)
        widths = visitor.page.locator("main :is(p, li)").evaluate_all(WIDTHS)
        assert widths
        assert max(widths) <= LONGEST, path
