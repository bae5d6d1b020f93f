"""A run whose every text is as mean as is taken: no table of it runs in a spreadsheet.

What begins with a sign, a tab or a line end is what a spreadsheet may run, or work out. It is in
a table only where it is a number, or where a user wrote it, as it was written; and of that the
intake refuses what a spreadsheet would run (tests/unit/shared/test_formulas.py).
"""

import csv

import pandas as pd
import pytest

MEAN = ("+ (weak)", "- none (of it)", "=> 3", "@home", "--", "+/-", "-80C", "'=1+1")
"""Texts with a sign that people write; the last has the quote that spreadsheets put before."""

CONFIG = """\
cohorts:
  mean:
    table: small.tsv
    metadata: samples.tsv
    title: '=HYPERLINK("http://example.org","title")'
    description: '@SUM(1+1)'
    citation: "+cmd|' /C calc'!A0"
    subject_column: '@who'
    groups: ['- phase']
    contrasts:
      diet:
        column: '- phase'
        reference: '- none (of it)'
        level: '=> 3'
        title: '=1+1'
        adjust: ['+/-']
"""


@pytest.fixture(scope="module")
def written(tmp_path_factory, command):
    """Results of the run, and the texts that its user wrote into the tables."""
    from conftest import make_cohort

    folder = make_cohort(tmp_path_factory.mktemp("mean") / "run")
    counts = pd.read_csv(folder / "small.tsv", sep="\t", dtype=str)
    about = pd.read_csv(folder / "samples.tsv", sep="\t", dtype=str)
    ids = {old: f"{MEAN[place % len(MEAN)]} of {old}" for place, old in enumerate(about["sample"])}
    counts = counts.rename(columns=ids)
    about["sample"] = about["sample"].map(ids)
    about["person"] = "@" + about["person"]
    about["phase"] = about["phase"].replace({"baseline": MEAN[1], "diet": MEAN[2]})
    about["+/-"] = [str(place % 3 - 1) for place in range(len(about))]
    about["- note"] = [MEAN[place % len(MEAN)] for place in range(len(about))]
    about = about.rename(columns={"person": "@who", "phase": "- phase"})
    counts.to_csv(folder / "small.tsv", sep="\t", index=False)
    about.to_csv(folder / "samples.tsv", sep="\t", index=False)
    (folder / "config.yaml").write_text(CONFIG)
    done = command("run", "config.yaml", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "results", {*about.columns, *about.to_numpy().ravel()}


def cells(path):
    with path.open(newline="", encoding="utf-8") as handle:
        csv.field_size_limit(10**8)
        yield from csv.reader(handle, delimiter="\t" if path.suffix == ".tsv" else ",")


def is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def test_what_begins_with_a_sign_is_a_number_or_the_users_own(written):
    results, own = written
    tables = sorted([*results.rglob("*.tsv"), *results.rglob("*.csv")])
    assert {"samples.tsv", "contrasts.tsv", "sample_data.csv", "manifest.tsv"} <= {
        path.name for path in tables
    }
    seen, strange = set(), set()
    for path in tables:
        for text in (text for row in cells(path) for text in row):
            if text[:1] in tuple("=+-@\t\r\n") and not is_number(text):
                (seen if text in own else strange).add((path.name, text))
    assert sorted(strange) == []
    # The texts were there, as they were written.
    assert {text for name, text in seen if name == "samples.tsv"} == {
        text for text in own if text[:1] in tuple("=+-@") and not is_number(text)
    }
