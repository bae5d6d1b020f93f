"""Where each number of the demo's page is from: an account for each of its sections.

An account claims the numbers of its section by the cells of result files that they stand for.
A phrase whose numbers are from no result file stands in `CONSTANTS`, with the reason.
"""

import json
import math
import re
import statistics
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import version
from xml.etree.ElementTree import Element

import pyarrow.parquet
from html_page import text_of
from numbers_shown import NUMBER, Sheet
from results_read import BALANCE, DIVERT, EVERYBODY, LIBRARIES, MAKE, Files, first

import tryptome
from tryptome.estimate.balance import EPSILON
from tryptome.paths import resource

CONSTANTS = {
    "log2 units": "base of the logarithm",
    "QIIME 2": "name of a program",
    "SHA-256": "name of a checksum",
    "5-Hydroxytryptophan": "name of a compound",
    "7-alpha-dehydroxylation": "name of a reaction",
}
"""Phrases of any section, and why their numbers are right."""

BASELINES = ("shannon", "depth", "forest", "elastic_net", "shuffled_taxa", "shuffled_labels")
"""Columns of what a quantity has to beat, in the order of the page."""

OF_CELLS = ("share of cells", "log2 ratio")
"""Units of what follows from shares of cells, and has an interval for all of them too."""

LEVELS = {
    # The level of the configuration.
    "95% interval": "answer groups contrasts capabilities taxa sensitivity community methods",
    # That of single samples, of the scenario and of the accuracies.
    "90% interval": "scenario further accuracy explore samples evidence limits",
}
"""Level of the intervals in the sections of these names, which have no other."""

OF_SECTION = {
    "groups": {
        "0 means as many of one as of the other; +1, twice as many that make; −1, twice": "defined",
    },
    "contrasts": {
        "+1 is a doubling": "base of the logarithm",
        "Where the interval includes 0": "what no difference is",
        "one of these may include 0": "likewise",
    },
    "capabilities": {"its own scale, which starts at 0": "drawn so"},
    "scenario": {
        "Clarke et al. 2013": "a citation",
        "Yano et al. 2015, doi:10.1016/j.cell.2015.02.047": "likewise",
    },
    "further": {
        "0 is the least of it and 1 the most": "what a rank is",
        "near 0.5 unless": "mean of all ranks",
        "0 means as many of one as of the other, +1 twice": "base of the logarithm",
    },
    "accuracy": {
        "Where that interval includes 0": "what no evidence is",
        "all of 200 shuffles": "design of the validation, see docs/validation.md",
        "Of 200 shuffles of the capabilities": "likewise",
        "as 95% of its own samples do": "where the limit of applicability lies, docs/validation.md",
    },
    "sensitivity": {"where p is under 0.05": "one minus the confidence level"},
    "community": {
        "at q under 0.05": "bound of a taxon that differs",
        "with q under 0.05": "likewise",
        "its p was at most 0.05 for 9% of the taxa, and in 18% of the comparisons": (
            "measured, docs/validation/contrasts.md"
        ),
    },
    "samples": {"the thick part holds 50%": "quartiles", "the upright line is 0": "by definition"},
    "methods": {
        "n − 1 degrees of freedom": "of a t test",
        "test (999 permutations), PERMDISP (199)": "as tests.tsv and the code have it",
        "at least 90% of samples are assessable": "a convention, named as one",
        "at least 80% of the bacterial cells": "likewise",
    },
    "limits": {
        "90% intervals held the truth in 90 to 93% of cases (50% intervals in 50 to 55%), and the "
        "mean of the balance lay 0.01 to 0.03 too high": "docs/validation.md, calibration",
        "whose interval excludes 0": "what a correlation is",
    },
}

SCENARIO = {
    "Scenario: tryptophan diverted, mg/day": "mass:diverted",
    "Scenario: tryptophan left, mg/day": "mass:left",
    "Scenario: gut contribution, mg/day": "gut_contribution:median",
}
FATES = ("mass:diverted", "mass:biomass", "mass:left", "mass:excreted")
ROUTES = ("indole", "tryptamine", "indolelactate", "indolepropionate", "indoleacetate")
TIERS = ("species", "genus", "family", "bacteria", "archaea", "eukaryota", "organelle")
TIERS += ("unassigned",)
RESOLVED = TIERS[:3]


def header(sheet: Sheet, files: Files) -> None:
    sheet.reads(sheet.one("p[@class='lead']"), files.settings["description"])
    sheet.reads(sheet.one("p[@class='cite']"), files.settings["citation"])
    sheet.reads(sheet.one("h1"), files.settings["title"])
    facts = {row[0].text: row[1] for row in sheet.one("dl[@class='facts']")}
    reads = [float(row["reads"]) for row in files.table("estimate/depth.tsv")]
    expected = {
        "Samples": len(files.persons),
        "Persons": len(set(files.persons.values())),
        "Features": len(files.table("resolve/resolution.tsv")),
        "Reads": sum(reads),
        "Resolved by name": _tiers(files)[0],
    }
    assert list(facts) == list(expected)
    for name, value in expected.items():
        sheet.says(facts[name], value)


def footer(sheet: Sheet, files: Files) -> None:
    versions = sheet.root.findall(".//p")[1]
    assert f"tryptome {tryptome.__version__}, knowledge base {_knowledge()}," in text_of(versions)
    sheet.claimed.update(versions.iter())


def answer(sheet: Sheet, files: Files) -> None:
    rows = files.table("compare/contrasts.tsv")
    own = [first(rows, contrast=name, quantity=BALANCE) for name in files.contrasts]
    told = [row for row in own if float(row["q"]) < 0.05 and _excludes_zero(row)]
    sheet.says(sheet.one("p[@class='headline']"), *([len(told)] if told else []), len(own))
    mean = files.mean(BALANCE)
    leading = []
    for side in (MAKE, DIVERT):
        parts = files.carried(side)
        leading.append(max(v for k, v in parts.items() if k != "rest") / sum(parts.values()))
    sheet.says(
        sheet.one("p[@class='figures']"),
        *(len(files.known(BALANCE)), len(set(files.persons.values())), mean),
        *(*files.interval(BALANCE), 2 ** abs(mean), *leading),
    )
    findings = sheet.root.findall(".//li")
    for found, row in zip(findings, own, strict=True):
        sheet.says(found, row["effect"], row["lower"], row["upper"], row["q"])
    _verdict(sheet, files)


def groups(sheet: Sheet, files: Files) -> None:
    rows = {text_of(cells[0]): cells for _, cells in sheet.body(sheet.named("balance-table"))}
    assert set(rows) == set(files.groups)
    others = [name for name in rows if name != EVERYBODY]
    for name, cells in rows.items():
        known, all_of = files.known(BALANCE, name), files.groups[name]
        counts = len(known), len({files.persons[row["sample"]] for row in known})
        for cell, value in zip(cells[1:4], (*counts, len(all_of) - len(known)), strict=True):
            sheet.says(cell, value)
        sheet.says(cells[4], files.mean(BALANCE, name))
        sheet.says(cells[5], *files.interval(BALANCE, name))
        sheet.says(cells[6], *files.interval(BALANCE, name, taxa=False))
        for cell, side in zip(cells[7:], (MAKE, DIVERT), strict=True):
            sheet.says(cell, files.mean(side, name), *files.interval(side, name))
    alt = [x for n in others for x in (files.mean(BALANCE, n), *files.interval(BALANCE, n))]
    sheet.tells(sheet.one("img"), "alt", *alt)


def contrasts(sheet: Sheet, files: Files) -> None:
    rows = files.table("compare/contrasts.tsv")
    shown = sheet.root.findall(".//table")
    assert len(shown) == len(files.contrasts)
    for name, table in zip(files.contrasts, shown, strict=True):
        own = [row for row in rows if row["contrast"] == name and row["estimable"] == "true"]
        models = list(dict.fromkeys(row["model"] for row in own))
        sheet.says(table.find("caption"), *_permutations(models))
        for attributes, cells in sheet.body(table):
            row = first(own, quantity=attributes["data-quantity"])
            share = row["quantity"].startswith("share:")
            points = 100 if share else 1
            level = points if row["kind"] != "difference" and share else 1
            columns = ("effect", ("lower", "upper"), None, "p", "p_permutation", "q")
            for cell, column in zip(cells[1:7], columns, strict=True):
                names = (column,) if isinstance(column, str) else column or ()
                sheet.says(cell, *(row[name] for name in names))
            for cell, column in zip(cells[7:9], ("mean_reference", "mean_level"), strict=True):
                exact = float(row[column])
                sheet.says(cell, level * exact, exactly=exact)
            difference = float(row["difference"])
            sheet.says(cells[9], points * difference, exactly=difference)
            sheet.says(cells[10], row["samples"], row["persons"])


def capabilities(sheet: Sheet, files: Files) -> None:
    columns = _columns(sheet.named("capability-table"))
    seen = []
    for attributes, cells in sheet.body(sheet.named("capability-table")):
        quantity = attributes.get("data-quantity")
        if quantity is None:
            continue
        means = [files.mean(quantity, name) for name in columns]
        seen += [min(means[1:]), max(means[1:])]
        for cell, name, mean in zip(cells[1:], columns, means, strict=True):
            sheet.says(cell, mean, *files.interval(quantity, name))
    sheet.tells(sheet.one("img"), "alt", *seen)


def scenario(sheet: Sheet, files: Files) -> None:
    for anchor in ("mass-table", "contribution-table"):
        columns = _columns(sheet.named(anchor))
        for attributes, cells in sheet.body(sheet.named(anchor)):
            for cell, name in zip(cells[-len(columns) :], columns, strict=True):
                sheet.says(cell, *files.band(attributes["data-quantity"], name))
    _map(sheet, files)
    _budget(sheet, files)
    rows = files.table("estimate/scenario_checks.tsv")
    agreeing = sum(row["agrees"] == "true" for row in rows)
    (said,) = [p for p in sheet.root.findall(".//p") if "went into no prior" in text_of(p)]
    sheet.says(said, agreeing, len(rows))
    body = sheet.body(sheet.named("check-table"))
    for (_, cells), row in zip(body, rows, strict=True):
        sheet.reads(cells[0], f"{row['figure']} {row['reported']}; {row['quantity']}")
        sheet.says(cells[2], row["q50"], row["q05"], row["q95"])
        ends = list(dict.fromkeys((row["literature_low"], row["literature_high"])))
        sheet.says(cells[3], *ends)
        told = (row["source"], row["conversion"], row["note"])
        sheet.reads(cells[5], " ".join(filter(None, told)))


def further(sheet: Sheet, files: Files) -> None:
    shown = ("faecal:", "cofactor:", "host_drive:")
    wanted = {key[1] for key in files.quantities if key[1].startswith(shown)}
    literature = _reported(files)
    seen = set()
    for anchor in ("faecal-table", "cofactor-table", "drive-table"):
        columns = _columns(sheet.named(anchor))
        for attributes, cells in sheet.body(sheet.named(anchor)):
            quantity = attributes["data-quantity"]
            seen.add(quantity)
            for cell, name in zip(cells[1:], columns, strict=True):
                sheet.says(cell, *files.band(quantity, name))
            if anchor == "faecal-table":
                sheet.says(cells[0], *_held(files, quantity))
            reports = [link.text for link in cells[0].iter("a")]
            assert reports == literature.get(quantity, [])
            sheet.claimed.update(link for link in cells[0].iter("a"))
    for one in sheet.one("ul[@class='notes absent']"):
        quantity = one.attrib["data-quantity"]
        rows = [files.quantities[sample, quantity] for sample in files.persons]
        (reason,) = {row["reason"] for row in rows}
        sheet.reads(one, f"{quantity.partition(':')[2].capitalize()}: {reason}")
        seen.add(quantity)
    assert seen == wanted


def taxa(sheet: Sheet, files: Files) -> None:
    sides = sheet.classed("carriers")
    for side, body in zip((MAKE, DIVERT), sides, strict=True):
        names = _columns(sheet.root.find(".//table[@class='carriers']"))
        parts = {name: files.carried(side, name) for name in names}
        shown = {files.taxa[text_of(cells[0])] for _, cells in body[:-1]}
        ranked = sorted((v for k, v in parts[EVERYBODY].items() if k != "rest"), reverse=True)
        assert sorted((parts[EVERYBODY][k] for k in shown), reverse=True) == ranked[:8]
        for _, cells in body:
            taxon = files.taxa.get(text_of(cells[0]))
            _evidence(sheet, files, taxon, side, cells[1:4])
            for cell, of in zip(cells[4:], parts.values(), strict=True):
                rest = sum(of.values()) - sum(of.get(k, 0.0) for k in shown)
                sheet.says(cell, of.get(taxon, 0.0) if taxon else rest)
    pairs = [(name, side) for name in files.contrasts for side in (MAKE, DIVERT)]
    for (name, side), body in zip(pairs, sheet.classed("drivers"), strict=True):
        _drivers(sheet, files, name, side, body)
    balance = sheet.classed("drivers balance-drivers")
    for name, body in zip(files.contrasts, balance, strict=True):
        _drivers(sheet, files, name, BALANCE, body)


def accounting(sheet: Sheet, files: Files) -> None:
    _verdict(sheet, files)
    shown = []
    for _, cells in sheet.body(sheet.named("tier-table")):
        values = _tiers(files, text_of(cells[0]))
        shown.append(values[0])
        for cell, value in zip(cells[1:], values, strict=True):
            sheet.says(cell, value)
    sheet.tells(sheet.one("img"), "alt", *shown)
    ledger = files.ledger
    counts = [(ledger[f"{what}_in"], ledger[f"{what}_out"]) for what in ("samples", "features")]
    lists = ("empty_samples", "samples_without_metadata", "metadata_without_samples")
    rows = list(sheet.one("dl[@class='ledger']"))
    sheet.reads(rows[0][1], f"{ledger['format']}, {ledger['orientation'].replace('_', ' ')}")
    expected = [(), *counts, *((len(ledger[name]),) for name in lists)]
    for row, values in zip(rows[1:], expected, strict=True):
        sheet.says(row[1], *values)
    for found, note in zip(sheet.one("ul[@class='notes']"), ledger["notes"], strict=True):
        sheet.reads(found, note)
    _unresolved(sheet, files)
    gone = [r for r in files.quantities.values() if r["quantity"] == BALANCE]
    gone = [row for row in gone if not row["assessable"]]
    told = re.compile("ha(s|ve) no precursor")
    (said,) = [p for p in sheet.root.findall(".//p") if told.search(text_of(p))]
    sheet.says(said, len(gone), len(files.persons))
    for found, row in zip(sheet.one("ul[@class='unassessable']"), gone, strict=True):
        sheet.reads(found, f"{row['sample']}: {row['reason']}")


def accuracy(sheet: Sheet, files: Files) -> None:
    rows = files.accuracy
    fitted = [r for r in rows if r["quantity"].startswith("faecal:") and r["shuffled_taxa"]]
    above = [row for row in fitted if float(row["spearman"]) > float(row["shuffled_taxa"])]
    sheet.says(sheet.root.find(".//p[@class='note']"), len(above), len(fitted))
    _alike(sheet, files)
    last = {(row["quantity"], row["metabolite"]): row for row in rows}
    apart = [row for row in rows if row["cohort"] != "pooled" and row["spearman"]]
    for anchor, expected in (("accuracy-table", last.values()), ("accuracy-by-cohort", apart)):
        body = sheet.body(sheet.named(anchor))
        for (_, cells), row in zip(body, expected, strict=True):
            sheet.reads(cells[1], row["cohort"])
            sheet.says(cells[2], row["samples"], row["persons"])
            names = ("spearman", "lower", "upper")
            sheet.says(cells[3], *_known(row, names))
            sheet.says(cells[4], *_known(row, [f"partial_{name}" for name in names]))
            if anchor == "accuracy-by-cohort":
                for cell, name in zip(cells[5:7], ("detected", "coverage_90"), strict=True):
                    sheet.says(cell, *_known(row, [name]))
    for (_, cells), row in zip(sheet.body(sheet.named("accuracy-baselines")), apart, strict=True):
        sheet.reads(cells[1], row["cohort"])
        for cell, name in zip(cells[2:], ("spearman", *BASELINES), strict=True):
            sheet.says(cell, *_known(row, [name]))


def _known(row: dict[str, str], names: Iterable[str]) -> list[str]:
    return [row[name] for name in names if row[name]]


def sensitivity(sheet: Sheet, files: Files) -> None:
    summary = files.table("sensitivity/summary.tsv")
    tried = files.table("sensitivity/specifications.tsv")
    curves: dict[str, list[float]] = {q: [] for q in (BALANCE, MAKE, DIVERT)}
    for name, body in zip(files.contrasts, sheet.classed("sensitivity"), strict=True):
        for attributes, cells in body:
            key = {"contrast": name, "quantity": attributes["data-quantity"]}
            row = first(summary, **key)
            sheet.says(cells[1], row["effect"])
            sheet.says(cells[2], row["lower"], row["upper"])
            sheet.says(cells[3], row["p"])
            sheet.says(cells[4], row["effect_lowest"], row["effect_highest"])
            sheet.says(cells[5], row["agree_sign"])
            sheet.says(cells[6], row["agree_significance"])
            sheet.says(cells[7], row["estimable"], row["specifications"])
            own = [r for r in tried if (r["contrast"], r["quantity"]) == tuple(key.values())]
            _conclusion(sheet, cells[8], row, own)
        for quantity, curve in curves.items():
            whole = [r for r in tried if (r["contrast"], r["quantity"]) == (name, quantity)]
            effects = [float(r["effect"]) for r in whole if r["effect"]]
            significant = [float(r["p"]) < 0.05 for r in whole if r["effect"]]
            curve += [min(effects), max(effects), sum(significant) / len(significant)]
    images = sheet.root.findall(".//section[@id='sensitivity']//img")
    for image, curve in zip(images, curves.values(), strict=True):
        sheet.tells(image, "alt", *curve)


def community(sheet: Sheet, files: Files) -> None:
    tests = files.table("community/tests.tsv")
    beyond = files.table("community/beyond_diversity.tsv")
    abundance = files.table("community/abundance.tsv")
    body = sheet.body(sheet.named("community-table"))
    for name, (_, cells) in zip(files.contrasts, body, strict=True):
        own = [row for row in tests if row["contrast"] == name]
        shannon = first(own, metric="shannon", test="contrast")
        sheet.says(cells[1], shannon["statistic"], shannon["p"])
        for cell, metric in zip(cells[2:4], ("aitchison", "bray_curtis"), strict=True):
            row = first(own, metric=metric, test="permanova")
            sheet.says(cell, *([row["r2"], row["p"]] if row["p"] else []))
            assert row["p"] or "Bray-Curtis" in row["reason"], "the demo tests all else"
        scatter = first(own, metric="aitchison", test="permdisp")["p"]
        sheet.says(cells[4], *filter(None, [scatter]))
        of_taxa = [row for row in abundance if row["contrast"] == name]
        counts = [
            len([row for row in of_taxa if row["q"] and float(row["q"]) < 0.05]),
            len(of_taxa),
        ]
        assert len({row["method"] for row in of_taxa}) <= 1, "the demo has one method a contrast"
        said = [f"{counts[0]} of {counts[1]} (ANCOM-BC2)"] if of_taxa else ["–"]
        assert {row["left_out"] for row in of_taxa} <= {"0"}, "the demo leaves no sample out"
        sheet.reads(cells[5], "; ".join(said))
        row = first(beyond, contrast=name, quantity=BALANCE)
        sheet.says(cells[6], row["effect"], row["p"])
        sheet.says(cells[7], row["effect_given_shannon"], row["p_given_shannon"])
    for (_, cells), row in zip(sheet.body(sheet.named("beyond-table")), beyond, strict=True):
        sheet.says(cells[2], *(row[name] for name in ("effect", "lower", "upper", "p")))
        given = [row[f"{n}_given_shannon"] for n in ("effect", "lower", "upper", "p")]
        sheet.says(cells[3], *given)
    _abundance(sheet, files, abundance)
    axes = files.table("community/ordination.tsv")
    explained = [
        value
        for metric in ("aitchison", "bray_curtis") for axis in "12"
        for value in (axis, first(axes, metric=metric, axis=axis)["explained"])
    ]  # fmt: skip
    sheet.tells(sheet.one("img"), "alt", *explained)


def explore(sheet: Sheet, files: Files) -> None:
    pairs = [
        (files.quantities[s, MAKE]["mean"], files.quantities[s, DIVERT]["mean"])
        for s in files.persons if files.quantities[s, BALANCE]["assessable"]
    ]  # fmt: skip
    sheet.tells(sheet.one("img"), "alt", sum(make > divert for make, divert in pairs), len(pairs))
    data = json.loads(sheet.named("explore-data").text)
    assert data["samples"] == list(files.persons)
    by_name = {name: place for place, name in enumerate(files.groups)}
    of_sample = {s: n for n, own in files.groups.items() if n != EVERYBODY for s in own}
    assert [data["groups"][g] for g in data["group"]] == [of_sample[s] for s in files.persons]
    assert len(data["quantities"]) > 10
    for quantity, entry in data["quantities"].items():
        for name, column in (("mean", "mean"), ("low", "q05"), ("high", "q95")):
            for sample, shown in zip(data["samples"], entry[name], strict=True):
                row = files.quantities[sample, quantity]
                assert (shown is None) == (not row["assessable"])
                assert shown is None or _in_four_digits(shown, row[column])
        for mean in entry["means"]:
            name = data["groups"][mean["group"]]
            assert name in by_name
            values = files.mean(quantity, name), *files.interval(quantity, name)
            shown = (mean["x"], mean["low"], mean["high"])
            assert all(map(_in_four_digits, shown, values)), mean
            sheet.agrees(mean["words"], *values)


def samples(sheet: Sheet, files: Files) -> None:
    known = files.known(BALANCE)
    ends = min(row["q05"] for row in known), max(row["q95"] for row in known)
    sheet.says(sheet.root.find(".//p"), *ends)
    depth = {row["sample"]: float(row["reads"]) for row in files.table("estimate/depth.tsv")}
    tiers = {row["sample"]: row for row in files.table("estimate/accounting.tsv")}
    body = sheet.body(sheet.named("sample-table"))
    for (_, cells), sample in zip(body, files.persons, strict=True):
        sheet.reads(cells[0], sample)
        sheet.says(cells[3], depth[sample])
        sheet.says(cells[4], sum(float(tiers[sample][tier]) for tier in RESOLVED))
        balance = files.quantities[sample, BALANCE]
        places = (5, 7, 8)
        if not balance["assessable"]:
            sheet.reads(cells[5], f"not assessable: {balance['reason']}")
            places = (None, 6, 7)
        for place, quantity in zip(places, (BALANCE, MAKE, DIVERT), strict=True):
            row = files.quantities[sample, quantity]
            if place is not None and row["assessable"]:
                sheet.says(cells[place], row["mean"], row["q05"], row["q95"])
    _portraits(sheet, files)


def evidence(sheet: Sheet, files: Files) -> None:
    told = Counter(key[1] for key, row in files.capability.items() if row["assessable"])
    for block in sheet.root.findall(".//div[@class='evidence']"):
        name = block.attrib["id"].removeprefix("evidence-")
        table = block.find(".//table")
        if table is None:
            continue
        body = sheet.body(table)
        for _, cells in body:
            row = files.capability[files.taxa[text_of(cells[0])], name]
            sheet.says(cells[1], row["mean"])
            sheet.says(cells[2], row["q05"], row["q95"])
            sheet.says(cells[3], row["positive_species"], row["species"])
            sheet.says(cells[4], row["positives"], row["genomes"])
        sheet.says(table.find("caption"), told[name] - len(body))


def methods(sheet: Sheet, files: Files) -> None:
    paragraphs = {text_of(p)[:24]: p for p in sheet.root.findall(".//p")}
    sheet.says(paragraphs["Shares, the balance and "], EPSILON)
    settings = {text_of(row[0]): row[1] for row in sheet.one("dl[@class='settings']")}
    sheet.says(paragraphs["A value is not assessabl"], text_of(settings["estimate.min_assessable"]))
    models = sorted({row["model"] for row in files.table("compare/contrasts.tsv")})
    fewest_first = sorted(_permutations(models))
    said = paragraphs["Contrasts were estimated"]
    shown = [int(n) for n in re.findall(r"all (\d+)", text_of(said))]
    assert sorted(shown) == fewest_first
    sheet.says(said, *shown)
    versions = [f"{name} {version(name)}" for name in LIBRARIES]
    sheet.reads(
        paragraphs[f"tryptome {tryptome.__version__}, knowledge base"[:24]],
        f"tryptome {tryptome.__version__}, knowledge base {_knowledge()} "
        f"(SHA-256 {_checksum(files)}); {', '.join(versions)}.",
    )
    bibtex = text_of(sheet.named("bibtex")).replace(r"\_", "_")
    own = f"version = {{{tryptome.__version__}}}"
    assert own in bibtex
    assert not NUMBER.findall(sheet.without_constants(bibtex.replace(own, "")))
    sheet.claimed.update(sheet.named("bibtex").iter())
    defaults = {"estimate.min_assessable": 0.5, "estimate.cover": 0.95}
    defaults |= {"compare.confidence": 0.95, "compare.drivers": 20, "seed": 1}
    for name, value in defaults.items():
        sheet.says(settings[name], value)


def limits(sheet: Sheet, files: Files) -> None:
    """Of serotonin the limits repeat one row of the accuracies."""
    row = first(files.accuracy, quantity=BALANCE, metabolite="serotonin", cohort="POYET")
    (said,) = [e for e in sheet.root.findall(".//li") if "Serotonin itself" in text_of(e)]
    sheet.says(said, *(row[f"partial_{name}"] for name in ("spearman", "lower", "upper")))


def _in_four_digits(shown: float, value: float) -> bool:
    """Whether the place of a point, which has four digits, is that of a value."""
    if value == 0 or abs(value) < 1e-9:
        return abs(shown) < 1e-9
    return abs(shown - value) <= 0.501 * 10 ** (math.floor(math.log10(abs(value))) - 3)


def phrases(section: str) -> set[str]:
    """Everything whose numbers are from no file, in a section."""
    level = [level for level, sections in LEVELS.items() if section in sections.split()]
    return {*CONSTANTS, *OF_SECTION.get(section, {}), *level}


def _columns(table: Element) -> list[str]:
    """Labels of the columns of groups, which are the last of a table's head."""
    heads = [text_of(head).strip() for head in table.find("thead/tr")]
    return heads[heads.index(EVERYBODY) :]


def _excludes_zero(row: dict) -> bool:
    return float(row["lower"]) > 0 or float(row["upper"]) < 0


def _knowledge() -> str:
    return resource("knowledge", "VERSION").read_text(encoding="utf-8").strip()


def _checksum(files: Files) -> str:
    """Of the knowledge base, as the annotated taxa carry it."""
    path = files.cohort / "annotate/capabilities.parquet"
    carried = pyarrow.parquet.read_schema(path).metadata[b"pandas"]
    return json.loads(carried)["attributes"]["knowledge_sha256"]


def _permutations(models: list[str]) -> list[int]:
    """Numbers of permutations in the names of models."""
    found = [re.search(r"by all (\d+) permutations", model) for model in models]
    return [int(one[1]) for one in found if one]


def _verdict(sheet: Sheet, files: Files) -> None:
    known = files.known(BALANCE)
    said = sheet.root.findall(".//p")
    (said,) = [p for p in said if p.get("class", "").startswith("verdict ")]
    cells = statistics.median(row["assessable_cells"] for row in known)
    whole = len(files.persons)
    sheet.says(said, len(known), whole, len(known) / whole, cells)


def _tiers(files: Files, group: str = EVERYBODY) -> list[float]:
    """Share of the reads that is resolved, then that of each tier, mean over the samples."""
    inside = set(files.groups[group])
    rows = [r for r in files.table("estimate/accounting.tsv") if r["sample"] in inside]
    means = [statistics.fmean(float(row[tier]) for row in rows) for tier in TIERS]
    return [sum(means[: len(RESOLVED)]), *means]


def _map(sheet: Sheet, files: Files) -> None:
    sources = ("mass:reaching", "mass:released")
    routes = [f"mass:diverted:{route}" for route in ROUTES]
    band = {name: files.band(name) for name in (*sources, *FATES, *routes)}
    incoming = sum(band[name][0] for name in sources)
    flows = [g for g in sheet.root.iter("g") if g.get("class", "").startswith("flow ")]
    for flow, name in zip(flows, band, strict=True):
        values = [*band[name], band[name][0] / incoming]
        if name in routes:
            share = f"share:{name.rpartition(':')[2]}"
            values += [files.mean(share), *files.interval(share)]
        sheet.tells(flow, "aria-label", *values)
        sheet.says(flow.find("title"), *values)
    texts = list(sheet.root.iter("text"))
    labelled = [*sources, None, *FATES, *routes]
    for text, name in zip(texts, labelled, strict=True):
        sheet.says(text, *(band[name] if name else ()))
    told = [value for name in FATES for value in band[name]]
    sheet.says(sheet.named("map-text"), incoming, *told)


def _held(files: Files, quantity: str) -> list[float]:
    """Least and most coverage over cohorts, in how many they are."""
    own = [r["coverage_90"] for r in files.accuracy if r["quantity"] == quantity]
    values = sorted(float(one) for one in own if one)
    return [*dict.fromkeys((values[0], values[-1])), len(values)]


def _reported(files: Files) -> dict[str, list[str]]:
    """DOIs of what is reported to induce, by quantity."""
    made_by = {"butyrate": ("butyrate",), "scfa": ("acetate", "propionate")}
    made_by |= {"spore_formers": ("spore_forming",)}
    said = {r["capability"]: r["doi"] for r in files.literature if r["direction"] == "induces"}
    return {
        f"host_drive:{name}": list(dict.fromkeys(said[one] for one in by))
        for name, by in made_by.items()
    }


def _budget(sheet: Sheet, files: Files) -> None:
    rows = files.table("estimate/budget.tsv")
    for attributes, cells in sheet.body(sheet.named("budget-table")):
        own = [r for r in rows if r["quantity"] == attributes["data-budget"] and r["mean"]]
        parts = {row["source"]: float(row["mean"]) for row in own}
        priors = sum(part for name, part in parts.items() if name.startswith("prior:"))
        sample = sum(parts.values()) - priors - parts.get("interactions", 0.0)
        # The file's parts are rounded: their sum has no more digits that mean something.
        sheet.says(cells[1], sample, exactly=round(sample, 8))
        sheet.says(cells[2], priors, exactly=round(priors, 8))
        ranked = sorted(parts.values(), reverse=True)
        sheet.says(cells[3], *ranked[:5], *([sum(ranked[5:])] if ranked[5:] else []))
        if attributes["data-budget"] == "mass:left":
            (said,) = [p for p in sheet.root.findall(".//p") if "Of the variance" in text_of(p)]
            sheet.says(said, sample, priors)


def _evidence(sheet: Sheet, files: Files, taxon: str | None, side: str, cells: list) -> None:
    """Prevalence of a taxon, its species and, in a third cell, its genomes."""
    row = files.capability.get((taxon, side.removeprefix("share:")))
    values = ("mean",), ("positive_species", "species"), ("positives", "genomes")
    for cell, names in zip(cells, values, strict=False):
        sheet.says(cell, *([row[name] for name in names] if row else []))


def _drivers(sheet: Sheet, files: Files, name: str, quantity: str, body: list) -> None:
    rows = files.table("compare/drivers.tsv")
    own = {r["taxon"]: r for r in rows if (r["contrast"], r["quantity"]) == (name, quantity)}
    points = 1 if quantity == BALANCE else 100
    parts = {taxon: float(row["part"]) for taxon, row in own.items()}
    shown = [files.taxa[text_of(cells[0])] for _, cells in body[:-1]]
    largest = sorted((abs(v) for k, v in parts.items() if k != "rest"), reverse=True)[:8]
    assert [abs(parts[taxon]) for taxon in shown] == largest
    for taxon, (_, cells) in zip([*shown, None], body, strict=True):
        _evidence(sheet, files, taxon, quantity, cells[1:-3])
        part = parts[taxon] if taxon else sum(parts.values()) - sum(parts[t] for t in shown)
        sheet.says(cells[-3], points * part, exactly=part)
        row = own[taxon] if taxon else {"lower": "", "upper": "", "difference_without": ""}
        ends = [float(row[name]) for name in ("lower", "upper") if row[name]]
        sheet.says(cells[-2], *(points * end for end in ends))
        without = [float(row["difference_without"])] if row["difference_without"] else []
        sheet.says(cells[-1], *(points * one for one in without), exactly=(without or [0])[0])


def _unresolved(sheet: Sheet, files: Files) -> None:
    lost: dict[tuple[str, str], list[float]] = {}
    for row in files.table("resolve/resolution.tsv"):
        if row["tier"] not in RESOLVED:
            sums = lost.setdefault((row["lineage"] or row["feature"], row["tier"]), [0, 0.0, 0.0])
            for place, more in enumerate((1, float(row["reads"]), float(row["share"]))):
                sums[place] += more
    ranked = sorted(lost.values(), key=lambda sums: -sums[1])[:15]
    body = sheet.body(sheet.named("unresolved-table"))
    for (_, cells), sums in zip(body, ranked, strict=True):
        for cell, value in zip(cells[2:], sums, strict=True):
            sheet.says(cell, value)


def _alike(sheet: Sheet, files: Files) -> None:
    rows = [row for row in files.table("estimate/applicability.tsv") if row["distance"]]
    like = sum(row["like_training"] == "true" for row in rows)
    middle = statistics.median(float(row["distance"]) for row in rows)
    nearest = Counter(row["nearest"] for row in rows)
    counts = [nearest[name] for name in sorted(nearest)]
    sheet.says(sheet.named("applicability"), like, len(rows), like / len(rows), middle, *counts)


def _conclusion(sheet: Sheet, cell: Element, main: dict, tried: list[dict]) -> None:
    others = [row for row in tried if row["specification"] != "main"]
    found = float(main["p"]) < 0.05
    broken = [
        row for row in others
        if row["agrees_significance"] == "false" or (found and row["agrees_sign"] == "false")
    ]  # fmt: skip
    told = sum(bool(row["effect"]) for row in others)
    if not broken:
        sheet.says(cell, told)
        return
    alone = [row for row in broken if row["changed"] == "1"]
    least = [r["min_prevalence"] for r in alone[:5] if r["specification"].startswith("min_prev")]
    sheet.says(cell, len(broken), told, *least, *([len(alone) - 5] if len(alone) > 5 else []))


def _abundance(sheet: Sheet, files: Files, rows: list[dict]) -> None:
    body = iter(sheet.body(sheet.named("abundance-table")))
    for name in files.contrasts:
        own = [r for r in rows if r["contrast"] == name and r["q"] and float(r["q"]) < 0.05]
        for row in sorted(own, key=lambda row: float(row["p"]))[:8]:
            _, cells = next(body)
            sheet.reads(cells[1], files.labels[row["taxon"]])
            sheet.says(cells[3], row["log2_fold_change"])
            sheet.says(cells[4], row["q"])
            for cell, side in zip(cells[5:], ("trp_synthesis", "trp_diversion"), strict=True):
                share = row[f"prevalence_{side}"]
                sheet.says(cell, *([share] if share else []))
    assert next(body, None) is None


def _portraits(sheet: Sheet, files: Files) -> None:
    titles = {one["title"]: f"share:{one['name']}" for one in files.knowledge}
    titles |= SCENARIO | {"Precursor balance": BALANCE}
    leading: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for row in files.parquet("estimate/contributions.parquet"):
        if row["taxon"] != "rest":
            parts = leading.setdefault((row["sample"], row["quantity"]), [])
            parts.append((row["mean"], row["share"]))
    said = iter(sheet.root.findall(".//details[@class='portrait']/p"))
    for number, sample in enumerate(files.persons, 1):
        for _, (label, mean, ends) in sheet.body(sheet.named(f"sample-{number}")):
            row = files.quantities[sample, titles[text_of(label)]]
            if row["assessable"]:
                sheet.says(mean, row["mean"])
                columns = (
                    "q05",
                    "q95",
                    *(("all_q05", "all_q95") if row["unit"] in OF_CELLS else ()),
                )
                sheet.says(ends, *(row[column] for column in columns))
            else:
                sheet.reads(ends, row["reason"])
        sides = [sorted(leading.get((sample, side), []), reverse=True) for side in (MAKE, DIVERT)]
        if all(sides):
            sheet.says(next(said), *(share for side in sides for _, share in side[:3]))
    assert next(said, None) is None


ACCOUNTS = {
    "header": header, "answer": answer, "groups": groups, "contrasts": contrasts,
    "capabilities": capabilities, "scenario": scenario, "further": further, "taxa": taxa,
    "accounting": accounting,
    "accuracy": accuracy, "sensitivity": sensitivity, "community": community,
    "explore": explore, "samples": samples, "evidence": evidence, "methods": methods,
    "limits": limits, "footer": footer,
}  # fmt: skip
