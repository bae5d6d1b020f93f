"""The whole stage on a small cohort: what it writes, adds up and leaves out."""

from __future__ import annotations

import biom
import numpy as np
import pandas as pd
import pytest
from scipy.stats import false_discovery_control

from tryptome.errors import ContrastError
from tryptome.tables import write_biom


def test_a_planted_effect_is_found_within_persons(make_cohort, crossover, phase):
    raised = (crossover["phase"] == "diet") & (crossover["arm"] == "plant")
    cohort = make_cohort(crossover, raised)
    contrasts = {"plant": phase | {"where": {"arm": "plant"}}}
    contrasts["animal"] = phase | {"where": {"arm": "animal"}}
    found, _ = cohort.compare({}, subject="person", contrasts=contrasts)
    synthesis = found.loc["share:trp_synthesis"].set_index("contrast")
    assert synthesis.loc["plant", "lower"] > 0
    assert synthesis.loc["plant", ["p", "p_permutation"]].max() < 0.01
    assert synthesis.loc["animal", "p"] > 0.05
    assert synthesis.loc["plant", "model"].startswith("linear mixed model")
    assert synthesis.loc["plant", "persons"] == 10
    assert 8 < synthesis.loc["plant", "df"] <= 9  # persons less one, less a little for imbalance


def test_the_interaction_is_the_difference_of_differences(make_cohort, crossover, arm_by_phase):
    raised = (crossover["phase"] == "diet") & (crossover["arm"] == "animal")
    cohort = make_cohort(crossover, raised)
    found, drivers = cohort.compare(arm_by_phase, subject="person")
    row = found.loc["share:trp_synthesis"]
    assert row["lower"] > 0
    assert row["p_permutation"] < 0.01
    assert row["permutations"] == 2**8  # nine persons in both arms, all signs up to a mirror
    assert row["persons"] == 11

    values = cohort.quantities.query("quantity == 'share:trp_synthesis'").set_index("sample")
    frame = crossover.set_index("sample").assign(share=values["mean"])
    cells = frame.groupby(["arm", "phase", "person"])["share"].mean().groupby(level=[0, 1]).mean()
    animal = cells["animal"]["diet"] - cells["animal"]["baseline"]
    plant = cells["plant"]["diet"] - cells["plant"]["baseline"]
    assert row["mean_level"] == pytest.approx(animal)
    assert row["mean_reference"] == pytest.approx(plant)
    assert row["difference"] == pytest.approx(animal - plant)
    parts = drivers[drivers["quantity"] == "share:trp_synthesis"]
    assert parts["part"].sum() == pytest.approx(animal - plant, abs=1e-9)


def test_parts_of_taxa_add_up_and_name_the_planted_driver(make_cohort, crossover, phase):
    cohort = make_cohort(crossover, crossover["phase"] == "diet")
    found, drivers = cohort.compare(phase, subject="person", drivers=2)
    sums = drivers.groupby("quantity")["part"].sum()
    assert set(sums.index) == {"share:trp_synthesis", "share:indole", "precursor_balance"}
    for quantity, total in sums.items():
        assert total == pytest.approx(found.loc[quantity, "difference"], abs=1e-9)
    synthesis = drivers[drivers["quantity"] == "share:trp_synthesis"]
    assert synthesis["taxon"].iloc[0] == "g__A"
    assert synthesis["taxon"].iloc[-1] == "rest"
    assert len(synthesis) == 3
    assert synthesis["share"].sum() == pytest.approx(1)
    # g__A cannot be assessed for indole, so it carries none of that difference
    assert "g__A" not in set(drivers.loc[drivers["quantity"] == "share:indole", "taxon"])


def test_a_taxons_part_is_its_weighted_change(make_cohort, phase):
    metadata = pd.DataFrame({"sample": list("abcdef"), "phase": ["baseline"] * 3 + ["diet"] * 3})
    cohort = make_cohort(metadata)
    _, drivers = cohort.compare(phase)
    share_of_b = cohort.cells[2] / cohort.cells.sum(axis=0)
    expected = 0.1 * (share_of_b[3:].mean() - share_of_b[:3].mean())
    rows = drivers.set_index(["quantity", "taxon"])["part"]
    assert rows["share:trp_synthesis", "g__B"] == pytest.approx(expected)


def test_auxotrophy_is_no_second_finding_and_q_is_benjamini_hochberg(make_cohort, crossover, phase):
    found, _ = make_cohort(crossover).compare(phase, subject="person")
    assert list(found.index) == ["share:trp_synthesis", "share:indole", "precursor_balance"]
    assert list(found["scale"]) == ["log2 odds ratio", "log2 odds ratio", "log2 ratio"]
    assert found["q"].to_numpy() == pytest.approx(false_discovery_control(found["p"].to_numpy()))


def test_other_levels_are_outside_and_missing_values_are_counted(make_cohort, crossover, phase):
    frame = crossover.assign(age=[f"{20 + n % 30}" for n in range(len(crossover))])
    inside = frame[frame["phase"].isin(["baseline", "diet"])]
    frame.loc[inside.index[:3], "age"] = ["", "NA", " nan "]
    cohort = make_cohort(frame)
    cohort.set_mean("share:indole", np.nan, inside["sample"].iloc[3:5])
    found, _ = cohort.compare(phase | {"adjust": ["age"]}, subject="person")
    assert found.loc["share:trp_synthesis", "samples"] == len(inside) - 3
    assert found.loc["share:trp_synthesis", "left_out"] == 3
    assert found.loc["share:indole", "samples"] == len(inside) - 5
    assert found.loc["share:indole", "left_out"] == 5


def test_levels_match_to_the_letter(make_cohort, crossover, phase):
    frame = crossover.replace({"phase": {"diet": "diet "}})
    found, _ = make_cohort(frame).compare(phase | {"level": "diet "}, subject="person")
    assert found["estimable"].eq("true").all()
    with pytest.raises(ContrastError, match=r"did you mean 'diet '\?"):
        make_cohort(frame).compare(phase, subject="person")


def test_numbers_that_are_declared_categorical_are_levels(make_cohort, crossover, phase):
    number_of = {"baseline": 0, "diet": 1, "washout": 2}
    numbers = crossover["phase"].map(number_of) + crossover.groupby("person").cumcount() % 2
    numbered, worded = numbers.map(str), numbers.map(lambda number: f"batch {number}")

    def effects(batch, types):
        cohort = make_cohort(crossover.assign(batch=batch))
        found, _ = cohort.compare(phase | {"adjust": ["batch"]}, subject="person", types=types)
        return found["effect"].astype(float).to_numpy()

    as_levels = effects(worded, {})
    assert effects(numbered, {"batch": "categorical"}) == pytest.approx(as_levels)
    assert effects(numbered, {}) != pytest.approx(as_levels)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"column": "fase"}, "did you mean 'phase'"),
        ({"where": {"arm": "fish"}}, "no sample has 'fish'"),
        ({"adjust": ["weight"]}, "no column 'weight'"),
        ({"interaction": {"column": "arm", "reference": "plnt", "level": "animal"}}, "'plant'"),
    ],
)
def test_what_the_metadata_lack_is_named(make_cohort, crossover, phase, change, said):
    with pytest.raises(ContrastError) as caught:
        make_cohort(crossover).compare(phase | change, subject="person")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"level": "fasting"}, "no sample has 'fasting' (samples: baseline "),
        ({"where": {"arm": "fish"}}, "no sample has 'baseline' (samples: baseline 0, diet 0)"),
        ({"interaction": {"column": "arm", "reference": "plant", "level": "fish"}}, "and 'fish' ("),
    ],
)
def test_a_level_that_other_cohorts_have_is_not_estimable_here(
    make_cohort, crossover, phase, change, said
):
    found, drivers = make_cohort(crossover).compare(phase | change, subject="person", shared=["c"])
    assert set(found["estimable"]) == {"false"}
    assert set(drivers["taxon"]) <= {""}, "rows that say why there are none"
    assert all(said in reason for reason in found["reason"])
    with pytest.raises(ContrastError):
        make_cohort(crossover).compare(phase | change, subject="person", shared=["other"])
    with pytest.raises(ContrastError, match="no column 'fase'"):
        make_cohort(crossover).compare(phase | {"column": "fase"}, shared=["c"])


def test_a_formula_whose_reference_other_cohorts_have_is_not_estimable_here(make_cohort, crossover):
    formula = {"formula": "phase", "column": "phase", "reference": "fasting"}
    found, _ = make_cohort(crossover).compare(formula, subject="person", shared=["c"])
    assert set(found["estimable"]) == {"false"}
    assert all("no sample of the reference 'fasting'" in reason for reason in found["reason"])


def test_a_subject_column_that_is_missing_is_named(make_cohort, crossover, phase):
    with pytest.raises(ContrastError, match="did you mean 'person'"):
        make_cohort(crossover).compare(phase, subject="persons")


def _not_estimable(frame: pd.DataFrame) -> dict[str, tuple[dict, str]]:
    return {
        "empty group": ({"where": {"kind": "before"}}, "no sample has 'diet'"),
        "confounded": ({"adjust": ["kind"]}, "cannot be told apart from the covariates"),
        "constant covariate": ({"adjust": ["site"]}, "covariate 'site' is constant or collinear"),
        "collinear covariates": ({"adjust": ["arm", "Arm"]}, "covariate 'Arm' is constant or"),
        "more parameters than persons": ({"adjust": ["sample"]}, "cannot be told apart"),
        "too few": ({"where": {"person": ["P00", "P01"]}}, "too few persons"),
    }


@pytest.mark.parametrize("case", _not_estimable(pd.DataFrame()))
def test_what_the_data_cannot_support_is_a_row_with_the_reason(make_cohort, crossover, phase, case):
    frame = crossover.assign(
        kind=crossover["phase"].map({"baseline": "before", "diet": "during", "washout": "after"}),
        site="here",
        Arm=crossover["arm"].str.upper(),
    )
    change, reason = _not_estimable(frame)[case]
    contrasts = {"cannot": phase | change, "can": phase}
    found, drivers = make_cohort(frame).compare({}, subject="person", contrasts=contrasts)
    cannot = found[found["contrast"] == "cannot"]
    assert len(cannot) == 3
    assert cannot["estimable"].eq("false").all()
    assert cannot["reason"].str.contains(reason, regex=False).all()
    assert cannot[["effect", "se", "p", "q", "p_permutation"]].isna().all(axis=None)
    assert found[found["contrast"] == "can"]["estimable"].eq("true").all()
    driven = drivers[drivers["reason"] == ""]
    assert set(driven["contrast"]) == {"can"}
    without = drivers[drivers["contrast"] == "cannot"]
    assert list(without["quantity"]) == list(cannot.index)
    assert without["reason"].str.contains(reason, regex=False).all()


def test_a_constant_quantity_and_one_without_values(make_cohort, crossover, phase):
    cohort = make_cohort(crossover)
    cohort.set_mean("share:indole", 0.25)
    cohort.set_mean("precursor_balance", np.nan)
    found, _ = cohort.compare(phase, subject="person")
    assert found.loc["share:indole", "reason"] == "the quantity is the same in all samples"
    assert found.loc["precursor_balance", "reason"] == cohort.why_untold
    assert found.loc["precursor_balance", "estimable"] == "false"
    assert found.loc["precursor_balance", "samples"] == 0
    assert found.loc["share:trp_synthesis", "q"] == found.loc["share:trp_synthesis", "p"]


def test_a_quantity_that_is_the_group_itself(make_cohort, crossover, phase):
    cohort = make_cohort(crossover)
    cohort.set_mean("share:indole", np.where(crossover["phase"] == "diet", 0.3, 0.2))
    found, _ = cohort.compare(phase, subject="person")
    assert found.loc["share:indole", "reason"] == "the quantity does not vary within the groups"


def test_no_contrast_gives_tables_with_headers_alone(make_cohort, crossover):
    found, drivers = make_cohort(crossover).compare({}, contrasts={})
    assert len(found) == len(drivers) == 0
    columns = ["contrast", "quantity", "taxon", "part", "share", "term"]
    columns += ["lower", "upper", "difference_without", "agrees_sign", "reason"]
    assert list(drivers.columns) == columns


def test_the_same_bytes_again(make_cohort, crossover, phase, arm_by_phase):
    cohort = make_cohort(crossover)
    contrasts = {"phase": phase, "by_arm": arm_by_phase}
    files = [cohort.folder / "contrasts.tsv", cohort.folder / "drivers.tsv"]
    cohort.compare({}, subject="person", contrasts=contrasts)
    first = [file.read_bytes() for file in files]
    cohort.compare({}, subject="person", contrasts=contrasts)
    assert [file.read_bytes() for file in files] == first


def test_wider_confidence_gives_wider_intervals(make_cohort, crossover, phase):
    cohort = make_cohort(crossover)
    narrow, _ = cohort.compare(phase, subject="person", confidence=0.8)
    wide, _ = cohort.compare(phase, subject="person", confidence=0.95)
    assert (wide["lower"] < narrow["lower"]).all()
    assert wide["p"].to_numpy() == pytest.approx(narrow["p"].to_numpy())


@pytest.mark.parametrize("subject", [None, "person"])
def test_arrangements_in_parts_are_those_of_one_piece(
    make_cohort, crossover, phase, subject, monkeypatch
):
    """As where units are so many that only some arrangements are held at a time."""
    whole, _ = make_cohort(crossover).compare(phase, subject=subject)
    monkeypatch.setattr("tryptome.compare.permutation.AT_ONCE", 1_000)
    parts, _ = make_cohort(crossover).compare(phase, subject=subject)
    pd.testing.assert_frame_equal(whole, parts)


TAXA = ["f__F", "g__A", "g__B", "g__C", "s__D"]


def _compared_in_parts(cohort, monkeypatch, *sizes, **given):
    """What is found where so few cells, taxa, quantities and draws are held at a time."""
    names = ("cells.ENTRIES", "cells.AT_ONCE", "run.AT_ONCE", "shared.PART")
    with monkeypatch.context() as patched:
        for name, size in zip(names, sizes, strict=False):
            patched.setattr(f"tryptome.compare.{name}", size)
        return cohort.compare(**given)


@pytest.mark.parametrize("held", [(1, 1, 1, 1), (40, 200, 5_000, 7)])
@pytest.mark.parametrize("subject", [None, "person"])
def test_a_cohort_in_parts_is_the_cohort_as_a_whole(
    make_cohort, crossover, phase, monkeypatch, held, subject
):
    cohort = make_cohort(crossover, crossover["phase"] == "diet")
    cohort.set_mean("share:indole", np.nan, cohort.metadata["sample"].iloc[2:7])
    given = {"contrast": phase | {"adjust": ["arm"]}, "subject": subject, "drivers": 3}
    whole, drivers = cohort.compare(**given)
    parts, by_parts = _compared_in_parts(cohort, monkeypatch, *held, **given)
    pd.testing.assert_frame_equal(parts, whole, rtol=1e-8)
    assert list(by_parts["taxon"]) == list(drivers["taxon"])
    for column in ("part", "share", "lower", "upper", "difference_without"):
        one, other = (pd.to_numeric(table[column]).to_numpy() for table in (by_parts, drivers))
        assert one == pytest.approx(other, rel=1e-8, abs=1e-12, nan_ok=True)
    assert by_parts.loc[by_parts["quantity"] == "share:trp_synthesis", "taxon"].iloc[0] == "g__A"


def test_samples_of_the_composition_may_stand_in_another_order(make_cohort, crossover, phase):
    cohort = make_cohort(crossover)
    whole, drivers = cohort.compare(phase, subject="person")
    turned = np.arange(len(crossover))[::-1]
    names = cohort.metadata["sample"].iloc[turned].tolist()
    write_biom(biom.Table(cohort.cells[:, turned], TAXA, names), cohort.folder / "composition.biom")
    other, by_other = cohort.compare(phase, subject="person")
    pd.testing.assert_frame_equal(other, whole, rtol=1e-8)
    pd.testing.assert_frame_equal(by_other, drivers, rtol=1e-8, atol=1e-12)


def test_a_sample_without_cells_is_no_empty_one(make_cohort, crossover, phase):
    cohort = make_cohort(crossover)
    fewer = biom.Table(cohort.cells[:, 1:], TAXA, list(cohort.metadata["sample"])[1:])
    write_biom(fewer, cohort.folder / "composition.biom")
    with pytest.raises(ValueError, match="samples have cells"):
        cohort.compare(phase, subject="person")
