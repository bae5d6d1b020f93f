"""Designs beyond two levels, against scikit-bio called directly, all exchanges, and by hand."""

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from scipy.stats import false_discovery_control
from skbio import DistanceMatrix
from skbio.stats import distance
from skbio.stats.composition import ancombc2, clr

from tryptome.community.abundance import differential
from tryptome.community.asked import NoTestError, asked
from tryptome.community.distances import distances
from tryptome.community.model import model
from tryptome.community.permutation import mantel, permanova, permdisp
from tryptome.community.reads import Reads
from tryptome.community.units import (
    CHANGE_PAIRS,
    CHANGES,
    MEANS,
    NO_CHANGE,
    NOT_HELD,
    NOTHING_TO_EXCHANGE,
    PAIRS,
    SAMPLES,
    VALUES,
    units,
)

TAXA = 14


def cohort(rows, seed=1):
    """Metadata of rows, and reads in which persons (or samples) differ."""
    metadata = pd.DataFrame(rows)
    metadata.insert(0, "sample", [f"s{at}" for at in range(len(metadata))])
    rng = np.random.default_rng(seed)
    who = metadata["person"] if "person" in metadata else metadata["sample"]
    own = rng.lognormal(4, 1, size=(who.nunique(), TAXA))[pd.factorize(who)[0]]
    return metadata, own * rng.lognormal(0, 0.3, own.shape), rng


def as_rows(values):
    return scipy.sparse.csr_array(np.asarray(values))


def as_reads(values):
    counts = np.rint(values)
    return Reads(scipy.sparse.csr_array(counts), [f"g__T{at:02d}" for at in range(TAXA)])


def told(contrast, metadata, person=None):
    return asked(contrast, metadata, person, np.ones(len(metadata), dtype=bool))


@pytest.fixture
def three():
    return cohort([{"site": site, "age": str(20 + at)} for at in range(12) for site in "cab"])


@pytest.fixture
def crossed():
    """Three persons at three sites each."""
    return cohort([{"site": s, "person": f"p{at}"} for at in range(3) for s in "abc"])


SITE = {"formula": "site", "column": "site", "reference": "b"}


def test_three_groups_are_those_of_scikit_bio(three):
    metadata, values, _ = three
    values[(metadata["site"] == "a").to_numpy(), :4] *= 2
    found = units(told(SITE, metadata))
    assert (found.kind, found.levels) == (SAMPLES, ("b", "a", "c"))
    between = distances("bray_curtis", found.weights, as_rows(values))
    direct = distance.permanova(between, list(metadata["site"]), permutations=0)
    got = permanova(between, found, 3)
    assert got["statistic"] == pytest.approx(direct["test statistic"])
    squares = between.data**2
    inside = sum(
        squares[np.ix_(rows, rows)].sum() / 2 / len(rows)
        for rows in (np.flatnonzero(metadata["site"] == site) for site in "abc")
    )
    assert got["r2"] == pytest.approx(1 - inside / (squares.sum() / 2 / len(metadata)))
    assert got["p"] < 0.01
    direct = distance.permdisp(
        between, list(metadata["site"]), permutations=0, warn_neg_eigval=False
    )
    assert permdisp(between, found, 3)["statistic"] == pytest.approx(direct["test statistic"])


def exchanged(persons, levels):
    """All labels of persons who each have every level."""
    orders = list(permutations(range(levels)))
    return (np.concatenate(one) for one in product(orders, repeat=persons))


def exact(statistic, persons, levels):
    every = np.array([statistic(codes) for codes in exchanged(persons, levels)])
    return (every >= every[0] - 1e-9).mean()


@pytest.mark.parametrize("test", ["permanova", "permdisp"])
def test_three_groups_within_persons_have_the_p_of_all_exchanges(crossed, test):
    metadata, values, _ = crossed
    values[(metadata["site"] == "c").to_numpy(), :3] *= 1.6
    found = units(told({"formula": "site"}, metadata, "person"))
    assert (found.kind, found.persons) == (PAIRS, 3)
    between = distances("aitchison", found.weights, as_rows(values))
    more = {"warn_neg_eigval": False, "dimensions": 9} if test == "permdisp" else {}

    def statistic(codes):
        names = [f"g{code}" for code in codes]
        return getattr(distance, test)(between, names, permutations=0, **more)["test statistic"]

    ours = {"permanova": permanova, "permdisp": permdisp}[test](between, found, 5)
    assert ours["statistic"] == pytest.approx(statistic(np.tile([0, 1, 2], 3)))
    assert ours["p"] == pytest.approx(exact(statistic, 3, 3), abs=0.09)


def test_scatter_of_persons_is_exchanged_within_persons():
    """One group scatters in all persons alike; freely exchanged labels see persons' own scatter."""
    rows = [{"site": s, "person": f"p{at:02d}"} for at in range(12) for s in "ab"]
    metadata, values, rng = cohort(rows)
    values[1::2] *= rng.lognormal(0, 1.0, values[1::2].shape)
    found = units(told({"formula": "site"}, metadata, "person"))
    between = distances("aitchison", found.weights, as_rows(values))
    free = distance.permdisp(
        between, found.grouping, permutations=999, seed=1, warn_neg_eigval=False
    )
    got = permdisp(between, found, 1)
    assert got["statistic"] == pytest.approx(free["test statistic"])
    assert got["p"] < 0.05


def test_a_number_is_tested_by_mantel_of_scikit_bio(three):
    metadata, values, _ = three
    age = metadata["age"].astype(float).to_numpy()
    values[:, 0] *= np.exp((age - 20) / 3)
    found = units(told({"formula": "age + site"}, metadata))
    assert (found.kind, found.levels, len(found)) == (SAMPLES, (), 36)
    between = distances("aitchison", found.weights, as_rows(values))
    apart = DistanceMatrix(np.abs(age[:, None] - age))
    rho, p, _ = distance.mantel(apart, between, method="spearman", permutations=999, seed=9)
    got = mantel(between, found, 4)
    assert got["statistic"] == pytest.approx(rho)
    assert got["p"] == pytest.approx(p, abs=0.02)


def test_a_number_within_persons_is_exchanged_within_persons():
    rows = [
        {"dose": str(d), "person": f"p{at}"}
        for at, d in product(range(7), (1, 2, 4))
        if at or d < 4
    ]
    metadata, values, _ = cohort(rows)
    values[:, 0] *= metadata["dose"].astype(float)
    found = units(told({"formula": "dose"}, metadata, "person"))
    assert (found.kind, found.persons) == (VALUES, 7)
    between = distances("aitchison", found.weights, as_rows(values))
    got = mantel(between, found, 4)
    dose = metadata["dose"].astype(float).to_numpy()
    rng, extreme = np.random.default_rng(0), []
    for _ in range(400):
        moved = metadata.groupby("person")["dose"].transform(rng.permutation)
        moved = moved.astype(float).to_numpy()
        apart = DistanceMatrix(np.abs(moved[:, None] - moved))
        extreme.append(abs(distance.mantel(apart, between, "spearman", permutations=0)[0]))
    apart = DistanceMatrix(np.abs(dose[:, None] - dose))
    rho = distance.mantel(apart, between, "spearman", permutations=0)[0]
    assert got["statistic"] == pytest.approx(rho)
    assert got["p"] == pytest.approx(np.mean(np.array(extreme) >= abs(rho)), abs=0.08)


def phases(persons, arms):
    return [
        {"person": f"p{at}", "arm": arm, "phase": phase}
        for at in range(persons)
        for arm in arms(at)
        for phase in ("before", "after", "after")
    ]


BOTH = {
    **{"column": "phase", "reference": "before", "level": "after"},
    "interaction": {"column": "arm", "reference": "x", "level": "y"},
}
BY_FORMULA = {"formula": "phase * arm", "reference": "before"}


@pytest.mark.parametrize("contrast", [BOTH, BY_FORMULA])
@pytest.mark.parametrize("kind", [CHANGES, CHANGE_PAIRS])
def test_an_interaction_is_a_difference_of_changes(kind, contrast):
    metadata, values, _ = cohort(
        phases(12, lambda at: "xy" if kind == CHANGE_PAIRS else "xy"[at % 2])
    )
    values[(metadata["phase"] == "after").to_numpy(), :3] *= 4  # changes both arms alike
    found = units(told(contrast, metadata, "person"))
    assert (found.kind, found.persons, found.samples) == (kind, 12, len(metadata))
    between = distances("aitchison", found.weights, as_rows(values))
    logs = pd.DataFrame(clr(values / values.sum(axis=1, keepdims=True)))
    logs = logs.groupby([metadata[name] for name in ("person", "arm", "phase")]).mean()
    change = logs.xs("after", level="phase") - logs.xs("before", level="phase")
    where = metadata.iloc[[row.indices[0] for row in found.weights]]
    points = change.loc[list(zip(where["person"], where["arm"], strict=True))].to_numpy()
    expected = np.linalg.norm(points[:, None] - points[None], axis=-1)
    np.testing.assert_allclose(between.data, expected, atol=1e-9)
    assert permanova(between, found, 2)["p"] > 0.05
    rows = ((metadata["phase"] == "after") & (metadata["arm"] == "y")).to_numpy()
    values[rows, :3] *= 4
    assert permanova(distances("aitchison", found.weights, as_rows(values)), found, 2)["p"] < 0.01


def test_an_interaction_without_changes_is_none(three):
    metadata, _, _ = three
    with pytest.raises(NoTestError, match=NO_CHANGE):
        units(told({"formula": "site * age"}, metadata))
    metadata, _, _ = cohort(phases(12, lambda at: "xy"[at % 2]))
    with pytest.raises(NoTestError, match=NO_CHANGE):
        units(told(BOTH, metadata))  # nobody repeats


def test_strata_and_blocks_exchange_inside_themselves():
    rows = [{"diet": d, "site": s} for s in "uvw" for d in ("plant", "plant", "meat") * 3]
    metadata, values, _ = cohort(rows)
    values[(metadata["site"] == "u").to_numpy(), :5] *= 20
    for more in ({"formula": "diet", "strata": "site"}, {"formula": "diet + (1|site)"}):
        found = units(told(more, metadata))
        assert not found.free
        between = distances("aitchison", found.weights, as_rows(values))
        rng, labels = np.random.default_rng(3), metadata["diet"]
        first = distance.permanova(between, list(labels), permutations=0)["test statistic"]
        others = [
            distance.permanova(
                between,
                list(labels.groupby(metadata["site"]).transform(rng.permutation)),
                permutations=0,
            )["test statistic"]
            for _ in range(300)
        ]
        got = permanova(between, found, 1)
        assert got["statistic"] == pytest.approx(first)
        assert got["p"] == pytest.approx(np.mean(np.array(others) >= first), abs=0.1)
    metadata["site"] = metadata["diet"].map({"plant": "u", "meat": "v"})
    with pytest.raises(NoTestError, match="cannot be told apart"):
        told({"formula": "diet", "strata": "site"}, metadata)
    with pytest.raises(NoTestError, match=NOTHING_TO_EXCHANGE):
        units(told({"formula": "diet + (1|site)"}, metadata))
    with pytest.raises(NoTestError, match="leave nothing of the contrast"):
        model(told({"formula": "diet + (1|site)"}, metadata))
    metadata["person"] = [f"p{at // 3}" for at in range(len(metadata))]
    metadata["run"] = ["1", "2", "3"] * 9
    with pytest.raises(NoTestError, match=NOT_HELD):
        units(told({"formula": "diet + (1|run)"}, metadata, "person"))


def direct(values, metadata, formula):
    """Results of ANCOM-BC2 on all samples, by a formula that patsy understands."""
    counts = pd.DataFrame(np.rint(values) + 1, columns=as_reads(values).taxa)
    return ancombc2(counts, metadata, formula, p_adjust="fdr_bh").result


def check(rows, expected, covariate):
    """Compare rows of a term with scikit-bio's own, and q with SciPy's."""
    own = expected.xs(covariate, level="Covariate")
    rows = rows[rows["method"] == "ancombc2"].set_index("taxon").loc[own.index]
    np.testing.assert_allclose(rows["log2_fold_change"], own["Log(FC)"] / np.log(2), atol=1e-5)
    np.testing.assert_allclose(rows["p"], own["pvalue"], rtol=1e-3, atol=1e-12)
    np.testing.assert_allclose(rows["q"], false_discovery_control(rows["p"]), rtol=1e-9)


def test_taxa_at_three_levels_and_along_a_number(three):
    metadata, values, _ = three
    values = 30 * values**0.3
    values[(metadata["site"] == "c").to_numpy(), 2] *= 9
    age = metadata["age"].astype(float)
    values[:, 5] *= 2 ** ((age - age.mean()) / 4)
    formula = SITE | {"formula": "site + age"}
    found = differential(as_reads(values), model(told(formula, metadata)), counts=True, seed=1)
    assert list(found["term"].unique()) == ["site: a against b", "site: c against b"]
    assert list(found["method"].unique()) == ["ancombc2", "dirmult_ttest"]
    expected = direct(values, metadata.assign(age=age), "C(site, Treatment('b')) + age")
    for site in "ac":
        rows = found[found["term"] == f"site: {site} against b"]
        check(rows, expected, f"C(site, Treatment('b'))[T.{site}]")
    top = found[found["term"] == "site: c against b"].sort_values("p").groupby("method").first()
    assert list(top["taxon"]) == ["g__T02", "g__T02"]
    np.testing.assert_allclose(top["log2_fold_change"], np.log2(9), atol=0.7)
    slope = differential(
        as_reads(values), model(told({"formula": "age + site"}, metadata)), counts=True, seed=1
    )
    assert list(slope["method"].unique()) == ["ancombc2"]
    check(slope, expected, "age")
    best = slope.sort_values("p").iloc[0]
    assert best["taxon"] == "g__T05"
    assert best["log2_fold_change"] == pytest.approx(1 / 4, abs=0.05)


@pytest.mark.parametrize("paired", [False, True])
def test_taxa_of_an_interaction(paired):
    metadata, values, _ = cohort(phases(14, lambda at: "xy" if paired else "xy"[at % 2]))
    metadata, values = metadata.iloc[::3], values[::3]  # a sample each before
    after = metadata.assign(phase="after")
    metadata = pd.concat([metadata, after], ignore_index=True)
    metadata["sample"] = [f"s{at}" for at in range(len(metadata))]
    rng = np.random.default_rng(4)
    values = np.vstack([values, values * rng.lognormal(0, 0.2, values.shape)])
    rows = ((metadata["phase"] == "after") & (metadata["arm"] == "y")).to_numpy()
    values[rows, 3] *= 8
    found = model(told(BOTH, metadata, "person"))
    assert found.paired
    got = differential(as_reads(values), found, counts=True, seed=1)
    assert list(got["method"].unique()) == ["ancombc2"]
    formula = "person + phase + phase:arm" if not paired else "person + phase * arm"
    coded = metadata.assign(phase=(metadata["phase"] == "after").astype(float))
    coded["arm"] = (coded["arm"] == "y").astype(float)
    check(got, direct(values, coded, formula), "phase:arm")
    best = got.sort_values("p").iloc[0]
    assert best["taxon"] == "g__T03"
    assert best["log2_fold_change"] == pytest.approx(3, abs=0.6)


def test_units_too_few_for_their_parameters_are_said():
    rows = [{"dose": str(at), "a": str(at**2), "b": str(at**3)} for at in range(4)]
    metadata, _, _ = cohort(rows)
    with pytest.raises(NoTestError, match="4 units are too few for 4 parameters"):
        model(told({"formula": "dose + a + b"}, metadata))


def test_means_are_of_persons_of_one_level(three):
    metadata, _, _ = three
    metadata["person"] = [f"p{at // 6}{site}" for at, site in enumerate(metadata["site"])]
    found = units(told(SITE, metadata, "person"))
    assert (found.kind, len(found), found.samples) == (MEANS, metadata["person"].nunique(), 36)
