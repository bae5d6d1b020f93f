"""The report as somebody sees and uses it."""

import statistics
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
A4 = {"width": 688, "height": 1002}
"""What fits within the margins of the printed page, in CSS pixels (182 x 265 mm)."""


def numbers(page: Page, column: int) -> list[float]:
    cells = page.locator(f"#sample-table tbody tr td:nth-child({column})")
    values = cells.evaluate_all("all => all.map(c => c.dataset.value)")
    return [float(value) for value in values if value is not None]


def balance_column(page: Page) -> int:
    heads = page.locator("#sample-table thead th").all_text_contents()
    return next(place for place, head in enumerate(heads, 1) if head.startswith("Balance"))


def explore(page: Page) -> None:
    """Come to the charts, and wait until they are drawn."""
    # Scrolling smoothly, the page would move on beneath the pointer.
    page.emulate_media(reduced_motion="reduce")
    page.locator("#explore").scroll_into_view_if_needed()
    expect(page.locator(".chart .mark-symbol path").first).to_be_visible(timeout=20_000)
    expect(page.locator(".chart svg")).to_have_count(2, timeout=20_000)


def test_nothing_is_asked_of_anybody_and_nothing_fails(page, demo):
    asked, errors = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(demo, wait_until="networkidle")
    explore(page)
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [demo]
    assert errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_rule_of_accessibility_is_broken(page, demo, pictures, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(demo)
    explore(page)
    # One sample's section stands for all, which are alike.
    seen = page.locator("details:not(.portrait ~ .portrait)")
    seen.evaluate_all("all => all.forEach(d => { d.open = true; })")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert found.response["violations"] == [], found.generate_report()
    page.locator("details").evaluate_all("all => all.forEach(d => { d.open = false; })")
    page.screenshot(path=pictures / f"top-{scheme}.png")
    for section in ("scenario", "sensitivity", "explore", "samples"):
        page.locator(f"#{section}").screenshot(path=pictures / f"{section}-{scheme}.png")


def test_samples_are_sorted_both_ways(page, demo):
    page.goto(demo)
    column = balance_column(page)
    button = page.locator(f"#sample-table thead th:nth-child({column}) button")
    button.click()
    rising = numbers(page, column)
    assert rising == sorted(rising)
    assert len(rising) > 200
    button.press("Enter")
    assert numbers(page, column) == rising[::-1]


def test_samples_are_filtered_and_counted(page, demo):
    page.goto(demo)
    rows = page.locator("#sample-table tbody tr")
    whole = rows.count()
    page.get_by_label("Filter by sample").fill("washout plant")
    shown = page.locator("#sample-table tbody tr:visible")
    assert 0 < shown.count() < whole
    assert all("plant" in row and "washout" in row for row in shown.all_text_contents())
    expect(page.locator("#samples output")).to_have_text(f"{shown.count()} of {whole} samples")
    page.get_by_label("Filter by sample").fill("no such sample")
    assert shown.count() == 0


def test_the_map_is_told_to_pointer_and_keyboard(page, demo):
    page.goto(demo)
    detail = page.locator("#map-detail")
    flow = page.locator(".pathway .flow").first
    flow.hover(position={"x": 20, "y": 20})
    expect(detail).to_have_text(str(flow.get_attribute("aria-label")))
    page.mouse.move(0, 0)
    last = page.locator(".pathway .flow").last
    last.focus()
    expect(detail).to_have_text(str(last.get_attribute("aria-label")))


def test_a_point_tells_the_number_of_the_result_file(page, demo):
    page.goto(demo)
    explore(page)
    report = Path(demo.removeprefix("file://"))
    table = pd.read_parquet(report.parent.parent / "estimate" / "quantities.parquet")
    balance = table[table["quantity"] == "precursor_balance"].set_index("sample")["mean"]
    points = page.locator('[data-chart="strip"] .role-mark.layer_1_marks path')
    assert points.count() == balance.notna().sum()
    points.nth(7).hover(force=True)
    name, *lines = page.locator("#explore-tip").inner_text().splitlines()
    (told,) = [line for line in lines if line.startswith("Precursor balance: ")]
    assert f": {balance[name]:.2f} (".replace("-", "−") in told
    points.nth(7).click(force=True)
    detail = page.locator("#explore-detail")
    expect(detail).to_contain_text(told)
    detail.locator("a").click()
    assert page.locator("details.portrait[open] > summary").all_inner_texts() == [name]


def test_what_is_charted_is_chosen_by_keyboard(page, demo):
    page.goto(demo)
    explore(page)
    words = page.locator("#explore-strip-words")
    before = words.inner_text()
    page.locator("#explore-strip").focus()
    page.keyboard.press("ArrowDown")
    expect(words).not_to_have_text(before)
    title = page.locator("#explore-strip").evaluate("s => s.selectedOptions[0].textContent")
    expect(page.locator('[data-chart="strip"]')).to_contain_text(title)
    page.locator("#explore-sample").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#explore-detail a")).to_have_attribute("href", "#sample-1")


def test_links_within_the_page_lead_somewhere(page, demo):
    page.goto(demo)
    targets = page.locator('a[href^="#"]').evaluate_all(
        "all => [...new Set(all.map(a => a.getAttribute('href').slice(1)))]"
    )
    assert len(targets) > 10
    ids = set(page.locator("[id]").evaluate_all("all => all.map(e => e.id)"))
    assert [target for target in targets if target not in ids] == []


def test_a_number_leads_to_its_evidence_and_a_sample_to_its_section(page, demo):
    page.goto(demo)
    page.locator("#capability-table td a").first.click()
    told = page.locator(page.url[page.url.index("#") :])
    expect(told).to_be_visible()
    assert "Genomes" in told.inner_text()
    row = page.locator("#sample-table tbody tr").nth(3)
    name = row.locator("th").text_content()
    row.locator("th a").click()
    assert page.url.endswith("#sample-4")
    expect(page.locator("#sample-4")).to_be_visible()
    opened = page.locator("details.portrait[open] > summary")
    assert opened.all_inner_texts() == [name]


def test_the_keyboard_reaches_the_answer_first(page, demo):
    page.goto(demo)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#answer"
    page.keyboard.press("Enter")
    assert page.url.endswith("#answer")


@pytest.mark.parametrize("width", [390, 1100])
@pytest.mark.parametrize("section", ["taxa", "samples", "limits"])
def test_a_link_to_a_section_ends_there_once_charts_are_drawn(page, demo, section, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(reduced_motion="reduce")
    page.goto(demo)
    page.locator(f'nav a[href="#{section}"]').click()
    if section == "samples":
        expect(page.locator(".chart svg")).to_have_count(2, timeout=20_000)
    page.wait_for_timeout(500)
    top = page.locator(f"#{section}").evaluate("e => e.getBoundingClientRect().top")
    last = page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2")
    assert abs(top) < 24 or (last and 0 < top < 800)


def test_a_phone_scrolls_down_only(page, demo, pictures):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(demo)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    page.screenshot(path=pictures / "phone.png")


def test_paper_cuts_no_figure(page, demo, pictures):
    page.goto(demo)
    pdf = page.pdf(path=pictures / "report.pdf", format="A4", prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    page.emulate_media(media="print")
    page.set_viewport_size(A4)
    boxes = page.locator("figure, figure img, figure svg").evaluate_all(
        "all => all.map(f => [f.getBoundingClientRect().width, f.getBoundingClientRect().height])"
    )
    assert boxes
    assert all(w <= A4["width"] + 1 and h <= A4["height"] for w, h in boxes), boxes
    kept = "all => all.every(f => getComputedStyle(f).breakInside === 'avoid')"
    assert page.locator("figure").evaluate_all(kept)
    clipped = page.locator(".wide").evaluate_all(
        "all => all.map(w => getComputedStyle(w)).filter("
        "s => s.overflowY !== 'visible' || s.contentVisibility !== 'visible').length"
    )
    assert clipped == 0


def test_hostile_names_are_text(page, hostile):
    spoken = []
    page.on("dialog", lambda dialog: (spoken.append(dialog.message), dialog.dismiss()))
    page.goto(hostile.as_uri(), wait_until="networkidle")
    explore(page)
    page.locator('[data-chart="strip"] .mark-symbol path').first.hover(force=True)
    expect(page.locator("#explore-tip")).to_contain_text("<script>")
    page.locator("#explore-sample").select_option(index=1)
    expect(page.locator("#explore-detail")).to_contain_text("<script>")
    assert page.evaluate("window.ran") is None
    assert spoken == []
    assert page.locator("img[src='x']").count() == 0
    assert page.locator("a[href^='javascript']").count() == 0
    assert "<script>" in page.locator("h1").inner_text()


def test_a_thousand_samples_fit_into_five_mebibytes(page, large, pictures):
    assert large.stat().st_size <= 5 * 2**20
    page.goto(large.as_uri())
    assert page.locator("#sample-table tbody tr").count() == 1000
    assert page.evaluate("window.find('S0999')")


def test_a_thousand_samples_are_ready_in_two_seconds(browser, large, pictures):
    """By the clock, and in seconds of the processor, which other programs do not lengthen."""
    spent = [loading(browser, large.as_uri()) for _ in range(5)]
    worked, waited = (statistics.median(column) for column in zip(*spent, strict=True))
    told = f"{large.stat().st_size} bytes, ready after {waited:.2f} s, {worked:.2f} s of them work"
    Path(pictures / "thousand.txt").write_text(f"{told} (median of 5)\n", encoding="utf-8")
    assert worked < 2


def loading(browser: Browser, url: str) -> tuple[float, float]:
    """Seconds that a page takes: of the processor, and until it can be read."""
    context = browser.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(url)
    measured = session.send("Performance.getMetrics")["metrics"]
    timing = "performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
    waited = page.evaluate(timing) / 1000
    context.close()
    return next(one["value"] for one in measured if one["name"] == "TaskDuration"), waited


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_index_leads_to_the_report(page, demo, pictures, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{demo.partition('/cohorts/')[0]}/index.html")
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    assert found.response["violations"] == [], found.generate_report()
    page.screenshot(path=pictures / f"index-{scheme}.png")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
    page.locator("#cohort-table tbody a").first.click()
    assert page.url == demo
