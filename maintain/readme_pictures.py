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
    "report": (REPORT, "", 1200, 1704),
    "samples": (REPORT, "samples", 1200, 760),
    "explore": (REPORT, "explore", 1120, 898),
    "index": ("index.html", "", 1200, 620),
}
"""Page, section (none for its top), width and height of each picture."""

COLOURS = 256
QUIET = ("--no-sandbox", "--disable-background-networking", "--disable-component-update")


def main(results: Path) -> None:
    """Take all pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(QUIET)
        )
        for name, (page, section, width, height) in PICTURES.items():
            view = browser.new_context(viewport={"width": width, "height": height}).new_page()
            view.goto((results / page).resolve().as_uri(), wait_until="networkidle")
            taken = Image.open(io.BytesIO(take(view, section, width, height)))
            taken.convert("RGB").quantize(COLOURS).save(IMAGES / f"{name}.png", optimize=True)
        browser.close()


def take(view: Page, section: str, width: int, height: int) -> bytes:
    """Take a section from its beginning, once what it draws on being seen is drawn."""
    top = 0.0
    if section:
        part = view.locator(f"#{section}")
        part.scroll_into_view_if_needed()
        view.wait_for_load_state("networkidle")
        view.wait_for_timeout(1000)
        box = part.bounding_box()
        assert box is not None
        top = box["y"] + float(view.evaluate("scrollY"))
    clip: FloatRect = {"x": 0, "y": top, "width": width, "height": height}
    return view.screenshot(full_page=True, clip=clip)


if __name__ == "__main__":
    main(Path(sys.argv[1]) / "results")
