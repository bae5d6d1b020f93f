"""Every number on the demo's page comes from its result files, and a wrong one would be noticed.

Each section's account (`accounts.py`) claims its numbers, in text, alternative texts, hover texts
and the values that rows are sorted by; a number that is left over fails the test. Text is read as
a reader does: a number stands for all that rounds to it. No browser is needed here.
"""

import json
import random
import re
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from accounts import ACCOUNTS, phrases
from numbers_shown import Sheet, agrees, changed, numbers
from results_read import Files

MUTATIONS = 6
"""Numbers that are changed in each section, one at a time."""

PARTS = re.compile(r'<section id="(\w+)".*?</section>|<(header|footer)>.*?</\2>', re.DOTALL)


@pytest.fixture(scope="module")
def report(demo):
    return Path(unquote(urlparse(demo).path))


@pytest.fixture(scope="module")
def html(report):
    return report.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parts(html):
    return {found[1] or found[2]: found[0] for found in PARTS.finditer(html)}


@pytest.fixture(scope="module")
def files(report):
    return Files(report.parents[1])


def unaccounted(section, html, files):
    """Numbers of a section that nothing accounts for; fails where one is wrong."""
    sheet = Sheet(html, phrases(section) | files.names)
    ACCOUNTS[section](sheet, files)
    return sheet.left()


def noticed(section, html, files):
    try:
        return bool(unaccounted(section, html, files))
    except (AssertionError, LookupError, ValueError, StopIteration):
        return True


def test_numbers_are_read_as_they_are_rounded():
    assert numbers("−1,000.5; >99.9%") == [
        (pytest.approx(-1000.55001), pytest.approx(-1000.44999)),
        (pytest.approx(0.9985, rel=1e-5), float("inf")),
    ]
    agrees("0.336 (2 to 11%), 14 to >99.9%, 16S", 0.3362, 0.018, 0.1149, 0.137, 0.9998)
    for text, *wrong in (("0.33", 0.336), ("0.33 of 2", 0.33), ("<0.003", 0.0001)):
        with pytest.raises(AssertionError):
            agrees(text, *wrong)


def test_every_part_of_the_page_has_an_account(html, parts, files):
    assert set(parts) == set(ACCOUNTS)
    rest = Sheet(PARTS.sub("", html), ())
    title = f"{files.settings['title']}: tryptome report"
    rest.reads(rest.one("title"), title)
    assert rest.left() == []


@pytest.mark.parametrize("section", ACCOUNTS)
def test_every_number_is_accounted_for(section, parts, files):
    assert unaccounted(section, parts[section], files) == []


@pytest.mark.parametrize("section", ACCOUNTS)
def test_a_changed_number_is_noticed(section, parts, files):
    mutants = list(changed(parts[section], random.Random(section), MUTATIONS))
    assert len(mutants) >= 2
    assert not noticed(section, parts[section], files)
    missed = [mutant for mutant in mutants if not noticed(section, mutant, files)]
    assert len(missed) == 0, [where(parts[section], mutant) for mutant in missed]


def where(html, mutant):
    """The first place in which two texts differ, with what stands around it."""
    place = next(n for n, pair in enumerate(zip(html, mutant, strict=True)) if pair[0] != pair[1])
    return mutant[max(0, place - 80) : place + 40]


@pytest.mark.parametrize("column", ["mean", "low", "high", "means"])
def test_a_changed_place_of_a_point_is_noticed(column, parts, files):
    html = parts["explore"]
    (text,) = re.findall('id="explore-data">(.*?)</script>', html)
    data = json.loads(text)
    places = data["quantities"]["precursor_balance"][column]
    if column == "means":
        places[2]["low"] *= 1.002
    else:
        places[100] *= 1.002
    assert noticed("explore", html.replace(text, json.dumps(data)), files)
