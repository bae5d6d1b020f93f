"""The head of a report, for the index: it says what the page says."""

from conftest import make, unassessable

from tryptome.report.brief import brief


def head(made):
    content = made.content()
    context = content.context({})
    return brief(content, context["answer"], context["verdict"])


def test_the_head_is_that_of_all_samples(tmp_path, crossover, design):
    made = make(tmp_path, crossover, **design)
    found = head(made)
    balance = made.quantities[made.quantities["quantity"] == "precursor_balance"]
    assert found.samples == len(made.metadata)
    assert found.assessable == int(balance["assessable"].sum())
    assert found.lower < found.balance < found.upper
    assert found.persons == crossover["person"].nunique()
    assert found.contrasts == made.contrasts["contrast"].nunique()


def test_where_nothing_can_be_assessed_the_balance_is_unknown(tmp_path, crossover, design):
    made = make(tmp_path, crossover, **design)
    unassessable(made, list(crossover["sample"]))
    found = head(made)
    assert found.assessable == 0
    assert found.balance is None
    assert found.lower is None
    assert found.verdict_level == "bad"
