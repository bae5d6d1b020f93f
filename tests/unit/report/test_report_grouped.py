"""Contributions that are means of groups make the same page as those of samples."""

import numpy as np
import pandas as pd
import pytest
from conftest import make

from tryptome.report import evidence, portraits


def means_of_groups(made):
    """Means over persons of the contributions of samples, for all samples and each group."""
    rows = made.contributions.merge(made.metadata, on="sample")
    rows["group"] = rows["diet"] + " · " + rows["phase"]
    both = pd.concat([rows.assign(group=""), rows])
    means = both.groupby(["group", "person", "taxon", "quantity"])["mean"].mean()
    means = means.groupby(["group", "taxon", "quantity"]).mean().reset_index()
    whole = means.groupby(["group", "quantity"])["mean"].transform("sum")
    return means.assign(share=means["mean"] / whole)


@pytest.fixture
def both(tmp_path, crossover, design):
    samples = make(tmp_path / "samples", crossover, **design)
    grouped = make(tmp_path / "groups", crossover, **design)
    grouped.contributions = means_of_groups(grouped)
    return samples, grouped


def test_carriers_and_evidence_are_those_of_samples(both):
    of_samples, of_groups = (made.content() for made in both)
    assert not of_groups.results.per_sample
    for (title, rows), (other, same) in zip(of_samples.carriers, of_groups.carriers, strict=True):
        assert (title, [row.taxon for row in rows]) == (other, [row.taxon for row in same])
        parts = [[row.parts for row in found] for found in (rows, same)]
        assert np.shape(parts[0])[1] == 5  # all samples, and two diets in two phases
        np.testing.assert_allclose(parts[0], parts[1], rtol=1e-9)
    told = [
        [entry.taxa for entry in evidence.collect(c.results, c.knowledge, c.capabilities)]
        for c in (of_samples, of_groups)
    ]
    assert told[0] == told[1]


def test_a_group_that_the_file_lacks_has_no_value(both):
    grouped = both[1]
    grouped.contributions = grouped.contributions[grouped.contributions["group"] == ""]
    for _, rows in grouped.content().carriers:
        assert rows
        assert all(row.parts[0] is not None and set(row.parts[1:]) == {None} for row in rows)


def test_samples_name_no_taxa_and_the_page_is_made(both):
    content = both[1].content()
    shown = portraits.portraits(content.results, content.capabilities)
    assert {(one.makers, one.diverters) for one in shown} == {("", "")}
    assert "Taxa of single samples are given on request" in both[1].run()
