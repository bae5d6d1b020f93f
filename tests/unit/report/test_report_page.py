"""The page as a whole: its numbers, that it is closed, and that text from users stays text."""

import base64
import hashlib
import html
import json
import re
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from conftest import make, unassessable
from html_page import Page

from tryptome.estimate.balance import EPSILON
from tryptome.knowledge.base import load
from tryptome.paths import resource
from tryptome.report import pictures
from tryptome.report.accounting import judge, not_assessable
from tryptome.report.figures.style import save_svg


@pytest.fixture(scope="module")
def made(tmp_path_factory, crossover, design):
    """A cohort whose report is written."""
    cohort = make(tmp_path_factory.mktemp("made"), crossover, **design)
    stale = cohort.report.with_name("figures") / "stale.svg"
    stale.parent.mkdir(parents=True)
    stale.write_text("from an earlier run")
    cohort.run()
    return cohort


@pytest.fixture(autouse=True)
def svg_alone_in_a_test(request, monkeypatch):
    """The cohort of the module has all files; a cohort of one test mostly needs none."""
    if request.function is not test_the_same_results_give_the_same_bytes:
        monkeypatch.setattr(pictures, "save", save_svg)
        monkeypatch.setattr(pictures, "write_single", lambda drawn, folder: None)


@pytest.fixture(scope="module")
def page(made):
    return Page(made.html)


def test_the_index_gets_what_the_page_says(made, page):
    head = json.loads(made.report.with_name("brief.json").read_text(encoding="utf-8"))
    assert head["headline"] in page.text
    assert head["verdict"] in page.text
    assert f"{head['balance']:.2f}".replace("-", "−") in page.text


UNDECIDED = [f"share:{c.name}" for c in load().capabilities if not c.source and not c.derived_from]


def test_what_nothing_can_tell_is_listed_once_and_in_no_contrast(made, page):
    assert len(UNDECIDED) == 4
    rows = {attributes.get("data-quantity") for attributes, _ in page.rows}
    assert not rows & set(UNDECIDED)
    for capability in load().capabilities:
        if f"share:{capability.name}" in UNDECIDED:
            assert f"{capability.title} (not assessable)" in page.text


def test_every_number_of_a_contrast_is_that_of_the_file(made, page):
    shown = {
        (attributes["data-contrast"], attributes["data-quantity"]): [v for _, v in cells if v]
        for attributes, cells in page.rows
        if "data-contrast" in attributes
    }
    columns = ["effect", "p", "q", "mean_reference", "mean_level", "difference"]
    table = pd.read_csv(made.inputs()["contrasts"], sep="\t")
    table = table[~table["quantity"].isin(UNDECIDED)]
    assert len(shown) == len(table) > 0
    for row in table.to_dict("records"):
        values = [float(value) for value in shown[row["contrast"], row["quantity"]]]
        assert values == pytest.approx([row[column] for column in columns], rel=1e-12)


def test_means_of_groups_count_every_person_once(made, page):
    """An independent calculation with pandas: mean of persons' means, by group."""
    balance = made.quantities.query("quantity == 'precursor_balance'")
    joined = balance.merge(made.metadata, on="sample")
    by_person = joined.groupby(["diet", "phase", "person"])["mean"].mean()
    expected = by_person.groupby(["diet", "phase"]).mean()
    cells = {row[0][0]: row for _, row in page.rows if len(row) == 9 and " · " in row[0][0]}
    for (diet, phase), mean in expected.items():
        row = cells[f"{diet} · {phase}"]
        assert [float(v) for _, v in row[1:4]] == [8, 4, 0]
        assert float(row[4][1]) == pytest.approx(mean, rel=1e-9)
        assert row[4][0] == f"{mean:.2f}".replace("-", "−")


def test_parts_of_taxa_add_up_to_the_share_of_each_column(page):
    make_means = next(
        [float(value) for _, value in cells if value]
        for attributes, cells in page.rows
        if attributes.get("data-quantity") == "share:trp_synthesis"
        and "data-contrast" not in attributes
    )
    start = next(i for i, (_, cells) in enumerate(page.rows) if cells[0][0] == "Taxon")
    parts = []
    for _, cells in page.rows[start + 1 :]:
        parts.append([float(value) for _, value in cells[4:]])
        if cells[0][0] == "all other taxa":
            break
    assert np.sum(parts, axis=0) == pytest.approx(make_means, rel=1e-9)


def test_every_sample_has_its_row_with_the_values_of_the_file(made, page):
    balance = made.quantities.query("quantity == 'precursor_balance'").set_index("sample")["mean"]
    rows = {cells[0][0]: cells for _, cells in page.rows if cells[0][0] in balance.index}
    assert list(rows) == list(balance.index)
    for sample, cells in rows.items():
        assert float(cells[5][1]) == pytest.approx(balance[sample], rel=1e-12)


def test_the_same_results_give_the_same_bytes(made, tmp_path, crossover, design):
    again = make(tmp_path / "elsewhere", crossover, **design)
    again.run()
    one, two = (
        {path.relative_to(f): path.read_bytes() for path in sorted((f / "report").rglob("*.*"))}
        for f in (made.folder, again.folder)
    )
    assert {path.suffix for path in one} == {".html", ".json", ".svg", ".png", ".pdf", ".tsv"}
    assert one == two


def test_nothing_comes_from_elsewhere(made):
    html = re.sub(r'<script type="text/plain".*?</script>', "", made.html, flags=re.DOTALL)
    page = Page(html)
    for tag, attributes in page.elements:
        for name in ("src", "href", "srcset", "action", "data"):
            value = attributes.get(name) or "#"
            outside = tag == "a" and value.startswith(("https://", "figures/", "../export/"))
            assert outside or value.startswith(("#", "data:image/svg+xml;base64,")), value
        assert not [name for name in attributes if name.startswith("on")]
        assert "style" not in attributes
    assert "@import" not in html
    assert "url(" not in html
    assert {tag for tag, _ in page.elements}.isdisjoint({"link", "iframe", "object", "base"})


def test_policy_allows_only_the_pages_own_script_and_style(made):
    html = made.html
    policy = Page(html).all("meta")[1]["content"]
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    for tag, count in (("style", 1), ("script", 3)):
        # What stands in the page in JSON is never run, and has no digest.
        inside = re.findall(f"<{tag}(?! type=.application)[^>]*>(.*?)</{tag}>", html, re.DOTALL)
        assert len(inside) == count
        digests = [base64.b64encode(hashlib.sha256(i.encode()).digest()).decode() for i in inside]
        (allowed,) = re.findall(f"{tag}-src ([^;]*);", policy)
        assert sorted(allowed.split()) == sorted(f"'sha256-{digest}'" for digest in digests)


def test_tables_have_scopes_images_have_findings_and_links_have_targets(page):
    assert all(attributes.get("scope") for attributes in page.all("th"))
    pictures = page.all("img")
    assert len(pictures) == 6
    assert all(len(picture["alt"]) > 60 for picture in pictures)
    assert "plant · baseline" in pictures[0]["alt"]
    targets = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = [link["href"] for link in page.all("a")]
    assert {link[1:] for link in links if link.startswith("#")} <= targets


HOSTILE = [
    "<script>alert(1)</script>",
    'a" onmouseover="alert(1)',
    "=> HYPERLINK(1)",
    "\u202egnp.exe",
    "$\\frac{1}{0}$ & <b>",
    "{{ 7*7 }}{% include 'x' %}",
    "nul\x01\x1b[31m",
    "x" * 10_000,
    "  ",
    "</svg><script>",
]


def test_text_from_users_stays_text(tmp_path):
    metadata = pd.DataFrame({"sample": HOSTILE, "group": HOSTILE})
    contrast = {"column": "group", "reference": "a", "level": "b", "title": HOSTILE[0]}
    made = make(
        tmp_path / "made",
        metadata,
        **dict.fromkeys(("title", "description", "citation"), HOSTILE[0]),
        groups=["group", "<img src=x>"],
        subject_column=None,
        contrast_settings={"one": contrast},
    )
    made.taxa["label"] = HOSTILE[: len(made.taxa)]
    made.resolution["lineage"] = HOSTILE[: len(made.resolution)]
    made.resolution["tier"] = "bacteria"
    made.contrasts["model"] = made.contrasts["reason"] = HOSTILE[0]
    made.ledger["notes"] = HOSTILE
    unassessable(made, HOSTILE[:1], reason=HOSTILE[0])
    page = Page(made.run())
    assert len(page.all("script")) == 4
    assert not page.all("b")
    assert len(page.all("img")) == 6
    assert not any("onmouseover" in attributes for _, attributes in page.elements)
    for text in ("<script>alert(1)</script>", "=> HYPERLINK(1)", "{{ 7*7 }}"):
        assert text in page.text
    assert "\x01" not in made.html
    assert "x" * 10_000 not in page.text
    assert any(bdi.get("title") == "x" * 10_000 for bdi in page.all("bdi"))
    for svg in made.report.with_name("figures").glob("*.svg"):
        drawn = ElementTree.parse(svg)
        assert not [
            e for e in drawn.iter() if e.tag.endswith("script") or "onmouseover" in e.attrib
        ]


def test_no_metadata_at_all(tmp_path):
    made = make(tmp_path / "made", pd.DataFrame({"sample": ["a", "b", "c"]}))
    made.ledger |= {"sample_column": None, "samples_without_metadata": ["a", "b", "c"]}
    page = Page(made.run())
    assert "Samples without metadata" not in page.text
    assert "No metadata columns were named as groups" in page.text
    assert "No contrast is configured" in page.text
    assert "No column of the metadata tells persons apart" in page.text


def test_missing_group_columns_and_relative_abundances_are_said(tmp_path):
    metadata = pd.DataFrame({"sample": ["a", "b"], "diet": ["x", "y"]})
    made = make(tmp_path / "made", metadata, groups=["diet", "age"])
    text = Page(made.run()).text
    assert "The metadata have no column age" in text
    made.ledger["values"] = "relative"
    made.accounting["reads"] = 0.9987
    relative = Page(made.run()).text
    assert "counts of reads" in text
    assert "relative abundances" in relative
    assert "and the sampling of reads" in text
    assert "and the sampling of reads" not in relative


def test_a_single_sample(tmp_path):
    made = make(tmp_path / "made", pd.DataFrame({"sample": ["only"]}))
    text = Page(made.run()).text
    assert "over 1 sample is" in text
    assert "1 of 1 sample (100%) is assessable" in text
    assert "the one sample is assessable" in text


def test_nothing_assessable_is_a_verdict_and_no_zero(tmp_path, crossover, design):
    made = make(tmp_path / "made", crossover, **design)
    unassessable(made, list(crossover["sample"]))
    numbers = ["effect", "se", "lower", "upper", "p", "q", "mean_reference", "mean_level"]
    made.contrasts[[*numbers, "difference"]] = np.nan
    made.contrasts["estimable"] = False
    made.contrasts["reason"] = "no assessable samples"
    made.contributions = made.contributions.iloc[:0]
    made.drivers = made.drivers.iloc[:0]
    page = Page(made.run())
    assert "None of 32 samples is assessable" in page.text
    assert "cannot be estimated: no assessable samples" in page.text
    shares = [
        cells
        for attributes, cells in page.rows
        if attributes.get("data-quantity", "").startswith(("share:", "mass:"))
        and "data-contrast" not in attributes
    ]
    assert len(shares) > 30
    assert all(text == "not assessable" and v is None for c in shares for text, v in c[1:])


def test_many_groups_are_pooled_and_that_is_said(tmp_path):
    names = [f"s{i:02d}" for i in range(40)]
    metadata = pd.DataFrame({"sample": names, "site": [f"site {i // 2}" for i in range(40)]})
    made = make(tmp_path / "made", metadata, groups=["site"])
    page = Page(made.run())
    assert "8 groups with the fewest samples are pooled" in page.text
    assert "8 other groups" in page.text


def test_a_thousand_samples_fit(tmp_path):
    names = [f"sample-{i:04d}" for i in range(1001)]
    metadata = pd.DataFrame(
        {"sample": names, "diet": ["plant", "animal", "omnivore"] * 333 + ["x", "y"]}
    )
    made = make(tmp_path / "made", metadata, groups=["diet"])
    html = made.run()
    assert len(html.encode()) < 5 * 2**20
    assert "The first 1,000 of 1,001 samples are listed" in Page(html).text


def test_manifest_lists_every_file_with_its_digest(made):
    table = pd.read_csv(made.report.with_name("manifest.tsv"), sep="\t")
    assert list(table.columns) == ["file", "sha256", "bytes", "knowledge"]
    base = load()
    assert set(table["knowledge"]) == {f"{base.version} sha256:{base.checksum}"}
    assert base.checksum in made.html
    assert list(table["file"]) == sorted(table["file"])
    assert len(table) == 15 + 3 * len(FIGURES) + 2 * len(SINGLE) + 1
    for row in table.to_dict("records"):
        content = (made.folder / row["file"]).read_bytes()
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
        assert row["bytes"] == len(content)


def test_the_manifest_names_the_knowledge_that_the_results_carry(tmp_path, crossover):
    cohort = make(tmp_path / "made", crossover)
    cohort.capabilities.attrs = {"knowledge": "9", "knowledge_sha256": "of a user's own"}
    cohort.run()
    table = pd.read_csv(cohort.report.with_name("manifest.tsv"), sep="\t")
    assert set(table["knowledge"]) == {f"{load().version} sha256:of a user's own"}


def test_figures_are_replaced_as_a_whole(made):
    figures = made.report.with_name("figures")
    names = {path.relative_to(figures).as_posix() for path in figures.rglob("*.*")}
    double = {f"{name}.{kind}" for name in FIGURES for kind in ("svg", "png", "pdf")}
    single = {f"single/{name}.{kind}" for name in SINGLE for kind in ("svg", "pdf")}
    assert names == double | single
    assert not list(made.report.parent.glob(".*"))


FIGURES = ("accounting", "balance", "capabilities", "drivers", "pathway", "sides", "taxa")
SINGLE = ("accounting", "balance", "drivers-1", "drivers-2", "sides", "taxa")


def test_pdfs_hold_their_fonts_as_truetype_and_no_date(made):
    for pdf in made.report.with_name("figures").rglob("*.pdf"):
        content = pdf.read_bytes()
        assert b"/FontFile2" in content
        assert b"/Type3" not in content
        assert b"CreationDate" not in content


def test_verdict_follows_the_share_of_samples_and_cells(tmp_path):
    names = [f"s{i}" for i in range(10)]
    made = make(tmp_path / "made", pd.DataFrame({"sample": names}))
    assert judge(made.content().results).level == "good"
    unassessable(made, names[:3])
    assert judge(made.content().results).level == "caution"
    unassessable(made, names[:6])
    assert judge(made.content().results).level == "bad"
    assert [sample for sample, _ in not_assessable(made.content().results)] == names[:6]


def test_one_sample_that_cannot_be_assessed_is_told_in_the_singular(tmp_path):
    made = make(tmp_path / "made", pd.DataFrame({"sample": ["a", "b", "c"]}))
    unassessable(made, ["b"])
    assert "1 of 3 samples has no precursor balance. It is neither" in Page(made.run()).text


def test_few_assessable_cells_call_for_caution(tmp_path):
    made = make(tmp_path / "made", pd.DataFrame({"sample": ["a", "b", "c"]}))
    made.quantities["assessable_cells"] = 0.7
    verdict = judge(made.content().results)
    assert verdict.level == "caution"
    assert "70% of the bacterial cells" in verdict.reason


def test_methods_name_the_constant_of_the_balance_and_every_source_once(page, made):
    methods = html.unescape(made.html.split('<section id="methods"')[1].split("</section>")[0])
    assert f"ε is {EPSILON}," in page.text
    knowledge = load()
    used = {c.source for c in knowledge.capabilities} | {"rrndb", "picrust2"}
    before = methods[: methods.index("<pre ")]
    for source in knowledge.sources:
        assert before.count(source.title) == (source.name in used), source.name
        assert methods.count(f"@misc{{{source.name},") == (source.name in used), source.name


def test_the_accuracy_section_says_what_the_table_says(made):
    table = pd.read_csv(resource("prediction", "accuracy.tsv"), sep="\t")
    section = made.html.split('<section id="accuracy"')[1].split("</section>")[0]
    by_cohort = section.split('id="accuracy-by-cohort"')[1].split("</table>")[0]
    cells = r'<td>(\w+)</td>.*?data-value="(.*?)".*?data-value="(.*?)".*?<td>([a-z ,]+)</td></tr>'
    shown = re.findall(cells, by_cohort)
    rows = table[(table["cohort"] != "pooled") & (table["samples"] > 0)]
    assert [(cohort, verdict) for cohort, *_, verdict in shown] == list(
        zip(rows["cohort"], rows["verdict"], strict=True)
    )
    for column, place in (("spearman", 1), ("partial_spearman", 2)):
        assert [float(found[place]) for found in shown] == pytest.approx(rows[column].tolist())
    unmeasured = table[table["samples"] == 0]
    assert section.count("<td>no cohort measures it</td>") == len(unmeasured) > 0
    assert section.count("<small>tryptophan, less expected with more</small>") > 0
    assert "has no measured counterpart" not in section


def test_drivers_say_of_which_difference_they_are_and_why_there_are_none(
    tmp_path, crossover, design
):
    made = make(tmp_path / "made", crossover, **design)
    drivers = made.drivers
    plant = drivers["contrast"] == "plant"
    of_balance = drivers["quantity"] == "precursor_balance"
    drivers.loc[plant & ~of_balance, "agrees_sign"] = "false"
    dropped = drivers.index[~plant & of_balance]
    why = {"taxon": "", "part": np.nan, "share": np.nan, "agrees_sign": "", "reason": "too few"}
    drivers.loc[dropped[:1], list(why)] = list(why.values())
    made.drivers = drivers.drop(index=dropped[1:])
    page = Page(made.run())
    assert "Exact parts of the plain, unadjusted difference" in page.text
    assert page.text.count("has the other sign than this plain difference") == 2
    assert page.text.count("(too few).") == 1


def test_joint_tests_are_shown_where_there_are_any(tmp_path, crossover, design, page):
    assert "all levels" not in page.text
    made = make(tmp_path / "made", crossover, **design)
    made.contrasts["p_joint"], made.contrasts["q_joint"] = 0.0217, 0.0434
    shown = Page(made.run())
    cells = [cells for attributes, cells in shown.rows if "data-contrast" in attributes]
    assert all(row[7:9] == [("0.022", "0.0217"), ("0.043", "0.0434")] for row in cells)
    assert "All levels: one test of all terms" in shown.text


def test_cells_per_gram_are_shown_with_powers_and_others_are_in_the_file(
    tmp_path, crossover, design, page
):
    assert "or of cells per gram" not in page.text
    made = make(tmp_path / "made", crossover, **design)
    own = made.contrasts[made.contrasts["quantity"] == "share:trp_synthesis"]
    means = {"mean_reference": 3.16e10, "mean_level": 5.2e10, "difference": 2.04e10}
    for name in ("trp_synthesis", "gaba"):
        rows = own.assign(quantity=f"cells_per_gram:{name}", **means)
        made.contrasts = pd.concat([made.contrasts, rows], ignore_index=True)
    shown = Page(made.run())
    rows = {
        attributes["data-quantity"]: [text for text, _ in cells]
        for attributes, cells in shown.rows
        if "data-contrast" in attributes
    }
    assert rows["cells_per_gram:trp_synthesis"][0] == "Cells per gram: can make tryptophan"
    assert {"3.2 × 10¹⁰", "5.2 × 10¹⁰", "2.0 × 10¹⁰"} <= set(rows["cells_per_gram:trp_synthesis"])
    assert "cells_per_gram:gaba" not in rows
    assert "or of a share's odds, or of cells per gram" in shown.text
