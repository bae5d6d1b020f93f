"""Ids of samples: to the letter, or by a rule that is asked for; never altered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tryptome.config import parse
from tryptome.errors import DuplicateIdError, MismatchError
from tryptome.ingest import load_cohort
from tryptome.ingest.matching import EXACT, SINGLE, TOGETHER, Rule, link, propose

CASES = {
    # Ids of the table, of the metadata, and the rule that makes them one.
    "case": (["S1a", "S2a"], ["s1A", "s2A"], {"ignore_case": True}),
    "separators": (["S-1", "S_2"], ["S.1", "S.2"], {"ignore_separators": True}),
    "leading X": (["X12", "X34"], ["12", "34"], {"ignore_leading_x": True}),
    "zeros": (["007", "008"], ["7", "8"], {"ignore_leading_zeros": True}),
    "blanks": (["a1 ", " b2"], ["a1", "b2"], {"ignore_blanks": True}),
    "prefix": (["run1.A", "run1.B"], ["A", "B"], {"ignore_prefix": "run1."}),
    "suffix": (["A", "B"], ["A_L001", "B_L001"], {"ignore_suffix": "_L001"}),
    "both ends": (
        *(["A1", "B1"], ["R1_A1_L001", "R1_B1_L001"]),
        {"ignore_prefix": "R1_", "ignore_suffix": "_L001"},
    ),
    "two at once": (["A1 ", "B1"], ["a1", "b1"], {"ignore_blanks": True, "ignore_case": True}),
    "as R writes": (
        *(["X1.gut", "X2.gut"], ["1-gut", "2-gut"]),
        {"ignore_separators": True, "ignore_leading_x": True},
    ),
}


def inputs(folder, samples, ids):
    table, metadata = folder / "t.tsv", folder / "m.tsv"
    table.write_text("OTU\t" + "\t".join(samples) + "\nBlautia" + "\t5" * len(samples) + "\n")
    metadata.write_text("id\tgroup\n" + "".join(f"{name}\tg{i}\n" for i, name in enumerate(ids)))
    return {"table": table, "metadata": metadata}


@pytest.mark.parametrize("case", CASES)
def test_a_rule_is_proposed_and_not_applied_unasked(tmp_path, case):
    samples, ids, rule = CASES[case]
    with pytest.raises(MismatchError) as caught:
        load_cohort(**inputs(tmp_path, samples, ids))
    assert f"`{Rule(**rule).setting()}`" in caught.value.remedy
    assert caught.value.remedy.startswith("2 of 2 would match")


@pytest.mark.parametrize("case", CASES)
def test_a_rule_that_is_asked_for_matches_and_alters_no_id(tmp_path, case):
    samples, ids, rule = CASES[case]
    cohort = load_cohort(**inputs(tmp_path, samples, ids), sample_ids=rule)
    assert list(cohort.samples["sample"]) == cohort.table.samples == samples
    assert list(cohort.samples["id"]) == ids
    assert list(cohort.samples["group"]) == ["g0", "g1"]
    assert cohort.ledger["sample_ids"] == {
        "rule": rule,
        "matched_by_rule": dict(zip(samples, ids, strict=True)),
    }


def test_where_some_match_a_rule_for_the_others_is_proposed(tmp_path):
    ledger = load_cohort(**inputs(tmp_path, ["A", "B", "C-1"], ["A", "B", "C.1"])).ledger
    assert ledger["samples_without_metadata"] == ["C-1"]
    assert ledger["sample_ids_proposed"] == {"rule": {"ignore_separators": True}, "matches": 1}
    assert any("`sample_ids: {ignore_separators: true}`" in note for note in ledger["notes"])


def test_a_proposal_keeps_the_rule_that_is_configured(tmp_path):
    given = inputs(tmp_path, ["a", "B", "C-1"], ["A", "B", "C.1"])
    ledger = load_cohort(**given, sample_ids={"ignore_case": True}).ledger
    both = {"ignore_case": True, "ignore_separators": True}
    assert ledger["sample_ids_proposed"] == {"rule": both, "matches": 1}
    assert load_cohort(**given, sample_ids=both).ledger["samples_without_metadata"] == []


def test_what_matches_to_the_letter_is_left_to_the_letter(tmp_path):
    given = inputs(tmp_path, ["a", "A", "b"], ["a", "A", "B"])
    cohort = load_cohort(**given, sample_ids={"ignore_case": True})
    assert list(cohort.samples["id"]) == ["a", "A", "B"]
    assert cohort.ledger["sample_ids"]["matched_by_rule"] == {"b": "B"}


@pytest.mark.parametrize(
    ("samples", "ids"), [(["b"], ["B", "b "]), (["b", "B"], ["b "]), (["c", "C"], ["c.", "C."])]
)
def test_a_rule_that_makes_two_ids_one_is_refused(samples, ids):
    rule = Rule(ignore_case=True, ignore_blanks=True, ignore_suffix=".")
    with pytest.raises(DuplicateIdError, match="all the same"):
        link(samples, ids, rule)


names = st.lists(st.text("aAbB01xX.-_ ", min_size=1, max_size=6), min_size=1, unique=True)


@given(names, names)
def test_without_a_rule_only_the_letter_counts(samples, ids):
    assert link(samples, ids, EXACT) == {name: name for name in samples if name in ids}


@given(names, names, st.sampled_from([*SINGLE, TOGETHER]))
def test_a_link_is_one_to_one_and_by_the_rule(samples, ids, rule):
    try:
        linked = link(samples, ids, rule)
    except DuplicateIdError:
        return
    assert len(set(linked.values())) == len(linked)
    assert all(rule.key(ours) == rule.key(theirs) for ours, theirs in linked.items())
    assert {name for name in samples if name in ids} <= linked.keys()


@given(names, names)
def test_a_proposal_can_be_configured(samples, ids):
    matches, rule = propose(samples, ids)
    assert matches <= len(samples)
    content = {"cohorts": {"a": {"table": "t", "sample_ids": vars(rule)}}}
    assert Rule(**parse(content).cohorts["a"].reading()["sample_ids"]) == rule
