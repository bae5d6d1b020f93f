"""What QIIME 2 and biom-format export as text, and what they read of ours."""

import gzip

import biom
import numpy as np
import pytest
import skbio
from hypothesis import given, settings
from hypothesis import strategies as st

from tryptome.errors import FormatError
from tryptome.ingest import load_cohort
from tryptome.ingest.run import run, write
from tryptome.ingest.taxonomy import read_taxonomy

NAMES = ("table.biom", "features.tsv", "samples.tsv", "ledger.json")
BARPLOT = (
    "index,k__Bacteria;p__Firmicutes,k__Bacteria;__,Unassigned;__,age,group\n"
    "S1,3,1,0,31,case\n"
    "S2,0,2,5,28,\n"
)

ids = st.lists(
    st.text(
        st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=30
    ).filter(lambda name: name.strip() and name[0] not in "=+-@\t\r"),
    min_size=1,
    max_size=8,
    unique=True,
)


@given(features=ids, samples=ids, seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_canonical_table_is_read_by_biom_format_and_scikit_bio(
    tmp_path_factory, features, samples, seed
):
    folder = tmp_path_factory.mktemp("round_trip")
    counts = np.random.default_rng(seed).poisson(1.0, (len(features), len(samples)))
    counts[0, 0] += 2**31
    source = biom.Table(counts, features, samples)
    (folder / "source.json").write_text(source.to_json("tests"))
    outputs = [str(folder / name) for name in NAMES]
    write(load_cohort(folder / "source.json"), *outputs)
    for read in (biom.load_table(outputs[0]), skbio.Table.read(outputs[0])):
        assert list(read.ids("observation")) == features
        assert list(read.ids()) == samples
        np.testing.assert_array_equal(read.matrix_data.toarray(), counts)


@pytest.mark.parametrize("named", [False, True])
def test_barplot_export(tmp_path, named):
    path = tmp_path / "level-2.csv"
    path.write_text(BARPLOT)
    cohort = load_cohort(path, metadata=path if named else None)
    assert cohort.table.features == [
        "k__Bacteria;p__Firmicutes",
        "k__Bacteria;__",
        "Unassigned;__",
    ]
    assert cohort.table.samples == ["S1", "S2"]
    assert cohort.table.values.T.toarray().tolist() == [[3, 1, 0], [0, 2, 5]]
    # `age` holds numbers, and is no taxon all the same.
    assert cohort.samples.to_dict("list") == {
        "sample": ["S1", "S2"],
        "index": ["S1", "S2"],
        "age": ["31", "28"],
        "group": ["case", ""],
    }
    assert any("metadata, not abundances: `age`, `group`" in n for n in cohort.ledger["notes"])


def test_barplot_export_with_metadata_of_its_own(tmp_path):
    (tmp_path / "level-2.csv").write_text(BARPLOT)
    (tmp_path / "metadata.tsv").write_text("id\tdiet\nS1\tplant\nS2\tanimal\n")
    cohort = load_cohort(tmp_path / "level-2.csv", metadata=tmp_path / "metadata.tsv")
    assert list(cohort.samples.columns) == ["sample", "id", "diet"]


def test_barplot_export_of_the_highest_level(tmp_path):
    path = tmp_path / "level-1.csv"
    path.write_text("index,d__Bacteria,d__Archaea,Unassigned,site\nS1,3,1,2,gut\n")
    cohort = load_cohort(path)
    assert cohort.table.features == ["d__Bacteria", "d__Archaea", "Unassigned"]
    assert list(cohort.samples["site"]) == ["gut"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_feature_table_as_biom_convert_writes_it(tmp_path, end, start, pack):
    lines = (
        "# Constructed from biom file",
        "#OTU ID\tS.1\t002\ttaxonomy",
        "a1\t1.0\t0.0\tk__Bacteria; g__Blautia",
        "4e5\t2.0\t12.0\tUnassigned",
        "",
    )
    path = tmp_path / "feature-table.tsv"
    path.write_bytes(pack((start + end.join(lines)).encode()))
    cohort = load_cohort(path)
    assert cohort.table.features == ["a1", "4e5"]
    assert cohort.table.samples == ["S.1", "002"]
    assert cohort.table.values.toarray().tolist() == [[1, 0], [2, 12]]
    assert list(cohort.features["lineage"]) == ["k__Bacteria; g__Blautia", "Unassigned"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf_16_is_refused_with_the_remedy(tmp_path, encoding):
    path = tmp_path / "table.tsv"
    path.write_bytes("#OTU ID\tS1\nOtu1\t1\n".encode(encoding))
    with pytest.raises(FormatError, match="UTF-16") as caught:
        load_cohort(path)
    assert "CSV UTF-8" in caught.value.remedy


@pytest.mark.parametrize(
    "header",
    [
        "Feature ID\tTaxon\tConfidence\n",
        "#OTU ID\ttaxonomy\tconfidence\n",
        "Feature ID\tTaxon\tConfidence\n#q2:types\tcategorical\tnumeric\n",
        "",
    ],
)
def test_taxonomy_with_and_without_a_header(tmp_path, header):
    path = tmp_path / "taxonomy.tsv"
    path.write_text(f"{header}a1\t k__Bacteria; g__Blautia \t0.9\n\n4e5\tUnassigned\t1.0\n")
    # Blanks stay: nothing of the input is altered.
    assert read_taxonomy(path).lineages == {
        "a1": " k__Bacteria; g__Blautia ",
        "4e5": "Unassigned",
    }


def test_rows_of_a_taxonomy_that_are_longer_than_its_header(tmp_path):
    path = tmp_path / "taxonomy.tsv"
    path.write_text("Feature ID\tTaxon\na1\tk__Bacteria\t0.9\na2\tk__Archaea\t1.0\n")
    with pytest.raises(FormatError, match="the row has 3 fields, the header 2"):
        read_taxonomy(path)


def test_files_are_written_from_an_export(tmp_path):
    (tmp_path / "level-2.csv").write_text(BARPLOT)
    names = ("table_out", "features_out", "samples_out", "ledger_out")
    outputs = {key: str(tmp_path / name) for key, name in zip(names, NAMES, strict=True)}
    run(str(tmp_path / "level-2.csv"), **outputs)
    assert (tmp_path / "samples.tsv").read_text() == (
        "sample\tindex\tage\tgroup\nS1\tS1\t31\tcase\nS2\tS2\t28\t\n"
    )
