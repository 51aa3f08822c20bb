"""What people do at the counter, from the first page to the verdict and on."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request, expect

from portal.web.wording import Language, words_for
from tests.end_to_end.browsing import Visit, visit
from tests.end_to_end.served import Demonstration

PAGES = (
    "/",
    "/search",
    "/coverage",
    "/keys",
    "/keys/history",
    "/about",
    "/fake",
    "/privacy",
    "/report",
    "/samples",
    "/nowhere",
)
# A search, what no register has, a neighbour's number and one that was mistyped.
ASKED = ("/search?q=北辰", "/search?q=没有这家", "/l/1", "/l/粤CB020100001", "/l/辽CBO24100001")


def test_a_citizen_uploads_a_photo_and_compares_the_shop(demonstration: Demonstration, visitor: Visit) -> None:
    visitor.upload(demonstration.sample("in_force").picture)
    assert visitor.reason == "in_force"
    visitor.follow("a[href^='/report?number=']")
    assert words_for(Language.ZH).t("report.title") == visitor.heading
    assert visitor.page.locator("a[href='tel:12315']").count() == 1


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_to_reload_or_come_back_to_the_answer_to_a_photo_does_not_send_it_again(
    demonstration: Demonstration, visitor: Visit, prefix: str
) -> None:
    page, sent = visitor.page, list[Request]()
    page.route("**/worker.js*", lambda route: route.fulfill(status=404))  # the portal reads the photo
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    sample = demonstration.sample("in_force")
    visitor.upload(sample.picture, prefix)
    page.reload()
    visitor.follow("main a[href*='/history/']")
    page.go_back()
    assert (visitor.reason, page.url) == ("in_force", sample.page_at(visitor.url, prefix))
    assert len(sent) == 1
    visitor.noticed.clear()  # the browser says what it missed


def test_the_answer_to_a_photo_of_another_hosts_code_keeps_its_warning(
    demonstration: Demonstration, visitor: Visit
) -> None:
    visitor.upload(demonstration.sample("foreign_host").picture)
    visitor.page.reload()
    for language in Language:
        assert visitor.page.locator("html").get_attribute("lang") == language
        assert words_for(language).t("attribute.foreign_host") in visitor.text
        visitor.follow(f"a[hreflang={language.other}]")


def test_a_number_typed_without_a_network_waits_and_is_looked_up_by_itself(visitor: Visit) -> None:
    page = visitor.page
    visitor.open("/")
    page.fill("input[name=number]", "1")
    visitor.context.set_offline(True)
    page.press("input[name=number]", "Enter")
    expect(page.locator("form.number [role=status]")).to_have_text(words_for(Language.ZH).t("scan.offline"))
    with page.expect_navigation():
        visitor.context.set_offline(False)
    assert page.url == f"{visitor.url}/l/1"


def test_a_number_that_was_sent_off_says_so_until_its_page_comes_back(visitor: Visit) -> None:
    page, told = visitor.page, visitor.page.locator("form.number [role=status]")
    page.add_init_script("addEventListener('submit', event => event.preventDefault())")  # whose answer never comes
    visitor.open("/")
    page.fill("input[name=number]", "1")
    page.press("input[name=number]", "Enter")
    expect(told).to_have_text(words_for(Language.ZH).t("home.number_sent"))
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(told).to_be_empty()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_whoever_found_the_shop_to_agree_is_told_and_led_to_the_next_check(
    demonstration: Demonstration, visitor: Visit, prefix: str
) -> None:
    visitor.open(f"{prefix}/v/{demonstration.sample('in_force').token}")
    told = visitor.page.locator("#same")
    assert not told.is_visible()
    visitor.page.click("a[href='#same']")
    assert told.is_visible()
    assert visitor.page.evaluate("document.activeElement.id") == "same"
    visitor.follow("#same a")
    assert visitor.page.url == f"{visitor.url}{prefix}/"


# Places of the button in the window, from its top: what the tap scrolls away leaves other links under the finger.
@pytest.mark.parametrize("place", [0.5, 0.6])
def test_two_quick_taps_on_the_answer_that_the_shop_agrees_are_one(
    demonstration: Demonstration, visitor: Visit, place: float
) -> None:
    page = visitor.page
    visitor.open(f"/v/{demonstration.sample('in_force').token}")
    button = page.locator("a[href='#same']")
    button.evaluate("(button, place) => scrollBy(0, button.getBoundingClientRect().top - place * innerHeight)", place)
    box = button.bounding_box()
    assert box
    for _ in range(3):
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert page.url.endswith("#same")
    visitor.follow("#same a")
    assert page.url == f"{visitor.url}/"


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_without_scripts_everything_works(browser: Browser, demonstration: Demonstration, prefix: str) -> None:
    with visit(browser, demonstration.url, java_script_enabled=False) as visitor:
        visitor.open(prefix + "/")
        visitor.page.set_input_files("input[type=file]", demonstration.sample("in_force").picture)
        visitor.page.click("form[enctype] button[type=submit]")
        assert visitor.reason == "in_force"
        visitor.look_up(demonstration.sample("number").text, prefix)
        assert visitor.reason == "in_force"
        visitor.look_up("北辰", prefix)
        visitor.page.select_option("#region", "210000")
        visitor.follow("form button[type=submit]")
        assert visitor.page.locator(".entries > li").count() > 1


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_published_key_leads_to_its_life(demonstration: Demonstration, visitor: Visit, prefix: str) -> None:
    visitor.open(prefix + "/keys")
    visitor.page.locator("details.key summary").first.click()
    visitor.follow(f"details.key a[href^='{prefix}/keys/']")
    assert visitor.page.locator("section[aria-labelledby='step-1']").count() == 1
    assert (visitor.overflow, visitor.barriers()) == (0, [])


def test_a_typed_number_with_two_licences_leads_to_one(demonstration: Demonstration, visitor: Visit) -> None:
    visitor.look_up(demonstration.sample("same_number").text)
    links = "main a[href^='/v/']"
    assert visitor.page.locator(links).count() == 2
    visitor.follow(links)
    assert visitor.page.locator("[data-reason]").count() == 1


def test_of_two_codes_in_a_photo_the_person_chooses_one(demonstration: Demonstration, visitor: Visit) -> None:
    visitor.upload(demonstration.sample("several_codes").picture)
    assert visitor.reason == "several_codes"
    visitor.page.locator("main a[href^='/v/']").last.click()
    assert visitor.reason != "several_codes"


def test_the_language_changes_and_the_licence_stays(demonstration: Demonstration, visitor: Visit) -> None:
    visitor.upload(demonstration.sample("in_force").picture)
    holder = visitor.page.locator("#holder").inner_text()
    visitor.page.locator("a[hreflang=en]").first.click()
    assert visitor.page.locator("html").get_attribute("lang") == "en"
    assert (visitor.reason, visitor.page.locator("#holder").inner_text()) == ("in_force", holder)


def test_an_old_version_leads_to_the_new_one(demonstration: Demonstration, visitor: Visit) -> None:
    sample = demonstration.sample("older_version")
    visitor.open(sample.text.removeprefix(visitor.url))
    assert visitor.reason == "superseded"
    visitor.page.locator("section.verdict a[href^='/v/']").click()
    assert visitor.reason == "in_force"


def test_a_hostile_name_stays_text(demonstration: Demonstration, visitor: Visit) -> None:
    visitor.open(demonstration.sample("hostile_name").text.removeprefix(visitor.url))
    assert visitor.page.locator("#holder").inner_text() == '<script>alert("演示")</script><b>大药房</b>'
    assert visitor.page.locator("main script, main b").count() == 0
    assert visitor.page.locator("script").count() == 1


def test_a_code_of_another_host_is_told_and_not_linked(demonstration: Demonstration, visitor: Visit) -> None:
    visitor.upload(demonstration.sample("foreign_host").picture)
    assert visitor.reason == "in_force"
    assert "licence-check.example.net" in visitor.text
    assert "licence-check.example.net" not in visitor.linked_hosts


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_name_leads_to_the_holder_and_to_the_history_of_a_licence(visitor: Visit, prefix: str) -> None:
    wrong = []
    visitor.look_up("北辰大药房", prefix)
    visitor.follow("main a[href*='/v/']")
    for page in ("/h/", "/history/"):
        visitor.follow(f"main a[href^='{prefix}{page}']")
        assert visitor.page.locator(".entries > li, .timeline > li").count() >= 1
        wrong += [f"{page} {barrier}" for barrier in visitor.barriers()]
        wrong += [f"{page} is {visitor.overflow} px too wide"] if visitor.overflow else []
        visitor.page.go_back()
    assert wrong == []


# The colours are the same in both languages.
@pytest.mark.parametrize(("prefix", "scheme"), [("", "light"), ("", "dark"), ("/en", "light")])
def test_the_other_pages_have_no_barrier(
    browser: Browser, demonstration: Demonstration, prefix: str, scheme: str
) -> None:
    wrong = []
    with visit(browser, demonstration.url, color_scheme=scheme) as visitor:
        for path in (*PAGES, *ASKED, "/v/" + demonstration.sample("revoked").token):
            visitor.open(prefix + path)
            wrong += [f"{path} {barrier}" for barrier in visitor.barriers()]
            visitor.page.set_viewport_size({"width": 320, "height": 640})
            wrong += [f"{path} is {visitor.overflow} px too wide"] if visitor.overflow else []
    assert wrong == []


def test_text_of_twice_the_size_needs_no_sideways_scrolling(demonstration: Demonstration, visitor: Visit) -> None:
    for path in ("/", demonstration.sample("in_force").text.removeprefix(visitor.url)):
        visitor.open(path)
        visitor.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert visitor.overflow == 0


def test_the_verdict_and_the_shop_are_seen_before_scrolling(demonstration: Demonstration, visitor: Visit) -> None:
    visitor.open(demonstration.sample("in_force").text.removeprefix(visitor.url))
    for place in ("h1", "#holder"):
        box = visitor.page.locator(place).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 640  # what the bars of a browser leave of a small phone


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_two_answers_stand_in_one_column(demonstration: Demonstration, visitor: Visit, prefix: str) -> None:
    visitor.open(f"{prefix}/v/{demonstration.sample('in_force').token}")
    ticks = [tick.bounding_box() for tick in visitor.page.locator(".answers .icon").all()]
    assert len({tick["x"] for tick in ticks if tick}) == 1
    assert len(ticks) == 2


def test_a_keyboard_reaches_the_content_first(visitor: Visit) -> None:
    visitor.open("/")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.getAttribute('href')") == "#main"


def test_chinese_characters_are_drawn_and_no_boxes(visitor: Visit) -> None:
    visitor.open("/")
    drawn = """character => {
        const canvas = new OffscreenCanvas(40, 40), brush = canvas.getContext('2d');
        brush.font = '30px ' + getComputedStyle(document.body).fontFamily;
        brush.fillText(character, 5, 30);
        return Array.from(brush.getImageData(0, 0, 40, 40).data).join();
    }"""
    pictures = {visitor.page.evaluate(drawn, character) for character in "许可证核验亮"}
    assert len(pictures) == 6


def test_a_photo_that_is_too_large_is_answered_in_words(visitor: Visit, tmp_path: Path) -> None:
    photo = tmp_path / "large.jpg"
    photo.write_bytes(b"\xff\xd8\xff" + bytes(13 * 2**20))
    visitor.upload(photo)
    assert visitor.heading == words_for(Language.ZH).t("error.413.title")


def test_a_file_that_is_no_photo_is_answered_in_words(visitor: Visit, tmp_path: Path) -> None:
    file = tmp_path / "letter.doc"
    file.write_bytes(b"not a photo")
    visitor.upload(file)
    assert visitor.heading == words_for(Language.ZH).t("error.415.title")
