"""A resident's way through the form, screen by screen, for the tests that look at it."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import Page, expect

NEXT = ".actions .primary"
CANVAS = "#where-map canvas"
WORDS = "Somebody walked behind me."
KINDS = ("incident", "condition", "safe_place", "audit")


def jpeg(width: int = 1200, height: int = 800, **more) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, "JPEG", **more)
    return out.getvalue()


def go_on(page: Page) -> None:
    """Press the button at the thumb, once it can be pressed."""
    expect(page.locator(NEXT)).to_be_enabled()
    page.click(NEXT)


def map_ready(page: Page) -> None:
    page.wait_for_selector("#where-map[data-map=ready]")


def place(page: Page) -> None:
    """Tap the middle of the map until it is close enough."""
    map_ready(page)
    for _ in range(8):
        if page.locator(NEXT).is_enabled():
            break
        page.click(CANVAS)
        page.wait_for_timeout(50)  # two taps at once would be one double tap
    expect(page.locator(NEXT)).to_be_enabled()


def pick_kind(page: Page, kind: str = "incident") -> None:
    page.click(f".kind >> nth={KINDS.index(kind)}")


def when(page: Page) -> None:
    page.click(".row .button >> nth=0")
    page.check("input[value=night]")


def add_photo(page: Page, content: bytes | None = None, name: str = "home.jpg") -> None:
    there = page.locator(".photos img").count()
    page.set_input_files("#photo-file", {"name": name, "mimeType": "image/jpeg", "buffer": content or jpeg()})
    expect(page.locator(".photos img")).to_have_count(there + 1)


def to_kind(page: Page) -> None:
    """From the first screen to the question of the kind."""
    page.click(NEXT)
    place(page)
    go_on(page)


def to_check(page: Page, photo: bytes | None = None) -> None:
    """From the first screen to the last look at an incident with words, a photo and who tells it."""
    to_kind(page)
    pick_kind(page)
    when(page)
    go_on(page)
    page.check("input[value=following]")
    page.fill("textarea", WORDS)
    go_on(page)
    go_on(page)
    add_photo(page, photo)
    go_on(page)
    page.check("input[value=woman]")
    go_on(page)


def symbols(page: Page) -> str:
    """The receipt as it is shown."""
    page.wait_for_selector("#receipt")
    return "".join(page.locator("#receipt span").all_inner_texts())


def read_state(page: Page, receipt: str) -> None:
    """From the first screen to where a report stands, its messages read."""
    page.click(".ways .way >> nth=1")
    page.fill(".code", receipt)
    go_on(page)
    page.wait_for_selector(".thread[data-loaded]")
