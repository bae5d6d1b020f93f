"""Each stage gets the slice of the configuration that it uses, and no more."""

from types import SimpleNamespace

import pytest
from snakemake.exceptions import WorkflowError

from tryptome.errors import InputError
from tryptome.workflow import Plan

COHORT = {"table": "a.tsv", "metadata": "m.tsv", "subject_column": "person", "title": "A"}
CONTRAST = {"column": "phase", "reference": "before", "level": "after"}
JOB = SimpleNamespace(cohort="a")
STAGES = ("inputs", "ingest", "estimate", "compare", "community", "sensitivity", "report")


def plan(top=None, **cohort):
    return Plan.of({"cohorts": {"a": COHORT | cohort}, **(top or {})})


def slices(of: Plan) -> dict[str, object]:
    return {stage: getattr(of, stage)(JOB) for stage in STAGES}


@pytest.mark.parametrize(
    ("top", "cohort", "affected"),
    [
        ({}, {"title": "B"}, {"report"}),
        ({}, {"description": "B"}, {"report"}),
        ({}, {"orientation": "features_as_rows"}, {"ingest"}),
        ({}, {"taxonomy": "t.tsv"}, {"inputs"}),
        ({}, {"groups": ["sex"]}, {"report"}),
        ({"seed": 2}, {}, {"estimate", "compare", "community", "sensitivity", "report"}),
        ({"mass_balance": {"release": {"low": 0, "high": 0.1}}}, {}, {"estimate", "compare"}),
        ({"estimate": {"min_assessable": 0.2}}, {}, {"estimate", "sensitivity", "report"}),
        ({"contrasts": {"x": CONTRAST}}, {}, {"compare", "community", "sensitivity", "report"}),
        ({"cohorts": {"a": COHORT, "b": {"table": "b.tsv"}}}, {}, set()),
    ],
)
def test_a_change_reaches_only_the_stages_that_use_it(top, cohort, affected):
    before = slices(plan())
    after = slices(Plan.of({"cohorts": {"a": COHORT | cohort}} | top))
    assert {stage for stage in STAGES if before[stage] != after[stage]} == affected


def test_inputs_are_the_files_that_there_are():
    assert plan().inputs(JOB) == {"table": "a.tsv", "metadata": "m.tsv"}
    assert plan(metadata=None, taxonomy="t").inputs(JOB) == {"table": "a.tsv", "taxonomy": "t"}


@pytest.mark.parametrize("name", ["b", "a/b"])
def test_a_file_of_another_cohort_is_refused_with_one_that_there_is(name):
    with pytest.raises(InputError, match="no cohort of this name") as refused:
        plan().inputs(SimpleNamespace(cohort=name))
    assert refused.value.place == name
    assert refused.value.remedy.endswith("one that it has, as a")


def test_cohorts_are_sorted():
    cohorts = {name: {"table": "t"} for name in ("b", "a", "C")}
    assert Plan.of({"cohorts": cohorts}).cohorts == ["C", "a", "b"]


def test_groups_are_by_default_the_columns_of_the_contrasts():
    interaction = {"column": "diet", "reference": "plant", "level": "animal"}
    contrasts = {"x": CONTRAST, "y": CONTRAST | {"interaction": interaction}}
    assert plan(contrasts=contrasts).report(JOB)["groups"] == ["phase", "diet"]
    assert plan(contrasts=contrasts, groups=["sex"]).report(JOB)["groups"] == ["sex"]


def test_snakemake_is_told_what_is_wrong():
    with pytest.raises(WorkflowError, match="did you mean `metadata`"):
        plan(metdata="m.tsv")


def test_own_coefficients_are_files_of_their_folder():
    assert plan().prediction == []
    own = plan({"estimate": {"prediction": "own"}}).prediction
    assert own == ["own/coefficients.tsv", "own/models.tsv"]
