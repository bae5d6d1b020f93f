"""README's pictures of a run of the demo: `python maintain/readme_pictures.py FOLDER`.

FOLDER holds the run's `results/`. Needs Chromium, and Playwright of the tests' environment.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import FloatRect, Page, sync_playwright

IMAGES = Path(__file__).parents[1] / "docs" / "images"
REPORT = "cohorts/david2014/report/report.html"
PICTURES = {
    "report": (REPORT, 1200, {"body": 1180, "svg.pathway": 500}),
    "samples": (REPORT, 1200, {"#samples": 760}),
    "explore": (REPORT, 1120, {"#explore": 898}),
    "index": ("index.html", 1200, {"body": 620}),
}
"""Page and width of each picture, and what it shows one below the other, each to a height."""

COLOURS = 256
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")


def main(results: Path) -> None:
    """Take all pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(QUIET)
        )
        for name, (page, width, parts) in PICTURES.items():
            view = browser.new_context(viewport={"width": width, "height": 1000}).new_page()
            view.goto((results / page).resolve().as_uri(), wait_until="networkidle")
            whole, top = Image.new("RGB", (width, sum(parts.values()))), 0
            for part, height in parts.items():
                whole.paste(Image.open(io.BytesIO(take(view, part, width, height))), (0, top))
                top += height
            whole.quantize(COLOURS).save(IMAGES / f"{name}.png", optimize=True)
        browser.close()


def take(view: Page, selector: str, width: int, height: int) -> bytes:
    """Take the page from a part of it on, once what it draws on being seen is drawn."""
    part = view.locator(selector)
    part.scroll_into_view_if_needed()
    view.wait_for_load_state("networkidle")
    view.wait_for_timeout(1000)
    box = part.bounding_box()
    assert box is not None
    top = box["y"] + float(view.evaluate("scrollY"))
    clip: FloatRect = {"x": 0, "y": max(0, top), "width": width, "height": height}
    return view.screenshot(full_page=True, clip=clip)


if __name__ == "__main__":
    main(Path(sys.argv[1]) / "results")
