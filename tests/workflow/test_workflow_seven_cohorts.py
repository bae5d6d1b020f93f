"""All seven cohorts with measured metabolites, end to end, against what was measured."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

HERE = Path(__file__).parent
FOLDERS = {
    "HE": "HE_INFANTS_MFGM_2019",
    "JACOBS": "JACOBS_IBD_FAMILIES_2016",
    "KANG": "KANG_AUTISM_2017",
    "KIM": "KIM_ADENOMAS_2020",
    "POYET": "POYET_BIO_ML_2019",
    "SINHA": "SINHA_CRC_2016",
    "WANDRO": "WANDRO_PRETERMS_2018",
}

pytestmark = [pytest.mark.data, pytest.mark.slow]


@pytest.fixture(scope="module")
def data():
    root = os.environ.get("TRYPTOME_DATA")
    if not root:
        pytest.skip("TRYPTOME_DATA is not set")
    return Path(root)


@pytest.fixture(scope="module")
def run(data, tmp_path_factory):
    """Results folder of one run of `tryptome run` over all seven cohorts."""
    folder = tmp_path_factory.mktemp("seven")
    (folder / "cohorts").symlink_to(data / "cohorts")
    command = [sys.executable, "-m", "tryptome", "run", str(HERE / "seven_cohorts.yaml")]
    done = subprocess.run(
        [*command, "--directory", str(folder), "--cores", "2"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder / "results" / "cohorts"


def quantity(run, cohort, name):
    table = pd.read_parquet(run / cohort / "estimate" / "quantities.parquet")
    return table[table["quantity"] == name].set_index("sample")


def measured(data, cohort, compound):
    table = pd.read_csv(
        data / "cohorts" / FOLDERS[cohort] / "mtb.tsv.gz", sep="\t", dtype={"Sample": str}
    )
    return table.set_index("Sample")[compound]


@pytest.mark.parametrize("cohort", FOLDERS)
def test_no_sample_is_lost(run, data, cohort):
    folder = data / "cohorts" / FOLDERS[cohort]
    table = next(folder.glob("genera*.tsv"))
    with table.open(newline="") as handle:
        rows = list(csv.reader(handle, delimiter="\t"))
    ids = [row[0] for row in rows[1:]]
    for name in ("share:trp_synthesis", "precursor_balance"):
        assert list(quantity(run, cohort, name).index) == ids
    accounting = pd.read_csv(
        run / cohort / "estimate" / "accounting.tsv", sep="\t", dtype={"sample": str}
    )
    assert list(accounting["sample"]) == ids
    tiers = accounting.drop(columns=["sample"])
    assert tiers.sum(axis="columns").to_numpy() == pytest.approx(1)


@pytest.mark.parametrize(
    ("cohort", "share", "compound", "least"),
    [
        ("KIM", "tryptamine", "tryptamine", 0.33),
        ("HE", "indolelactate", "Indole-3-lactate", 0.36),
        ("HE", "butyrate", "Butyrate", 0.50),
    ],
)
def test_shares_rank_samples_as_the_metabolite_measured(run, data, cohort, share, compound, least):
    estimated = quantity(run, cohort, f"share:{share}")["mean"]
    both = pd.concat([estimated, measured(data, cohort, compound)], axis="columns").dropna()
    assert len(both) > 200
    rho = spearmanr(both.iloc[:, 0], both.iloc[:, 1]).statistic
    print(f"{cohort} {share}: Spearman {rho:+.3f} over {len(both)} samples")
    assert rho >= least


@pytest.fixture(scope="module")
def paired(run, data):
    from validation.cohorts import read_all

    return read_all(run, data / "cohorts")


@pytest.mark.parametrize(
    ("cohort", "expected"),
    [
        # By other code, from the published tables.
        ("KIM", -0.50),
        ("POYET", -0.29),
        ("SINHA", -0.29),
        ("HE", -0.05),
        ("WANDRO", -0.05),
        ("KANG", -0.28),
        ("JACOBS", -0.32),
    ],
)
def test_the_baseline_is_the_diversity_of_the_table_as_it_came(paired, cohort, expected):
    one = next(candidate for candidate in paired if candidate.name == cohort)
    y = one.measured["tryptophan"]
    assert spearmanr(one.diversity, y, nan_policy="omit").statistic == pytest.approx(
        expected, abs=0.006
    )


@pytest.mark.parametrize(
    ("cohort", "capability", "metabolite"),
    [
        ("KIM", "tryptamine", "tryptamine"),
        ("HE", "indolelactate", "indolelactate"),
        ("HE", "butyrate", "butyrate"),
    ],
)
def test_shares_say_more_than_diversity_and_depth(paired, cohort, capability, metabolite):
    """The 90 % interval of whole persons lies above 0, also given the table's Shannon and depth."""
    from tryptome.measured.correlation import correlate, person_weights

    one = next(candidate for candidate in paired if candidate.name == cohort)
    x = one.means[f"share:{capability}"].to_numpy(float)
    y = one.measured[metabolite].to_numpy(float)
    known = ~np.isnan(x) & ~np.isnan(y)
    weights = person_weights(one.persons[known], seed=1)
    given = (one.diversity[known], one.depth[known])
    simple, beyond = correlate(x[known], y[known], given, weights)
    print(f"{cohort} {metabolite}: {simple.interval}, given Shannon and depth {beyond.interval}")
    assert simple.interval[0] > 0
    assert beyond.interval[0] > 0


def test_a_fit_without_a_cohort_ranks_its_samples(paired):
    """Medians over cohorts left out, a little under those of docs/validation/accuracy.md."""
    from tryptome.estimate.faecal.nested import Nested
    from validation.cohorts import training

    nested = Nested(training(paired))
    floor = {"tryptophan": 0.27, "tryptamine": 0.4, "indolelactate": 0.3, "butyrate": 0.4}
    floor |= {"indolepropionate": 0.28, "deoxycholate": 0.3}
    for metabolite, least in floor.items():
        median = nested.median(metabolite)
        print(f"{metabolite}: {median:+.3f}")
        assert median >= least


def test_two_cohorts_of_cancer_are_pooled(run):
    """Counts of one, relative abundances of the other; the mean by the weights of the table."""
    folder = run.parent / "pooled"
    pooled = pd.read_csv(folder / "pooled.tsv", sep="\t").set_index("quantity")
    effects = pd.read_csv(folder / "effects.tsv", sep="\t").set_index("quantity")
    parts = effects.loc["precursor_balance"]
    known = 1 / (parts["se"] ** 2 + pooled.loc["precursor_balance", "tau2"])
    mean = (parts["effect"] * known).sum() / known.sum()
    assert set(parts["cohort"]) == {"KIM", "SINHA"}
    assert pooled.loc["precursor_balance", "effect"] == pytest.approx(mean, rel=1e-6)
    table = pd.read_csv(folder / "harmonised.tsv", sep="\t", dtype={"sample": str})
    assert len(table) == 1021
    assert (table["group"] == "cancer").sum() == 36 + 42
    assert (table["group"] == "control").sum() == 102 + 89


@pytest.mark.parametrize("cohort", FOLDERS)
def test_every_cohort_has_its_report(run, cohort):
    page = (run / cohort / "report" / "report.html").read_text(encoding="utf-8")
    assert "precursor" in page
    assert "Traceback" not in page
