"""The section on sensitivity says what stands, and what a conclusion hangs on."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import make
from html_page import part
from numbers_shown import Sheet

from tryptome.report import page, pictures
from tryptome.report.content import Content
from tryptome.report.figures import specifications as specification_curve
from tryptome.report.figures.style import save

MAIN = {"copy_number": "true", "rank": "species", "evidence": "all", "min_prevalence": "0"}
MAIN |= {"left_out": "", "covariates": "", "without_covariate": ""}
OTHERS = {
    "rank=genus": {"rank": "genus"},
    "copy_number=false": {"copy_number": "false"},
    "rank=family": {"rank": "family"},
    "evidence=close": {"evidence": "close"},
    "evidence=without mcseed": {"evidence": "without mcseed"},
    "evidence=trp_synthesis from paprica": {"evidence": "trp_synthesis from paprica"},
    "min_prevalence=0.1": {"min_prevalence": "0.1"},
    "left_out=g__Bacteroides": {"left_out": "g__Bacteroides"},
    "copy_number=false; rank=family": {"copy_number": "false", "rank": "family"},
}


def specifications(contrast, effect, p, **changed):
    """Rows of one contrast on the balance; `changed` are numbers of other specifications."""
    rows = [{"specification": "main", "changed": 0, **MAIN, "effect": effect, "p": p}]
    for name, choice in OTHERS.items():
        size, call = changed.get(name, (effect, p))
        count = len(choice)
        rows.append(
            {"specification": name, "changed": count, **MAIN, **choice, "effect": size, "p": call}
        )
    table = pd.DataFrame(rows).assign(
        contrast=contrast, quantity="precursor_balance", term="", reason=""
    )
    table = table.assign(lower=table["effect"] - 0.1, upper=table["effect"] + 0.1)
    known = table["effect"].notna() & (not np.isnan(effect))
    for column, same in (
        ("agrees_sign", np.sign(table["effect"]) == np.sign(effect)),
        ("agrees_significance", (table["p"] < 0.05) == (p < 0.05)),
    ):
        table[column] = np.where(known, np.where(same, "true", "false"), "")
    return table


def medians():
    rows = [{"specification": "main", "changed": 0, **MAIN, "median": 0.4}]
    for name, choice in OTHERS.items():
        middle = 0.9 if name == "left_out=g__Bacteroides" else 0.5
        rows.append({"specification": name, "changed": len(choice), **MAIN, **choice})
        rows[-1]["median"] = middle
    table = pd.DataFrame(rows).drop(columns=["covariates", "without_covariate"])
    return table.assign(quantity="precursor_balance", q25=0.1, q75=1.0, samples=9)


@pytest.fixture
def shown(tmp_path, crossover, design):
    """Section and page of the made-up cohort with given specifications, other figures left out."""

    def show(table):
        given = make(tmp_path / "made", crossover, **design).content()
        results = replace(given.results, specifications=table, medians=medians())
        content = Content(results, given.settings, given.knowledge)
        drawn = pictures.Embedded("", "", "", "", 1, 1)
        names = ("balance", "accounting", "capabilities", "sides")
        context = content.context(dict.fromkeys(names, drawn))
        return context["sensitivity"], page.render(context)

    return show


def test_the_curve_is_drawn_from_the_lowest_effect_to_the_highest(tmp_path):
    lost = {"copy_number=false": (-0.5, 0.6), "rank=family": (2.0, 0.01)}
    table = specifications("plant", 1.0, 0.001, **lost)
    drawn = specification_curve.draw({"A diet": table, "Another": table}, 0.05)
    effects = [
        line.get_ydata()[0] for line in drawn.figure.axes[0].lines if len(line.get_xdata()) == 1
    ]
    assert len(effects) == 10
    assert effects == sorted(effects)
    rows = [text.get_text() for text in drawn.figure.axes[2].get_yticklabels()]
    assert rows[0] == "other copy-number choice"
    assert "no covariates" not in rows
    assert "A diet: effects −0.50 to 2.00, 90% of them significant" in drawn.alt
    save(drawn, tmp_path)
    assert "other copy-number choice" in (tmp_path / "specifications.svg").read_text()


def test_the_sides_of_the_balance_have_curves_of_their_own(tmp_path, crossover, design):
    """Each of its own quantity: main effects of 1, -0.3 and 0.6 under the choices that ship."""
    sizes = {"precursor_balance": 1.0, "share:trp_synthesis": -0.3, "share:trp_diversion": 0.6}
    tables = [specifications("plant", e, 0.01).assign(quantity=q) for q, e in sizes.items()]
    given = make(tmp_path / "made", crossover, **design).content()
    table = pd.concat(tables, ignore_index=True)
    results = replace(given.results, specifications=table, medians=medians())
    content = Content(results, given.settings, given.knowledge)
    drawn = {one.name: one for one in pictures.draw(content)}
    for name, (what, effect) in {
        "specifications": ("the balance", "1.00"),
        "specifications-synthesis": ("making tryptophan", "−0.30"),
        "specifications-diversion": ("diverting tryptophan", "0.60"),
    }.items():
        assert drawn[name].alt.startswith(f"Effects on {what} under other choices.")
        assert f"effects {effect} to {effect}, 100% of them" in drawn[name].alt
    section = part(
        page.render(content.context(pictures.write(drawn.values(), tmp_path))), "sensitivity"
    )
    fold = section.partition("<details>")[2].partition("</details>")[0]
    assert fold.count("<img") == 2
    assert section.count("<img") == 3


def test_a_covariate_that_is_left_out_is_named_in_figure_and_table(shown):
    table = specifications("plant", 1.0, 0.001)
    table["covariates"] = "true"
    name = "without_covariate=<b>age</b> $x$"
    more = {"specification": name, "without_covariate": "<b>age</b> $x$", "effect": 0.1, "p": 0.4}
    row = table.iloc[0].to_dict() | more | {"changed": 1, "agrees_significance": "false"}
    table = pd.concat([table, pd.DataFrame([row])], ignore_index=True)
    drawn = specification_curve.draw({"A diet": table}, 0.05)
    rows = [text.get_text() for text in drawn.figure.axes[1].get_yticklabels()]
    assert rows[-1] == "without <b>age</b> $x$"
    dots = drawn.figure.axes[1].lines[-1]
    assert list(dots.get_xdata()) == [0]
    section, html = shown(table)
    (told,) = section.tables.values()
    assert "1 of 10 other choices: without the covariate <b>age</b> $x$" in told[0].verdict
    assert "<b>age</b>" not in html


def test_a_difference_that_stands_is_said_to_stand(shown):
    section, html = shown(specifications("plant", 1.0, 0.001))
    (rows,) = section.tables.values()
    assert rows[0].verdict == "A difference under all 9 other choices."
    assert (rows[0].sign, rows[0].call) == ("100%", "100%")
    assert 'id="sensitivity"' in html


def test_single_choices_that_a_conclusion_hangs_on_are_named(shown):
    lost = {
        "left_out=g__Bacteroides": (-0.2, 0.6),
        "evidence=trp_synthesis from paprica": (0.5, 0.2),
        "evidence=without mcseed": (np.nan, np.nan),
        "copy_number=false; rank=family": (0.1, 0.7),
    }
    section, html = shown(specifications("plant", 1.0, 0.001, **lost))
    (rows,) = section.tables.values()
    assert rows[0].estimable == 8
    verdict = rows[0].verdict
    assert verdict.startswith(
        "The difference is lost under 3 of 8 other choices; each of these alone does it: "
    )
    assert "without Bacteroides" in verdict
    assert "by paprica" in verdict
    assert "without Bacteroides" in html


def test_no_difference_and_combinations(shown):
    flat = specifications("plant", 0.01, 0.9, **{"copy_number=false; rank=family": (0.4, 0.01)})
    none = specifications("animal", np.nan, np.nan)
    section, _ = shown(pd.concat([flat, none], ignore_index=True))
    first, second = section.tables.values()
    assert first[0].verdict == (
        "A difference would be called under 1 of 9 other choices, only where choices are combined."
    )
    assert second[0].verdict == "Cannot be estimated."


def test_without_contrasts_the_choice_that_moves_most_is_named(shown):
    section, html = shown(specifications("plant", 1.0, 0.001).iloc[:0])
    (shift,) = section.shifts
    assert (shift.median, shift.highest, shift.most) == ("0.40", "0.90", "without Bacteroides")
    sheet = Sheet(part(html, "sensitivity"), ["16S"])
    ((_, cells),) = sheet.body(sheet.named("medians-table"))
    sheet.says(cells[1], 0.4)
    sheet.says(cells[2], 0.4, 0.9)
    assert sheet.left() == []


def test_where_the_stage_was_not_run_there_is_no_section(tmp_path, crossover, design):
    made = make(tmp_path / "made", crossover, **design)
    content = made.content()
    assert content.context({})["sensitivity"] is None
