"""Long tables: whatever is melted comes back."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tryptome.errors import DuplicateIdError, FormatError, ValueProblemError
from tryptome.ingest import load_cohort

PSMELT = (
    '"","OTU","Sample","Abundance","SampleType","Kingdom","Phylum","Genus"\n'
    '"1","ASV1","S-1",12,"gut","Bacteria","Bacillota","Blautia"\n'
    '"7","ASV1","S-2",3,"skin","Bacteria","Bacillota","Blautia"\n'
    '"3","ASV2","S-1",1e2,"gut","Bacteria","Bacteroidota",NA\n'
)


def write(folder, text):
    path = folder / "t.csv"
    path.write_text(text)
    return path


def test_psmelt_by_hand(tmp_path):
    cohort = load_cohort(write(tmp_path, PSMELT))
    assert cohort.table.samples == ["S-1", "S-2"]
    np.testing.assert_array_equal(cohort.table.values.toarray(), [[12, 3], [100, 0]])
    assert cohort.features["lineage"][0] == "k__Bacteria;p__Bacillota;g__Blautia"
    assert list(cohort.samples["SampleType"]) == ["gut", "skin"]
    assert cohort.ledger["sample_column"] == "Sample"


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 1000), min_size=3, max_size=3), min_size=1, max_size=5),
    st.randoms(use_true_random=False),
)
def test_what_pandas_melts_comes_back(tmp_path_factory, counts, shuffled):
    array = np.array(counts) + np.eye(len(counts), 3, dtype=int)
    frame = pd.DataFrame(array, index=[f"f{i}" for i in range(len(array))], columns=list("abc"))
    melted = frame.rename_axis("feature_id").reset_index()
    melted = melted.melt("feature_id", var_name="sample_id", value_name="count")
    order = list(range(len(melted)))
    shuffled.shuffle(order)
    path = tmp_path_factory.mktemp("long") / "t.tsv"
    melted.iloc[order].to_csv(path, sep="\t", index=False)
    table = load_cohort(path).table
    back = pd.DataFrame(table.values.toarray(), table.features, table.samples)
    pd.testing.assert_frame_equal(
        back.sort_index().sort_index(axis=1), frame.astype(float), check_names=False
    )


@pytest.mark.parametrize(
    ("text", "error", "match"),
    [
        (PSMELT + PSMELT.splitlines()[1] + "\n", DuplicateIdError, "`ASV1` of sample `S-1`"),
        (PSMELT.replace("1e2", "many"), ValueProblemError, "`many` is not a number"),
        (PSMELT.replace('3,"skin","Bacteria"', '3,"skin","Archaea"'), FormatError, "`ASV1` is"),
    ],
)
def test_broken_long_tables(tmp_path, text, error, match):
    with pytest.raises(error, match=match):
        load_cohort(write(tmp_path, text))
