"""Communities against scikit-bio called directly, cases worked by hand, and planted truths."""

import json
from dataclasses import replace
from itertools import product

import biom
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import statsmodels.api as sm
from skbio import DistanceMatrix
from skbio.stats import distance

from tryptome.biom_parts import biom_parts
from tryptome.biom_slices import sliced
from tryptome.community import model as regression
from tryptome.community.abundance import differential
from tryptome.community.asked import WEIGHTS, NoTestError, asked
from tryptome.community.beyond import BEYOND, NOTHING, WITHIN, Beside
from tryptome.community.distances import distances, ordination
from tryptome.community.model import model
from tryptome.community.permutation import permanova, permdisp
from tryptome.community.reads import Reads, diversity, resolved_reads
from tryptome.community.run import UNCHANGING, run
from tryptome.community.subset import subset
from tryptome.community.units import MEANS, PAIRS, SAMPLES, units
from tryptome.compare.ready import ready
from tryptome.tables import read_tsv, write_biom, write_parquet, write_tsv

CONTRAST = {"column": "diet", "reference": "plant", "level": "animal", "where": {}, "adjust": []}


def everybody(metadata):
    return np.ones(len(metadata), dtype=bool)


def arranged(contrast, metadata, person):
    return units(asked(contrast, metadata, person, everybody(metadata)))


def regressed(contrast, metadata, person):
    return model(asked(contrast, metadata, person, everybody(metadata)))


def repeated(persons, *, crossed, repeats=2):
    """Metadata of persons with several samples, on both diets or on one each."""
    rows = [
        {"sample": f"p{p}{diet[0]}{r}", "person": f"p{p}", "diet": diet}
        for p in range(persons)
        for diet in (("plant", "animal") if crossed else (("plant", "animal")[p % 2],))
        for r in range(repeats)
    ]
    return pd.DataFrame(rows)


def table(metadata, taxa=12, seed=1, shift=()):
    """Reads; the first taxon is raised in the animal diet, persons differ."""
    rng = np.random.default_rng(seed)
    who = metadata["person"] if "person" in metadata else metadata["sample"]
    _, at = np.unique(who, return_inverse=True)
    own = rng.lognormal(4, 1, size=(at.max() + 1, taxa))[at]
    for taxon, factor in shift:
        own[(metadata["diet"] == "animal").to_numpy(), taxon] *= factor
    names = [f"g__T{number:02d}" for number in range(taxa)]
    return pd.DataFrame(rng.poisson(own * rng.lognormal(0, 0.2, own.shape)), columns=names)


def as_rows(values):
    return scipy.sparse.csr_array(np.asarray(values))


def as_reads(frame):
    return Reads(scipy.sparse.csr_array(frame.to_numpy()), [str(name) for name in frame.columns])


def test_names_without_a_taxon_are_left_out_and_the_same_taxon_is_added_up(tmp_path):
    reads = scipy.sparse.csr_array(np.array([[1, 2, 4, 8], [0, 0, 1, 0]]))
    resolution = pd.DataFrame({"taxon": ["g__B", "", "g__A", "g__B"]})
    with biom_parts(tmp_path / "t.biom", list("pqrs"), ["a", "b"], "sample", "OTU table") as append:
        append(reads)
    with sliced(tmp_path / "t.biom") as table:
        found = resolved_reads(table, resolution)
        assert found.taxa == ["g__A", "g__B"]
        assert found.values[np.array([0, 1])].toarray().tolist() == [[4, 9], [1, 0]]
        assert found.values[np.array([1])].toarray().tolist() == [[1, 0]]


@pytest.mark.parametrize("part", [1, 2_000])
def test_diversity_by_hand(part, monkeypatch):
    monkeypatch.setattr("tryptome.community.reads.PART", part)
    found = diversity(as_reads(pd.DataFrame([[1, 1, 0], [3, 1, 0], [0, 0, 0]])))
    expected = [np.log(2), -(0.75 * np.log(0.75) + 0.25 * np.log(0.25)), np.nan]
    np.testing.assert_allclose(found["shannon"], expected)
    np.testing.assert_allclose(found["observed"], [2, 2, np.nan])


def test_samples_are_units_where_nobody_repeats():
    metadata = pd.DataFrame({"sample": list("abcdef"), "diet": ["plant", "animal"] * 3})
    found = arranged(CONTRAST, metadata, None)
    assert found.kind == SAMPLES
    assert found.weights.toarray().tolist() == np.eye(6).tolist()
    assert found.values.tolist() == [False, True] * 3


def test_a_person_of_one_group_counts_once():
    metadata = repeated(6, crossed=False)
    found = arranged(CONTRAST, metadata, "person")
    assert (found.kind, len(found), found.samples) == (MEANS, 6, 12)
    assert found.weights.toarray()[0].tolist() == [0.5, 0.5] + [0] * 10


def test_persons_of_both_groups_are_compared_with_themselves_and_others_left_out():
    metadata = pd.concat([repeated(4, crossed=True), repeated(1, crossed=False).assign(
        sample=["x", "y"], person="z")], ignore_index=True)  # fmt: skip
    found = arranged(CONTRAST, metadata, "person")
    assert (found.kind, len(found), found.persons, found.left_out) == (PAIRS, 8, 4, 2)
    fewer = found.spread(4)
    assert (len(fewer), fewer.persons, fewer.left_out) == (4, 2, 10)
    assert sorted(fewer.values.tolist()) == [False, False, True, True]


def test_of_a_large_cohort_both_groups_stay_alike_and_the_others_are_counted():
    metadata = pd.DataFrame({"sample": [f"s{i}" for i in range(100)]})
    metadata["diet"] = ["plant" if i % 10 == 0 else "animal" for i in range(100)]
    found = arranged(CONTRAST, metadata, None).spread(40)
    assert (len(found), found.persons, found.left_out) == (40, 40, 60)
    plant, animal = (
        metadata["diet"].to_numpy()[found.weights.indices] == d for d in ("plant", "animal")
    )
    assert (plant.sum(), animal.sum()) == (10, 30)
    places = np.flatnonzero(animal)
    assert found.weights.indices[places].max() > 90
    assert np.diff(found.weights.indices[places]).max() <= 9


def test_a_subset_holds_whole_persons_of_every_group():
    metadata = repeated(60, crossed=False, repeats=3)
    metadata.loc[metadata.index[-3:], "diet"] = ["plant", "animal", "plant"]
    known = np.ones(len(metadata), dtype=bool)
    known[4] = False
    chosen = subset(metadata, {"c": CONTRAST}, "person", known, 40)
    kept = metadata.iloc[chosen]
    assert 38 <= len(kept) <= 40
    sizes = metadata[known].groupby("person").size()
    counts = kept["person"].value_counts()
    assert (counts == sizes[counts.index]).all()
    assert kept["person"].iloc[-1] == metadata["person"].iloc[-1]
    persons = kept.drop_duplicates("person").iloc[:-1]["diet"].value_counts()
    assert abs(persons.iloc[0] - persons.iloc[1]) <= 1
    everything = subset(metadata, {"c": CONTRAST}, "person", known, 5_000)
    assert everything.tolist() == np.flatnonzero(known).tolist()


def test_a_person_of_very_many_samples_does_not_keep_others_out():
    """Each group begins with a person of 15 samples, of whom only one finds room among 20."""
    sizes = {"early": 15, "late": 15} | {f"p{number}": 1 for number in range(30)}
    diet = {name: ("plant", "animal")[place % 2] for place, name in enumerate(sizes)}
    person = np.repeat(list(sizes), list(sizes.values()))
    metadata = pd.DataFrame({"sample": [f"s{at}" for at in range(len(person))], "person": person})
    metadata["diet"] = metadata["person"].map(diet)
    known = np.ones(len(person), dtype=bool)
    chosen = metadata.iloc[subset(metadata, {"c": CONTRAST}, "person", known, 20)]
    assert sorted(chosen["diet"].value_counts()) in ([2, 18], [3, 17])
    assert len({"early", "late"} & set(chosen["person"])) == 1


def test_a_subset_of_one_person_is_of_its_samples():
    metadata = pd.DataFrame({"sample": [f"s{i}" for i in range(64)], "person": "p"})
    known = np.ones(64, dtype=bool)
    assert subset(metadata, {}, "person", known, 8).tolist() == list(range(0, 64, 8))


def test_too_few_persons_are_said():
    metadata = repeated(2, crossed=True)
    for arrange in (arranged, regressed):
        with pytest.raises(NoTestError, match="a group has 2 of at least 3 persons"):
            arrange(CONTRAST, metadata, "person")


def test_two_persons_of_both_groups_do_not_stand_for_twenty_of_one():
    both = repeated(2, crossed=True).assign(person=["x"] * 4 + ["y"] * 4)
    both["sample"] = [f"z{at}" for at in range(8)]
    metadata = pd.concat([repeated(20, crossed=False), both], ignore_index=True)
    found = arranged(CONTRAST, metadata, "person")
    assert (found.kind, found.persons, found.left_out) == (MEANS, 20, 8)
    assert not regressed(CONTRAST, metadata, "person").paired


def test_permanova_and_permdisp_are_those_of_scikit_bio():
    metadata = repeated(16, crossed=False, repeats=1).drop(columns="person")
    reads = table(metadata, shift=[(0, 3.0)])
    found = arranged(CONTRAST, metadata, None)
    shares = reads.to_numpy() / reads.to_numpy().sum(axis=1, keepdims=True)
    size = range(len(shares))
    by_hand = [
        [np.abs(shares[i] - shares[j]).sum() / (shares[i] + shares[j]).sum() for j in size]
        for i in size
    ]
    direct = DistanceMatrix(np.array(by_hand))
    between = distances("bray_curtis", found.weights, as_rows(reads))
    np.testing.assert_allclose(between.data, direct.data, atol=1e-12)
    stated = distance.permanova(direct, metadata["diet"].tolist(), permutations=999, seed=5)
    got = permanova(between, found, 5)
    assert got["statistic"] == pytest.approx(stated["test statistic"])
    assert got["p"] == pytest.approx(stated["p-value"], abs=0.02)
    squares = direct.data**2
    total = squares.sum() / 2 / len(shares)
    inside = sum(
        squares[np.ix_(rows, rows)].sum() / 2 / len(rows)
        for rows in (np.flatnonzero(found.values == 0), np.flatnonzero(found.values == 1))
    )
    assert got["r2"] == pytest.approx(1 - inside / total)
    stated = distance.permdisp(
        direct, metadata["diet"].tolist(), permutations=9, warn_neg_eigval=False
    )
    assert permdisp(between, found, 5)["statistic"] == pytest.approx(stated["test statistic"])


def test_within_persons_all_exchanges_give_the_same_p():
    """Every exchange tried with the pseudo-F of scikit-bio itself."""
    metadata = repeated(6, crossed=True)
    found = arranged(CONTRAST, metadata, "person")
    between = distances("aitchison", found.weights, as_rows(table(metadata, shift=[(0, 1.5)])))
    statistics = []
    for flips in product((False, True), repeat=6):
        labels = found.values ^ np.array(flips)[found.person]
        told = distance.permanova(between, labels.astype(int).astype(str), permutations=0)
        statistics.append(told["test statistic"])
    exact = np.mean(np.array(statistics) >= statistics[0] - 1e-9)
    assert permanova(between, found, 3)["p"] == pytest.approx(exact, abs=0.04)


def test_a_shift_within_persons_shows_although_persons_differ_more():
    metadata = repeated(10, crossed=True)
    reads = table(metadata, shift=[(0, 3.0)]).to_numpy()
    found = arranged(CONTRAST, metadata, "person")
    between = distances("aitchison", found.weights, as_rows(reads))
    assert permanova(between, found, 1)["p"] < 0.01
    assert distance.permanova(between, found.grouping, seed=1)["p-value"] > 0.1
    none = distances("aitchison", found.weights, as_rows(table(metadata, seed=8)))
    assert permanova(none, found, 1)["p"] > 0.05


def test_axes_give_back_the_distances():
    metadata = repeated(5, crossed=False, repeats=1)
    reads = table(metadata, taxa=4)
    found = ordination(list(metadata["sample"]), as_reads(reads), np.arange(len(metadata)))
    assert (found["left_out"] == 0).all()
    axes = found[found["metric"] == "aitchison"].pivot(
        index="sample", columns="axis", values="value"
    )
    points = axes.loc[metadata["sample"]].to_numpy()
    apart = np.linalg.norm(points[:, None] - points[None], axis=-1)
    # Four taxa are three dimensions of log-ratios.
    logs = np.log(reads.to_numpy())
    logs -= logs.mean(axis=1, keepdims=True)
    expected = np.linalg.norm(logs[:, None] - logs[None], axis=-1)
    np.testing.assert_allclose(apart, expected, rtol=1e-6)


@pytest.mark.parametrize("crossed", [True, False])
def test_a_planted_taxon_is_the_one_that_differs_most(crossed):
    metadata = repeated(12 if crossed else 24, crossed=crossed, repeats=1)
    reads = table(metadata, taxa=20, shift=[(7, 12.0)])
    found = regressed(CONTRAST, metadata, "person")
    told = differential(as_reads(reads), found, counts=True, seed=1)
    methods = ["ancombc2"] if crossed else ["ancombc2", "dirmult_ttest"]
    assert list(told["method"].unique()) == methods
    for _, rows in told.groupby("method"):
        top = rows.sort_values("p").iloc[0]
        assert top["taxon"] == "g__T07"
        assert top["q"] < 0.05
        assert top["log2_fold_change"] == pytest.approx(np.log2(12), abs=1.2)


@pytest.fixture
def beside():
    """A contrast over which Shannon diversity differs."""
    rng = np.random.default_rng(2)
    metadata = pd.DataFrame(
        {"sample": [f"s{n}" for n in range(60)], "diet": ["plant", "animal"] * 30}
    )
    level = (metadata["diet"] == "animal").to_numpy(float)
    shannon = 2 + 1.0 * level + rng.normal(0, 0.3, 60)
    return Beside("c", CONTRAST, metadata, shannon, None, 1, 0.95), level, shannon, rng


def test_a_difference_that_diversity_explains_is_told_from_one_that_it_does_not(beside):
    put, level, shannon, rng = beside
    means = {
        "of_diversity": 2 * shannon + rng.normal(0, 0.4, 60),
        "of_diet": 2 * level + rng.normal(0, 0.4, 60),
        "of_nothing": rng.normal(0, 0.4, 60),
    }
    rows = {row["quantity"]: row for row in put.quantities(means)}
    verdicts = {name: row["verdict"] for name, row in rows.items()}
    assert verdicts == {"of_diversity": WITHIN, "of_diet": BEYOND, "of_nothing": NOTHING}
    for name, values in means.items():
        both = sm.OLS(values, sm.add_constant(np.column_stack([level, shannon]))).fit()
        assert rows[name]["effect_given_shannon"] == pytest.approx(both.params[1], rel=1e-6)
        alone = sm.OLS(values, sm.add_constant(level)).fit()
        assert rows[name]["effect"] == pytest.approx(alone.params[1], rel=1e-6)


def test_a_contrast_by_formula_is_held_too(beside):
    put, level, shannon, rng = beside
    formula = {"formula": "diet", "column": "diet", "reference": "plant"}
    values = level + shannon + rng.normal(0, 0.4, 60)
    (row,) = replace(put, contrast=formula).quantities({"q": values})
    both = sm.OLS(values, sm.add_constant(np.column_stack([level, shannon]))).fit()
    assert row["effect_given_shannon"] == pytest.approx(both.params[1], rel=1e-6)


@pytest.mark.parametrize("persons", [6, 30])
def test_without_permutations_that_do_not_count_p_is_the_same(persons):
    metadata = repeated(persons, crossed=False, repeats=1)
    values = np.random.default_rng(5).normal(size=persons)
    for contrast in (CONTRAST, {"formula": "diet"}):
        arguments = ("c", contrast, metadata, None, 1)
        (full,) = ready(*arguments)(values)
        (lean,) = ready(*arguments, permute_large=False)(values)
        assert (lean.p, lean.estimate.model) == (full.p, full.estimate.model)
        assert np.isnan(lean.p_permutation) == (persons == 30)


@pytest.fixture
def described():
    metadata = repeated(6, crossed=False)
    rng = np.random.default_rng(3)
    count = len(metadata)
    return metadata.assign(
        age=rng.integers(20, 60, count).astype(str),
        batch=rng.permutation(["1", "2", "3"] * (count // 3)),
        site=rng.choice(["x", "y"], count),
    )


def test_a_formula_of_two_levels_is_arranged_as_the_contrast_that_asks_the_same(described):
    formula = {"formula": "~ diet + age + C(batch) + (1|person)", "reference": "plant"}
    plain = CONTRAST | {"adjust": ["age", "batch"]}
    typed = described.astype({"batch": "category"})
    one, other = arranged(formula, described, "person"), arranged(plain, typed, "person")
    assert one.kind == other.kind == MEANS
    assert (one.weights != other.weights).nnz == 0
    np.testing.assert_array_equal(one.values, other.values)
    without = described.drop(columns="batch").iloc[::2]
    told = [
        regressed(contrast, without, None)
        for contrast in (formula | {"formula": "diet + age"}, CONTRAST | {"adjust": ["age"]})
    ]
    reads = as_reads(table(without))
    rows = [differential(reads, one, counts=True, seed=1) for one in told]
    names = ["method", "taxon", "log2_fold_change", "p", "q"]
    pd.testing.assert_frame_equal(rows[0][names], rows[1][names])


def test_weights_have_no_test(described):
    with pytest.raises(NoTestError, match=WEIGHTS):
        arranged({"formula": "diet", "weights": "age"}, described, "person")


def test_diversity_itself_is_compared(beside):
    put, level, shannon, _ = beside
    (row,) = put.diversities({"shannon": shannon})
    expected = shannon[level == 1].mean() - shannon[level == 0].mean()
    assert row["statistic"] == pytest.approx(expected)
    assert row["p"] < 1e-6


def made(folder, metadata, reads, contrasts):
    features = [f"f{n}" for n in range(reads.shape[1])]
    write_biom(
        biom.Table(reads.to_numpy().T, features, list(metadata["sample"])), folder / "t.biom"
    )
    (folder / "ledger.json").write_text(json.dumps({"values": "counts", "column_types": {}}))
    write_tsv(metadata, folder / "samples.tsv")
    rows = pd.DataFrame({"feature": features, "taxon": reads.columns})
    write_tsv(rows, folder / "resolution.tsv")
    means = [(taxon, side, 0.25) for taxon in reads for side in ("trp_synthesis", "trp_diversion")]
    known = pd.DataFrame(means, columns=["taxon", "capability", "mean"])
    write_parquet(known, folder / "capabilities.parquet")
    share = reads["g__T00"].to_numpy() / reads.sum(axis=1).clip(1).to_numpy()
    told = pd.DataFrame({"sample": metadata["sample"], "quantity": "share:indole", "mean": share})
    write_parquet(told.assign(unit="share of cells", reason=""), folder / "quantities.parquet")
    inputs = ("t.biom", "ledger.json", "samples.tsv", "resolution.tsv")
    inputs += ("capabilities.parquet", "quantities.parquet")
    outputs = ("alpha.tsv", "ordination.tsv", "tests.tsv", "abundance.tsv", "beyond.tsv")
    run(
        *(str(folder / name) for name in (*inputs, *outputs)),
        contrast_settings=contrasts,
        subject_column="person",
        most_samples=2000,
        confidence=0.95,
        seed=3,
    )
    return {name: folder / name for name in outputs}


def test_a_cohort_from_files_to_files_twice_the_same(tmp_path):
    metadata = repeated(8, crossed=True)
    reads = table(metadata, shift=[(0, 5.0)])
    reads.iloc[3] = 0
    contrasts = {"diet": CONTRAST, "gone": CONTRAST | {"where": {"person": "p0"}}}
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        files = made(folder, metadata, reads, contrasts)
    assert [(one / n).read_bytes() for n in files] == [(two / n).read_bytes() for n in files]
    tests = read_tsv(files["tests.tsv"]).set_index(["contrast", "metric", "test"])
    assert float(tests.loc[("diet", "aitchison", "permanova"), "p"]) < 0.05
    assert tests.loc[("gone", "aitchison", "permanova"), "reason"].startswith("too few persons")
    assert read_tsv(files["alpha.tsv"])["shannon"].tolist().count("") == 1
    taxa = read_tsv(files["abundance.tsv"])
    assert set(taxa["contrast"]) == {"diet"}
    assert set(taxa["prevalence_trp_synthesis"]) == {"0.25"}
    beyond = read_tsv(files["beyond.tsv"])
    assert beyond[["contrast", "quantity"]].to_numpy().tolist() == [
        ["diet", "share:indole"],
        ["gone", "share:indole"],
    ]


def test_few_samples_at_a_time_give_the_same(tmp_path, monkeypatch):
    metadata = repeated(8, crossed=True, repeats=3)
    reads = table(metadata, shift=[(0, 5.0)])
    reads.iloc[5] = 0
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    found = []
    for folder, few in ((whole, 10_000), (parts, 7)):
        folder.mkdir()
        for name in ("PART", "AT_ONCE"):
            monkeypatch.setattr(f"tryptome.community.reads.{name}", few)
        found.append(made(folder, metadata, reads, {"diet": CONTRAST}))
    for name in found[0]:
        one, other = (pd.read_csv(files[name], sep="\t") for files in found)
        pd.testing.assert_frame_equal(one, other, rtol=1e-8)


@pytest.mark.parametrize(
    ("contrast", "said"),
    [
        (CONTRAST | {"adjust": ["arm"]}, "the groups cannot be told apart from the covariates"),
        ({"formula": "diet + arm"}, "'diet: plant against animal' cannot be told apart"),
        (CONTRAST | {"where": {"diet": "plant"}}, "no sample has 'animal'"),
    ],
)
def test_what_compare_cannot_estimate_has_its_reason_with_counts_and_no_rows(
    tmp_path, contrast, said
):
    metadata = repeated(12, crossed=False, repeats=1)
    metadata["arm"] = metadata["diet"].str.upper()
    files = made(tmp_path, metadata, table(metadata, shift=[(0, 5.0)]), {"c": contrast})
    tests = read_tsv(files["tests.tsv"]).set_index(["metric", "test"])
    kinds = [("aitchison", "permanova"), ("bray_curtis", "permdisp"), ("taxa", "ancombc2")]
    reasons = {*tests.loc[kinds, "reason"], tests.loc[("shannon", "contrast"), "reason"]}
    (reason,) = reasons
    assert reason.startswith(said)
    assert "plant 6" in reason
    assert set(tests["p"]) == set(tests["r2"]) == {""}
    assert read_tsv(files["abundance.tsv"]).empty


def test_a_difference_of_changes_says_once_why_bray_curtis_has_none(tmp_path):
    metadata = repeated(12, crossed=True, repeats=1)
    metadata["arm"] = np.where(metadata["person"].str[1:].astype(int) % 2, "x", "y")
    both = CONTRAST | {"interaction": {"column": "arm", "reference": "x", "level": "y"}}
    files = made(tmp_path, metadata, table(metadata), {"c": both})
    tests = read_tsv(files["tests.tsv"]).set_index(["metric", "test"])
    assert tests.loc[("aitchison", "permanova"), "units"] == "one change a person"
    assert float(tests.loc[("aitchison", "permdisp"), "p"]) > 0
    assert tests.loc[("bray_curtis", "permanova"), "reason"] == UNCHANGING
    assert set(read_tsv(files["abundance.tsv"])["method"]) == {"ancombc2"}


def test_without_contrasts_there_are_headers(tmp_path):
    metadata = repeated(3, crossed=True)
    files = made(tmp_path, metadata, table(metadata), {})
    assert len(read_tsv(files["ordination.tsv"])) == 2 * 3 * len(metadata)
    for name in ("tests.tsv", "abundance.tsv", "beyond.tsv"):
        assert read_tsv(files[name]).empty


def test_one_taxon_is_no_composition(tmp_path):
    metadata = repeated(4, crossed=True)
    files = made(tmp_path, metadata, table(metadata, taxa=1), {"diet": CONTRAST})
    tests = read_tsv(files["tests.tsv"]).set_index("test")
    assert set(tests.loc["permanova", "reason"]) == {"fewer than 2 taxa are resolved"}
    assert read_tsv(files["ordination.tsv"]).empty


def test_where_all_samples_are_alike_no_test_is_made_up(tmp_path):
    metadata = repeated(6, crossed=False)
    reads = pd.DataFrame(np.full((12, 4), 50), columns=[f"g__T0{n}" for n in range(4)])
    files = made(tmp_path, metadata, reads, {"diet": CONTRAST})
    tests = read_tsv(files["tests.tsv"]).set_index(["metric", "test"])
    row = tests.loc[("aitchison", "permanova")]
    assert (row["p"], row["reason"]) == ("", "all compositions are alike")


def test_of_many_persons_in_both_groups_some_count(monkeypatch):
    monkeypatch.setattr(regression, "MOST_PERSONS", 6)
    metadata = repeated(9, crossed=True, repeats=1)
    reads = table(metadata, shift=[(2, 9.0)])
    some = regressed(CONTRAST, metadata, "person")
    assert (len(some), some.sums.nnz) == (12, 12)
    told = differential(as_reads(reads), some, counts=True, seed=1)
    assert told.sort_values("p")["taxon"].iloc[0] == "g__T02"
    assert set(told["left_out"]) == {2 * 3}  # both samples of three persons


def test_of_very_many_units_some_count_and_the_others_are_told(monkeypatch):
    metadata = repeated(40, crossed=False, repeats=1)
    reads = table(metadata, shift=[(2, 9.0)])
    found = regressed(CONTRAST, metadata, "person")
    every = differential(as_reads(reads), found, counts=True, seed=1)
    monkeypatch.setattr(regression, "MOST_UNITS", 30)
    fewer = regressed(CONTRAST, metadata, "person")
    some = differential(as_reads(reads), fewer, counts=True, seed=1)
    assert set(every["left_out"]) == {0}
    assert set(some["left_out"]) == {len(found) - 30}
    for rows in (every, some):
        first = rows[rows["method"] == "ancombc2"].sort_values("p").iloc[0]
        assert first["taxon"] == "g__T02"
        assert first["q"] < 0.05
