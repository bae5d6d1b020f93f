"""Means of groups, groups, wording and the answer."""

import copy
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import scipy.stats
from conftest import make
from hypothesis import given
from hypothesis import strategies as st

from tryptome import groups
from tryptome.report import answer, taxa, wording
from tryptome.report.summary import means_of, summarise, weights


def table(means, sds=None, assessable=None):
    sds = [0.0] * len(means) if sds is None else sds
    known = [True] * len(means) if assessable is None else assessable
    return pd.DataFrame({"mean": means, "sd": sds, "assessable": known})


def people(*names):
    """Numbers that tell persons apart, in the order of their names."""
    return np.array([sorted(set(names)).index(name) for name in names])


def test_interval_between_persons_is_that_of_a_t_test():
    means = [0.1, -0.4, 0.7, 0.2, 0.05]
    found = summarise(table(means), people(*"abcde"), confidence=0.9, share=False)
    expected = scipy.stats.ttest_1samp(means, 0).confidence_interval(0.9)
    assert (found.lower, found.upper) == pytest.approx((expected.low, expected.high))
    assert (found.between_lower, found.between_upper) == pytest.approx((found.lower, found.upper))


def test_shared_uncertainty_does_not_shrink_with_more_samples():
    found = summarise(table([1.0] * 50, [0.2] * 50), people(*map(str, range(50))), confidence=0.95,
                      share=False)  # fmt: skip
    assert found.upper - found.lower == pytest.approx(2 * 1.959964 * 0.2, rel=1e-5)
    assert found.between_lower == found.between_upper == 1.0


def test_a_person_sampled_often_counts_once():
    values = table([0.0, 0.0, 0.0, 1.0])
    found = summarise(values, people("a", "a", "a", "b"), confidence=0.95, share=False)
    assert found.mean == pytest.approx(0.5)
    assert (found.samples, found.persons) == (4, 2)


def test_unassessable_samples_are_counted_and_not_averaged():
    values = table([0.2, np.nan], [0.01, np.nan], [True, False])
    found = summarise(values, people("a", "b"), confidence=0.95, share=True)
    assert found.mean == pytest.approx(0.2)
    assert (found.samples, found.unassessable) == (1, 1)
    assert math.isnan(found.between_lower)


def test_nothing_assessable_has_no_mean():
    values = table([np.nan], [np.nan], [False])
    found = summarise(values, people("a"), confidence=0.95, share=True)
    assert math.isnan(found.mean)
    assert found.samples == 0


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 0.5)), min_size=1, max_size=8),
    st.floats(0.5, 0.99),
)
def test_ends_of_a_share_stay_within_0_and_1_and_hold_the_mean(pairs, confidence):
    means, sds = zip(*pairs, strict=True)
    names = people(*map(str, range(len(means))))
    found = summarise(table(means, sds), names, confidence=confidence, share=True)
    assert -1e-9 <= found.lower <= found.mean + 1e-9
    assert found.mean - 1e-9 <= found.upper <= 1 + 1e-9


@given(st.lists(st.sampled_from("abcde"), min_size=1))
def test_weights_add_up_and_are_alike_between_persons(names):
    weight = weights(people(*names))
    assert sum(weight) == pytest.approx(1)
    totals = pd.Series(weight).groupby(pd.Series(names)).sum()
    assert totals.to_numpy() == pytest.approx(1 / len(totals))


def test_references_come_first_and_numbers_count_as_numbers():
    samples = pd.DataFrame({"sample": list("abcde"), "week": ["10", "2", "base", "", "1"]})
    contrast = {"column": "week", "reference": "base", "level": "2", "interaction": None}
    found = groups.form(samples, ["week"], {"x": contrast})
    assert [g.label for g in found.groups] == ["base", "2", "1", "10", "(no value)"]


@given(st.lists(st.tuples(st.text(max_size=3), st.sampled_from(["x", "y", ""])), min_size=1))
def test_every_sample_is_in_exactly_one_group(rows):
    samples = pd.DataFrame(rows, columns=["one", "two"])
    samples.insert(0, "sample", [f"s{i}" for i in range(len(rows))])
    found = groups.form(samples, ["one", "two"], {})
    positions = sorted(p for group in found.groups for p in group.positions)
    assert positions == list(range(len(rows)))
    assert len(found.groups) <= groups.MOST + 1


def test_a_sample_that_names_no_person_is_one_of_its_own():
    samples = pd.DataFrame({"sample": ["a", "b", "c"], "person": ["P", "P", ""]})
    assert groups.persons(samples, "person").tolist() == [0, 0, 1]
    assert groups.named_persons(samples, "person").tolist() == [True, True, False]


@given(st.lists(st.tuples(st.sampled_from(["", "P", "Q", "R"]), st.floats(-9, 9)), min_size=1))
def test_a_mean_over_persons_is_worked_out_person_by_person(rows):
    names, values = zip(*rows, strict=True)
    samples = pd.DataFrame({"sample": [f"s{at}" for at in range(len(rows))], "who": names})
    of_person: dict[str, list[float]] = {}
    for sample, name, value in zip(samples["sample"], names, values, strict=True):
        of_person.setdefault(name or sample, []).append(value)
    means = [np.mean(own) for own in of_person.values()]
    who = groups.persons(samples, "who")
    # To the last bit: what is written of a cohort does not hang on how it is worked out.
    assert means_of(np.array(values), who).tolist() == means
    found = summarise(table(values), who, confidence=0.9, share=False)
    assert (found.samples, found.persons) == (len(rows), len(means))
    assert found.mean == pytest.approx(np.mean(means), abs=1e-12)


def test_groups_are_those_of_rows_looked_at_one_by_one():
    rng = np.random.default_rng(1)
    samples = pd.DataFrame({"sample": [f"s{at}" for at in range(200)]})
    samples = samples.assign(diet=rng.choice(["a", "b", ""], 200), week=rng.choice(["1", "2"], 200))
    found = groups.form(samples, ["diet", "week"], {})
    for number, group in enumerate(found.groups):
        alike = [" · ".join(pair) for pair in zip(samples["diet"], samples["week"], strict=True)]
        label = group.label.replace("(no value)", "")
        assert group.positions.tolist() == [at for at, one in enumerate(alike) if one == label]
        assert set(found.numbers()[group.positions]) == {number}


@pytest.mark.parametrize(
    ("effect", "lower", "upper", "q", "expected"),
    [
        (0.4, 0.1, 0.7, 0.01, "balance higher by 0.40"),
        (-0.4, -0.7, -0.1, 0.01, "balance lower by 0.40"),
        (0.4, 0.1, 0.7, 0.2, "higher by 0.40, but that does not stand after correction"),
        (0.4, -0.1, 0.9, 0.2, "no difference could be told (+0.40"),
        (np.nan, np.nan, np.nan, np.nan, "cannot be estimated (too few)"),
    ],
)
def test_findings_are_worded_from_interval_and_q(tmp_path, crossover, design, effect, lower, upper,
                                                 q, expected):  # fmt: skip
    made = make(tmp_path, crossover, **design)
    rows = made.contrasts["quantity"] == "precursor_balance"
    numbers = ["effect", "lower", "upper", "q"]
    made.contrasts.loc[rows, numbers] = [effect, lower, upper, q]
    made.contrasts.loc[rows, "reason"] = "too few"
    findings = made.content().context({})["answer"].findings
    assert len(findings) == 2
    assert all(expected in finding.text for finding in findings)
    assert findings[0].told_apart == (q < 0.05)


def test_a_contrast_without_a_title_is_told_by_what_it_compares(tmp_path, crossover, design):
    # Of its own: other tests have the same design.
    made = make(tmp_path, crossover, **copy.deepcopy(design))
    contrasts = made.settings["contrast_settings"]
    first, second = contrasts
    contrasts[first] |= {"title": ""}
    contrasts[second] |= {"title": "A title"}
    asked = "{column}: {level} against {reference}".format(**contrasts[first])
    context = made.content().context({})
    assert context["answer"].findings[0].title == f"{first} ({asked})"
    assert context["contrasts"][first].title == f"{first} ({asked})"
    assert context["answer"].findings[1].title == "A title"


@pytest.mark.parametrize(
    ("mean", "sd", "expected"),
    [
        (1.0, 0.1, "more cells can make tryptophan than can divert it."),
        (-1.0, 0.1, "more cells can divert tryptophan than can make it."),
        (0.1, 0.5, "It is open whether more cells"),
    ],
)
def test_headline_follows_the_interval(tmp_path, crossover, design, mean, sd, expected):
    made = make(tmp_path, crossover, **design)
    rows = made.quantities["quantity"] == "precursor_balance"
    made.quantities.loc[rows, ["mean", "sd"]] = [mean, sd]
    found = made.content().context({})["answer"]
    assert expected in found.headline
    assert found.caveat.endswith(answer.CAVEAT_OF_CONTRASTS)


@given(st.floats(-1e6, 1e6), st.integers(0, 4))
def test_numbers_are_those_of_python(value, digits):
    shown = wording.number(value, digits).replace("−", "-").replace(",", "")
    assert float(shown) == pytest.approx(round(value, digits), abs=10**-digits)


@given(st.text(max_size=300), st.integers(5, 60))
def test_shortened_text_fits(text, width):
    short = wording.shortened(text, width)
    assert len(short) <= width
    assert short == text or "…" in short


def test_drivers_have_their_intervals_and_what_is_left_without_them(tmp_path, crossover, design):
    results = make(tmp_path, crossover, **design).content().results
    own = results.drivers
    own = own[(own["contrast"] == "plant") & (own["quantity"] == "share:trp_synthesis")]
    several = pd.concat([own, own.assign(term="another", part=1.0)], ignore_index=True)
    rows = taxa.drivers(replace(results, drivers=several), "plant", "share:trp_synthesis")
    assert sum(row.parts[0] for row in rows) == pytest.approx(own["part"].sum())
    stated = own.set_index("taxon").loc[rows[0].taxon]
    assert (rows[0].lower, rows[0].upper) == (stated["lower"], stated["upper"])
    assert rows[0].without == 0.034
    assert math.isnan(rows[-1].lower)


@given(*2 * [st.floats(1e-6, 50) | st.floats(-50, -1e-6) | st.just(0.0)], st.integers(0, 2))
def test_whether_an_interval_holds_0_is_seen(one, other, digits):
    """Down to a millionth: an end of 0.0004 shown as 0.000 would seem to include it."""
    ends = sorted((one, other))
    for shown in (wording.interval(*ends, digits), wording.signed_interval(*ends, digits)):
        told = [float(end.replace("−", "-")) for end in shown.split(" to ")]
        assert np.sign(told).tolist() == np.sign(ends).tolist()
