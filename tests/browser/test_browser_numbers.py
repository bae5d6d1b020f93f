"""Numbers in the words and tables of the demo's page are those of its files, as they are rounded.

Tables that carry exact values are compared in tests/unit/report. Here text is read as a reader
does: a number stands for all that rounds to it.
"""

import csv
import math
import re
import statistics
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlparse

import pyarrow.parquet
import pytest
import yaml

from tryptome.paths import resource

NUMBER = re.compile(r"([<>]\s?)?(?<![\w.])([−+]?\d[\d,]*(?:\.\d+)?)( ?%)?")


class Reader(HTMLParser):
    """Text of each section, and rows of its tables: attributes, and text of the cells."""

    def __init__(self, text):
        super().__init__()
        self.words, self.tables, self.section = {}, [], None
        self.cell, self.inside = False, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "section":
            self.section = found.get("id", self.section)
        if tag == "div" and (found.get("id") or "").startswith("evidence-"):
            self.inside.append(found["id"].removeprefix("evidence-"))
        if tag == "table":
            name = found.get("id") or found.get("class") or "/".join(self.inside[-1:])
            self.tables.append((self.section, name, []))
        if tag == "tr" and self.tables:
            self.tables[-1][2].append((found, []))
        if tag in ("td", "th"):
            self.tables[-1][2][-1][1].append("")
            self.cell = True

    def handle_endtag(self, tag):
        if tag in ("td", "th"):
            self.cell = False

    def handle_data(self, data):
        self.words[self.section] = self.words.get(self.section, "") + data
        if self.cell:
            self.tables[-1][2][-1][1][-1] += data

    def rows(self, section, name):
        """Bodies of all tables of that name."""
        found = [rows for where, called, rows in self.tables if (where, called) == (section, name)]
        assert found, (section, name)
        return [[row for row in rows[1:] if row[1]] for rows in found]


def numbers(text):
    """Least and most that each number of a text can stand for."""
    found = []
    for bound, digits, percent in NUMBER.findall(text):
        plain = digits.replace("−", "-").replace("+", "").replace(",", "")
        scale = 100 if percent else 1
        value, half = float(plain) / scale, 0.5001 * 10 ** -len(plain.partition(".")[2]) / scale
        low = -math.inf if bound.startswith("<") else value - half
        high = math.inf if bound.startswith(">") else value + half
        found.append((low, high))
    return found


def agrees(text, *expected):
    """Whether a text holds these numbers, in this order, and no more."""
    shown = numbers(re.sub(r"^(.+) to (.+%)$", r"\1% to \2", text))  # one sign for both ends
    wanted = [float(value) for value in expected]
    assert len(shown) == len(wanted), (text, wanted)
    for (low, high), value in zip(shown, wanted, strict=True):
        assert low <= value <= high, (text, wanted)


def test_numbers_are_read_as_they_are_rounded():
    assert numbers("−1,000.5 to >99.9%") == [
        (pytest.approx(-1000.55001), pytest.approx(-1000.44999)),
        (pytest.approx(0.9985, rel=1e-5), math.inf),
    ]
    with pytest.raises(AssertionError):
        agrees("0.33", 0.336)
    with pytest.raises(AssertionError):
        agrees("0.33 of 2", 0.33)


@pytest.fixture(scope="module")
def cohort(demo):
    return Path(unquote(urlparse(demo).path)).parents[1]


@pytest.fixture(scope="module")
def read(demo):
    return Reader(Path(unquote(urlparse(demo).path)).read_text(encoding="utf-8"))


def table(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def first(rows, **wanted):
    return next(row for row in rows if all(row[key] == value for key, value in wanted.items()))


def contrasts(cohort):
    return list(dict.fromkeys(row["contrast"] for row in table(cohort / "compare/contrasts.tsv")))


def test_sensitivity(read, cohort):
    rows = table(cohort / "sensitivity/summary.tsv")
    shown = read.rows("sensitivity", "sensitivity")
    assert len(shown) == len(contrasts(cohort)) == 3
    for name, body in zip(contrasts(cohort), shown, strict=True):
        own = [row for row in rows if row["contrast"] == name]
        assert len(body) == len(own)
        for found, cells in body:
            row = first(own, quantity=found["data-quantity"])
            agrees(cells[1], row["effect"])
            agrees(cells[2], row["lower"], row["upper"])
            agrees(cells[3], row["p"])
            agrees(cells[4], row["effect_lowest"], row["effect_highest"])
            agrees(cells[5], row["agree_sign"])
            agrees(cells[6], row["agree_significance"])
            agrees(cells[7], row["estimable"], row["specifications"])


def test_quantities_given_diversity(read, cohort):
    rows = table(cohort / "community/beyond_diversity.tsv")
    (body,) = read.rows("community", "beyond-table")
    assert len(body) == len(rows)
    for (_, cells), row in zip(body, rows, strict=True):
        agrees(cells[2], row["effect"], row["lower"], row["upper"], row["p"])
        given = [row[f"{name}_given_shannon"] for name in ("effect", "lower", "upper", "p")]
        agrees(cells[3], *given)
        assert row["verdict"] in cells[4]


def test_community_and_function_side_by_side(read, cohort):
    tests = table(cohort / "community/tests.tsv")
    beyond = table(cohort / "community/beyond_diversity.tsv")
    abundance = table(cohort / "community/abundance.tsv")
    (body,) = read.rows("community", "community-table")
    for name, (_, cells) in zip(contrasts(cohort), body, strict=True):
        own = [row for row in tests if row["contrast"] == name]
        shannon = first(own, metric="shannon", test="contrast")
        agrees(cells[1], shannon["statistic"], shannon["p"])
        for place, metric in ((2, "aitchison"), (3, "bray_curtis")):
            row = first(own, metric=metric, test="permanova")
            if row["p"]:
                agrees(cells[place], row["r2"], row["p"])
            else:
                assert cells[place] == "not tested"
        taxa = [row for row in abundance if row["contrast"] == name and row["q"]]
        if taxa:
            few = {row["taxon"] for row in taxa if float(row["q"]) < 0.05}
            agrees(cells[5].partition("(")[0], len(few), len({row["taxon"] for row in taxa}))
        row = first(beyond, contrast=name, quantity="precursor_balance")
        agrees(cells[6], row["effect"], row["p"])
        agrees(cells[7], row["effect_given_shannon"], row["p_given_shannon"])


def test_evidence(read, cohort):
    rows = pyarrow.parquet.read_table(cohort / "annotate/capabilities.parquet").to_pylist()
    known = {(row["taxon"], row["capability"]): row for row in rows}
    taxa = {row["label"]: row["taxon"] for row in table(cohort / "resolve/taxa.tsv")}
    seen = 0
    for section, capability, body in read.tables:
        if section != "evidence":
            continue
        for _, cells in body[1:]:
            row = known[taxa[cells[0]], capability]
            agrees(cells[1], row["mean"])
            agrees(cells[2], row["q05"], row["q95"])
            agrees(cells[3], row["positive_species"], row["species"])
            agrees(cells[4], row["positives"], row["genomes"])
            seen += 1
    assert seen > 100


def test_the_answer(read, cohort):
    contrast = table(cohort / "compare/contrasts.tsv")
    words = read.words["answer"]
    said = re.findall(r"told \(([^()]*interval[^()]*)\)", words)
    assert len(said) == 3
    for name, told in zip(contrasts(cohort), said, strict=True):
        row = first(contrast, contrast=name, quantity="precursor_balance")
        agrees(
            told.replace("95% interval", ""), row["effect"], row["lower"], row["upper"], row["q"]
        )
    quantities = pyarrow.parquet.read_table(
        cohort / "estimate/quantities.parquet",
        filters=[("quantity", "==", "precursor_balance")],
    ).to_pylist()
    assessable = [row for row in quantities if row["assessable"]]
    found = re.search(r"([\d,]+) of ([\d,]+) samples \((.*?)\) are assessable", words)
    agrees(found[1], len(assessable))
    agrees(found[2], len(quantities))
    agrees(found[3], len(assessable) / len(quantities))
    persons = {row["sample"]: row["person"] for row in table(cohort / "ingest/samples.tsv")}
    of_person = {}
    for row in assessable:
        of_person.setdefault(persons[row["sample"]], []).append(row["mean"])
    means = [sum(values) / len(values) for values in of_person.values()]
    found = re.search(r"over ([\d,]+) samples of (\d+) persons is (\S+)", words)
    agrees(" ".join(found.groups()), len(assessable), len(means), sum(means) / len(means))


@pytest.fixture(scope="module")
def quantities(cohort):
    rows = pyarrow.parquet.read_table(cohort / "estimate/quantities.parquet").to_pylist()
    return {(row["sample"], row["quantity"]): row for row in rows}


@pytest.fixture(scope="module")
def titles():
    """Quantity of each label of a sample's own table."""
    text = Path(resource("knowledge", "capabilities.yaml")).read_text(encoding="utf-8")
    shares = {one["title"]: f"share:{one['name']}" for one in yaml.safe_load(text)}
    return shares | {
        "Precursor balance": "precursor_balance",
        "Scenario: tryptophan diverted, mg/day": "mass:diverted",
        "Scenario: tryptophan left, mg/day": "mass:left",
        "Scenario: gut contribution, mg/day": "gut_contribution:median",
    }


def test_every_sample_by_itself(read, cohort, quantities, titles):
    samples = [row["sample"] for row in table(cohort / "ingest/samples.tsv")]
    seen = 0
    for number, sample in enumerate(samples, 1):
        (body,) = [rows for _, name, rows in read.tables if name == f"sample-{number}"]
        for _, (label, mean, *ends) in body:
            row = quantities[sample, titles[label]]
            if not row["assessable"]:
                continue
            agrees(mean, row["mean"])
            agrees(ends[0], row["q05"], row["q95"])
            seen += 1
    assert seen > 10 * len(samples)


def test_intervals_of_the_table_of_samples(read, quantities):
    (body,) = read.rows("samples", "sample-table")
    places = {5: "precursor_balance", 7: "share:trp_synthesis", 8: "share:trp_diversion"}
    seen = 0
    for _, cells in body:
        for place, quantity in places.items():
            row = quantities[cells[0], quantity]
            if row["assessable"]:
                mean, ends = cells[place].split(" ", 1)
                agrees(mean, row["mean"])
                agrees(ends, row["q05"], row["q95"])
                seen += 1
    assert len(body) == 236
    assert seen > 600


def test_intervals_of_groups_are_those_of_the_equation_on_the_page(read, cohort, quantities):
    """Mean and ends over persons: square root of t² s² / n + z² sigma², see the page's methods."""
    from scipy.stats import norm
    from scipy.stats import t as student

    samples = table(cohort / "ingest/samples.tsv")
    (body,) = read.rows("groups", "balance-table")
    for _, cells in body:
        own = [
            row for row in samples
            if cells[0] in (f"{row['diet']} · {row['phase']}", "all samples")
            and quantities[row["sample"], "precursor_balance"]["assessable"]
        ]  # fmt: skip
        of_person, sds = {}, {}
        for row in own:
            found = quantities[row["sample"], "precursor_balance"]
            of_person.setdefault(row["person"], []).append(found["mean"])
            sds.setdefault(row["person"], []).append(found["sd"])
        means = [statistics.fmean(values) for values in of_person.values()]
        sigma = statistics.fmean([statistics.fmean(values) for values in sds.values()])
        n, mean = len(means), statistics.fmean(means)
        between = student.ppf(0.975, n - 1) * statistics.stdev(means) / math.sqrt(n)
        whole = math.hypot(between, norm.ppf(0.975) * sigma)
        agrees(cells[1] + " " + cells[2], len(own), n)
        agrees(cells[4], mean)
        agrees(cells[5], mean - whole, mean + whole)
        agrees(cells[6], mean - between, mean + between)


def test_drivers(read, cohort):
    rows = table(cohort / "compare/drivers.tsv")
    taxa = {row["label"]: row["taxon"] for row in table(cohort / "resolve/taxa.tsv")}
    pairs = [
        (name, quantity) for name in contrasts(cohort)
        for quantity in ("share:trp_synthesis", "share:trp_diversion")
    ]  # fmt: skip
    shown = dict(zip(pairs, read.rows("taxa", "drivers"), strict=True))
    balance = read.rows("taxa", "drivers balance-drivers")
    names = [(name, "precursor_balance") for name in contrasts(cohort)]
    shown |= dict(zip(names, balance, strict=True))
    for (name, quantity), body in shown.items():
        own = {r["taxon"]: r for r in rows if (r["contrast"], r["quantity"]) == (name, quantity)}
        points = 1 if quantity == "precursor_balance" else 100
        assert len(body) == 9  # eight taxa, and all others
        for _, cells in body[:-1]:
            row = own[taxa[cells[0]]]
            part, ends, without = cells[-3:]
            agrees(part, points * float(row["part"]))
            agrees(ends, points * float(row["lower"]), points * float(row["upper"]))
            agrees(without, points * float(row["difference_without"]))
