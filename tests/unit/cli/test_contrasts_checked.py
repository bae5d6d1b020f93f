"""Contrasts against metadata."""

import pandas as pd
import pytest

from tryptome.config import Contrast, Interaction
from tryptome.contrasts import check_columns, check_contrasts


@pytest.fixture
def samples():
    return pd.DataFrame(
        {
            "sample": ["a", "b", "c", "d"],
            "phase": ["before", "after", "before", "after"],
            "diet": ["plant", "plant", "animal", "animal"],
            "Study.Group": ["Autistic ", "Neurotypical", "Neurotypical", ""],
            "odd": ["x", "y", "y", "y"],
        }
    )


def problems(samples, **changes):
    contrast = Contrast(**({"column": "phase", "reference": "before", "level": "after"} | changes))
    return check_contrasts({"c": contrast}, samples, "m.tsv")


def test_sound_contrast(samples):
    interaction = Interaction(column="diet", reference="plant", level="animal")
    assert problems(samples, interaction=interaction, where={"odd": ["x", "y"]}) == []


@pytest.mark.parametrize(
    ("changes", "what", "remedy"),
    [
        ({"column": "phse"}, "`phse` is no column", "did you mean `phase`?"),
        ({"level": "aftr"}, "`phase` has no level `aftr`", "did you mean `after`?"),
        ({"level": "before"}, "reference and level are the same", "two levels"),
        (
            {"column": "Study.Group", "reference": "Neurotypical", "level": "Autistic"},
            "no level `Autistic`",
            "'Autistic ', with its blanks",
        ),
        ({"where": {"diet": "plants"}}, "`diet` has no level `plants`", "`plant`"),
        ({"where": {"deit": "plant"}}, "`deit` is no column", "`diet`"),
        ({"where": {"odd": "x"}}, "no sample of level `after` is left", "widen"),
        ({"adjust": ["age"]}, "`age` is no column", ""),
        (
            {"interaction": Interaction(column="diet", reference="plant", level="meat")},
            "`diet` has no level `meat`",
            "level",
        ),
    ],
)
def test_each_problem_is_named_with_its_remedy(samples, changes, what, remedy):
    found = problems(samples, **changes)
    assert what in found[0].what
    assert remedy in found[0].remedy
    assert found[0].place == "contrast `c`, m.tsv"
    assert found[0].code == "T300"


def test_groups(samples):
    assert check_columns(["diet"], samples, "m.tsv") == []
    (error,) = check_columns(["diets"], samples, "m.tsv")
    assert error.remedy == "did you mean `diet`?"
