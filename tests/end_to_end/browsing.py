"""A headless Chromium, and what it noticed: errors on its console, requests to others, cookies, barriers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, Request, Response, sync_playwright

from tests.oracles import missing

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 360, "height": 740}
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright, launched(playwright.chromium) as browser:
        yield browser


@contextmanager
def launched(chromium: BrowserType, *options: str) -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or missing("chromium")
    browser = chromium.launch(executable_path=program, args=[*OPTIONS, *options])
    try:
        yield browser
    finally:
        browser.close()


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor's browser at `url`, with all that it noticed so far."""

    url: str
    context: BrowserContext
    page: Page
    noticed: list[str] = field(default_factory=list)

    def open(self, path: str) -> Response:
        response = self.page.goto(self.url + path)
        assert response is not None
        return response

    def upload(self, picture: Path, prefix: str = "") -> None:
        """Choose a photo; the page sends it by itself."""
        self.open(prefix + "/")
        with self.page.expect_navigation():
            self.page.set_input_files("input[type=file]", picture)

    def look_up(self, number: str, prefix: str = "") -> None:
        self.open(prefix + "/")
        self.page.fill("input[name=number]", number)
        with self.page.expect_navigation():
            self.page.press("input[name=number]", "Enter")

    def follow(self, what: str) -> None:
        """Click the first of what leads to another page, and wait for the whole of it: a count does not wait."""
        with self.page.expect_navigation():
            self.page.locator(what).first.click()

    @property
    def reason(self) -> str | None:
        return self.page.locator("[data-reason]").first.get_attribute("data-reason")

    @property
    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    @property
    def linked_hosts(self) -> set[str]:
        """Where the links of the page lead."""
        return set(self.page.eval_on_selector_all("a[href]", "links => links.map((link) => link.hostname)"))

    @property
    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        return int(wide)

    def barriers(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 AA and good practice, each with the place."""
        self.page.evaluate(_axe())
        found: list[dict[str, Any]] = self.page.evaluate(
            "axe.run({resultTypes: ['violations']}).then(result => result.violations)"
        )
        return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


@contextmanager
def visit(browser: Browser, url: str, **options: Any) -> Iterator[Visit]:
    context = browser.new_context(viewport=PHONE, **options)
    visitor = Visit(url, context, context.new_page())
    _watch(visitor)
    try:
        yield visitor
        assert visitor.noticed == [], visitor.noticed
        assert context.cookies() == [], context.cookies()
    finally:
        context.close()


def _watch(visitor: Visit) -> None:
    page, noticed = visitor.page, visitor.noticed

    def write(text: str, where: str) -> None:
        # The browser says so of every page with an error's status, also of one that tells of it in words.
        if not text.startswith("Failed to load resource: the server responded with a status of") or where != page.url:
            noticed.append(f"{page.url}: {text} ({where})")

    def write_failure(request: Request) -> None:
        # The browser itself gives up what it still loads (an icon, mostly) when a link leads to the next page. Without
        # scripts it says "csp" of modules that it does not fetch in advance; what the policy forbids is on the console.
        if request.failure not in ("net::ERR_ABORTED", "csp"):
            noticed.append(f"failed: {request.url}: {request.failure}")

    page.on("console", lambda message: write(message.text, message.location["url"]))
    page.on("pageerror", lambda error: noticed.append(f"{page.url}: {error}"))
    page.on("dialog", lambda dialog: noticed.append(f"{page.url}: a dialog: {dialog.message}") or dialog.dismiss())
    page.on("requestfailed", write_failure)
    visitor.context.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((visitor.url + "/", "data:"))
            else noticed.append(f"{page.url}: a request to {request.url}")
        ),
    )


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8") if AXE.exists() else missing("axe-core (npm ci)")
