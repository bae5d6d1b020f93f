"""Which effects are pooled, what is said of the others, and the harmonised table."""

from random import Random

import numpy as np
import pandas as pd
import pytest
from html_page import parse, text_of
from numbers_shown import Sheet, changed

from tryptome import __version__
from tryptome.errors import ContrastError
from tryptome.pool.effects import gather
from tryptome.pool.harmonised import check_columns, harmonised
from tryptome.pool.meta import pool
from tryptome.pool.outcome import not_pooled
from tryptome.pool.page import draw, labels, question, render, with_forest
from tryptome.pool.tables import pool_all, weights, without_each
from tryptome.report.pictures import write
from tryptome.tables import write_tsv

NUMBERS = {
    "se_shared": np.nan,
    "lower": -1.0,
    "upper": 1.0,
    "df": 10.0,
    "samples": 20.0,
    "persons": 12.0,
}


def finding(
    quantity, effect, se=0.5, scale="log2 odds ratio", estimable="true", reason="", term=""
):
    row = {"contrast": "c", "quantity": quantity, "scale": scale, "effect": effect, "se": se}
    row["term"] = term
    return (
        row
        | NUMBERS
        | {
            "estimable": estimable,
            "reason": reason,
            "kind": "difference",
            "per": "",
        }
    )


def asked(cohorts, terms=()):
    """One question, put to all cohorts."""
    return {"q": {"contrasts": dict.fromkeys(cohorts, "c"), "terms": dict(terms)}}


def gathered(terms=(), **cohorts):
    tables = {name: pd.DataFrame(rows) for name, rows in cohorts.items()}
    effects = gather(asked(tables, terms), tables, {})
    effects["weight"] = weights(effects)
    return effects


def test_equal_errors_give_the_plain_mean():
    effects = gathered(a=[finding("x", 1.0)], b=[finding("x", 2.0)], c=[finding("x", 6.0)])
    row = pool_all(effects, 0.95).iloc[0]
    assert row["effect"] == pytest.approx(3.0)
    assert row["tau2"] == pytest.approx(np.var([1, 2, 6], ddof=1) - 0.25)
    assert row["samples"] == 60
    assert list(effects["weight"]) == pytest.approx([1 / 3] * 3)
    rest = without_each(effects, 0.95).set_index("left_out")["effect"]
    assert rest.to_dict() == pytest.approx({"a": 4.0, "b": 3.5, "c": 1.5})


def test_what_cohorts_share_does_not_average_out():
    """Twenty cohorts that agree: the interval stays as wide as the error that all have."""
    rows = {f"c{n:02d}": [finding("x", 1 + (-1) ** n / 1000)] for n in range(20)}
    for (row,) in rows.values():
        row["se_shared"] = 0.3
    row = pool_all(gathered(**rows), 0.95).iloc[0]
    assert row["se"] < 0.001
    assert row["se_shared"] == pytest.approx(0.3)
    assert row["upper"] - row["effect"] == pytest.approx(1.959964 * 0.3, rel=1e-3)
    assert row["p"] < 1e-10


def test_without_a_shared_error_the_interval_is_hartung_and_knapps():
    effects = gathered(a=[finding("x", 1.0)], b=[finding("x", 2.0)], c=[finding("x", 6.0)])
    row = pool_all(effects, 0.9).iloc[0]
    plain = pool(np.array([1.0, 2.0, 6.0]), np.full(3, 0.5), 0.9)
    assert (row["lower"], row["upper"]) == pytest.approx((plain.lower, plain.upper))


def test_other_scales_are_not_pooled():
    effects = gathered(a=[finding("x", 1.0)], b=[finding("x", 2.0, scale="mg/day")])
    row = pool_all(effects, 0.95).iloc[0]
    assert row["poolable"] == "false"
    assert row["reason"] == (
        "the cohorts' effects are on different scales (a: log2 odds ratio; b: mg/day)"
    )
    assert effects["weight"].isna().all()
    assert without_each(effects, 0.95).empty


def of_kind(effect, kind, per="", **more):
    return finding("x", effect, **more) | {"kind": kind, "per": per}


def pooled_slopes(metadata, **cohorts):
    tables = {name: pd.DataFrame([row]) for name, row in cohorts.items()}
    effects = gather(asked(tables), tables, metadata)
    return pool_all(effects, 0.95).iloc[0]


UNITS = {
    "age": {
        "a": {"column": "Age", "levels": {}, "unit": "years"},
        "b": {"column": "age_of_host", "levels": {}, "unit": "years"},
    }
}


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        (("difference", ""), ("slope", "age"), "different kinds (a: difference; b: slope)"),
        (("step of 3 levels", "s"), ("step of 4 levels", "s"), "different kinds (a: step of 3"),
        (("difference by difference", ""), ("difference", ""), "different kinds"),
        (("slope", "age"), ("slope", "bmi"), "different columns, as far as"),
    ],
)
def test_unlike_effects_of_one_scale_are_not_pooled(one, other, said):
    row = pooled_slopes({}, a=of_kind(1.0, *one), b=of_kind(2.0, *other))
    assert row["poolable"] == "false"
    assert said in row["reason"]
    assert np.isnan(row["effect"])


def test_slopes_of_columns_that_are_mapped_to_one_are_pooled_in_one_unit():
    slopes = {"a": of_kind(1.0, "slope", "Age"), "b": of_kind(2.0, "slope", "age_of_host")}
    row = pooled_slopes(UNITS, **slopes)
    assert row["effect"] == pytest.approx(1.5)
    assert (row["kind"], row["per"], row["unit"]) == ("slope", "age", "years")
    assert "taken to be in one unit" not in row["note"]
    assert pooled_slopes({}, **slopes)["poolable"] == "false"
    days = {"age": UNITS["age"] | {"b": UNITS["age"]["b"] | {"unit": "days"}}}
    assert "different units" in pooled_slopes(days, **slopes)["reason"]
    days["age"]["b"]["unit"] = ""
    assert "(a: years; b: )" in pooled_slopes(days, **slopes)["reason"]


def test_slopes_without_a_unit_say_what_is_taken_for_granted():
    row = pooled_slopes({}, a=of_kind(1.0, "slope", "age"), b=of_kind(2.0, "slope", "age"))
    assert row["poolable"] == "true"
    assert "taken to be in one unit in all cohorts" in row["note"]


def test_one_effect_is_no_pool_and_the_others_reasons_are_told():
    nothing = finding("x", np.nan, np.nan, estimable="false", reason="one level")
    effects = gathered(a=[finding("x", 1.0)], b=[nothing], c=[finding("y", 1.0)])
    row = pool_all(effects, 0.95).set_index("quantity").loc["x"]
    assert row["cohorts"] == 1
    assert row["reason"] == (
        "1 of 3 cohorts can be pooled, and two are needed "
        "(b: one level; c: the cohort has no finding on this quantity)"
    )
    assert np.isnan(row["effect"])


def test_a_cohort_that_cannot_be_estimated_leaves_the_others():
    nothing = finding("x", np.nan, np.nan, estimable="false", reason="one level")
    effects = gathered(a=[finding("x", 1.0)], b=[nothing], c=[finding("x", 2.0)])
    row = pool_all(effects, 0.95).iloc[0]
    assert row["cohorts"] == 2
    assert row["effect"] == pytest.approx(1.5)
    assert list(effects["weight"].isna()) == [False, True, False]


PLANT, MEAT = "diet: plant against mixed", "diet: meat against mixed"


def levels(plant, meat):
    """Findings of a contrast of three levels."""
    return [finding("x", plant, term=PLANT), finding("x", meat, term=MEAT)]


def test_of_several_terms_none_is_taken_unasked():
    effects = gathered(a=levels(1.0, 3.0), b=[finding("x", 2.0)])
    row = pool_all(effects, 0.95).iloc[0]
    assert len(effects) == 2
    assert row["poolable"] == "false"
    assert f"(a: the contrast has 2 terms, and none is named: `{PLANT}`, `{MEAT}`" in row["reason"]
    assert "`term` of the question" in row["reason"]


@pytest.mark.parametrize(("term", "mean"), [(PLANT, 1.5), (MEAT, 5.0)])
def test_the_term_that_is_named_is_pooled(term, mean):
    """Equal errors: the mean of the two cohorts' effects on that term, and of no other."""
    cohorts = {"a": levels(1.0, 3.0), "b": levels(2.0, 7.0)[::-1]}
    effects = gathered(dict.fromkeys(cohorts, term), **cohorts)
    assert set(effects["term"]) == {term}
    assert pool_all(effects, 0.95).iloc[0]["effect"] == pytest.approx(mean)


def test_each_cohort_may_have_its_own_term():
    cohorts = {"a": levels(1.0, 3.0), "b": [finding("x", 6.0)], "c": [finding("x", 2.0, term="d")]}
    effects = gathered({"a": MEAT}, **cohorts)
    assert list(effects["term"]) == [MEAT, "", "d"]
    assert pool_all(effects, 0.95).iloc[0]["effect"] == pytest.approx(11 / 3)


def test_effects_of_the_same_levels_the_other_way_round_are_not_pooled():
    cohorts = {
        "a": [finding("x", 1.0, term="diet: B against A")],
        "b": [finding("x", -1.0, term="food: A against B")],
    }
    row = pool_all(gathered(**cohorts), 0.95).iloc[0]
    assert row["poolable"] == "false"
    assert np.isnan(row["effect"])
    assert "the other way round (a: diet: B against A; b: food: A against B)" in row["reason"]
    cohorts["b"] = [finding("x", 3.0, term="food: B against A")]
    assert pool_all(gathered(**cohorts), 0.95).iloc[0]["effect"] == pytest.approx(2.0)


def test_a_term_that_a_cohort_does_not_have_is_said_and_the_others_go_on():
    cohorts = {"a": levels(1.0, 3.0), "b": levels(2.0, 7.0), "c": [finding("x", 9.0, term=PLANT)]}
    nothing = finding("x", np.nan, np.nan, estimable="false", reason="too few persons")
    effects = gathered(dict.fromkeys("abcd", MEAT), **cohorts, d=[nothing])
    row = pool_all(effects, 0.95).iloc[0]
    assert (row["effect"], row["cohorts"]) == (pytest.approx(5.0), 2)
    assert list(effects["reason"][2:]) == [
        f"the contrast has no term `{MEAT}`; it has `{PLANT}`",
        "too few persons",
    ]


def test_a_question_of_which_nothing_is_pooled_is_told_with_its_reason(tmp_path):
    effects = gathered(a=levels(1.0, 3.0), b=[finding("x", 2.0), finding("y", 2.0)])
    write_tsv(pool_all(effects, 0.95), tmp_path / "pooled.tsv")
    assert "and none is named" in not_pooled(tmp_path / "pooled.tsv")["q"]
    both = gathered(a=[finding("x", 2.0), finding("y", 2.0)], b=[finding("x", 1.0)])
    write_tsv(pool_all(both, 0.95), tmp_path / "pooled.tsv")
    assert not_pooled(tmp_path / "pooled.tsv") == {}


def test_agreement_beyond_the_errors_is_noted():
    cohorts = {name: [finding("x", 1 + place / 100)] for place, name in enumerate("abcd")}
    row = pool_all(gathered(**cohorts), 0.95).iloc[0]
    assert row["tau2"] == 0
    assert row["se"] < row["plain_se"]
    assert "agree better" in row["note"]


def test_discovery_is_within_a_question_and_over_what_was_pooled():
    rows = {
        name: [finding(q, e + place / 10) for q, e in (("x", 3.0), ("y", 0.1), ("z", 0.5))]
        for place, name in enumerate("abc")
    }
    rows["a"].append(finding("w", 1.0))
    table = pool_all(gathered(**rows), 0.95).set_index("quantity")
    p = table["p"].dropna().sort_values()
    by_hand = np.minimum.accumulate((p * 3 / np.arange(1, 4))[::-1])[::-1]
    assert table.loc[p.index, "q"].to_numpy() == pytest.approx(by_hand.to_numpy())
    assert np.isnan(table.loc["w", "q"])


def test_the_page_says_which_cohort_carries_the_sign():
    effects = gathered(a=[finding("x", 9.0)], b=[finding("x", -1.0)], c=[finding("x", -2.0)])
    tables = {"effects": effects, "pooled": pool_all(effects, 0.95)}
    tables["leave_one_out"] = without_each(effects, 0.95)
    shown = question("q", "Q", {}, tables, str, [])
    assert shown.rows[0]["turns"] == ["a"]
    assert shown.rows[0]["stays"] == "−1.50 to +4.00"


def test_the_sides_and_what_is_told_apart_have_a_forest_plot():
    """The balance has its own at the head; of the rest the least p come first, at most twelve."""
    told = [
        {"quantity": "precursor_balance", "p": 0.0, "q": 0.0},
        {"quantity": "b", "p": 0.02, "q": 0.049},
        {"quantity": "share:trp_diversion", "p": 0.9, "q": 0.9},
        {"quantity": "c", "p": 0.5, "q": 0.6},
        {"quantity": "a", "p": 0.001, "q": 0.01},
    ]
    assert with_forest(told) == (["share:trp_diversion", "a", "b"], 0)
    many = [{"quantity": f"z{n:02d}", "p": n / 1e3, "q": 0.01} for n in range(20)]
    chosen, left = with_forest([*told, *many])
    assert (len(chosen), left) == (12, 11)
    assert chosen[:4] == ["share:trp_diversion", "z00", "a", "z01"]
    assert with_forest([{"quantity": "x", "p": np.nan, "q": np.nan}]) == ([], 0)


def test_forest_plots_stand_folded_each_with_its_words(tmp_path):
    cohorts = {
        name: [
            finding("share:trp_synthesis", 3.0 + place / 100, 0.2),
            finding("share:indole", 3.3 + place / 100, 0.2),
            finding("share:butyrate", (-1) ** place, 0.2),
        ]
        for place, name in enumerate("abc")
    }
    effects = gathered(**cohorts)
    tables = {"effects": effects, "pooled": pool_all(effects, 0.95)}
    tables["leave_one_out"] = without_each(effects, 0.95)
    drawn = draw("q", "A question", tables["pooled"], effects, labels(), 0.95)
    embedded = write(drawn, tmp_path)
    folded = ["forest_share_trp_synthesis-q", "forest_share_indole-q"]
    assert list(embedded) == ["overview-q", *folded]
    shown = question("q", "A question", {"a": "c"}, tables, labels(), list(embedded))
    root = parse(render([shown], embedded, [("a", 20)], 0.95))
    folds = {text_of(fold.find("summary")): fold for fold in root.findall(".//details")}
    fold = folds["Forest plots of 2 more quantities"]
    images = fold.findall(".//img")
    assert len(images) == 2
    words = images[1].get("alt")
    assert words.startswith("Indole")
    assert words.endswith("over 3 cohorts. In the cohorts from 3.30 (a) to 3.32 (c).")
    assert "Dashed" in text_of(fold.findall(".//figcaption")[1])


def test_every_number_of_the_page_is_accounted_for(tmp_path):
    side = "share:trp_synthesis"
    effects = gathered(
        a=[finding(side, 9.0), finding("precursor_balance", 0.31, 0.2)],
        b=[finding(side, -1.0), finding("precursor_balance", 0.44, 0.1)],
        c=[finding(side, -2.0, 0.7), finding("precursor_balance", -0.12, 0.3)],
    )
    tables = {"effects": effects, "pooled": pool_all(effects, 0.95)}
    tables["leave_one_out"] = without_each(effects, 0.95)
    embedded = write(draw("q", "A question", tables["pooled"], effects, str, 0.95), tmp_path)
    assert list(embedded) == ["forest-q", "overview-q", "forest_share_trp_synthesis-q"]
    shown = question("q", "A question", {"a": "c"}, tables, str, list(embedded))
    sizes = [("a", 20), ("b", 30), ("c", 41)]
    html = render([shown], embedded, sizes, 0.95)
    fixed = page_constants(render([], {}, sizes, 0.95))
    assert unaccounted(html, fixed, tables, sizes) == []
    for mutant in changed(html, Random(1), 60):
        with pytest.raises((AssertionError, LookupError)):
            assert unaccounted(mutant, fixed, tables, sizes) == []


def unaccounted(html, fixed, tables, sizes):
    """Numbers of the pooled page that are from no table."""
    sheet = Sheet(html, fixed)
    claim_pooled(sheet, tables)
    facts = {row[0].text: row[1] for row in sheet.one("dl[@class='facts']")}
    for name, value in {"Question": 1, "Cohorts": 3, "Samples": 91}.items():
        sheet.says(facts[name], value)
    (files,) = [p for p in sheet.root.findall(".//footer/p") if "Tables" in text_of(p)]
    sheet.says(files, *(size for _, size in sizes))
    return sheet.left()


def page_constants(empty):
    """What a page without questions says: its method and limits, and nothing of a file."""
    fixed = [text_of(p) for p in parse(empty).iter() if p.tag in ("p", "li", "title")]
    said = [" ".join(text.split()) for text in fixed if "Tables beside" not in text]
    return [*filter(None, said), "95% interval", f"tryptome {__version__}"]


def claim_pooled(sheet, tables):
    """Claim the answer, the table of pooled effects, and that of the cohorts."""
    pooled = tables["pooled"].set_index("quantity")
    balance = pooled.loc["precursor_balance"]
    clear = pooled[pooled["q"] < 0.05]
    assert clear.empty
    (answer,) = sheet.root.findall(".//ul[@class='findings']/li")
    sheet.says(answer, len(pooled), 0.05, balance["effect"], balance["lower"], balance["upper"])
    claim_figures(sheet, tables)
    whole, apart = sheet.root.findall(".//table")
    for found, cells in sheet.body(whole):
        row = pooled.loc[found["data-quantity"]]
        out = tables["leave_one_out"].query("quantity == @row.name and reason == ''")["effect"]
        expected = [
            [row["effect"]], [row["lower"], row["upper"]], [], [row["p"]], [row["q"]],
            [row["tau2"] ** 0.5], [row["i2"]], [row["predicted_lower"], row["predicted_upper"]],
            [out.min(), out.max()], [row["cohorts"]],
        ]  # fmt: skip
        for cell, values in zip(cells[1:], expected, strict=True):
            sheet.says(cell, *values)
    for _, cells in sheet.body(apart):
        same = (tables["effects"]["quantity"] == text_of(cells[0])) & (
            tables["effects"]["cohort"] == text_of(cells[1])
        )
        (row,) = tables["effects"][same].to_dict("records")
        sheet.says(cells[2], row["effect"])
        sheet.says(cells[3], row["lower"], row["upper"])
        for cell, name in zip(cells[4:], ("weight", "samples", "persons"), strict=True):
            sheet.says(cell, row[name])


def claim_figures(sheet, tables):
    """Claim what the figures say in words: of the forest plots, and of the least p."""
    pooled = tables["pooled"].set_index("quantity")
    forests = ["precursor_balance", "share:trp_synthesis"]
    least = pooled["p"].idxmin()
    of_balance, overview, of_side = sheet.root.findall(".//img")
    for image, quantity in zip((of_balance, of_side), forests, strict=True):
        effects = tables["effects"].query("quantity == @quantity")["effect"]
        row = pooled.loc[quantity, ["effect", "lower", "upper", "cohorts"]]
        sheet.tells(image, "alt", *row, effects.min(), effects.max())
    sheet.tells(overview, "alt", len(pooled), *pooled.loc[least, ["effect", "lower", "upper"]])
    (fold,) = [one for one in sheet.root.findall(".//details/summary") if "Forest" in text_of(one)]
    sheet.says(fold, 1)
    for note in sheet.root.findall(".//details/p[@class='note']"):
        sheet.says(note, 0.05)


SAMPLES = {
    "a": pd.DataFrame({"sample": ["1", "2"], "Sex": ["M", "n/a"], "who": ["p", "p"]}),
    "b": pd.DataFrame({"sample": ["1"], "gender": ["female"], "Sex": ["F"]}),
}
QUANTITIES = {
    "a": [
        pd.DataFrame({"sample": ["1"], "quantity": ["x"], "mean": [0.1], "sd": [0.01]}),
        pd.DataFrame({"sample": ["2"], "quantity": ["x"], "mean": [np.nan], "sd": [np.nan]}),
    ],
    "b": [pd.DataFrame({"sample": "1", "quantity": ["x", "y"], "mean": [0.3, 2], "sd": 0.5})],
}
PERSONS = {"a": "who", "b": None}


def put_together(*told):
    return pd.concat(list(harmonised(*told)), ignore_index=True)


def test_metadata_are_mapped_and_unknown_is_empty():
    mapped = {
        "sex": {
            "a": {"column": "Sex", "levels": {"M": "male"}},
            "b": {"column": "gender", "levels": {}},
        }
    }
    table = put_together(SAMPLES, QUANTITIES, mapped, PERSONS)
    assert list(table.columns) == ["cohort", "sample", "person", "sex", "x", "sd:x", "y", "sd:y"]
    assert list(table["sex"]) == ["male", "", "female"]
    assert list(table["person"]) == ["p", "p", ""]
    assert list(table["x"].fillna(-1)) == [0.1, -1, 0.3]
    assert list(table["y"].fillna(-1)) == [-1, -1, 2]


def test_samples_keep_their_order_and_one_without_estimates_stays(monkeypatch):
    monkeypatch.setattr("tryptome.pool.harmonised.AT_ONCE", 1)
    samples = SAMPLES | {"a": pd.DataFrame({"sample": ["2", "3", "1"], "who": ["p", "q", "r"]})}
    table = put_together(samples, QUANTITIES, {}, PERSONS)
    assert list(table["sample"]) == ["2", "3", "1", "1"]
    assert list(table["person"]) == ["p", "q", "r", ""]
    assert list(table["sd:x"].fillna(-1)) == [-1, -1, 0.01, 0.5]


def test_columns_of_one_name_are_kept_where_nothing_is_mapped():
    table = put_together(SAMPLES, QUANTITIES, {}, PERSONS)
    assert list(table["Sex"]) == ["M", "n/a", "F"]
    assert "gender" not in table


def test_a_shared_column_never_takes_the_place_of_an_id():
    samples = {name: frame.assign(cohort="theirs") for name, frame in SAMPLES.items()}
    table = put_together(samples, QUANTITIES, {}, PERSONS)
    assert list(table["cohort"]) == ["a", "a", "b"]
    assert set(table["metadata:cohort"]) == {"theirs"}


def test_a_shared_column_never_takes_the_place_of_a_quantity():
    samples = {name: frame.assign(x="theirs") for name, frame in SAMPLES.items()}
    table = put_together(samples, QUANTITIES, {}, PERSONS)
    assert list(table["x"].fillna(-1)) == [0.1, -1, 0.3]
    assert set(table["metadata:x"]) == {"theirs"}


def test_a_column_that_is_not_there_is_said():
    mapped = {"sex": {"b": {"column": "Gender", "levels": {}}}}
    with pytest.raises(ContrastError, match=r"pool\.metadata\.sex\.b.*'Gender'"):
        check_columns(mapped, "b", ["sample", "gender"])
