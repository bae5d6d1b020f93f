"""The index of a run: what a reader sees, from heads worked out by hand."""

import json
import re
import time
from xml.etree import ElementTree

import pytest

from tryptome.index.run import run

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
HEAD = {
    **{"cohort": "first", "title": "First cohort", "samples": 40, "persons": 20, "assessable": 30},
    **{"resolved": 0.9, "balance": 1.25, "lower": 0.5, "upper": 2.0, "level": "95%"},
    **{"headline": "More can make it.", "told": 1, "contrasts": 2, "findings": ["diet"]},
    **{"verdict": "With caution.", "verdict_level": "caution", "reason": "30 of 40."},
}
UNKNOWN = HEAD | {
    **{"cohort": "second", "title": HOSTILE, "persons": 0, "assessable": 0, "resolved": None},
    **{"balance": None, "lower": None, "upper": None, "told": 0, "contrasts": 0, "findings": []},
    "verdict_level": "bad",
}


@pytest.fixture
def index(tmp_path):
    def make(*heads, pooled=()):
        paths = []
        for head in heads:
            folder = tmp_path / "cohorts" / head["cohort"] / "report"
            folder.mkdir(parents=True)
            paths.append(folder / "brief.json")
            paths[-1].write_text(json.dumps(head))
        run([str(path) for path in paths], pooled, str(tmp_path / "index.html"))
        return body((tmp_path / "index.html").read_text(encoding="utf-8"))

    return make


def body(html):
    """The page's body, which is XML but for two attributes and the script."""
    text = html[html.index("<body>") : html.index("<script>")] + "</body>"
    return ElementTree.fromstring(re.sub(" data-(tools|plain)", "", text))


def cells(page, row):
    return ["".join(cell.itertext()) for cell in page.find(f".//tbody/tr[{row}]")]


def links(page):
    return [link.get("href") for link in page.iter("a") if link.get("href")[0] != "#"]


def test_a_row_holds_what_its_report_says(index):
    found = cells(index(HEAD), 1)
    assert found[0] == "First cohort first"
    assert found[1] == "with caution"
    assert found[2:6] == ["40 20 persons", "75%", "90%", "1.25 0.50 to 2.00"]
    assert found[7] == "1 of 2"


def test_what_is_unknown_is_no_number(index):
    page = index(HEAD, UNKNOWN)
    found = cells(page, 2)
    assert found[4:6] == ["–", "not assessable"]
    assert found[6:] == ["", "not asked"]
    values = [cell.get("data-value") for cell in page.find(".//tbody/tr[2]")]
    assert values == [None, None, "40", "0.0", None, None, None, None]
    assert [one.text for one in page.iterfind(".//dl[@class='facts']//dd")] == ["2", "1", "80"]


def test_links_lead_into_the_folder_of_results(index):
    found = links(index(HEAD))
    assert "cohorts/first/report/report.html" in found
    assert all(re.fullmatch(r"cohorts/first/[\w./#]+", link) for link in found)
    page = index(HEAD | {"cohort": "other"}, pooled="results/pooled/report.html")
    assert "pooled/report.html" in links(page)


def test_a_hostile_title_is_text(index):
    page = index(UNKNOWN)
    assert [one.text for one in page.iterfind(".//tbody//bdi")] == [HOSTILE]
    assert page.find(".//img") is None
    assert page.find(".//script") is None


def test_a_thousand_cohorts_stay_small_and_quick(tmp_path):
    paths = []
    for place in range(1000):
        paths.append(tmp_path / f"{place:03d}.json")
        paths[-1].write_text(json.dumps(HEAD | {"cohort": f"c{place:03d}"}))
    begin = time.process_time()
    run([str(path) for path in paths], (), str(tmp_path / "index.html"))
    assert time.process_time() - begin < 5
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert text.count('<th scope="row">') == 1000
    assert len(text.encode()) < 3 * 2**20
