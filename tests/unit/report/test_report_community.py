"""The section on the community sets its tests beside the function."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import make, ordination_rows

from tryptome.groups import form
from tryptome.report import page, pictures
from tryptome.report.content import Content
from tryptome.report.figures import ordination
from tryptome.report.figures.style import save
from tryptome.report.wording import BLANK

KINDS = [("shannon", "contrast"), ("observed", "contrast")]
KINDS += [(m, t) for m in ("aitchison", "bray_curtis") for t in ("permanova", "permdisp")]


def whole(contrast, reason=""):
    rows = []
    for metric, test in KINDS:
        known = not reason or test == "contrast"
        numbers = {"statistic": 0.5, "p": 0.004, "r2": 0.12 if test == "permanova" else np.nan}
        if not known:
            numbers = dict.fromkeys(numbers, np.nan)
        own = {"metric": metric, "test": test, "reason": "" if known else reason}
        units = "samples" if known else ""
        rows.append({"contrast": contrast, "term": "", **own, **numbers, "units": units})
    return pd.DataFrame(rows)


def beyond_of(contrast, verdict="more than diversity"):
    numbers = {"effect": 0.4, "lower": 0.1, "upper": 0.7, "p": 0.002}
    row = {"contrast": contrast, "quantity": "precursor_balance", "term": "", "verdict": verdict}
    row |= numbers | {f"{name}_given_shannon": value / 2 for name, value in numbers.items()}
    return pd.DataFrame([row])


def abundance_of(contrast):
    rows = {"taxon": ["g__Bacteroides", "g__Blautia"], "q": [0.001, 0.2], "p": [0.0001, 0.1]}
    table = pd.DataFrame(rows).assign(contrast=contrast, method="ancombc2", log2_fold_change=-2.5)
    table["term"] = ""
    table["left_out"] = "0"
    return table.assign(prevalence_trp_synthesis=0.9, prevalence_trp_diversion=np.nan)


@pytest.fixture
def shown(tmp_path, crossover, design):
    def show(**tables):
        given = make(tmp_path / "made", crossover, **design).content()
        content = Content(replace(given.results, **tables), given.settings, given.knowledge)
        drawn = pictures.Embedded("", "", "", "", 1, 1)
        names = ("balance", "accounting", "capabilities", "sides")
        context = content.context(dict.fromkeys(names, drawn))
        return context["community"], page.render(context)

    return show


def test_tests_stand_beside_the_balance(shown):
    reason = "scikit-bio's tests take one factor and no interaction"
    section, html = shown(
        tests=pd.concat([whole("plant"), whole("animal", reason)]),
        beyond_diversity=pd.concat([beyond_of("plant"), beyond_of("animal", "no difference")]),
        abundance=abundance_of("plant"),
    )
    first, second = section.sides
    assert first.aitchison.replace(BLANK, " ") == "12% (p = 0.004)"
    assert first.shannon.replace(BLANK, " ") == "+0.50 (p = 0.004)"
    assert first.balance.replace(BLANK, " ") == "+0.40 (p = 0.002)"
    assert first.given.replace(BLANK, " ") == "+0.20 (p = 0.001)"
    assert first.taxa == "1 of 2 (ANCOM-BC2)"
    cells = (second.aitchison, second.bray_curtis, second.dispersion, second.taxa)
    assert cells == ("–",) * 4
    assert second.units == [reason]
    assert html.count("take one factor and no interaction") == 1
    (taxon,) = section.taxa
    assert (taxon.label, taxon.change, taxon.make, taxon.divert) == (
        "Bacteroides",
        "−2.50",
        "90%",
        "–",
    )
    assert 'id="community-table"' in html
    assert "more than diversity" in html


def test_samples_whose_taxa_are_not_compared_are_counted(shown):
    section, html = shown(
        tests=whole("plant"),
        beyond_diversity=beyond_of("plant"),
        abundance=abundance_of("plant").assign(left_out="150000"),
    )
    (side,) = section.sides
    assert side.taxa == "1 of 2 (ANCOM-BC2); 150,000 samples left out"
    assert side.taxa in html


def test_without_contrasts_the_section_says_so(shown):
    section, html = shown(
        tests=whole("plant").iloc[:0],
        beyond_diversity=beyond_of("plant").iloc[:0],
        abundance=abundance_of("plant").iloc[:0],
    )
    assert section.sides == []
    assert "so no groups were compared" in html
    assert 'id="community-table"' not in html


def test_samples_are_drawn_where_their_axes_put_them(tmp_path, crossover):
    names = list(crossover["sample"])
    table = ordination_rows(names[1:])
    grouping = form(crossover, ["diet", "phase"], {})
    drawn = ordination.draw(table, names, grouping)
    panel = drawn.figure.axes[0]
    points = np.concatenate([one.get_offsets() for one in panel.collections])
    own = table[(table["metric"] == "aitchison") & (table["axis"] == 1)]
    # The first sample has no reads, and no point.
    assert np.isfinite(np.ma.filled(points, np.nan)).all(axis=1).sum() == len(names) - 1
    assert np.nansum(np.ma.filled(points, np.nan)[:, 0]) == pytest.approx(own["value"].sum())
    assert panel.get_xlabel() == "axis 1 (40%)"
    save(drawn, tmp_path)
    assert "Bray-Curtis" in (tmp_path / "ordination.svg").read_text()
