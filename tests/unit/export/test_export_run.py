"""Exports are read by other libraries, and hold what the results hold."""

import gzip
import html
import json
import zipfile
from uuid import UUID

import biom
import numpy as np
import pandas as pd
import pytest
import skbio
import yaml

from tryptome.errors import InputError, OutputError
from tryptome.estimate.quantities import NUMBERS
from tryptome.export import multiqc
from tryptome.export.capabilities import complete_part
from tryptome.ingest import load_cohort
from tryptome.report.figures.accounting import SHADES
from tryptome.report.results import TIER_LABELS
from tryptome.tables import read_tsv, text_rows, write_biom, write_tsv


@pytest.fixture(scope="session")
def quantities(made):
    frame = pd.read_parquet(made.inputs["quantities"])
    return frame.pivot(index="sample", columns="quantity", values="mean")


def test_shares_times_the_cells_they_speak_for_are_the_exported_cells(made):
    """The share of cells is worked out by `estimate`, on another way."""
    table = biom.load_table(str(made.export / "capabilities.biom")).to_dataframe(dense=True)
    long = pd.read_parquet(made.inputs["quantities"])
    shares = long[long["quantity"].str.startswith("share:")].assign(
        capability=lambda rows: rows["quantity"].str.removeprefix("share:")
    )
    cells = biom.load_table(made.inputs["composition"]).to_dataframe(dense=True)
    prevalence = pd.read_parquet(made.inputs["capabilities"])
    for capability in ("trp_synthesis", "butyrate", "indole"):
        known = prevalence.query("capability == @capability and assessable")["taxon"]
        assessed = cells.loc[cells.index.isin(known)].sum()
        share = shares.query("capability == @capability").set_index("sample")["mean"]
        expected = (share * assessed)[table.columns]
        # A share has one read more, which nobody has seen, at the prior: one cell at most.
        np.testing.assert_allclose(table.loc[capability], expected, rtol=0, atol=1)


def test_nothing_unknown_is_in_the_table_and_all_else_is_said_to_be_left_out(made, quantities):
    table = skbio.Table.read(str(made.export / "capabilities.biom"))
    shares = quantities.filter(like="share:").rename(columns=lambda n: n.removeprefix("share:"))
    kept = shares.loc[list(table.ids()), list(table.ids("observation"))]
    assert kept.notna().all(axis=None)
    gone = read_tsv(made.export / "left_out.tsv")
    by_axis = gone.groupby("axis")["id"].apply(set)
    assert by_axis["sample"] | set(table.ids()) == set(shares.index)
    assert by_axis["capability"] | set(table.ids("observation")) == set(shares.columns)
    assert gone.set_index("id").loc["empty", "reason"] == "the sample has no reads"
    assert gone.set_index("id").loc["skatole", "reason"] == "no genome data can tell it"


def test_the_worst_goes_first():
    known = np.ones((3, 10), dtype=bool)
    known[0, :4] = False  # unknown in 4 of 10 samples
    known[1:, 9] = False  # a sample of which 2 of 3 are unknown
    rows, columns = complete_part(known)
    assert rows.tolist() == [False, True, True]
    assert columns.tolist() == [True] * 9 + [False]
    rows, columns = complete_part(np.zeros((2, 2), dtype=bool))
    assert not rows.any() or not columns.any()


@pytest.mark.parametrize("name", ["capabilities", "quantities"])
def test_artifacts_have_the_layout_of_qiime2(made, name):
    with zipfile.ZipFile(made.export / f"{name}.qza") as opened:
        assert opened.testzip() is None
        roots = {entry.split("/")[0] for entry in opened.namelist()}
        assert len(roots) == 1
        assert UUID(roots.pop()).version == 4
        root = opened.namelist()[0].split("/")[0]
        metadata = yaml.safe_load(opened.read(f"{root}/metadata.yaml"))
        assert metadata["uuid"] == root
        action = yaml.safe_load(opened.read(f"{root}/provenance/action/action.yaml"))
        assert action["action"]["type"] == "import"


def test_our_own_reader_of_artifacts_reads_the_table(made):
    read = load_cohort(made.export / "capabilities.qza").table
    source = biom.load_table(str(made.export / "capabilities.biom"))
    assert list(read.samples) == list(source.ids())
    np.testing.assert_array_equal(read.values.toarray(), source.matrix_data.toarray())


def test_the_artifact_of_quantities_holds_them_all_with_the_balance_first(made, quantities):
    with zipfile.ZipFile(made.export / "quantities.qza") as opened:
        name = next(entry for entry in opened.namelist() if entry.endswith("diversity.tsv"))
        with opened.open(name) as handle:
            read = pd.read_csv(handle, sep="\t", dtype={"sample-id": str}, index_col=0)
    assert read.columns[0] == "precursor_balance"
    pd.testing.assert_frame_equal(
        read[quantities.columns], quantities.loc[read.index], check_names=False, rtol=1e-8
    )


def test_every_read_is_in_the_table_for_phyloseq(made):
    folder = made.export / "phyloseq"
    otu = pd.read_csv(folder / "otu.csv", index_col=0)
    source = biom.load_table(made.inputs["table"])
    assert list(otu.columns) == list(source.ids())
    assert set(made.hostile) < set(otu.columns)
    np.testing.assert_array_equal(otu.sum(), np.asarray(source.sum(axis="sample")))
    assert set(otu.dtypes.astype(str)) == {"int64"}
    facts = pd.read_csv(folder / "sample_data.csv", dtype={"sample": str}, index_col=0)
    assert list(facts.index) == list(otu.columns)
    assert (facts["tryptome:reads"].to_numpy() == otu.sum().to_numpy()).all()
    assert facts["note"].eq('a, "b" & <i>c</i>').all()


def test_ranks_are_those_of_the_taxon_and_no_finer(made):
    tax = pd.read_csv(made.export / "phyloseq" / "tax.csv", index_col=0, keep_default_na=False)
    otu = pd.read_csv(made.export / "phyloseq" / "otu.csv", index_col=0)
    assert list(tax.index) == list(otu.index)
    assert tax.loc["g__Faecalibacterium", ["Phylum", "Family", "Genus", "Species"]].tolist() == [
        *("Bacillota_A", "Ruminococcaceae", "Faecalibacterium", "")
    ]
    families = tax[tax["Tier"] == "family"]
    assert len(families) > 0
    assert families["Genus"].eq("").all()
    assert tax.loc["unresolved:bacteria", "Kingdom"] == "Bacteria"


def test_the_long_table_has_every_fact_of_every_sample(made):
    long = pd.read_parquet(made.export / "long.parquet")
    with gzip.open(made.export / "long.tsv.gz", "rt", encoding="utf-8") as handle:
        text = pd.read_csv(handle, sep="\t", dtype=str, keep_default_na=False)
    assert list(text.columns) == list(long.columns)
    assert len(text) == len(long)
    assert text["sample"].tolist() == long["sample"].tolist()
    source = pd.read_parquet(made.inputs["quantities"])
    rows = long[long["source"] == "quantities"].reset_index(drop=True)
    assert rows["name"].tolist() == source["quantity"].tolist()
    pd.testing.assert_series_equal(rows["value"], source["mean"], check_names=False)
    others = [name for name in source if name not in ("quantity", "mean")]
    pd.testing.assert_frame_equal(rows[others], source[others])
    metadata = long[long["source"] == "metadata"]
    assert set(metadata["name"]) == {"note", "age"}
    reads = long[long["source"] == "depth"].set_index("sample")["value"]
    assert reads["empty"] == 0
    tiers = long[long["source"] == "accounting"].groupby("sample")["value"].sum(min_count=1)
    assert tiers.drop("empty").sub(1).abs().max() < 1e-9
    assert np.isnan(tiers["empty"])


def test_a_cohort_of_which_nothing_can_be_assessed_is_exported_too(made, tmp_path):
    values = pd.read_parquet(made.inputs["quantities"])
    numbers = [*NUMBERS, "assessable_cells"]
    values = values.assign(**dict.fromkeys(numbers, np.nan), assessable=False, reason="no names")
    values.to_parquet(tmp_path / "quantities.parquet")
    folder = made.run(tmp_path / "export", quantities=str(tmp_path / "quantities.parquet"))
    table = biom.load_table(str(folder / "capabilities.biom"))
    assert 0 in table.shape
    gone = read_tsv(folder / "left_out.tsv")
    assert set(gone["reason"]) == {"no names"}
    assert json.loads((folder / "multiqc" / "a_quantities_mqc.json").read_text())["data"] == {}


def test_a_column_of_the_metadata_is_not_taken_for_a_result(made, tmp_path):
    metadata = read_tsv(made.inputs["samples"]).assign(**{"tryptome:reads": "5"})
    write_tsv(metadata, tmp_path / "samples.tsv")
    with pytest.raises(InputError, match="tryptome:reads"):
        made.run(tmp_path / "export", samples=str(tmp_path / "samples.tsv"))


def test_the_same_bytes_again(made, tmp_path):
    again = made.run(tmp_path / "again")
    for name in made.files:
        assert (again / name).read_bytes() == (made.export / name).read_bytes(), name


def test_multiqc_gets_no_markup_from_ids(made):
    content = json.loads((made.export / "multiqc" / "a_tiers_mqc.json").read_text("utf-8"))
    shown = {html.unescape(name) for name in content["data"]}
    assert set(made.hostile) < shown
    assert "empty" not in shown
    assert not any(set(name) & set("</._") for name in content["data"])
    for row in content["data"].values():
        assert sum(row.values()) == pytest.approx(100)


def test_multiqc_names_and_colours_tiers_as_the_report_does(made):
    accounting = read_tsv(made.folder / "estimate" / "accounting.tsv", numeric=TIER_LABELS)
    shown = multiqc.tiers("a", accounting)["categories"]
    assert {tier: one["name"] for tier, one in shown.items()} == TIER_LABELS
    assert {tier: one["color"] for tier, one in shown.items()} == SHADES


def test_multiqc_shows_the_balance_first_and_says_what_each_quantity_is(made):
    content = json.loads((made.export / "multiqc" / "a_quantities_mqc.json").read_text("utf-8"))
    assert html.unescape(next(iter(content["data"]))) == "precursor_balance"
    assert content["pconfig"]["sort_rows"] is False
    assert all(row["what"] for row in content["data"].values())


def test_a_large_cohort_shows_some_of_its_samples_and_says_so(made):
    accounting = read_tsv(made.folder / "estimate" / "accounting.tsv")
    numbers = accounting.columns[1:]
    accounting[numbers] = accounting[numbers].replace("", "nan").astype(float)
    large = pd.concat([accounting.head(10)] * 100, ignore_index=True)
    large["sample"] = [f"s{at}" for at in range(len(large))]
    content = multiqc.tiers("a", large)
    assert len(content["data"]) == multiqc.MOST_SAMPLES
    assert "200 of 1000 shown" in content["description"]


def test_a_table_read_sample_by_sample_gives_the_same(made, tmp_path, monkeypatch):
    monkeypatch.setattr("tryptome.export.capabilities.ENTRIES", 1)
    monkeypatch.setattr("tryptome.export.phyloseq.CELLS", 1)
    monkeypatch.setattr("tryptome.biom_parts.IN_MEMORY", 1)
    folder = made.run(tmp_path / "again")
    for name in ("left_out.tsv", "phyloseq/otu.csv"):
        assert (folder / name).read_bytes() == (made.export / name).read_bytes()
    # As a file it is as it was written: its parts lie elsewhere.
    tables = [biom.load_table(str(at / "capabilities.biom")) for at in (folder, made.export)]
    assert tables[0] == tables[1]


def test_fields_of_a_wide_table_are_those_of_pandas(tmp_path):
    header = ["taxon", 'a "b"', "c,d", "ä"]
    rows = [["g__A", "1", "0", "2.5"], ['s__"x", y', "0", "1e+16", "3"]]
    with text_rows(tmp_path / "a.csv", header, ",") as add:
        for row in rows:
            add(row)
    pd.DataFrame(rows, columns=header).to_csv(tmp_path / "b.csv", index=False, lineterminator="\n")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize("bad", [(["=1+1"], []), (["taxon"], ["@SUM(A1)"])])
def test_a_wide_table_holds_no_formula(tmp_path, bad):
    header, row = bad
    with (
        pytest.raises(OutputError, match="as a formula"),
        text_rows(tmp_path / "a.csv", header) as add,
    ):
        add(row)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stage", ["samples", "composition"])
def test_samples_in_another_order_are_no_silent_mix(made, tmp_path, stage):
    if stage == "samples":
        changed = tmp_path / "samples.tsv"
        write_tsv(read_tsv(made.inputs["samples"])[::-1], changed)
    else:
        changed = tmp_path / "composition.biom"
        table = biom.load_table(made.inputs["composition"])
        write_biom(table.sort_order(list(table.ids())[::-1]), changed)
    with pytest.raises(ValueError, match="or another order"):
        made.run(tmp_path / "out", **{stage: str(changed)})
