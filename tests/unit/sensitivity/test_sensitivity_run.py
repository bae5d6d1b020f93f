"""Specifications against the stages before, against cases worked by hand, and planted truths."""

import json

import biom
import numpy as np
import pandas as pd
import pytest

from tryptome.annotate.run import run as run_annotate
from tryptome.compare.contrast import Comparison
from tryptome.compare.run import run as run_compare
from tryptome.estimate.run import run as run_estimate
from tryptome.knowledge import load
from tryptome.sensitivity.agreement import agree, summarise
from tryptome.sensitivity.evidence import Variant
from tryptome.sensitivity.latest import Latest
from tryptome.sensitivity.refit import Kept, refitter
from tryptome.sensitivity.run import run
from tryptome.tables import read_parquet, read_tsv, write_biom, write_tsv

DIETS = ("plant", "animal")
MAKER = "g__Alistipes|g__Alistipes_A"
TAXA = (
    *("s__Blautia obeum", "s__Bacteroides fragilis", "g__Faecalibacterium", MAKER),
    *("g__Bifidobacterium", "g__Escherichia", "g__Prevotella", "f__Lachnospiraceae", ""),
)
CONTRAST = {"column": "diet", "reference": "plant", "level": "animal", "where": {}, "adjust": []}
NUMBERS = ("effect", "lower", "upper", "p", "samples", "persons", "changed")


class Cohort:
    """A cohort of resolved taxa, one sample a person, that the earlier stages have been run on."""

    def __init__(self, folder, reads, metadata, contrasts):
        self.folder, self.contrasts = folder, contrasts
        features = [f"f{number}" for number in range(len(TAXA))]
        write_biom(biom.Table(reads, features, list(metadata["sample"])), folder / "table.biom")
        tiers = ["genus" if taxon else "bacteria" for taxon in TAXA]
        rows = {"feature": features, "lineage": features, "taxon": TAXA, "tier": tiers}
        write_tsv(pd.DataFrame(rows), folder / "resolution.tsv")
        named = pd.DataFrame({"taxon": sorted(set(TAXA) - {""})})
        write_tsv(named, folder / "taxa.tsv")
        write_tsv(metadata, folder / "samples.tsv")
        (folder / "ledger.json").write_text(json.dumps({"values": "counts", "column_types": {}}))
        self.annotate()
        self.estimate()
        self.compare()

    def at(self, name):
        return str(self.folder / name)

    def annotate(self):
        run_annotate(
            self.at("taxa.tsv"),
            capabilities_out=self.at("capabilities.parquet"),
            copy_number_out=self.at("copy_number.parquet"),
        )

    def estimate(self, copy_number=True):
        names = ("table.biom", "ledger.json", "samples.tsv", "resolution.tsv")
        outputs = ("accounting.tsv", "depth.tsv", "applicability.tsv", "budget.tsv")
        outputs += ("scenario_checks.tsv", "composition.biom")
        outputs += ("quantities.parquet", "contributions.parquet")
        run_estimate(
            *map(self.at, (*names, "capabilities.parquet", "copy_number.parquet")),
            **{f"{name.partition('.')[0]}_out": self.at(name) for name in outputs},
            copy_number_correction=copy_number,
            min_assessable=0.5,
            cover=0.95,
        )

    def compare(self):
        names = ("samples.tsv", "ledger.json", "composition.biom", "capabilities.parquet")
        names += ("copy_number.parquet", "quantities.parquet", "contrasts.tsv", "drivers.tsv")
        run_compare(
            *map(self.at, names),
            contrasts=self.contrasts,
            subject_column=None,
            seed=1,
            confidence=0.95,
            drivers=20,
            copy_number_correction=True,
        )
        table = read_tsv(self.at("contrasts.tsv"), numeric=NUMBERS[:-1])
        return table.set_index(["contrast", "quantity"])

    def specify(self, contrasts=None, folder=None, resolution=None):
        folder = folder or self.folder
        outputs = ("specifications.tsv", "summary.tsv", "medians.tsv")
        run(
            *map(self.at, ("table.biom", "ledger.json", "samples.tsv")),
            resolution or self.at("resolution.tsv"),
            self.at("contrasts.tsv"),
            *(str(folder / name) for name in outputs),
            contrast_settings=self.contrasts if contrasts is None else contrasts,
            subject_column=None,
            confidence=0.95,
            seed=1,
            copy_number=True,
            min_assessable=0.5,
        )
        rows = read_tsv(folder / "specifications.tsv", numeric=NUMBERS)
        return rows.set_index(["contrast", "quantity", "specification"]).sort_index()


def medians(folder):
    table = read_tsv(folder / "medians.tsv", numeric=("median", "samples"))
    return table.set_index(["quantity", "specification"])


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    """24 persons; only the reads of one maker differ between the diets, and age does not."""
    rng = np.random.default_rng(4)
    names = [f"s{number:02d}" for number in range(24)]
    diet = np.repeat(["plant", "animal"], 12)
    reads = rng.poisson(rng.gamma(6, 100, size=(len(TAXA), 24))).astype(float)
    reads[TAXA.index(MAKER), 12:] *= 5
    reads[TAXA.index(MAKER), :12] /= 5
    metadata = pd.DataFrame({"sample": names, "diet": diet, "age": rng.permutation(24).astype(str)})
    metadata["sex"] = rng.permutation(["f", "m"] * 12)
    contrasts = {"diet": CONTRAST, "aged": CONTRAST | {"adjust": ["age"]}}
    return Cohort(tmp_path_factory.mktemp("cohort"), np.floor(reads), metadata, contrasts)


@pytest.fixture(scope="module")
def specified(cohort):
    return cohort.specify()


def test_the_main_one_is_that_of_contrasts(cohort, specified):
    stated = cohort.compare()
    main = specified.xs("main", level="specification")
    assert len(main) == 2 * 8
    for name in NUMBERS[:-1]:
        expected = stated.loc[main.index, name].to_numpy()
        np.testing.assert_allclose(main[name].to_numpy(), expected, rtol=1e-9)


def test_drivers_of_the_balance_add_up_to_the_stated_difference(cohort):
    stated = cohort.compare().loc[("diet", "precursor_balance"), "difference"]
    drivers = read_tsv(cohort.at("drivers.tsv"), numeric=("part", "lower", "upper"))
    mine = drivers[(drivers["contrast"] == "diet") & (drivers["quantity"] == "precursor_balance")]
    assert mine["part"].sum() == pytest.approx(float(stated), abs=1e-9)
    assert mine["taxon"].iloc[0] == MAKER
    sizes = mine["part"].abs()
    assert sizes.iloc[0] > 2 * sizes.iloc[1:-1].max()
    assert (mine["lower"] < mine["part"]).all()


def test_without_covariates_an_adjusted_contrast_is_the_plain_one(cohort, specified):
    """Which also says that main choices, worked out here, give what the stages before gave."""
    stated = cohort.compare().loc["diet"]
    plain = specified.loc["aged"].xs("covariates=false", level="specification")
    for name in ("effect", "p"):
        expected = stated.loc[plain.index, name].to_numpy()
        np.testing.assert_allclose(plain[name].to_numpy(), expected, rtol=1e-6)
    assert (specified.loc["diet", "covariates"] == "").all()


def test_without_copy_numbers_it_is_what_the_stages_before_say_without_them(cohort, specified):
    kept = (cohort.folder / "quantities.parquet").read_bytes()
    cohort.estimate(copy_number=False)
    stated = cohort.compare().loc["diet"]
    (cohort.folder / "quantities.parquet").write_bytes(kept)
    cohort.compare()
    found = specified.loc["diet"].xs("copy_number=false", level="specification")
    for name in ("effect", "p"):
        np.testing.assert_allclose(
            found[name].to_numpy(), stated.loc[found.index, name].to_numpy(), rtol=1e-6
        )


def test_a_conclusion_that_rests_on_one_taxon_hangs_on_it(cohort, specified):
    summary = read_tsv(cohort.at("summary.tsv")).set_index(["contrast", "quantity"])
    told = summary.loc[("diet", "share:trp_synthesis")]
    assert float(told["p"]) < 1e-4
    assert f"left_out={MAKER}" in told["hangs_on"].split("; ")
    others = [taxon for taxon in TAXA[:3] if f"left_out={taxon}" in told["hangs_on"]]
    assert others == []
    row = specified.loc[("diet", "share:trp_synthesis", f"left_out={MAKER}")]
    assert row["p"] > 0.05
    assert row["agrees_significance"] == "false"


def test_a_taxon_left_out_gives_the_shares_of_the_others(cohort, specified):
    """By hand: prevalences weighed by the cells of the other taxa and of one unseen read."""
    means = read_parquet(cohort.at("capabilities.parquet"))
    indole = means[means["capability"] == "indole"].set_index("taxon")["mean"]
    copies = read_parquet(cohort.at("copy_number.parquet")).set_index("taxon")["mean"]
    reads = biom.load_table(cohort.at("table.biom")).matrix_data.toarray()
    weight = {taxon: 1 / copies[taxon] for taxon in ("d__Bacteria", *TAXA) if taxon}
    top = indole["d__Bacteria"] * weight["d__Bacteria"] * np.ones(24)
    bottom = weight["d__Bacteria"] * np.ones(24)
    for taxon, row in zip(TAXA, reads, strict=True):
        if taxon and taxon != MAKER and not np.isnan(indole[taxon]):
            top += indole[taxon] * weight[taxon] * row
            bottom += weight[taxon] * row
    stated = medians(cohort.folder).loc[("share:indole", f"left_out={MAKER}")]
    known = np.sort(top / bottom)
    assert stated["samples"] == 24
    assert stated["median"] == pytest.approx(np.median(known), rel=1e-6)


@pytest.fixture(scope="module")
def at_genus(cohort, specified, tmp_path_factory):
    """Medians of the same cohort, named at the rank of genus and without a contrast."""
    folder = tmp_path_factory.mktemp("genus")
    table = pd.read_csv(cohort.at("resolution.tsv"), sep="\t", keep_default_na=False)
    wider = {"s__Blautia obeum": "g__Blautia_A", "s__Bacteroides fragilis": "g__Bacteroides"}
    write_tsv(table.replace({"taxon": wider}), folder / "resolution.tsv")
    assert cohort.specify({}, folder, str(folder / "resolution.tsv")).empty
    return medians(folder)


def test_a_species_at_the_rank_of_genus_is_its_genus(cohort, specified, at_genus):
    stated = medians(cohort.folder)
    coarse = stated.xs("rank=genus", level="specification")
    main = at_genus.xs("main", level="specification").loc[coarse.index]
    np.testing.assert_allclose(coarse["median"], main["median"], rtol=1e-9)
    fine = stated.xs("main", level="specification")
    assert not np.allclose(coarse["median"], fine.loc[coarse.index, "median"], rtol=1e-6)


def test_where_no_other_source_tells_absence_nothing_is_left(specified):
    row = specified.loc[("diet", "share:trp_diversion", "evidence=without mcseed")]
    assert np.isnan(row["effect"])
    assert "no sample of the contrast can be assessed" in row["reason"]
    assert row["agrees_sign"] == ""


def test_another_source_stands_in_with_its_own_counts():
    whole = load()
    variant = Variant(
        whole.folder, whole, ("trp_synthesis", "indole"), instead={"trp_synthesis": "paprica"}
    )
    rows = variant.base_evidence
    assert set(rows.loc[rows["capability"] == "indole", "source"]) == {"mcseed"}
    found = rows[rows["capability"] == "trp_synthesis"]
    evidence = whole.evidence
    stated = evidence[
        (evidence["capability"] == "trp_synthesis") & (evidence["source"] == "paprica")
    ]
    assert len(found) == len(stated) > 100
    assert found["positives"].sum() == stated["positives"].sum()


def test_medians_are_those_of_the_estimates(cohort, specified):
    quantities = read_parquet(cohort.at("quantities.parquet"))
    main = medians(cohort.folder).xs("main", level="specification")
    for name in main.index:
        stated = quantities.loc[quantities["quantity"] == name, "mean"].median()
        assert main.loc[name, "median"] == pytest.approx(stated, rel=1e-9)


def test_agreement_is_counted_over_what_can_be_estimated():
    rows = pd.DataFrame(
        {
            "contrast": "c",
            "quantity": "q",
            "term": "",
            "specification": ["main", "a", "b", "c", "d"],
            "changed": [0, 1, 1, 1, 2],
            "effect": [1.0, 2.0, -1.0, np.nan, -3.0],
            "lower": 0.0,
            "upper": 0.0,
            "p": [0.01, 0.2, 0.03, np.nan, 0.9],
        }
    )
    (told,) = summarise(agree(rows, 0.05)).to_dict("records")
    assert told["specifications"] == 4
    assert told["estimable"] == 3
    assert told["agree_sign"] == pytest.approx(1 / 3)
    assert told["agree_significance"] == pytest.approx(1 / 3)
    assert told["hangs_on"] == "a; b; c"


@pytest.mark.parametrize("crossed", [True, False])
def test_with_repeated_persons_a_refit_is_the_contrast_itself(crossed):
    """In full for the first outcome; for the next, as a full fit where variances are alike."""
    rng = np.random.default_rng(6)
    rows = [
        {"sample": f"{p}.{n}", "person": f"p{p}", "diet": diet}
        for p in range(20)
        for n, diet in enumerate(("plant", "plant", "animal") if crossed else (DIETS[p % 2],) * 3)
    ]
    metadata = pd.DataFrame(rows)
    person = np.repeat(rng.normal(0, 1, 20), 3)
    diet = 0.6 * (metadata["diet"] == "animal").to_numpy(float)
    first, second = (person + diet + rng.normal(0, 0.5, 60) for _ in range(2))
    arguments = ("c", CONTRAST, metadata, "person", 1)
    refit, comparison = refitter(*arguments, Kept()), Comparison(*arguments)
    for outcome, tolerance in ((first, 1e-6), (second, 0.1)):
        (found,), full = refit.find("q", outcome), comparison.find(outcome)
        assert found.estimate.effect == pytest.approx(full.estimate.effect, rel=tolerance)
        assert found.estimate.se == pytest.approx(full.estimate.se, rel=tolerance)
        assert found.p == pytest.approx(full.p, rel=tolerance * 5, abs=0.01)


def test_what_is_kept_no_more_is_made_again_the_same():
    """Of a mixed model the ratios of variances stay those of the first outcome."""
    rng = np.random.default_rng(7)
    rows = [
        {"sample": f"{p}.{n}", "person": f"p{p}", "diet": DIETS[n % 2]}
        for p in range(12)
        for n in range(4)
    ]
    outcomes = rng.normal(0, 1, (4, 48)) + np.repeat(rng.normal(0, 1, 12), 4)
    outcomes[1, :3] = outcomes[2, 5] = outcomes[3, 9] = np.nan
    arguments = ("c", CONTRAST, pd.DataFrame(rows), "person", 1)
    told = []
    for kept in (Kept(), Kept(Latest(0, 2), Latest(0, 2))):
        refit = refitter(*arguments, kept)
        found = [refit.find("q", one)[0] for _ in range(2) for one in (*outcomes, *(2 * outcomes))]
        told.append([(one.estimate.effect, one.estimate.se, one.p) for one in found])
    assert told[0] == told[1]


def test_each_covariate_of_a_formula_is_left_out(cohort, specified, tmp_path):
    """What is left is what contrasts of two levels, adjusted for the others, find."""
    contrasts = {"by": {"formula": "~ diet + age + sex", "column": "diet", "reference": "plant"}}
    formula = Cohort.__new__(Cohort)
    formula.folder, formula.contrasts = cohort.folder, contrasts
    formula.compare()
    rows = formula.specify(folder=tmp_path)
    cohort.compare()
    for quantity in ("precursor_balance", "share:indole"):
        found = rows.loc[("by", quantity)]
        one, other = "without_covariate=sex", "covariates=false"
        assert list(found.index[found["without_covariate"] != ""]) == [
            "without_covariate=age",
            one,
        ]
        for name in ("effect", "p", "lower", "upper", "samples"):
            aged, plain = (specified.loc[(c, quantity, "main"), name] for c in ("aged", "diet"))
            # Intervals of `main` hold what the samples share besides.
            if name in ("effect", "p", "samples"):
                assert found.loc[one, name] == pytest.approx(aged, rel=1e-6)
                assert found.loc[other, name] == pytest.approx(plain, rel=1e-6)
        assert found.loc["without_covariate=age", "effect"] != found.loc[one, "effect"]


def test_a_contrast_by_formula_is_specified_too(cohort, tmp_path):
    contrasts = {"by": {"formula": "diet + age", "column": "diet", "reference": "plant"}}
    formula = Cohort.__new__(Cohort)
    formula.folder, formula.contrasts = cohort.folder, contrasts
    stated = formula.compare().loc[("by", "precursor_balance")]
    rows = formula.specify(folder=tmp_path).loc[("by", "precursor_balance")]
    cohort.compare()
    assert rows.loc["main", "effect"] == pytest.approx(stated["effect"], rel=1e-9)
    assert rows["effect"].notna().sum() > 20
    assert "without_covariate=age" not in rows.index
    assert rows.loc[f"left_out={MAKER}", "p"] > rows.loc["main", "p"]


def test_samples_read_one_at_a_time_and_kept_on_disk_give_the_same(cohort, tmp_path, monkeypatch):
    together, apart = tmp_path / "together", tmp_path / "apart"
    together.mkdir()
    apart.mkdir()
    cohort.specify(folder=together)
    monkeypatch.setattr("tryptome.sensitivity.outcomes.ENTRIES", 1)
    monkeypatch.setattr("tryptome.sensitivity.waiting.IN_MEMORY", 1)
    cohort.specify(folder=apart)
    for name in ("specifications.tsv", "summary.tsv", "medians.tsv"):
        assert (apart / name).read_bytes() == (together / name).read_bytes()
