"""All seven cohorts with measured metabolites, end to end, against what was measured."""

import csv
import os
import subprocess
import sys
from pathlib import Path

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


@pytest.mark.parametrize("cohort", FOLDERS)
def test_every_cohort_has_its_report(run, cohort):
    page = (run / cohort / "report" / "report.html").read_text(encoding="utf-8")
    assert "precursor" in page
    assert "Traceback" not in page
