"""The narrowest window, also at twice the text size: nothing is cut off or crowded beside empty space."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.end_to_end.browsing import Visit, launched, visit
from tests.end_to_end.served import Demonstration

TWICE = "--blink-settings=defaultFontSize=36"  # a visitor's own setting, which rem, em and media queries follow
NARROWEST = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10
# The widest line of each text, in its own characters.
LINES = """elements => elements.map(element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  const widest = Math.max(...[...range.getClientRects()].map(each => each.width));
  return widest / parseFloat(getComputedStyle(element).fontSize);
})"""

# How much of the line is left empty beside each label whose value stands below it.
LEFT_EMPTY = """rows => rows.flatMap(row => {
  const [label, value] = [row.querySelector("dt"), row.querySelector("dd")].map(each => each.getBoundingClientRect());
  return value.top < label.bottom ? [] : [Math.round(row.getBoundingClientRect().width - label.width)];
})"""


@pytest.fixture(scope="module")
def large(browser: Browser, demonstration: Demonstration) -> Iterator[Visit]:
    with launched(browser.browser_type, TWICE) as other, visit(other, demonstration.url) as visitor:
        visitor.page.set_viewport_size(NARROWEST)
        yield visitor


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("sample", ["in_force", "not_in_register", "revoked"])
def test_at_twice_the_text_size_a_verdict_is_read_in_lines(
    large: Visit, demonstration: Demonstration, sample: str, prefix: str
) -> None:
    large.open(f"{prefix}/v/{demonstration.sample(sample).token}")
    assert large.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "36px"
    assert large.overflow == 0
    widths = large.page.locator(".answers dd, .checks p").evaluate_all(LINES)
    assert len(widths) >= 9
    assert min(widths) >= 3


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_label_above_its_value_has_the_whole_line(visitor: Visit, demonstration: Demonstration, prefix: str) -> None:
    visitor.page.set_viewport_size(NARROWEST)
    above = []
    for path in (f"/v/{demonstration.sample('in_force').token}", "/keys/history"):
        visitor.open(prefix + path)
        above += visitor.page.locator(".facts dl > div").evaluate_all(LEFT_EMPTY)
    assert len(above) >= 3
    assert set(above) == {0}
