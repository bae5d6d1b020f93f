"""Rules over KO and EC numbers mean what Python's own `and` and `or` mean."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tryptome.extend.rules import can_be_called, parse
from tryptome.knowledge import load

NUMBERS = ("K00001", "K00002", "1.1.1.1", "2.7.1.30")
GENES = st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=2, unique=True).map("|".join)
RULES = st.recursive(
    GENES,
    lambda inner: st.tuples(inner, st.sampled_from(("and", "or")), inner).map(
        lambda parts: f"({parts[0]} {parts[1]} {parts[2]})"
    ),
    max_leaves=6,
)


def by_python(rule: str, found: frozenset[str]) -> bool:
    """Let Python's parser evaluate the rule."""
    text = re.sub(r"[^\s()]*\d[^\s()]*", lambda m: str(bool(found & set(m[0].split("|")))), rule)
    return eval(text)


@given(RULES, st.frozensets(st.sampled_from(NUMBERS)))
def test_a_rule_holds_as_python_says(rule, found):
    assert parse(rule).holds(found) == by_python(rule, found)


@given(GENES, GENES, GENES, st.frozensets(st.sampled_from(NUMBERS)))
def test_and_binds_tighter_than_or(a, b, c, found):
    for rule in (f"{a} or {b} and {c}", f"{a} and {b} or {c}"):
        assert parse(rule).holds(found) == by_python(rule, found)


@pytest.mark.parametrize(
    "text", ["", "K1", "K00001 and", "and K00001", "(K00001", "K00001)", "K00001 K00002", "tnaA"]
)
def test_what_is_no_rule_is_refused(text):
    with pytest.raises(ValueError, match="rule"):
        parse(text)


def test_a_gene_that_was_not_looked_for_keeps_a_rule_from_being_called():
    rule = parse("K00001|1.1.1.1 and K00002")
    assert can_be_called(rule, frozenset({"ko"}))
    assert can_be_called(rule, frozenset({"ko", "ec"}))
    assert not can_be_called(rule, frozenset({"ec"}))


def test_a_genome_with_every_number_has_each_shipped_capability_and_an_empty_one_none():
    capabilities = [c for c in load().capabilities if c.ko_rule]
    assert {"trp_synthesis", "indole", "butyrate"} <= {c.name for c in capabilities}
    for capability in capabilities:
        rule = parse(capability.ko_rule)
        numbers = {number for gene in rule.genes() for number in gene.numbers}
        assert rule.holds(frozenset(numbers))
        assert not rule.holds(frozenset())
