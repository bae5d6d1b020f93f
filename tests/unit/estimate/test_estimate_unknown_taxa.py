"""Half of a cohort's taxa made unknown: less is assessable, and nothing becomes zero."""

import random

import numpy as np
import pandas as pd
import pytest

from tryptome.annotate.run import run as annotate
from tryptome.estimate.run import run as estimate
from tryptome.ingest.run import run as ingest
from tryptome.paths import resource
from tryptome.resolve.run import run as resolve
from tryptome.tables import read_tsv, write_tsv

SPORES = ["share:spore_forming", "host_drive:spore_formers"]


def stages(folder, unknown=frozenset()):
    """Run the demo through `estimate`, with the lineages of some features blotted out."""
    at = {name: str(folder / name) for name in (
        "table.biom", "features.tsv", "samples.tsv", "ledger.json", "resolution.tsv", "taxa.tsv",
        "capabilities.parquet", "copy_number.parquet", "composition.biom", "quantities.parquet",
        "contributions.parquet", "accounting.tsv", "depth.tsv", "applicability.tsv", "budget.tsv",
        "scenario_checks.tsv",
    )}  # fmt: skip
    ingest(
        str(resource("demo", "david2014.biom")), orientation="auto", values="auto",
        sample_column=None, subject_column=None, table_out=at["table.biom"],
        features_out=at["features.tsv"], samples_out=at["samples.tsv"],
        ledger_out=at["ledger.json"],
    )  # fmt: skip
    features = read_tsv(at["features.tsv"])
    features.loc[features["feature"].isin(unknown), "lineage"] = "Bacteria"
    write_tsv(features, at["features.tsv"])
    resolve(
        at["table.biom"], at["features.tsv"],
        resolution_out=at["resolution.tsv"], taxa_out=at["taxa.tsv"],
    )  # fmt: skip
    annotate(
        at["taxa.tsv"], capabilities_out=at["capabilities.parquet"],
        copy_number_out=at["copy_number.parquet"],
    )  # fmt: skip
    estimate(
        at["table.biom"], at["ledger.json"], at["samples.tsv"], at["resolution.tsv"],
        at["capabilities.parquet"], at["copy_number.parquet"],
        composition_out=at["composition.biom"], quantities_out=at["quantities.parquet"],
        contributions_out=at["contributions.parquet"], accounting_out=at["accounting.tsv"],
        depth_out=at["depth.tsv"], applicability_out=at["applicability.tsv"],
        budget_out=at["budget.tsv"], scenario_checks_out=at["scenario_checks.tsv"],
        copy_number_correction=True, min_assessable=0.0, cover=0.95,
    )  # fmt: skip
    return at


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    return stages(tmp_path_factory.mktemp("known"))


@pytest.fixture(scope="module", params=[1, 2, 3])
def half(request, known, tmp_path_factory):
    """Half of the taxa, by chance, made unknown."""
    features = read_tsv(known["features.tsv"])
    lineages = sorted(set(features["lineage"]))
    random.Random(request.param).shuffle(lineages)
    lost = set(lineages[::2])
    unknown = frozenset(features["feature"][features["lineage"].isin(lost)])
    return stages(tmp_path_factory.mktemp("half"), unknown)


def wide(at, column):
    table = pd.read_parquet(at["quantities.parquet"])
    return table.pivot(index="sample", columns="quantity", values=column)


def test_less_can_be_assessed(known, half):
    before, after = (wide(at, "assessable_cells") for at in (known, half))
    # Of spore-forming most names say nothing to begin with: hiding one such name, whose cells
    # are told from its reads by its own 16S copies, may lower what the share is taken of.
    before, after = (table.drop(columns=SPORES) for table in (before, after))
    assert (after <= before + 1e-12).all(axis=None)
    assert after.mean(axis=None) < 0.8 * before.mean(axis=None)


def wider(known, half, prefix):
    """Part of the samples whose 90 % interval is wider once names are unknown, by quantity."""
    before, after = (wide(at, f"{prefix}q95") - wide(at, f"{prefix}q05") for at in (known, half))
    return (after > before).mean()[before.notna().any()]


def test_intervals_of_all_cells_are_wider(known, half):
    found = wider(known, half, "all_")
    assert found["precursor_balance"] > 0.9
    assert found.median() > 0.85


def test_values_are_not_smaller(known, half):
    """Shares of what can be assessed move both ways, by chance, and not towards zero."""
    before, after = (wide(at, "mean").mean() for at in (known, half))
    names = [name for name in before.index if name.startswith("share:")]
    ratio = np.log2(after[names] / before[names])
    assert ratio.median() > -0.5
    # What makes and what needs tryptophan add up to all cells, before and after.
    for shares in (before, after):
        whole = shares["share:trp_synthesis"] + shares["share:trp_auxotrophy"]
        assert whole == pytest.approx(1)


def test_every_read_is_still_accounted_for(known, half):
    for at in (known, half):
        table = pd.read_csv(at["accounting.tsv"], sep="\t")
        tiers = table.drop(columns=["sample"])
        np.testing.assert_allclose(tiers.sum(axis=1), 1, atol=1e-8)
    one, two = (pd.read_csv(at["accounting.tsv"], sep="\t") for at in (known, half))
    depth = [pd.read_csv(at["depth.tsv"], sep="\t") for at in (known, half)]
    np.testing.assert_array_equal(depth[0]["reads"], depth[1]["reads"])
    assert (two["bacteria"] > one["bacteria"]).all()
