"""Profiles whose rows repeat reads at every rank: one rank, every read once."""

import contextlib
import gzip
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from tryptome.errors import (
    DuplicateIdError,
    FormatError,
    MissingFileError,
    TryptomeError,
    ValueProblemError,
)
from tryptome.ingest import load_cohort
from tryptome.ingest.clades import NO_PARENT, RANKS, Clades, at_rank, holds_its_parts

REPORT = (
    " 10.00\t10\t10\tU\t0\tunclassified\n"
    " 90.00\t90\t1\tR\t1\troot\n"
    " 89.00\t89\t2\tD\t2\t  Bacteria\n"
    " 87.00\t87\t0\tP\t1239\t    Bacillota\n"
    " 87.00\t87\t7\tG\t572511\t      Blautia\n"
    " 30.00\t30\t20\tS\t418240\t        Blautia wexlerae\n"
    " 10.00\t10\t10\tS1\t9\t          Blautia wexlerae strain 1\n"
    " 50.00\t50\t50\tS\t40520\t        Blautia obeum\n"
)
WORKED = {
    # By hand: what of each clade's reads no clade inside it holds.
    "species": {"0": 10, "1": 1, "2": 2, "572511": 7, "418240": 30, "40520": 50},
    "genus": {"0": 10, "1": 1, "2": 2, "572511": 87},
    "domain": {"0": 10, "1": 1, "2": 89},
}


def write(folder, text, name="S-1.kraken2.report.txt"):
    path = folder / name
    path.write_text(text)
    return path


def read_counts(cohort):
    return dict(zip(cohort.table.features, cohort.table.values.toarray()[:, 0], strict=True))


@pytest.mark.parametrize("rank", WORKED)
def test_kraken_report_by_hand(tmp_path, rank):
    cohort = load_cohort(write(tmp_path, REPORT), rank=rank)
    assert read_counts(cohort) == WORKED[rank]
    assert cohort.table.samples == ["S-1"]
    assert cohort.ledger["features_in"] == 8
    assert cohort.ledger["ranks"]["used"] == rank
    assert cohort.ledger["total"] == 100


def test_lineages_of_a_kraken_report(tmp_path):
    cohort = load_cohort(write(tmp_path, REPORT))
    lineages = dict(cohort.features[["feature", "lineage"]].to_numpy())
    assert lineages["418240"] == "d__Bacteria;p__Bacillota;g__Blautia;s__Blautia wexlerae"
    assert (lineages["0"], lineages["1"]) == ("unclassified", "root")
    assert cohort.ledger["ranks"]["shares"] == {
        "domain": 0.02,
        "genus": 0.07,
        "species": 0.8,
        "no rank": 0.11,
    }


def test_columns_of_minimizers_do_not_matter(tmp_path):
    rows = (line.split("\t") for line in REPORT.splitlines())
    wide = "".join("\t".join([*row[:3], "5", "4", *row[3:]]) + "\n" for row in rows)
    assert read_counts(load_cohort(write(tmp_path, wide))) == WORKED["species"]


def test_a_line_that_is_no_row_of_a_report_is_named(tmp_path):
    path = write(tmp_path, REPORT + "cut\n")
    with pytest.raises(FormatError, match="no row of a Kraken report") as caught:
        load_cohort(path)
    assert caught.value.place == f"{path}, line 9"


def test_a_rank_that_no_row_has(tmp_path):
    with pytest.raises(FormatError, match="no row is a class") as caught:
        load_cohort(write(tmp_path, REPORT), rank="class")
    assert "domain, phylum, genus, species" in caught.value.remedy


MPA = (
    "d__Bacteria\t89\n"
    "d__Bacteria|p__Bacillota\t87\n"
    "d__Bacteria|p__Bacillota|g__Blautia\t87\n"
    "d__Bacteria|p__Bacillota|g__Blautia|s__Blautia wexlerae\t30\n"
    "d__Bacteria|p__Bacillota|g__Blautia|s__Blautia obeum\t50\n"
)


@pytest.mark.parametrize("prefix", ["__", "_"])
def test_the_same_sample_in_the_style_of_metaphlan(tmp_path, prefix):
    cohort = load_cohort(write(tmp_path, MPA.replace("__", prefix), "S-1.mpa"))
    by_lineage = dict(zip(cohort.features["lineage"], read_counts(cohort).values(), strict=True))
    assert by_lineage == {
        "d__Bacteria": 2,
        "d__Bacteria;p__Bacillota;g__Blautia": 7,
        "d__Bacteria;p__Bacillota;g__Blautia;s__Blautia wexlerae": 30,
        "d__Bacteria;p__Bacillota;g__Blautia;s__Blautia obeum": 50,
    }


@pytest.mark.parametrize(
    "header",
    [
        "ID\tA\tB\n#SampleID\tMetaphlan2_Analysis\tMetaphlan2_Analysis\n",
        "#mpa_v30_CHOCOPhlAn_201901\nclade_name\tA\tB\n",
        "#mpa_vJan21\n#clade_name\tA\tB\n",
        "#Classification\tA\tB\n",
    ],
)
def test_headers_of_merged_profiles(tmp_path, header):
    rows = "k__Bacteria\t99.5\t100\nk__Bacteria|g__Blautia\t99.5\t100\nUNKNOWN\t0.5\t0\n"
    cohort = load_cohort(write(tmp_path, header + rows))
    assert cohort.table.samples == ["A", "B"]
    assert cohort.table.features == ["k__Bacteria|g__Blautia", "UNKNOWN"]
    np.testing.assert_allclose(cohort.table.values.toarray(), [[99.5, 100], [0.5, 0]])
    assert cohort.ledger["values"] == "relative"


@pytest.mark.parametrize("transposed", [False, True])
def test_a_profile_that_went_through_a_spreadsheet(tmp_path, transposed):
    frame = pd.DataFrame(
        {"A": [99.5, 99.5, 60.0], "B": [100.0, 100.0, 100.0]},
        index=["k__B", "k__B|g__G", "k__B|g__G|s__G_x"],
    )
    path = tmp_path / "t.csv"
    (frame.T if transposed else frame).to_csv(path, index_label="id")
    table = load_cohort(path).table
    assert table.samples == ["A", "B"]
    assert table.features == ["k__B|g__G", "k__B|g__G|s__G_x"]
    np.testing.assert_allclose(table.values.toarray(), [[39.5, 0], [60, 100]])


def test_columns_beside_the_abundances_of_a_single_profile(tmp_path):
    text = (
        "#mpa_v31\n#/bin/metaphlan x.fq\n#S7\tMetaphlan_Analysis\n"
        "#clade_name\tclade_taxid\trelative_abundance\tcoverage\t"
        "estimated_number_of_reads_from_the_clade\n"
        "k__Bacteria\t2\t100.0\t1.5\t900\nk__Bacteria|g__Blautia\t2|3\t100.0\t1.5\t900\n"
    )
    cohort = load_cohort(write(tmp_path, text))
    assert (cohort.table.samples, cohort.ledger["total"]) == (["S7"], 100)
    assert cohort.ledger["values"] == "relative"


def test_rounding_makes_no_features(tmp_path):
    text = "clade_name\tA\nk__B\t100\n" + "".join(f"k__B|g__G{i}\t33.33333\n" for i in range(3))
    cohort = load_cohort(write(tmp_path, text))
    assert cohort.table.features == [f"k__B|g__G{i}" for i in range(3)]


def test_rows_that_hold_reads_of_their_own_are_kept_as_they_are(tmp_path):
    text = "ID\tA\tB\nk__B\t1\t0\nk__B|g__G\t9\t3\nk__B|g__H\t5\t3\n"
    cohort = load_cohort(write(tmp_path, text))
    np.testing.assert_array_equal(cohort.table.values.toarray(), [[1, 0], [9, 3], [5, 3]])
    assert any("its own reads" in note for note in cohort.ledger["notes"])


def test_a_field_that_is_no_number_is_named(tmp_path):
    path = write(tmp_path, "clade_name\tA\nk__B\t1\nk__B|g__G\tx\n")
    with pytest.raises(ValueProblemError, match="`x` is not a number") as caught:
        load_cohort(path)
    assert "line 3" in caught.value.place


BRACKEN = (
    "name\ttaxonomy_id\ttaxonomy_lvl\tkraken_assigned_reads\tadded_reads\tnew_est_reads\t"
    "fraction_total_reads\nBlautia obeum\t40520\tS\t5\t3\t8\t0.8\nB. wexlerae\t4\tS\t1\t1\t2\t.2\n"
)


def test_bracken_tables(tmp_path):
    single = load_cohort(write(tmp_path, BRACKEN, "S1.bracken"))
    assert read_counts(single) == {"40520": 8, "4": 2}
    assert single.features["lineage"][0] == "s__Blautia obeum"
    combined = load_cohort(
        write(
            tmp_path,
            "name\ttaxonomy_id\ttaxonomy_lvl\tA_num\tA_frac\tB_num\tB_frac\n"
            "X y\t7\tS\t5\t1\t6\t1\n",
        )
    )
    assert combined.table.samples == ["A", "B"]
    np.testing.assert_array_equal(combined.table.values.toarray(), [[5, 6]])


def test_a_folder_of_single_samples_is_one_table(tmp_path):
    write(tmp_path, REPORT, "B.kreport")
    with gzip.open(tmp_path / "A.kreport.gz", "wt") as handle:
        handle.write(REPORT.replace("Blautia obeum", "Dorea").replace("40520", "88431"))
    (tmp_path / ".hidden").write_text("no table")
    cohort = load_cohort(tmp_path)
    counts = cohort.table.values.toarray()
    assert cohort.table.samples == ["A", "B"]
    np.testing.assert_array_equal(counts.sum(axis=0), [100, 100])
    assert list(counts[cohort.table.features.index("88431")]) == [50, 0]
    assert set(cohort.ledger["files"]) == {"A", "B"}


@pytest.mark.parametrize(
    ("files", "error", "match"),
    [
        ({}, MissingFileError, "holds 0 files"),
        ({"a.txt": REPORT, "a.tsv": REPORT}, DuplicateIdError, "same name: `a`"),
        ({"a": REPORT, "t": "OTU\tS1\tS2\nx\t1\t2\n"}, FormatError, "holds 2 samples"),
        ({"a": REPORT, "b": REPORT.replace("obeum", "x")}, FormatError, "feature `40520` is"),
        ({"a": REPORT, "b": "prose"}, FormatError, "no table"),
    ],
)
def test_folders_that_are_no_table(tmp_path, files, error, match):
    for name, text in files.items():
        write(tmp_path, text, name)
    with pytest.raises(error, match=match):
        load_cohort(tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "clade_name\tA\n" + "k__a|" * 400 + "!\t1\nk__a\t2\n",
        "clade_name\tA\n" + "k__a|" * 100_000 + "k__a\t1\nk__a\t2\n",
        REPORT + "1\t1\t1\tS\t7\tx" + " " * 200_000 + "y\n",
        REPORT + "".join(f"1\t1\t1\tS\t{i}\t{' ' * i}x\n" for i in range(9, 3000)),
    ],
    ids=["fails late", "many steps", "blanks", "deep"],
)
def test_hostile_names_take_no_time(tmp_path, text):
    begin = time.perf_counter()
    with contextlib.suppress(TryptomeError):
        load_cohort(write(tmp_path, text))
    assert time.perf_counter() - begin < 5


@st.composite
def trees(draw):
    """Rows with a rank and reads of their own; each inside an earlier one of a higher rank."""
    letters = list(RANKS.values())
    size = draw(st.integers(1, 12))
    depths, parents = [], []
    for row in range(size):
        parent = draw(st.integers(-1, row - 1))
        if parent != NO_PARENT and depths[parent] + 1 >= len(letters):
            parent = NO_PARENT
        low = 0 if parent == NO_PARENT else depths[parent] + 1
        depths.append(draw(st.integers(low, len(letters) - 1)))
        parents.append(parent)
    own = np.array(draw(st.lists(st.integers(0, 50), min_size=size, max_size=size)), float)
    whole = own.copy()
    for row in reversed(range(size)):
        if parents[row] != NO_PARENT:
            whole[parents[row]] += whole[row]
    ids = [f"r{row}" for row in range(size)]
    ranks = [letters[depth] for depth in depths]
    return Clades(ids, ids, ranks, parents, csr_matrix(whole[:, None])), own


@settings(max_examples=200, deadline=None)
@given(trees(), st.data())
def test_every_read_once_at_any_rank(tree, data):
    clades, own = tree
    rank = data.draw(st.sampled_from([n for n, letter in RANKS.items() if letter in clades.ranks]))
    chosen = at_rank(clades, rank, "here")
    assert chosen.values.sum() == own.sum()
    assert (chosen.values.toarray() >= 0).all()
    assert holds_its_parts(clades)
    row_of = {name: row for row, name in enumerate(clades.ids)}
    used = {row_of[name] for name in chosen.ids}
    depth = list(RANKS).index(rank)
    for row in used:
        # No row lies inside another that is as deep as the rank.
        above = clades.parents[row]
        while above != NO_PARENT:
            assert list(RANKS.values()).index(clades.ranks[above]) < depth
            above = clades.parents[above]


@pytest.mark.data
@pytest.mark.parametrize("name", ["sample_test.report", "sample_output_bracken.report"])
def test_kraken_counts_the_reads_of_each_taxon_itself(name):
    if "TRYPTOME_DATA" not in os.environ:
        pytest.skip("TRYPTOME_DATA is not set")
    path = Path(os.environ["TRYPTOME_DATA"], "formats", "kraken_bracken", name)
    cohort = load_cohort(path)
    counts = read_counts(cohort)
    with path.open() as handle:
        rows = [line.rstrip("\n").split("\t") for line in handle]
    ranks = {row[4]: row[3] for row in rows}
    # The third column holds what Kraken gave to the taxon itself, the second the whole clade;
    # Bracken rewrites the second alone where it moved reads.
    species = {row[4]: float(row[1]) for row in rows if row[3] == "S"}
    assert {key: n for key, n in counts.items() if ranks[key] == "S"} == species
    if name == "sample_test.report":
        above = {row[4]: float(row[2]) for row in rows}
        assert all(n == above[key] for key, n in counts.items() if ranks[key] != "S")
    assert sum(counts.values()) == float(rows[0][1]) + float(rows[1][1])
