"""Refits: pulled towards what ships, moved by what was measured."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.sparse import csr_array

from tryptome.biom_parts import biom_parts
from tryptome.estimate.faecal.metabolites import METABOLITES
from tryptome.estimate.faecal.model import Model, load
from tryptome.estimate.faecal.ranks import ranks
from tryptome.knowledge.base import load as load_knowledge
from tryptome.measured.refit import PENALTY, refit, run
from tryptome.paths import resource
from tryptome.tables import read_tsv, write_parquet, write_tsv

SHIPPED = Model(("one", "other"), np.array([[1.0], [0.0]]), np.array([0.5]), ("",))


def cohort(planted, samples=400):
    rng = np.random.default_rng(4)
    x = ranks(rng.normal(size=(samples, len(planted))))
    y = x @ planted + rng.normal(size=samples)
    return x, y, np.array([f"p{number}" for number in range(samples)], dtype=object)


def test_measurements_move_the_coefficients():
    x, y, persons = cohort([0.0, 1.0])
    found = refit(x, y, persons, SHIPPED, 0, 1)
    assert found is not None
    coefficients = found.coefficients
    # By hand for uncorrelated features: (slope + 3 start) / 4 each, start 0.5 and slope 0.7.
    assert coefficients[0] / coefficients[1] == pytest.approx(1.5 / 0.7, rel=0.25)
    assert 0.1 < found.strength < 0.5
    assert (found.samples, found.persons) == (400, 400)


def test_a_person_left_out_does_not_vouch_for_itself():
    x, _, persons = cohort([0.0, 0.0])
    y = np.random.default_rng(9).normal(size=len(x))  # nothing to be learned
    found = refit(x, y, persons, SHIPPED, 0, 1)
    assert found is not None
    assert found.strength < 0.15


def test_signs_are_held_where_measurements_have_the_wrong_ones():
    """More makers, less tryptophan, and more with those that use it up: neither is learned."""
    names = ("share:trp_synthesis", "share:indole", "shannon")
    shipped = Model(names, np.array([[0.7], [-0.4], [0.0]]), np.array([0.1]), ("",))
    x, y, persons = cohort([-2.0, 2.0, 1.0])
    found = refit(x, y, persons, shipped, 0, 1)
    assert found is not None
    assert found.coefficients[:2].tolist() == [0, 0]
    # What is left is a score of one feature, with variance one over the samples.
    assert found.coefficients[2] == pytest.approx(1 / np.sqrt((x[:, 2] ** 2).mean()))
    right = refit(x, -y, persons, shipped, 0, 1)
    assert right is not None
    assert np.sign(right.coefficients).tolist() == [1, -1, -1]


def test_with_signs_the_optimum_is_that_of_a_bounded_solver():
    names = ("share:trp_synthesis", "share:indole", "shannon")
    shipped = Model(names, np.array([[0.7], [-0.4], [0.2]]), np.array([0.5]), ("",))
    x, y, persons = cohort([-0.3, -1.0, 0.8])
    x[:, 2] = ranks((x[:, 0] + x[:, 2])[:, None])[:, 0]  # correlated, so that signs interact
    found = refit(x, y, persons, shipped, 0, 1)
    assert found is not None
    rank = ranks(y[:, None])[:, 0]
    start = 0.5 * shipped.coefficients[:, 0]

    def loss(beta):
        return ((rank - x @ beta) ** 2).mean() + PENALTY * ((beta - start) ** 2).sum()

    bounds = [(0, None), (None, 0), (None, None)]
    best = minimize(loss, np.zeros(3), bounds=bounds, method="L-BFGS-B").x
    assert found.coefficients == pytest.approx(best / np.sqrt(((x @ best) ** 2).mean()), abs=1e-4)


def test_the_files_say_what_was_refitted_with_what(tmp_path):
    """Of a metabolite that was measured the provenance is the cohort's, of others as it ships."""
    rng = np.random.default_rng(2)
    shipped = load()
    names = [f"s{number}" for number in range(40)]
    capabilities = [n for n in shipped.features if n.startswith("share:")]
    write_quantities(tmp_path / "quantities.parquet", names, capabilities, rng)
    with biom_parts(
        str(tmp_path / "composition.biom"), ["g__Blautia"], names, "sample", "Taxon table"
    ) as append:
        append(csr_array(np.ones((40, 1))))
    people = [f"p{number // 2}" for number in range(40)]
    write_tsv(pd.DataFrame({"sample": names, "person": people}), tmp_path / "samples.tsv")
    butyrate = rng.random(40)
    write_tsv(pd.DataFrame({"id": names, "butyrate": butyrate}), tmp_path / "measured.tsv")
    run(
        *(str(tmp_path / name) for name in ("measured.tsv", "samples.tsv")),
        *(str(tmp_path / name) for name in ("quantities.parquet", "composition.biom")),
        coefficients_out=str(tmp_path / "coefficients.tsv"),
        models_out=str(tmp_path / "models.tsv"),
        columns={},
        subject_column="person",
        seed=1,
        cohort="mine",
    )
    before = read_tsv(resource("prediction", "models.tsv")).set_index("metabolite")
    found = read_tsv(tmp_path / "models.tsv").set_index("metabolite")
    assert list(found.columns) == list(before.columns)
    of_own = ["origin", "cohorts", "samples", "persons", "knowledge"]
    version = load_knowledge().version
    assert found.loc["butyrate", of_own].tolist() == ["refitted", "mine", "40", "20", version]
    others = [name for name in found.index if name != "butyrate"]
    assert set(found.loc[others, "origin"]) == {"as shipped"}
    rest = [name for name in before.columns if name != "origin"]
    pd.testing.assert_frame_equal(found.loc[others, rest], before.loc[others, rest])
    again = load(tmp_path)
    moved = np.flatnonzero((again.coefficients != load().coefficients).any(axis=0))
    assert moved.tolist() == [[m.name for m in METABOLITES].index("butyrate")]


def write_quantities(path, samples, quantities, rng):
    rows = [(s, q, "share of cells", rng.random(), "") for s in samples for q in quantities]
    names = ["sample", "quantity", "unit", "mean", "reason"]
    write_parquet(pd.DataFrame(rows, columns=names), path)


def test_few_persons_move_nothing():
    x, y, _ = cohort([0.0, 1.0], samples=40)
    persons = np.array([f"p{number % 19}" for number in range(40)], dtype=object)
    assert refit(x, y, persons, SHIPPED, 0, 1) is None
