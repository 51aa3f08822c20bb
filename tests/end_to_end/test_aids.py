"""What aids read aloud and reach: a screen reader, a keyboard, a switch, larger text, the system's own colours."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from itertools import product
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.end_to_end.browsing import PHONE, Visit, visit
from tests.end_to_end.served import Demonstration

AROUND = 8  # pixels around an element, within which its ring lies
LEAST_CONTRAST = 3  # WCAG 2.2, 1.4.11 and 2.4.13
LEAST_CHANGED = 2  # pixels along each side: WCAG 2.2, 2.4.13

# Some browsers enlarge the text alone, and nothing that is measured in rem: WeChat by its own setting, iOS, Android.
TEXT_ALONE_TWICE = """() => {
  const all = [...document.querySelectorAll("body, body *")];
  const sizes = all.map(each => [each, parseFloat(getComputedStyle(each).fontSize)]);
  for (const [each, size] of sizes) each.style.setProperty("font-size", `${2 * size}px`, "important");
}"""
BOTTOM = "element => element.getBoundingClientRect().bottom"
# How many lines a text has.
LINES = """element => {
  const range = document.createRange();
  range.selectNodeContents(element);
  return new Set([...range.getClientRects()].map(each => Math.round(each.top))).size;
}"""


def accessibility_nodes(visitor: Visit) -> list[dict[str, Any]]:
    """The page as the browser describes it to aids."""
    session = visitor.context.new_cdp_session(visitor.page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    return [node for node in nodes if not node["ignored"]]


def property_of(node: dict[str, Any], name: str) -> str | None:
    return next((each["value"]["value"] for each in node.get("properties", []) if each["name"] == name), None)


def test_no_field_is_called_wrong_before_anything_was_entered(visitor: Visit) -> None:
    fields = 0
    for path in ("/", "/en/", "/search"):
        visitor.open(path)
        for node in accessibility_nodes(visitor):
            fields += node["role"]["value"] in ("textbox", "button")
            assert property_of(node, "invalid") in (None, "false"), node["name"]
    assert fields >= 10


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_screen_reader_knows_where_news_will_come_before_it_comes(visitor: Visit, prefix: str) -> None:
    visitor.open(prefix + "/")
    form = visitor.page.locator("[data-photo-form]")
    empty = form.evaluate("form => form.clientHeight")
    assert [node["role"]["value"] for node in accessibility_nodes(visitor)].count("status") == 3
    form.locator("[data-reading]").evaluate("status => status.remove()")
    assert form.evaluate("form => form.clientHeight") == empty


def test_who_touches_the_button_for_a_photo_finds_its_field(visitor: Visit) -> None:
    visitor.open("/")
    label = visitor.page.locator("label[for=photo]")
    label.scroll_into_view_if_needed()
    box = label.bounding_box()
    assert box
    assert box["height"] >= 60
    for across, down in product((0.02, 0.5, 0.98), (0.05, 0.5, 0.95)):
        spot = [box["x"] + across * box["width"], box["y"] + down * box["height"]]
        assert visitor.page.evaluate("([x, y]) => document.elementFromPoint(x, y).id", spot) == "photo"


def luminance(colour: tuple[int, ...]) -> float:
    linear = [part / 3294.6 if part <= 10 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def pixels(picture: Image.Image) -> Iterator[tuple[int, ...]]:
    return zip(*[iter(picture.convert("RGB").tobytes())] * 3, strict=True)


def seen_change(before: Image.Image, after: Image.Image) -> int:
    """How many pixels changed so much that everybody sees it."""
    pairs = zip(pixels(before), pixels(after), strict=True)
    return sum(old != new and contrast(old, new) >= LEAST_CONTRAST for old, new in pairs)


def badly_seen_rings(visitor: Visit) -> Iterator[str]:
    """What the focus reaches without a ring that is seen, by comparing pictures."""
    page = visitor.page
    page.set_viewport_size({"width": 360, "height": 900})

    page.evaluate("scrollTo(0, 0)")
    unfocused = Image.open(BytesIO(page.screenshot(full_page=True, animations="disabled")))
    reached = 0
    while True:
        page.keyboard.press("Tab")
        element = page.evaluate_handle("document.activeElement").as_element()
        assert element
        box = element.bounding_box()
        name = element.evaluate("element => element.tagName + ' ' + element.textContent.trim().slice(0, 30)")
        if name.startswith("BODY") or not box:
            break
        reached += 1
        top = page.evaluate("scrollY")
        left, upper = max(0, int(box["x"]) - AROUND), max(0, int(box["y"] + top) - AROUND)
        right, lower = int(box["x"] + box["width"]) + AROUND, int(box["y"] + top + box["height"]) + AROUND
        place = (left, upper, min(right, unfocused.width), min(lower, unfocused.height))
        clip = {"x": place[0], "y": place[1], "width": place[2] - place[0], "height": place[3] - place[1]}
        focused = Image.open(BytesIO(page.screenshot(full_page=True, animations="disabled", clip=clip)))
        seen = seen_change(unfocused.crop(place), focused)
        if seen < LEAST_CHANGED * 2 * (box["width"] + box["height"]) * 0.7:  # rounded corners, edges of the window
            yield f"{name}: {seen} pixels"
    assert reached > 8


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_focus_is_seen_wherever_it_is(browser: Browser, demonstration: Demonstration, scheme: str) -> None:
    with visit(browser, demonstration.url, color_scheme=scheme) as visitor:
        for path in ("/", f"/v/{demonstration.sample('in_force').token}"):
            visitor.open(path)
            assert list(badly_seen_rings(visitor)) == []


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_where_the_text_alone_is_enlarged_nothing_is_lost(
    visitor: Visit, demonstration: Demonstration, prefix: str
) -> None:
    for name in ("in_force", "not_in_register"):
        visitor.open(f"{prefix}/v/{demonstration.sample(name).token}")
        visitor.page.evaluate(TEXT_ALONE_TWICE)
        assert visitor.overflow == 0
        assert visitor.page.locator(".skip").evaluate(BOTTOM) <= 0
    visitor.open(f"{prefix}/v/{demonstration.sample('in_force').token}")
    visitor.page.evaluate(TEXT_ALONE_TWICE)
    assert max(visitor.page.locator(".ask .button").evaluate_all(f"all => all.map({LINES})")) == 1


def test_icons_take_the_colours_that_a_person_has_chosen(browser: Browser, demonstration: Demonstration) -> None:
    with visit(browser, demonstration.url, forced_colors="active") as visitor:
        for path in (f"/v/{demonstration.sample('revoked').token}", "/about"):
            visitor.open(path)
            colours = visitor.page.locator("main .icon").evaluate_all(
                "icons => icons.map(icon => [getComputedStyle(icon).color, getComputedStyle(icon.parentElement).color])"
            )
            assert len(colours) >= 5
            assert [icon for icon, text in colours if icon != text] == []


def test_where_an_address_differs_is_told_by_more_than_a_colour(visitor: Visit, demonstration: Demonstration) -> None:
    own = visitor.url.removeprefix("http://")
    like_it = f"https://{own[:-1]}{'1' if own[-1] == '7' else '7'}"
    visitor.look_up(demonstration.sample("in_force").text.replace(visitor.url, like_it))
    line = visitor.page.locator("mark").evaluate("mark => getComputedStyle(mark).textDecorationLine")
    assert (visitor.reason, line) == ("in_force", "underline")


def test_a_lit_torch_differs_in_the_colours_that_a_person_has_chosen(
    browser: Browser, demonstration: Demonstration
) -> None:
    with visit(browser, demonstration.url, forced_colors="active") as visitor:
        visitor.open("/")
        torch = visitor.page.locator("[data-part=torch]")
        off = torch.evaluate("torch => getComputedStyle(torch).backgroundColor")
        torch.evaluate("torch => torch.setAttribute('aria-pressed', 'true')")
        assert torch.evaluate("torch => getComputedStyle(torch).backgroundColor") != off


def test_in_a_phone_held_sideways_the_whole_picture_of_the_camera_is_seen(visitor: Visit) -> None:
    visitor.page.set_viewport_size({"width": 640, "height": 320})
    visitor.open("/")
    picture = visitor.page.locator("[data-part=picture]")
    picture.evaluate("picture => { picture.hidden = false; }")
    box = picture.bounding_box()
    assert box
    assert 200 <= box["height"] <= 320 * 0.8
    assert abs(box["height"] - box["width"]) < 1


def test_where_the_style_does_not_arrive_the_verdict_is_still_first(
    visitor: Visit, demonstration: Demonstration
) -> None:
    visitor.page.route("**/*.css*", lambda route: route.fulfill(body="", content_type="text/css"))
    for path in (f"/v/{demonstration.sample('revoked').token}", "/", "/nowhere"):
        visitor.open(path)
        assert visitor.page.locator("h1").evaluate(BOTTOM) < PHONE["height"]
        assert max(visitor.page.locator("header svg").evaluate_all("all => all.map(each => each.clientHeight)")) <= 32


def test_an_option_of_a_command_is_not_broken_in_two(visitor: Visit, demonstration: Demonstration) -> None:
    for width in (320, 390):
        visitor.page.set_viewport_size({"width": width, "height": 740})
        visitor.open(f"/evidence/{demonstration.sample('in_force').token}")
        words = visitor.page.locator(".command span")
        assert "--root-sha256" in words.all_inner_texts()
        lines = words.evaluate_all(f"all => all.map(each => [each.textContent, ({LINES})(each)])")
        assert [text for text, count in lines if count > 1 and len(text) < 64] == []
